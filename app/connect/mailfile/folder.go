package mailfile

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"io/fs"
	"path"
	"strings"

	"github.com/stewardhq/steward/agents/email"
)

const maxDepth = 50 // folders in folders

// place is what a folder's name says of the mail in it.
type place struct{ sent, draft bool }

// placeOf knows the names that programs give to the folders of sent mail and of drafts.
func placeOf(name string) place {
	name = strings.ToLower(decodeName(strings.TrimPrefix(name, ".")))
	for _, extension := range []string{".mbox", ".mbx", ".sbd"} {
		name = strings.TrimSuffix(name, extension)
	}
	if i := strings.LastIndexAny(name, "./"); i >= 0 { // Maildir++ writes INBOX.Sent
		name = name[i+1:]
	}
	switch name {
	case "sent", "sent items", "sent mail", "sent messages", "sent-mail", "outbox", "寄件備份", "寄件匣", "已傳送", "寄件備份匣", "已傳送郵件", "已寄出", "送信済みトレイ":
		return place{sent: true}
	case "drafts", "draft", "草稿", "草稿匣":
		return place{draft: true}
	}
	return place{}
}

func (p place) flags() email.Flags {
	return email.Flags{Sent: p.sent, Draft: p.draft}
}

// folder walks a folder: as a Maildir if it is one, else whatever is in it.
func (w *walker) folder(name string, in place, depth int) error {
	if err := w.ctx.Err(); err != nil {
		return err
	}
	if depth > maxDepth {
		return w.give(Item{Source: w.source(name), Problem: "the folders are nested too deep"})
	}
	entries, err := w.tree.list(name)
	if err != nil {
		return w.unreadable(name, err)
	}
	maildir := isMaildir(entries)
	for _, e := range entries {
		child := path.Join(name, e.Name())
		at := placeOf(e.Name())
		switch {
		case maildir && e.IsDir() && (e.Name() == "cur" || e.Name() == "new"):
			err = w.maildir(child, in)
		case maildir && e.Name() == "tmp":
			continue
		case e.IsDir():
			if at == (place{}) {
				at = in
			}
			err = w.folder(child, at, depth+1)
		case maildir:
			continue // a server's own files
		default:
			if at == (place{}) {
				at = in
			}
			err = w.file(child, at)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func isMaildir(entries []fs.DirEntry) bool {
	found := 0
	for _, e := range entries {
		if e.IsDir() && (e.Name() == "cur" || e.Name() == "new") {
			found++
		}
	}
	return found == 2
}

// file reads a file of a folder if it is mail; of what else lies there nothing is said.
func (w *walker) file(name string, in place) error {
	f, err := w.tree.open(name)
	if err != nil {
		if ext := strings.ToLower(path.Ext(name)); ext == ".eml" || ext == ".mbox" {
			return w.unreadable(name, err)
		}
		return nil
	}
	if f == nil {
		return nil
	}
	defer f.Close()
	content := bufio.NewReaderSize(f, bufferSize)
	kind, err := sniff(content, path.Ext(name))
	if err != nil {
		return w.unreadable(name, err)
	}
	switch kind {
	case isMbox:
		return w.mbox(content, name, in)
	case isMessage:
		if strings.EqualFold(path.Ext(name), ".eml") {
			flags := in.flags()
			flags.Seen = true
			return w.message(content, f.size, name, flags, true)
		}
	case isZip:
		return w.zipInFolder(f, name)
	case isOther, isEmpty: // a folder may hold anything
	}
	return nil
}

// maildir reads the files of cur or new. The letters at a name's end are the flags.
func (w *walker) maildir(name string, in place) error {
	entries, err := w.tree.list(name)
	if err != nil {
		return w.unreadable(name, err)
	}
	for _, e := range entries {
		if e.IsDir() || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		flags, deleted := nameFlags(e.Name(), in.flags())
		if deleted {
			continue
		}
		child := path.Join(name, e.Name())
		f, err := w.tree.open(child)
		if err == nil && f == nil {
			continue
		}
		if err == nil {
			err = w.message(f, f.size, child, flags, false)
			f.Close()
		} else {
			err = w.unreadable(child, err)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// nameFlags reads "1234.host:2,FS"; where a file system allows no colon, programs write ; or !.
func nameFlags(name string, flags email.Flags) (email.Flags, bool) {
	i := max(strings.LastIndex(name, ":2,"), strings.LastIndex(name, ";2,"), strings.LastIndex(name, "!2,"))
	if i < 0 {
		return flags, false
	}
	deleted := false
	for _, letter := range name[i+3:] {
		switch letter {
		case 'S':
			flags.Seen = true
		case 'F':
			flags.Flagged = true
		case 'R':
			flags.Answered = true
		case 'D':
			flags.Draft = true
		case 'T':
			deleted = true
		}
	}
	return flags, deleted
}

// message reads a file that is one message. Its own status fields count only where no server keeps them elsewhere.
func (w *walker) message(f io.Reader, size int64, name string, flags email.Flags, status bool) error {
	if size > MaxMessage {
		return w.give(Item{Source: w.source(name), Problem: tooLarge})
	}
	raw := bytes.NewBuffer(make([]byte, 0, min(size, firstMessage)+bytes.MinRead))
	n, err := raw.ReadFrom(io.LimitReader(f, MaxMessage+1))
	if err != nil {
		return w.unreadable(name, err)
	}
	if n > MaxMessage {
		return w.give(Item{Source: w.source(name), Problem: tooLarge})
	}
	content := raw.Bytes()
	if bytes.HasPrefix(content, []byte("\x1f\x8b")) || bytes.HasPrefix(content, []byte("\x28\xb5\x2f\xfd")) {
		return w.give(Item{Source: w.source(name), Problem: "it is compressed; unpack it first"})
	}
	if status {
		s := readStatus(content)
		if s.deleted {
			return nil
		}
		flags = s.join(flags)
	}
	return w.give(Item{Source: w.source(name), Raw: content, Flags: flags})
}

const (
	tooLarge     = "it is larger than 128 MB and was left out"
	bufferSize   = 64 << 10
	firstMessage = 1 << 20 // of a message's size, which an archive may have made up, this is believed at once
)

type kind int

const (
	isOther kind = iota
	isEmpty
	isMbox
	isMessage
	isZip
)

// sniff looks at the beginning of a file.
func sniff(f *bufio.Reader, extension string) (kind, error) {
	head, err := f.Peek(4 << 10)
	if err != nil && !errors.Is(err, io.EOF) {
		return isOther, err
	}
	if bytes.HasPrefix(head, []byte("PK\x03\x04")) || bytes.HasPrefix(head, []byte("PK\x05\x06")) {
		return isZip, nil
	}
	head = bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), "\r\n")
	extension = strings.ToLower(extension)
	switch {
	case len(head) == 0:
		return isEmpty, nil
	case bytes.HasPrefix(head, []byte("From ")) && extension != ".eml":
		return isMbox, nil
	case extension == ".eml" || looksLikeHeader(head):
		return isMessage, nil
	}
	return isOther, nil
}

func looksLikeHeader(head []byte) bool {
	line, _, _ := bytes.Cut(head, []byte{'\n'})
	return fieldName(line) && !bytes.ContainsRune(head, 0)
}
