package ledger

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"

	"github.com/stewardhq/steward/store/link"
)

const (
	pageRows  = 1000    // of one page of an export
	pageBytes = 4 << 20 // after which a page ends
)

var errPageFull = errors.New("the page is full")

// Page is a part of an export: lines of JSON. The last ends with the checkpoint.
type Page struct {
	Lines []byte
	Last  int64 // seq of its last row: where the next page begins
	Done  bool
}

// Export gives the page of the export after a row. A row whose content does not open is exported as unreadable.
func (s *Ledger) Export(ctx context.Context, after int64) (Page, error) {
	page, rows := Page{Last: after, Done: true}, 0
	var out bytes.Buffer
	err := s.db.Each(ctx, `SELECT l.seq, l.time, l.kind, l.run, l.step, l.commitment, l.hash, c.sealed
		FROM ledger l LEFT JOIN ledger_content c ON c.seq = l.seq WHERE l.seq > ? ORDER BY l.seq`, []any{after}, func(r *sql.Rows) error {
		if rows >= pageRows || out.Len() >= pageBytes {
			page.Done = false
			return errPageFull
		}
		rows++
		var l link.Link
		var commitment, hash, sealed sql.RawBytes
		if err := r.Scan(&l.Seq, &l.Micros, &l.Kind, &l.Run, &l.Step, &commitment, &hash, &sealed); err != nil {
			return err
		}
		copy(l.Commitment[:], commitment)
		var plain []byte
		failed := len(commitment) != sha256.Size
		if sealed != nil && !failed {
			var err error
			plain, err = s.open(l.Seq, sealed)
			failed = err != nil
		}
		page.Last = l.Seq
		return line(&out, link.Export(l, hash, plain, failed))
	})
	if err != nil && !errors.Is(err, errPageFull) {
		return page, err
	}
	if page.Done {
		if err := s.ending(ctx, &out, page.Last); err != nil {
			return page, err
		}
	}
	page.Lines = out.Bytes()
	return page, nil
}

// ending writes the checkpoint of an export that ends with a row.
func (s *Ledger) ending(ctx context.Context, out *bytes.Buffer, last int64) error {
	end := link.Ending{Type: "checkpoint", Seq: last, Hash: link.Zero}
	var hash []byte
	_, err := s.db.First(ctx, "SELECT (SELECT count(*) FROM ledger WHERE seq <= ?1), hash FROM ledger WHERE seq = ?1", []any{last}, &end.Rows, &hash)
	if err != nil {
		return err
	}
	if hash != nil {
		end.Hash = hex.EncodeToString(hash)
	}
	return line(out, end)
}

func line(out *bytes.Buffer, value any) error {
	e := json.NewEncoder(out)
	e.SetEscapeHTML(false)
	return e.Encode(value)
}

// End is the number and the hash of the last row; 0 and zeros where there is none.
func (s *Ledger) End(ctx context.Context) (seq int64, hash string, err error) {
	raw := make([]byte, sha256.Size)
	_, err = s.db.First(ctx, "SELECT seq, hash FROM ledger ORDER BY seq DESC LIMIT 1", nil, &seq, &raw)
	return seq, hex.EncodeToString(raw), err
}
