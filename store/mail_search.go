package store

import (
	"context"
	"strings"
	"time"

	"github.com/stewardhq/steward/agents/email"
)

const (
	defaultFound = 50
	mostFoundAt  = 1000
	maxPhrases   = 100 // of one query
)

// Search finds messages. A term without a letter or digit gives CodeInvalid: it would never find anything.
func (s *Store) Search(ctx context.Context, q email.Query) ([]email.Message, error) {
	f, err := s.find(q)
	if err != nil {
		return nil, err
	}
	limit := q.Limit
	if limit <= 0 {
		limit = defaultFound
	}
	ns, err := s.numbers(ctx, "SELECT "+f.number+f.from()+" ORDER BY "+f.order(q)+" LIMIT ?", append(f.args, min(limit, mostFoundAt))...)
	if err != nil {
		return nil, s.fault("search", err)
	}
	page, err := s.messages(ctx, ns)
	return page, s.fault("search", err)
}

// Count says how many messages a search would find without its limit.
func (s *Store) Count(ctx context.Context, q email.Query) (int, error) {
	f, err := s.find(q)
	if err != nil {
		return 0, err
	}
	var n int
	_, err = s.db.First(ctx, "SELECT count(*)"+f.from(), f.args, &n)
	return n, s.fault("count mails", err)
}

// finding is a query as SQL. The index leads if there are words; the mails' table is joined only if a condition needs it.
type finding struct {
	match   string // for the index; "" if there are no words that must be there
	number  string // the column of the row's number
	where   []string
	args    []any
	joined  bool
	phrases int
}

func (s *Store) find(q email.Query) (*finding, error) {
	f := &finding{number: "m.n"}
	var outside []email.Term
	if err := s.findTerms(f, q.Terms, &outside); err != nil {
		return nil, err
	}
	if f.match != "" {
		f.number = "w.rowid"
		f.and("w.mail_words MATCH ?", f.match)
	}
	if !q.Since.IsZero() {
		f.and(f.number+" >= ?", firstSecond(q.Since)<<8)
	}
	if !q.Until.IsZero() {
		f.and(f.number+" < ?", firstSecond(q.Until)<<8)
	}
	for _, t := range outside {
		if err := s.findOutside(f, t); err != nil {
			return nil, err
		}
	}
	if q.From != "" {
		f.and(f.number+" IN (SELECT mail FROM mail_person WHERE role = 0 AND person = (SELECT n FROM person WHERE id = ?))", q.From)
	}
	if q.To != "" {
		f.and(f.number+" IN (SELECT mail FROM mail_person WHERE role IN (1, 2) AND person = (SELECT n FROM person WHERE id = ?))", q.To)
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

func (f *finding) and(condition string, args ...any) {
	f.where, f.args = append(f.where, condition), append(f.args, args...)
}

func (f *finding) from() string {
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

func (f *finding) order(q email.Query) string {
	switch {
	case q.Rank && f.match != "":
		return "w.rank"
	case q.Oldest:
		return f.number
	default:
		return f.number + " DESC"
	}
}

// firstSecond is the first whole second that is not before a time.
func firstSecond(t time.Time) int64 {
	if t.Nanosecond() > 0 {
		return t.Unix() + 1
	}
	return t.Unix()
}
