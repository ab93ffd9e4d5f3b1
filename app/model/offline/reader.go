package offline

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/model/offline/when"
)

// Bounds on what the reader looks at, so that a megabyte costs no more than the first part of it.
const (
	maxText      = 64 << 10 // bytes
	maxSentences = 400
	maxSentence  = 400 // characters; longer ones are cut
)

// Reader reads texts of others without a model: it cuts out, counts and compares, and never writes a word of its own. The
// zero value works, without knowing what "tomorrow" is.
type Reader struct {
	Now time.Time // what relative dates are relative to, in the zone that they are meant in: for a mail, when it was sent
}

// Options are what a summary should be like.
type Options struct {
	Sentences int    // at most; 0 means 3
	Chars     int    // at most, about; 0 means 600
	Lang      string // of the text; "" means tell from its letters
}

// Summarize gives the sentences of a text that say most, in their order, without greetings, signatures and quoted
// replies. It gives "" where nothing is left.
func (Reader) Summarize(text string, o Options) string {
	if o.Sentences <= 0 {
		o.Sentences = 3
	}
	if o.Chars <= 0 {
		o.Chars = 600
	}
	if o.Lang == "" {
		o.Lang = Language(bounded(text, 2000))
	}
	all := sentences(own(bounded(text, maxText)))
	picked := pick(all, o.Sentences)
	var b strings.Builder
	for _, s := range picked {
		room := o.Chars - utf8.RuneCountInString(b.String())
		if room <= 0 {
			break
		}
		if b.Len() > 0 && o.Lang != Chinese {
			b.WriteByte(' ')
		}
		b.WriteString(shorten(s.text, max(room, 40)))
	}
	return b.String()
}

// pick chooses the sentences that share most with the whole text, favouring the early ones and those that ask, name a day or
// an amount, and leaving out what says the same again.
func pick(all []sentence, n int) []sentence {
	if len(all) <= n {
		return all
	}
	count := map[string]int{}
	for _, s := range all {
		for t := range s.terms {
			count[t]++
		}
	}
	scores := make([]float64, len(all))
	for i, s := range all {
		scores[i] = s.weight(count, i)
	}
	var chosen []int
	for len(chosen) < n {
		best := -1
		for i := range all {
			if slices.Contains(chosen, i) || len(all[i].terms) == 0 && len(chosen) > 0 {
				continue
			}
			if best < 0 || scores[i] > scores[best] {
				best = i
			}
		}
		if best < 0 {
			break
		}
		chosen = append(chosen, best)
		for i := range all { // what was said counts for less in the others
			scores[i] -= 0.8 * all[i].likeness(all[best])
		}
	}
	slices.Sort(chosen)
	out := make([]sentence, len(chosen))
	for k, i := range chosen {
		out[k] = all[i]
	}
	return out
}

// Classify picks the choice whose words the text has most of. It reports false where none is in it, or two are equally.
func (Reader) Classify(text string, choices []string) (string, bool) {
	have := map[string]int{}
	for _, s := range sentences(bounded(text, maxText)) {
		for t := range s.terms {
			have[t]++
		}
	}
	best, bestScore, tie := "", 0.0, false
	for _, c := range choices {
		terms := termsOf(c)
		score := 0.0
		for t := range terms {
			if n := have[t]; n > 0 {
				score += 1 + 0.1*float64(min(n, 10))
			}
		}
		score /= float64(max(len(terms), 1))
		switch {
		case score > bestScore+1e-9:
			best, bestScore, tie = c, score, false
		case score > bestScore-1e-9:
			tie = true
		}
	}
	if bestScore == 0 || tie {
		return "", false
	}
	return best, true
}

// Compose is what a reader without a model cannot do; the error is CodeUnsupported.
func (Reader) Compose(string) (string, error) {
	return "", cannotRead("write a text of its own", "quote or summarise instead")
}

// Translate is what a reader without a model cannot do; the error is CodeUnsupported.
func (Reader) Translate(string, string) (string, error) {
	return "", cannotRead("translate", "pass the text on as it is")
}

func cannotRead(what, instead string) error {
	return &agents.Error{
		Code:    agents.CodeUnsupported,
		Message: "no model is set up, and without one Steward cannot " + what,
		Hint:    instead + ", or add a model with `steward models add`",
	}
}

// bounded is the beginning of a text, in whole characters.
func bounded(text string, n int) string {
	if len(text) <= n {
		return strings.ToValidUTF8(text, "�")
	}
	return strings.ToValidUTF8(text[:n], "")
}

// shorten cuts a text to n characters, at a space where one is near, and marks the cut.
func shorten(text string, n int) string {
	r := []rune(text)
	if len(r) <= n {
		return text
	}
	cut := n - 1
	for k := cut; k > cut-20 && k > 0; k-- {
		if unicode.IsSpace(r[k]) {
			cut = k
			break
		}
	}
	return strings.TrimRight(string(r[:cut]), " ,;:，、；：") + "…"
}

// termsOf is what a text is about: its words without grammar, and pairs of Chinese characters.
func termsOf(text string) map[string]bool {
	terms := map[string]bool{}
	var prev rune
	var word []rune
	flush := func() {
		if w := string(word); len(word) > 2 && !common[w] {
			terms[stem(w)] = true
		}
		word = word[:0]
	}
	for _, c := range text {
		c = when.Fold(c)
		if when.Han(c) {
			flush()
			if prev != 0 && !commonHan[c] && !commonHan[prev] {
				terms[string([]rune{prev, c})] = true
			}
			prev = c
			continue
		}
		prev = 0
		if wordly(c) && len(word) < 40 {
			word = append(word, c)
		} else if !wordly(c) {
			flush()
		}
	}
	flush()
	return terms
}

// stem takes the commonest endings off an English word, so that repairs and repair are one.
func stem(w string) string {
	for _, end := range []string{"ing", "ed", "es", "s"} {
		if s, ok := strings.CutSuffix(w, end); ok && len(s) >= 4 {
			return s
		}
	}
	return strings.TrimSuffix(w, "e")
}
