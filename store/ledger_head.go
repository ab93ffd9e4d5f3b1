package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strconv"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/store/database"
	"github.com/stewardhq/steward/store/link"
)

func (s *Store) headMAC(seq int64, hash []byte) []byte {
	sum := s.ring.Sum("ledger head", []byte(strconv.FormatInt(seq, 10)), hash)
	return sum[:]
}

// readHead gives the checkpoint. One that is missing, or not ours, gives a problem in plain words instead.
func (s *Store) readHead() (link.Head, string, error) {
	return link.ReadHead(filepath.Join(s.dir, headFile), s.headMAC)
}

// writeHead makes the chain's end the new checkpoint. Everything up to it must be on disk, or a power failure would leave
// a database behind its checkpoint. The caller has the writer's turn.
func (s *Store) writeHead() error {
	c := &s.chain
	if c.alarm != "" || c.seq == c.head && c.seq > 0 {
		return nil
	}
	if err := link.WriteHead(filepath.Join(s.dir, headFile), c.seq, c.hash[:], s.headMAC); err != nil {
		return err
	}
	c.head = c.seq
	s.unanchored.Store(0)
	return nil
}

// loadChain finds the ledger's end and holds it against the checkpoint.
func (s *Store) loadChain(ctx context.Context) error {
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
		return s.writeHead()
	}
	if problem == "" {
		s.chain.head = min(h.Seq, s.chain.seq)
		problem, err = s.compareHead(ctx, h)
	}
	s.chain.alarm = problem
	s.unanchored.Store(s.chain.seq - s.chain.head)
	return err
}

// compareHead says what is wrong with the ledger as the checkpoint knows it, or "".
func (s *Store) compareHead(ctx context.Context, h link.Head) (string, error) {
	if h.Seq == 0 {
		return "", nil
	}
	var hash []byte
	found, err := s.db.First(ctx, "SELECT hash FROM ledger WHERE seq = ?", []any{h.Seq}, &hash)
	switch {
	case err != nil:
		return "", fmt.Errorf("read the ledger at its checkpoint: %w", err)
	case !found:
		return fmt.Sprintf("rows are missing: the checkpoint knows row %d, which is not there", h.Seq), nil
	case !bytes.Equal(hash, h.Hash):
		return fmt.Sprintf("row %d is another one than the checkpoint knows", h.Seq), nil
	}
	return "", nil
}

// Reanchor makes the ledger's present end its checkpoint, although they do not fit each other, and says so in the ledger:
// after a restore from a backup, for instance. The reason is kept there.
func (s *Store) Reanchor(ctx context.Context, reason string) error {
	return s.write(ctx, "re-anchor the ledger", true, func(t *database.Tx) error {
		content, err := json.Marshal(map[string]any{"reason": reason, "problem": s.chain.alarm, "checkpoint": s.chain.head})
		if err != nil {
			return err
		}
		if err := s.appendLedger(t, []agents.Entry{{Kind: "restore", Content: content}}); err != nil {
			return err
		}
		t.After(func() {
			s.chain.alarm = ""
			s.tryHead()
		})
		return nil
	})
}

// tryHead writes the checkpoint after a durable commit. A failure is no reason to call the commit failed: the checkpoint
// stays behind, which is allowed, and is tried again with the next one.
func (s *Store) tryHead() {
	if err := s.writeHead(); err != nil {
		s.unanchored.Store(headInterval)
	}
}
