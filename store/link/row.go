package link

import (
	"encoding/json"
	"time"
)

// LedgerRow is one row of the ledger.
type LedgerRow struct {
	Seq     int64           `json:"seq"`
	Time    time.Time       `json:"time"`
	Kind    string          `json:"kind"`
	Run     string          `json:"run,omitempty"`
	Step    int             `json:"step,omitempty"`
	Content json.RawMessage `json:"content,omitempty"` // nil if it was erased
	Erased  bool            `json:"erased,omitempty"`
	Hash    string          `json:"hash"` // of the chain up to this row, hexadecimal
}

// LedgerFilter chooses rows; zero fields choose all. To page, give the last row's Seq as After.
type LedgerFilter struct {
	Run   string    `json:"run,omitempty"`
	Kind  string    `json:"kind,omitempty"`
	Since time.Time `json:"since,omitzero"` // written at that time or later
	Until time.Time `json:"until,omitzero"` // written before that time
	After int64     `json:"after,omitempty"`
	Limit int       `json:"limit,omitempty"` // 0 for 1000, which is also the most
}

// Verification is what came out of checking the ledger.
type Verification struct {
	Rows     int    `json:"rows"` // rows that were looked at
	OK       bool   `json:"ok"`
	FirstBad int64  `json:"first_bad"`         // seq of the first row that is wrong or missing; 0 if OK
	Problem  string `json:"problem,omitempty"` // in plain words
}

// Bad notes what is wrong first.
func (v *Verification) Bad(seq int64, problem string) {
	if v.OK {
		v.OK, v.FirstBad, v.Problem = false, seq, problem
	}
}
