// Package content reads what a message says: its text as a person is shown it, its links, the files with it, and what of it
// is the sender's own and not a quotation.
package content

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/stewardhq/steward/agents/email/calendar"
	"github.com/stewardhq/steward/agents/email/markup"
	"github.com/stewardhq/steward/agents/email/wire"
)

const (
	maxText        = 1 << 20 // bytes of readable text
	maxPartText    = 4 << 20 // decoded bytes of one text part that are looked at
	maxCalendar    = 1 << 20
	maxAttachments = 500
)

// Body is what a message says, gathered from its parts.
type Body struct {
	Text        string // readable, at most 1 MB
	Links       []markup.Link
	Hidden      int // characters that the message hid from a reader's eyes
	Attachments []Attachment
	Problems    []wire.Problem
	calendar    string
}

// Attachment describes a part that is not the text; its bytes stay in the raw message.
type Attachment struct {
	Name   string `json:"name"`
	Type   string `json:"type"` // media type, lower case
	Size   int64  `json:"size"` // decoded bytes
	Inline bool   `json:"inline,omitempty"`
}

func (b *Body) problem(text string, lost bool) {
	for _, p := range b.Problems {
		if p.Text == text {
			return
		}
	}
	b.Problems = append(b.Problems, wire.Problem{Text: text, Lost: lost})
}

// Read gathers what a message says.
func Read(root *wire.Part) *Body {
	b := &Body{}
	texts := b.read(root, false)
	b.Text = strings.TrimSpace(strings.Join(texts, "\n\n"))
	if len(b.Text) > maxText {
		b.Text = Clip(b.Text, maxText)
		b.problem("its text is very long; only the beginning can be searched and read", true)
	}
	return b
}

// Invite is the entry for a calendar that the message brings, or nil.
func (b *Body) Invite() *calendar.Invite {
	if b.calendar == "" {
		return nil
	}
	invite, ok := calendar.Parse(b.calendar)
	if !ok {
		b.problem("its calendar entry cannot be read", true)
		return nil
	}
	return &invite
}

// read gives the texts that a part shows, one after another, and notes its attachments on the way.
func (b *Body) read(p *wire.Part, related bool) []string {
	switch {
	case p.Broken && strings.HasPrefix(p.Type, "multipart/"):
		return b.plain(p)
	case p.Type == "multipart/alternative":
		return b.alternative(p)
	case p.Type == "multipart/related" && len(p.Parts) > 0:
		texts := b.read(p.Parts[0], false)
		for _, child := range p.Parts[1:] {
			b.read(child, true)
		}
		return texts
	case p.Multipart():
		if p.Type == "multipart/encrypted" {
			b.problem("it is encrypted, and Steward has no key for it", true)
		}
		var texts []string
		for _, child := range p.Parts {
			texts = append(texts, b.read(child, related)...)
		}
		return texts
	case shown(p) && p.Type == "text/html":
		doc := b.html(p)
		b.Hidden += doc.Hidden
		b.Links = append(b.Links, doc.Links...)
		return nonempty(doc.Text)
	case shown(p):
		return b.plain(p)
	}
	b.attach(p, related)
	return nil
}

// shown reports whether mail programs show a part as text in the message.
func shown(p *wire.Part) bool {
	if p.Disposition == "attachment" || p.Name != "" && p.Disposition != "inline" {
		return false
	}
	switch p.Type {
	case "text/plain", "text/html", "text/markdown", "text/enriched", "text/x-amp-html", "message/delivery-status":
		return p.Type != "text/x-amp-html"
	}
	return false
}

// alternative chooses between the plain and the formatted version. They should say the same; where they do not, what
// counts is the formatted one, because that is what people are shown, and the other is hidden text.
func (b *Body) alternative(p *wire.Part) []string {
	var plain, rich []string
	before := len(b.Links)
	for _, child := range p.Parts {
		if shown(child) && child.Type != "text/html" {
			if plain == nil {
				links := len(b.Links)
				plain = b.plain(child)
				b.Links = b.Links[:links] // they come from the version that is shown
			}
			continue
		}
		if texts := b.read(child, true); len(texts) > 0 {
			rich = texts
		}
	}
	if len(plain) == 0 {
		return rich
	}
	if len(rich) == 0 {
		b.Links = append(b.Links, plainLinks(plain[0])...)
		return plain
	}
	p1, r1 := strings.Join(plain, "\n"), strings.Join(rich, "\n")
	switch {
	case sameWords(p1, r1):
		if len(b.Links) == before {
			b.Links = append(b.Links, plainLinks(p1)...)
		}
		return plain
	case len(r1) < 20:
		return plain
	case len(p1) < 200 && len(r1) > len(p1):
		return rich // "your program cannot show this message", or a line for the preview
	default:
		b.Hidden += utf8.RuneCountInString(p1)
		b.problem("its plain and its formatted version say different things; the formatted one is shown", false)
		return rich
	}
}

