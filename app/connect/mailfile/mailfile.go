// Package mailfile reads mail from the files of other programs: mbox (of mutt, Thunderbird, Dovecot, Google Takeout and
// others), single messages (.eml), Maildir and Maildir++, and folders or zip archives of any of these. It gives one message
// at a time and holds no more than that in memory; nothing is unpacked to disk.
//
// Only regular files inside of what the user pointed at are read: a link that leads out of it is not followed.
package mailfile

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/agents/email"
)

// MaxMessage is the size in bytes above which a message is not read.
const MaxMessage = 128 << 20

// Item is a message as it lay in a file, or the reason why it could not be had.
type Item struct {
	Source  string // the file, with "#3" for the third message of an mbox; for reports to the user
	Raw     []byte // belongs to the receiver
	Flags   email.Flags
	Problem string // in plain words; Raw is nil then
}

// Walk gives every message under a path, in the order of names, to yield; an error of yield ends the walk and is
// returned. A path that is not there is an error of [agents.CodeNotFound], one that holds no mail of
// [agents.CodeInvalid]; a file further down that cannot be read is an Item with a Problem.
func Walk(ctx context.Context, path string, yield func(Item) error) error {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return &agents.Error{Code: agents.CodeNotFound, Message: fmt.Sprintf("there is no file or folder %q", path), Hint: "check the path; a folder, an .mbox, an .eml, a Maildir or a .zip can be imported", Err: err}
	}
	if err != nil {
		return fmt.Errorf("look at the mail file: %w", err)
	}
	w := walker{ctx: ctx, base: path, yield: yield}
	if info.IsDir() {
		root, err := os.OpenRoot(path)
		if err != nil {
			return fmt.Errorf("open the mail folder: %w", err)
		}
		defer root.Close()
		w.tree = directory{root}
		return w.folder(".", placeOf(filepath.Base(path)), 0)
	}
	if !info.Mode().IsRegular() {
		return notMail(path)
	}
	return w.single(path, info.Size())
}

func notMail(path string) error {
	return &agents.Error{Code: agents.CodeInvalid, Message: fmt.Sprintf("%q is not a mail file", path), Hint: "an .mbox, an .eml, a Maildir, or a folder or .zip of them can be imported"}
}

type walker struct {
	ctx   context.Context
	base  string
	tree  tree // nil where a file was named
	yield func(Item) error
}

// tree is the folder that is walked.
type tree interface {
	list(name string) ([]fs.DirEntry, error) // in the order of names
	open(name string) (*file, error)         // nil if it is no regular file
}

type file struct {
	io.ReadCloser
	at   io.ReaderAt // nil within an archive
	size int64
}

// directory is a folder on disk. It is not an [fs.FS]: those refuse names that are not UTF-8, and old folders have them.
type directory struct{ root *os.Root }

func (d directory) list(name string) ([]fs.DirEntry, error) {
	dir, err := d.root.Open(name)
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	entries, err := dir.ReadDir(-1)
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return entries, err
}

func (d directory) open(name string) (*file, error) {
	info, err := d.root.Stat(name) // follows a link, within the tree only
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, nil
	}
	f, err := d.root.Open(name)
	if err != nil {
		return nil, err
	}
	return &file{f, f, info.Size()}, nil
}

// single reads a file that the user named. What it is, its first bytes say.
func (w *walker) single(path string, size int64) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("open the mail file: %w", err)
	}
	defer f.Close()
	content := bufio.NewReaderSize(f, bufferSize)
	kind, err := sniff(content, filepath.Ext(path))
	if err != nil {
		return fmt.Errorf("read the mail file: %w", err)
	}
	switch kind {
	case isMbox:
		return w.mbox(content, path, placeOf(filepath.Base(path)))
	case isMessage:
		return w.message(content, size, path, email.Flags{Seen: true}, true)
	case isZip:
		return w.zip(f, size, path)
	case isEmpty:
		return nil
	default:
		return notMail(path)
	}
}

func (w *walker) give(item Item) error {
	if err := w.ctx.Err(); err != nil {
		return err
	}
	return w.yield(item)
}

func (w *walker) unreadable(name string, err error) error {
	reason := "the file cannot be read"
	switch {
	case errors.Is(err, fs.ErrPermission):
		reason = "the file may not be read: its permissions forbid it"
	case errors.Is(err, fs.ErrNotExist):
		reason = "the file is gone, or a link that leads nowhere"
	case errors.As(err, new(*agents.Error)): // a limit of an archive: it ends the walk
		return err
	case errors.Is(err, errLocked), errors.Is(err, errDamaged), errors.Is(err, errMethod):
		reason = err.Error()
	}
	return w.give(Item{Source: w.source(name), Problem: reason})
}

// source is a name in the tree as the user would write it.
func (w *walker) source(name string) string {
	if w.tree == nil {
		return name
	}
	return filepath.Join(w.base, name)
}
