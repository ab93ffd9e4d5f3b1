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

// LedgerPage asks for a page of an export.
type LedgerPage struct {
	After int64 `json:"after,omitempty"` // the last row of the page before
}

// LedgerExport is a page of an export.
type LedgerExport struct {
	Lines string `json:"lines"` // of JSON, with which a reader without keys can check the ledger; see docs/data.md
	Last  int64  `json:"last"`  // the last row; where the next page begins
	Done  bool   `json:"done"`  // the checkpoint stands at the end
}

// Export gives a page of the ledger with all that it is verified by: rows, their salt and content where they were not
// erased, and at the end the checkpoint.
func (s *Ledger) Export(ctx context.Context, in LedgerPage) (LedgerExport, error) {
	page, err := s.a.Store.ExportLedger(ctx, in.After)
	return LedgerExport{string(page.Lines), page.Last, page.Done}, err
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
