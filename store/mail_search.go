package store

import (
	"context"
	"strconv"

	"github.com/stewardhq/steward/agents/email"
)

const (
	defaultFound = 50
	mostFoundAt  = 1000
)

// Search finds messages. A term without a letter or digit gives CodeInvalid: it would never find anything.
func (s *Store) Search(ctx context.Context, q email.Query) ([]email.Message, error) {
	page, _, err := s.Page(ctx, q, "")
	return page, err
}

// Page is [Store.Search] from a cursor on, "" for the beginning. It gives the next page's cursor, "" where there is none.
// Pages go from the newest mail to the oldest whatever comes in meanwhile; a query of another order has one page only.
func (s *Store) Page(ctx context.Context, q email.Query, cursor string) (page []email.Message, next string, err error) {
	f, err := s.words.Plan(q)
	if err != nil {
		return nil, "", err
	}
	if cursor != "" {
		before, err := strconv.ParseInt(cursor, 36, 64)
		if err != nil || q.Rank || q.Oldest {
			return nil, "", invalid("this is no place in what was found", "take the cursor that the page before gave, with the same query")
		}
		f.Before(before)
	}
	limit := q.Limit
	if limit <= 0 {
		limit = defaultFound
	}
	limit = min(limit, mostFoundAt)
	ns, err := s.numbers(ctx, "SELECT "+f.Number+f.From()+" ORDER BY "+f.Order(q)+" LIMIT ?", append(f.Args, limit+1)...)
	if err != nil {
		return nil, "", s.fault("search", err)
	}
	if len(ns) > limit {
		if ns = ns[:limit]; !q.Rank && !q.Oldest {
			next = strconv.FormatInt(ns[limit-1], 36)
		}
	}
	page, err = s.messages(ctx, ns)
	return page, next, s.fault("search", err)
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