// sameWords reports whether most words of the plain version stand in the formatted one too.
func sameWords(plain, rich string) bool {
	words := func(s string) []string {
		return strings.FieldsFunc(strings.ToLower(Clip(s, 20_000)), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	}
	in := map[string]bool{}
	for _, w := range words(rich) {
		in[w] = true
	}
	found, all := 0, 0
	for line := range strings.SplitSeq(Clip(plain, 20_000), "\n") {
		for _, w := range words(WithoutURLs(line)) {
			all += len(w)
			if in[w] {
				found += len(w)
			}
		}
	}
	return all == 0 || found*10 >= all*6
}

// WithoutURLs is a line without the addresses of pages.
func WithoutURLs(line string) string {
	if !strings.Contains(line, "://") {
		return line
	}
	fields := strings.Fields(line)
	kept := fields[:0]
	for _, f := range fields {
		if !strings.Contains(f, "://") {
			kept = append(kept, f)
		}
	}
	return strings.Join(kept, " ")
}

// content decodes a text part.
func (b *Body) content(p *wire.Part, limit int, meta bool) string {
	raw, whole, damaged := wire.Content(p.Body, p.Encoding, limit)
	if !whole {
		b.problem("one of its texts is very long; only the beginning is read", true)
	}
	if damaged {
		b.problem("the encoding of one of its texts is damaged", true)
	}
	charset := p.Charset()
	if charset == "" && meta {
		charset = metaCharset(raw)
	}
	if !wire.Known(charset) {
		b.problem("it names a charset that does not exist; the text was read by guessing", false)
	}
	text, exact := wire.Decode(raw, charset)
	if !exact && whole {
		b.problem("some of its characters cannot be read", true)
	}
	return text
}

func (b *Body) plain(p *wire.Part) []string {
	text := b.content(p, maxPartText, false)
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	if strings.EqualFold(p.Params["format"], "flowed") {
		text = unflow(text, strings.EqualFold(p.Params["delsp"], "yes"))
	}
	text, hidden := markup.DropInvisible(text)
	b.Hidden += hidden
	b.Links = append(b.Links, plainLinks(text)...)
	return nonempty(strings.TrimSpace(text))
}

func (b *Body) html(p *wire.Part) markup.Document {
	doc := markup.Read(b.content(p, maxPartText, true))
	if doc.Cut {
		b.problem("one of its texts is very long; only the beginning is read", true)
	}
	return doc
}

// metaCharset is what an HTML text says of itself.
func metaCharset(raw []byte) string {
	head := strings.ToLower(string(raw[:min(len(raw), 2<<10)]))
	_, after, ok := strings.Cut(head, "charset=")
	if !ok {
		return ""
	}
	after = strings.TrimLeft(after, `"' `)
	end := strings.IndexAny(after, `"'> /;`)
	if end < 0 || end > 40 {
		return ""
	}
	return after[:end]
}

func nonempty(text string) []string {
	if text == "" {
		return nil
	}
	return []string{text}
}

// unflow joins the lines of format=flowed (RFC 3676).
func unflow(text string, delsp bool) string {
	lines := strings.Split(text, "\n")
	var out strings.Builder
	joining, depth := false, 0
	for i, line := range lines {
		quotes := len(line) - len(strings.TrimLeft(line, ">"))
		content := line[quotes:]
		if !(joining && quotes == depth) {
			if i > 0 {
				out.WriteByte('\n')
			}
			out.WriteString(line[:quotes])
		} else {
			content = strings.TrimPrefix(content, " ")
		}
		if quotes == 0 && !joining {
			content = strings.TrimPrefix(content, " ")
		}
		depth = quotes
		joining = strings.HasSuffix(content, " ") && content != "-- "
		if joining && delsp {
			content = content[:len(content)-1]
		}
		out.WriteString(content)
	}
	return out.String()
}

// plainLinks finds the addresses of pages in plain text.
func plainLinks(text string) []markup.Link {
	var all []markup.Link
	for len(all) < markup.MaxLinks {
		i := strings.Index(text, "http")
		if i < 0 {
			break
		}
		text = text[i:]
		end := strings.IndexFunc(text, func(r rune) bool {
			return unicode.IsSpace(r) || unicode.IsControl(r) || strings.ContainsRune("<>\"'「」『』，。、；：（）《》", r)
		})
		if end < 0 {
			end = len(text)
		}
		address := strings.TrimRight(text[:end], ".,;:!?*_")
		if strings.HasSuffix(address, ")") && !strings.Contains(address, "(") {
			address = address[:len(address)-1]
		}
		address = strings.TrimRight(address, ".,;:!?]")
		if markup.Followable(address) && len(address) > len("https://") {
			all = append(all, markup.Link{URL: address})
		}
		text = text[max(end, len("http")):]
	}
	return all
}

// Clip cuts a text at a number of bytes, between characters.
func Clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "")
}
