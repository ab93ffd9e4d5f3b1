package agents

import (
	"crypto/subtle"
	"fmt"
	"io"
)

const redacted = "[secret]"

// Secret is bytes that must not be shown: a key, a password, a token. Whatever prints, logs or encodes one gets
// "[secret]"; only Reveal gives the bytes.
type Secret struct {
	// reveal is a function, because what prints a struct's unexported fields asks none of the methods below, and follows
	// pointers.
	reveal func() []byte
}

// NewSecret keeps a copy of the bytes.
func NewSecret(b []byte) Secret {
	kept := append([]byte(nil), b...)
	return Secret{func() []byte { return kept }}
}

// Reveal gives the bytes themselves, which stay the secret's: do not keep, log or change them.
func (s Secret) Reveal() []byte {
	if s.reveal == nil {
		return nil
	}
	return s.reveal()
}

// Empty reports whether there is nothing in it.
func (s Secret) Empty() bool { return len(s.Reveal()) == 0 }

// Equal compares in a time that does not depend on the content.
func (s Secret) Equal(other Secret) bool {
	return subtle.ConstantTimeCompare(s.Reveal(), other.Reveal()) == 1
}

// Clear overwrites the bytes.
func (s Secret) Clear() { clear(s.Reveal()) }

// String is "[secret]".
func (Secret) String() string { return redacted }

// GoString is "[secret]".
func (Secret) GoString() string { return redacted }

// Format writes "[secret]", whatever the verb.
func (Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// MarshalText gives "[secret]".
func (Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// MarshalJSON gives "[secret]".
func (Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }
