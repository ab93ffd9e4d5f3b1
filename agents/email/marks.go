package email

import (
	"strings"
	"unicode"

	"github.com/stewardhq/steward/agents"
)

// Marks around what others wrote, in a mail that only the user gets: it looks as if Steward had written it.
const (
	openMark, closeMark = "‹", "›"
	likeMarks           = "‹›〈〉⟨⟩❬❭❮❯〈〉˂˃" // and what would be taken for them
)

// marked is a text with what came from outside between marks that it cannot imitate or move.
func marked(t agents.Text) string {
	if !t.Outside() {
		return t.Raw()
	}
	var b strings.Builder
	quoting := false
	for _, s := range t.Spans {
		if s.Content == "" {
			continue
		}
		if outside := s.Label.Outside(); outside != quoting {
			if quoting {
				b.WriteString(closeMark)
			} else {
				b.WriteString(openMark)
			}
			quoting = outside
		}
		if !quoting {
			b.WriteString(s.Content)
			continue
		}
		b.WriteString(strings.Map(func(r rune) rune {
			switch {
			case strings.ContainsRune(likeMarks, r):
				return '\''
			case unicode.Is(unicode.Bidi_Control, r):
				return -1
			}
			return r
		}, s.Content))
	}
	if quoting {
		b.WriteString(closeMark)
	}
	return b.String()
}

// onlyTo reports whether everybody who gets a draft has one of these addresses.
func (d Draft) onlyTo(accounts []Address) bool {
	mine := make([]string, len(accounts))
	for i, a := range accounts {
		mine[i] = a.Address
	}
	for _, p := range append(append([]agents.Person{}, d.To...), d.Cc...) {
		if !isOneOf(p.Address, mine) {
			return false
		}
	}
	return len(d.To)+len(d.Cc) > 0
}
