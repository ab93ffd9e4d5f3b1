package body

import (
	"strings"
	"unicode"

	"github.com/stewardhq/steward/agents/email/markup"
)

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
