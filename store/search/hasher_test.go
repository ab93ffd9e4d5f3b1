package search

import (
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"
)

func TestMemoryForWordsIsBounded(t *testing.T) {
	h := New(hmac.New(sha256.New, []byte("key")))
	first := h.Text("word0 word1")
	for i := range 3 {
		var b strings.Builder
		for k := range 50_000 {
			fmt.Fprintf(&b, "word%d ", i*50_000+k)
		}
		h.Text(b.String())
	}
	if n := len(h.young) + len(h.old); n > 2*cachedWords || n < 1000 {
		t.Errorf("%d words are remembered", n)
	}
	if again := h.Text("word0 word1"); again != first || len(strings.Fields(again)) != 2 {
		t.Errorf("%q, and %q once forgotten", first, again)
	}
}

func TestTheIndexSeesNoWords(t *testing.T) {
	text := h("key").Text("Dinner on Wednesday, 會議改到下週")
	for _, word := range []string{"dinner", "wednesday", "會議", "下週"} {
		if strings.Contains(text, word) {
			t.Errorf("%s stands in %q", word, text)
		}
	}
	if h("key").Text("dinner") != h("key").Text("Dinner") || h("key").Text("dinner") == h("other").Text("dinner") {
		t.Error("a token must be the same under one key, whatever the case, and another under another")
	}
}

func h(key string) *Hasher { return New(hmac.New(sha256.New, []byte(key))) }
