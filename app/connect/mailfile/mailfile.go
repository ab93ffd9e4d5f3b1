// Package mailfile reads mail from the files of other programs: mbox (of mutt, Thunderbird, Dovecot, Google Takeout and
// others), single messages (.eml), Maildir and Maildir++, and folders of any of these. It gives one message at a time and
// holds no more than that in memory.
//
// Only regular files inside of what the user pointed at are read: a link that leads out of it is not followed.
package mailfile

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

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
		return &agents.Error{Code: agents.CodeNotFound, Message: fmt.Sprintf("there is no file or folder %q", path), Hint: "check the path; a folder, an .mbox, an .eml or a Maildir can be imported", Err: err}
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
		w.root = root
		return w.folder(".", placeOf(filepath.Base(path)), 0)
	}
	if !info.Mode().IsRegular() {
		return notMail(path)
	}
	return w.single(path)
}

func notMail(path string) error {
	return &agents.Error{Code: agents.CodeInvalid, Message: fmt.Sprintf("%q is not a mail file", path), Hint: "an .mbox, an .eml, a Maildir, or a folder of them can be imported"}
}

type walker struct {
	ctx   context.Context
	base  string
	root  *os.Root
	yield func(Item) error
}

// single reads a file that the user named. What it is, its first bytes say.
func (w *walker) single(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("open the mail file: %w", err)
	}
	defer f.Close()
	kind, err := sniff(f, filepath.Ext(path))
	if err != nil {
		return fmt.Errorf("read the mail file: %w", err)
	}
	switch kind {
	case isMbox:
		return w.mbox(f, path, placeOf(filepath.Base(path)))
	case isMessage:
		return w.message(f, path, email.Flags{Seen: true}, true)
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
	}
	return w.give(Item{Source: w.source(name), Problem: reason})
}

// source is a name in the tree as the user would write it.
func (w *walker) source(name string) string {
	if w.root == nil {
		return name
	}
	return filepath.Join(w.base, name)
}
