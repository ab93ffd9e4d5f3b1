package wire

import (
	"bytes"
	"net/textproto"
	"strings"
)

// Field is one header field, unfolded and as it came: not decoded, perhaps not even UTF-8.
type Field struct {
	Name  string // canonical: Message-Id, Dkim-Signature
	Value string
}

// Header is the fields in their order, the topmost first.
type Header struct {
	Fields  []Field
	Charset string // what raw 8-bit fields are taken to be written in, if they are not UTF-8; "" to guess
}

// Get is the first field of the name as it came, "" if there is none.
func (h *Header) Get(name string) string {
	name = textproto.CanonicalMIMEHeaderKey(name)
	for i := range h.Fields {
		if h.Fields[i].Name == name {
			return h.Fields[i].Value
		}
	}
	return ""
}

// All is every field of the name as they came, the topmost first.
func (h *Header) All(name string) []string {
	name = textproto.CanonicalMIMEHeaderKey(name)
	var all []string
	for i := range h.Fields {
		if h.Fields[i].Name == name {
			all = append(all, h.Fields[i].Value)
		}
	}
	return all
}

// Has reports whether there is a field of the name.
func (h *Header) Has(name string) bool {
	name = textproto.CanonicalMIMEHeaderKey(name)
	for i := range h.Fields {
		if h.Fields[i].Name == name {
			return true
		}
	}
	return false
}

// Text is the first field of the name, decoded, on one line.
func (h *Header) Text(name string) string {
	return strings.Join(strings.Fields(DecodeWords(h.Get(name), h.Charset)), " ")
}

// Addresses reads all fields of the name as one list.
func (h *Header) Addresses(name string) []Address {
	var all []Address
	for _, v := range h.All(name) {
		all = append(all, ParseAddresses(v, h.Charset)...)
	}
	return all
}

// ReadHeader reads the header of a message, which may follow blank lines and an mbox separator, and returns where the
// body begins.
func ReadHeader(raw []byte) (h Header, body int, problems []Problem) {
	return readHeader(raw, skipEnvelope(raw), nil)
}

// readHeader reads the header at a position. A line that stop accepts ends it without being part of it; stop may be nil.
func readHeader(raw []byte, at int, stop func(line []byte) bool) (h Header, body int, problems []Problem) {
	var field []byte
	long, kept := false, 0
	end := func() {
		if len(field) == 0 {
			return
		}
		if kept > MaxHeader || len(h.Fields) >= MaxFields {
			long = true
		} else {
			h.add(field)
		}
		field = field[:0]
	}
	for at < len(raw) {
		line, next := cutLine(raw, at)
		if len(bytes.TrimRight(line, " \t")) == 0 {
			at = next
			break
		}
		if stop != nil && stop(line) {
			break
		}
		kept += len(line)
		if line[0] != ' ' && line[0] != '\t' && isField(line) {
			end()
		} else {
			line = bytes.TrimLeft(line, " \t")
			field = append(field, ' ')
		}
		if room := MaxField - len(field); len(line) > room {
			line, long = line[:max(room, 0)], true
		}
		field = append(field, line...)
		at = next
	}
	end()
	if long {
		problems = append(problems, Problem{Text: "its header is too long to be read as a whole", Lost: true})
	}
	return h, at, problems
}

func (h *Header) add(field []byte) {
	name, value, ok := bytes.Cut(field, []byte{':'})
	if !ok {
		return // continuation lines before the first field
	}
	name = bytes.TrimRight(name, " \t")
	if len(name) == 0 {
		return
	}
	h.Fields = append(h.Fields, Field{Name: textproto.CanonicalMIMEHeaderKey(string(name)), Value: string(bytes.TrimSpace(value))})
}

// skipEnvelope passes over blank lines and mbox separators that exports leave in front of the header.
func skipEnvelope(raw []byte) int {
	at := 0
	if bytes.HasPrefix(raw, []byte("\xef\xbb\xbf")) {
		at = 3
	}
	for at < len(raw) {
		line, next := cutLine(raw, at)
		if len(line) > 0 && !bytes.HasPrefix(line, []byte("From ")) && !bytes.HasPrefix(line, []byte(">From ")) {
			break
		}
		at = next
	}
	return at
}

// isField reports whether a line begins a field: a name of printable ASCII, perhaps blanks, a colon.
func isField(line []byte) bool {
	for i, c := range line {
		switch {
		case c == ':':
			return i > 0
		case c == ' ' || c == '\t':
			rest := bytes.TrimLeft(line[i:], " \t")
			return i > 0 && len(rest) > 0 && rest[0] == ':'
		case c <= ' ' || c >= 0x7f:
			return false
		}
	}
	return false
}

// cutLine is the line at a position without its ending, and where the next one begins.
func cutLine(raw []byte, at int) (line []byte, next int) {
	n := bytes.IndexByte(raw[at:], '\n')
	if n < 0 {
		return bytes.TrimSuffix(raw[at:], []byte{'\r'}), len(raw)
	}
	return bytes.TrimSuffix(raw[at:at+n], []byte{'\r'}), at + n + 1
}
