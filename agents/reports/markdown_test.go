package reports_test

import (
	"fmt"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/agents/reports"
)

var github = goldmark.New(goldmark.WithExtensions(extension.GFM, extension.Footnote, extension.DefinitionList, extension.Linkify))

// blocks lists what a Markdown parser sees that is more than words: each kind of node with how often it is there.
func blocks(markdown string) map[string]int {
	seen := map[string]int{}
	root := github.Parser().Parse(text.NewReader([]byte(markdown)))
	_ = ast.Walk(root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			seen[n.Kind().String()]++
		}
		return ast.WalkContinue, nil
	})
	for _, words := range []string{"Document", "Paragraph", "Text", "TextBlock", "String"} {
		delete(seen, words)
	}
	return seen
}

func TestMarkdownIsInert(t *testing.T) {
	for _, h := range hostile {
		for form, got := range map[string]string{
			"text":      reports.Markdown(from("m1", h)),
			"line":      reports.MarkdownLine(from("m1", h)),
			"in a list": "- " + reports.MarkdownLine(agents.Concat(agents.Plain("From "), from("m1", h), agents.Plain(": "), from("m2", h))),
		} {
			seen := blocks(got)
			if form == "in a list" {
				delete(seen, "List")
				delete(seen, "ListItem")
			}
			if len(seen) != 0 {
				t.Errorf("%s of %q is %q, in which a viewer sees %v", form, h, got, seen)
			}
			checkShown(t, got)
		}
	}
}

// The same report with harmless and with hostile words must have the same shape.
func TestMarkdownReportKeepsItsShape(t *testing.T) {
	shape := func(words string) map[string]int {
		lib := &shelf{}
		other := from("m1", words)
		_, err := create(t, lib, newCall("a"), reports.ReportContent{
			Title: agents.Concat(agents.Plain("Report "), other), Summary: other,
			Sections: []reports.ReportSection{{
				Title: agents.Concat(agents.Plain("Section "), other), Note: other,
				Items: []reports.ReportItem{
					{Text: other, Detail: other, About: &agents.Ref{Kind: "mail", ID: "m1", Title: other}, When: day(2026, 12, 1, 9, 0)},
					{Text: agents.Plain("second"), Detail: other},
				},
			}},
		})
		if err != nil {
			t.Fatal(err)
		}
		checkShown(t, lib.reports[0].Markdown)
		return blocks(lib.reports[0].Markdown)
	}
	want := shape("harmless")
	if want["Heading"] != 2 || want["List"] != 1 || want["ListItem"] != 2 || want["ThematicBreak"] != 1 || want["Link"]+want["AutoLink"] != 0 {
		t.Errorf("the report itself has an odd shape: %v", want)
	}
	for _, h := range hostile {
		if got := shape(h); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("with %q the shape is %v, want %v", h, got, want)
		}
	}
}

func TestMarkdownOwnWords(t *testing.T) {
	got := reports.Markdown(agents.Concat(agents.Plain("3 mails (2 new), *all* from <b>: "), from("m1", "a\nb*"), agents.Plain(" and more\n\n  end")))
	want := "3 mails (2 new), \\*all\\* from \\<b\\>: ‹a\\\nb\\*› and more\\\nend"
	if got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func FuzzMarkdown(f *testing.F) {
	for _, h := range hostile {
		f.Add(h)
	}
	f.Fuzz(func(t *testing.T, other string) {
		got := reports.Markdown(agents.Concat(agents.Plain("From "), from("m1", other), from("m2", other)))
		checkShown(t, got)
		if seen := blocks(got); len(seen) != 0 {
			t.Errorf("%q is %q, in which a viewer sees %v", other, got, seen)
		}
	})
}
