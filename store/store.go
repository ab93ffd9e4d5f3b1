// Package store keeps Steward's state in one directory: an SQLite database whose content is sealed, the keyring that opens
// it, the checkpoint of the ledger, and snapshots taken before updates.
//
// Whatever quotes a person is encrypted under a key of the keyring and bound to its row; the search index holds keyed
// hashes of words. What such an index still tells to who has the files: which words are equal, their order, and how
// often they stand together. [DataMap] says of every table and file what it holds.
//
// One process opens a store at a time. Its methods may be called from several goroutines. They return *[agents.Error] in
// the chain where a person can act on it: CodeNotFound, CodeInvalid, CodeDiskFull, CodeDamaged, CodeConflict.
package store

import (
	"context"
	"crypto/rand"
	"embed"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/stewardhq/steward/store/database"
	"github.com/stewardhq/steward/store/durable"
	"github.com/stewardhq/steward/store/ledger"
	"github.com/stewardhq/steward/store/pack"
	"github.com/stewardhq/steward/store/seal"
	"github.com/stewardhq/steward/store/search"
)

// Names of the files in the directory.
const (
	keyringFile = "keyring"
	headFile    = ledger.HeadFile
)

//go:embed migrations/*.sql
var migrations embed.FS

// Options say where a store is and what opens it.
type Options struct {
	Dir    string           // exists, and only its owner can enter it
	Master [32]byte         // opens the keyring; from the vault
	Now    func() time.Time // nil for time.Now
}

// Store is an open store.
type Store struct {
	dir    string
	now    func() time.Time
	ring   *seal.Ring
	main   *seal.Box
	db     *database.DB
	pack   *pack.Packer
	words  *search.Hasher
	ledger *ledger.Ledger
	closed atomic.Bool

	fullSeconds map[int64]int64 // see slot; guarded by the writer's turn
}

// Open opens the store in a directory, or makes a new one there. Errors: CodeLocked if Master is not its key, CodeDamaged
// if a file does not check out, CodeNewer if a newer program wrote it, CodeDiskFull.
func Open(ctx context.Context, o Options) (*Store, error) {
	set, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, fmt.Errorf("read migrations: %w", err)
	}
	return openWith(ctx, o, set)
}

func openWith(ctx context.Context, o Options, set fs.FS) (_ *Store, err error) {
	s := &Store{dir: o.Dir, now: o.Now, fullSeconds: map[int64]int64{}}
	if s.now == nil {
		s.now = time.Now
	}
	defer func() {
		if err != nil {
			err = errors.Join(s.fault("open the store", err), s.abandon())
		}
	}()
	empty, err := database.Prepare(s.dir)
	if err != nil {
		return nil, err
	}
	for _, name := range []string{keyringFile, headFile} {
		if err := durable.Clean(filepath.Join(s.dir, name)); err != nil {
			return nil, err
		}
	}
	if err := s.openRing(o.Master, empty); err != nil {
		return nil, err
	}
	if s.pack, err = pack.New(); err != nil {
		return nil, err
	}
	if s.db, err = database.Open(ctx, s.dir, s.now); err != nil {
		return nil, err
	}
	if err := s.db.Migrate(ctx, set); err != nil {
		return nil, err
	}
	if err := s.db.OpenReaders(); err != nil {
		return nil, err
	}
	if s.ledger, err = ledger.Open(ctx, s.dir, s.db, s.ring, s.now); err != nil {
		return nil, err
	}
	return s, nil
}

// openRing opens the keyring. Only a store without a database may be without one; it is on disk before the database's
// first byte, so that a crash between them leaves a store that opens.
func (s *Store) openRing(master [32]byte, empty bool) (err error) {
	path := filepath.Join(s.dir, keyringFile)
	s.ring, err = seal.Open(path, master)
	if errors.Is(err, os.ErrNotExist) {
		if !empty {
			return keyringMissing(err)
		}
		s.ring, err = seal.Create(path, master)
	}
	if err != nil {
		return err
	}
	s.main = s.ring.Box(seal.Main)
	mac, err := s.ring.MAC(seal.Index, "token")
	if err != nil {
		return err
	}
	s.words = search.New(mac)
	return nil
}

// abandon closes what an Open that failed had opened.
func (s *Store) abandon() error {
	s.closed.Store(true)
	var err error
	if s.db != nil {
		err = s.db.Close()
	}
	if s.pack != nil {
		s.pack.Close()
	}
	if s.ring != nil {
		s.ring.Wipe()
	}
	return err
}

// Close waits for the transaction under way, puts everything into the database file and closes it. A second Close does
// nothing.
func (s *Store) Close() error {
	if s.closed.Swap(true) {
		return nil
	}
	err := s.db.Finish()
	if err == nil { // the checkpoint of the ledger must not be ahead of the database
		err = s.ledger.WriteHead()
	}
	return s.fault("close the store", errors.Join(err, s.abandon()))
}

// write runs f in a transaction, with errors fit for the user.
func (s *Store) write(ctx context.Context, doing string, durable bool, f func(*database.Tx) error) error {
	return s.fault(doing, s.db.Write(ctx, durable, f))
}

// random63 is a number for something that needs no order.
func random63() int64 {
	var b [8]byte
	rand.Read(b[:]) // crypto/rand.Read never fails: it ends the program instead
	return int64(binary.BigEndian.Uint64(b[:]) >> 1)
}
