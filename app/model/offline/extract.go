package offline

import (
	"math"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/stewardhq/steward/app/model/offline/when"
)

// Field is something to be found in a text.
type Field struct {
	Name  string
	Type  string // "date", "money", "number", "phone", "email", "url", "text" or "bool"
	About string // in words: which of several it is
}

// Money is an amount as a text names it.
type Money struct {
	Amount   float64 `json:"amount"`
	Currency string  `json:"currency"` // ISO code; "$" where the text does not say which dollars
}

// found is a value with the place it was found at.
type found struct {
	value      any
	start, end int
}

// Extract finds a value for each field, by its type and by what stands around it; nil where there is none. Values are
// time.Time, Money, float64, string and bool. A field of another type is nil.
func (r Reader) Extract(text string, fields []Field) map[string]any {
	text = bounded(text, maxText)
	flat := narrowDigits(text)
	out := make(map[string]any, len(fields))
	cache := map[string][]found{}
	for _, f := range fields {
		switch f.Type {
		case "bool":
			out[f.Name] = yesOrNo(text, f)
		case "text":
			out[f.Name] = passage(text, f)
		default:
			all, ok := cache[f.Type]
			if !ok {
				all = r.candidates(flat, f.Type)
				cache[f.Type] = all
			}
			out[f.Name] = choose(flat, all, f)
		}
	}
	return out
}

func (r Reader) candidates(text, kind string) []found {
	switch kind {
	case "date":
		return r.dates(text)
	case "money":
		return monies(text)
	case "number":
		return matches(text, numberPattern, func(s string) (any, bool) { return amount(s) })
	case "phone":
		return matches(text, phonePattern, phone)
	case "email":
		return matches(text, emailPattern, func(s string) (any, bool) { return s, len(s) <= 254 })
	case "url":
		return matches(text, urlPattern, link)
	}
	return nil
}

const maxFound = 200

var (
	numberPattern = regexp.MustCompile(`[-+]?\d[\d,.]*`)
	phonePattern  = regexp.MustCompile(`(?:\+\d{1,3}[ .-]?)?(?:\(\d{1,4}\)[ .-]?)?\d{1,4}(?:[ .-]\d{2,4}){0,4}`)
	emailPattern  = regexp.MustCompile(`[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+`)
	urlPattern    = regexp.MustCompile(`https?://[^\s<>"'）」』，。；]+`)
)

func matches(text string, p *regexp.Regexp, read func(string) (any, bool)) []found {
	var all []found
	for _, m := range p.FindAllStringIndex(text, 5*maxFound) {
		if v, ok := read(text[m[0]:m[1]]); ok {
			all = append(all, found{v, m[0], m[1]})
		}
		if len(all) == maxFound {
			break
		}
	}
	return all
}

func phone(s string) (any, bool) {
	digits := strings.Map(func(c rune) rune {
		if c >= '0' && c <= '9' {
			return c
		}
		return -1
	}, s)
	plain := digits == s
	if len(digits) < 8 || len(digits) > 15 || plain && s[0] != '0' || strings.HasPrefix(s, "20") && len(digits) == 8 {
		return nil, false
	}
	return strings.TrimSpace(s), true
}

func link(s string) (any, bool) {
	s = strings.TrimRight(s, ".,;:!?)]}")
	u, err := url.Parse(s)
	return s, err == nil && u.Host != "" && len(s) <= 2000
}

// nowhen is a year that no mail speaks of: dates near it were only completed from it.
const nowhen = 1902

func (r Reader) dates(text string) []found {
	now := r.Now
	if now.IsZero() {
		now = time.Date(nowhen, 7, 1, 0, 0, 0, 0, time.UTC) // only dates that say their year mean something then
	}
	var all []found
	for _, f := range when.Find(text, now, when.Future) {
		absolute := f.Since.Year() > nowhen+1
		if f.Until.Sub(f.Since) <= 26*time.Hour && (!r.Now.IsZero() || absolute) {
			all = append(all, found{f.Since, f.Start, f.End})
		}
		if len(all) == maxFound {
			break
		}
	}
	return all
}

// cues are words that announce what a field is about, beside those of its own name and description.
var cues = []struct{ about, near string }{
	{"due deadline pay until 到期 期限 截止 繳 付款", "due deadline before until latest pay by 到期 期限 截止 前 繳費 付款"},
	{"start begin meeting event appointment when 開始 會議 活動 時間", "start begin on at meeting 開始 時間 於"},
	{"end finish 結束", "end until finish 結束"},
	{"total amount price cost sum 總 金額 價格 費用", "total sum amount due balance pay 總計 合計 總額 應付 金額 共計 總金額"},
	{"tax vat 稅", "tax vat 稅"},
	{"number order invoice 編號 號碼 訂單", "no number order invoice # 編號 號碼 訂單 單號"},
	{"phone call tel mobile 電話 手機", "tel phone call mobile 電話 手機 聯絡"},
}

