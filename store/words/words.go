// Package words splits texts into the words that a search finds.
//
// A word is a run of letters and digits, lower-cased after Unicode's NFKC normalisation; a mail address becomes the words
// it is made of, which a phrase finds again as a whole. Scripts that put no spaces between words (Chinese, Japanese,
// Korean, Thai, …) become overlapping pairs of characters, so that any part of two or more characters is a phrase of
// pairs. For a part of one character, each different one is listed once more after the text.
package words

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

const (
	maxRunes = 64      // of one word; the rest of a longer run of letters, such as encoded data, is left out
	maxBytes = 1 << 20 // of one text
)

// Tokens gives the words of a text in order, as they go into the index, at most limit of them.
func Tokens(text string, limit int) []string {
	t := tokeniser{limit: limit, index: true, seen: map[rune]bool{}}
	t.run(text)
	for _, r := range t.singles {
		t.emit(string(r))
	}
	return t.out
}

// Phrase gives the words that stand one after another in the index of every text that contains this one. It is empty if
// there is no letter and no digit in it.
func Phrase(text string) []string {
	t := tokeniser{limit: maxBytes}
	t.run(text)
	return t.out
}

type tokeniser struct {
	limit int
	index bool
	out   []string

	word    strings.Builder // lower-cased letters of the word at hand
	runes   int
	dense   []rune // characters of the run without spaces at hand
	owed    string // a query's last single, due only if something follows it
	seen    map[rune]bool
	singles []rune
}

func (t *tokeniser) run(text string) {
	if len(text) > maxBytes {
		text = text[:maxBytes]
	}
	if !norm.NFKC.IsNormalString(text) {
		text = norm.NFKC.String(text)
	}
	for _, r := range text {
		if len(t.out) >= t.limit {
			break
		}
		t.take(r)
	}
	t.flushWord()
	t.flushDense()
}

func (t *tokeniser) take(r rune) {
	switch {
	case r < utf8.RuneSelf && ('a' <= r && r <= 'z' || '0' <= r && r <= '9'):
		t.letter(r)
	case r < utf8.RuneSelf && 'A' <= r && r <= 'Z':
		t.letter(r + 'a' - 'A')
	case r < utf8.RuneSelf || r == utf8.RuneError:
		t.flushWord()
		t.flushDense()
	case unspaced(r) || len(t.dense) > 0 && (unicode.IsMark(r) || r == prolonged):
		t.flushWord()
		t.dense = append(t.dense, r)
		if len(t.dense) > 4096 { // bounded memory for a text that is one long run
			t.flushDense()
		}
	case unicode.IsLetter(r) || unicode.IsNumber(r) || t.runes > 0 && unicode.IsMark(r):
		t.letter(unicode.ToLower(r))
	default:
		t.flushWord()
		t.flushDense()
	}
}

// prolonged is the mark that lengthens a vowel in Japanese. Unicode counts it to no script.
const prolonged = 'ー'

// unspaced reports whether a letter belongs to a script that does not put spaces between words.
func unspaced(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana, unicode.Bopomofo,
		unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar) && (unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsNumber(r))
}

func (t *tokeniser) letter(r rune) {
	t.flushDense()
	if t.runes < maxRunes {
		t.word.WriteRune(r)
	}
	t.runes++
}

func (t *tokeniser) flushWord() {
	if t.runes == 0 {
		return
	}
	t.emit(t.word.String())
	t.word.Reset()
	t.runes = 0
}

// flushDense gives the pairs of a run, and its last character alone. In the index that one is always there; a phrase has
// it only where something follows, because the text may go on after the phrase's end.
func (t *tokeniser) flushDense() {
	run := t.dense
	if len(run) == 0 {
		return
	}
	t.dense = t.dense[:0]
	for i := 0; i+1 < len(run); i++ {
		t.emit(string(run[i : i+2]))
	}
	last := string(run[len(run)-1])
	switch {
	case t.index || len(run) == 1:
		t.emit(last)
	default:
		t.owed = last
	}
	if !t.index {
		return
	}
	for _, r := range run[:len(run)-1] { // the last one has just been given
		if !t.seen[r] {
			t.seen[r] = true
			t.singles = append(t.singles, r)
		}
	}
}

func (t *tokeniser) emit(word string) {
	if t.owed != "" {
		t.out = append(t.out, t.owed)
		t.owed = ""
	}
	if len(t.out) < t.limit {
		t.out = append(t.out, word)
	}
}
