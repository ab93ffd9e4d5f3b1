package reports_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/agents/reports"
)

// shelf is a library that keeps the reports that it was given.
type shelf struct {
	reports []agents.Report
	err     error
}

func (s *shelf) SaveReport(_ context.Context, r agents.Report) error {
	s.reports = append(s.reports, r)
	return s.err
}

var (
	taipei = time.FixedZone("Asia/Taipei", 8*3600)
	made   = time.Date(2026, 11, 23, 0, 15, 0, 0, time.UTC) // a Monday, 8:15 in Taipei
)

func newCall(key string) *agents.Call {
	return &agents.Call{Run: "run-1", Seq: 3, Key: key, Now: made, Zone: taipei}
}

// create calls report.create as the engine does: through the agent's definition.
func create(t *testing.T, lib reports.Library, call *agents.Call, content reports.ReportContent) (reports.Report, error) {
	t.Helper()
	for _, c := range reports.New(lib).Capabilities {
		if c.Name == "report.create" {
			out, err := c.Call(t.Context(), call, argument(c, content))
			r, _ := out.(reports.Report)
			return r, err
		}
	}
	t.Fatal("the agent has no report.create")
	return reports.Report{}, nil
}

func from(mail, content string) agents.Text {
	return agents.Labelled(content, agents.Label{
		Integrity: agents.Untrusted, Origins: []string{"mail:" + mail}, Readers: agents.Only("me", "p-"+mail),
	})
}

func day(y int, m time.Month, d, hour, minute int) *time.Time {
	t := time.Date(y, m, d, hour, minute, 0, 0, taipei)
	return &t
}

func briefing() reports.ReportContent {
	subject := from("m1", "Contract: two questions before Friday")
	return reports.ReportContent{
		Title:   agents.Plain("Today's mail"),
		Summary: agents.Plain("Fourteen mails came today; two of them need an answer."),
		Sections: []reports.ReportSection{
			{
				Title: agents.Plain("Needs an answer"),
				Items: []reports.ReportItem{{
					Text:   agents.Concat(from("m1", "Anna Kowalski"), agents.Plain(": "), subject),
					Detail: from("m1", "Could you confirm the delivery date?\n\nAnd who signs?"),
					About:  &agents.Ref{Kind: "mail", ID: "m1", Title: subject},
					When:   day(2026, 11, 27, 0, 0),
					Tag:    "by Friday",
				}, {
					Text:  from("m2", "週六要不要一起吃飯？"),
					About: &agents.Ref{Kind: "mail", ID: "m2"},
					When:  day(2027, 1, 2, 18, 30),
				}},
			},
			{Title: agents.Plain("Money"), Note: agents.Plain("Figures are as the senders wrote them.")},
		},
	}
}

func TestCreateSavesProvesAndReturns(t *testing.T) {
	lib, call := &shelf{}, newCall("run-1/3")
	got, err := create(t, lib, call, briefing())
	if err != nil {
		t.Fatal(err)
	}
	saved := lib.reports[0]
	if saved.ID != got.ID || saved.Run != "run-1" || !saved.Created.Equal(made) || saved.Title.Raw() != "Today's mail" {
		t.Errorf("saved %q of run %q at %v with title %q", saved.ID, saved.Run, saved.Created, saved.Title.Raw())
	}
	sum := sha256.Sum256([]byte(saved.HTML))
	if r := call.Receipt(); r == nil || r.Kind != "hash" || r.ID != hex.EncodeToString(sum[:]) {
		t.Errorf("receipt = %+v, want the hash of the HTML", r)
	}
	if !saved.Label.Outside() || !saved.Label.Readers.Limited || saved.Label.Readers.Allow("p-m1") || !saved.Label.Readers.Allow("me") {
		t.Errorf("label = %+v, want untrusted and for none but the reader of all its mails", saved.Label)
	}
	if ref := got.ObjectRef(); ref.Kind != "report" || ref.ID != got.ID {
		t.Errorf("ref = %+v", ref)
	}
}

func TestOneKeyIsOneReport(t *testing.T) {
	lib := &shelf{}
	first, _ := create(t, lib, newCall("a"), briefing())
	again, _ := create(t, lib, newCall("a"), briefing())
	other, _ := create(t, lib, newCall("b"), briefing())
	if first.ID == "" || first.ID != again.ID || first.ID == other.ID {
		t.Errorf("ids %q, %q for one key and %q for another", first.ID, again.ID, other.ID)
	}
	if lib.reports[0].HTML != lib.reports[1].HTML {
		t.Error("one key made two different files")
	}
}

