package api_test

import (
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/agents/reports"
	"github.com/stewardhq/steward/app/api"
	"github.com/stewardhq/steward/store"
)

// opened is a door to a new home that is open.
func opened(t *testing.T) *api.Door {
	t.Helper()
	d := door(t, t.TempDir(), nil)
	must[api.SetupOpened](t, d.Surface(), "Setup/Open", api.SetupOpen{Mode: api.KeychainMode})
	return d
}

// end waits until a run is over.
func end(t *testing.T, d *api.Door, run api.RunID) agents.RunState {
	t.Helper()
	for after := 0; ; {
		watched := must[api.Watched](t, d.Surface(), "Runs/Watch", api.Watch{ID: run.ID, After: after})
		for _, e := range watched.Events {
			after = e.No
		}
		if watched.State.Over() {
			return watched.State
		}
	}
}

func to[T any](v T) *T { return &v }

func TestSettingsKeepWhatIsLeftOut(t *testing.T) {
	home := t.TempDir()
	keychain := newShelf()
	kept := func(o *api.DoorOptions) { o.Keychain = keychain }
	d := door(t, home, kept)
	must[api.SetupOpened](t, d.Surface(), "Setup/Open", api.SetupOpen{Mode: api.KeychainMode})
	get := func() api.SettingsState {
		t.Helper()
		return must[api.SettingsState](t, d.Surface(), "Settings/Get", api.Nothing{})
	}
	set := func(in api.SettingsChange) api.SettingsState {
		t.Helper()
		return must[api.SettingsState](t, d.Surface(), "Settings/Set", in)
	}
	if s := get(); s != (api.SettingsState{Theme: api.AutoTheme}) {
		t.Errorf("%+v", s)
	}
	set(api.SettingsChange{Language: to(api.TraditionalChinese)})
	set(api.SettingsChange{Theme: to(api.DarkTheme)})
	want := api.SettingsState{Language: api.TraditionalChinese, Theme: api.DarkTheme, FirstStartDone: true}
	if s := set(api.SettingsChange{FirstStartDone: to(true)}); s != want || get() != want {
		t.Errorf("%+v", s)
	}
	for _, wrong := range []api.SettingsChange{{Language: to(api.Language("zh-Hans"))}, {Theme: to(api.Theme(""))}} {
		if _, err := call[api.SettingsState](t, d.Surface(), "Settings/Set", wrong); agents.CodeOf(err) != agents.CodeInvalid || agents.AsError(err).Hint == "" {
			t.Errorf("%+v: %v", wrong, err)
		}
	}
	var all sync.WaitGroup
	all.Go(func() { set(api.SettingsChange{Language: to(api.English)}) })
	all.Go(func() { set(api.SettingsChange{Theme: to(api.LightTheme)}) })
	all.Wait()
	want.Language, want.Theme = api.English, api.LightTheme
	if get() != want {
		t.Errorf("one of two changes was lost: %+v", get())
	}
	if rows := must[api.LedgerRows](t, d.Surface(), "Ledger/Show", store.LedgerFilter{Kind: "setting"}); len(rows.Rows) != 5 {
		t.Errorf("%d changes are in the ledger", len(rows.Rows))
	}
	if err := d.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	d = door(t, home, kept)
	if _, err := d.TryOpen(t.Context()); err != nil || get() != want {
		t.Error(err)
	}
}

// briefed is an opened home with the sample mailbox and a run that wrote a report about one mail of it.
func briefed(t *testing.T) (*api.Door, api.RunID, api.MailLine) {
	t.Helper()
	d := opened(t)
	if state := end(t, d, must[api.RunID](t, d.Surface(), "Mail/Import", api.Import{Sample: true})); state != agents.Done {
		t.Fatal(state)
	}
	mail := must[api.Found](t, d.Surface(), "Mail/Search", api.Search{Query: "subject:invoice", Limit: 1}).Mails[0]
	subject := agents.Labelled(mail.Subject, agents.Label{Integrity: agents.Untrusted, Origins: []string{"mail:" + mail.ID}})
	said := agents.Concat(agents.Plain("One invoice: "), subject)
	run := agents.Run{ID: "01BRIEFED", Kind: "ask", State: agents.Done, Request: "brief me", Created: now(), Result: &said}
	if err := d.App().Store.Record(t.Context(), store.Record{Run: &run}); err != nil {
		t.Fatal(err)
	}
	create := reports.New(d.App().Store).Capabilities[0]
	in := reflect.New(reflect.TypeOf(create.In)).Elem()
	in.Field(0).Set(reflect.ValueOf(reports.ReportContent{
		Title: agents.Concat(agents.Plain("About / "), subject),
		Sections: []reports.ReportSection{{Title: agents.Plain("Money"), Items: []reports.ReportItem{
			{Text: said, About: &agents.Ref{Kind: "mail", ID: mail.ID, Title: subject}}, {Text: agents.Plain("Nothing else.")},
		}}},
	}))
	if _, err := create.Call(t.Context(), &agents.Call{Run: run.ID, Key: "k", Now: now(), Zone: time.UTC}, in.Interface()); err != nil {
		t.Fatal(err)
	}
	return d, api.RunID{ID: run.ID}, mail
}

