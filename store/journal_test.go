package store_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/store"
)

func record(t testing.TB, s *store.Store, r store.Record) {
	t.Helper()
	if err := s.Record(ctx, r); err != nil {
		t.Fatal(err)
	}
}

func fullRun(id string) agents.Run {
	text := agents.Labelled("three need an answer", agents.Label{Integrity: agents.Untrusted, Origins: []string{"mail:m_1"}, Readers: agents.Only("p_me")})
	return agents.Run{
		ID: id, Kind: "ask", State: agents.Failed, Request: "Brief me on <today's> mail", Skill: "daily-briefing", Planner: "offline",
		Script: "abc", Params: json.RawMessage(`{"days":1}`), Engine: "1", Seed: 1<<63 + 5, Zone: "Asia/Taipei", Created: noon,
		Started: noon.Add(time.Second), Ended: noon.Add(time.Minute), Label: text.Label(), Revealed: true, Result: &text, Verified: true,
		Usage: agents.Usage{Requests: 1, PromptTokens: 2, CompletionTokens: 3, Cost: 0.25},
		Error: &agents.Error{Code: agents.CodeScript, Message: "line 3", Hint: "fix it"}, Logs: []string{"one", "two"},
	}
}

func fullStep(run string, seq int) agents.Step {
	return agents.Step{
		Run: run, Seq: seq, DoneNo: seq, Capability: "report.save", Version: 2, Effect: agents.Local, State: agents.StepDone,
		Decision:  agents.Decision{Verdict: agents.Allow, Rule: "local", Reasons: []string{"it stays here"}},
		InputHash: "beef", Input: json.RawMessage(`{ "title": "<b>" }`), Result: json.RawMessage(`{"id":"r_1"}`),
		Label: agents.Label{Integrity: agents.FromHost}, Receipt: &agents.Receipt{Kind: "hash", ID: "cafe", Note: "n"},
		Key: "k", Attempt: 1, Issued: noon, Ended: noon.Add(time.Second),
	}
}

func TestRecordGivesBackWhatItWasGiven(t *testing.T) {
	s := open(t)
	run := fullRun("01JRUN0001")
	steps := []agents.Step{fullStep(run.ID, 1), fullStep(run.ID, 2)}
	steps[1].Input, steps[1].Result, steps[1].Receipt = nil, nil, nil
	steps[1].Error = &agents.Error{Code: agents.CodeDenied, Message: "no", Hint: "ask"}
	record(t, s, store.Record{Run: &run, Steps: steps, Durable: true})
	if got := must[agents.Run](t)(s.Run(ctx, run.ID)); !reflect.DeepEqual(got, run) {
		t.Errorf("got  %+v\nwant %+v", got, run)
	}
	if got := must[[]agents.Step](t)(s.Steps(ctx, run.ID)); !reflect.DeepEqual(got, steps) {
		t.Errorf("got  %+v\nwant %+v", got, steps)
	}
}

func TestRecordUpdates(t *testing.T) {
	s := open(t)
	run := agents.Run{ID: "01JRUN0001", State: agents.Running, Created: noon}
	step := agents.Step{Run: run.ID, Seq: 1, State: agents.StepIntent, Capability: "mail.search", Effect: agents.Read}
	record(t, s, store.Record{Run: &run, Steps: []agents.Step{step}})
	run.State, step.State, step.DoneNo, step.Result = agents.Done, agents.StepDone, 1, json.RawMessage(`1`)
	record(t, s, store.Record{Run: &run})
	record(t, s, store.Record{Steps: []agents.Step{step}})
	if got := must[agents.Run](t)(s.Run(ctx, run.ID)); got.State != agents.Done {
		t.Errorf("the run is %s", got.State)
	}
	got := must[[]agents.Step](t)(s.Steps(ctx, run.ID))
	if len(got) != 1 || got[0].State != agents.StepDone || string(got[0].Result) != "1" {
		t.Errorf("the steps are %+v", got)
	}
}

