package reports

import (
	"slices"
	"strings"

	"github.com/stewardhq/steward/agents"
)

// maxOrigins is how many origins of one item are named; the rest are counted.
const maxOrigins = 3

// origin is how an origin such as "mail:ID" is written for people: "mail ID".
func (w words) origin(name string) string {
	kind, id, found := strings.Cut(name, ":")
	if !found {
		return cleanLine(name)
	}
	return w.kind(kind) + " " + cleanLine(id)
}

// origins names where an item is from: the object that it is about first, then what else it quotes.
func (w words) origins(i ReportItem) string {
	var names []string
	if i.About != nil {
		names = append(names, i.About.Kind+":"+i.About.ID)
	}
	for _, t := range i.texts() {
		names = append(names, quotedOrigins(t.Label())...)
	}
	return w.list(distinct(names))
}

// source is what the title of a quotation says.
func (w words) source(l agents.Label) string {
	return w.from + w.list(distinct(quotedOrigins(l)))
}

// quotedOrigins leaves out whole mailboxes: having been found in one says nothing about who wrote it.
func quotedOrigins(l agents.Label) []string {
	return slices.DeleteFunc(slices.Clone(l.Origins), func(o string) bool { return strings.HasPrefix(o, "account:") })
}

func (w words) list(names []string) string {
	more := ""
	if len(names) > maxOrigins {
		more = " …"
		names = names[:maxOrigins]
	}
	shown := make([]string, len(names))
	for n, name := range names {
		shown[n] = w.origin(name)
	}
	return strings.Join(shown, ", ") + more
}

func distinct(names []string) []string {
	var all []string
	for _, n := range names {
		if !slices.Contains(all, n) {
			all = append(all, n)
		}
	}
	return all
}

// mails counts the mails that a report is about or quotes.
func (c ReportContent) mails() int {
	seen := map[string]bool{}
	for _, o := range c.label().Origins {
		if strings.HasPrefix(o, "mail:") {
			seen[o] = true
		}
	}
	for _, s := range c.Sections {
		for _, i := range s.Items {
			if i.About != nil && i.About.Kind == "mail" {
				seen["mail:"+i.About.ID] = true
			}
		}
	}
	return len(seen)
}
