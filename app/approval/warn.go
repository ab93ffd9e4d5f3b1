package approval

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/stewardhq/steward/agents"
)

// Codes of warnings.
const (
	NotAReader    = "not-a-reader"
	Unknown       = "unknown"
	LooksAlike    = "look-alike"
	MixedScripts  = "mixed-scripts"
	NameIsAddress = "name-is-address"
	Invented      = "invented"
)

// known is what the user knows, ready to be compared with.
type known struct {
	domains   knownDomains
	addresses []string          // of known persons
	names     map[string]string // the shape of a name, and the address of whoever is called so
}

func newKnown(o Options) *known {
	k := &known{names: map[string]string{}}
	for _, d := range o.KnownDomains {
		k.domains = append(k.domains, parseDomain(d))
	}
	for name, address := range o.KnownNames {
		k.names[shape(FoldName(name))] = address
		k.addresses = append(k.addresses, address)
	}
	slices.Sort(k.addresses)
	return k
}

// FoldName is a name as it is compared: without case, width, or spaces that say nothing.
func FoldName(name string) string {
	name = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unseen(r):
			return -1
		}
		return r
	}, norm.NFKC.String(name))
	return strings.Join(strings.Fields(strings.ToLower(name)), " ")
}

func (s *shower) person(f *Field, l leaf) {
	v := l.value
	if v.Type() != personType {
		v = v.Elem()
	}
	p := v.Interface().(agents.Person)
	f.Text = Pieces(p.Name)
	f.Person = &Person{ID: p.ID, Address: addressPieces(p.Address), Known: p.Known, Me: s.me(p)}
	warn := func(code, like, text string, args ...any) {
		f.Person.Warnings = append(f.Person.Warnings, Warning{Code: code, Like: like, Text: fmt.Sprintf(text, args...)})
	}
	if !f.Person.Me && s.learns(l, p) {
		if !s.Readers.Allow(p.ID) {
			warn(NotAReader, "", "was not among those who may know what this holds")
		}
		if !p.Known {
			warn(Unknown, "", "you have not written to this person, nor confirmed them")
		}
		if !p.Known && p.ID == "" && !s.typed(p.Address) {
			warn(Invented, "", "you did not type this address, and nobody whom Steward has met has it")
		}
	}
	if like, found := s.looksLike(p.Address, p.Known); found {
		warn(LooksAlike, like, "looks like %s, but is not", Visible(like))
	}
	if part, found := mixedScripts(p.Address); found {
		warn(MixedScripts, "", "%s", part)
	} else if part, found := disguised(p.Address); found {
		warn(MixedScripts, "", "%s", part)
	}
	if like, found := s.pretends(p); found {
		warn(NameIsAddress, like, "the name is that of %s, but the address is another", Visible(like))
	}
}

// me reports whether a person is the user.
func (s *shower) me(p agents.Person) bool {
	return s.Me != "" && (p.ID == s.Me || agents.SameAddress(p.Address, s.Me))
}

// learns reports whether a person will know the payload, as far as can be told.
func (s *shower) learns(l leaf, p agents.Person) bool {
	if slices.Contains(s.Recipients, p.ID) {
		return true
	}
	if slices.Contains(senders, strings.ToLower(l.name)) && !l.reference {
		return false // an effect comes from them
	}
	return !l.reference || s.Recipients == nil
}

// looksLike compares an address with those that the user knows.
func (s *shower) looksLike(address string, isKnown bool) (string, bool) {
	if isKnown {
		return "", false
	}
	if d, found := s.known.domains.like(parseDomain(address)); found {
		return d, true
	}
	return likeAddress(address, s.known.addresses)
}

// pretends reports whether a name holds another address, or is that of a known person who has another.
func (s *shower) pretends(p agents.Person) (like string, found bool) {
	if agents.SameAddress(p.Name.Raw(), p.Address) {
		return "", false
	}
	name := FoldName(p.Name.Raw())
	for _, inName := range addressInText.FindAllString(name, -1) {
		if inName = strings.Trim(inName, "."); !agents.SameAddress(inName, p.Address) {
			return inName, true
		}
	}
	if address, taken := s.known.names[shape(name)]; taken && name != "" && !p.Known && !agents.SameAddress(address, p.Address) {
		return address, true
	}
	return "", false
}

var (
	addressInText = regexp.MustCompile(`[^\s<>()\[\]",:;@＠]+[@＠][^\s<>()\[\]",:;@＠]+\.[^\s<>()\[\]",:;@＠]+`)
	hostInText    = regexp.MustCompile(`(?:\p{L}|\p{N})(?:[\p{L}\p{N}\p{M}_.。．\-\x{2010}-\x{2015}\x{2044}\x{2215}]*[\p{L}\p{N}])?`)
)

// warnings are those about a text: what of it is an address, or a host, that looks like one that the user knows. A control
// that is an address is one that the effect goes to.
func (s *shower) warnings(l leaf, text string) []Warning {
	var all []Warning
	told := map[string]bool{}
	for _, word := range hostInText.FindAllString(text, -1) {
		if told[word] || !strings.ContainsAny(word, ".。．") {
			continue
		}
		told[word] = true
		d := parseDomain(word)
		if !d.listed { // 3.5, v1.2, a file's name
			continue
		}
		if like, found := s.known.domains.like(d); found {
			all = append(all, Warning{Code: LooksAlike, Like: like, Text: fmt.Sprintf("%s looks like %s, but is not", Visible(word), Visible(like))})
		}
		if part, found := mixedScripts(word); found {
			all = append(all, Warning{Code: MixedScripts, Text: part})
		}
	}
	for _, word := range addressInText.FindAllString(text, -1) {
		if part, found := disguised(word); found && !told[word] {
			told[word] = true
			all = append(all, Warning{Code: MixedScripts, Text: part})
		}
	}
	if l.role == Control && !l.issued && wholeAddress(text) && !s.typed(text) && !s.met(text) {
		all = append(all, Warning{Code: Invented, Text: "you did not type this address, and nobody whom Steward has met has it"})
	}
	return all
}

func wholeAddress(text string) bool { return text != "" && addressInText.FindString(text) == text }

func (s *shower) met(address string) bool {
	return slices.ContainsFunc(s.known.addresses, func(a string) bool { return agents.SameAddress(a, address) })
}
