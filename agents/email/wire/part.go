package wire

import (
	"bytes"
	"strings"
)

// Part is a message or one of its parts. Body is a slice of the raw message, transfer encoding and all.
type Part struct {
	Header      Header
	Type        string // "text/plain", …; never empty
	Params      map[string]string
	Disposition string // "attachment", "inline" or ""
	Name        string // file name, decoded; "" if none is given
	Encoding    string // transfer encoding, lower case
	Body        []byte
	Parts       []*Part // of a multipart
	Broken      bool    // a multipart whose boundary was missing or never came
}

// Charset is the charset that the part declares.
func (p *Part) Charset() string { return p.Params["charset"] }

// Multipart reports whether the part is there to hold others.
func (p *Part) Multipart() bool { return strings.HasPrefix(p.Type, "multipart/") && !p.Broken }

// Walk calls f for the part and those below it, in their order.
func (p *Part) Walk(f func(*Part)) {
	f(p)
	for _, child := range p.Parts {
		child.Walk(f)
	}
}

// Read takes a raw message apart.
func Read(raw []byte) (*Part, []Problem) {
	r := reader{raw: raw, lines: map[string]int{}}
	start := skipEnvelope(raw)
	root, body := r.part(start, "text/plain")
	if len(root.Header.Fields) == 0 {
		body = start // what is no header is text
	}
	r.total = 1
	if root.Type != "" && root.Params["boundary"] != "" && strings.HasPrefix(root.Type, "multipart/") {
		r.push(root)
		r.scan(body)
	} else {
		root.Body = raw[body:]
		r.check(root)
	}
	r.adopt(root, body)
	return root, r.problems
}

// reader cuts a message at its boundary lines in one pass. Open multiparts are on a stack; their boundaries are in a
// map, so that a line costs the same at any depth.
type reader struct {
	raw      []byte
	open     []*Part
	bounds   []string
	lines    map[string]int // boundary → its index on the stack, plus one
	leaf     *Part          // the part whose body is being read
	start    int            // where that body begins
	total    int
	problems []Problem
	told     map[string]bool
}

func (r *reader) problem(text string, lost bool) {
	if r.told == nil {
		r.told = map[string]bool{}
	}
	if !r.told[text] {
		r.told[text] = true
		r.problems = append(r.problems, Problem{Text: text, Lost: lost})
	}
}

func (r *reader) push(p *Part) {
	r.open = append(r.open, p)
	b := p.Params["boundary"]
	r.bounds = append(r.bounds, b)
	r.lines[b] = len(r.open)
}

// pop closes multiparts down to a level. A boundary that an outer one uses as well belongs to the outer one again.
func (r *reader) pop(level int) {
	for len(r.open) > level {
		b := r.bounds[len(r.bounds)-1]
		r.open, r.bounds = r.open[:len(r.open)-1], r.bounds[:len(r.bounds)-1]
		delete(r.lines, b)
		for i := range r.bounds {
			if r.bounds[i] == b {
				r.lines[b] = i + 1
			}
		}
	}
}

// boundary finds the open multipart that a line belongs to, innermost first: its index plus one, 0 if none.
func (r *reader) boundary(line []byte) (level int, last bool) {
	if len(line) < 3 || line[0] != '-' || line[1] != '-' || len(line) > 1000 {
		return 0, false
	}
	text := bytes.TrimRight(line[2:], " \t\r")
	if level = r.lines[string(text)]; level > 0 {
		return level, false
	}
	if text, last = bytes.CutSuffix(text, []byte("--")); last {
		return r.lines[string(text)], true
	}
	return 0, false
}

func (r *reader) scan(at int) {
	for at < len(r.raw) && len(r.open) > 0 {
		if !bytes.HasPrefix(r.raw[at:], []byte("--")) {
			n := bytes.Index(r.raw[at:], []byte("\n--"))
			if n < 0 {
				break
			}
			at += n + 1
		}
		line, next := cutLine(r.raw, at)
		level, last := r.boundary(line)
		if level == 0 {
			at = next
			continue
		}
		r.close(at)
		if last {
			r.pop(level - 1)
			at = next
			continue
		}
		r.pop(level)
		at = r.child(next)
	}
	r.close(len(r.raw))
	if len(r.open) > 0 {
		r.problem("its last part has no end: it may have been cut off", false)
	}
}

// child begins a part of the innermost multipart and returns where to go on.
func (r *reader) child(at int) int {
	if r.total++; r.total > MaxParts {
		r.problem("it has too many parts; only the first are read", true)
		r.pop(0)
		return len(r.raw)
	}
	parent := r.open[len(r.open)-1]
	fallback := "text/plain"
	if parent.Type == "multipart/digest" {
		fallback = "message/rfc822"
	}
	p, body := r.part(at, fallback)
	parent.Parts = append(parent.Parts, p)
	if strings.HasPrefix(p.Type, "multipart/") && p.Params["boundary"] != "" {
		if len(r.open) < MaxDepth {
			r.push(p)
			return body
		}
		p.Broken = true
		r.problem("it is nested too deep; the innermost parts are not read", true)
	}
	r.check(p)
	r.leaf, r.start = p, body
	return body
}

// close ends the body that is being read at the line break before a position.
func (r *reader) close(at int) {
	if r.leaf == nil {
		return
	}
	end := at
	if at < len(r.raw) {
		end = len(bytes.TrimSuffix(r.raw[:end], []byte("\n")))
		end = len(bytes.TrimSuffix(r.raw[:end], []byte("\r")))
	}
	r.leaf.Body = r.raw[r.start:max(end, r.start)]
	r.leaf = nil
}

// part reads a part's header.
func (r *reader) part(at int, fallback string) (*Part, int) {
	header, body, problems := readHeader(r.raw, at, func(line []byte) bool {
		level, _ := r.boundary(line)
		return level > 0
	})
	for _, p := range problems {
		r.problem(p.Text, p.Lost)
	}
	ct := ParseMediaType(header.Get("Content-Type"), "")
	header.Charset = ct.Params["charset"]
	p := &Part{Header: header, Type: ct.Value, Params: ct.Params}
	if !strings.Contains(p.Type, "/") {
		p.Type = fallback
		if strings.HasPrefix(ct.Value, "text") || ct.Value == "" || ct.Value == "plain" {
			p.Type = "text/plain"
		}
		if ct.Value == "" {
			p.Type = fallback
		}
	}
	p.Encoding = strings.ToLower(strings.Trim(header.Get("Content-Transfer-Encoding"), " \t;\"'"))
	disposition := ParseMediaType(header.Get("Content-Disposition"), header.Charset)
	p.Disposition, p.Name = disposition.Value, disposition.Params["filename"]
	if p.Name == "" {
		p.Name = ParseMediaType(header.Get("Content-Type"), header.Charset).Params["name"]
	}
	return p, body
}

// check marks a multipart that says no boundary: what it holds is read as text.
func (r *reader) check(p *Part) {
	if strings.HasPrefix(p.Type, "multipart/") && p.Params["boundary"] == "" {
		p.Broken = true
		r.problem("it says that it has parts, but not where they begin", false)
	}
}

// adopt gives a message whose boundary never came its whole body as text.
func (r *reader) adopt(root *Part, body int) {
	if root.Multipart() && len(root.Parts) == 0 {
		root.Broken = true
		root.Body = r.raw[min(body, len(r.raw)):]
		if len(bytes.TrimSpace(root.Body)) > 0 {
			r.problem("it says that it has parts, but there are none", false)
		}
	}
}
