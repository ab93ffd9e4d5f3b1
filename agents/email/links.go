package email

import (
	"net/url"
	"strings"
	"unicode"

	"github.com/stewardhq/steward/agents/email/markup"
	"github.com/stewardhq/steward/agents/email/wire"
)

// Link is a link in a message.
type Link struct {
	Text string // what it is called there; may be empty
	Host string // where it leads, in lower case
	URL  string
}

// Links lists the links of a raw message to pages, each address once, in their order. Links of other kinds, hidden ones
// and those that unsubscribe by header are not among them.
func Links(raw []byte) []Link {
	root, _ := wire.Read(raw)
	var all []Link
	seen := map[string]bool{}
	for _, l := range readBody(root).links {
		u, err := url.Parse(l.URL)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || seen[l.URL] {
			continue
		}
		seen[l.URL] = true
		all = append(all, Link{Text: clip(l.Text, 500), Host: strings.ToLower(u.Hostname()), URL: l.URL})
	}
	return all
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
