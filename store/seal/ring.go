// Package seal keeps the keys under which a store's content is encrypted, and encrypts with them.
//
// The keyring is a file of random keys, each wrapped under the master key that the vault holds. Deleting a key from it
// erases everything that was sealed under that key.
package seal

import (
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"os"
	"strings"
	"sync"

	"golang.org/x/crypto/chacha20poly1305"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/store/durable"
)

// Names of the keys that every ring has. Keys of accounts are made as they come.
const (
	Main  = "main"  // everything that belongs to no account
	Index = "index" // the tokens of the search index
	Hash  = "hash"  // identities: of persons, messages, blobs, names
)

const (
	fileVersion = 1
	wrapKind    = "keyring"
	checkID     = "check"
)

// ringFile is the keyring as it stands on disk.
type ringFile struct {
	Version int       `json:"version"`
	Check   []byte    `json:"check"` // a constant, wrapped: tells a wrong master key from a damaged file
	Keys    []ringKey `json:"keys"`
}

type ringKey struct {
	Name    string `json:"name"`
	Version uint16 `json:"version"`
	Wrapped []byte `json:"wrapped"`
}

// Ring is an open keyring. It may be used from several goroutines.
type Ring struct {
	path   string
	master *Box

	mu    sync.Mutex
	file  ringFile
	plain map[string]map[uint16][]byte
	boxes map[string]*Box
}

// Create makes a keyring with the keys that every ring has, and writes it to path. A file that is there is an error.
func Create(path string, master [32]byte) (*Ring, error) {
	if _, err := os.Lstat(path); err == nil {
		return nil, fmt.Errorf("create keyring: %w", os.ErrExist)
	}
	r, err := newRing(path, master)
	if err != nil {
		return nil, err
	}
	r.file = ringFile{Version: fileVersion, Check: r.master.Seal(wrapKind, checkID, []byte(checkID))}
	for _, name := range []string{Main, Index, Hash} {
		if err := r.add(name); err != nil {
			return nil, err
		}
	}
	if err := r.write(); err != nil {
		return nil, err
	}
	return r, nil
}

// Open reads the keyring at path. A wrong master key gives CodeLocked, a file that is not a keyring or was changed
// CodeDamaged, one of a newer program CodeNewer; a missing file is os.ErrNotExist.
func Open(path string, master [32]byte) (*Ring, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read keyring: %w", err)
	}
	r, err := newRing(path, master)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(data, &r.file); err != nil || r.file.Version == 0 || len(r.file.Check) != Overhead+len(checkID) {
		return nil, damaged(err)
	}
	if r.file.Version > fileVersion {
		return nil, &agents.Error{
			Code: agents.CodeNewer, Message: "the keyring was written by a newer Steward",
			Hint: "install the newest version of Steward",
		}
	}
	if _, err := r.master.Open(wrapKind, checkID, r.file.Check); err != nil {
		return nil, &agents.Error{
			Code: agents.CodeLocked, Message: "the key from the vault does not open this keyring", Err: err,
			Hint: "check the passphrase, or open with the recovery code; a keyring copied from another home needs that home's vault",
		}
	}
	for _, k := range r.file.Keys {
		key, err := r.master.Open(wrapKind, keyID(k.Name, k.Version), k.Wrapped)
		if err != nil || len(key) != chacha20poly1305.KeySize {
			return nil, damaged(err)
		}
		if err := r.hold(k.Name, k.Version, key); err != nil {
			return nil, err
		}
	}
	for _, name := range []string{Main, Index, Hash} {
		if r.boxes[name] == nil {
			return nil, damaged(nil)
		}
	}
	return r, nil
}

func damaged(err error) error {
	return &agents.Error{
		Code: agents.CodeDamaged, Message: "the keyring is damaged", Err: err,
		Hint: "restore the file `keyring` from a backup of this home; without it the stored data cannot be read",
	}
}

