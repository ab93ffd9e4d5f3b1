package vault

import (
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"reflect"
	"runtime/debug"

	"golang.org/x/crypto/argon2"
	"golang.org/x/crypto/chacha20poly1305"
)

const keySize = chacha20poly1305.KeySize

// kdf is how a passphrase becomes a key. It stands in vault.json, so that it can be raised later.
type kdf struct {
	Name    string `json:"name"`
	Memory  uint32 `json:"memory_kib"`
	Time    uint32 `json:"time"`
	Threads uint8  `json:"threads"`
	Salt    []byte `json:"salt"`
}

const argon = "argon2id"

func newKDF() *kdf {
	return &kdf{Name: argon, Memory: 64 * 1024, Time: 3, Threads: 4, Salt: random(16)}
}

// valid keeps a foreign vault.json from asking for all memory, or for an hour.
func (k *kdf) valid() bool {
	return k != nil && k.Name == argon && len(k.Salt) >= 16 && len(k.Salt) <= 64 &&
		k.Memory >= 8*1024 && k.Memory <= 1024*1024 && k.Time >= 1 && k.Time <= 16 && k.Threads >= 1 && k.Threads <= 64
}

// key derives the key and gives the memory it took back to the operating system, which overwrites it.
func (k *kdf) key(passphrase []byte) []byte {
	key := argon2.IDKey(passphrase, k.Salt, k.Time, k.Memory, k.Threads, keySize)
	debug.FreeOSMemory()
	return key
}

// derive makes a key for one purpose from secret bytes that have enough randomness in them.
func derive(secret []byte, purpose string) []byte {
	key, err := hkdf.Key(sha256.New, secret, nil, "steward vault "+purpose, keySize)
	if err != nil { // only for impossible lengths
		panic(fmt.Errorf("derive %s key: %w", purpose, err))
	}
	return key
}

// seal encrypts under key, with a random nonce in front. Purpose and home are bound to it, so that no sealed value can
// stand in for another.
func seal(key []byte, purpose, home string, plain []byte) []byte {
	aead := open(key)
	defer forget(aead)
	nonce := random(aead.NonceSize())
	return aead.Seal(nonce, nonce, plain, bound(purpose, home))
}

// unseal reports false for a wrong key as for anything else that does not check out.
func unseal(key []byte, purpose, home string, sealed []byte) ([]byte, bool) {
	aead := open(key)
	defer forget(aead)
	if len(sealed) < aead.NonceSize() {
		return nil, false
	}
	plain, err := aead.Open(nil, sealed[:aead.NonceSize()], sealed[aead.NonceSize():], bound(purpose, home))
	return plain, err == nil
}

func open(key []byte) cipher.AEAD {
	aead, err := chacha20poly1305.NewX(key)
	if err != nil { // only for a key of another size
		panic(fmt.Errorf("open cipher: %w", err))
	}
	return aead
}

// forget overwrites the cipher's own copy of its key.
func forget(aead cipher.AEAD) { reflect.ValueOf(aead).Elem().SetZero() }

func bound(purpose, home string) []byte {
	var ad []byte
	for _, part := range []string{"steward vault", purpose, home} {
		ad = binary.BigEndian.AppendUint32(ad, uint32(len(part)))
		ad = append(ad, part...)
	}
	return ad
}

func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails: the program is ended instead
	return b
}
