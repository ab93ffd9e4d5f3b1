package headless

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/api"
	"github.com/stewardhq/steward/app/desktop"
	"github.com/stewardhq/steward/app/engine"
	"github.com/stewardhq/steward/app/server"
)

// requests has one request for each method of the surface, which may be made twice. Each must be here: a method that only
// one shell can call is a method too few.
func requests(t *testing.T, mailID, run, report string) map[string]string {
	taken := filepath.Join(t.TempDir(), "taken.md")
	if err := os.WriteFile(taken, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	return map[string]string{
		"Mail/Import": `{}`, "Mail/Search": `{"query":"subject:invoice","limit":3}`, "Mail/Show": `{"id":"` + mailID + `"}`, "Mail/Raw": `{"id":"` + mailID + `"}`,
		"Mail/Count": `{"query":"subject:invoice"}`, "Ask/Start": `{"text":" "}`,
		"Runs/List": `{"limit":5}`, "Runs/Show": `{"id":"` + run + `"}`, "Runs/Watch": `{"id":"` + run + `","after":0}`, "Runs/Outcome": `{"id":"` + run + `"}`,
		"Runs/Cancel": `{"id":"` + run + `"}`, "Runs/Pause": `{"id":"` + run + `"}`, "Runs/Resume": `{"id":"` + run + `"}`, "Runs/Replay": `{"id":"` + run + `"}`,
		"Approvals/List": `{}`, "Approvals/Show": `{"id":"` + run + `"}`, "Approvals/Answer": `{"id":"` + run + `","hash":"x","approve":[1]}`,
		"Approvals/Edit": `{"id":"` + run + `","hash":"x","step":1,"edits":[{"path":"draft.body","text":"y"}]}`,
		"Reports/List":   `{}`, "Reports/Show": `{"id":"` + report + `"}`, "Reports/Download": `{"id":"` + report + `","format":"markdown"}`,
		"Settings/Get": `{}`, "Settings/Set": `{"language":"zh-Hant"}`, "Reports/Export": `{"id":"` + report + `","path":"` + taken + `"}`,
		"Ledger/Show": `{"kind":"run"}`, "Ledger/Verify": `{}`,
		"Ledger/Export": `{}`, "Ledger/Left": `{"since":"2020-01-01T00:00:00Z","until":"2030-01-01T00:00:00Z"}`, "Alerts/List": `{}`, "Alerts/Dismiss": `{"id":"01NOBODY"}`,
		"Scripts/Run": `{"name":"a.ts","source":"return ("}`, "Scripts/Check": `{"name":"a.ts","source":"return mail.find(1)"}`, "Scripts/API": `{}`,
		"Models/Add": `{"name":"offline","base_url":"http://127.0.0.1:1/v1","model":"m"}`, "Models/List": `{}`, "Models/Use": `{"name":"nobody"}`, "Models/Test": `{"name":"offline"}`,
		"Automations/Propose": `{"text":"every weekday at 8:00","after_run":"` + run + `"}`, "Automations/Add": `{"text":"every weekday at 8:00","after_run":"` + run + `","expect":"x"}`,
		"Automations/List": `{}`, "Automations/Show": `{"id":"01NOBODY"}`, "Automations/Pause": `{"id":"01NOBODY"}`, "Automations/Resume": `{"id":"01NOBODY"}`,
		"Automations/Remove": `{"id":"01NOBODY"}`, "Automations/Run": `{"id":"01NOBODY"}`,
		"Accounts/Add": `{"address":"nobody","smtp":"mail.example:465"}`, "Accounts/List": `{}`, "Accounts/Remove": `{"name":"nobody"}`, "Accounts/Test": `{"name":"nobody"}`,
		"Agents/List": ``, "Data/Report": `{}`, "System/Doctor": `{}`,
		"Policy/Get": `{}`, "Policy/SetMode": `{"mode":"balanced"}`, "Policy/SetRules": `{"rules":"permit(principal, action == Action::\"mail.nothing\", resource);"}`,
		"Policy/Explain": `{"proposal":{"effect":5,"script":{"integrity":0,"readers":{}},"payload":{"integrity":0,"readers":{}}}}`,
		"Policy/Test":    `{"cases":"cases: [{name: a, want: ask, proposal: {effect: delete}}]"}`, "Grants/List": `{}`, "Grants/Revoke": `{"id":"01NOBODY"}`,
		"Setup/State": `{}`, "Setup/Open": `{"mode":"file","passphrase":"x"}`,
	}
}

// varies is what differs between two calls because time passes.
var varies = regexp.MustCompile(`"millis":[0-9.]+`)

func TestEveryMethodAnswersTheSameThroughTheSocketThePageAndTheWindow(t *testing.T) {
	surface, client := home(t)
	page := servedPage(t, surface)
	window := desktop.NewShell(t.Context(), surface, nil, func() {})
	here := &session{surface: surface, print: &printer{out: &strings.Builder{}, err: &strings.Builder{}}}
	started, err := call[api.RunID](t.Context(), here, "Mail/Import", api.Import{Sample: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := here.followImport(t.Context(), started.ID); err != nil {
		t.Fatal(err)
	}
	if started, err = call[api.RunID](t.Context(), here, "Ask/Start", api.Request{Text: "find the invoice from Cloudnest"}); err != nil {
		t.Fatal(err)
	}
	if err := here.follow(t.Context(), started.ID); err != nil {
		t.Fatal(err)
	}
	found, err := call[api.Found](t.Context(), here, "Mail/Search", api.Search{Query: "subject:invoice"})
	if err != nil || len(found.Mails) == 0 {
		t.Fatal(found, err)
	}
	made, err := call[api.ReportList](t.Context(), here, "Reports/List", api.RunID{})
	if err != nil || len(made.Reports) == 0 {
		t.Fatal(made, err)
	}
	shown, err := call[api.ReportDetail](t.Context(), here, "Reports/Show", api.ReportID{ID: made.Reports[0].ID})
	if err != nil || shown.Document == nil || len(shown.Document.Sections) == 0 || shown.Document.Sections[0].Items[0].Mail == "" {
		t.Errorf("what a run found does not lead to its mails: %+v %v", shown.Document, err)
	}
	all := requests(t, found.Mails[0].ID, started.ID, made.Reports[0].ID)
	proposed, err := call[api.Proposal](t.Context(), here, "Automations/Propose", api.Wish{Text: "every weekday at 8:00", AfterRun: started.ID})
	if err != nil || !proposed.Understood {
		t.Fatal(proposed.Error, err)
	}
	automation, err := call[api.Automation](t.Context(), here, "Automations/Add", api.NewAutomation{Text: "every weekday at 8:00", AfterRun: started.ID, Expect: proposed.Automation.Hash})
	if err != nil {
		t.Fatal(err)
	}
	for _, method := range []string{"Show", "Pause", "Resume"} {
		all["Automations/"+method] = `{"id":"` + automation.ID + `"}`
	}
	for _, method := range surface.Methods() {
		request, listed := all[method]
		if !listed {
			t.Errorf("%s has no request in this test", method)
			continue
		}
		delete(all, method)
		answer, failed := surface.Call(t.Context(), method, []byte(request))
		for shell, far := range map[string]*http.Client{"the socket": client, "the page": page} {
			far, farFailed := rpcCall(t.Context(), far, method, []byte(request))
			if told(t, failed) != told(t, farFailed) {
				t.Errorf("%s fails with\n%s\nand through %s with\n%s", method, told(t, failed), shell, told(t, farFailed))
			}
			if a, b := varies.ReplaceAllString(string(answer), ""), varies.ReplaceAllString(string(far), ""); a != b {
				t.Errorf("%s answers\n%.500s\nand through %s\n%.500s", method, a, shell, b)
			}
		}
		bound, boundFailed := window.Call(method, request)
		wants := ""
		if failed != nil {
			text, err := json.Marshal(agents.AsError(failed))
			if err != nil {
				t.Fatal(err)
			}
			wants = string(text)
		}
		if boundFailed != nil && boundFailed.Error() != wants || boundFailed == nil && failed != nil {
			t.Errorf("%s fails with\n%s\nand in the window with\n%v", method, wants, boundFailed)
		}
		if a, b := varies.ReplaceAllString(string(answer), ""), varies.ReplaceAllString(bound, ""); a != b {
			t.Errorf("%s answers\n%.500s\nand in the window\n%.500s", method, a, b)
		}
		if strings.Contains(string(answer), `s":null`) {
			t.Errorf("%s gives null for a list: %.500s", method, answer)
		}
	}
	for method := range all {
		t.Errorf("%s is in this test and not on the surface", method)
	}
}

// servedPage is a client that asks as a page with a session does.
func servedPage(t *testing.T, surface *api.Surface) *http.Client {
	t.Helper()
	l, err := server.Listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	web := server.New(server.Options{Listener: l, Surface: surface, Events: engine.NewEvents()})
	served := make(chan error, 1)
	go func() { served <- web.Serve() }()
	t.Cleanup(func() {
		if err := errors.Join(web.Close(context.Background()), <-served); err != nil {
			t.Error(err)
		}
	})
	return enterPage(t, web.Link())
}

// enterPage begins a session with a link, and gives a client that is in it.
func enterPage(t *testing.T, link string) *http.Client {
	t.Helper()
	host, token, ok := strings.Cut(strings.TrimPrefix(link, "http://"), "/#token=")
	if !ok {
		t.Fatal(link)
	}
	p := &page{host: host}
	client := &http.Client{Transport: p}
	t.Cleanup(client.CloseIdleConnections)
	response, err := client.Post("http://steward/session", "application/json", strings.NewReader(`{"token":"`+token+`"}`))
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusOK || len(response.Cookies()) != 1 {
		t.Fatal(response.Status)
	}
	p.cookie = response.Cookies()[0]
	return client
}

// page sends requests as the page of a server does.
type page struct {
	host   string
	cookie *http.Cookie
}

func (p *page) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.URL.Host, r.Host = p.host, p.host
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Origin", "http://"+p.host)
	if p.cookie != nil {
		r.AddCookie(p.cookie)
	}
	return http.DefaultTransport.RoundTrip(r)
}

// told is an error as a shell shows it.
func told(t *testing.T, err error) string {
	t.Helper()
	if err == nil {
		return ""
	}
	raw, err := json.Marshal(agents.AsError(err))
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func TestRequestsThatSayMoreThanIsUnderstoodAreRefused(t *testing.T) {
	surface, client := home(t)
	for _, method := range surface.Methods() {
		for _, request := range []string{`{"no_such_option":true}`, `{} {}`, `[`, `"x"`} {
			if _, err := surface.Call(t.Context(), method, []byte(request)); agents.CodeOf(err) != agents.CodeInvalid {
				t.Errorf("%s took %s: %v", method, request, err)
			}
		}
		if _, err := rpcCall(t.Context(), client, method, []byte(`{"no_such_option":true}`)); agents.CodeOf(err) != agents.CodeInvalid {
			t.Errorf("%s took an unknown option through the socket: %v", method, err)
		}
	}
	for _, method := range []string{"", "Mail", "Mail/", "Mail/search", "Mail/Nothing", "Ledger/Show/x"} {
		if _, err := surface.Call(t.Context(), method, nil); agents.CodeOf(err) != agents.CodeNotFound {
			t.Errorf("%q: %v", method, err)
		}
	}
}

func TestRequestsThatAreNoTextAreRefused(t *testing.T) {
	surface, _ := home(t)
	for _, text := range []string{"", " \n", "brief me\x1b[31m", "a\x00b", "\xff\xfe", strings.Repeat("a", 32<<10+1)} {
		raw, err := json.Marshal(api.Request{Text: text})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := surface.Call(t.Context(), "Ask/Start", raw); agents.CodeOf(err) != agents.CodeInvalid || agents.AsError(err).Hint == "" {
			t.Errorf("%.20q: %v", text, err)
		}
	}
	runs, err := surface.Call(t.Context(), "Runs/List", nil)
	if err != nil || string(runs) != `{"runs":[]}` {
		t.Errorf("they left a run: %s %v", runs, err)
	}
}
