package ledger

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"runtime"
	"sync"

	"github.com/stewardhq/steward/store/link"
)

// Stretches of the chain are checked side by side where it is long enough to be worth it.
const (
	shortest = 2000 // rows of a stretch
	widest   = 4    // stretches
)

// stretch is the rows after one seq, up to another.
type stretch struct{ after, last int64 }

// Verify checks the whole chain, every content that was not erased, and the checkpoint outside the database. What it finds
// is in the Verification; an error means that it could not look.
func (s *Ledger) Verify(ctx context.Context) (link.Verification, error) {
	h, problem, err := s.readHead() // before the rows, which only grow
	if err != nil {
		return link.Verification{}, err
	}
	var last int64
	if _, err := s.db.First(ctx, "SELECT coalesce(max(seq), 0) FROM ledger", nil, &last); err != nil {
		return link.Verification{}, err
	}
	parts := stretches(last)
	checks, errs := make([]*link.Check, len(parts)), make([]error, len(parts))
	var wg sync.WaitGroup
	for i, part := range parts {
		wg.Go(func() { checks[i], errs[i] = s.follow(ctx, part) })
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		return link.Verification{}, err
	}
	v := link.Verification{OK: true}
	for i, c := range checks { // the first that is wrong comes first
		v.Rows += c.Rows
		if !c.OK {
			v.Bad(c.FirstBad, c.Problem)
		} else if c.Last < parts[i].last {
			v.Bad(c.Last+1, link.Missing(c.Last+1))
		}
	}
	return v, s.hold(ctx, h, problem, &v)
}

// hold holds the checkpoint against the rows.
func (s *Ledger) hold(ctx context.Context, h link.Head, problem string, v *link.Verification) error {
	if problem != "" {
		if v.Rows > 0 {
			v.Bad(int64(v.Rows), problem)
		}
		return nil
	}
	if h.Seq == 0 {
		return nil
	}
	var hash []byte
	found, err := s.db.First(ctx, "SELECT hash FROM ledger WHERE seq = ?", []any{h.Seq}, &hash)
	switch {
	case err != nil:
		return err
	case !found:
		v.Bad(int64(v.Rows)+1, missing(h.Seq))
	case !bytes.Equal(hash, h.Hash):
		v.Bad(h.Seq, another(h.Seq))
	}
	return nil
}

func stretches(last int64) []stretch {
	n := max(1, min(int64(runtime.GOMAXPROCS(0)), widest, last/shortest))
	var all []stretch
	for i := range n {
		all = append(all, stretch{last * i / n, last * (i + 1) / n})
	}
	return all
}

// follow checks one stretch. It takes the hash before it from the row before it, which the stretch before checks.
func (s *Ledger) follow(ctx context.Context, part stretch) (*link.Check, error) {
	var before []byte
	if part.after > 0 {
		if _, err := s.db.First(ctx, "SELECT hash FROM ledger WHERE seq = ?", []any{part.after}, &before); err != nil {
			return nil, err
		}
	}
	c := link.Begin(part.after, before)
	from := part.after
	if from == 0 {
		from = -1 << 62 // rows that nobody numbered so are looked at too
	}
	err := s.db.Each(ctx, `SELECT l.seq, l.time, l.kind, l.run, l.step, l.commitment, l.hash, c.sealed
		FROM ledger l LEFT JOIN ledger_content c ON c.seq = l.seq WHERE l.seq > ? AND l.seq <= ? ORDER BY l.seq`, []any{from, part.last}, func(r *sql.Rows) error {
		var l link.Link
		var commitment, hash, sealed sql.RawBytes
		if err := r.Scan(&l.Seq, &l.Micros, &l.Kind, &l.Run, &l.Step, &commitment, &hash, &sealed); err != nil {
			return err
		}
		c.Next(l, commitment, hash, func() ([]byte, error) {
			if sealed == nil {
				return nil, nil
			}
			return s.open(l.Seq, sealed)
		})
		return nil
	})
	return c, err
}
