package reports

import (
	"time"

	"github.com/stewardhq/steward/agents"
)

// ReportContent is what a script gives to report.create.
type ReportContent struct {
	Title    agents.Text     `json:"title"`
	Summary  agents.Text     `json:"summary,omitempty"`
	Lang     string          `json:"lang,omitempty" enum:"en|zh-Hant" doc:"of its own words"`
	Sections []ReportSection `json:"sections"`
}

// ReportSection is a heading with items under it.
type ReportSection struct {
	Title agents.Text  `json:"title"`
	Note  agents.Text  `json:"note,omitempty"`
	Items []ReportItem `json:"items"`
}

// ReportItem is one line of a section.
type ReportItem struct {
	Text   agents.Text `json:"text"`
	Detail agents.Text `json:"detail,omitempty" doc:"smaller, under the text"`
	About  *agents.Ref `json:"about,omitempty" doc:"the mail that it is about"`
	When   *time.Time  `json:"when,omitempty" doc:"a date beside it"`
	Tag    string      `json:"tag,omitempty" doc:"such as \"due\""`
}

// Report is a finished report as a script sees it.
type Report struct {
	ID    string      `json:"id"`
	Title agents.Text `json:"title"`
	Text  agents.Text `json:"text" doc:"all of it"`
}

// ObjectRef makes a Report an [agents.Object].
func (r Report) ObjectRef() agents.Ref { return agents.Ref{Kind: "report", ID: r.ID, Title: r.Title} }

// texts are all texts of the content.
func (c ReportContent) texts() []agents.Text {
	all := []agents.Text{c.Title, c.Summary}
	for _, s := range c.Sections {
		all = append(all, s.Title, s.Note)
		for _, i := range s.Items {
			all = append(all, i.texts()...)
		}
	}
	return all
}

func (i ReportItem) texts() []agents.Text {
	all := []agents.Text{i.Text, i.Detail}
	if i.About != nil {
		all = append(all, i.About.Title)
	}
	return all
}
