package approval

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/stewardhq/steward/agents"
)

// addressPieces is an address with every letter spelt out that nobody would tell from one of ASCII.
func addressPieces(address string) []Piece {
	pieces := []Piece{}
	strange := strangeLetters(address)
	for _, p := range Pieces(agents.Plain(address)) {
		if p.Spelt != "" {
			pieces = append(pieces, p)
			continue
		}
		from := 0
		for i, r := range p.Text {
			if !strange[r] {
				continue
			}
			if i > from {
				pieces = append(pieces, Piece{Text: p.Text[from:i]})
			}
			from = i + len(string(r))
			pieces = append(pieces, Piece{Text: p.Text[i:from], Spelt: nameOf(r)})
		}
		if from < len(p.Text) {
			pieces = append(pieces, Piece{Text: p.Text[from:]})
		}
	}
	return pieces
}

// Seen reports whether a piece is drawn as something: it is not spelt out, or for its being taken for another letter only.
func (p Piece) Seen() bool {
	r, size := utf8.DecodeRuneInString(p.Text)
	return p.Spelt == "" || size == len(p.Text) && r > 0x7f && !unseen(r) && (folds(r) || looksPlain(r))
}

// disguised says of an address which letter in it is one that nobody would tell from one of ASCII.
func disguised(address string) (text string, found bool) {
	strange := strangeLetters(address)
	for _, r := range address {
		if strange[r] {
			return fmt.Sprintf("%q has %s where a plain letter is expected", Visible(address), nameOf(r)), true
		}
	}
	return "", false
}

// strangeLetters are the letters of an address that pass for plain ones. One that folding makes a plain one, such as the
// Kelvin sign, and one that no language spells with, always does. One of another script does beside plain letters, or where
// the whole part could be read as plain ones; in a word of its own script it is at home.
func strangeLetters(address string) map[rune]bool {
	if isASCII(address) {
		return nil
	}
	strange := map[rune]bool{}
	parts := strings.FieldsFunc(address, func(r rune) bool { return r == '@' || r == '.' })
	for i, part := range parts {
		plain := strings.ContainsFunc(part, func(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' })
		passes := latinOnly(part) && isASCII(parts[len(parts)-1]) && i < len(parts)-1
		for _, r := range part {
			if r > 0x7f && (folds(r) || looksPlain(r) && (plain || passes || unicode.Is(unicode.Latin, r))) {
				strange[r] = true
			}
		}
	}
	return strange
}

// folds reports whether some way of comparing letters makes a letter a plain one.
func folds(r rune) bool {
	if isASCII(norm.NFKC.String(string(r))) {
		return true
	}
	for other := unicode.SimpleFold(r); other != r; other = unicode.SimpleFold(other) {
		if other <= 0x7f {
			return true
		}
	}
	return unicode.ToLower(r) <= 0x7f
}

// looksPlain reports whether a letter is taken for a plain one. The letters with which the languages of Europe are written
// are not meant: who has an ø in an address sees an ø.
func looksPlain(r rune) bool {
	latin, known := confusable[r]
	return known && latin != "" && (r < 'À' || r >= 'ſ' || r == 'ı')
}
