package api_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/api"
	"github.com/stewardhq/steward/store"
	"github.com/stewardhq/steward/store/link"
)

// under is a door to a new home under a passphrase.
func under(t *testing.T, passphrase string) *api.Door {
	t.Helper()
	file := filepath.Join(t.TempDir(), "passphrase")
	if err := os.WriteFile(file, []byte(passphrase), 0o600); err != nil {
		t.Fatal(err)
	}
	d := door(t, t.TempDir(), environment("STEWARD_KEYRING", "file", "STEWARD_PASSPHRASE_FILE", file))
	if _, err := d.TryOpen(t.Context()); err != nil {
		t.Fatal(err)
	}
	return d
}

func TestLeft(t *testing.T) {
	d := under(t, "correct horse battery")
	keep := func(r store.Record) {
		t.Helper()
		if err := d.App().Store.Record(context.Background(), r); err != nil {
			t.Fatal(err)
		}
	}
	row := func(kind, run string, step int, content string) agents.Entry {
		return agents.Entry{Kind: kind, Run: run, Step: step, Content: json.RawMessage(content)}
	}
	run := agents.Run{ID: "01RUN", State: agents.Done, Created: now()}
	proposal := json.RawMessage(`{"aim":{"recipients":[{"person":"p_nobody"}]}}`)
	step := func(seq int, effect agents.Effect) agents.Step {
		return agents.Step{Run: run.ID, Seq: seq, DoneNo: seq, Capability: "mail.send", Effect: effect, State: agents.StepDone, Proposal: proposal, Issued: now(), Ended: now()}
	}
	keep(store.Record{Run: &run, Steps: []agents.Step{step(1, agents.Send), step(2, agents.Local), step(3, agents.Send)}, Ledger: []agents.Entry{
		row("egress", "01RUN", 0, `{"state":"leaving","host":"b.example:443","why":"the model b","class":"model"}`),
		row("egress", "01RUN", 0, `{"state":"over","host":"b.example:443","bytes_sent":100,"bytes_received":7,"run":"01RUN","why":"the model b","class":"model"}`),
		row("egress", "", 0, `{"state":"leaving","host":"a.example:25","why":"send mail","class":"mail"}`),
		row("egress", "", 0, `{"state":"failed","host":"a.example:25","bytes_sent":11,"why":"send mail","class":"mail"}`),
		row("egress", "", 0, `{"state":"leaving","host":"a.example:25","why":"send mail"}`),
		row("egress", "", 0, `{"state":"refused","host":"169.254.169.254:80","why":"a page"}`),
		row("egress", "", 0, `{"state":"leaving","host":"c.example:80"}`), row("egress", "", 0, `{"state":"refused","host":"c.example:80","took_ns":5}`),
		row("outcome", "01RUN", 1, `{"capability":"mail.send","state":"done","receipt":{"kind":"smtp","id":"250 2.0.0 Ok"}}`),
		row("outcome", "01RUN", 2, `{"capability":"report.write","state":"done"}`),
		row("outcome", "01RUN", 3, `{"capability":"mail.send","state":"failed"}`),
	}})
	left := must[api.Left](t, d.Surface(), "Ledger/Left", api.LeftAsked{})
	var got []string
	for _, h := range left.Hosts {
		got = append(got, fmt.Sprintf("%s times %d out %d in %d refused %d open %d %v %v %v", h.Host, h.Times, h.BytesOut, h.BytesIn, h.Refused, h.Open, h.Why, h.Class, h.Runs))
	}
	want := []string{
		"169.254.169.254:80 times 0 out 0 in 0 refused 1 open 0 [a page] [] []",
		"a.example:25 times 2 out 11 in 0 refused 0 open 1 [send mail] [mail] []",
		"b.example:443 times 1 out 100 in 7 refused 0 open 0 [the model b] [model] [01RUN]",
		"c.example:80 times 0 out 0 in 0 refused 1 open 0 [] [] []",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if left.TotalOut != 111 || left.TotalIn != 7 || left.Refused != 2 {
		t.Errorf("totals %+v", left)
	}
	if len(left.Sends) != 1 || left.Sends[0].Receipt != "250 2.0.0 Ok" || left.Sends[0].Step != 1 || !reflect.DeepEqual(left.Sends[0].Recipients, []string{"p_nobody"}) {
		t.Errorf("sends %+v", left.Sends)
	}
	if before := must[api.Left](t, d.Surface(), "Ledger/Left", api.LeftAsked{Since: now().AddDate(0, 0, -7), Until: now().AddDate(0, 0, -1)}); len(before.Hosts)+len(before.Sends) != 0 {
		t.Errorf("before: %+v", before)
	}
	if _, err := call[api.Left](t, d.Surface(), "Ledger/Left", api.LeftAsked{Since: now(), Until: now().Add(-time.Hour)}); agents.CodeOf(err) != agents.CodeInvalid {
		t.Error(err)
	}
}

// Planted secrets come out nowhere: not in an answer, an error, an event, an alert or the ledger's export.
func TestSecretsComeOutOfNoMethod(t *testing.T) {
	const passphrase, key = "passphrase-canary-5521", "sk-canary-8842"
	d := under(t, passphrase)
	var out strings.Builder
	said := func(method string, request any) {
		t.Helper()
		raw, err := json.Marshal(request)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := d.Surface().Call(t.Context(), method, raw)
		fmt.Fprintf(&out, "%s: %s %v %+v %#v\n", method, answer, err, err, err)
		if err != nil {
			e := agents.AsError(err)
			fmt.Fprintln(&out, e.Message, e.Hint)
		}
	}
	said("Models/Add", api.NewModel{Name: "home", BaseURL: "http://127.0.0.1:1/v1", Model: "m", Key: key})
	said("Models/Add", api.NewModel{Name: "two", BaseURL: "http://127.0.0.1:1/v1", Model: "m", Key: key + "\n" + key})
	said("Models/Add", api.NewModel{Name: "far", BaseURL: "http://far.example/v1", Model: "m", Key: key})
	said("Models/Use", api.ModelName{Name: "home"})
	said("Models/Test", api.ModelName{Name: "home"})
	said("Setup/Open", api.SetupOpen{Mode: "file", Passphrase: passphrase})
	for _, method := range []string{"Models/List", "Setup/State", "Ledger/Show", "Ledger/Left", "Alerts/List", "System/Doctor", "Data/Report", "Settings/Get"} {
		said(method, api.Nothing{})
	}
	export := must[api.LedgerExport](t, d.Surface(), "Ledger/Export", api.LedgerPage{})
	if v, _, err := link.VerifyExport(strings.NewReader(export.Lines)); err != nil || !v.OK || v.Rows == 0 || !export.Done {
		t.Errorf("the export: %+v, %v", v, err)
	}
	out.WriteString(export.Lines)
	fmt.Fprintf(&out, "%v %+v", d.App().Models, *d.App().Models)
	for _, canary := range []string{passphrase, key, "canary"} {
		if at := strings.Index(out.String(), canary); at >= 0 {
			t.Errorf("%s comes out: …%s…", canary, out.String()[max(0, at-200):at+20])
		}
	}
	if !strings.Contains(out.String(), "127.0.0.1:1") {
		t.Error("nothing was planted; the test proves nothing")
	}
}
