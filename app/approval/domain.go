package approval

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"
	"golang.org/x/text/unicode/norm"

	"github.com/stewardhq/steward/agents"
)

// LookAlike reports whether an address, or a domain, is easily taken for one of the known ones, and for which. What is
// known, or stands below a known domain, is never a look-alike; nor is one of the big providers of mail.
func LookAlike(address string, known []string) (like string, found bool) {
	var k knownDomains
	var addresses []string
	for _, name := range known {
		k = append(k, parseDomain(name))
		if strings.Contains(name, "@") {
			addresses = append(addresses, name)
		}
	}
	if like, found = k.like(parseDomain(address)); found {
		return like, true
	}
	return likeAddress(address, addresses)
}

// domain is the host of an address, in the parts by which it is compared.
type domain struct {
	given  string   // as it was written, without what stands before the @
	host   string   // decoded, in small letters
	own    string   // what somebody registered: anna-bank.com
	label  string   // its first label: anna-bank
	suffix string   // and what others share: com
	below  string   // what stands before it: www
	shaped string   // what the label looks like
	bare   string   // and that without hyphens
	count  int      // of its characters
	whole  string   // what own looks like, with dots between its words
	under  string   // what below looks like, likewise, and with dots around it
	ground []string // what each label of below looks like, without hyphens
	listed bool     // the suffix is one under which domains are registered
	shared bool     // it is such a suffix itself
}

func parseDomain(address string) domain {
	address = strings.ReplaceAll(address, "＠", "@")
	d := domain{given: strings.TrimSpace(address[strings.LastIndexByte(address, '@')+1:])}
	d.host = decoded(d.given)
	ascii, err := idna.Punycode.ToASCII(d.host)
	if err != nil {
		ascii = d.host
	}
	suffix, icann := publicsuffix.PublicSuffix(ascii)
	d.listed = icann || strings.Contains(suffix, ".")
	d.shared = d.listed && ascii == suffix
	labels := strings.Split(d.host, ".")
	own := len(labels) - strings.Count(suffix, ".") - 2
	if own < 0 || len(labels) == 1 {
		own = 0
	}
	d.own, d.label, d.below = strings.Join(labels[own:], "."), labels[own], strings.Join(labels[:own], ".")
	d.suffix = strings.Join(labels[own+1:], ".")
	d.shaped = shape(d.label)
	d.bare = strings.ReplaceAll(d.shaped, "-", "")
	d.count = utf8.RuneCountInString(d.bare)
	d.whole = "." + apart(shape(d.own)) + "."
	if d.below != "" {
		below := shape(d.below)
		d.under = "." + apart(below) + "."
		d.ground = strings.Split(strings.ReplaceAll(below, "-", ""), ".")
	}
	return d
}

// decoded is a host as a browser would show it: wide characters made narrow, all kinds of dots made one, punycode read.
func decoded(host string) string {
	host = strings.NewReplacer("。", ".", "｡", ".").Replace(norm.NFKC.String(host))
	labels := strings.Split(strings.ToLower(strings.Trim(host, ". ")), ".")
	for i, label := range labels {
		if strings.HasPrefix(label, "xn--") {
			if unicode, err := idna.Punycode.ToUnicode(label); err == nil {
				labels[i] = strings.ToLower(unicode)
			}
		}
	}
	return strings.Join(labels, ".")
}

type knownDomains []domain

func (k knownDomains) like(d domain) (string, bool) {
	if d.host == "" || d.shared || providers[d.own] {
		return "", false
	}
	for i := range k {
		if d.host == k[i].host || d.own == k[i].own {
			return "", false
		}
	}
	for i := range k {
		known := &k[i]
		if known.host != "" && !known.shared && d.resembles(known) {
			return known.given, true
		}
	}
	return "", false
}

// From how many characters on names are compared: short ones are alike by chance.
const (
	short  = 3
	medium = 5
	long   = 8
)

func (d *domain) resembles(known *domain) bool {
	n := known.count
	if d.label == known.label {
		return n > short && !(everywhere[d.label] && national(d.suffix) && national(known.suffix))
	}
	if d.bare == known.bare {
		return n >= short || d.label != d.shaped && n > 0 // letters of another script, however short
	}
	if d.below != "" && d.contains(known) {
		return true
	}
	if n < medium {
		return false
	}
	if d.baits(known) {
		return true
	}
	if d.count > n+2 || n > d.count+2 {
		return false
	}
	switch distance(d.bare, known.bare) {
	case 1:
		return d.suffix == known.suffix || n >= long
	case 2:
		return n >= long && d.suffix == known.suffix && d.bare[0] == known.bare[0]
	}
	return false
}

