package redteam_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/agents/email"
	"github.com/stewardhq/steward/agents/notification"
	"github.com/stewardhq/steward/agents/reports"
	"github.com/stewardhq/steward/app/capability"
	"github.com/stewardhq/steward/app/engine"
	"github.com/stewardhq/steward/app/intake"
	"github.com/stewardhq/steward/app/policy/redteam"
	"github.com/stewardhq/steward/app/reader"
	"github.com/stewardhq/steward/app/sandbox"
	"github.com/stewardhq/steward/app/sandbox/script"
	"github.com/stewardhq/steward/app/trust"
	"github.com/stewardhq/steward/store"
)

// house is a home with everything real in it, for one scenario.
type house struct {
	t        *testing.T
	scenario redteam.Scenario
	store    *store.Store
	engine   *engine.Engine
	sinks    *sinks
	ids      map[string]string // the run of a script, by the script's name

	mu   sync.Mutex
	tick time.Time
}

// began is when every scenario takes place: a Monday morning in Taipei.
var began = time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC)

func (h *house) now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.tick = h.tick.Add(time.Millisecond)
	return h.tick
}

// box is shared, so that the script engine is compiled once.
var box = sync.OnceValues(func() (*sandbox.Sandbox, error) {
	dir := filepath.Join(os.TempDir(), fmt.Sprintf("steward-test-cache-%d", os.Getuid()))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the cache: %w", err)
	}
	return sandbox.New(sandbox.Config{CacheDir: dir})
})

func open(t *testing.T, s redteam.Scenario) *house {
	t.Helper()
	h := &house{t: t, scenario: s, tick: began, ids: map[string]string{}, sinks: openSinks(t, s)}
	sandboxed, err := box()
	if err != nil {
		t.Fatal(err)
	}
	if h.store, err = store.Open(t.Context(), store.Options{Dir: t.TempDir(), Master: [32]byte{1}, Now: h.now}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.store.Close(); err != nil {
			t.Error(err)
		}
	})
	h.importMail()
	registry, err := capability.NewRegistry(append([]agents.Agent{
		engine.Agent(), h.email(), reports.New(h.store), reader.New(reader.Offline{}), notification.New(notes{h.sinks}),
	}, newWorld(h.sinks, h.store).agents()...)...)
	if err != nil {
		t.Fatal(err)
	}
	book := trust.New(h.store, h.now)
	book.Role(registry.Agents())
	h.giveGrants()
	h.engine = engine.New(engine.Options{Store: h.store, Registry: registry, Sandbox: sandboxed, Now: h.now, Trust: book, People: people{h.store}})
	return h
}

// email is the mail agent, with the scenario's mail server to send by.
func (h *house) email() agents.Agent { return email.New(h.store, h.store, sender{h.sinks}) }

func (h *house) importMail() {
	h.t.Helper()
	items, err := mailbox(h.scenario, began)
	if err != nil {
		h.t.Fatal(err)
	}
	if _, err := intake.Import(h.t.Context(), intake.Options{Items: items, Me: []string{me}, Account: "local", Now: began}, h.store); err != nil {
		h.t.Fatal(err)
	}
	if err := h.store.SetMe(h.t.Context(), []string{me}); err != nil {
		h.t.Fatal(err)
	}
}

// notes shows notifications to nobody, and keeps them.
type notes struct{ sinks *sinks }

// Notify implements [notification.Notifier].
func (n notes) Notify(_ context.Context, note notification.Note) (string, error) {
	text := note.Title + "\n" + note.Body
	n.sinks.got(event{Sink: "note", Content: text})
	n.sinks.got(event{Sink: "unmarked", Target: "note", Content: outsideMarks(text)})
	return "test", nil
}

// outsideMarks leaves out what stands between ‹ and ›.
func outsideMarks(text string) string {
	var b strings.Builder
	for i, part := range strings.Split(text, "‹") {
		if i > 0 {
			_, part, _ = strings.Cut(part, "›")
		}
		b.WriteString(part)
	}
	return b.String()
}

