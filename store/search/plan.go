package search

import (
	"strings"
	"time"

	"github.com/stewardhq/steward/agents/email"
)

const maxPhrases = 100 // of one query

// Plan is a query as SQL. The index leads if there are words; the mails' table is joined only if a condition needs it.
type Plan struct {
	match   string // for the index; "" if there are no words that must be there
	Number  string // the column of the mail's number
	where   []string
	Args    []any
	joined  bool
	phrases int
}

// Plan makes SQL of a query. Errors are CodeInvalid: a term that has no letter or digit, or too many terms.
func (h *Hasher) Plan(q email.Query) (*Plan, error) {
	f := &Plan{Number: "m.n"}
	var outside []email.Term
	if err := h.findTerms(f, q.Terms, &outside); err != nil {
		return nil, err
	}
	if f.match != "" {
		f.Number = "w.rowid"
		f.and("w.mail_words MATCH ?", f.match)
	}
	if !q.Since.IsZero() {
		f.and(f.Number+" >= ?", firstSecond(q.Since)<<8)
	}
	if !q.Until.IsZero() {
		f.and(f.Number+" < ?", firstSecond(q.Until)<<8)
	}
	for _, t := range outside {
		if err := h.findOutside(f, t); err != nil {
			return nil, err
		}
	}
	if q.From != "" {
		f.and(f.Number+" IN (SELECT mail FROM mail_person WHERE role = 0 AND person = (SELECT n FROM person WHERE id = ?))", q.From)
	}
	if q.To != "" {
		f.and(f.Number+" IN (SELECT mail FROM mail_person WHERE role IN (1, 2) AND person = (SELECT n FROM person WHERE id = ?))", q.To)
	}
	if q.Kind != "" {
		f.joined = true
		f.and("m.kind = ?", string(q.Kind))
	}
	for _, c := range []struct {
		column string
		want   *bool
	}{{"m.unread", q.Unread}, {"m.starred", q.Starred}, {"m.attached", q.Attached}, {"m.mine", q.Mine}} {
		if c.want != nil {
			f.joined = true
			f.and(c.column+" = ?", *c.want)
		}
	}
	return f, nil
}

// Before leaves only mails of a lower number.
func (f *Plan) Before(number int64) { f.and(f.Number+" < ?", number) }

func (f *Plan) and(condition string, args ...any) {
	f.where, f.Args = append(f.where, condition), append(f.Args, args...)
}

// From is the tables and conditions, from "FROM" on; its arguments are Args.
func (f *Plan) From() string {
	from := " FROM mail m"
	switch {
	case f.match != "" && f.joined:
		from = " FROM mail_words w CROSS JOIN mail m ON m.n = w.rowid" // CROSS: the index first
	case f.match != "":
		from = " FROM mail_words w"
	}
	if len(f.where) > 0 {
		from += " WHERE " + strings.Join(f.where, " AND ")
	}
	return from
}

// Order is what to order by.
func (f *Plan) Order(q email.Query) string {
	switch {
	case q.Rank && f.match != "":
		return "w.rank"
	case q.Oldest:
		return f.Number
	default:
		return f.Number + " DESC"
	}
}

// firstSecond is the first whole second that is not before a time.
func firstSecond(t time.Time) int64 {
	if t.Nanosecond() > 0 {
		return t.Unix() + 1
	}
	return t.Unix()
}
