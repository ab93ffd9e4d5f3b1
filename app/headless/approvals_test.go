package headless

import (
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/api"
	"github.com/stewardhq/steward/app/approval"
	"github.com/stewardhq/steward/app/engine"
)

var sheet = engine.Sheet{Run: "01RUN", Hash: "h1", Rows: []engine.Row{
	{Step: 2, Capability: "sink.send", Effect: "send", Payload: []byte(`["to Anna"]`), Hash: "p2"},
	{Step: 5, Capability: "sink.send", Effect: "send", Payload: []byte(`["to Bob"]`), Hash: "p5"},
}}

// asking is a sheet with a question beside a step.
var asking = engine.Sheet{Run: "01ASK", Request: "pay\x1b[2J", Hash: "q1", Rows: []engine.Row{
	{Step: 1, Capability: "ask", Question: &approval.Question{Text: approval.Pieces(agents.Plain("Which?")), Choices: [][]approval.Piece{approval.Pieces(agents.Plain("red")), approval.Pieces(agents.Plain("blue"))}}},
	{Step: 2, Capability: "sink.send", Effect: "send", Hash: "p2", Fields: []approval.Field{{Path: "body", Text: approval.Pieces(agents.Plain("now\u202e")), Role: approval.Payload, Editable: true}}, Offer: &approval.Offer{Most: 10}},
}}

// changed are the edits that the owner was sent.
var changed []api.Edited

func body(t *testing.T, r *http.Request) string {
	t.Helper()
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		t.Error(err)
	}
	return string(raw)
}

// owned is a session attached to an owner that has the sheet above, and the answers that it was given.
func owned(t *testing.T) (*session, *strings.Builder, *[]api.Answered) {
	t.Helper()
	changed = nil
	var given []api.Answered
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var answer any
		switch r.URL.Path {
		case "/rpc/Approvals/Show":
			answer = sheet
			if strings.Contains(body(t, r), "01ASK") {
				answer = asking
			}
		case "/rpc/Approvals/Answer":
			var a api.Answered
			if err := json.NewDecoder(r.Body).Decode(&a); err != nil {
				t.Error(err)
			}
			given, answer = append(given, a), api.RunID{ID: a.ID}
		case "/rpc/Approvals/List":
			answer = api.SheetList{Sheets: []engine.Sheet{sheet, asking}}
		case "/rpc/Approvals/Edit":
			var e api.Edited
			if err := json.NewDecoder(r.Body).Decode(&e); err != nil {
				t.Error(err)
			}
			changed = append(changed, e)
			answer = engine.Sheet{Run: "01RUN", Hash: "h2", Rows: sheet.Rows}
		case "/rpc/Runs/Watch":
			answer = api.Watched{State: agents.Done}
		case "/rpc/Runs/Outcome":
			answer = api.Outcome{Run: "01RUN", State: agents.Done, Verified: true}
		default:
			t.Errorf("asked for %s", r.URL.Path)
		}
		if err := json.NewEncoder(w).Encode(answer); err != nil {
			t.Error(err)
		}
	}))
	t.Cleanup(s.Close)
	out := &strings.Builder{}
	client := &http.Client{Transport: rewritten(s.Listener.Addr().String())}
	return &session{attached: client, print: &printer{out: out, err: out}}, out, &given
}

// rewritten sends every request to one address, as the client of an owner's socket does.
type rewritten string

func (to rewritten) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.URL.Host = string(to)
	return http.DefaultTransport.RoundTrip(r)
}

func TestApprovingShowsTheSheetAndAsks(t *testing.T) {
	for _, c := range []struct {
		answer string
		failed error
		done   bool
	}{{"yes\n", nil, true}, {" YES \n", nil, true}, {"y\n", nil, false}, {"no\n", nil, false}, {"\n", nil, false}, {"", errors.New("the terminal is gone"), false}} {
		s, out, given := owned(t)
		s.ask = func(question string) (string, error) {
			for _, want := range []string{"to Anna", "to Bob", "sheet h1"} {
				if !strings.Contains(out.String(), want) {
					t.Errorf("asked before %q was shown", want)
				}
			}
			if !strings.Contains(question, "2 of 2 steps") {
				t.Errorf("asked %q", question)
			}
			return c.answer, c.failed
		}
		err := (&approvalsApprove{ID: "01"}).run(t.Context(), s)
		if !c.done {
			if agents.CodeOf(err) != agents.CodeCancelled || len(*given) != 0 {
				t.Errorf("%q: %v, answered %v", c.answer, err, *given)
			}
			continue
		}
		if err != nil || len(*given) != 1 || (*given)[0].Hash != "h1" || !slices.Equal((*given)[0].Approve, []int{2, 5}) {
			t.Errorf("%q: %v, answered %v", c.answer, err, *given)
		}
	}
}