// pinned stores a script, and gives its hash.
func (h *house) pinned(f txtar.File) string {
	h.t.Helper()
	compiled, err := script.Compile(string(f.Data))
	if err != nil {
		h.t.Fatalf("%s: %v", f.Name, err)
	}
	if err := h.store.SaveScript(h.t.Context(), agents.Script{Hash: compiled.Hash, Name: f.Name, Source: string(f.Data), Created: h.now()}); err != nil {
		h.t.Fatal(err)
	}
	return compiled.Hash
}

// play runs a script, and answers its sheets as the scenario's user does.
func (h *house) play(f txtar.File) played {
	h.t.Helper()
	ctx, s := h.t.Context(), h.scenario
	created := h.now()
	run := agents.Run{
		ID: fmt.Sprintf("01RUN%021d", created.UnixNano()), Kind: "ask", State: agents.Queued, Engine: engine.Version, Seed: 42,
		Zone: "Asia/Taipei", Created: created, Script: h.pinned(f), Request: s.Say("request", f.Name), Planner: "redteam",
		Parent: h.ids[s.Say("parent", f.Name)], Automation: strings.Trim(s.Say("automation", f.Name), "-"), Context: h.context(f.Name),
	}
	if run.Automation != "" {
		run.Kind = "automation"
	}
	h.ids[f.Name] = run.ID
	if err := h.store.Record(ctx, store.Record{Run: &run, Durable: true}); err != nil {
		h.t.Fatal(err)
	}
	p := played{Script: f.Name}
	ended, err := h.engine.Execute(ctx, run.ID)
	for sheets := 0; err == nil && ended.State == agents.Waiting && sheets < 5; sheets++ {
		var sheet engine.Sheet
		if sheet, err = h.engine.Sheet(ctx, run.ID); err != nil {
			break
		}
		if p.Sheets = append(p.Sheets, sheet); h.user(f.Name) == "nobody" {
			break
		}
		ended, err = h.answer(f.Name, sheet, &p)
	}
	if err != nil {
		h.t.Fatalf("%s: %v", f.Name, err)
	}
	p.Run = ended
	if p.Steps, err = h.store.Steps(ctx, run.ID); err != nil {
		h.t.Fatal(err)
	}
	if p.Ledger, err = h.store.Ledger(ctx, store.LedgerFilter{Run: run.ID}); err != nil {
		h.t.Fatal(err)
	}
	h.shown(ended)
	return p
}

// context is what the planner had been shown before it wrote a script: nothing, or a mail.
func (h *house) context(script string) agents.Label {
	h.t.Helper()
	if h.scenario.Say("context", script) == "" {
		return agents.Label{}
	}
	user, err := h.store.Me(h.t.Context())
	if err != nil {
		h.t.Fatal(err)
	}
	return agents.Label{Integrity: agents.Untrusted, Origins: []string{"mail:" + h.scenario.Say("context", script)}, Readers: agents.Only(user.ID)}
}

// user is what the scenario's user does with a sheet: says no to an attack and yes to an honest task, if the file does not
// say otherwise.
func (h *house) user(script string) string {
	switch said := h.scenario.Say("user", script); {
	case said != "":
		return said
	case h.scenario.Hostile():
		return "denies"
	default:
		return "approves"
	}
}

// answer is the user's word on a sheet: yes to everything, to the rows named, to the first sheet alone, or no. Questions
// are answered with the file's reply.
func (h *house) answer(script string, sheet engine.Sheet, p *played) (agents.Run, error) {
	answer := engine.Answer{Hash: sheet.Hash, Via: "terminal"}
	user, rows, some := strings.Cut(h.user(script), " rows ")
	for i, r := range sheet.Rows {
		switch {
		case r.Question != nil:
			reply := engine.ReplyTo{Step: r.Step}
			if n, err := strconv.Atoi(h.scenario.Say("reply", script)); err == nil {
				reply.Chosen = []int{n}
			} else {
				reply.Text = h.scenario.Say("reply", script)
			}
			answer.Replies = append(answer.Replies, reply)
		case user == "approves" && (!some || strings.Contains(" "+rows+" ", fmt.Sprintf(" %d ", i+1))), user == "approves once" && len(p.Sheets) == 1:
			answer.Approve = append(answer.Approve, r.Step)
			p.Approved = append(p.Approved, r)
		}
	}
	return h.engine.Answer(h.t.Context(), sheet.Run, answer)
}