func TestLargeValuesComeBackByteForByte(t *testing.T) {
	s := open(t)
	run := agents.Run{ID: "01JRUN0001", Created: noon}
	step := fullStep(run.ID, 1)
	step.Input = json.RawMessage(`{"text": "` + strings.Repeat("<é>", 5000) + `" }`)
	step.Result = json.RawMessage(`"` + strings.Repeat("0123456789", 350_000) + `"`) // four parts
	record(t, s, store.Record{Run: &run, Steps: []agents.Step{step}})
	got := must[[]agents.Step](t)(s.Steps(ctx, run.ID))[0]
	if !bytes.Equal(got.Input, step.Input) || !bytes.Equal(got.Result, step.Result) {
		t.Error("a large value came back changed")
	}
	// A step that is written again leaves nothing of what it no longer has; what another step shares stays.
	other := fullStep(run.ID, 2)
	other.Input = step.Input
	step.Input, step.Result = nil, nil
	record(t, s, store.Record{Steps: []agents.Step{other}})
	record(t, s, store.Record{Steps: []agents.Step{step}})
	if got := must[[]agents.Step](t)(s.Steps(ctx, run.ID)); got[0].Result != nil || !bytes.Equal(got[1].Input, other.Input) {
		t.Error("writing a step again left its old value or took another's")
	}
	if n := count(t, s, "SELECT count(*) FROM blob"); n != 1 {
		t.Errorf("%d blobs are left, want the shared one", n)
	}
	if n := count(t, s, "SELECT count(*) FROM blob_part"); n != 1 {
		t.Errorf("%d parts of blobs are left, want 1", n)
	}
}

func TestRecordIsAllOrNothing(t *testing.T) {
	s := open(t)
	run := agents.Run{ID: "01JRUN0001", Created: noon}
	for name, r := range map[string]store.Record{
		"a step of an unknown run": {Run: &run, Steps: []agents.Step{fullStep("01JOTHER00", 1)}, Ledger: []agents.Entry{{Kind: "run"}}},
		"a step without a number":  {Run: &run, Steps: []agents.Step{fullStep(run.ID, 0)}},
		"an entry without a kind":  {Run: &run, Steps: []agents.Step{fullStep(run.ID, 1)}, Ledger: []agents.Entry{{Kind: "run"}, {}}},
		"a run without an id":      {Run: &agents.Run{}},
	} {
		if err := s.Record(ctx, r); err == nil {
			t.Errorf("%s was recorded", name)
		}
	}
	if runs := must[[]agents.Run](t)(s.Runs(ctx, store.RunFilter{})); len(runs) != 0 {
		t.Errorf("%d runs are left", len(runs))
	}
	record(t, s, store.Record{Run: &run, Ledger: []agents.Entry{{Kind: "run"}}})
	if v := must[store.Verification](t)(s.VerifyLedger(ctx)); v.Rows != 1 || !v.OK {
		t.Errorf("after what failed the ledger is %+v", v)
	}
}

func TestRunByPrefix(t *testing.T) {
	s := open(t)
	for _, id := range []string{"01JABCDE00", "01JABCDE01", "01JXYZAB00", "01JXYZAB00X"} {
		record(t, s, store.Record{Run: &agents.Run{ID: id, Created: noon}})
	}
	for _, c := range []struct{ id, want, code string }{
		{"01JABCDE00", "01JABCDE00", ""},
		{"01JXYZAB00", "01JXYZAB00", ""}, // although another begins so
		{"01JXYZAB00X", "01JXYZAB00X", ""},
		{"01JABCDE0", "", agents.CodeInvalid},
		{"01JABC", "", agents.CodeInvalid},
		{"01JXY", "", agents.CodeNotFound}, // too short
		{"01JABCDF", "", agents.CodeNotFound},
		{"%%%%%%%%", "", agents.CodeNotFound},
		{"", "", agents.CodeNotFound},
	} {
		run, err := s.Run(ctx, c.id)
		if run.ID != c.want || agents.CodeOf(err) != c.code {
			t.Errorf("Run(%q) is %q, %v; want %q, %q", c.id, run.ID, err, c.want, c.code)
		}
	}
	if run := must[agents.Run](t)(s.Run(ctx, "01JABCDE01"[:10])); run.ID != "01JABCDE01" {
		t.Error(run.ID)
	}
}

