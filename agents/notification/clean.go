package notification

import (
	"regexp"
	"strings"
	"unicode"

	"github.com/stewardhq/steward/agents"
)

const (
	openMark, closeMark = '‹', '›'
	ellipsis            = '…'
	replaced            = '�'
	marksInARow         = 3 // combining marks on one character; more only serve to draw over other lines
)

// escapes are terminal sequences as a whole: without its first byte the rest of one would stand there as text.
var escapes = regexp.MustCompile(`(?:\x1b\[|\x{9b})[0-?]*[ -/]*[@-~]|(?:\x1b[\]PX^_]|[\x{9d}\x{90}\x{98}\x{9e}\x{9f}])[^\x07\x1b\x{9c}]*(?:\x07|\x1b\\|\x{9c})?|\x1b[ -/]*[0-~]?`)

// Clean makes one line of plain text: what came from outside between marks that it cannot imitate, nothing that a
// terminal or a desktop would act on or hide, at most Longest characters, the marks not counted.
func Clean(t agents.Text) string {
	line := chars(t)
	cut := len(line) > Longest
	if cut {
		line = line[:Longest-1]
	}
	var b strings.Builder
	quoting := false
	for _, c := range line {
		if c.outside && !quoting {
			b.WriteRune(openMark)
		} else if !c.outside && quoting {
			b.WriteRune(closeMark)
		}
		quoting = c.outside
		b.WriteRune(c.char)
	}
	if cut {
		b.WriteRune(ellipsis)
	}
	if quoting {
		b.WriteRune(closeMark)
	}
	return b.String()
}

// char is a character and whether it came from outside.
type char struct {
	char    rune
	outside bool
}

// chars is what can be shown of a text, on one line; it stops where more would be cut anyway.
func chars(t agents.Text) []char {
	line := make([]char, 0, Longest+2)
	space, marks := false, 0
	for _, span := range t.Spans {
		outside := span.Label.Outside()
		for _, r := range escapes.ReplaceAllString(strings.ToValidUTF8(span.Content, string(replaced)), "") {
			if unicode.IsSpace(r) {
				space = true
			}
			if !visible(r) {
				continue
			}
			if !unicode.Is(unicode.M, r) {
				marks = 0
			} else if marks++; marks > marksInARow || len(line) == 0 || space {
				continue
			}
			if space && len(line) > 0 { // between the two sorts it belongs to neither, and stands outside the marks
				line = append(line, char{' ', outside && line[len(line)-1].outside})
			}
			space = false
			if line = append(line, char{shown(r, outside), outside}); len(line) > Longest {
				return line
			}
		}
	}
	return line
}

// shown replaces the marks, and what looks like them, in what came from outside.
func shown(r rune, outside bool) rune {
	if outside && strings.ContainsRune("‹›〈〉⟨⟩❬❭❮❯〈〉˂˃", r) {
		return '\''
	}
	return r
}

// visible is false for what shows nothing of its own, turns the direction of the text, or commands a terminal.
func visible(r rune) bool {
	switch {
	case unicode.IsSpace(r), unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs, unicode.Zl, unicode.Zp):
		return false
	case unicode.Is(unicode.Variation_Selector, r), unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r):
		return false
	}
	return r != '\u2800' && r != '\u115f' && r != '\u1160' && r != '\u3164' && r != '\uffa0' // blanks that count as letters
}