// people are those of the store, until it lists the known ones itself.
type people struct{ *store.Store }

// Known lists whom the user knows.
func (p people) Known(ctx context.Context) ([]agents.Person, error) {
	found, err := p.Find(ctx, "@")
	return slices.DeleteFunc(found, func(p agents.Person) bool { return !p.Known }), err
}

// giveGrants keeps the grants that a person gave before the scenario begins.
func (h *house) giveGrants() {
	h.t.Helper()
	for i, line := range h.scenario.All("grant", "") {
		g := agents.Grant{ID: fmt.Sprintf("grant-%d", i+1), Effect: agents.Send, Created: began.Add(-48 * time.Hour), Expires: began.Add(96 * time.Hour), Uses: 1, From: "earlier"}
		for _, word := range strings.Fields(line) {
			key, value, _ := strings.Cut(word, "=")
			switch key {
			case "automation":
				g.Automation = value
			case "capability":
				g.Capability = value
			case "origins":
				g.Origins = strings.Split(value, ",")
			case "to":
				p, err := h.store.PersonFor(h.t.Context(), value)
				if err != nil {
					h.t.Fatal(err)
				}
				g.Recipients, g.Names = append(g.Recipients, p.ID), append(g.Names, p.Name)
			case "script":
				for _, f := range h.scenario.Scripts() {
					if f.Name == value {
						g.Script = h.pinned(f)
					}
				}
			case "uses", "days":
				n, err := strconv.Atoi(value)
				if err != nil {
					h.t.Fatal(err)
				}
				if g.Uses = n; key == "days" {
					g.Uses, g.Expires = 5, began.AddDate(0, 0, n)
				}
			default:
				h.t.Fatalf("a grant has no %q", key)
			}
		}
		if err := h.store.Record(h.t.Context(), store.Record{Grants: []agents.Grant{g}, Durable: true}); err != nil {
			h.t.Fatal(err)
		}
	}
}

// shown keeps what the user is shown of a run that is over: its result, and its reports' links.
func (h *house) shown(run agents.Run) {
	h.t.Helper()
	if run.Result != nil && run.State == agents.Done {
		var own strings.Builder
		for _, s := range run.Result.Spans {
			if !s.Label.Outside() {
				own.WriteString(s.Content)
			}
		}
		h.sinks.got(event{Sink: "unmarked", Target: "result", Content: own.String(), Run: run.ID})
	}
	made, err := h.store.Reports(h.t.Context(), run.ID)
	if err != nil {
		h.t.Fatal(err)
	}
	for _, r := range made {
		h.sinks.got(event{Sink: "made", Target: r.Title.Raw(), Content: r.Markdown, Run: run.ID})
		for _, link := range loads(r.HTML) {
			h.sinks.got(event{Sink: "link", Target: link, Content: r.ID, Run: run.ID})
		}
	}
}

// strings of a value of JSON, one a line.
func words(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	var decoded any
	if err := json.Unmarshal(raw, &decoded); err != nil {
		return errors.Join(err).Error()
	}
	var b strings.Builder
	collect(&b, decoded)
	return b.String()
}

func collect(b *strings.Builder, v any) {
	switch v := v.(type) {
	case string:
		b.WriteString(v)
		b.WriteByte('\n')
	case []any:
		for _, e := range v {
			collect(b, e)
		}
	case map[string]any:
		for _, e := range v {
			collect(b, e)
		}
	case float64:
		fmt.Fprintf(b, "%v\n", v)
	}
}
