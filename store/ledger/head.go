package ledger

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/store/database"
	"github.com/stewardhq/steward/store/link"
)

func (s *Ledger) headMAC(seq int64, hash []byte) []byte {
	sum := s.ring.Sum("ledger head", []byte(strconv.FormatInt(seq, 10)), hash)
	return sum[:]
}

// readHead gives the checkpoint. One that is missing, or not ours, gives a problem in plain words instead.
func (s *Ledger) readHead() (link.Head, string, error) {
	return link.ReadHead(s.headPath(), s.headMAC)
}

// WriteHead makes the chain's end the new checkpoint. Everything up to it must be on disk, or a power failure would leave
// a database behind its checkpoint. The caller has the writer's turn.
func (s *Ledger) WriteHead() error {
	c := &s.chain
	if c.alarm != "" || c.seq == c.head && c.seq > 0 {
		return nil
	}
	if err := link.WriteHead(s.headPath(), c.seq, c.hash[:], s.headMAC); err != nil {
		return err
	}
	c.head = c.seq
	s.unanchored.Store(0)
	return nil
}

// TryHead writes the checkpoint after a durable commit. A failure is no reason to call the commit failed: the checkpoint
// stays behind, which is allowed, and is tried again with the next one.
func (s *Ledger) TryHead() {
	if err := s.WriteHead(); err != nil {
		s.unanchored.Store(headInterval)
	}
}

// HeadIsDue reports whether enough rows came since the checkpoint that the next commit should be durable and write one.
func (s *Ledger) HeadIsDue() bool { return s.unanchored.Load() >= headInterval }

func (s *Ledger) load(ctx context.Context) error {
	var hash []byte
	found, err := s.db.First(ctx, "SELECT seq, hash FROM ledger ORDER BY seq DESC LIMIT 1", nil, &s.chain.seq, &hash)
	if err != nil {
		return fmt.Errorf("read the end of the ledger: %w", err)
	}
	if found {
		if len(hash) != sha256.Size {
			return s.damaged("the end of the ledger is damaged", nil)
		}
		s.chain.hash = [sha256.Size]byte(hash)
	}
	h, problem, err := s.readHead()
	if err != nil {
		return err
	}
	if problem != "" && s.chain.seq == 0 { // a new store
		return s.WriteHead()
	}
	if problem == "" {
		s.chain.head = min(h.Seq, s.chain.seq)
		problem, err = s.compare(ctx, h)
	}
	s.chain.alarm, s.found = problem, problem
	s.unanchored.Store(s.chain.seq - s.chain.head)
	return err
}

// compare says what is wrong with the ledger as the checkpoint knows it, or "".
func (s *Ledger) compare(ctx context.Context, h link.Head) (string, error) {
	if h.Seq == 0 {
		return "", nil
	}
	var hash []byte
	found, err := s.db.First(ctx, "SELECT hash FROM ledger WHERE seq = ?", []any{h.Seq}, &hash)
	switch {
	case err != nil:
		return "", fmt.Errorf("read the ledger at its checkpoint: %w", err)
	case !found:
		return missing(h.Seq), nil
	case !bytes.Equal(hash, h.Hash):
		return another(h.Seq), nil
	}
	return "", nil
}

func missing(seq int64) string {
	return fmt.Sprintf("rows are missing: the checkpoint knows row %d, which is not there", seq)
}

func another(seq int64) string {
	return fmt.Sprintf("row %d is another one than the checkpoint knows", seq)
}

// Alarm says why the checkpoint and the database did not fit each other when the store was opened; "" where they did.
func (s *Ledger) Alarm() string { return s.found }

// Reanchor makes the ledger's present end its checkpoint in a transaction, although they do not fit each other, and says so
// in the ledger. The reason is kept there.
func (s *Ledger) Reanchor(t *database.Tx, reason string) error {
	content, err := json.Marshal(map[string]any{"reason": reason, "problem": s.chain.alarm, "checkpoint": s.chain.head})
	if err != nil {
		return err
	}
	if err := s.Append(t, []agents.Entry{{Kind: "restore", Content: content}}); err != nil {
		return err
	}
	t.After(func() {
		s.chain.alarm = ""
		s.TryHead()
	})
	return nil
}
