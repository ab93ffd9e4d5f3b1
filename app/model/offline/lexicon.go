package offline

import (
	"cmp"
	_ "embed"
	"strings"
	"sync"
)

//go:embed lexicon.txt
var lexiconText string

// sort is how a token counts.
type sort uint8

const (
	plain sort = iota // any other word
	meaning
	fill
	pad
	small
	soft
	open // fill where a request begins, soft elsewhere
	ask
	stop
	and
	place // plain, and somewhere else to look in
	act
	noun // an act where a sentence begins with it
	date
	gap // punctuation that ends a clause
)

// entry is what the lexicon says of a word. A word may be both a meaning and a deed: "reply".
type entry struct {
	sort sort
	name string // of the meaning; else the word itself
	deed sort   // act, noun, place, or plain for none of them
}

// lexicon is a trie over basic tokens.
type lexicon struct {
	next map[string]*lexicon
	leaf *entry
}

var words = sync.OnceValue(func() *lexicon { return readLexicon(lexiconText) })

func readLexicon(text string) *lexicon {
	sorts := map[string]sort{"word": plain, "fill": fill, "pad": pad, "small": small, "soft": soft, "open": open, "ask": ask, "stop": stop, "place": place, "and": and, "act": act, "noun": noun}
	root := &lexicon{}
	for _, line := range strings.Split(text, "\n") {
		name, list, ok := strings.Cut(line, ": ")
		if !ok || strings.HasPrefix(line, "#") {
			continue
		}
		for _, word := range strings.Split(list, ", ") {
			word, as, _ := strings.Cut(word, "=")
			if s, ok := sorts[name]; ok {
				root.add(word, entry{sort: s, name: cmp.Or(as, word)})
			} else {
				root.add(word, entry{sort: meaning, name: name})
			}
		}
	}
	return root
}

// add puts a word in. The first line that has a word decides how it counts; a later one can make it a deed as well.
func (l *lexicon) add(word string, e entry) {
	at := l
	for _, t := range basic(word) {
		if at.next == nil {
			at.next = map[string]*lexicon{}
		}
		if at.next[t.text] == nil {
			at.next[t.text] = &lexicon{}
		}
		at = at.next[t.text]
	}
	if e.sort == act || e.sort == noun || e.sort == place {
		e.deed = e.sort
		if e.sort != act {
			e.sort = plain
		}
		if at.leaf != nil {
			at.leaf.deed = e.deed
			return
		}
	}
	if at.leaf == nil {
		at.leaf = &e
	}
}

// longest finds the longest word of the lexicon at the head of the tokens, and how many tokens it takes.
func (l *lexicon) longest(tokens []token) (*entry, int) {
	var found *entry
	n := 0
	at := l
	for i, t := range tokens {
		if at = at.next[t.text]; at == nil {
			break
		}
		if at.leaf != nil {
			found, n = at.leaf, i+1
		}
	}
	return found, n
}
