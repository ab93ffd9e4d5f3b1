package store

import (
	"context"
	"fmt"

	"github.com/stewardhq/steward/store/database"
)

// OpenWith opens a store with other migrations.
var OpenWith = openWith

// LimitPages makes the database full at so many pages more than it has; 0 lifts the limit.
func (s *Store) LimitPages(more int) error {
	return s.db.Write(context.Background(), false, func(t *database.Tx) error {
		var pages int
		if _, err := t.First("PRAGMA page_count", nil, &pages); err != nil {
			return err
		}
		limit := pages + more
		if more == 0 {
			limit = 1 << 30
		}
		_, err := t.Exec(fmt.Sprintf("PRAGMA max_page_count=%d", limit))
		return err
	})
}

// Dir is the store's directory.
func (s *Store) Dir() string { return s.dir }
