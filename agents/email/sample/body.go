package sample

import (
	"fmt"
	"strings"
)

// maxQuoted is how many lines of the letter before an answer quotes.
const maxQuoted = 14

// body is the tree of parts of a letter.
func (c *composer) body(l *letter) part {
	boundary := func(kind string) string { return fmt.Sprintf("=_%s_%08x", kind, hash(kind+l.key)) }
	root := c.words(l, boundary("alt"))
	if event := l.field["event"]; event != "" {
		f := fields(event)
		calendar := part{
			kind:     fmt.Sprintf("text/calendar; method=%s; charset=utf-8", f[0]),
			encoding: "base64", data: c.calendar(l, f),
		}
		root = part{kind: "multipart/alternative", boundary: boundary("alt"), children: []part{root, calendar}}
	}
	var attached, inline []part
	for _, f := range l.files {
		p := attachment(file{expand(f.name, "en", c.day(l)), expand(f.text, l.field["lang"], c.day(l))})
		if strings.Contains(l.html, "cid:"+f.name) {
			p.headers = []string{"Content-Disposition: inline", "Content-ID: <" + f.name + ">"}
			inline = append(inline, p)
		} else {
			attached = append(attached, p)
		}
	}
	if inline != nil {
		root = part{kind: "multipart/related", boundary: boundary("rel"), children: append([]part{root}, inline...)}
	}
	if attached != nil {
		root = part{kind: "multipart/mixed", boundary: boundary("mix"), children: append([]part{root}, attached...)}
	}
	return root
}

// words are the text, the HTML, or both as alternatives.
func (c *composer) words(l *letter, boundary string) part {
	text, html := c.text(l), ""
	if l.html != "" {
		html = expand(l.html, l.field["lang"], c.day(l))
		if !strings.HasPrefix(html, "<!") && !strings.HasPrefix(html, "<html") {
			html = "<html><body>\n" + html + "\n</body></html>"
		}
	}
	switch {
	case html == "":
		return l.textPart("text/plain", text)
	case text == "":
		return l.textPart("text/html", html)
	}
	return part{kind: "multipart/alternative", boundary: boundary, children: []part{
		l.textPart("text/plain", text), l.textPart("text/html", html),
	}}
}

// text is the letter's text with the quotation of what it answers.
func (c *composer) text(l *letter) string {
	text := expand(l.text, l.field["lang"], c.day(l))
	parent := c.parent(l)
	if parent == nil || l.field["quote"] == "no" {
		return text
	}
	quoted := expand(parent.text, parent.field["lang"], c.day(parent))
	lines := strings.Split(quoted, "\n")
	if len(lines) > maxQuoted {
		lines = append(lines[:maxQuoted], "[…]")
	}
	when, who := c.sent(parent), parent.from
	intro := fmt.Sprintf("On %s, %s wrote:", when.Format("Mon, 2 Jan 2006 at 15:04"), who.name)
	if l.field["lang"] == "zh" {
		intro = fmt.Sprintf("%s 於 %s 寫道：", who.name, when.Format("2006/01/02 15:04"))
	}
	return text + "\n\n" + intro + "\n> " + strings.Join(lines, "\n> ")
}
