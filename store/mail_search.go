package store

import (
	"context"

	"github.com/stewardhq/steward/agents/email"
)

const (
	defaultFound = 50
	mostFoundAt  = 1000
)

// Search finds messages. A term without a letter or digit gives CodeInvalid: it would never find anything.
func (s *Store) Search(ctx context.Context, q email.Query) ([]email.Message, error) {
	f, err := s.words.Plan(q)
	if err != nil {
		return nil, err
	}
	limit := q.Limit
	if limit <= 0 {
		limit = defaultFound
	}
	ns, err := s.numbers(ctx, "SELECT "+f.Number+f.From()+" ORDER BY "+f.Order(q)+" LIMIT ?", append(f.Args, min(limit, mostFoundAt))...)
	if err != nil {
		return nil, s.fault("search", err)
	}
	page, err := s.messages(ctx, ns)
	return page, s.fault("search", err)
}

// Count says how many messages a search would find without its limit.
func (s *Store) Count(ctx context.Context, q email.Query) (int, error) {
	f, err := s.words.Plan(q)
	if err != nil {
		return 0, err
	}
	var n int
	_, err = s.db.First(ctx, "SELECT count(*)"+f.From(), f.Args, &n)
	return n, s.fault("count mails", err)
}
