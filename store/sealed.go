package store

import (
	"context"
	"database/sql"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"time"

	"github.com/stewardhq/steward/store/seal"
)

// The kinds that sealed values are bound to. They never change, whatever becomes of the tables' names.
const (
	kindAccount    = "account"
	kindBlob       = "blob"
	kindRun        = "run"
	kindStep       = "step"
	kindScript     = "script"
	kindSetting    = "setting"
	kindMail       = "mail"
	kindPerson     = "person"
	kindAutomation = "automation"
	kindOccurrence = "occurrence"
	kindGrant      = "grant"
	kindAlert      = "alert"
)

func sealJSON(box *seal.Box, kind, id string, value any) ([]byte, error) {
	plain, err := json.Marshal(value)
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", kind, err)
	}
	return box.Seal(kind, id, plain), nil
}

// openJSON is the inverse of sealJSON. A value that does not open is damage: it was changed or moved on disk.
func (s *Store) openJSON(box *seal.Box, kind, id string, sealed []byte, into any) error {
	if box == nil {
		return erased(kind)
	}
	plain, err := box.Open(kind, id, sealed)
	if err != nil {
		return s.damaged("a stored "+kind+" does not open", err)
	}
	if err := json.Unmarshal(plain, into); err != nil {
		return s.damaged("a stored "+kind+" cannot be read", err)
	}
	return nil
}

// listSealed opens the rows of a query that gives an id and what is sealed under it.
func listSealed[T any](ctx context.Context, s *Store, kind, query string, args []any) ([]T, error) {
	var all []T
	err := s.db.Each(ctx, query, args, func(r *sql.Rows) error {
		var id string
		var sealed sql.RawBytes
		if err := r.Scan(&id, &sealed); err != nil {
			return err
		}
		var one T
		if err := s.openJSON(s.main, kind, id, sealed, &one); err != nil {
			return err
		}
		all = append(all, one)
		return nil
	})
	return all, err
}

// beginsSo finds the rows whose id begins with the argument, two at most; a beginning has shortest characters or more.
const (
	beginsSo = "WHERE id > ?1 AND id < ?1 || char(1114111) LIMIT 2"
	shortest = 6
)

// only is the one thing that was found.
func only[T any](what string, found []T, err error) (one T, _ error) {
	switch {
	case err != nil:
		return one, err
	case len(found) == 0:
		return one, notFound(what)
	case len(found) > 1:
		return one, invalid("several "+what+"s begin like this", "give more characters of the "+what+"'s id")
	}
	return found[0], nil
}

// keyedID is an opaque id for what the parts name: the same for the same parts, and nothing to anybody without the key.
func (s *Store) keyedID(prefix, purpose string, parts ...string) string {
	sum := s.sum(purpose, parts)
	return prefix + seal.Letters.EncodeToString(sum[:15])
}

// keyedNumber is a keyed hash that fits a column of numbers.
func (s *Store) keyedNumber(purpose string, parts ...string) int64 {
	sum := s.sum(purpose, parts)
	return int64(binary.BigEndian.Uint64(sum[:8]))
}

func (s *Store) sum(purpose string, parts []string) [32]byte {
	all := make([][]byte, len(parts))
	for i, p := range parts {
		all[i] = []byte(p)
	}
	return s.ring.Sum(purpose, all...)
}

// millis is a time as columns hold it; the zero time is 0.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}
