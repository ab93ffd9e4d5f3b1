package reports

import (
	"slices"
	"strings"

	"golang.org/x/text/width"

	"github.com/stewardhq/steward/agents"
)

// gutter stands before each further line of what others wrote, so that none of their lines begins where ours do.
const gutter = "  ┊ "

// Terminal is a text for a terminal. What others wrote stands between ‹ and ›, its further lines behind a gutter; in
// all of the text no control character is left but the line feed, nor anything invisible or direction-changing.
func Terminal(t agents.Text) string {
	var b strings.Builder
	for _, s := range merged(t) {
		content := clean(s.Content)
		if !s.Label.Outside() {
			b.WriteString(content)
			continue
		}
		content = strings.ReplaceAll(cleanLines(content), "\n", "\n"+gutter)
		b.WriteString(marked(content))
	}
	return b.String()
}

// TerminalLine is [Terminal] on one line of at most limit columns, where Chinese characters count two; 0 is no limit.
// What is cut off is shown as …, and a mark that was opened is closed.
func TerminalLine(t agents.Text, limit int) string {
	var parts []agents.Span
	for _, s := range merged(t) {
		content := onOneLine(s.Content)
		if s.Label.Outside() {
			content = strings.Trim(content, " ")
		}
		if content != "" {
			parts = append(parts, agents.Span{Content: content, Label: s.Label})
		}
	}
	trimEnds(parts)
	if limit > 0 {
		parts = cut(parts, limit)
	}
	var b strings.Builder
	for _, s := range parts {
		if s.Label.Outside() {
			b.WriteString(marked(s.Content))
		} else {
			b.WriteString(s.Content)
		}
	}
	return b.String()
}

// onOneLine keeps a space at either end, which separates a span from its neighbour.
func onOneLine(content string) string {
	content = clean(content)
	line := strings.Join(strings.Fields(content), " ")
	if line == "" {
		if content == "" {
			return ""
		}
		return " "
	}
	if strings.TrimLeft(content, " \n\u3000") != content {
		line = " " + line
	}
	if strings.TrimRight(content, " \n\u3000") != content {
		line += " "
	}
	return line
}

func trimEnds(parts []agents.Span) {
	if n := len(parts); n > 0 {
		parts[0].Content = strings.TrimLeft(parts[0].Content, " ")
		parts[n-1].Content = strings.TrimRight(parts[n-1].Content, " ")
	}
}

// marked puts what others wrote between the marks. Nothing stays nothing.
func marked(content string) string {
	if content == "" {
		return ""
	}
	return string(opening) + content + string(closing)
}

// merged joins neighbouring spans of the same origin, so that a text put together from pieces of one mail has one pair
// of marks, and drops empty ones.
func merged(t agents.Text) []agents.Span {
	var all []agents.Span
	for _, s := range t.Spans {
		if s.Content == "" {
			continue
		}
		if n := len(all); n > 0 && sameSource(all[n-1].Label, s.Label) {
			all[n-1].Content += s.Content
			all[n-1].Label = all[n-1].Label.Join(s.Label)
			continue
		}
		all = append(all, s)
	}
	return all
}

func sameSource(a, b agents.Label) bool {
	return a.Outside() == b.Outside() && (!a.Outside() || slices.Equal(a.Origins, b.Origins))
}

// cut shortens spans to a number of columns, the marks counted.
func cut(parts []agents.Span, limit int) []agents.Span {
	total := 0
	for _, s := range parts {
		total += Columns(s.Content) + marksOf(s)
	}
	if total <= limit {
		return parts
	}
	room := limit - 1 // for the …
	for i, s := range parts {
		need := Columns(s.Content) + marksOf(s)
		if need <= room {
			room -= need
			continue
		}
		kept := strings.TrimRight(firstColumns(s.Content, room-marksOf(s)), " ")
		if kept == "" && s.Label.Outside() {
			return append(slices.Clone(parts[:i]), agents.Plain("…").Spans...)
		}
		return append(slices.Clone(parts[:i]), agents.Span{Content: kept + "…", Label: s.Label})
	}
	return parts
}

func marksOf(s agents.Span) int {
	if s.Label.Outside() {
		return 2
	}
	return 0
}

// Columns is how wide a text is in a terminal.
func Columns(content string) int {
	n := 0
	for _, r := range content {
		n += runeColumns(r)
	}
	return n
}

func runeColumns(r rune) int {
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}

func firstColumns(content string, limit int) string {
	n := 0
	for i, r := range content {
		if n += runeColumns(r); n > limit {
			return content[:i]
		}
	}
	return content
}
