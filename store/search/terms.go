package search

import (
	"strings"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/agents/email"
)

// columns are the names of the fields in the index.
var columns = map[email.Field]string{
	email.InFrom: "sender", email.InTo: "recipients", email.InSubject: "subject", email.InBody: "body",
}

// findTerms makes one expression for the index of all terms that it can answer; the others are left for findOutside: what
// must not be there, where nothing must be there, and an alternative that says "not".
func (h *Hasher) findTerms(f *Plan, terms []email.Term, outside *[]email.Term) error {
	var all, none []string
	var negative []email.Term
	for _, t := range terms {
		expression, ok, err := h.expression(f, t)
		switch {
		case err != nil:
			return err
		case !ok:
			*outside = append(*outside, t)
		case t.Not:
			none, negative = append(none, expression), append(negative, t)
		default:
			all = append(all, expression)
		}
	}
	if len(all) == 0 {
		*outside = append(*outside, negative...)
		return nil
	}
	f.match = "(" + strings.Join(all, " AND ") + ")"
	if len(none) > 0 {
		f.match += " NOT (" + strings.Join(none, " OR ") + ")"
	}
	return nil
}

// expression is a term for the index, without its own Not. It is not ok if an alternative says "not".
func (h *Hasher) expression(f *Plan, t email.Term) (expression string, ok bool, err error) {
	if t.Or == nil {
		expression, err = h.field(f, t)
		return expression, true, err
	}
	var either []string
	for _, a := range t.Or {
		if a.Not {
			return "", false, nil
		}
		a.Or = nil // the term itself is among its alternatives
		e, err := h.field(f, a)
		if err != nil {
			return "", false, err
		}
		either = append(either, e)
	}
	if len(either) == 0 {
		return "", false, invalid("a search has a term without alternatives", "leave the term out")
	}
	return "(" + strings.Join(either, " OR ") + ")", true, nil
}

func (h *Hasher) field(f *Plan, t email.Term) (string, error) {
	if f.phrases++; f.phrases > maxPhrases || len(t.Text) > 10_000 {
		return "", invalid("the search is too long", "search for fewer words")
	}
	phrase := h.phrase(t.Text)
	if phrase == "" {
		return "", invalid("a search term has no letter and no digit", "search for words or numbers")
	}
	if t.Field == email.Anywhere {
		return phrase, nil
	}
	column, ok := columns[t.Field]
	if !ok {
		return "", invalid("a search names a field that does not exist", "search in from, to, subject or body")
	}
	return column + " : " + phrase, nil
}

// findOutside adds a term as a condition on the rows' numbers.
func (h *Hasher) findOutside(f *Plan, t email.Term) error {
	alternatives := t.Or
	if alternatives == nil {
		alternatives = []email.Term{{Field: t.Field, Text: t.Text}}
	}
	var either []string
	var args []any
	for _, a := range alternatives {
		a.Or = nil
		phrase, err := h.field(f, a)
		if err != nil {
			return err
		}
		not := ""
		if a.Not {
			not = "NOT "
		}
		either = append(either, f.Number+" "+not+"IN (SELECT rowid FROM mail_words WHERE mail_words MATCH ?)")
		args = append(args, phrase)
	}
	condition := "(" + strings.Join(either, " OR ") + ")"
	if t.Not {
		condition = "NOT " + condition
	}
	f.and(condition, args...)
	return nil
}

func invalid(message, hint string) error {
	return &agents.Error{Code: agents.CodeInvalid, Message: message, Hint: hint}
}
