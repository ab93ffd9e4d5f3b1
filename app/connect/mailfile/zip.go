package mailfile

import (
	"archive/zip"
	"compress/flate"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/stewardhq/steward/agents"
)

// An archive is read as it lies there, one file after another. Its names are only looked at, never made on disk; and what
// it says of its own sizes is not believed.
const (
	maxDirectory = 32 << 20  // bytes that may be read for the list of files: some 200,000 of them
	maxUnpacked  = 256 << 30 // bytes in all
	maxRatio     = 200       // unpacked to packed, of each file and of the whole; mail packs two- to tenfold
	freeRatio    = 16 << 20  // bytes that may be packed better than that
	maxName      = 4 << 10   // bytes
	maxFolders   = 100_000
)

var (
	errLocked  = errors.New("it is protected by a password; unpack it first")
	errDamaged = errors.New("the archive is damaged here; what came before it was read")
	errMethod  = errors.New("it is packed in a way that Steward does not know; unpack it first")
)

func notWhole(name string, cause error) error {
	return &agents.Error{Code: agents.CodeInvalid, Message: fmt.Sprintf("the archive %q is damaged or not whole", name), Hint: "download or copy it again; of an archive in parts, import each part", Err: cause}
}

func bomb(name, what string) error {
	return &agents.Error{Code: agents.CodeInvalid, Message: fmt.Sprintf("the archive %q was not read to its end: %s", name, what), Hint: "if you trust it, unpack it and import the folder"}
}

// zip walks an archive like a folder. One without mail is an error of [agents.CodeInvalid] if it holds nothing at all.
func (w *walker) zip(f io.ReaderAt, size int64, name string) error {
	a, err := openArchive(w.ctx, f, size, name)
	if err != nil {
		return err
	}
	if len(a.folders["."]) == 0 {
		return notMail(name)
	}
	inside := walker{ctx: w.ctx, base: name, tree: a, yield: w.yield}
	return inside.folder(".", place{}, 0)
}

// zipInFolder reads an archive that lies in a folder, such as the parts of a large Takeout. One that cannot be read is
// left out like any other file.
func (w *walker) zipInFolder(f *file, name string) error {
	if f.at == nil {
		return w.give(Item{Source: w.source(name), Problem: "it is an archive in an archive; unpack it first"})
	}
	var failure *agents.Error
	var ended error
	inside := walker{ctx: w.ctx, base: w.base, tree: w.tree, yield: func(item Item) error {
		ended = w.yield(item)
		return ended
	}}
	err := inside.zip(f.at, f.size, w.source(name))
	if err == nil || ended != nil || !errors.As(err, &failure) || w.ctx.Err() != nil {
		return err
	}
	return w.give(Item{Source: w.source(name), Problem: failure.Message})
}

// archive is a zip as a tree. Names that lead out of it or are written like those of Windows are made plain, and files
// of the same name are all there.
type archive struct {
	ctx     context.Context
	name    string
	size    int64
	taken   int64 // bytes unpacked so far
	twice   int   // names that were there already
	folders map[string][]fs.DirEntry
	files   map[string]*zip.File
}

func openArchive(ctx context.Context, f io.ReaderAt, size int64, name string) (*archive, error) {
	in := &bounded{in: f, left: maxDirectory}
	z, err := zip.NewReader(in, size)
	switch {
	case errors.Is(err, errDirectory):
		return nil, bomb(name, "its list of files is too long")
	case err != nil && !errors.Is(err, zip.ErrInsecurePath): // names are made plain below
		return nil, notWhole(name, err)
	}
	in.open = true
	a := &archive{ctx: ctx, name: name, size: size, folders: map[string][]fs.DirEntry{}, files: map[string]*zip.File{}}
	var packed uint64
	for _, entry := range z.File {
		packed += entry.CompressedSize64
		if entry.CompressedSize64 > uint64(size) || packed > uint64(size) { // one piece that stands for many files
			return nil, bomb(name, "its files overlap")
		}
		switch {
		case entry.Mode().IsDir():
			a.addFolder(plainName(entry.Name))
		case entry.Mode().IsRegular():
			a.add(entry)
		}
		if len(a.folders) > maxFolders {
			return nil, bomb(name, "it has too many folders")
		}
	}
	for _, entries := range a.folders {
		slices.SortStableFunc(entries, func(x, y fs.DirEntry) int { return strings.Compare(x.Name(), y.Name()) })
	}
	return a, nil
}

