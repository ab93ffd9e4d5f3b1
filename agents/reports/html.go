package reports

import (
	"crypto/sha256"
	_ "embed" // the template and its style
	"encoding/base64"
	"fmt"
	"html/template"
	"strings"

	"github.com/stewardhq/steward/agents"
)

//go:embed report.html
var pageSource string

//go:embed report.css
var style string

var pageTemplate = template.Must(template.New("report").Parse(pageSource))

// policy lets a viewer load nothing and run nothing; the one style is named by its hash, so that no other applies even
// if one were smuggled in.
var policy = func() string {
	sum := sha256.Sum256([]byte(style))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'"
}()

// piece is a part of a text as the template sees it. The template escapes it; clean has made it inert before.
type piece struct {
	Content string
	Quoted  bool
	Source  string // what a quotation's title says
}

type htmlPage struct {
	Lang, Policy string
	Style        template.CSS
	Name         string
	Date         string
	Title        []piece
	Summary      []piece
	Sections     []htmlSection
	Footer       []piece
}

type htmlSection struct {
	Anchor  string
	Title   []piece
	Note    []piece
	Items   []htmlItem
	Count   int
	Nothing string
}

type htmlItem struct {
	Tag, When, Machine, Origins string
	Text, Detail                []piece
}

// html is the whole report as one self-contained file.
func (e edition) html() (string, error) {
	made := e.made.In(e.zone)
	data := htmlPage{
		Lang: e.words.lang, Policy: policy, Style: template.CSS(style),
		Name: TerminalLine(e.Title, 0), Date: e.words.moment(made),
		Title: e.pieces(e.Title, cleanLine), Summary: e.pieces(e.Summary, cleanLines),
		Footer: e.pieces(e.footer("\n"), cleanLines),
	}
	for n, s := range e.Sections {
		section := htmlSection{
			Anchor: fmt.Sprintf("s%d", n+1), Title: e.pieces(s.Title, cleanLine), Note: e.pieces(s.Note, cleanLines),
			Count: len(s.Items), Nothing: e.words.nothing,
		}
		for _, i := range s.Items {
			section.Items = append(section.Items, e.htmlItem(i))
		}
		data.Sections = append(data.Sections, section)
	}
	var b strings.Builder
	if err := pageTemplate.Execute(&b, data); err != nil {
		return "", fmt.Errorf("render report: %w", err)
	}
	return b.String(), nil
}

func (e edition) htmlItem(i ReportItem) htmlItem {
	item := htmlItem{
		Tag: cleanLine(i.Tag), Origins: e.words.origins(i),
		Text: e.pieces(i.Text, cleanLine), Detail: e.pieces(i.Detail, cleanLines),
	}
	if i.When != nil {
		when := i.When.In(e.zone)
		item.When, item.Machine = e.words.when(when, e.made.In(e.zone)), when.Format("2006-01-02T15:04:05Z07:00")
	}
	return item
}

func (e edition) pieces(t agents.Text, tidy func(string) string) []piece {
	var all []piece
	for _, s := range merged(t) {
		if !s.Label.Outside() {
			all = append(all, piece{Content: clean(s.Content)})
			continue
		}
		if content := tidy(s.Content); content != "" {
			source := ""
			if len(s.Label.Origins) > 0 {
				source = e.words.source(s.Label)
			}
			all = append(all, piece{Content: content, Quoted: true, Source: source})
		}
	}
	if len(all) == 1 && strings.TrimSpace(all[0].Content) == "" {
		return nil
	}
	return all
}
