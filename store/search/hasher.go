// Package search finds mail in an index that knows no words: [Hasher] turns words into keyed tokens, which are all that the
// index ever holds, and a query into SQL over them.
package search

import (
	"hash"
	"strings"
	"sync"

	"github.com/stewardhq/steward/store/seal"
	"github.com/stewardhq/steward/store/words"
)

const (
	maxTokens   = 20_000 // of one field of one mail
	tokenLength = 10     // characters of a keyed token: 50 bits
	cachedWords = 1 << 15
)

// Hasher turns words into keyed tokens. Words that come often are remembered: the cache has two generations, of which the
// older is dropped when the younger is full. It may be used from several goroutines.
type Hasher struct {
	mu         sync.Mutex
	mac        hash.Hash
	young, old map[string][tokenLength]byte
}

// New is a hasher under a key.
func New(mac hash.Hash) *Hasher {
	return &Hasher{mac: mac, young: map[string][tokenLength]byte{}}
}

// Text gives a field of the index: the tokens of its words, separated by spaces.
func (h *Hasher) Text(text string) string { return h.join(words.Tokens(text, maxTokens)) }

// phrase gives the FTS5 phrase that finds a text, or "" if it has no word. A token is ten letters or digits, so that
// nothing in it means anything to FTS5.
func (h *Hasher) phrase(text string) string {
	if tokens := words.Phrase(text); len(tokens) > 0 {
		return `"` + h.join(tokens) + `"`
	}
	return ""
}

func (h *Hasher) join(tokens []string) string {
	if len(tokens) == 0 {
		return ""
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	var b strings.Builder
	b.Grow(len(tokens) * (tokenLength + 1))
	for i, word := range tokens {
		if i > 0 {
			b.WriteByte(' ')
		}
		token := h.token(word)
		b.Write(token[:])
	}
	return b.String()
}

func (h *Hasher) token(word string) [tokenLength]byte {
	if t, ok := h.young[word]; ok {
		return t
	}
	t, ok := h.old[word]
	if !ok {
		h.mac.Reset()
		h.mac.Write([]byte(word))
		var sum [32]byte
		var text [16]byte
		seal.Letters.Encode(text[:], h.mac.Sum(sum[:0])[:10])
		copy(t[:], text[:])
	}
	if len(h.young) >= cachedWords {
		h.young, h.old = make(map[string][tokenLength]byte, cachedWords), h.young
	}
	h.young[strings.Clone(word)] = t // a word is often a piece of a whole mail, which must not stay in memory
	return t
}
