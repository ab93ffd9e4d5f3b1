// Package shown shows files to the user's browser without writing them to a disk, and takes in those that the browser
// hands over: a report that is opened, or a mailbox that is to be imported, lies in memory (on Linux in /dev/shm), in a
// directory that only the user can enter, until it is swept away. What the system swaps out of memory it may still write
// to its swap space.
package shown

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/stewardhq/steward/agents"
)

// Keep is how long files stay.
const Keep = 24 * time.Hour

// Dir is the directory of shown files; it is made if it is not there. Where nothing is backed by memory the error is
// CodeUnsupported; where something else stands in its place, CodeDenied.
func Dir() (string, error) {
	root, dir, err := open()
	if err != nil {
		return "", err
	}
	return dir, root.Close()
}

// Write puts data into a new file that nobody can guess, and gives its path. Of name only its letters, digits and its
// ending are used, such as "briefing.html".
func Write(name string, data []byte) (path string, err error) {
	return put(name, func(f *os.File) error {
		if _, err := f.Write(data); err != nil {
			return failed("write", err)
		}
		return nil
	})
}

// reserve is what an uploaded file must leave free where it goes, in bytes.
const reserve = 64 << 20

// Take is [Write] for size bytes of a reader. Where there is no room for them it says so before it reads any; a reader
// that fails, or ends before, leaves nothing, and its error is in the chain.
func Take(name string, from io.Reader, size int64) (path string, err error) {
	return put(name, func(f *os.File) error {
		if free, known := room(f); known && free < size+reserve {
			return failed("take", syscall.ENOSPC)
		}
		from := &remembering{Reader: from}
		_, err := io.CopyN(f, from, size)
		switch {
		case err == nil:
			return nil
		case from.err != nil:
			return fmt.Errorf("take in a file: %w", from.err)
		default:
			return failed("write", err)
		}
	})
}

// remembering keeps the error of a reader, so that it is told from one of the file that it is copied to.
type remembering struct {
	io.Reader
	err error
}

func (r *remembering) Read(b []byte) (int, error) {
	n, err := r.Reader.Read(b)
	r.err = err
	return n, err
}

// Drop removes a file that was put here, by its path. A path of another place, and a file that is gone, is nothing to do.
func Drop(path string) error {
	if dir := location(); dir == "" || filepath.Dir(path) != dir {
		return nil
	}
	return remove(func(file fs.FileInfo) bool { return file.Name() == filepath.Base(path) })
}

func put(name string, write func(*os.File) error) (path string, err error) {
	root, dir, err := open()
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	name = unguessable(name)
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", failed("make", err)
	}
	err = write(f)
	if closing := f.Close(); err == nil && closing != nil {
		err = failed("write", closing)
	}
	if err != nil {
		_ = root.Remove(name) // half a file is of no use
		return "", err
	}
	return filepath.Join(dir, name), nil
}

// Sweep removes what is older than that, seen from now.
func Sweep(olderThan time.Duration, now time.Time) error {
	return remove(func(file fs.FileInfo) bool { return now.Sub(file.ModTime()) > olderThan })
}

// Clear removes everything that is shown, and the directory.
func Clear() error {
	if err := remove(func(fs.FileInfo) bool { return true }); err != nil {
		return err
	}
	if err := os.Remove(location()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return failed("remove", err)
	}
	return nil
}

// remove removes the files that a rule picks. Where nothing was ever shown there is nothing to do.
func remove(picked func(fs.FileInfo) bool) error {
	if _, err := os.Lstat(location()); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	root, _, err := open()
	if err != nil {
		return err
	}
	entries, err := fs.ReadDir(root.FS(), ".")
	errs := []error{err}
	for _, entry := range entries {
		info, err := root.Lstat(entry.Name())
		if err == nil && picked(info) {
			err = root.RemoveAll(entry.Name())
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) { // another process may have been faster
			errs = append(errs, err)
		}
	}
	if err := errors.Join(append(errs, root.Close())...); err != nil {
		return failed("remove", err)
	}
	return nil
}

// open makes the directory if need be, and checks the one that it then holds open, so that nothing can be put in its
// place in between.
func open() (*os.Root, string, error) {
	dir := location()
	if dir == "" || !inMemory(filepath.Dir(dir)) {
		return nil, "", &agents.Error{
			Code: agents.CodeUnsupported, Message: "this system has no storage in memory to show a file from",
			Hint: "export the report to a file of your choice, and open that",
		}
	}
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, "", failed("make", err)
	}
	named, err := os.Lstat(dir)
	if err != nil {
		return nil, "", failed("check", err)
	}
	if !named.IsDir() { // a symbolic link would be followed
		return nil, "", occupied(dir)
	}
	root, err := os.OpenRoot(dir)
	if errors.Is(err, fs.ErrPermission) {
		return nil, "", occupied(dir)
	}
	if err != nil {
		return nil, "", failed("open", err)
	}
	held, err := root.Stat(".")
	if err != nil {
		return nil, "", errors.Join(failed("check", err), root.Close())
	}
	if !os.SameFile(named, held) || !mine(held) || held.Mode() != fs.ModeDir|0o700 {
		return nil, "", errors.Join(occupied(dir), root.Close())
	}
	return root, dir, nil
}

func occupied(dir string) error {
	return &agents.Error{
		Code: agents.CodeDenied, Message: dir + " is not a directory that only you can enter",
		Hint: "remove it, or have its owner do so; until then export reports to a file of your choice",
	}
}

func failed(what string, cause error) error {
	e := &agents.Error{
		Code: agents.CodeUnavailable, Message: fmt.Sprintf("cannot %s what is to be shown", what),
		Hint: "export the report to a file of your choice, and open that", Err: cause,
	}
	if errors.Is(cause, syscall.ENOSPC) {
		e.Code, e.Message = agents.CodeDiskFull, "there is no room in memory for this file"
	}
	return e
}

// unguessable keeps of a name what a browser's title bar and its file types need.
func unguessable(name string) string {
	ext := strings.ToLower(filepath.Ext(name))
	stem := strings.TrimSuffix(name, filepath.Ext(name))
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails: the program is ended instead
	return plain(stem, 40) + "-" + hex.EncodeToString(b[:]) + "." + plain(ext, 8)
}

// guard is what makes a name unguessable: a dash and 16 bytes in hex.
const guard = 1 + 2*16

// Name is what a person would call the file under a path: for one that was put here its name without what makes it
// unguessable, for any other the path.
func Name(path string) string {
	ext := filepath.Ext(path)
	stem := strings.TrimSuffix(filepath.Base(path), ext)
	if dir := location(); dir == "" || filepath.Dir(path) != dir || len(stem) <= guard {
		return path
	}
	return stem[:len(stem)-guard] + ext
}

func plain(s string, most int) string {
	kept := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
	if kept == "" {
		return "file"
	}
	return kept[:min(len(kept), most)]
}
