package markup

import (
	"strings"
	"unicode/utf8"
)

// Invisible reports whether a character has no look of its own and is used in mail to pad, to split words or to smuggle
// text: zero-width characters, and the tag characters that mirror ASCII. The joiners that scripts and emoji need, and
// the marks of writing direction, are not among them.
func Invisible(r rune) bool {
	switch r {
	case '\u200b', '\u2060', '\ufeff', '\u00ad', '\u034f', '\u061c', '\u180e', '\u2061', '\u2062', '\u2063', '\u2064':
		return true
	}
	return r >= 0xe0000 && r <= 0xe007f
}

// DropInvisible takes the invisible characters out, and counts those that spell something.
func DropInvisible(s string) (visible string, hidden int) {
	plain := true
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			plain = false
			break
		}
	}
	if plain || strings.IndexFunc(s, Invisible) < 0 {
		return s, 0
	}
	visible = strings.Map(func(r rune) rune {
		if !Invisible(r) {
			return r
		}
		if r > 0xe0000 {
			hidden++
		}
		return -1
	}, s)
	return visible, hidden
}
