package store

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/store/database"
	"github.com/stewardhq/steward/store/link"
)

const (
	saltSize     = 32
	headInterval = 64 // rows of the ledger between two checkpoints
	ledgerLimit  = 1000
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
	Run   string `json:"run,omitempty"`
	Kind  string `json:"kind,omitempty"`
	After int64  `json:"after,omitempty"`
	Limit int    `json:"limit,omitempty"` // 0 for 1000, which is also the most
}

// chain is where the ledger ends.
type chain struct {
	seq  int64
	hash [sha256.Size]byte
	head int64 // seq of the last checkpoint
	// alarm says why the checkpoint and the database do not fit each other; while it is there the checkpoint is left
	// alone, or closing the store would wipe out the evidence.
	alarm string
}

// appendLedger adds entries to the chain in a transaction.
func (s *Store) appendLedger(t *database.Tx, entries []agents.Entry) error {
	if len(entries) == 0 {
		return nil
	}
	c, micros := s.chain, s.now().UnixMicro()
	for _, e := range entries {
		if e.Kind == "" {
			return invalid("an entry of the ledger has no kind", "this is a defect of Steward; report it")
		}
		content := make([]byte, saltSize, saltSize+len(e.Content))
		rand.Read(content) // crypto/rand.Read never fails: it ends the program instead
		content = append(content, e.Content...)
		l := link.Link{Seq: c.seq + 1, Micros: micros, Kind: e.Kind, Run: e.Run, Step: e.Step, Commitment: sha256.Sum256(content)}
		c.seq, c.hash = l.Seq, l.Next(c.hash)
		_, err := t.Exec("INSERT INTO ledger(seq, time, kind, run, step, commitment, hash) VALUES (?, ?, ?, ?, ?, ?, ?)",
			l.Seq, l.Micros, l.Kind, l.Run, l.Step, l.Commitment[:], c.hash[:])
		if err != nil {
			return fmt.Errorf("append to the ledger: %w", err)
		}
		sealed := s.main.Seal(kindLedger, strconv.FormatInt(l.Seq, 10), content)
		if _, err := t.Exec("INSERT INTO ledger_content(seq, sealed) VALUES (?, ?)", l.Seq, sealed); err != nil {
			return fmt.Errorf("append to the ledger: %w", err)
		}
	}
	t.After(func() {
		s.chain = c
		s.unanchored.Store(c.seq - c.head)
	})
	return nil
}

// Ledger lists rows, oldest first.
func (s *Store) Ledger(ctx context.Context, f LedgerFilter) ([]LedgerRow, error) {
	if f.Limit <= 0 || f.Limit > ledgerLimit {
		f.Limit = ledgerLimit
	}
	where, args := "l.seq > ?", []any{f.After}
	if f.Run != "" {
		where, args = where+" AND l.run = ?", append(args, f.Run)
	}
	if f.Kind != "" {
		where, args = where+" AND l.kind = ?", append(args, f.Kind)
	}
	var rows []LedgerRow
	err := s.db.Each(ctx, `SELECT l.seq, l.time, l.kind, l.run, l.step, l.hash, c.sealed
		FROM ledger l LEFT JOIN ledger_content c ON c.seq = l.seq WHERE `+where+` ORDER BY l.seq LIMIT ?`,
		append(args, f.Limit), func(r *sql.Rows) error {
			var row LedgerRow
			var micros int64
			var hash, sealed sql.RawBytes
			if err := r.Scan(&row.Seq, &micros, &row.Kind, &row.Run, &row.Step, &hash, &sealed); err != nil {
				return err
			}
			row.Time, row.Hash, row.Erased = time.UnixMicro(micros), hex.EncodeToString(hash), sealed == nil
			if !row.Erased {
				content, err := s.openEntry(row.Seq, sealed)
				if err != nil {
					return s.damaged(fmt.Sprintf("the content of row %d of the ledger does not open", row.Seq), err)
				}
				row.Content = content[saltSize:]
			}
			rows = append(rows, row)
			return nil
		})
	return rows, s.fault("read the ledger", err)
}

// openEntry gives the salt and content of a row.
func (s *Store) openEntry(seq int64, sealed []byte) ([]byte, error) {
	content, err := s.main.Open(kindLedger, strconv.FormatInt(seq, 10), sealed)
	if err != nil {
		return nil, err
	}
	if len(content) < saltSize {
		return nil, fmt.Errorf("it has %d bytes and no salt", len(content))
	}
	return content, nil
}
