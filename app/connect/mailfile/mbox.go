package mailfile

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
)

// mbox reads messages one after another. The kinds of mbox differ in how they protect lines of a text that begin with
// "From ", and programs do not say which they write. So a separator must be like one (a sender, a weekday and a time),
// stand after a blank line, and be followed by a header; every other line belongs to the message, and one ">" is taken
// off a protected one.
func (w *walker) mbox(f *bufio.Reader, name string, in place) error {
	r := &mboxReader{in: f}
	for n := 1; ; n++ {
		raw, large, err := r.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return w.unreadable(name, err)
		}
		item := Item{Source: fmt.Sprintf("%s#%d", w.source(name), n), Raw: raw}
		if large {
			item = Item{Source: item.Source, Problem: tooLarge}
			if err := w.give(item); err != nil {
				return err
			}
			continue
		}
		s := readStatus(raw)
		if s.deleted || s.internal {
			continue
		}
		item.Flags = s.join(in.flags())
		if err := w.give(item); err != nil {
			return err
		}
	}
}

type mboxReader struct {
	in      *bufio.Reader
	started bool // the separator of the next message was read
	ended   bool
}

// next reads a message up to the next separator. large says that it was passed over.
func (r *mboxReader) next() (raw []byte, large bool, err error) {
	if r.ended {
		return nil, false, io.EOF
	}
	blank, begins := !r.started, true // before the next line: was there a blank one; does it begin at the margin
	r.started = true
	first := blank
	for {
		line, err := r.in.ReadSlice('\n')
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) && !errors.Is(err, io.EOF) {
			return nil, false, fmt.Errorf("read the mailbox: %w", err)
		}
		if errors.Is(err, io.EOF) {
			r.ended = true
		}
		if begins && blank && separator(line) && r.headerFollows() {
			if !first {
				return trimEnd(raw), large, nil
			}
			first, blank = false, false
			if r.ended {
				return nil, false, io.EOF
			}
			continue
		}
		if first && len(bytes.TrimSpace(line)) > 0 { // no separator at the beginning
			first = false
		}
		if !large {
			if begins {
				line = unprotect(line)
			}
			if len(raw)+len(line) > MaxMessage {
				raw, large = nil, true
			} else {
				raw = append(raw, line...)
			}
		}
		if begins {
			blank = len(bytes.TrimRight(line, "\r\n")) == 0
		} else {
			blank = false
		}
		begins = bytes.HasSuffix(line, []byte{'\n'})
		if r.ended {
			if len(bytes.TrimSpace(raw)) == 0 && !large {
				return nil, false, io.EOF
			}
			return trimEnd(raw), large, nil
		}
	}
}

// separators: "From sender Tue Nov 17 09:01:02 2026", with a zone before or after the year, seconds or none; Thunderbird
// writes "From - Tue …"; Google Takeout "From 1746@xxx Tue Nov 17 09:01:02 +0000 2026".
var fromLine = regexp.MustCompile(`^From +\S.* \d{1,2}:\d{2}(:\d{2})?( +[A-Z+\-0-9]{1,6})?( +[A-Z+\-0-9]{1,6})? +\d{4}( +[A-Z+\-0-9]{1,6})?( remote from \S+)?\s*$`)

func separator(line []byte) bool {
	return len(line) > 5 && line[0] == 'F' && bytes.HasPrefix(line, []byte("From ")) && len(line) < 1000 &&
		(fromLine.Match(line) || bytes.Equal(bytes.TrimRight(line, " \r\n"), []byte("From -")))
}

// headerFollows looks at the next line, which must be a field, or blank where a message has no header.
func (r *mboxReader) headerFollows() bool {
	next, _ := r.in.Peek(1)
	if len(next) == 0 || next[0] == '\n' || next[0] == '\r' {
		return true
	}
	for size := 128; size <= 1<<10; size *= 2 {
		next, _ = r.in.Peek(size)
		if i := bytes.IndexByte(next, '\n'); i >= 0 {
			next = next[:i]
			break
		}
	}
	return fieldName(next) || bytes.HasPrefix(next, []byte(">From "))
}

// fieldName reports whether a line begins with a field's name and a colon.
func fieldName(line []byte) bool {
	i := bytes.IndexByte(line, ':')
	if i <= 0 || i > 100 {
		return false
	}
	for _, c := range bytes.TrimRight(line[:i], " \t") {
		if c <= ' ' || c >= 0x7f {
			return false
		}
	}
	return true
}

// unprotect takes one ">" off a line that was protected as ">From " or ">>From ".
func unprotect(line []byte) []byte {
	if len(line) < 6 || line[0] != '>' {
		return line
	}
	if bytes.HasPrefix(bytes.TrimLeft(line, ">"), []byte("From ")) {
		return line[1:]
	}
	return line
}

// trimEnd takes off the blank line that belongs to the mbox.
func trimEnd(raw []byte) []byte {
	if bytes.HasSuffix(raw, []byte("\r\n\r\n")) {
		return raw[:len(raw)-2]
	}
	if bytes.HasSuffix(raw, []byte("\n\n")) {
		return raw[:len(raw)-1]
	}
	return raw
}
