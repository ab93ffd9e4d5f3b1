package headless

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/api"
	"github.com/stewardhq/steward/app/engine"
)

var sheet = engine.Sheet{Run: "01RUN", Hash: "h1", Rows: []engine.Row{
	{Step: 2, Capability: "sink.send", Effect: "send", Payload: []byte(`["to Anna"]`), Hash: "p2"},
	{Step: 5, Capability: "sink.send", Effect: "send", Payload: []byte(`["to Bob"]`), Hash: "p5"},
}}

// owned is a session attached to an owner that has the sheet above, and the answers that it was given.
func owned(t *testing.T) (*session, *strings.Builder, *[]api.Answered) {
	t.Helper()
	var given []api.Answered
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var answer any
		switch r.URL.Path {
		case "/rpc/Approvals/Show":
			answer = sheet
		case "/rpc/Approvals/Answer":
			var a api.Answered
			if err := json.NewDecoder(r.Body).Decode(&a); err != nil {
				t.Error(err)
			}
			given, answer = append(given, a), api.RunID{ID: a.ID}
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
