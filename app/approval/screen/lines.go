package screen

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"

	"github.com/stewardhq/steward/app/approval"
)

// line is one line of a value; goesOn says that it is still the one before.
type line struct {
	text   string
	goesOn bool
}

const tabStop = 8

// breaker writes pieces as lines of at most limit columns. What others wrote is marked on each line anew, so that a line
// says of itself whose it is.
type breaker struct {
	limit  int
	lines  []line
	now    strings.Builder
	at     int  // columns of the line so far
	goesOn bool // the line that is being written goes on another
	open   bool // a mark is open on it
	wants  bool // what comes next is others'
}

// broken is pieces as lines.
func broken(pieces []approval.Piece, limit int) []line {
	if len(pieces) == 0 {
		return nil
	}
	b := &breaker{limit: limit}
	for _, p := range pieces {
		b.switchTo(p.Outside)
		if p.Spelt != "" {
			b.put(approval.Marked([]approval.Piece{{Text: p.Text, Spelt: p.Spelt}}))
			if strings.HasSuffix(p.Text, "\n") { // blank lines: what follows stands on one of its own
				b.end(false)
			}
			continue
		}
		for i, part := range strings.Split(p.Text, "\n") {
			if i > 0 {
				b.end(false)
			}
			b.write(part)
		}
	}
	if last := pieces[len(pieces)-1]; b.at > 0 || last.Spelt == "" || !strings.HasSuffix(last.Text, "\n") {
		b.end(false)
	}
	return b.lines
}

// switchTo says who wrote what comes next.
func (b *breaker) switchTo(outside bool) {
	if b.open && !outside {
		b.close()
	}
	b.wants = outside
}

func (b *breaker) close() {
	b.now.WriteString("›")
	b.at++
	b.open = false
}

func (b *breaker) end(goesOn bool) {
	if b.open {
		b.close()
	}
	b.lines = append(b.lines, line{b.now.String(), b.goesOn})
	b.now.Reset()
	b.at, b.goesOn = 0, goesOn
}

// put writes something that is not to be broken, if it fits on a line at all.
func (b *breaker) put(word string) {
	n := Columns(word)
	marks := 0
	if b.wants {
		marks = 1 // the closing one
		if !b.open {
			marks++
		}
	}
	if b.limit > 0 && b.at > 0 && b.at+n+marks > b.limit {
		b.end(true)
	}
	if b.wants && !b.open {
		b.now.WriteString("‹")
		b.at++
		b.open = true
	}
	b.now.WriteString(word)
	b.at += n
}

// write writes a text without line feeds, character by character: a letter and its marks stay together.
func (b *breaker) write(part string) {
	for len(part) > 0 {
		n := cluster(part)
		word := part[:n]
		part = part[n:]
		if word == "\t" {
			b.put(strings.Repeat(" ", tabStop-b.at%tabStop))
			continue
		}
		b.put(approval.Marked([]approval.Piece{{Text: word}}))
	}
}

// cluster is how many bytes of a text are drawn as one character.
func cluster(text string) int {
	joined := false
	for i, r := range text {
		if i > 0 && !joined && runeColumns(r) > 0 {
			return i
		}
		joined = r == '\u200d'
	}
	return len(text)
}

// Columns is how wide a text is in a terminal: Chinese characters and emoji are two columns, marks none.
func Columns(text string) int {
	n := 0
	for _, r := range text {
		n += runeColumns(r)
	}
	return n
}

func runeColumns(r rune) int {
	switch {
	case r < 0x7f:
		return 1
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}
