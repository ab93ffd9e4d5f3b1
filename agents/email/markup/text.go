package markup

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Read gives a document's visible text and links.
func Read(source string) Document {
	w := writer{sheet: sheet{rules: map[string]string{}}}
	w.looks = append(w.looks, element{look: look{ink: black, paper: white}})
	if len(source) > MaxInput {
		source = source[:MaxInput]
		w.doc.Cut = true
	}
	z := html.NewTokenizer(strings.NewReader(source))
	z.SetMaxBuf(MaxInput)
	for {
		switch z.Next() {
		case html.ErrorToken:
			w.closeLink()
			w.doc.Text = w.text()
			return w.doc
		case html.TextToken:
			w.write(z.Text())
		case html.StartTagToken, html.SelfClosingTagToken:
			w.start(z)
		case html.EndTagToken:
			name, _ := z.TagName()
			w.end(string(name))
		}
	}
}

type element struct {
	name string
	look look
}

type writer struct {
	doc            Document
	sheet          sheet
	looks          []element // open elements; the first stands for the page
	out            strings.Builder
	breaks, spaces int // that come before the next visible character
	pre            int
	raw            string // the element whose raw content comes next: style, script, title, …
	link           *Link
	label          strings.Builder
}

var voids = map[string]bool{
	"area": true, "base": true, "br": true, "col": true, "embed": true, "hr": true, "img": true, "input": true, "link": true,
	"meta": true, "source": true, "track": true, "wbr": true,
}

// blocks begin and end a line; those of 2 also leave one free.
var blocks = map[string]int{
	"address": 1, "article": 1, "aside": 1, "blockquote": 2, "center": 1, "dd": 1, "div": 1, "dl": 2, "dt": 1, "fieldset": 1, "figure": 1,
	"footer": 1, "form": 1, "h1": 2, "h2": 2, "h3": 2, "h4": 2, "h5": 2, "h6": 2, "header": 1, "hr": 2, "li": 1, "main": 1, "nav": 1,
	"ol": 2, "p": 2, "pre": 2, "section": 1, "table": 1, "tr": 1, "ul": 2, "body": 1, "tbody": 1, "thead": 1, "caption": 1,
}

// implied are elements that a sibling closes without an end tag, and what stops the search for an open one.
var implied = map[string][]string{
	"li": {"ul", "ol"}, "p": {"td", "div", "th", "body", "blockquote", "li"}, "td": {"tr", "table"}, "th": {"tr", "table"},
	"tr": {"table", "tbody", "thead"}, "dt": {"dl"}, "dd": {"dl"}, "option": {"select"},
}

func (w *writer) start(z *html.Tokenizer) {
	tagName, more := z.TagName()
	name := string(tagName)
	a := readAttributes(z, more)
	w.implyEnd(name)
	current := w.looks[len(w.looks)-1].look
	w.sheet.apply(&current, name, a.id, a.class)
	a.apply(&current)
	w.breakFor(name)
	switch atom.Lookup(tagName) {
	case atom.Br:
		w.breaks = min(w.breaks+1, 2)
	case atom.Img:
		if current.seen() && a.alt != "" && !a.pixel() {
			w.put("[" + strings.Join(strings.Fields(a.alt), " ") + "]")
		}
	case atom.Li:
		if current.seen() {
			w.put("- ")
		}
	case atom.Td, atom.Th:
		w.spaces = max(w.spaces, 1)
	case atom.Pre:
		w.pre++
	case atom.A:
		w.closeLink()
		w.openLink(a.href, current)
	case atom.Style, atom.Script, atom.Title, atom.Template, atom.Noframes, atom.Iframe:
		w.raw = name
	}
	if voids[name] || len(w.looks) >= maxOpen {
		return
	}
	if name == "template" || name == "head" && len(w.looks) < 3 {
		current.gone = name == "template"
	}
	w.looks = append(w.looks, element{name, current})
}