func TestApprovingUnseenIsRefused(t *testing.T) {
	s, _, given := owned(t)
	err := (&approvalsApprove{ID: "01"}).run(t.Context(), s)
	if agents.CodeOf(err) != agents.CodeInvalid || !strings.Contains(agents.AsError(err).Hint, "--hash") || len(*given) != 0 {
		t.Errorf("without a terminal: %v, answered %v", err, *given)
	}
	s.print.json, s.ask = true, func(string) (string, error) { t.Error("asked, though nothing is shown"); return "yes", nil }
	if err := (&approvalsApprove{ID: "01"}).run(t.Context(), s); agents.CodeOf(err) != agents.CodeInvalid || len(*given) != 0 {
		t.Errorf("with --json: %v, answered %v", err, *given)
	}
}

func TestAHashSaysWhatWasSeen(t *testing.T) {
	s, _, given := owned(t)
	if err := (&approvalsApprove{ID: "01", Hash: "seen before", Step: []int{5}}).run(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	if err := (&approvalsDeny{ID: "01"}).run(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	if len(*given) != 2 || (*given)[0].Hash != "seen before" || !slices.Equal((*given)[0].Approve, []int{5}) || len((*given)[1].Approve) != 0 {
		t.Errorf("answered %v", *given)
	}
}

func TestDenyingAndStopping(t *testing.T) {
	for _, stop := range []bool{false, true} {
		s, _, given := owned(t)
		if err := (&approvalsDeny{ID: "01", Stop: stop}).run(t.Context(), s); err != nil || len(*given) != 1 || (*given)[0].Stop != stop || (*given)[0].Hash != "h1" || len((*given)[0].Approve) != 0 {
			t.Errorf("stop %v: %v, answered %+v", stop, err, *given)
		}
	}
}

func TestListingAndShowing(t *testing.T) {
	s, out, _ := owned(t)
	if err := (&approvalsList{}).run(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	if err := (&approvalsShow{ID: "01ASK"}).run(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"01RUN  2 steps", "01ASK  1 step, 1 question", "step 1: a question", "1: red", "body: now⟦U+202E RIGHT-TO-LEFT OVERRIDE⟧", "approvals answer 01ASK --step 1 --choose 1", "approvals edit 01ASK --step 2 --field body", "approve 01ASK --hash q1"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not in\n%s", want, out)
		}
	}
	if strings.ContainsAny(out.String(), "\x1b\u202e") {
		t.Errorf("a terminal would obey %q", out)
	}
}

func TestAnsweringAQuestion(t *testing.T) {
	for name, c := range map[string]struct {
		command approvalsAnswer
		code    string
		chosen  []int
		approve []int
	}{
		"and nothing else":   {approvalsAnswer{Step: 1, Choose: []int{2}, Approve: "none"}, "", []int{1}, []int{}},
		"and all the rest":   {approvalsAnswer{Choose: []int{1}, Approve: "all", Hash: "q1"}, "", []int{0}, []int{2}},
		"and a step":         {approvalsAnswer{Choose: []int{1}, Approve: "2", Hash: "q1"}, "", []int{0}, []int{2}},
		"the rest unseen":    {approvalsAnswer{Choose: []int{1}, Approve: "all"}, agents.CodeInvalid, nil, nil},
		"a step unseen":      {approvalsAnswer{Choose: []int{1}, Approve: "2"}, agents.CodeInvalid, nil, nil},
		"the rest forgotten": {approvalsAnswer{Choose: []int{1}}, agents.CodeInvalid, nil, nil},
		"another step":       {approvalsAnswer{Step: 2, Choose: []int{1}, Approve: "none"}, agents.CodeInvalid, nil, nil},
		"two of one":         {approvalsAnswer{Choose: []int{1, 2}, Approve: "none"}, agents.CodeInvalid, nil, nil},
		"what is not there":  {approvalsAnswer{Choose: []int{3}, Approve: "none"}, agents.CodeInvalid, nil, nil},
		"words":              {approvalsAnswer{Text: "red", Approve: "none"}, agents.CodeInvalid, nil, nil},
	} {
		s, _, given := owned(t)
		c.command.ID = "01ASK"
		err := c.command.run(t.Context(), s)
		if agents.CodeOf(err) != c.code {
			t.Errorf("%s: %v", name, err)
		}
		if c.code != "" {
			if len(*given) > 0 {
				t.Errorf("%s: answered %+v", name, *given)
			}
			continue
		}
		if len(*given) != 1 || !slices.Equal((*given)[0].Approve, c.approve) || (*given)[0].Hash != "q1" || len((*given)[0].Replies) != 1 || (*given)[0].Replies[0].Step != 1 || !slices.Equal((*given)[0].Replies[0].Chosen, c.chosen) {
			t.Errorf("%s: answered %+v", name, *given)
		}
	}
}

func TestApprovingAnswersTheQuestionsToo(t *testing.T) {
	s, _, given := owned(t)
	if err := (&approvalsApprove{ID: "01ASK", Hash: "q1"}).run(t.Context(), s); agents.CodeOf(err) != agents.CodeInvalid || len(*given) > 0 {
		t.Errorf("the question was passed over: %v", err)
	}
	asked := 0
	s.ask = func(question string) (string, error) {
		asked++
		if strings.Contains(question, "step 1") {
			return "2\n", nil
		}
		return "yes\n", nil
	}
	if err := (&approvalsApprove{ID: "01ASK"}).run(t.Context(), s); err != nil || asked != 2 || len(*given) != 1 || len((*given)[0].Replies) != 1 || !slices.Equal((*given)[0].Approve, []int{2}) {
		t.Errorf("%v, asked %d times, answered %+v", err, asked, *given)
	}
}

func TestAllowingForLater(t *testing.T) {
	s, _, given := owned(t)
	for _, c := range []approvalsApprove{
		{ID: "01", AllowUntil: "2026-12-01", AllowTimes: 3, Hash: "h1"}, // nothing of it offers that
		{ID: "01ASK", AllowUntil: "2026-12-01"}, {ID: "01ASK", AllowTimes: 3}, {ID: "01ASK", AllowUntil: "soon", AllowTimes: 3}, {ID: "01ASK", AllowUntil: "2026-12-01", AllowTimes: -3},
	} {
		if err := c.run(t.Context(), s); agents.CodeOf(err) != agents.CodeInvalid || len(*given) > 0 {
			t.Errorf("%+v: %v", c, err)
		}
	}
	s.ask = func(question string) (string, error) {
		if strings.Contains(question, "step 1") {
			return "1", nil
		}
		if !strings.Contains(question, "without asking, up to 2026-12-02 00:00 and at most 3 times") {
			t.Errorf("asked %q", question)
		}
		return "yes", nil
	}
	if err := (&approvalsApprove{ID: "01ASK", AllowUntil: "2026-12-01", AllowTimes: 3}).run(t.Context(), s); err != nil || len(*given) != 1 || len((*given)[0].Grants) != 1 || (*given)[0].Grants[0].Step != 2 || (*given)[0].Grants[0].Uses != 3 {
		t.Errorf("%v, answered %+v", err, *given)
	}
}

func TestEditingFromStandardInput(t *testing.T) {
	s, out, given := owned(t)
	s.streams.In = strings.NewReader("my own\nwords\n")
	if err := (&approvalsEdit{ID: "01ASK", Step: 2, Field: "body"}).run(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	if len(changed) != 1 || changed[0].Hash != "q1" || changed[0].Step != 2 || !slices.Equal(changed[0].Edits, []api.Typed{{Path: "body", Text: "my own\nwords"}}) || len(*given) != 0 {
		t.Errorf("sent %+v, answered %v", changed, *given)
	}
	if !strings.Contains(out.String(), "sheet h2") {
		t.Errorf("the new sheet is not shown: %s", out)
	}
	s.streams.In = strings.NewReader(strings.Repeat("x", mostWords+1))
	if err := (&approvalsEdit{ID: "01ASK", Step: 2, Field: "body"}).run(t.Context(), s); agents.CodeOf(err) != agents.CodeLimit || len(changed) != 1 {
		t.Errorf("a text without end: %v", err)
	}
}

func TestEditingInTheUsersEditor(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("a file in memory is Linux's")
	}
	script := filepath.Join(t.TempDir(), "editor")
	kept := filepath.Join(t.TempDir(), "kept")
	if err := os.WriteFile(script, []byte("#!/bin/sh\n[ -n \"$FAIL\" ] && exit 1\ncp \"$1\" "+kept+"\necho mine >> \"$1\"\necho \"$1\" > "+kept+".name\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	in, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	s, _, _ := owned(t)
	t.Setenv("EDITOR", "")
	if _, err := s.edit(t.Context(), in, "now"); agents.CodeOf(err) != agents.CodeInvalid {
		t.Errorf("without an editor: %v", err)
	}
	t.Setenv("EDITOR", script)
	text, err := s.edit(t.Context(), in, "what is there")
	if err != nil || text != "what is there\nmine" {
		t.Errorf("got %q, %v", text, err)
	}
	name, err := os.ReadFile(kept + ".name")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(strings.TrimSpace(string(name))); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the file is still there: %v", err)
	}
	t.Setenv("FAIL", "1")
	if _, err := s.edit(t.Context(), in, "x"); agents.CodeOf(err) != agents.CodeUnavailable {
		t.Errorf("an editor that fails: %v", err)
	}
}
