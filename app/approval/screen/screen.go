// Package screen writes what a sheet shows as lines of plain text: each value whole, what others wrote between ‹ and ›,
// what nobody would see between ⟦ and ⟧, and nothing in any of it that a terminal would obey. A line of a value begins
// with a bar, so that no value can imitate what stands around it.
package screen

import (
	"fmt"
	"slices"
	"strings"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/approval"
)

// What stands before the lines of a value.
const (
	bar     = "    │ "
	wrapped = "    ┆ " // the line before goes on
	inner   = len("    │ ") - len("│") + 1
)

// minWidth is what a terminal is taken for that says less, or nothing.
const minWidth = 40

// Fields is the fields of a row. No line is wider than width columns, but where a single word needs more; 0 is no limit.
func Fields(fields []approval.Field, width int) []string {
	var lines []string
	for _, f := range fields {
		lines = append(lines, field(f, width)...)
	}
	return lines
}

func field(f approval.Field, width int) []string {
	head := "  " + approval.Visible(f.Path)
	if from := sources[f.Source]; from != "" {
		head += " (" + from + ")"
	}
	var lines []string
	switch {
	case f.Person != nil:
		lines = person(head, f, width)
	case f.Item != nil:
		named := " (" + f.Item.Kind + " " + f.Item.ID + ")"
		if len(f.Text) == 0 {
			named = f.Item.Kind + " " + f.Item.ID
		}
		lines = beside(head, append(slices.Clone(f.Text), approval.Pieces(agents.Plain(named))...), width)
	case len(f.Text) == 0:
		lines = []string{head + ": (nothing)"}
	default:
		lines = beside(head, f.Text, width)
	}
	if origins := originsOf(f.Text); len(origins) > 0 {
		lines = append(lines, wrap("    from "+approval.Visible(strings.Join(origins, ", ")), width)...)
	}
	for _, w := range f.Warnings {
		lines = append(lines, warning(w, width)...)
	}
	return lines
}

// sources are the words for where a control came from.
var sources = map[agents.Source]string{
	agents.SourceHost: "", agents.SourceTyped: "you typed it", agents.SourceListed: "one of a few choices", agents.SourceScript: "the script's own", agents.SourceContent: "from outside",
}

// beside puts a value of one line beside its name, and any other below it.
func beside(head string, pieces []approval.Piece, width int) []string {
	value := broken(pieces, room(width))
	lines := strings.Count(text(pieces), "\n") + 1
	if len(value) == 1 && (width <= 0 || Columns(head)+2+Columns(value[0].text) <= max(width, minWidth)) {
		return []string{head + ": " + value[0].text}
	}
	if lines > 1 {
		head = fmt.Sprintf("%s: %d lines", head, lines)
	} else {
		head += ":"
	}
	all := []string{head}
	for _, l := range value {
		if l.goesOn {
			all = append(all, wrapped+l.text)
		} else {
			all = append(all, bar+l.text)
		}
	}
	return all
}

func person(head string, f approval.Field, width int) []string {
	p := f.Person
	pieces := slices.Clone(f.Text)
	if text(f.Text) != text(p.Address) {
		if len(pieces) > 0 {
			pieces = append(pieces, approval.Piece{Text: " "})
		}
		pieces = append(append(append(pieces, approval.Piece{Text: "<"}), p.Address...), approval.Piece{Text: ">"})
	}
	if p.Me {
		head += ", you"
	}
	lines := beside(head, pieces, width)
	for _, w := range p.Warnings {
		lines = append(lines, warning(w, width)...)
	}
	return lines
}

func warning(w approval.Warning, width int) []string {
	return wrap("    ! "+approval.Visible(w.Text), width)
}

// Question is one that a script asks the user, with its choices counted from 1.
func Question(q approval.Question, width int) []string {
	lines := beside("  it asks", q.Text, width)
	for i, c := range q.Choices {
		lines = append(lines, beside(fmt.Sprintf("  %3d", i+1), c, width)...)
	}
	switch {
	case len(q.Choices) == 0:
		lines = append(lines, "  (answer in your own words)")
	case q.Many:
		lines = append(lines, "  (choose one or several)")
	default:
		lines = append(lines, "  (choose one)")
	}
	if origins := originsOf(append(slices.Clone(q.Text), slices.Concat(q.Choices...)...)); len(origins) > 0 {
		lines = append(lines, wrap("    from "+approval.Visible(strings.Join(origins, ", ")), width)...)
	}
	return lines
}

func text(pieces []approval.Piece) string {
	var b strings.Builder
	for _, p := range pieces {
		b.WriteString(p.Text)
	}
	return b.String()
}

// originsOf is where the parts that others wrote came from, each once.
func originsOf(pieces []approval.Piece) []string {
	var all []string
	for _, p := range pieces {
		for _, o := range p.Origins {
			if p.Outside && !slices.Contains(all, o) {
				all = append(all, o)
			}
		}
	}
	slices.Sort(all)
	return all
}

// room is how wide a line of a value may be.
func room(width int) int {
	if width <= 0 {
		return 0
	}
	return max(width, minWidth) - inner
}

// wrap breaks words of ours where the terminal ends.
func wrap(words string, width int) []string {
	if width <= 0 {
		return []string{words}
	}
	indent := words[:len(words)-len(strings.TrimLeft(words, " "))] + "  "
	lines := []string{}
	current := ""
	for i, w := range strings.Split(words, " ") {
		switch {
		case i == 0:
			current = w
		case strings.TrimSpace(current) != "" && Columns(current)+1+Columns(w) > max(width, minWidth):
			lines = append(lines, current)
			current = indent + w
		default:
			current += " " + w
		}
	}
	return append(lines, current)
}
