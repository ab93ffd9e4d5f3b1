package approval

import (
	"strings"
	"unicode/utf8"
)

// Fits gives the whole payload as one short text, for a place that has no room to look at it closely: at most so many
// characters, nothing spelt out, no warning, and nothing that could be taken for another field or another's words.
// Otherwise it says no, and the payload is to be looked at as a whole.
func Fits(fields []Field, most int) (string, bool) {
	var b strings.Builder
	for _, f := range fields {
		if len(f.Warnings) > 0 || f.Person != nil && len(f.Person.Warnings) > 0 {
			return "", false
		}
		value, ok := brief(f)
		if !ok {
			return "", false
		}
		if value == "" {
			continue // nobody, nothing
		}
		if strings.ContainsAny(f.Name, ":\n\t"+openSpelt) { // a script chose it
			return "", false
		}
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(f.Name + ": " + value)
		if b.Len() > utf8.UTFMax*max(most, 0) {
			return "", false
		}
	}
	if b.Len() == 0 || utf8.RuneCountInString(b.String()) > most {
		return "", false
	}
	return b.String(), true
}

// brief is a field's value on one line.
func brief(f Field) (string, bool) {
	text, ok := shown(f.Text)
	switch {
	case !ok:
		return "", false
	case f.Person != nil:
		address, ok := shown(f.Person.Address)
		if address == raw(f.Text) {
			return address, ok
		}
		return text + " <" + address + ">", ok
	case f.Item != nil && text == "":
		return Visible(f.Item.Kind + " " + f.Item.ID), true
	}
	return text, true
}

// lineEnd stands for a line's end where there is room for one line.
const lineEnd = "⏎"

// shown is pieces on one line, if they can be seen as they are.
func shown(pieces []Piece) (string, bool) {
	for _, p := range pieces {
		if p.Spelt != "" || strings.ContainsAny(p.Text, "\t"+lineEnd+openOutside+closeOutside+openSpelt+closeSpelt) {
			return "", false
		}
	}
	return strings.ReplaceAll(Marked(pieces), "\n", " "+lineEnd+" "), true
}
