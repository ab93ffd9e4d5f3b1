package screen

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/approval"
	"github.com/stewardhq/steward/app/engine"
)

// Steps are the steps that a sheet asks to be done.
func Steps(sheet engine.Sheet) []int {
	var all []int
	for _, row := range sheet.Rows {
		if row.Question == nil {
			all = append(all, row.Step)
		}
	}
	return all
}

// Questions are the rows of a sheet that ask the user something.
func Questions(sheet engine.Sheet) []engine.Row {
	return slices.DeleteFunc(slices.Clone(sheet.Rows), func(r engine.Row) bool { return r.Question == nil })
}

// Summary is how much a sheet holds.
func Summary(sheet engine.Sheet) string {
	steps, asks := len(Steps(sheet)), len(Questions(sheet))
	switch {
	case asks == 0:
		return count(steps, "step")
	case steps == 0:
		return count(asks, "question")
	}
	return count(steps, "step") + ", " + count(asks, "question")
}

func count(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}

// Sheet is everything that a run wants to do, to the last byte: what is alike together, with why it is asked, and the
// hashes of what would be done.
func Sheet(sheet engine.Sheet, width int, zone *time.Location) []string {
	var lines []string
	if sheet.Request != "" {
		lines = append(lines, beside("you asked", approval.Pieces(agents.Plain(sheet.Request)), width)...)
	}
	if sheet.Automation != "" {
		lines = append(lines, "automation "+approval.Visible(sheet.Automation))
	}
	var done []string
	for _, first := range sheet.Rows {
		if slices.Contains(done, first.Capability) {
			continue
		}
		done = append(done, first.Capability)
		for _, r := range sheet.Rows {
			if r.Capability == first.Capability {
				lines = append(lines, "")
				lines = append(lines, row(r, width, zone)...)
			}
		}
	}
	lines = append(lines, "")
	if !sheet.Expires.IsZero() {
		lines = append(lines, "it waits until "+Moment(sheet.Expires, zone)+"; then nothing of it is done")
	}
	return append(lines, "sheet "+approval.Visible(sheet.Hash))
}

// Moment is a time as a sheet shows it.
func Moment(t time.Time, zone *time.Location) string { return t.In(zone).Format("2006-01-02 15:04") }

func row(r engine.Row, width int, zone *time.Location) []string {
	if r.Question != nil {
		return append([]string{fmt.Sprintf("step %d: a question", r.Step)}, Question(*r.Question, width)...)
	}
	head := fmt.Sprintf("step %d: %s (%s)", r.Step, approval.Visible(r.Capability), approval.Visible(r.Effect))
	if r.Edited {
		head += ", edited by you"
	}
	lines := []string{head}
	for _, reason := range r.Reasons {
		lines = append(lines, wrap("  because "+oneLine(reason), width)...)
	}
	if lines = append(lines, Fields(r.Fields, width)...); len(r.Fields) == 0 {
		lines = append(lines, "  "+oneLine(string(r.Payload)))
	}
	if r.Offer != nil {
		lines = append(lines, Offer(*r.Offer, width, zone)...)
	}
	return append(lines, "  sha256 "+approval.Visible(r.Hash))
}

// oneLine is words of ours, or a payload, in which nothing can begin a line of its own.
func oneLine(words string) string {
	return strings.NewReplacer("\n", " ", "\t", " ").Replace(approval.Visible(words))
}

// Offer is what may be allowed for later, in all its bounds.
func Offer(o approval.Offer, width int, zone *time.Location) []string {
	g := o.Grant
	parts := []string{"the same automation, with the same script", approval.Visible(g.Capability)}
	for _, n := range g.Names {
		parts = append(parts, "to "+strings.ReplaceAll(approval.Marked(approval.Pieces(n)), "\n", " "))
	}
	for _, h := range g.Hosts {
		parts = append(parts, "at "+oneLine(h))
	}
	if len(g.Origins) > 0 {
		parts = append(parts, "with what comes from "+oneLine(strings.Join(g.Origins, ", ")))
	}
	lines := wrap("  you may allow the same for later: "+strings.Join(parts, "; "), width)
	return append(lines, fmt.Sprintf("    up to %s and %d times: --allow-until, --allow-times", Moment(o.Latest, zone), o.Most))
}

// Next says what can be done with a sheet, as commands.
func Next(sheet engine.Sheet) []string {
	var lines []string
	run := approval.Visible(sheet.Run)
	if len(Steps(sheet)) > 0 {
		lines = append(lines, fmt.Sprintf("To let exactly this be done: steward approvals approve %s --hash %s", run, sheet.Hash))
		if path, step := editable(sheet); path != "" {
			lines = append(lines, fmt.Sprintf("To write a field yourself:   steward approvals edit %s --step %d --field %s", run, step, path))
		}
	}
	for _, q := range Questions(sheet) {
		lines = append(lines, fmt.Sprintf("To answer:                   steward approvals answer %s --step %d %s", run, q.Step, Flag(q)))
	}
	return append(lines, fmt.Sprintf("To say no:                   steward approvals deny %s", run))
}

// editable is the path of a field of a sheet that can be edited, and its step.
func editable(sheet engine.Sheet) (path string, step int) {
	for _, row := range sheet.Rows {
		for _, f := range row.Fields {
			if f.Editable && f.Role == approval.Payload {
				return f.Path, row.Step
			}
		}
	}
	return "", 0
}

// Content is what an edit of a field begins with: its text, or the addresses of a list, one a line. What nobody sees is
// left out of it, so that nobody keeps it without knowing; a letter that passes for another stays, or the address would
// become another one.
func Content(sheet engine.Sheet, step int, path string) string {
	var all []string
	for _, row := range sheet.Rows {
		for _, f := range row.Fields {
			if row.Step != step || f.Path != path && !strings.HasPrefix(f.Path, path+".") {
				continue
			}
			pieces := f.Text
			if f.Person != nil {
				pieces = f.Person.Address
			}
			all = append(all, text(slices.DeleteFunc(slices.Clone(pieces), func(p approval.Piece) bool { return !p.Seen() })))
		}
	}
	return strings.Join(all, "\n")
}
