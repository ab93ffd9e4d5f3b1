package offline

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/stewardhq/steward/app/model/offline/when"
)

// token is a word of a request or a phrase: what it means, how it counts, and where it stood.
type token struct {
	sort       sort
	text       string // folded; the name of a meaning where it has one
	deed       sort
	start, end int // bytes
	found      *when.Found
	slot       string // in phrases: the parameter that stands here
	han        bool
}

// basic cuts a text into folded words, single Chinese characters, and marks of punctuation that end a clause.
func basic(text string) []token {
	r, off := make([]rune, 0, len(text)), make([]int, 0, len(text)+1)
	for i, c := range text {
		r, off = append(r, when.Fold(c)), append(off, i)
	}
	off = append(off, len(text))
	var all []token
	for i := 0; i < len(r); {
		end := i + 1
		switch c := r[i]; {
		case when.Han(c):
			all = append(all, token{text: string(c), start: off[i], end: off[end], han: true})
		case wordly(c) || suffix(r, i):
			for end < len(r) && (wordly(r[end]) || joins(r, end)) {
				end++
			}
			all = append(all, token{text: string(r[i:end]), start: off[i], end: off[end]})
		case c == '.' && len(all) > 0 && all[len(all)-1].end == off[i] && slices.Contains(titles, all[len(all)-1].text):
		case strings.ContainsRune(",;:!?.，。；：！？、", c) || c == ' ' && text[off[i]] == '\n':
			all = append(all, token{sort: gap, text: ",", start: off[i], end: off[end]})
		}
		i = end
	}
	return all
}

// titles are shortened words whose full stop ends no sentence.
var titles = []string{"mr", "mrs", "ms", "dr", "prof", "st", "no", "inc", "ltd", "co", "jr", "sr"}

// suffix reports whether an apostrophe and what follows it is the end of a shortened word: today's, I'd, we're.
func suffix(r []rune, i int) bool {
	if r[i] != '\'' || i > 0 && !wordly(r[i-1]) {
		return false
	}
	end := i + 1
	for end < len(r) && wordly(r[end]) {
		end++
	}
	return slices.Contains([]string{"s", "d", "m", "re", "ve", "ll"}, string(r[i+1:end]))
}

func wordly(c rune) bool {
	return !when.Han(c) && (unicode.IsLetter(c) || unicode.IsDigit(c) || unicode.IsMark(c) || strings.ContainsRune("@_+&#$€£%", c))
}

// joins reports whether a mark holds a word together: e-mail, don't, v1.2, tl;dr. The 's of today's is a word of its own.
func joins(r []rune, i int) bool {
	if i+1 >= len(r) || !wordly(r[i+1]) {
		return false
	}
	if r[i] == '\'' {
		return r[i+1] == 't'
	}
	return strings.ContainsRune("-.;/", r[i])
}

// tokenize reads a request: dates become one token each, words of the lexicon get their meaning.
func tokenize(text string, now time.Time) []token {
	var all []token
	at := 0
	for _, f := range when.Find(text, now, when.Past) {
		all = append(all, shifted(basic(text[at:f.Start]), at)...)
		all = append(all, token{sort: date, text: "DATE", start: f.Start, end: f.End, found: &f})
		at = f.End
	}
	return opening(append(all, shifted(basic(text[at:]), at)...))
}

// opening reads a request's words, taking "I need to" for politeness where it begins and for words where it does not.
func opening(tokens []token) []token {
	begins := true
	return join(tokens, func(e *entry) bool {
		if e.sort == open && !begins {
			return false
		}
		begins = begins && (e.sort == fill || e.sort == pad || e.sort == open)
		return true
	}, func() { begins = false })
}

func shifted(tokens []token, by int) []token {
	for i := range tokens {
		tokens[i].start += by
		tokens[i].end += by
	}
	return tokens
}

// means joins the tokens that make up a word of the lexicon, and says what it is.
func means(tokens []token) []token {
	return join(tokens, func(e *entry) bool { return e.sort != open }, func() {})
}

// join is means with a say in which words count; other is called for every token that is none.
func join(tokens []token, counts func(*entry) bool, other func()) []token {
	all := tokens[:0]
	for i := 0; i < len(tokens); {
		e, n := words().longest(tokens[i:])
		if e == nil || tokens[i].sort != plain || !counts(e) {
			if e != nil && e.sort == open {
				e, n = words().longest(tokens[i : i+1])
			} else {
				e = nil
			}
			other()
		}
		if e == nil || e.sort == open {
			all = append(all, tokens[i])
			i++
			continue
		}
		last := tokens[i+n-1].end
		all = append(all, token{sort: e.sort, text: e.name, deed: e.deed, start: tokens[i].start, end: last, han: tokens[i].han})
		i += n
	}
	return all
}
