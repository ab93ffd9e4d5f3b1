package engine_test

import "github.com/stewardhq/steward/store"

func ledgerOf(run string) store.LedgerFilter { return store.LedgerFilter{Run: run} }