func newRing(path string, master [32]byte) (*Ring, error) {
	aead, err := chacha20poly1305.NewX(master[:])
	if err != nil {
		return nil, fmt.Errorf("use master key: %w", err)
	}
	return &Ring{
		path: path, master: &Box{version: 1, aeads: map[uint16]cipher.AEAD{1: aead}},
		plain: map[string]map[uint16][]byte{}, boxes: map[string]*Box{},
	}, nil
}

// Box gives the box of a key, or nil if the ring has none of this name: its content was erased.
func (r *Ring) Box(name string) *Box {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.boxes[name]
}

// Ensure gives the box of a key, which is made and on disk before Ensure returns if there was none.
func (r *Ring) Ensure(name string) (*Box, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if box := r.boxes[name]; box != nil {
		return box, nil
	}
	before := r.file.Keys
	err := r.add(name)
	if err == nil {
		err = r.write()
	}
	if err != nil { // a key that is not on disk must not be used
		r.file.Keys = before
		delete(r.plain, name)
		delete(r.boxes, name)
		return nil, err
	}
	return r.boxes[name], nil
}

// Sum is a keyed hash of the parts under the ring's hash key, for one purpose: without the key nobody can check a guess
// against it, and the same parts give another hash for another purpose.
func (r *Ring) Sum(purpose string, parts ...[]byte) [32]byte {
	m := hmac.New(sha256.New, r.secret(Hash))
	var length [8]byte
	part := func(p []byte) {
		binary.BigEndian.PutUint64(length[:], uint64(len(p)))
		m.Write(length[:])
		m.Write(p)
	}
	part([]byte(purpose))
	for _, p := range parts {
		part(p)
	}
	return [32]byte(m.Sum(nil))
}

// MAC is a keyed hash function under the ring's key of this name, for one purpose. It is for one goroutine.
func (r *Ring) MAC(name, purpose string) (hash.Hash, error) {
	key, err := hkdf.Expand(sha256.New, r.secret(name), purpose, sha256.Size)
	if err != nil {
		return nil, fmt.Errorf("derive key: %w", err)
	}
	return hmac.New(sha256.New, key), nil
}

// Wipe overwrites the keys that can be overwritten. The ring and its boxes must not be used after it.
func (r *Ring) Wipe() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, versions := range r.plain {
		for _, key := range versions {
			clear(key)
		}
	}
	clear(r.plain)
	clear(r.boxes)
}

func (r *Ring) secret(name string) []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	if b := r.boxes[name]; b != nil {
		return r.plain[name][b.version]
	}
	return nil
}

func (r *Ring) add(name string) error {
	key := make([]byte, chacha20poly1305.KeySize)
	rand.Read(key) // crypto/rand.Read never fails: it ends the program instead
	k := ringKey{Name: strings.Clone(name), Version: 1, Wrapped: r.master.Seal(wrapKind, keyID(name, 1), key)}
	r.file.Keys = append(r.file.Keys[:len(r.file.Keys):len(r.file.Keys)], k)
	return r.hold(k.Name, k.Version, key)
}

func keyID(name string, version uint16) string { return fmt.Sprintf("%s#%d", name, version) }

func (r *Ring) hold(name string, version uint16, key []byte) error {
	if version == 0 || r.plain[name][version] != nil {
		return damaged(errors.New("a key stands twice, or has no version"))
	}
	aead, err := chacha20poly1305.NewX(key)
	if err != nil {
		return fmt.Errorf("use key: %w", err)
	}
	if r.boxes[name] == nil {
		r.boxes[name] = &Box{aeads: map[uint16]cipher.AEAD{}}
		r.plain[name] = map[uint16][]byte{}
	}
	b := r.boxes[name]
	b.aeads[version] = aead
	b.version = max(b.version, version)
	r.plain[name][version] = key
	return nil
}

func (r *Ring) write() error {
	data, err := json.MarshalIndent(r.file, "", "  ")
	if err != nil {
		return fmt.Errorf("encode keyring: %w", err)
	}
	if err := durable.WriteFile(r.path, append(data, '\n')); err != nil {
		return fmt.Errorf("write keyring: %w", err)
	}
	return nil
}
