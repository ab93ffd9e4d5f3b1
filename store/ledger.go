package store

import (
	"context"

	"github.com/stewardhq/steward/store/database"
	"github.com/stewardhq/steward/store/ledger"
	"github.com/stewardhq/steward/store/link"
)

// What the ledger is made of; see the package ledger, which keeps it.
type (
	LedgerRow    = link.LedgerRow
	LedgerFilter = link.LedgerFilter
	Verification = link.Verification
)

// Ledger lists rows, oldest first.
func (s *Store) Ledger(ctx context.Context, f LedgerFilter) ([]LedgerRow, error) {
	rows, err := s.ledger.List(ctx, f)
	return rows, s.fault("read the ledger", err)
}

// VerifyLedger checks the whole chain, every content that was not erased, and the checkpoint outside the database. What it
// finds is in the Verification; an error means that it could not look.
func (s *Store) VerifyLedger(ctx context.Context) (Verification, error) {
	v, err := s.ledger.Verify(ctx)
	return v, s.fault("verify the ledger", err)
}

// Reanchor makes the ledger's present end its checkpoint, although they do not fit each other, and says so in the ledger:
// after a restore from a backup, for instance. The reason is kept there.
func (s *Store) Reanchor(ctx context.Context, reason string) error {
	return s.write(ctx, "re-anchor the ledger", true, func(t *database.Tx) error { return s.ledger.Reanchor(t, reason) })
}

// ExportLedger gives the page of an export of the ledger after a row: lines of JSON that a reader without keys can check.
func (s *Store) ExportLedger(ctx context.Context, after int64) (ledger.Page, error) {
	page, err := s.ledger.Export(ctx, after)
	return page, s.fault("export the ledger", err)
}

// LedgerEnd is the number and the hash of the ledger's last row.
func (s *Store) LedgerEnd(ctx context.Context) (seq int64, hash string, err error) {
	seq, hash, err = s.ledger.End(ctx)
	return seq, hash, s.fault("read the end of the ledger", err)
}

// LedgerAlarm says why the ledger and its checkpoint did not fit each other when the store was opened; "" where they did.
func (s *Store) LedgerAlarm() string { return s.ledger.Alarm() }
