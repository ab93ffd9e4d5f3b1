package reports_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/agents/reports"
)

// document makes a report, keeps it as a store does, and gives its document.
func document(t *testing.T, content reports.ReportContent) *reports.Document {
	t.Helper()
	lib := &shelf{}
	if _, err := create(t, lib, newCall("k"), content); err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(lib.reports[0])
	if err != nil {
		t.Fatal(err)
	}
	var kept agents.Report
	if err := json.Unmarshal(raw, &kept); err != nil {
		t.Fatal(err)
	}
	d, err := reports.DocumentOf(kept)
	if err != nil || d == nil {
		t.Fatal(d, err)
	}
	return d
}

func TestADocumentKnowsWhatOthersWroteAndWhichMailItIsAbout(t *testing.T) {
	d := document(t, briefing())
	if d.Lang != "en" || !reflect.DeepEqual(d.Title, []reports.Span{{Text: "Today's mail"}}) || len(d.Summary) != 1 || len(d.Sections) != 2 {
		t.Fatalf("%+v", d)
	}
	first := d.Sections[0].Items[0]
	want := []reports.Span{{"Anna Kowalski", true}, {": ", false}, {"Contract: two questions before Friday", true}}
	if !reflect.DeepEqual(first.Text, want) || first.Mail != "m1" || !reflect.DeepEqual(first.Tag, []reports.Span{{Text: "by Friday"}}) {
		t.Errorf("%+v", first)
	}
	if want := []reports.Span{{"Could you confirm the delivery date?\n\nAnd who signs?", true}}; !reflect.DeepEqual(first.Detail, want) {
		t.Errorf("%+v", first.Detail)
	}
	if first.When == nil || first.When.Format("2006-01-02T15:04:05Z07:00") != "2026-11-27T00:00:00+08:00" {
		t.Errorf("%v is not midnight in the user's zone", first.When)
	}
	if money := d.Sections[1]; len(money.Note) != 1 || money.Items == nil || len(money.Items) != 0 {
		t.Errorf("%+v", money)
	}
}

func TestADocumentHoldsNothingThatIsInvisibleOrMoves(t *testing.T) {
	hostile := "a\u202eb\x1b[31mc\u200bd ‹e› \u2066f"
	d := document(t, reports.ReportContent{
		Title:    agents.Concat(agents.Plain("T\u200b"), from("m1", "one\ntwo")),
		Sections: []reports.ReportSection{{Title: agents.Plain("S"), Items: []reports.ReportItem{{Text: from("m1", hostile), Tag: hostile, Detail: from("m1", " \u2800 ")}}}},
	})
	if want := []reports.Span{{"T", false}, {"one two", true}}; !reflect.DeepEqual(d.Title, want) {
		t.Errorf("%+v", d.Title)
	}
	item := d.Sections[0].Items[0]
	if want := "a\ufffdb\ufffd[31mcd <e> \ufffdf"; item.Text[0].Text != want || !item.Text[0].Quoted || item.Tag[0].Text != want {
		t.Errorf("%+v", item)
	}
	if len(item.Detail) != 0 || item.Mail != "" {
		t.Errorf("%+v", item)
	}
}

func TestAReportFromBeforeHasNoDocument(t *testing.T) {
	if d, err := reports.DocumentOf(agents.Report{ID: "rep_1", HTML: "<p>"}); d != nil || err != nil {
		t.Error(d, err)
	}
	if _, err := reports.DocumentOf(agents.Report{Content: []byte("no")}); agents.CodeOf(err) != agents.CodeDamaged {
		t.Error(err)
	}
}
