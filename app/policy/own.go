package policy

import (
	"net/netip"
	"strings"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"

	"github.com/stewardhq/steward/agents"
)

// toAuthor reports whether every host of a request is under the domain from which the item's author writes: whoever
// answers there is, as far as names tell, the author. Anybody can write the address of somebody else's host into a mail.
func toAuthor(a *agents.Aim) bool {
	if a.Author == nil || len(a.Hosts) == 0 {
		return false
	}
	address := strings.TrimSpace(a.Author.Address)
	own := registrable(address[strings.LastIndexByte(address, '@')+1:])
	if own == "" || !strings.Contains(address, "@") {
		return false
	}
	for _, host := range a.Hosts {
		if registrable(host) != own {
			return false
		}
	}
	return true
}

// registrable is the domain that somebody registered to have a host: example.co.uk for www.example.co.uk. It is "" for what
// has none: a public suffix itself, an IP address, what is no name.
func registrable(host string) string {
	if _, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		return ""
	}
	name, err := idna.Lookup.ToASCII(strings.TrimSuffix(host, "."))
	if err != nil {
		return ""
	}
	domain, err := publicsuffix.EffectiveTLDPlusOne(strings.ToLower(name))
	if err != nil {
		return ""
	}
	return domain
}
