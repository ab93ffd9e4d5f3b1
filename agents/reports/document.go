package reports

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/stewardhq/steward/agents"
)

// Span is a piece of a text for a page. What others wrote is quoted: a page shows it as a quotation, and as text alone.
type Span struct {
	Text   string `json:"text"`
	Quoted bool   `json:"quoted"`
}

// Document is a report for a page that lays it out itself. Its texts are as clean as in the other forms.
type Document struct {
	Lang     string    `json:"lang"`
	Title    []Span    `json:"title"`
	Summary  []Span    `json:"summary"`
	Sections []Section `json:"sections"`
}

// Section is a heading with items under it.
type Section struct {
	Title []Span `json:"title"`
	Note  []Span `json:"note,omitempty"`
	Items []Item `json:"items"`
}

// Item is one line of a section.
type Item struct {
	Text   []Span     `json:"text"`
	Detail []Span     `json:"detail,omitempty"`
	When   *time.Time `json:"when,omitempty"` // in the user's time zone; midnight is shown as the day alone
	Tag    []Span     `json:"tag,omitempty"`
	Mail   string     `json:"mail,omitempty"` // the mail that it is about
}

// Spans is a text for a page, on as many lines as it has. Like the other forms it holds nothing that is invisible or
// changes how its neighbours are shown.
func Spans(t agents.Text) []Span { return spans(t, cleanLines) }

// SpansLine is [Spans] on one line.
func SpansLine(t agents.Text) []Span { return spans(t, cleanLine) }

func spans(t agents.Text, tidy func(string) string) []Span {
	all := []Span{}
	for _, s := range merged(t) {
		if s.Label.Outside() {
			if content := tidy(s.Content); content != "" {
				all = append(all, Span{content, true})
			}
		} else if content := clean(s.Content); content != "" { // its spaces at the ends part it from its neighbours
			all = append(all, Span{content, false})
		}
	}
	if len(all) == 1 && strings.TrimSpace(all[0].Text) == "" {
		return all[:0]
	}
	return all
}

// kept is a report's content as it is stored beside its forms, with its times in the user's zone.
func (e edition) kept() (json.RawMessage, error) {
	c := e.ReportContent
	c.Lang = e.words.lang
	c.Sections = make([]ReportSection, len(e.Sections))
	for n, s := range e.Sections {
		c.Sections[n] = ReportSection{Title: s.Title, Note: s.Note, Items: make([]ReportItem, len(s.Items))}
		for m, i := range s.Items {
			if i.When != nil {
				when := i.When.In(e.zone)
				i.When = &when
			}
			c.Sections[n].Items[m] = i
		}
	}
	raw, err := json.Marshal(c)
	if err != nil {
		return nil, fmt.Errorf("write the report's content: %w", err)
	}
	return raw, nil
}

// DocumentOf gives a report's document; nil for one that was made before its content was kept.
func DocumentOf(r agents.Report) (*Document, error) {
	if len(r.Content) == 0 {
		return nil, nil
	}
	var c ReportContent
	if err := json.Unmarshal(r.Content, &c); err != nil {
		return nil, &agents.Error{Code: agents.CodeDamaged, Message: "the report's content cannot be read", Hint: "its text is still there: export it", Err: err}
	}
	d := &Document{Lang: c.Lang, Title: SpansLine(c.Title), Summary: Spans(c.Summary), Sections: make([]Section, len(c.Sections))}
	for n, s := range c.Sections {
		section := Section{Title: SpansLine(s.Title), Note: Spans(s.Note), Items: make([]Item, len(s.Items))}
		for m, i := range s.Items {
			item := Item{Text: SpansLine(i.Text), Detail: Spans(i.Detail), When: i.When}
			if tag := cleanLine(i.Tag); tag != "" {
				item.Tag = []Span{{Text: tag}}
			}
			if i.About != nil && i.About.Kind == "mail" {
				item.Mail = i.About.ID
			}
			section.Items[m] = item
		}
		d.Sections[n] = section
	}
	return d, nil
}
