package approval

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/unicode/runenames"
	"golang.org/x/text/width"
)

// class is what a part of a text is to somebody who looks at it.
type class int

const (
	seen       class = iota
	unseenRune       // one character that nobody sees, once or several times
	tagRun           // tag characters, which spell a hidden text
	blankLines       // so many that what follows is out of sight
	blankRun         // spaces and tabs, likewise
	noText           // bytes that are no character
)

// From how many on, and how many marks one letter may carry.
const (
	manyLines  = 6
	manySpaces = 40
	tabWidth   = 8
	mostMarks  = 8
)

// segment is a part of a text, up to end.
type segment struct {
	end  int
	what class
}

// segments cuts a text into what is seen and what is not; together they are the whole text.
func segments(text string) []segment {
	var all []segment
	add := func(end int, what class) {
		if n := len(all); n > 0 && what == seen && all[n-1].what == seen {
			all[n-1].end = end
			return
		}
		all = append(all, segment{end, what})
	}
	marks, lineStart := 0, true
	var before rune // the character before, 0 where there is none
	for i := 0; i < len(text); {
		if n := blank(text[i:], lineStart); n.length > 0 {
			add(i+n.length, n.what)
			before, lineStart, marks = ' ', n.what == blankLines, 0
			i += n.length
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		if r == utf8.RuneError && size == 1 {
			n := 1
			for i+n < len(text) && broken(text[i+n:]) {
				n++
			}
			add(i+n, noText)
			before, lineStart, marks = 0, false, 0
			i += n
			continue
		}
		if unicode.Is(unicode.M, r) {
			marks++
		} else {
			marks = 0
		}
		what := seen
		if hidden(r, before, text[i+size:], marks) {
			what = unseenRune
			if isTag(r) {
				what = tagRun
			}
			for { // the same again, or more tags
				next, more := utf8.DecodeRuneInString(text[i+size:])
				if more == 0 || next != r && !(what == tagRun && isTag(next)) {
					break
				}
				size += more
			}
		}
		add(i+size, what)
		i += size
		if before, lineStart = r, r == '\n'; what != seen {
			before = 0
		}
	}
	return all
}

func broken(text string) bool {
	r, size := utf8.DecodeRuneInString(text)
	return r == utf8.RuneError && size == 1
}

type run struct {
	length int
	what   class
}

// blank measures a run that pushes what follows out of sight.
func blank(text string, lineStart bool) run {
	if text[0] != ' ' && text[0] != '\t' && text[0] != '\n' && !strings.HasPrefix(text, wide) {
		return run{}
	}
	if lineStart {
		if end, lines := blankLinesIn(text); lines >= manyLines {
			return run{end, blankLines}
		}
	}
	columns, n := 0, 0
measure:
	for n < len(text) {
		switch {
		case text[n] == ' ':
			columns, n = columns+1, n+1
		case text[n] == '\t':
			columns, n = columns+tabWidth, n+1
		case strings.HasPrefix(text[n:], wide):
			columns, n = columns+2, n+len(wide)
		default:
			break measure
		}
	}
	if columns >= manySpaces {
		return run{n, blankRun}
	}
	return run{}
}

// blankLinesIn counts the lines at a text's beginning that hold nothing but spaces, and says where the last one ends.
func blankLinesIn(text string) (end, lines int) {
	for i := range len(text) {
		switch text[i] {
		case '\n':
			end, lines = i+1, lines+1
		case ' ', '\t':
		default:
			return end, lines
		}
	}
	return end, lines
}

// hidden reports whether nobody would see a character where it stands.
func hidden(r, before rune, after string, marks int) bool {
	if r < 0x7f {
		return r < ' ' && r != '\n' && r != '\t'
	}
	next, _ := utf8.DecodeRuneInString(after)
	switch {
	case r == zwj && isEmoji(before, true) && next > 0x7f && isEmoji(next, false):
		return false
	case (r == zwj || r == zwnj) && joins(r, before, next):
		return false
	case r == vs15 || r == vs16:
		return !isEmoji(before, false)
	case r == wideSpace: // two of them begin a Chinese paragraph
		next, _ = utf8.DecodeRuneInString(strings.TrimLeft(after, wide))
		return before != wideSpace && !isWide(before) && !isWide(next)
	case unicode.Is(unicode.M, r):
		return unseen(r) || marks > mostMarks || before == 0 || unicode.IsSpace(before)
	}
	return unseen(r)
}

const (
	zwnj, zwj  = '\u200c', '\u200d'
	vs15, vs16 = '\ufe0e', '\ufe0f'
	wideSpace  = '\u3000'
	wide       = string(wideSpace)
)

// blanks are characters that are drawn as nothing although Unicode counts them as letters or signs.
var blanks = []rune{'\u115f', '\u1160', '\u17b4', '\u17b5', '\u2800', '\u3164', '\uffa0', '\U0001d159'}

// unseen reports whether a character is one that nobody sees, or that is not what it seems, wherever it stands.
func unseen(r rune) bool {
	switch {
	case r == '\n' || r == '\t' || r >= ' ' && r < 0x7f:
		return false
	case unicode.Is(unicode.Prepended_Concatenation_Mark, r): // they are drawn
		return false
	case unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r), unicode.Is(unicode.Variation_Selector, r), slices.Contains(blanks, r):
		return true
	case unicode.IsOneOf([]*unicode.RangeTable{unicode.L, unicode.M, unicode.N, unicode.P, unicode.S}, r):
		return false
	}
	return true // controls, formats, separators, private use, surrogates, and what is assigned to nothing
}

