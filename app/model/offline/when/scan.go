package when

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// scan is a text folded rune by rune (case, full width, quotes), with the way back to the bytes it came from.
type scan struct {
	r    []rune
	off  []int // off[i] is the byte where rune i began; off[len(r)] is the text's length
	now  time.Time
	lean Lean
}

func newScan(text string, now time.Time, lean Lean) *scan {
	s := &scan{now: now, lean: lean, r: make([]rune, 0, len(text)), off: make([]int, 0, len(text)+1)}
	for i, c := range text {
		s.r = append(s.r, Fold(c))
		s.off = append(s.off, i)
	}
	s.off = append(s.off, len(text))
	return s
}

// Fold is a rune's plain form: lower case, half width, straight quotes, and a space for anything that looks like one.
func Fold(c rune) rune {
	switch {
	case c < utf8.RuneSelf:
		if c >= 'A' && c <= 'Z' {
			return c + 'a' - 'A'
		}
		if c == '\t' || c == '\n' || c == '\r' {
			return ' '
		}
		return c
	case c >= 0xFF01 && c <= 0xFF5E:
		return Fold(c - 0xFEE0)
	case c == '’' || c == '‘' || c == 'ʼ':
		return '\''
	case c == '–' || c == '—' || c == '‑' || c == '−':
		return '-'
	case unicode.IsSpace(c):
		return ' '
	}
	return unicode.ToLower(c)
}

// Han reports whether a rune is written in Chinese characters.
func Han(c rune) bool { return c >= 0x2E80 && unicode.Is(unicode.Han, c) }

func latin(c rune) bool {
	return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c >= 0x80 && unicode.IsLetter(c) && !Han(c)
}

// starts are the characters that an expression can begin with: those of the words below, and digits.
const (
	startsLatin = "abcdefijlmnopqrstuwy"
	startsHan   = "今昨前明後大這本上下最過近去週周星禮民從自一二三四五六七八九十廿卅兩〇零凌早中晚傍幾未半當"
)

func (s *scan) mayStart(i int) bool {
	if i >= len(s.r) {
		return false
	}
	c := s.r[i]
	if c >= '0' && c <= '9' || c < utf8.RuneSelf && strings.ContainsRune(startsLatin, c) {
		return i == 0 || !latin(s.r[i-1]) && !(s.r[i-1] == '.' && i > 1 && latin(s.r[i-2])) && !strings.ContainsRune("@_#$€£", s.r[i-1])
	}
	return Han(c) && strings.ContainsRune(startsHan, c)
}

func (s *scan) skipWord(i int) int {
	if !latin(s.r[i]) {
		return i + 1
	}
	for i < len(s.r) && latin(s.r[i]) {
		i++
	}
	return i
}

// sp skips spaces, at most a handful: what stands far apart does not belong together.
func (s *scan) sp(i int) int {
	for n := 0; i < len(s.r) && s.r[i] == ' ' && n < 4; n++ {
		i++
	}
	return i
}

// lit matches one literal, which must end where a word ends. It gives -1 where there is no match.
func (s *scan) lit(i int, word string) int {
	if i < 0 {
		return -1
	}
	var last rune
	for _, c := range word {
		if i >= len(s.r) || s.r[i] != c {
			return -1
		}
		last = c
		i++
	}
	if latin(last) && i < len(s.r) && latin(s.r[i]) {
		return -1
	}
	return i
}

// words matches literals with spaces between.
func (s *scan) words(i int, words ...string) int {
	for n, w := range words {
		if n > 0 {
			i = s.sp(i)
		}
		if i = s.lit(i, w); i < 0 {
			return -1
		}
	}
	return i
}

// oneOf matches the first of the literals that fits, and gives its index.
func (s *scan) oneOf(i int, words ...string) (int, int) {
	for n, w := range words {
		if end := s.lit(i, w); end >= 0 {
			return n, end
		}
	}
	return -1, -1
}

// maybe skips one of the literals where it stands, and the spaces after it.
func (s *scan) maybe(i int, words ...string) int {
	if i < 0 {
		return -1
	}
	if _, end := s.oneOf(i, words...); end >= 0 {
		return s.sp(end)
	}
	return i
}

// digits reads 1 to most decimal digits; more of them are no match.
func (s *scan) digits(i, most int) (n, end int) {
	if i < 0 {
		return 0, -1
	}
	start := i
	for i < len(s.r) && s.r[i] >= '0' && s.r[i] <= '9' {
		if i-start == most {
			return 0, -1
		}
		n = n*10 + int(s.r[i]-'0')
		i++
	}
	if i == start {
		return 0, -1
	}
	return n, i
}

var englishNumbers = []string{"a couple of", "couple of", "a few", "few", "an", "a", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "fourteen", "twenty", "thirty"}

var englishValues = []int{2, 2, 3, 3, 1, 1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 20, 30}

// count reads a number in digits or English words.
func (s *scan) count(i int) (n, end int) {
	if n, end = s.digits(i, 3); end >= 0 {
		return n, end
	}
	if k, end := s.oneOf(i, englishNumbers...); end >= 0 {
		return englishValues[k], end
	}
	return 0, -1
}

const hanDigits = "〇一二三四五六七八九"

// hanCount reads a number up to 9999 in digits or Chinese numerals: 3, 三, 兩, 十一, 二十, 廿, 二〇二六.
func (s *scan) hanCount(i int) (n, end int) {
	if n, end = s.digits(i, 4); end >= 0 {
		return n, end
	}
	start, ones, open := i, 0, false
	for i >= 0 && i < len(s.r) && i-start < 6 {
		c := s.r[i]
		d := hanDigit(c)
		switch {
		case d >= 0 && open: // written digit by digit
			ones = ones*10 + d
		case d >= 0:
			ones, open = d, true
		case c == '十' && n == 0:
			n, ones, open = 10*max(ones, boolInt(!open)), 0, false
		case (c == '廿' || c == '卅') && n == 0 && !open:
			n = map[rune]int{'廿': 20, '卅': 30}[c]
		default:
			return hanEnd(n+ones, start, i)
		}
		i++
	}
	return hanEnd(n+ones, start, i)
}

func hanEnd(n, start, i int) (int, int) {
	if i <= start {
		return 0, -1
	}
	return n, i
}

func hanDigit(c rune) int {
	switch c {
	case '兩':
		return 2
	case '零':
		return 0
	}
	return slices.Index([]rune(hanDigits), c)
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}
