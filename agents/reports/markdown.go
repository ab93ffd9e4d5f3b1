package reports

import (
	"fmt"
	"strings"

	"github.com/stewardhq/steward/agents"
)

// Markdown is a text for a Markdown viewer: all of it literal, on as many lines as it has, each ended by a hard break.
// What others wrote stands between ‹ and ›. It holds no link, image, HTML, heading, list or code whatever it says,
// bare addresses that GitHub's flavour would link included.
func Markdown(t agents.Text) string { return markdown(t, "\\\n", cleanLines) }

// MarkdownLine is [Markdown] on one line.
func MarkdownLine(t agents.Text) string { return markdown(t, " ", cleanLine) }

func markdown(t agents.Text, newline string, tidy func(string) string) string {
	var b strings.Builder
	for _, s := range merged(t) {
		content := s.Content
		if s.Label.Outside() {
			content = marked(escape(tidy(content), allSpecials))
		} else {
			content = escape(clean(content), ownSpecials) // its spaces at the ends part it from its neighbours
		}
		b.WriteString(content)
	}
	lines := strings.Split(b.String(), "\n")
	kept := lines[:0]
	for _, line := range lines {
		// An empty line ends a paragraph, and indentation begins code: neither is left to the content.
		if line = strings.Trim(line, " \u3000"); line != "" {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, newline)
}

// Characters that get a backslash. In what others wrote it is every one that any Markdown gives a meaning to, the
// period of "www." and the colon of "https:" included; the user's and the host's own words only need to stay text.
const (
	allSpecials = "\\`*_{}[]()<>#+-.!|~&:@=$^"
	ownSpecials = "\\`*_[]<>#|~&"
)

func escape(content, specials string) string {
	var b strings.Builder
	b.Grow(len(content) + len(content)/8)
	for _, r := range content {
		if strings.ContainsRune(specials, r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// markdown is the whole report.
func (e edition) markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n", MarkdownLine(e.Title))
	if s := Markdown(e.Summary); s != "" {
		fmt.Fprintf(&b, "\n%s\n", s)
	}
	for _, s := range e.Sections {
		fmt.Fprintf(&b, "\n## %s\n", MarkdownLine(s.Title))
		if note := Markdown(s.Note); note != "" {
			fmt.Fprintf(&b, "\n%s\n", note)
		}
		b.WriteByte('\n')
		for _, i := range s.Items {
			e.markdownItem(&b, i)
		}
		if len(s.Items) == 0 {
			fmt.Fprintf(&b, "%s\n", e.words.nothing)
		}
	}
	fmt.Fprintf(&b, "\n---\n\n%s\n", Markdown(e.footer("\n")))
	return b.String()
}

func (e edition) markdownItem(b *strings.Builder, i ReportItem) {
	b.WriteString("- ")
	if tag := cleanLine(i.Tag); tag != "" {
		fmt.Fprintf(b, "**%s** ", escape(tag, allSpecials))
	}
	b.WriteString(MarkdownLine(i.Text))
	if i.When != nil {
		fmt.Fprintf(b, " — %s", e.when(*i.When))
	}
	if detail := Markdown(i.Detail); detail != "" {
		fmt.Fprintf(b, "\\\n  %s", strings.ReplaceAll(detail, "\n", "\n  "))
	}
	if from := e.words.origins(i); from != "" {
		fmt.Fprintf(b, "\\\n  *%s*", escape(from, allSpecials))
	}
	b.WriteByte('\n')
}
