package reports

import (
	"fmt"
	"strings"
	"time"

	"github.com/stewardhq/steward/agents"
)

// How much of a text the terminal form shows, in columns. The other two forms have all of it.
const (
	textColumns   = 400
	detailColumns = 600
)

// text is the whole report as a text for the terminal. Its spans keep their labels, so that whoever shows it with
// [Terminal] marks what others wrote.
func (e edition) text() agents.Text {
	var p page
	p.add(flat(e.Title, textColumns))
	p.say("\n")
	if !blank(e.Summary) {
		p.add(flat(e.Summary, detailColumns))
		p.say("\n")
	}
	for _, s := range e.Sections {
		p.say("\n")
		p.add(flat(s.Title, textColumns))
		p.say(fmt.Sprintf(" (%d)\n", len(s.Items)))
		if !blank(s.Note) {
			p.say("  ")
			p.add(flat(s.Note, detailColumns))
			p.say("\n")
		}
		for _, i := range s.Items {
			e.item(&p, i)
		}
		if len(s.Items) == 0 {
			p.say("  " + e.words.nothing + "\n")
		}
	}
	p.say("\n")
	p.add(e.footer("\n").Spans)
	p.say("\n")
	return p.Text
}

func (e edition) item(p *page, i ReportItem) {
	p.say("  • ")
	if tag := cleanLine(i.Tag); tag != "" {
		p.say("[" + tag + "] ")
	}
	p.add(flat(i.Text, textColumns))
	if i.When != nil {
		p.say(" — " + e.when(*i.When))
	}
	p.say("\n")
	if !blank(i.Detail) {
		p.say("    ")
		p.add(flat(i.Detail, detailColumns))
		p.say("\n")
	}
	if from := e.words.origins(i); from != "" {
		p.say("    " + from + "\n")
	}
}

func (e edition) when(t time.Time) string { return e.words.when(t.In(e.zone), e.made.In(e.zone)) }

// page is a text that is being written.
type page struct{ agents.Text }

func (p *page) say(words string) { p.Spans = append(p.Spans, agents.Span{Content: words}) }

func (p *page) add(spans []agents.Span) { p.Spans = append(p.Spans, spans...) }

// flat is a text on one line, cleaned, cut, its labels kept.
func flat(t agents.Text, limit int) []agents.Span {
	var parts []agents.Span
	for _, s := range t.Spans {
		if line := onOneLine(s.Content); line != "" {
			parts = append(parts, agents.Span{Content: line, Label: s.Label})
		}
	}
	trimEnds(parts)
	return cut(parts, limit)
}

func blank(t agents.Text) bool { return strings.TrimSpace(clean(t.Raw())) == "" }
