package markup

import (
	"strings"

	"golang.org/x/net/html"
)

// attributes are those of an element that matter here.
type attributes struct {
	id, class, style, href, alt, colour, bgcolour, background, width, height, size string
	hidden                                                                         bool
}

func readAttributes(z *html.Tokenizer, more bool) attributes {
	var a attributes
	for n := 0; more && n < 200; n++ {
		var key, value []byte
		key, value, more = z.TagAttr()
		text := string(value)
		switch string(key) {
		case "id":
			a.id = text
		case "class":
			a.class = text
		case "style":
			a.style = text
		case "href":
			a.href = text
		case "alt":
			a.alt = text
		case "color":
			a.colour = strings.ToLower(strings.TrimSpace(text))
		case "bgcolor":
			a.bgcolour = strings.ToLower(strings.TrimSpace(text))
		case "background":
			a.background = text
		case "width":
			a.width = strings.TrimSpace(text)
		case "height":
			a.height = strings.TrimSpace(text)
		case "size":
			a.size = strings.TrimSpace(text)
		case "hidden":
			a.hidden = true
		}
	}
	return a
}

func (a *attributes) apply(l *look) {
	if a.bgcolour != "" {
		l.setPaper(a.bgcolour)
	}
	if a.background != "" {
		l.unknown = true
	}
	if a.colour != "" {
		l.setInk(a.colour)
	}
	l.gone = l.gone || a.hidden
	if a.style != "" {
		l.apply(a.style)
	}
}

// pixel reports whether an image is there to be counted, not to be seen.
func (a *attributes) pixel() bool {
	return a.width == "0" || a.width == "1" || a.height == "0" || a.height == "1"
}

// Followable reports whether a link leads to a page or a mailbox: nothing else is ever offered.
func Followable(href string) bool {
	if len(href) > 8<<10 {
		return false
	}
	lower := strings.ToLower(href[:min(len(href), 8)])
	return strings.HasPrefix(lower, "http://") || strings.HasPrefix(lower, "https://") || strings.HasPrefix(lower, "mailto:")
}
