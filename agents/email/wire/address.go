package wire

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/stewardhq/steward/agents"
)

// Address is a mail address with the name that stood beside it, decoded.
type Address struct {
	Name    string
	Address string // the domain in lower case
}

const maxAddresses = 2_000 // of one field

// ParseAddresses reads a list of addresses as people and programs write it: quoted and encoded names, comments, groups,
// semicolons for commas, names with bare commas, no name, no angle brackets. What holds no address is left out.
func ParseAddresses(field, charset string) []Address {
	var all []Address
	var name string // of an entry that had no address: the front of a name with a bare comma in it
	for _, entry := range splitList(field) {
		a, ok := parseAddress(entry, charset)
		if !ok {
			name = strings.TrimSpace(name + " " + plainName(entry, charset))
			continue
		}
		if name != "" && a.Name != "" {
			a.Name = name + ", " + a.Name
		}
		name = ""
		if len(all) == maxAddresses {
			break
		}
		all = append(all, a)
	}
	return all
}

// splitList cuts at commas and semicolons outside of quotes, comments and angle brackets, and drops the names of groups.
func splitList(s string) []string {
	var entries []string
	var quoted, angle bool
	depth, from := 0, 0
	lastQuote, lastParen, lastAngle := strings.LastIndexByte(s, '"'), strings.LastIndexByte(s, ')'), strings.LastIndexByte(s, '>')
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\' && (quoted || depth > 0):
			i++
		case c == '"' && depth == 0:
			quoted = !quoted && i < lastQuote // a quote that never closes is a character
		case quoted:
		case c == '(':
			if i < lastParen {
				depth++
			}
		case c == ')' && depth > 0:
			depth--
		case depth > 0:
		case c == '<':
			angle = i < lastAngle
		case c == '>':
			angle = false
		case angle:
		case c == ':':
			from = i + 1
		case c == ',' || c == ';':
			entries = append(entries, s[from:i])
			from = i + 1
		}
	}
	return append(entries, s[min(from, len(s)):])
}

func parseAddress(entry, charset string) (Address, bool) {
	entry = strings.TrimSpace(entry)
	if closing := strings.LastIndexByte(entry, '>'); closing >= 0 {
		if opening := strings.LastIndexByte(entry[:closing], '<'); opening >= 0 {
			address, ok := cleanAddress(entry[opening+1 : closing])
			return Address{Name: plainName(entry[:opening], charset), Address: address}, ok
		}
	}
	bare, comment := cutComment(entry)
	if address, ok := cleanAddress(bare); ok {
		return Address{Name: plainName(comment, charset), Address: address}, true
	}
	// A name and an address without brackets: the last word that looks like one.
	words := strings.Fields(bare)
	if len(words) < 2 {
		return Address{}, false
	}
	address, ok := cleanAddress(words[len(words)-1])
	return Address{Name: plainName(strings.Join(words[:len(words)-1], " "), charset), Address: address}, ok
}

// cleanAddress checks that something can be an address and lower-cases its domain.
func cleanAddress(s string) (string, bool) {
	s = strings.Trim(s, "<> \t\r\n")
	if len(s) > 2 && s[0] == '\'' && s[len(s)-1] == '\'' {
		s = s[1 : len(s)-1]
	}
	if len(s) > 7 && strings.EqualFold(s[:7], "mailto:") {
		s = s[7:]
	}
	at := strings.LastIndexByte(s, '@')
	if at <= 0 || at == len(s)-1 || len(s) > 320 || !utf8.ValidString(s) {
		return "", false
	}
	local, domain := strings.TrimSpace(s[:at]), strings.TrimSpace(s[at+1:]) // blanks around the sign are the old syntax
	if local == "" || domain == "" {
		return "", false
	}
	quoted := len(local) > 2 && local[0] == '"' && local[len(local)-1] == '"'
	for _, r := range local {
		if unicode.IsControl(r) || !quoted && (unicode.IsSpace(r) || strings.ContainsRune("\",:;<>()", r)) {
			return "", false
		}
	}
	for _, r := range domain {
		if unicode.IsControl(r) || unicode.IsSpace(r) || strings.ContainsRune("\",;<>()", r) {
			return "", false
		}
	}
	return local + "@" + agents.FoldASCII(domain), true
}

// plainName is a display name without quotes and escapes, decoded, on one line.
func plainName(s, charset string) string {
	s = strings.TrimSpace(s)
	if len(s) >= 2 && s[0] == '(' && s[len(s)-1] == ')' {
		s = s[1 : len(s)-1]
	}
	if strings.ContainsAny(s, "\"\\") {
		var b strings.Builder
		for i := 0; i < len(s); i++ {
			switch {
			case s[i] == '\\' && i+1 < len(s) && (s[i+1] == '"' || s[i+1] == '\\'):
				i++
				b.WriteByte(s[i])
			case s[i] != '"':
				b.WriteByte(s[i])
			}
		}
		s = b.String()
	}
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, DecodeWords(s, charset))
	s = strings.Join(strings.Fields(s), " ")
	if len(s) >= 2 && s[0] == '\'' && s[len(s)-1] == '\'' {
		s = strings.TrimSpace(s[1 : len(s)-1])
	}
	return s
}

// cutComment takes the last comment off: the old way to write a name after an address.
func cutComment(s string) (bare, comment string) {
	opening := strings.LastIndexByte(s, '(')
	if opening < 0 || !strings.HasSuffix(s, ")") {
		return s, ""
	}
	return strings.TrimSpace(s[:opening]), s[opening:]
}