// choose takes the candidate whose surroundings speak most for the field; the first one where nothing does. Of amounts that
// nothing tells apart it takes the largest, which on a bill is the sum.
func choose(text string, all []found, f Field) any {
	if len(all) == 0 {
		return nil
	}
	want := wanted(f)
	best, bestScore := 0, -1.0
	for i, c := range all {
		score := nearness(text, c, want)
		if m, ok := c.value.(Money); ok && score == bestScore && m.Amount > all[best].value.(Money).Amount {
			best = i
		}
		if score > bestScore {
			best, bestScore = i, score
		}
	}
	return all[best].value
}

// wanted are the words to look for around a field's value.
func wanted(f Field) []string {
	about := strings.ToLower(f.Name + " " + f.About)
	var want []string
	for t := range termsOf(about) {
		want = append(want, t)
	}
	for _, c := range cues {
		for w := range strings.FieldsSeq(c.about) {
			if strings.Contains(about, w) {
				want = append(want, strings.Fields(c.near)...)
				break
			}
		}
	}
	return want
}

// nearness counts the wanted words in the line before a value, and less in that behind it; nearer ones count for more.
func nearness(text string, c found, want []string) float64 {
	before := text[max(0, c.start-80):c.start]
	if i := strings.LastIndexAny(before, "\n。！？"); i >= 0 {
		before = before[i+1:]
	}
	after := text[c.end:min(len(text), c.end+50)]
	if i := strings.IndexAny(after, "\n。！？"); i >= 0 {
		after = after[:i]
	}
	before, after = strings.ToLower(before), strings.ToLower(after)
	score := 0.0
	for _, w := range want {
		if i := lastWord(before, w); i >= 0 {
			score += 2 - float64(len(before)-i)/80
		} else if strings.Contains(after, w) {
			score += 0.7
		}
	}
	return math.Round(score*1e6) / 1e6
}

// lastWord finds the last place where a word begins; the total of subtotal is not one.
func lastWord(text, word string) int {
	for {
		i := strings.LastIndex(text, word)
		if i <= 0 || !isLetter(text[i-1]) || !isLetter(word[0]) {
			return i
		}
		text = text[:i]
	}
}

func isLetter(b byte) bool { return b >= 'a' && b <= 'z' }

// passage is the sentence that is most about the field; nil where none is.
func passage(text string, f Field) any {
	want := termsOf(f.Name + " " + f.About)
	best, bestScore := "", 0
	for _, s := range sentences(own(text)) {
		score := 0
		for t := range want {
			if s.terms[t] {
				score++
			}
		}
		if score > bestScore {
			best, bestScore = s.text, score
		}
	}
	if bestScore == 0 {
		return nil
	}
	return best
}

var denial = regexp.MustCompile(`(?i)\b(not|no|never|none|without|cancelled|canceled|isn't|won't|can't|cannot|don't|doesn't)\b|不|沒|無法|未|取消`)

// yesOrNo says true where a sentence has most of what the field is about, false where that sentence denies it, and nil where
// no sentence speaks of it.
func yesOrNo(text string, f Field) any {
	want := termsOf(f.About)
	if len(want) == 0 {
		want = termsOf(f.Name)
	}
	for _, s := range sentences(own(text)) {
		have := 0
		for t := range want {
			if s.terms[t] {
				have++
			}
		}
		if have > 0 && 2*have > len(want) {
			return !denial.MatchString(s.text)
		}
	}
	return nil
}

// amount reads 1,200 and 1.200,50 and 45.00.
func amount(s string) (float64, bool) {
	s = strings.TrimRight(strings.TrimSpace(s), ".,")
	last := strings.LastIndexAny(s, ".,")
	decimals := last >= 0 && len(s)-last-1 <= 2
	var b strings.Builder
	for i, c := range s {
		switch {
		case unicode.IsDigit(c) || i == 0 && c == '-':
			b.WriteRune(c)
		case i == last && decimals:
			b.WriteByte('.')
		}
	}
	f, err := strconv.ParseFloat(b.String(), 64)
	return f, err == nil && !math.IsInf(f, 0)
}
