package store

import (
	"context"
	"database/sql"
	"strconv"

	"github.com/stewardhq/steward/store/database"
	"github.com/stewardhq/steward/store/pack"
	"github.com/stewardhq/steward/store/seal"
)

const (
	partSize  = pack.Size // bytes of a blob in one row, before compression
	maxParts  = 1 << 16   // the part's number has 16 bits in the row's number
	inlineMax = 8 << 10   // bytes of a value that stands in its row
)

// sealedBlob is content ready to be stored.
type sealedBlob struct {
	id    string
	size  int
	parts [][]byte
}

// blobID names content by a keyed hash, under the key that it is sealed with: two accounts do not share content, so that
// erasing one leaves the other whole.
func (s *Store) blobID(key string, content []byte) string {
	sum := s.ring.Sum("blob", []byte(key), content)
	return seal.Letters.EncodeToString(sum[:15])
}

// sealBlob compresses and seals content under a key, in parts. Each part is bound to its place, so that parts cannot be
// exchanged or left out.
func (s *Store) sealBlob(key string, box *seal.Box, content []byte) (sealedBlob, error) {
	total := max(1, (len(content)+partSize-1)/partSize)
	if total > maxParts {
		return sealedBlob{}, invalid("something is too large to be stored: more than 64 GiB", "leave it out")
	}
	b := sealedBlob{id: s.blobID(key, content), size: len(content), parts: make([][]byte, 0, total)}
	for i := range total {
		part := content[i*partSize : min((i+1)*partSize, len(content))]
		b.parts = append(b.parts, box.Seal(kindBlob, partID(b.id, i, total), s.pack.Pack(part)))
	}
	return b, nil
}

func partID(id string, part, total int) string {
	return id + "/" + strconv.Itoa(part) + "/" + strconv.Itoa(total)
}

// putBlob stores a blob unless it is there, and gives its row's number.
func putBlob(t *database.Tx, b sealedBlob, account sql.NullInt64) (int64, error) {
	var n int64
	if found, err := t.First("SELECT n FROM blob WHERE id = ?", []any{b.id}, &n); err != nil || found {
		return n, err
	}
	n, err := t.Insert("INSERT INTO blob(id, account, size, parts) VALUES (?, ?, ?, ?)", b.id, account, b.size, len(b.parts))
	if err != nil {
		return 0, err
	}
	for i, sealed := range b.parts {
		if _, err := t.Exec("INSERT INTO blob_part(n, blob, sealed) VALUES (?, ?, ?)", n<<16|int64(i), n, sealed); err != nil {
			return 0, err
		}
	}
	return n, nil
}

// putMain stores content that belongs to no account.
func (s *Store) putMain(t *database.Tx, content []byte) (n int64, id string, err error) {
	b, err := s.sealBlob(seal.Main, s.main, content)
	if err != nil {
		return 0, "", err
	}
	n, err = putBlob(t, b, sql.NullInt64{})
	return n, b.id, err
}

// blob reads content back. The row that refers to it has its id in what is sealed of the row, or a row could be made to
// refer to the content of another.
func (s *Store) blob(ctx context.Context, n int64, want string, box *seal.Box) ([]byte, error) {
	var id string
	var size, total int
	found, err := s.db.First(ctx, "SELECT id, size, parts FROM blob WHERE n = ?", []any{n}, &id, &size, &total)
	if err != nil {
		return nil, err
	}
	if !found || id != want {
		return nil, s.damaged("stored content is missing or was exchanged", nil)
	}
	if box == nil {
		return nil, erased("content")
	}
	var content []byte
	next := 0
	err = s.db.Each(ctx, "SELECT sealed FROM blob_part WHERE n >= ? AND n < ? ORDER BY n", []any{n << 16, (n + 1) << 16}, func(r *sql.Rows) error {
		var sealed sql.RawBytes
		if err := r.Scan(&sealed); err != nil {
			return err
		}
		packed, err := box.Open(kindBlob, partID(id, next, total), sealed)
		if err != nil {
			return s.damaged("stored content does not open", err)
		}
		if next == 0 {
			content = make([]byte, 0, min(size, total*partSize))
		}
		next++
		if content, err = s.pack.Unpack(content, packed); err != nil {
			return s.damaged("stored content cannot be read", err)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if next != total || len(content) != size {
		return nil, s.damaged("stored content is not whole", nil)
	}
	return content, nil
}
