package api

import (
	"context"

	"github.com/stewardhq/steward/app"
	"github.com/stewardhq/steward/store"
)

// Ledger shows and checks the record of what happened.
type Ledger struct{ a *app.App }

// LedgerRows is rows of the ledger, oldest first.
type LedgerRows struct {
	Rows []store.LedgerRow `json:"rows"`
}

// Show gives rows.
func (s *Ledger) Show(ctx context.Context, in store.LedgerFilter) (LedgerRows, error) {
	rows, err := s.a.Store.Ledger(ctx, in)
	return LedgerRows{list(rows)}, err
}

// Verify walks the whole chain.
func (s *Ledger) Verify(ctx context.Context, _ Nothing) (store.Verification, error) {
	return s.a.Store.VerifyLedger(ctx)
}

// Data tells what is kept, where and why.
type Data struct{ a *app.App }

// DataReport is the data map.
type DataReport struct {
	Kinds []store.Kind `json:"kinds"`
}

// Report gives the data map.
func (s *Data) Report(context.Context, Nothing) (DataReport, error) {
	return DataReport{store.DataMap}, nil
}