// add puts a file into its folder.
func (a *archive) add(entry *zip.File) {
	name := plainName(entry.Name)
	if name == "." || len(name) > maxName {
		return
	}
	if a.files[name] != nil {
		a.twice++
		name = fmt.Sprintf("%s (%d)%s", strings.TrimSuffix(name, path.Ext(name)), a.twice+1, path.Ext(name))
		if a.files[name] != nil {
			return // it was made to be in the way
		}
	}
	a.files[name] = entry
	dir := path.Dir(name)
	a.addFolder(dir)
	a.folders[dir] = append(a.folders[dir], inArchive{name: path.Base(name)})
}

// addFolder puts a folder into the one above it, and that into the one above that.
func (a *archive) addFolder(dir string) {
	if a.folders[dir] != nil || len(dir) > maxName {
		return
	}
	a.folders[dir] = []fs.DirEntry{}
	if dir != "." {
		above := path.Dir(dir)
		a.addFolder(above)
		a.folders[above] = append(a.folders[above], inArchive{name: path.Base(dir), folder: true})
	}
}

// plainName is a name within the archive, whatever it was made to be.
func plainName(name string) string {
	name = strings.ToValidUTF8(strings.ReplaceAll(name, `\`, "/"), "?")
	name = strings.TrimPrefix(path.Clean("/"+name), "/")
	if name == "" {
		return "."
	}
	return name
}

func (a *archive) list(name string) ([]fs.DirEntry, error) { return a.folders[name], nil }

func (a *archive) open(name string) (*file, error) {
	entry := a.files[name]
	if entry.Flags&1 != 0 {
		return nil, errLocked
	}
	in, err := entry.Open()
	switch {
	case errors.Is(err, zip.ErrAlgorithm):
		return nil, errMethod
	case err != nil:
		return nil, errDamaged
	}
	size := min(entry.UncompressedSize64, maxUnpacked) // what it says; too large a one is not believed either
	return &file{&unpacking{a: a, in: in, packed: int64(entry.CompressedSize64)}, nil, int64(size)}, nil
}

// unpacking counts what comes out of a file, and stops what grows out of all proportion.
type unpacking struct {
	a      *archive
	in     io.ReadCloser
	packed int64
	taken  int64
}

func (u *unpacking) Read(b []byte) (int, error) {
	if err := u.a.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := u.in.Read(b)
	u.taken += int64(n)
	u.a.taken += int64(n)
	switch {
	case u.a.taken > maxUnpacked:
		return 0, bomb(u.a.name, "it unpacks to more than 256 GB")
	case grown(u.taken, u.packed), grown(u.a.taken, u.a.size):
		return 0, bomb(u.a.name, fmt.Sprintf("it unpacks to more than %d times its size", maxRatio))
	}
	if errors.Is(err, zip.ErrChecksum) || errors.Is(err, zip.ErrFormat) || errors.Is(err, io.ErrUnexpectedEOF) || errors.As(err, new(flate.CorruptInputError)) {
		err = errDamaged
	}
	return n, err
}

func (u *unpacking) Close() error { return u.in.Close() }

func grown(unpacked, packed int64) bool { return unpacked > freeRatio && unpacked/maxRatio > packed }

var errDirectory = errors.New("the list of files is too long")

// bounded lets an archive's list of files be read up to a size, then everything.
type bounded struct {
	in   io.ReaderAt
	left int64
	open bool
}

func (b *bounded) ReadAt(p []byte, at int64) (int, error) {
	if !b.open {
		if b.left -= int64(len(p)); b.left < 0 {
			return 0, errDirectory
		}
	}
	return b.in.ReadAt(p, at)
}

// inArchive is a file or folder as the walk needs it.
type inArchive struct {
	name   string
	folder bool
}

func (e inArchive) Name() string               { return e.name }
func (e inArchive) IsDir() bool                { return e.folder }
func (e inArchive) Info() (fs.FileInfo, error) { return nil, fs.ErrInvalid }
func (e inArchive) Type() fs.FileMode {
	if e.folder {
		return fs.ModeDir
	}
	return 0
}
