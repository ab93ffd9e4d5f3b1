package approval

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/stewardhq/steward/agents"
)

// Pieces takes a text apart by where its parts came from, and spells out what nobody would see. All pieces one after
// another are exactly the text.
//
// Spelt out are: control characters but line feed and tab, whatever changes the direction of writing, zero-width
// characters, soft hyphens, tags, private and unassigned characters, fillers, spaces that are none of the keyboard's,
// line and paragraph separators, more than eight marks on one letter, marks on nothing, bytes that are no text, and the
// long runs of blank lines or spaces that push what follows out of sight. Left alone is what is seen by what it does: a
// joiner inside an emoji or between letters of a script that needs it, the one selector that makes a sign an emoji, and
// the wide space within Chinese, Japanese or Korean.
func Pieces(t agents.Text) []Piece {
	raw := t.Raw()
	parts := segments(raw)
	pieces := []Piece{}
	at := 0 // where the span begins in raw
	for _, s := range merged(t.Spans) {
		end := at + len(s.Content)
		for at < end {
			part := parts[0]
			upTo := min(part.end, end)
			pieces = append(pieces, piece(raw[at:upTo], part.what, s.Label))
			if at = upTo; at == part.end {
				parts = parts[1:]
			}
		}
	}
	return pieces
}

func piece(content string, what class, l agents.Label) Piece {
	p := Piece{Text: content, Outside: l.Outside(), Origins: slices.Clone(l.Origins)}
	if !utf8.ValidString(content) {
		what = noText // a character that was cut in two by where its halves came from
	}
	if what != seen {
		p.Spelt = describe(content, what)
	}
	return p
}

// merged joins neighbouring spans of the same origin and drops empty ones.
func merged(spans []agents.Span) []agents.Span {
	var all []agents.Span
	for i := 0; i < len(spans); {
		first := spans[i]
		var b strings.Builder
		for ; i < len(spans) && (spans[i].Content == "" || same(spans[i].Label, first.Label)); i++ {
			b.WriteString(spans[i].Content)
		}
		if b.Len() > 0 {
			all = append(all, agents.Span{Content: b.String(), Label: first.Label})
		}
	}
	return all
}

func same(a, b agents.Label) bool {
	return a.Outside() == b.Outside() && slices.Equal(a.Origins, b.Origins)
}

// Marks of a plain text: what others wrote, and what is spelt out.
const (
	openOutside, closeOutside = "‹", "›"
	openSpelt, closeSpelt     = "⟦", "⟧"
)

// Visible is a text with everything spelt out in place, between ⟦ and ⟧, which it cannot contain otherwise.
func Visible(text string) string {
	var b strings.Builder
	for _, p := range Pieces(agents.Plain(text)) {
		if p.Spelt != "" {
			b.WriteString(openSpelt + p.Spelt + closeSpelt)
		} else {
			b.WriteString(spellMarks.Replace(p.Text))
		}
	}
	return b.String()
}

// spellMarks keeps content from imitating the marks.
var spellMarks = strings.NewReplacer(
	openOutside, openSpelt+nameOf('‹')+closeSpelt, closeOutside, openSpelt+nameOf('›')+closeSpelt,
	openSpelt, openSpelt+nameOf('⟦')+closeSpelt, closeSpelt, openSpelt+nameOf('⟧')+closeSpelt,
)

// Marked is pieces as a plain text: what others wrote stands between ‹ and ›, and what is spelt out between ⟦ and ⟧.
func Marked(pieces []Piece) string {
	var b strings.Builder
	for i, p := range pieces {
		if p.Outside && (i == 0 || !pieces[i-1].Outside || !slices.Equal(pieces[i-1].Origins, p.Origins)) {
			b.WriteString(openOutside)
		}
		if p.Spelt != "" {
			b.WriteString(openSpelt + p.Spelt + closeSpelt)
		} else {
			b.WriteString(spellMarks.Replace(p.Text))
		}
		if p.Outside && (i == len(pieces)-1 || !pieces[i+1].Outside || !slices.Equal(pieces[i+1].Origins, p.Origins)) {
			b.WriteString(closeOutside)
		}
	}
	return b.String()
}

// raw is what the pieces stand for.
func raw(pieces []Piece) string {
	var b strings.Builder
	for _, p := range pieces {
		b.WriteString(p.Text)
	}
	return b.String()
}