func TestFailedSaveGivesNoReceipt(t *testing.T) {
	full := &agents.Error{Code: agents.CodeDiskFull, Message: "no room"}
	call := newCall("a")
	_, err := create(t, &shelf{err: full}, call, briefing())
	if !errors.Is(err, full) || agents.CodeOf(err) != agents.CodeDiskFull {
		t.Errorf("err = %v, want the library's", err)
	}
	if call.Receipt() != nil {
		t.Error("a receipt for what was not saved")
	}
}

func TestTextForTheTerminal(t *testing.T) {
	got, err := create(t, &shelf{}, newCall("a"), briefing())
	if err != nil {
		t.Fatal(err)
	}
	want := `Today's mail
Fourteen mails came today; two of them need an answer.

Needs an answer (2)
  • [by Friday] ‹Anna Kowalski›: ‹Contract: two questions before Friday› — Fri 27 Nov
    ‹Could you confirm the delivery date? And who signs?›
    mail m1
  • ‹週六要不要一起吃飯？› — Sat 2 Jan 2027 18:30
    mail m2

Money (0)
  Figures are as the senders wrote them.
  Nothing here.

Made by Steward on Mon 23 November 2026, 08:15, from 2 mails.
Text marked ‹like this› is quoted: others wrote it, and Steward has not checked it.
`
	if shown := reports.Terminal(got.Text); shown != want {
		t.Errorf("terminal text:\n%s\nwant:\n%s", shown, want)
	}
	for _, s := range got.Text.Spans {
		if strings.Contains(s.Content, "delivery date") && (!s.Label.Outside() || s.Label.Origins[0] != "mail:m1") {
			t.Errorf("a quoted span lost its label: %+v", s)
		}
	}
}

func TestLanguageIsThatOfTheTitle(t *testing.T) {
	c := briefing()
	c.Title = agents.Plain("今天的郵件")
	got, err := create(t, &shelf{}, newCall("a"), c)
	if err != nil {
		t.Fatal(err)
	}
	text := reports.Terminal(got.Text)
	for _, want := range []string{"11月27日（五）", "2027年1月2日（六）18:30", "沒有項目。", "由 Steward 製作於 2026年11月23日（一）08:15，取材自 2 封郵件。", "郵件 m1", "標示為‹這樣›的是引用文字"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in:\n%s", want, text)
		}
	}
	c.Lang = "en"
	got, _ = create(t, &shelf{}, newCall("a"), c)
	if text := reports.Terminal(got.Text); !strings.Contains(text, "Made by Steward on Mon") {
		t.Errorf("lang en was not heeded:\n%s", text)
	}
}

func TestRefusals(t *testing.T) {
	tests := map[string]struct {
		change func(*reports.ReportContent)
		code   string
	}{
		"no title":        {func(c *reports.ReportContent) { c.Title = agents.Text{} }, agents.CodeInvalid},
		"invisible title": {func(c *reports.ReportContent) { c.Title = from("m1", "\u200b\u2060 ") }, agents.CodeInvalid},
		"language":        {func(c *reports.ReportContent) { c.Lang = "zh-Hans" }, agents.CodeInvalid},
		"long tag": {func(c *reports.ReportContent) {
			c.Sections[0].Items[0].Tag = strings.Repeat("x", 41)
		}, agents.CodeInvalid},
		"sections": {func(c *reports.ReportContent) { c.Sections = make([]reports.ReportSection, 101) }, agents.CodeLimit},
		"items": {func(c *reports.ReportContent) {
			c.Sections[1].Items = make([]reports.ReportItem, 2001)
		}, agents.CodeLimit},
		"bytes": {func(c *reports.ReportContent) { c.Summary = from("m1", strings.Repeat("x", 5<<20)) }, agents.CodeLimit},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c, lib := briefing(), &shelf{}
			tt.change(&c)
			_, err := create(t, lib, newCall("a"), c)
			if agents.CodeOf(err) != tt.code || agents.AsError(err).Hint == "" {
				t.Errorf("err = %#v, want %s with a hint", err, tt.code)
			}
			if len(lib.reports) != 0 {
				t.Error("it was saved all the same")
			}
		})
	}
}

func TestNothingQuotedNothingExplained(t *testing.T) {
	got, err := create(t, &shelf{}, newCall("a"), reports.ReportContent{Title: agents.Plain("Empty")})
	if err != nil {
		t.Fatal(err)
	}
	want := "Empty\n\nMade by Steward on Mon 23 November 2026, 08:15.\n"
	if text := reports.Terminal(got.Text); text != want || got.Text.Outside() {
		t.Errorf("text = %q, want %q of the host's own words", text, want)
	}
}
