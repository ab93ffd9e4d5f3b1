package reports

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// The marks around what others wrote. clean takes them, and what looks like them, out of every content.
const (
	opening = '‹'
	closing = '›'
	broken  = '\uFFFD' // stands for what must not be shown
)

// lookalikes could be taken for the marks.
var lookalikes = map[rune]rune{
	'‹': '<', '›': '>', '❮': '<', '❯': '>', '❬': '<', '❭': '>', '❰': '<', '❱': '>', '⟨': '<', '⟩': '>', '\u2329': '<', '\u232A': '>',
	'˂': '<', '˃': '>', 'ᐸ': '<', 'ᐳ': '>', '⧼': '<', '⧽': '>', '𝈶': '<', '𝈷': '>',
}

// maxMarks is how many combining marks in a row are kept: enough for Vietnamese, Thai and pointed Hebrew, too few to
// write over the lines above and below.
const maxMarks = 4

// clean makes a content show what it holds and nothing else: no control character but the line feed, no escape
// sequence, no change of writing direction, nothing invisible, no mark of ours. What could have changed the display
// becomes �, what is merely invisible goes.
func clean(content string) string {
	content = strings.ReplaceAll(content, "\r\n", "\n")
	var b strings.Builder
	b.Grow(len(content))
	marks, last := 0, rune(0)
	for i := 0; i < len(content); {
		r, size := utf8.DecodeRuneInString(content[i:])
		i += size
		r, keep := cleanRune(r)
		if !keep || r == broken && last == broken {
			continue
		}
		if unicode.In(r, unicode.Mn, unicode.Me) {
			// A mark with nothing before it would join the character in front of the content: our opening mark.
			if marks++; marks > maxMarks || last == 0 || last == '\n' {
				continue
			}
		} else {
			marks = 0
		}
		b.WriteRune(r)
		last = r
	}
	return b.String()
}

// cleanRune is what to show for a rune, and whether to show anything.
func cleanRune(r rune) (rune, bool) {
	if plain, is := lookalikes[r]; is {
		return plain, true
	}
	switch {
	case r == '\n' || r >= ' ' && r < 0x7f:
		return r, true
	case r == '\t':
		return ' ', true
	case r == '\r', r == '\v', r == '\f', r == 0x85, r == 0x2028, r == 0x2029:
		return '\n', true
	case r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069:
		return broken, true // these reorder what follows them
	case invisible(r):
		return 0, false
	case unicode.Is(unicode.Zs, r):
		if r == 0x3000 {
			return r, true // an ideographic space is as wide as a character, and visible as such
		}
		return ' ', true
	case unicode.In(r, unicode.Cc, unicode.Co, unicode.Cs, unicode.Noncharacter_Code_Point):
		return broken, true
	case !unicode.IsGraphic(r):
		return broken, true // unassigned as far as this program knows: nobody can say what a viewer makes of it
	}
	return r, true
}

// invisible reports whether a rune takes no room at all, or is blank without being a space.
func invisible(r rune) bool {
	switch {
	case unicode.Is(unicode.Cf, r), unicode.Is(unicode.Variation_Selector, r):
		return true
	case r == 0x034F, r == 0x115F, r == 0x1160, r == 0x17B4, r == 0x17B5, r == 0x2065, r == 0x2800, r == 0x3164, r == 0xFFA0:
		return true // joiners and fillers, and the empty Braille cell
	case unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r), r >= 0xE0000 && r <= 0xE0FFF:
		return true
	}
	return false
}

// cleanLine is clean on a single line.
func cleanLine(content string) string {
	return strings.Join(strings.Fields(clean(content)), " ")
}

// cleanLines is clean without spaces at the ends of lines, without indentation, and with at most one empty line in a row.
func cleanLines(content string) string {
	var lines []string
	for line := range strings.SplitSeq(clean(content), "\n") {
		line = strings.Trim(line, " \u3000")
		if line == "" && (len(lines) == 0 || lines[len(lines)-1] == "") {
			continue
		}
		lines = append(lines, line)
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n")
}
