package vault

import (
	"crypto/sha256"
	"crypto/subtle"
	"strings"

	"github.com/stewardhq/steward/agents"
)

// The recovery code is 160 random bits in Crockford's base 32, eight groups of four characters, and a ninth group that
// is a checksum, so that a slip of the pen is told from a code of another home.
const (
	codeBytes = 20
	alphabet  = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	codeChars = codeBytes * 8 / 5
	sumChars  = 4
	groupSize = 4
)

func encodeCode(secret []byte) string {
	chars := append(base32(secret), checkGroup(secret)...)
	defer clear(chars)
	var b strings.Builder
	b.Grow(len(chars) + len(chars)/groupSize)
	for i, c := range chars {
		if i > 0 && i%groupSize == 0 {
			b.WriteByte('-')
		}
		b.WriteByte(c)
	}
	return b.String()
}

// decodeCode reads a code as people write it: in any case, with or without separators, with O for 0 and I or L for 1.
func decodeCode(code string) ([]byte, error) {
	digits := make([]byte, 0, codeChars+sumChars)
	defer func() { clear(digits[:cap(digits)]) }()
	for _, c := range code {
		if strings.ContainsRune(" \t\r\n-_–—‐‑", c) {
			continue
		}
		digit := digitOf(c)
		if digit < 0 {
			return nil, wrongCode("the recovery code holds a character that no code has")
		}
		if len(digits) == codeChars+sumChars {
			return nil, wrongCode("the recovery code is too long")
		}
		digits = append(digits, byte(digit))
	}
	if len(digits) < codeChars+sumChars {
		return nil, wrongCode("the recovery code is too short")
	}
	secret := make([]byte, codeBytes)
	for i, d := range digits[:codeChars] {
		for bit := range 5 {
			at := i*5 + bit
			secret[at/8] |= d >> (4 - bit) & 1 << (7 - at%8)
		}
	}
	for i, c := range checkGroup(secret) {
		digits[codeChars+i] = alphabet[digits[codeChars+i]] ^ c
	}
	if subtle.ConstantTimeCompare(digits[codeChars:], make([]byte, sumChars)) != 1 {
		clear(secret)
		return nil, wrongCode("there is a mistake in the recovery code")
	}
	return secret, nil
}

func digitOf(c rune) int {
	switch {
	case c >= 'a' && c <= 'z':
		c -= 'a' - 'A'
	case c > 'Z':
		return -1
	}
	switch c {
	case 'O':
		c = '0'
	case 'I', 'L':
		c = '1'
	}
	return strings.IndexRune(alphabet, c)
}

func checkGroup(secret []byte) []byte {
	sum := sha256.Sum256(append([]byte("steward recovery code "), secret...))
	return base32(sum[:])[:sumChars]
}

func base32(b []byte) []byte {
	chars := make([]byte, 0, len(b)*8/5+1)
	var bits, have uint
	for _, c := range b {
		bits, have = bits<<8|uint(c), have+8
		for have >= 5 {
			have -= 5
			chars = append(chars, alphabet[bits>>have&31])
		}
		bits &= 1<<have - 1
	}
	return chars
}

func wrongCode(message string) error {
	return &agents.Error{Code: agents.CodeInvalid, Message: message, Hint: "a recovery code is nine groups of four letters and digits; compare it with what you wrote down"}
}
