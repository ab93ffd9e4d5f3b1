package offline

import (
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/stewardhq/steward/app/model/offline/when"
)

// sentence is one sentence with what it is about.
type sentence struct {
	text  string
	terms map[string]bool
}

var common = set("the and for are was were has have had you your our with that this from will would can could should they them their there here not but all any been being into out about over just also than then what when where which who how its it's i'm we're don't please thanks thank hello dear regards best get got let one two may might more most some such very only")

var commonHan = func() map[rune]bool {
	m := map[rune]bool{}
	for _, c := range "的了是在我你您他她它們有和與及也就都而且但或於以之這那嗎呢吧啊請把被將讓很還會要不" {
		m[c] = true
	}
	return m
}()

func set(words string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(words) {
		m[w] = true
	}
	return m
}

// sentences cuts a text at the ends of its sentences and paragraphs; lines that were only wrapped are joined.
func sentences(text string) []sentence {
	var all []sentence
	for _, p := range paragraphs(text) {
		r := []rune(p)
		from := 0
		for i := range r {
			if i+1 < len(r) && !ends(r, i) {
				continue
			}
			s := strings.TrimSpace(string(r[from : i+1]))
			from = i + 1
			if s == "" || !strings.ContainsFunc(s, unicode.IsLetter) {
				continue
			}
			s = shorten(s, maxSentence)
			all = append(all, sentence{s, termsOf(s)})
			if len(all) == maxSentences {
				return all
			}
		}
	}
	return all
}

// paragraphs joins wrapped lines; an empty line, a bullet or a short line before a capital begins a new one.
func paragraphs(text string) []string {
	var all []string
	var b strings.Builder
	flush := func() {
		if b.Len() > 0 {
			all = append(all, b.String())
			b.Reset()
		}
	}
	before := 0
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		bullet := strings.HasPrefix(line, "- ") || strings.HasPrefix(line, "* ") || strings.HasPrefix(line, "•") || strings.HasPrefix(line, "・")
		if line == "" || bullet || before > 0 && before < 45 {
			flush()
		}
		before = utf8.RuneCountInString(line)
		if line == "" {
			continue
		}
		if last, _ := utf8.DecodeLastRuneInString(b.String()); b.Len() > 0 && !when.Han(last) && last < 0x3000 {
			b.WriteByte(' ')
		}
		b.WriteString(strings.TrimLeft(line, "-*•・ \t"))
		if when.Han([]rune(line)[0]) && before >= 20 {
			before = 45 // Chinese lines are short and yet full
		}
	}
	flush()
	return all
}

var shortened = []string{"mr", "mrs", "ms", "dr", "prof", "st", "no", "inc", "ltd", "co", "e.g", "i.e", "vs", "approx", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "a.m", "p.m", "tel"}

// ends reports whether the sentence ends behind r[i].
func ends(r []rune, i int) bool {
	next := r[i+1]
	switch r[i] {
	case '。', '！', '？', '；', '…':
		return !strings.ContainsRune("。！？」』”）…", next)
	case '」', '』', '”':
		return i > 0 && strings.ContainsRune("。！？", r[i-1])
	case '!', '?':
		return unicode.IsSpace(next)
	case '.':
		if !unicode.IsSpace(next) {
			return false
		}
		from := i
		for from > 0 && i-from < 8 && !unicode.IsSpace(r[from-1]) {
			from--
		}
		word := strings.ToLower(string(r[from:i]))
		return !slices.Contains(shortened, word) && !(i-from == 1 && unicode.IsUpper(r[from]))
	}
	return false
}

// weight says how much of the whole text a sentence carries.
func (s sentence) weight(count map[string]int, position int) float64 {
	w := 0.0
	for t := range s.terms {
		w += math.Log1p(float64(count[t]))
	}
	if n := len(s.terms); n > 0 {
		w /= math.Pow(float64(n), 0.6)
	}
	w += 1.2 / float64(1+position)
	low := strings.ToLower(s.text)
	if strings.ContainsAny(s.text, "?？") {
		w += 0.5
	}
	if strings.ContainsFunc(s.text, unicode.IsDigit) {
		w += 0.35
	}
	for _, cue := range []string{"please", "deadline", "due", "need", "must", "decided", "agreed", "confirm", "請", "截止", "期限", "需要", "決定", "確認", "務必"} {
		if strings.Contains(low, cue) {
			w += 0.3
			break
		}
	}
	if len(s.terms) < 2 {
		w -= 1
	}
	return w
}

// likeness is the share of terms that two sentences have in common, 0 to 1.
func (s sentence) likeness(o sentence) float64 {
	both := 0
	for t := range s.terms {
		if o.terms[t] {
			both++
		}
	}
	return float64(both) / float64(max(1, min(len(s.terms), len(o.terms))))
}
