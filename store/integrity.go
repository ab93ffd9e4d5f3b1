package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// Integrity checks the database's structure, its references, the search index and the ledger. CodeDamaged says what is
// wrong first. It reads everything, which takes seconds where there is much mail.
func (s *Store) Integrity(ctx context.Context) error {
	var problem string
	err := s.db.Each(ctx, "PRAGMA integrity_check(1)", nil, func(r *sql.Rows) error {
		return r.Scan(&problem)
	})
	if err == nil && problem != "ok" {
		err = s.damaged("the database is damaged", errors.New(problem))
	}
	if err != nil {
		return s.fault("check the database", err)
	}
	var table, parent string
	dangling, err := s.db.First(ctx, "PRAGMA foreign_key_check", nil, &table, new(any), &parent, new(any))
	if err == nil && dangling {
		err = s.damaged(fmt.Sprintf("rows of %s refer to rows of %s that are missing", table, parent), nil)
	}
	if err != nil {
		return s.fault("check references", err)
	}
	v, err := s.VerifyLedger(ctx)
	if err == nil && !v.OK {
		err = s.damaged("the ledger does not check out: "+v.Problem, nil)
	}
	return err
}
