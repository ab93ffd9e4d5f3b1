package wire

import (
	"net/url"
	"sort"
	"strconv"
	"strings"
)

// MediaType is a Content-Type or Content-Disposition value with its parameters, names in lower case.
type MediaType struct {
	Value  string // "text/plain", "attachment"; lower case, "" if it makes no sense
	Params map[string]string
}

const maxMediaType = 8 << 10 // bytes that are looked at

// ParseMediaType reads a value and its parameters, decoding RFC 2231 and, against the rules but usual, RFC 2047. A
// parameter that stands twice keeps its first value.
func ParseMediaType(s, charset string) MediaType {
	s = s[:min(len(s), maxMediaType)]
	value, rest := s, ""
	if i := strings.IndexAny(s, "; \t"); i >= 0 {
		value, rest = s[:i], s[i:]
	}
	m := MediaType{Value: strings.ToLower(strings.Trim(value, " \t\"'")), Params: map[string]string{}}
	if strings.ContainsAny(m.Value, "=<>()@,:\\") {
		m.Value = ""
	}
	pieces := map[string]map[int]piece{}
	for rest != "" && len(m.Params)+len(pieces) < 100 {
		var name, value string
		name, value, rest = cutParam(rest)
		if name == "" {
			continue
		}
		if base, p, ok := starred(name, value); ok {
			if pieces[base] == nil {
				pieces[base] = map[int]piece{}
			}
			if _, twice := pieces[base][p.number]; !twice {
				pieces[base][p.number] = p
			}
			continue
		}
		if _, twice := m.Params[name]; !twice {
			m.Params[name] = DecodeWords(value, charset)
		}
	}
	for base, of := range pieces {
		m.Params[base] = joinPieces(of) // the extended form wins over the plain one (RFC 6266, 4.3)
	}
	return m
}

// piece is one of the parts that RFC 2231 cuts a parameter into.
type piece struct {
	number  int
	encoded bool
	value   string
}

// starred takes name*, name*2 and name*2* apart.
func starred(name, value string) (base string, p piece, ok bool) {
	base, tail, found := strings.Cut(name, "*")
	if !found || base == "" {
		return "", piece{}, false
	}
	p.value = value
	if tail == "" {
		p.encoded = true
		return base, p, true
	}
	tail, p.encoded = strings.CutSuffix(tail, "*")
	n, err := strconv.Atoi(tail)
	if err != nil || n < 0 || n > 1000 {
		return "", piece{}, false
	}
	p.number = n
	return base, p, true
}

func joinPieces(of map[int]piece) string {
	numbers := make([]int, 0, len(of))
	for n := range of {
		numbers = append(numbers, n)
	}
	sort.Ints(numbers)
	charset := ""
	var joined []byte
	for i, n := range numbers {
		p := of[n]
		if !p.encoded {
			joined = append(joined, p.value...)
			continue
		}
		value := p.value
		if i == 0 {
			if parts := strings.SplitN(value, "'", 3); len(parts) == 3 {
				charset, value = parts[0], parts[2]
			}
		}
		joined = append(joined, unescape(value)...)
	}
	text, _ := Decode(joined, charset)
	return text
}

func unescape(s string) string {
	if plain, err := url.PathUnescape(s); err == nil {
		return plain
	}
	return s
}

// cutParam reads "; name=value" from the front. A value without quotes may hold blanks if what follows them is no
// further parameter: many programs forget the quotes around file names.
func cutParam(s string) (name, value, rest string) {
	s = strings.TrimLeft(s, "; \t\r\n")
	equals := strings.IndexAny(s, "=;")
	if equals < 0 || s[equals] == ';' {
		if equals < 0 {
			return "", "", ""
		}
		return "", "", s[equals:]
	}
	name = strings.ToLower(strings.TrimSpace(s[:equals]))
	s = strings.TrimLeft(s[equals+1:], " \t\r\n")
	if strings.HasPrefix(s, `"`) {
		if value, rest, ok := cutQuoted(s[1:]); ok {
			return name, value, rest
		}
		s = s[1:]
	}
	end := strings.IndexByte(s, ';')
	if end < 0 {
		end = len(s)
	}
	value = strings.TrimSpace(s[:end])
	if blank := strings.IndexAny(value, " \t"); blank >= 0 && strings.Contains(value[blank:], "=") && !strings.Contains(value, "=?") {
		return name, value[:blank], s[blank:] // a missing semicolon
	}
	return name, strings.Trim(value, `"`), s[end:]
}

// cutQuoted reads up to the closing quote. Backslashes escape quotes and themselves only: Windows paths have bare ones.
func cutQuoted(s string) (value, rest string, ok bool) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s) && (s[i+1] == '"' || s[i+1] == '\\'):
			i++
			b.WriteByte(s[i])
		case s[i] == '"':
			return b.String(), s[i+1:], true
		default:
			b.WriteByte(s[i])
		}
	}
	return "", s, false
}
