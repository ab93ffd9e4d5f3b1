// Package ledger keeps the ledger in a store: rows chained by hash over salted commitments, their content sealed apart, so
// that an erasure drops content and salt and the chain still verifies, and a checkpoint of its end outside the database.
//
// A database that is behind its checkpoint, or has other rows than it knows, is an alarm. What it cannot tell: somebody who
// puts back an older database together with the checkpoint of that time, and cuts off nothing else, gives back a state that
// was once true. Only what was kept elsewhere, an export or its last hash, shows that.
package ledger

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/store/database"
	"github.com/stewardhq/steward/store/link"
	"github.com/stewardhq/steward/store/seal"
)

// HeadFile is the checkpoint's name in the store's directory.
const HeadFile = "ledger.head"

const (
	kind         = "ledger" // what sealed content is bound to; it never changes
	saltSize     = link.SaltSize
	headInterval = 128 // rows of the ledger between two checkpoints
	mostRows     = 1000
)

// Ledger is the ledger of an open store.
type Ledger struct {
	dir  string
	now  func() time.Time
	db   *database.DB
	ring *seal.Ring
	box  *seal.Box

	chain      chain        // guarded by the writer's turn
	unanchored atomic.Int64 // rows after the checkpoint
	found      string       // the alarm when the store was opened; it never changes after that
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

// Open finds the ledger's end and holds it against the checkpoint.
func Open(ctx context.Context, dir string, db *database.DB, ring *seal.Ring, now func() time.Time) (*Ledger, error) {
	l := &Ledger{dir: dir, now: now, db: db, ring: ring, box: ring.Box(seal.Main)}
	return l, l.load(ctx)
}

// Append adds entries to the chain in a transaction.
func (s *Ledger) Append(t *database.Tx, entries []agents.Entry) error {
	if len(entries) == 0 {
		return nil
	}
	c, micros := s.chain, s.now().UnixMicro()
	for _, e := range entries {
		if e.Kind == "" {
			return &agents.Error{Code: agents.CodeInvalid, Message: "an entry of the ledger has no kind", Hint: "this is a defect of Steward; report it"}
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
		sealed := s.box.Seal(kind, strconv.FormatInt(l.Seq, 10), content)
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

// List gives rows, oldest first.
func (s *Ledger) List(ctx context.Context, f link.LedgerFilter) ([]link.LedgerRow, error) {
	if f.Limit <= 0 || f.Limit > mostRows {
		f.Limit = mostRows
	}
	where, args := "l.seq > ?", []any{f.After}
	if f.Run != "" {
		where, args = where+" AND l.run = ?", append(args, f.Run)
	}
	if f.Kind != "" {
		where, args = where+" AND l.kind = ?", append(args, f.Kind)
	}
	if !f.Since.IsZero() {
		where, args = where+" AND l.time >= ?", append(args, f.Since.UnixMicro())
	}
	if !f.Until.IsZero() {
		where, args = where+" AND l.time < ?", append(args, f.Until.UnixMicro())
	}
	var rows []link.LedgerRow
	err := s.db.Each(ctx, `SELECT l.seq, l.time, l.kind, l.run, l.step, l.hash, c.sealed
		FROM ledger l LEFT JOIN ledger_content c ON c.seq = l.seq WHERE `+where+` ORDER BY l.seq LIMIT ?`,
		append(args, f.Limit), func(r *sql.Rows) error {
			var row link.LedgerRow
			var micros int64
			var hash, sealed sql.RawBytes
			if err := r.Scan(&row.Seq, &micros, &row.Kind, &row.Run, &row.Step, &hash, &sealed); err != nil {
				return err
			}
			row.Time, row.Hash, row.Erased = time.UnixMicro(micros), hex.EncodeToString(hash), sealed == nil
			if !row.Erased {
				content, err := s.open(row.Seq, sealed)
				if err != nil {
					return s.damaged(fmt.Sprintf("the content of row %d of the ledger does not open", row.Seq), err)
				}
				row.Content = content[saltSize:]
			}
			rows = append(rows, row)
			return nil
		})
	return rows, err
}

// open gives the salt and content of a row.
func (s *Ledger) open(seq int64, sealed []byte) ([]byte, error) {
	content, err := s.box.Open(kind, strconv.FormatInt(seq, 10), sealed)
	if err != nil {
		return nil, err
	}
	if len(content) < saltSize {
		return nil, fmt.Errorf("it has %d bytes and no salt", len(content))
	}
	return content, nil
}

func (s *Ledger) damaged(message string, err error) error {
	return database.Damaged(message, s.dir, err)
}

func (s *Ledger) headPath() string { return filepath.Join(s.dir, HeadFile) }
