package seal

import (
	"crypto/cipher"
	"crypto/rand"
	"encoding/base32"
	"encoding/binary"
	"errors"

	"golang.org/x/crypto/chacha20poly1305"
)

const (
	versionSize = 2 // bytes of the key version before the nonce
	// Overhead is how many bytes longer a sealed value is than its plain one.
	Overhead = versionSize + chacha20poly1305.NonceSizeX + chacha20poly1305.Overhead
)

// Letters writes keyed sums as lower-case letters and digits: fit for an id, a file name, and a word of the index.
var Letters = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// ErrNotOpen says that a sealed value does not belong to this row, kind or key, or was changed.
var ErrNotOpen = errors.New("sealed value does not open")

// Box seals values under one key of the ring. It may be used from several goroutines.
type Box struct {
	version uint16 // that new values are sealed under
	aeads   map[uint16]cipher.AEAD
}

// Seal encrypts plain for the row with this id in the place named by the constant kind. The same value sealed twice is
// different bytes.
func (b *Box) Seal(kind, id string, plain []byte) []byte {
	out := make([]byte, versionSize+chacha20poly1305.NonceSizeX, Overhead+len(plain))
	binary.BigEndian.PutUint16(out, b.version)
	nonce := out[versionSize:]
	rand.Read(nonce) // crypto/rand.Read never fails: it ends the program instead
	return b.aeads[b.version].Seal(out, nonce, plain, associated(kind, id, b.version))
}

// Open decrypts a value that was sealed for the same kind and id. Any other value gives [ErrNotOpen].
func (b *Box) Open(kind, id string, sealed []byte) ([]byte, error) {
	if len(sealed) < Overhead {
		return nil, ErrNotOpen
	}
	version := binary.BigEndian.Uint16(sealed)
	aead, ok := b.aeads[version]
	if !ok {
		return nil, ErrNotOpen
	}
	nonce := sealed[versionSize : versionSize+chacha20poly1305.NonceSizeX]
	plain, err := aead.Open(nil, nonce, sealed[versionSize+len(nonce):], associated(kind, id, version))
	if err != nil {
		return nil, ErrNotOpen
	}
	return plain, nil
}

// associated is what a sealed value is bound to. Lengths stand before the parts, so that no two pairs of kind and id
// give the same bytes.
func associated(kind, id string, version uint16) []byte {
	out := make([]byte, 0, 10+len(kind)+len(id))
	out = binary.BigEndian.AppendUint32(out, uint32(len(kind)))
	out = append(out, kind...)
	out = binary.BigEndian.AppendUint32(out, uint32(len(id)))
	out = append(out, id...)
	return binary.BigEndian.AppendUint16(out, version)
}