func quoted(spans []reports.Span) bool {
	for _, s := range spans {
		if s.Quoted {
			return true
		}
	}
	return false
}

func TestABriefingCanBeLaidOutAndItsMailOpened(t *testing.T) {
	d, run, mail := briefed(t)
	list := must[api.ReportList](t, d.Surface(), "Reports/List", run)
	if len(list.Reports) != 1 || list.Reports[0].Run != run.ID || !quoted(list.Reports[0].Spans) || !list.Reports[0].Created.Equal(now()) {
		t.Fatalf("%+v", list)
	}
	report := must[api.ReportDetail](t, d.Surface(), "Reports/Show", api.ReportID{ID: list.Reports[0].ID})
	if report.Document == nil || report.Run != run.ID || !strings.HasPrefix(report.HTML, "<!doctype html>") || !strings.HasPrefix(report.Markdown, "# ") {
		t.Fatalf("%+v", report)
	}
	items := report.Document.Sections[0].Items
	if items[0].Mail != mail.ID || !quoted(items[0].Text) || items[1].Mail != "" || quoted(items[1].Text) {
		t.Errorf("%+v", items)
	}
	must[api.MailDetail](t, d.Surface(), "Mail/Show", api.MailID{ID: items[0].Mail})
	detail := must[api.RunDetail](t, d.Surface(), "Runs/Show", run)
	if !quoted(detail.Spans) || detail.Text == "" {
		t.Errorf("the result does not know what is quoted: %+v", detail.Spans)
	}
	for format, want := range map[api.ReportFormat][2]string{api.AsHTML: {".html", report.HTML}, api.AsMarkdown: {".md", report.Markdown}} {
		file := must[api.ReportFile](t, d.Surface(), "Reports/Download", api.DownloadReport{ID: report.ID, Format: format})
		if !strings.HasSuffix(file.Name, " 2026-11-24"+want[0]) || len(file.Name) < 20 || file.Content != want[1] || strings.ContainsAny(file.Name, "/\\:*?\"<>|‹›") {
			t.Errorf("%q", file.Name)
		}
	}
	if _, err := call[api.ReportFile](t, d.Surface(), "Reports/Download", api.DownloadReport{ID: report.ID, Format: "pdf"}); agents.CodeOf(err) != agents.CodeInvalid {
		t.Error(err)
	}
	for _, method := range []string{"Reports/Show", "Reports/Download"} {
		if _, err := call[api.ReportDetail](t, d.Surface(), method, api.ReportID{ID: "rep_none"}); agents.CodeOf(err) != agents.CodeNotFound {
			t.Error(method, err)
		}
	}
}

func TestAReportFromBeforeIsShownWithoutADocument(t *testing.T) {
	d := opened(t)
	old := agents.Report{ID: "rep_old", Run: "01OLD", Title: agents.Plain("../../Old: report?"), Created: now(), HTML: "<p>", Markdown: "# Old"}
	if err := d.App().Store.SaveReport(t.Context(), old); err != nil {
		t.Fatal(err)
	}
	raw, err := d.Surface().Call(t.Context(), "Reports/Show", []byte(`{"id":"rep_old"}`))
	if err != nil || !strings.Contains(string(raw), `"document":null`) {
		t.Errorf("%s %v", raw, err)
	}
	if file := must[api.ReportFile](t, d.Surface(), "Reports/Download", api.DownloadReport{ID: "rep_old", Format: api.AsHTML}); file.Name != "Old report 2026-11-24.html" {
		t.Error(file.Name)
	}
}

func TestMailIsTurnedInPagesAndCounted(t *testing.T) {
	d := opened(t)
	if state := end(t, d, must[api.RunID](t, d.Surface(), "Mail/Import", api.Import{Sample: true})); state != agents.Done {
		t.Fatal(state)
	}
	all := must[api.Counted](t, d.Surface(), "Mail/Count", api.CountMail{}).Count
	seen := map[string]bool{}
	pages := 0
	for in := (api.Search{Limit: 30}); ; pages++ {
		found := must[api.Found](t, d.Surface(), "Mail/Search", in)
		for i, m := range found.Mails {
			if seen[m.ID] || i > 0 && m.Received.After(found.Mails[i-1].Received) {
				t.Errorf("%s is out of order", m.ID)
			}
			seen[m.ID] = true
		}
		if in.Before = found.Next; in.Before == "" {
			break
		}
	}
	if all < 60 || len(seen) != all || pages < 2 {
		t.Errorf("%d of %d mails on %d pages", len(seen), all, pages)
	}
	some := must[api.Counted](t, d.Surface(), "Mail/Count", api.CountMail{Query: "subject:invoice"}).Count
	if found := must[api.Found](t, d.Surface(), "Mail/Search", api.Search{Query: "subject:invoice", Limit: 1000}); some != found.Count || some == 0 {
		t.Error(some, found.Count)
	}
	for method, request := range map[string]any{"Mail/Count": api.CountMail{Query: "from:"}, "Mail/Search": api.Search{Before: "?"}} {
		if _, err := call[api.Found](t, d.Surface(), method, request); agents.CodeOf(err) != agents.CodeInvalid {
			t.Error(method, err)
		}
	}
}