// implyEnd closes the paragraph, cell or item that a new one ends.
func (w *writer) implyEnd(name string) {
	stops, ok := implied[name]
	if !ok {
		if blocks[name] == 0 {
			return
		}
		name, stops = "p", implied["p"]
	}
	for i := len(w.looks) - 1; i > 0 && i > len(w.looks)-24; i-- {
		open := w.looks[i].name
		same := open == name || (name == "td" || name == "th") && (open == "td" || open == "th") || (name == "dt" || name == "dd") && (open == "dt" || open == "dd")
		if same {
			w.looks = w.looks[:i]
			return
		}
		for _, stop := range stops {
			if open == stop {
				return
			}
		}
	}
}

func (w *writer) end(name string) {
	w.raw = ""
	if name == "a" {
		w.closeLink()
	}
	if name == "pre" && w.pre > 0 {
		w.pre--
	}
	for i := len(w.looks) - 1; i > 0 && i > len(w.looks)-100; i-- {
		if w.looks[i].name == name {
			w.looks = w.looks[:i]
			break
		}
	}
	w.breakFor(name)
}

func (w *writer) breakFor(name string) { w.breaks = max(w.breaks, blocks[name]) }

// write takes a text token: to the text if it can be seen, else to the count.
func (w *writer) write(b []byte) {
	switch w.raw {
	case "style":
		w.sheet.add(string(b))
		return
	case "":
	default:
		return
	}
	if !w.looks[len(w.looks)-1].look.seen() {
		for _, r := range string(b) {
			if !unicode.IsSpace(r) && !Invisible(r) && r != '\u200c' && r != '\u200d' && r != '\u00a0' {
				w.doc.Hidden++
			}
		}
		return
	}
	if w.pre > 0 {
		for i, line := range bytes.Split(b, []byte("\n")) {
			if i > 0 {
				w.breaks++
			}
			if len(line) > 0 {
				w.put(strings.TrimRight(string(line), "\r"))
			}
		}
		return
	}
	w.flow(b)
}

// flow writes text with its white space folded.
func (w *writer) flow(b []byte) {
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		if unicode.IsSpace(r) || r == '\u00a0' {
			w.spaces = 1
			b = b[n:]
			continue
		}
		end := n
		for end < len(b) {
			r, n := utf8.DecodeRune(b[end:])
			if unicode.IsSpace(r) || r == '\u00a0' {
				break
			}
			end += n
		}
		w.put(string(b[:end]))
		b = b[end:]
	}
}

// put writes visible characters after the breaks and spaces that are due.
func (w *writer) put(s string) {
	visible, hidden := DropInvisible(s)
	w.doc.Hidden += hidden
	if visible == "" {
		return
	}
	if w.out.Len() > 0 {
		if w.breaks > 0 {
			w.out.WriteString("\n\n"[:min(w.breaks, 2)])
		} else if w.spaces > 0 {
			w.out.WriteByte(' ')
		}
	}
	if w.link != nil && w.label.Len() < 500 {
		if w.label.Len() > 0 && w.breaks+w.spaces > 0 {
			w.label.WriteByte(' ')
		}
		w.label.WriteString(visible)
	}
	w.breaks, w.spaces = 0, 0
	w.out.WriteString(visible)
}

func (w *writer) openLink(href string, l look) {
	href = strings.TrimSpace(href)
	if href == "" || !l.seen() && l.gone {
		return
	}
	if !Followable(href) {
		return
	}
	if len(w.doc.Links) >= MaxLinks {
		w.doc.Cut = true
		return
	}
	w.link = &Link{URL: href}
	w.label.Reset()
}

func (w *writer) closeLink() {
	if w.link == nil {
		return
	}
	w.link.Text = w.label.String()
	w.doc.Links = append(w.doc.Links, *w.link)
	w.link = nil
}

func (w *writer) text() string { return strings.TrimSpace(w.out.String()) }
