package email

import (
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/stewardhq/steward/agents"
)

const (
	maxQuery = 2_000 // bytes
	maxTerms = 50
)

// queryHelp is the hint of every error about a query.
const queryHelp = `words, "a phrase", -without, this OR that, from: to: subject: has:attachment is:unread|read|starred|sent kind:invoice newer_than:30d older_than:2w since: after: before:2026-01-31; put a text that holds a colon in quotes`

func badQuery(format string, args ...any) error {
	return &agents.Error{Code: agents.CodeInvalid, Message: fmt.Sprintf("search: "+format, args...), Hint: "a search is " + queryHelp}
}

// ParseQuery reads what a person types to find mail. All conditions must hold; OR joins the words at both of its sides.
// Days begin in the given zone; "newer_than:" counts back from now. The empty query is everything. What cannot be
// understood is an error of [agents.CodeInvalid] that names it: a word never finds nothing because of its syntax.
func ParseQuery(s string, now time.Time, zone *time.Location) (Query, error) {
	var q Query
	if len(s) > maxQuery {
		return q, badQuery("the query is too long (%d bytes, at most %d)", len(s), maxQuery)
	}
	if zone == nil {
		zone = time.UTC
	}
	words, err := splitQuery(s)
	if err != nil {
		return q, err
	}
	p := queryParser{now: now, zone: zone, q: &q}
	for _, w := range words {
		if err := p.word(w); err != nil {
			return Query{}, err
		}
	}
	if p.or || p.not {
		return Query{}, badQuery("there must be a word after %s", map[bool]string{true: "OR", false: "NOT"}[p.or])
	}
	if !q.Since.IsZero() && !q.Until.IsZero() && !q.Since.Before(q.Until) {
		return Query{}, badQuery("its dates leave no time in between")
	}
	return q, nil
}

// queryWord is one word or phrase with what stood before it.
type queryWord struct {
	not      bool
	operator string // as typed, "" for none
	text     string
	quoted   bool
}

// splitQuery cuts at blanks outside of quotes. Brackets may stand around words joined by OR, and are not needed there.
func splitQuery(s string) ([]queryWord, error) {
	s = strings.NewReplacer("“", `"`, "”", `"`, "「", `"`, "」", `"`, "　", " ", "：", ":").Replace(s)
	var words []queryWord
	for {
		s = strings.TrimLeftFunc(s, unicode.IsSpace)
		if s == "" {
			return words, nil
		}
		var w queryWord
		if len(s) > 1 && s[0] == '-' && !unicode.IsSpace(rune(s[1])) {
			w.not, s = true, s[1:]
		}
		if name, rest, ok := cutOperator(s); ok {
			w.operator, s = name, rest
		}
		if strings.HasPrefix(s, `"`) {
			text, rest, closed := strings.Cut(s[1:], `"`)
			if !closed {
				return nil, badQuery("a quotation mark is not closed")
			}
			w.text, w.quoted, s = text, true, rest
		} else {
			end := strings.IndexFunc(s, func(r rune) bool { return unicode.IsSpace(r) || r == '"' })
			if end < 0 {
				end = len(s)
			}
			w.text, s = s[:end], s[end:]
		}
		if w.operator == "" && !w.quoted && strings.ContainsAny(w.text, "(){}") {
			bare := strings.Trim(w.text, "(){}")
			if strings.ContainsAny(w.text, "({") && strings.Contains(s, " OR ") {
				return nil, badQuery("brackets are not understood: OR joins the words next to it, everything else must hold as well")
			}
			w.text = bare
		}
		words = append(words, w)
	}
}

// cutOperator takes "name:" off the front. Times, addresses of pages and the like are words.
func cutOperator(s string) (name, rest string, ok bool) {
	i := strings.IndexByte(s, ':')
	if i <= 0 || strings.HasPrefix(s[i+1:], "//") {
		return "", "", false
	}
	for _, r := range s[:i] {
		if !unicode.IsLetter(r) && r != '_' {
			return "", "", false
		}
	}
	return strings.ToLower(s[:i]), s[i+1:], true
}

// operators gives the names that are understood, with what they are short for.
var operators = map[string]string{
	"from": "from", "寄件者": "from", "寄件人": "from", "to": "to", "cc": "to", "收件者": "to", "收件人": "to",
	"subject": "subject", "主旨": "subject", "標題": "subject", "body": "body", "內文": "body", "內容": "body",
	"has": "has", "附有": "has", "is": "is", "in": "in", "kind": "kind", "類型": "kind", "category": "kind",
	"newer_than": "newer_than", "newer": "newer_than", "older_than": "older_than", "older": "older_than",
	"after": "since", "since": "since", "自": "since", "before": "before", "until": "before", "之前": "before",
}

type queryParser struct {
	now  time.Time
	zone *time.Location
	q    *Query
	or   bool // the next word is an alternative to the last term
	not  bool
	last bool // the last word became a term
}

func (p *queryParser) word(w queryWord) error {
	if w.operator == "" && !w.quoted && !w.not {
		switch w.text {
		case "AND":
			return nil
		case "OR", "|":
			if !p.last {
				return badQuery("there must be a word before OR")
			}
			p.or = true
			return nil
		case "NOT":
			p.not = true
			return nil
		}
	}
	w.not, p.not = w.not || p.not, false
	if w.operator == "" {
		if !searchable(w.text) {
			if w.quoted || w.not {
				return badQuery("%q has no letter or digit to search for", w.text)
			}
			return nil // a dash or an ampersand between words
		}
		return p.term(Term{Field: Anywhere, Text: w.text, Not: w.not})
	}
	operator, ok := operators[w.operator]
	if !ok {
		return badQuery("%q is not an operator", w.operator+":")
	}
	if w.text == "" {
		return badQuery("%q has no value", w.operator+":")
	}
	switch operator {
	case "from", "to", "subject", "body":
		return p.field(operator, w)
	}
	if p.or {
		return badQuery("OR joins words, not conditions such as %q", w.operator+":")
	}
	p.last = false
	return p.condition(operator, w)
}

func (p *queryParser) field(operator string, w queryWord) error {
	if value := strings.ToLower(w.text); (value == "me" || value == "我") && !w.quoted && (operator == "from" || operator == "to") {
		mine := (operator == "from") != w.not
		p.q.Mine, p.last = &mine, false
		return nil
	}
	if !searchable(w.text) {
		return badQuery("%q has no letter or digit to search for", w.operator+":"+w.text)
	}
	field := map[string]Field{"from": InFrom, "to": InTo, "subject": InSubject, "body": InBody}[operator]
	return p.term(Term{Field: field, Text: w.text, Not: w.not})
}

func (p *queryParser) term(t Term) error {
	p.last = !t.Not
	if !p.or {
		if len(p.q.Terms) == maxTerms {
			return badQuery("it has more than %d words", maxTerms)
		}
		p.q.Terms = append(p.q.Terms, t)
		return nil
	}
	p.or = false
	if t.Not {
		return badQuery("a word after OR cannot be excluded")
	}
	last := &p.q.Terms[len(p.q.Terms)-1]
	if last.Or == nil {
		last.Or = []Term{{Field: last.Field, Text: last.Text}}
	}
	if len(last.Or) == maxTerms {
		return badQuery("it has more than %d alternatives", maxTerms)
	}
	last.Or = append(last.Or, t)
	return nil
}

func searchable(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsNumber(r) }) >= 0
}
