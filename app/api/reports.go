package api

import (
	"context"
	"os"
	"strings"
	"time"
	"unicode"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/agents/reports"
	"github.com/stewardhq/steward/app"
)

// Reports reads what runs wrote.
type Reports struct{ a *app.App }

// ReportList is reports, newest first, without their texts.
type ReportList struct {
	Reports []ReportLine `json:"reports"`
}

// ReportLine is a report in a list.
type ReportLine struct {
	ShownReport
	Run     string         `json:"run"`
	Created time.Time      `json:"created"`
	Spans   []reports.Span `json:"spans"` // the title
}

// List lists the reports of a run, or all.
func (s *Reports) List(ctx context.Context, in RunID) (ReportList, error) {
	made, err := s.a.Store.Reports(ctx, in.ID)
	out := ReportList{Reports: []ReportLine{}}
	for _, r := range made {
		out.Reports = append(out.Reports, ReportLine{showReport(r, false), r.Run, r.Created, reports.SpansLine(r.Title)})
	}
	return out, err
}

// ReportID names a report.
type ReportID struct {
	ID string `json:"id"`
}

// ReportDetail is a report in all its forms.
type ReportDetail struct {
	ID       string            `json:"id"`
	Run      string            `json:"run"`
	Title    []reports.Span    `json:"title"`
	Created  time.Time         `json:"created"`
	Document *reports.Document `json:"document"` // null for a report that was made before its content was kept
	Markdown string            `json:"markdown"`
	HTML     string            `json:"html"`
}

// Show gives a report.
func (s *Reports) Show(ctx context.Context, in ReportID) (ReportDetail, error) {
	r, err := s.a.Store.Report(ctx, in.ID)
	if err != nil {
		return ReportDetail{}, err
	}
	document, err := reports.DocumentOf(r)
	if err != nil {
		return ReportDetail{}, err
	}
	return ReportDetail{ID: r.ID, Run: r.Run, Title: reports.SpansLine(r.Title), Created: r.Created, Document: document, Markdown: r.Markdown, HTML: r.HTML}, nil
}

// ReportFormat is the form that a report is taken out in.
type ReportFormat string

// The formats.
const (
	AsHTML     ReportFormat = "html"
	AsMarkdown ReportFormat = "markdown"
)

// DownloadReport asks for a report as a file that the shell saves.
type DownloadReport struct {
	ID     string       `json:"id"`
	Format ReportFormat `json:"format"`
}

// ReportFile is a file with a name that fits any system.
type ReportFile struct {
	Name    string `json:"name"`
	Content string `json:"content"`
}

// Download gives a report as a file.
func (s *Reports) Download(ctx context.Context, in DownloadReport) (ReportFile, error) {
	r, err := s.a.Store.Report(ctx, in.ID)
	if err != nil {
		return ReportFile{}, err
	}
	name := fileName(r.Title.Raw()) + r.Created.In(s.a.Zone).Format(" 2006-01-02")
	switch in.Format {
	case AsHTML:
		return ReportFile{name + ".html", r.HTML}, nil
	case AsMarkdown:
		return ReportFile{name + ".md", r.Markdown}, nil
	}
	return ReportFile{}, &agents.Error{Code: agents.CodeInvalid, Message: "a report can be had as HTML or Markdown", Hint: `"format" is "html" or "markdown"`}
}

const maxFileName = 60 // characters

// fileName keeps of a title what every file system takes: its letters and digits, with single spaces and hyphens.
func fileName(title string) string {
	words := strings.FieldsFunc(title, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '-' && r != '\'' && r != '’'
	})
	var name []rune
	for _, word := range words {
		word = strings.Trim(strings.NewReplacer("'", "", "’", "").Replace(word), "-")
		if word != "" && len(name) > 0 {
			name = append(name, ' ')
		}
		if name = append(name, []rune(word)...); len(name) > maxFileName {
			name = name[:maxFileName]
			break
		}
	}
	if len(name) == 0 {
		return "Report"
	}
	return strings.TrimSpace(string(name))
}

// ExportReport asks for a report as a file, outside Steward's sealed store.
type ExportReport struct {
	ID   string `json:"id"`
	Path string `json:"path"` // ends in .html or .md; must not exist
}

// Export writes a report where the user wants it.
func (s *Reports) Export(ctx context.Context, in ExportReport) (ShownReport, error) {
	report, err := s.a.Store.Report(ctx, in.ID)
	if err != nil {
		return ShownReport{}, err
	}
	content := report.HTML
	switch {
	case strings.HasSuffix(in.Path, ".md"):
		content = report.Markdown
	case !strings.HasSuffix(in.Path, ".html"):
		return ShownReport{}, &agents.Error{Code: agents.CodeInvalid, Message: "a report can be exported as .html or .md", Hint: "give a file name that ends so"}
	}
	f, err := os.OpenFile(in.Path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return ShownReport{}, &agents.Error{Code: agents.CodeInvalid, Message: "the file cannot be made", Hint: "choose a path that does not exist, in a folder that you can write to", Err: err}
	}
	if _, err = f.WriteString(content); err == nil {
		err = f.Close()
	}
	if err != nil {
		return ShownReport{}, &agents.Error{Code: agents.CodeUnavailable, Message: "the report could not be written", Err: err}
	}
	out := showReport(report, false)
	out.HTML = in.Path
	return out, nil
}