func isTag(r rune) bool { return r >= 0xe0000 && r <= 0xe007f }

// isEmoji reports whether a character can be a part of an emoji; after also of the parts that follow another.
func isEmoji(r rune, after bool) bool {
	switch {
	case r == vs16 || r >= 0x1f3fb && r <= 0x1f3ff:
		return after
	case r == '#' || r == '*' || r >= '0' && r <= '9':
		return !after // a keycap
	}
	return r >= 0x1f000 && r <= 0x1faff && !unseen(r) || r >= 0x2190 && r <= 0x2bff && unicode.Is(unicode.S, r) && r != '\u2800' ||
		r == '\u00a9' || r == '\u00ae' || r == '\u203c' || r == '\u2049' || r == '\u2122' || r == '\u2139' || r == '\u3030' || r == '\u303d' || r == '\u3297' || r == '\u3299'
}

// joins reports whether a joiner decides how its neighbours are drawn: after a virama within one script of India, or
// between Arabic letters.
func joins(r, before, next rune) bool {
	if before == 0 || next == 0 || !unicode.IsLetter(next) {
		return false
	}
	if r == zwnj && unicode.Is(unicode.Arabic, before) && unicode.Is(unicode.Arabic, next) {
		return unicode.IsLetter(before)
	}
	const virama = 9
	if norm.NFC.PropertiesString(string(before)).CCC() != virama {
		return false
	}
	return script(before) != "" && script(before) == script(next)
}

// script is the writing system that a character belongs to; "" for none, or several.
func script(r rune) string {
	for _, name := range scripts {
		if unicode.Is(unicode.Scripts[name], r) {
			return name
		}
	}
	return ""
}

// scripts are the writing systems of Unicode but for what all share, the common ones first.
var scripts = func() []string {
	names := []string{"Latin", "Han", "Cyrillic", "Greek", "Arabic", "Hiragana", "Katakana", "Hangul"}
	var rest []string
	for name := range unicode.Scripts {
		if name != "Common" && name != "Inherited" && !slices.Contains(names, name) {
			rest = append(rest, name)
		}
	}
	slices.Sort(rest)
	return append(names, rest...)
}()

func isWide(r rune) bool {
	k := width.LookupRune(r).Kind()
	return r != wideSpace && (k == width.EastAsianWide || k == width.EastAsianFullwidth)
}

// describe says in words what nobody would see.
func describe(content string, what class) string {
	switch what { //nolint:exhaustive // the others have names of their own
	case blankLines, blankRun:
		return describeBlanks(content)
	case noText:
		if len(content) == 1 {
			return fmt.Sprintf("the byte % X, which is no text", content)
		}
		return fmt.Sprintf("the bytes % X, which are no text", content)
	case tagRun:
		return describeTags(content)
	}
	r, _ := utf8.DecodeRuneInString(content)
	if n := utf8.RuneCountInString(content); n > 1 {
		return fmt.Sprintf("%s, %d times", nameOf(r), n)
	}
	return nameOf(r)
}

func describeBlanks(content string) string {
	if lines := strings.Count(content, "\n"); lines > 0 {
		return count(lines, "blank line")
	}
	var parts []string
	for _, b := range []struct{ char, name string }{{" ", "space"}, {"\t", "tab"}, {wide, "wide space"}} {
		if n := strings.Count(content, b.char); n > 0 {
			parts = append(parts, count(n, b.name))
		}
	}
	return strings.Join(parts, " and ")
}

func count(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}

// describeTags reads the hidden text that tag characters spell.
func describeTags(content string) string {
	var hidden strings.Builder
	for _, r := range content {
		if letter := r - 0xe0000; letter >= ' ' && letter < 0x7f {
			hidden.WriteRune(letter)
		} else {
			fmt.Fprintf(&hidden, "(%U)", r)
		}
	}
	first, size := utf8.DecodeRuneInString(content)
	if size == len(content) {
		return nameOf(first)
	}
	return fmt.Sprintf("%d tag characters from %U on, which spell %q", utf8.RuneCountInString(content), first, hidden.String())
}

// controls are the names of the control characters that people speak of; Unicode has none for them.
var controls = map[rune]string{
	0: "NULL", 7: "BELL", 8: "BACKSPACE", '\v': "LINE TABULATION", '\f': "FORM FEED", '\r': "CARRIAGE RETURN", 0x1b: "ESCAPE", 0x7f: "DELETE",
	0x85: "NEXT LINE", 0x90: "DEVICE CONTROL STRING", 0x9b: "CONTROL SEQUENCE INTRODUCER", 0x9d: "OPERATING SYSTEM COMMAND",
}

// nameOf is how a character is spelt: its number and its name in Unicode.
func nameOf(r rune) string {
	name := runenames.Name(r)
	switch {
	case controls[r] != "":
		name = controls[r]
	case unicode.IsControl(r):
		name = "CONTROL"
	case unicode.Is(unicode.Co, r):
		name = "PRIVATE USE"
	case name == "" || strings.HasPrefix(name, "<"):
		name = "UNASSIGNED"
	}
	return fmt.Sprintf("%U %s", r, name)
}
