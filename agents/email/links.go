package email

import (
	"net/url"
	"strings"

	"github.com/stewardhq/steward/agents/email/content"
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
	for _, l := range content.Read(root).Links {
		u, err := url.Parse(l.URL)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || seen[l.URL] {
			continue
		}
		seen[l.URL] = true
		all = append(all, Link{Text: clip(l.Text, 500), Host: strings.ToLower(u.Hostname()), URL: l.URL})
	}
	return all
}
