package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"fmt"

	"github.com/stewardhq/steward/store/link"
)

// Verification is what came out of checking the ledger.
type Verification struct {
	Rows     int    `json:"rows"` // rows that were looked at
	OK       bool   `json:"ok"`
	FirstBad int64  `json:"first_bad"`         // seq of the first row that is wrong or missing; 0 if OK
	Problem  string `json:"problem,omitempty"` // in plain words
}

// VerifyLedger checks the whole chain, every content that was not erased, and the checkpoint outside the database. What it
// finds is in the Verification; an error means that it could not look.
func (s *Store) VerifyLedger(ctx context.Context) (Verification, error) {
	h, problem, err := s.readHead() // before the rows, which only grow
	if err != nil {
		return Verification{}, s.fault("verify the ledger", err)
	}
	v := Verification{OK: true}
	var prev [sha256.Size]byte
	bad := func(seq int64, problem string) {
		if v.OK {
			v.OK, v.FirstBad, v.Problem = false, seq, problem
		}
	}
	var atHead []byte
	err = s.db.Each(ctx, `SELECT l.seq, l.time, l.kind, l.run, l.step, l.commitment, l.hash, c.sealed
		FROM ledger l LEFT JOIN ledger_content c ON c.seq = l.seq ORDER BY l.seq`, nil, func(r *sql.Rows) error {
		var l link.Link
		var commitment, hash, sealed sql.RawBytes
		if err := r.Scan(&l.Seq, &l.Micros, &l.Kind, &l.Run, &l.Step, &commitment, &hash, &sealed); err != nil {
			return err
		}
		v.Rows++
		if l.Seq == h.Seq {
			atHead = bytes.Clone(hash)
		}
		if v.OK {
			prev = s.verifyRow(l, int64(v.Rows), prev, commitment, hash, sealed, bad)
		}
		return nil
	})
	if err != nil {
		return Verification{}, s.fault("verify the ledger", err)
	}
	switch {
	case problem != "":
		if v.Rows > 0 {
			bad(int64(v.Rows), problem)
		}
	case h.Seq > 0 && atHead == nil:
		bad(int64(v.Rows)+1, fmt.Sprintf("rows are missing: the checkpoint knows row %d, which is not there", h.Seq))
	case h.Seq > 0 && !bytes.Equal(atHead, h.Hash):
		bad(h.Seq, fmt.Sprintf("row %d is another one than the checkpoint knows", h.Seq))
	}
	return v, nil
}

func (s *Store) verifyRow(
	l link.Link, want int64, prev [sha256.Size]byte, commitment, hash, sealed []byte, bad func(int64, string),
) [sha256.Size]byte {
	if l.Seq != want {
		bad(want, fmt.Sprintf("row %d is missing", want))
		return prev
	}
	copy(l.Commitment[:], commitment)
	next := l.Next(prev)
	switch {
	case len(commitment) != sha256.Size || !bytes.Equal(next[:], hash):
		bad(l.Seq, fmt.Sprintf("row %d was changed", l.Seq))
	case sealed != nil:
		content, err := s.openEntry(l.Seq, sealed)
		if err != nil || sha256.Sum256(content) != l.Commitment {
			bad(l.Seq, fmt.Sprintf("the content of row %d was changed", l.Seq))
		}
	}
	return next
}