func TestRunsFiltersNewestFirst(t *testing.T) {
	s := open(t)
	for i := range 6 {
		run := agents.Run{ID: fmt.Sprintf("01JRUN%04d", i), Kind: []string{"ask", "import"}[i%2], State: agents.Done, Created: noon.Add(time.Duration(i) * time.Hour)}
		if i == 3 {
			run.Parent, run.State = "01JRUN0000", agents.Waiting
		}
		record(t, s, store.Record{Run: &run})
	}
	for _, c := range []struct {
		f    store.RunFilter
		want string
	}{
		{store.RunFilter{}, "543210"},
		{store.RunFilter{Limit: 2}, "54"},
		{store.RunFilter{Kind: "import"}, "531"},
		{store.RunFilter{States: []agents.RunState{agents.Waiting, agents.Queued}}, "3"},
		{store.RunFilter{States: []agents.RunState{agents.Done}, Kind: "ask", Limit: 5}, "420"},
		{store.RunFilter{Parent: "01JRUN0000"}, "3"},
		{store.RunFilter{Parent: "01JRUN0001"}, ""},
	} {
		got := ""
		for _, r := range must[[]agents.Run](t)(s.Runs(ctx, c.f)) {
			got += r.ID[len(r.ID)-1:]
		}
		if got != c.want {
			t.Errorf("%+v lists %s, want %s", c.f, got, c.want)
		}
	}
}

func TestScriptsReportsSettings(t *testing.T) {
	s := open(t)
	script := agents.Script{Hash: "abc", Name: "brief", Source: "mail.search('')", Created: noon}
	for range 2 {
		if err := s.SaveScript(ctx, script); err != nil {
			t.Fatal(err)
		}
	}
	if got := must[agents.Script](t)(s.Script(ctx, "abc")); !reflect.DeepEqual(got, script) {
		t.Errorf("the script is %+v", got)
	}
	_, err := s.Script(ctx, "abd")
	wantCode(t, err, agents.CodeNotFound)

	for i, id := range []string{"r_1", "r_2", "r_1"} {
		report := agents.Report{ID: id, Run: "01JRUN000" + id[2:], Title: agents.Plain("t"), Created: noon.Add(time.Duration(i) * time.Hour), HTML: strings.Repeat("<p>", 1_000_000), Markdown: fmt.Sprint(i)}
		if err := s.SaveReport(ctx, report); err != nil {
			t.Fatal(err)
		}
	}
	if got := must[agents.Report](t)(s.Report(ctx, "r_1")); got.Markdown != "0" || len(got.HTML) != 3_000_000 {
		t.Errorf("the second of an id replaced the first: %q", got.Markdown)
	}
	var ids []string
	for _, r := range must[[]agents.Report](t)(s.Reports(ctx, "")) {
		ids = append(ids, r.ID)
	}
	if !slices.Equal(ids, []string{"r_2", "r_1"}) {
		t.Errorf("all reports are %v", ids)
	}
	if got := must[[]agents.Report](t)(s.Reports(ctx, "01JRUN0002")); len(got) != 1 || got[0].ID != "r_2" {
		t.Errorf("the reports of a run are %d", len(got))
	}
	_, err = s.Report(ctx, "r_3")
	wantCode(t, err, agents.CodeNotFound)

	var value struct{ A int }
	if found := must[bool](t)(s.Setting(ctx, "k", &value)); found {
		t.Error("a setting is there that nobody set")
	}
	for i := range 2 {
		if err := s.SetSetting(ctx, "k", map[string]int{"A": i + 5}); err != nil {
			t.Fatal(err)
		}
	}
	if found := must[bool](t)(s.Setting(ctx, "k", &value)); !found || value.A != 6 {
		t.Errorf("the setting is %v, %+v", found, value)
	}
}