// contains reports whether a known domain, or its name, stands before what is really somebody else's.
func (d *domain) contains(known *domain) bool {
	if len(known.own) > medium && known.suffix != "" && strings.Contains(d.under, known.whole) {
		return true
	}
	return known.count >= medium && !generic[known.label] && slices.Contains(d.ground, known.bare)
}

// apart has a dot wherever a word ends.
func apart(host string) string {
	return strings.Join(strings.FieldsFunc(host, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) }), ".")
}

// baits reports whether a name is a known one with a word put before or after it that asks for trust.
func (d *domain) baits(known *domain) bool {
	rest, found := strings.CutPrefix(d.bare, known.bare)
	if !found {
		rest, found = strings.CutSuffix(d.bare, known.bare)
	}
	if !found || rest == "" || generic[known.label] {
		return false
	}
	hyphened := strings.Contains(d.shaped, "-")
	return baitShapes[rest] || hyphened && known.count >= long
}

// distance is how many letters are to be changed, added, taken out, or swapped with their neighbour; 3 stands for more.
func distance(a, b string) int {
	const more = 3
	s, t := []rune(a), []rune(b)
	if len(s) > len(t)+2 || len(t) > len(s)+2 || len(s) > 63 || len(t) > 63 {
		return more
	}
	var rows [3][64]int
	for j := range len(t) + 1 {
		rows[0][j] = j
	}
	before, last := rows[1], rows[0]
	for i := range s {
		row := [64]int{i + 1}
		for j := range t {
			cost := 1
			if s[i] == t[j] {
				cost = 0
			}
			row[j+1] = min(last[j+1]+1, row[j]+1, last[j]+cost)
			if i > 0 && j > 0 && s[i] == t[j-1] && s[i-1] == t[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last = last, row
	}
	return min(last[len(t)], more)
}

// likeAddress reports whether an address is easily taken for a known one with the same host.
func likeAddress(address string, known []string) (string, bool) {
	local, host, ok := cutAddress(address)
	if !ok {
		return "", false
	}
	var same []string
	for _, k := range known {
		l, h, ok := cutAddress(k)
		if !ok || h != host {
			continue
		}
		if l == local {
			return "", false
		}
		same = append(same, k)
	}
	for _, k := range same {
		if l, _, _ := cutAddress(k); (len(l) >= short || !isASCII(local)) && shape(l) == shape(local) {
			return k, true
		}
	}
	return "", false
}

// cutAddress gives the name and the host of an address, as a provider compares them.
func cutAddress(address string) (local, host string, ok bool) {
	at := strings.LastIndexByte(address, '@')
	if at <= 0 {
		return "", "", false
	}
	local, _, _ = strings.Cut(agents.FoldASCII(address[:at]), "+")
	return local, decoded(address[at+1:]), true
}

// mixedScripts says of an address or a host which part of it mixes writing systems, or is all of letters that pass for
// Latin ones. Latin beside Chinese, Japanese or Korean is no mixture.
func mixedScripts(address string) (text string, found bool) {
	labels := strings.FieldsFunc(address, func(r rune) bool { return strings.ContainsRune("@＠.。．｡", r) })
	for _, label := range labels {
		label = decoded(label)
		var names []string
		for _, r := range label {
			if name := script(r); name != "" && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
		latin := slices.Contains(names, "Latin")
		east := slices.ContainsFunc(names, func(n string) bool { return slices.Contains(eastern, n) })
		others := slices.DeleteFunc(slices.Clone(names), func(n string) bool { return n == "Latin" || slices.Contains(eastern, n) })
		switch {
		case len(others) > 1 || len(others) == 1 && (latin || east):
			slices.Sort(names)
			return fmt.Sprintf("%q mixes letters of %s", Visible(label), strings.Join(names, " and ")), true
		case len(others) == 1 && latinOnly(label) && isASCII(decoded(labels[len(labels)-1])):
			return fmt.Sprintf("%q is in %s letters that pass for Latin ones", Visible(label), others[0]), true
		}
	}
	return "", false
}

var eastern = []string{"Han", "Hiragana", "Katakana", "Hangul", "Bopomofo"}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r > 0x7f })
}
