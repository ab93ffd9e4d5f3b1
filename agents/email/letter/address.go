package letter

import (
	"encoding/base64"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"

	"github.com/stewardhq/steward/agents"
)

// Address is somebody to whom, or from whom, a letter goes.
type Address struct {
	Name    string // may be empty
	Address string
}

// Canonical is the one spelling in which an address is written into headers and told to servers: its domain in lower-case
// ASCII. What programs read differently has none: quoted names, comments, groups, lists, routes, addresses in brackets.
func Canonical(address string) (string, error) {
	at := strings.LastIndexByte(address, '@')
	if at <= 0 || len(address) > 254 || !utf8.ValidString(address) {
		return "", noAddress()
	}
	local := address[:at]
	if len(local) > 64 || strings.HasPrefix(local, ".") || strings.HasSuffix(local, ".") || strings.Contains(local, "..") {
		return "", noAddress()
	}
	for _, r := range local {
		if !atomRune(r) && r != '.' {
			return "", noAddress()
		}
	}
	written := agents.FoldASCII(address[at+1:])
	domain, err := idna.Lookup.ToASCII(written)
	if err != nil || !hostName(domain) {
		return "", noAddress()
	}
	if domain != written { // in another script: it must be spelt as it would be shown
		if shown, err := idna.Lookup.ToUnicode(domain); err != nil || shown != written {
			return "", noAddress()
		}
	}
	return local + "@" + strings.ToLower(domain), nil
}

// atomRune is what stands in an address without quotes.
func atomRune(r rune) bool {
	if r >= utf8.RuneSelf {
		return unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsNumber(r)
	}
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("!#$%&'*+-/=?^_`{|}~", r)
}

func hostName(domain string) bool {
	if domain == "" || len(domain) > 253 || strings.HasSuffix(domain, ".") {
		return false
	}
	for label := range strings.SplitSeq(domain, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		for _, c := range []byte(label) {
			if c != '-' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
				return false
			}
		}
	}
	last := domain[strings.LastIndexByte(domain, '.')+1:]
	return last[0] < '0' || last[0] > '9' // an address of a machine to some
}

func noAddress() error {
	return &agents.Error{
		Code: agents.CodeInvalid, Message: "this is not one address that mail can be sent to",
		Hint: "an address is written like anna@example.com: one, without a name, quotes, brackets or commas",
	}
}

func addressList(list []Address) (string, error) {
	all := make([]string, len(list))
	for i, a := range list {
		address, err := Canonical(a.Address)
		if err != nil {
			return "", err
		}
		if a.Name == "" {
			all[i] = "<" + address + ">"
			continue
		}
		name, err := phrase(a.Name)
		if err != nil {
			return "", err
		}
		all[i] = name + " <" + address + ">"
	}
	return strings.Join(all, ", "), nil
}

// phrase writes a display name: in quotes, or in encoded words.
func phrase(name string) (string, error) {
	if err := oneLine(name); err != nil {
		return "", err
	}
	if !plain(name) {
		return encoded(name), nil
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(name) + `"`, nil
}

// unstructured writes a field of free text.
func unstructured(text string) (string, error) {
	if len(text) > MaxSubject {
		return "", &agents.Error{Code: agents.CodeLimit, Message: "the subject is too long", Hint: "write a shorter one"}
	}
	if err := oneLine(text); err != nil {
		return "", err
	}
	if text == "" || plain(text) {
		return text, nil
	}
	return encoded(text), nil
}

// oneLine refuses what could end a field and begin another one, or is not seen.
func oneLine(text string) error {
	if !utf8.ValidString(text) {
		return invalid("its subject or a name is not valid Unicode")
	}
	for _, r := range text {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return invalid("its subject or a name has a line break or another control character in it")
		}
	}
	return nil
}

// plain reports whether a text stands in a field as it is, and comes out of it the same after folding.
func plain(text string) bool {
	if text != strings.Join(strings.Fields(text), " ") || strings.Contains(text, "=?") {
		return false
	}
	for word := range strings.SplitSeq(text, " ") {
		if len(word) > 40 {
			return false
		}
	}
	for i := range len(text) {
		if text[i] < ' ' || text[i] > '~' {
			return false
		}
	}
	return true
}

// encoded writes a text in encoded words (RFC 2047), which are joined again where it is read.
func encoded(text string) string {
	const most = 36 // bytes in a word
	var words []string
	for text != "" {
		n := min(len(text), most)
		for n > 0 && n < len(text) && !utf8.RuneStart(text[n]) {
			n--
		}
		words = append(words, "=?utf-8?b?"+base64.StdEncoding.EncodeToString([]byte(text[:n]))+"?=")
		text = text[n:]
	}
	return strings.Join(words, " ")
}
