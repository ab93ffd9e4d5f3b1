package api_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
	_ "time/tzdata" // the same zones on every machine

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app"
	"github.com/stewardhq/steward/app/api"
	"github.com/stewardhq/steward/app/sandbox/script"
	"github.com/stewardhq/steward/app/vault"
	"github.com/stewardhq/steward/store"
)

// home is an opened home whose clock is set by hand.
type home struct {
	*testing.T
	app     *app.App
	surface *api.Surface
	notices bytes.Buffer

	mu    sync.Mutex
	clock time.Time
	waits chan chan time.Time
	timer chan time.Time
}

func (h *home) now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.clock = h.clock.Add(time.Millisecond)
	return h.clock
}

func (h *home) set(at string) {
	h.Helper()
	zone, err := time.LoadLocation("Asia/Taipei")
	if err != nil {
		h.Fatal(err)
	}
	when, err := time.ParseInLocation("2006-01-02 15:04:05", at, zone)
	if err != nil {
		h.Fatal(err)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.clock = when
}

func newHome(t *testing.T) *home {
	t.Helper()
	if os.Getenv("DBUS_SESSION_BUS_ADDRESS") != "" {
		t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere") // notices are read from the terminal
	}
	h := &home{T: t, waits: make(chan chan time.Time)}
	h.set("2026-11-24 07:00:00")
	dir, passphrase := t.TempDir(), filepath.Join(t.TempDir(), "passphrase")
	if err := os.WriteFile(passphrase, []byte("correct horse battery staple\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var err error
	h.app, err = app.Open(t.Context(), app.Options{
		Home: dir, Vault: vault.Options{Dir: dir, Mode: vault.File, Passphrase: vault.PassphraseFile(passphrase)},
		Notices: &h.notices, Now: h.now, Zone: h.clock.Location(),
		After: func(time.Duration) <-chan time.Time {
			timer := make(chan time.Time, 1)
			select {
			case h.waits <- timer:
			case <-t.Context().Done():
			}
			return timer
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.app.Close(); err != nil {
			t.Error(err)
		}
	})
	h.surface = api.New(h.app)
	return h
}

// ended waits until a run is over.
func (h *home) ended(id string) agents.Run {
	h.Helper()
	for no := 0; ; {
		run, err := h.app.Store.Run(h.Context(), id)
		if err != nil {
			h.Fatal(err)
		}
		if run.State.Over() {
			return run
		}
		events, err := h.app.Engine.Events().After(h.Context(), id, no)
		if err != nil {
			h.Fatal(err)
		}
		no = events[len(events)-1].No
	}
}

// settled waits until an automation's latest occurrence is over.
func (h *home) settled(id string) agents.Occurrence {
	h.Helper()
	for no := 0; ; {
		d := must[api.AutomationDetail](h.T, h.surface, "Automations/Show", api.AutomationID{ID: id})
		if len(d.Occurrences) == 0 {
			h.Fatal("it has no occurrence")
		}
		if o := d.Occurrences[0]; o.State.Over() {
			return o
		}
		events, err := h.app.Engine.Events().After(h.Context(), d.Occurrences[0].Run, no)
		if err != nil {
			h.Fatal(err)
		}
		no = events[len(events)-1].No
	}
}

func (h *home) sample() {
	h.Helper()
	h.ended(must[api.RunID](h.T, h.surface, "Mail/Import", api.Import{Sample: true}).ID)
}

func (h *home) ask(text string) agents.Run {
	h.Helper()
	return h.ended(must[api.RunID](h.T, h.surface, "Ask/Start", api.Request{Text: text}).ID)
}

// rows counts everything that a proposal could have left behind.
func (h *home) rows() int {
	h.Helper()
	all, err := h.app.Store.Automations(h.Context())
	if err != nil {
		h.Fatal(err)
	}
	ledger, err := h.app.Store.Ledger(h.Context(), store.LedgerFilter{})
	if err != nil {
		h.Fatal(err)
	}
	return len(all) + len(ledger)
}

func TestAProposalHasNoEffectAndIsWhatIsMade(t *testing.T) {
	h := newHome(t)
	before := h.rows()
	wish := api.Wish{Text: "Brief me on today's mail every weekday at 8:00"}
	p := must[api.Proposal](h.T, h.surface, "Automations/Propose", wish)
	if !p.Understood || p.Error != nil || p.Automation == nil {
		t.Fatalf("%+v", p)
	}
	a := p.Automation
	if a.ID != "" || a.Request != "Brief me on today's mail" || a.Words != "every weekday at 8:00" || a.Skill != "daily-briefing" || a.Planner != "offline" ||
		strings.Join(a.Schedule.Days, " ") != "mon tue wed thu fri" || a.Schedule.Time != "08:00" || a.Schedule.Zone != "Asia/Taipei" || a.Hash == "" ||
		!strings.Contains(a.Source, "report.create") || len(a.Next) != 3 || a.Next[0].Format(time.RFC3339) != "2026-11-24T08:00:00+08:00" || a.Next[1].Weekday() != time.Wednesday {
		t.Errorf("%+v", a)
	}
	if _, err := h.app.Store.Script(t.Context(), a.Script); agents.CodeOf(err) != agents.CodeNotFound {
		t.Errorf("the proposal deployed its script: %v", err)
	}
	if after := h.rows(); after != before {
		t.Errorf("the proposal left %d rows", after-before)
	}
	for _, expect := range []string{"", "x", must[api.Proposal](h.T, h.surface, "Automations/Propose", api.Wish{Text: "Brief me on today's mail every weekday at 8:01"}).Automation.Hash} {
		if _, err := call[api.Automation](h.T, h.surface, "Automations/Add", api.NewAutomation{Text: wish.Text, Expect: expect}); agents.CodeOf(err) != agents.CodeConflict {
			t.Errorf("made although %q was shown: %v", expect, err)
		}
	}
	if after := h.rows(); after != before {
		t.Errorf("a refused one left %d rows", after-before)
	}
	made := must[api.Automation](h.T, h.surface, "Automations/Add", api.NewAutomation{Text: wish.Text, Expect: a.Hash})
	if made.ID == "" || made.Hash != a.Hash || made.State != agents.AutomationActive || made.Script != a.Script {
		t.Errorf("%+v", made)
	}
	listed := must[api.AutomationList](h.T, h.surface, "Automations/List", api.Nothing{})
	if len(listed.Automations) != 1 || listed.Automations[0].ID != made.ID || listed.Automations[0].Hash != a.Hash || len(listed.Automations[0].Next) != 3 || listed.Automations[0].Last != nil {
		t.Errorf("%+v", listed)
	}
	shown := must[api.AutomationDetail](h.T, h.surface, "Automations/Show", api.AutomationID{ID: made.ID})
	if shown.Automation.Source != a.Source || len(shown.Occurrences) != 0 {
		t.Errorf("%+v", shown)
	}
	paused := must[api.Automation](h.T, h.surface, "Automations/Pause", api.AutomationID{ID: made.ID})
	if paused.State != agents.AutomationPaused || len(paused.Next) != 0 {
		t.Errorf("%+v", paused)
	}
	must[api.Automation](h.T, h.surface, "Automations/Pause", api.AutomationID{ID: made.ID}) // again is nothing new
	resumed := must[api.Automation](h.T, h.surface, "Automations/Resume", api.AutomationID{ID: made.ID})
	if resumed.State != agents.AutomationActive || len(resumed.Next) != 3 {
		t.Errorf("%+v", resumed)
	}
	must[api.Nothing](h.T, h.surface, "Automations/Remove", api.AutomationID{ID: made.ID})
	if left := must[api.AutomationList](h.T, h.surface, "Automations/List", api.Nothing{}); len(left.Automations) != 0 {
		t.Errorf("%+v", left)
	}
	var did []string
	ledger, err := h.app.Store.Ledger(t.Context(), store.LedgerFilter{Kind: "setting"})
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range ledger {
		var content struct{ What, Automation, Script string }
		if err := json.Unmarshal(row.Content, &content); err != nil || content.Automation != made.ID || content.Script != made.Script {
			t.Errorf("%s %v", row.Content, err)
		}
		did = append(did, content.What)
	}
	if strings.Join(did, " ") != "add pause resume remove" {
		t.Errorf("the ledger has %v", did)
	}
}

func TestWhatIsNotUnderstoodIsSaid(t *testing.T) {
	h := newHome(t)
	for _, c := range []struct{ text, run, code, want string }{
		{"", "", agents.CodeInvalid, "for example"},
		{"brief me\x1b[31m every day at 8:00", "", agents.CodeInvalid, "no text"},
		{"Brief me on today's mail every weekday", "", agents.CodeInvalid, "names no time"},
		{"every weekday at 8:00", "", agents.CodeInvalid, "says when, and not what"},
		{"每個工作日早上八點", "", agents.CodeInvalid, "沒有說要做什麼"},
		{"water the plants every day at 8:00", "", agents.CodeUnsupported, "--from RUN"},
		{"每天早上八點澆花", "", agents.CodeUnsupported, "--from RUN"},
		{"every hour", "", agents.CodeUnsupported, "days of the week"},
		{"every weekday at 8:00", "01NOBODY", agents.CodeNotFound, "no such run"},
	} {
		p := must[api.Proposal](h.T, h.surface, "Automations/Propose", api.Wish{Text: c.text, AfterRun: c.run})
		if p.Understood || p.Automation != nil || p.Error == nil || p.Error.Code != c.code || p.Error.Hint == "" || !strings.Contains(p.Error.Message+" / "+p.Error.Hint, c.want) {
			t.Errorf("%q: %+v", c.text, p.Error)
		}
		if _, err := call[api.Automation](h.T, h.surface, "Automations/Add", api.NewAutomation{Text: c.text, AfterRun: c.run}); agents.CodeOf(err) != c.code {
			t.Errorf("%q was made: %v", c.text, err)
		}
	}
}

func TestAnAutomationBriefsOnTheDayOnWhichItRuns(t *testing.T) {
	h := newHome(t)
	h.sample()
	asked := h.ask("Brief me on today's mail")
	if asked.State != agents.Done {
		t.Fatal(asked.Error)
	}
	p := must[api.Proposal](h.T, h.surface, "Automations/Propose", api.Wish{Text: "Every weekday at 8:00", AfterRun: asked.ID})
	if !p.Understood || p.Automation.Script != asked.Script || p.Automation.Request != "Brief me on today's mail" || p.Automation.From != asked.ID {
		t.Fatalf("%+v %v", p.Automation, p.Error)
	}
	// The same words with it are the same wish; other words are a wish of their own.
	if same := must[api.Proposal](h.T, h.surface, "Automations/Propose", api.Wish{Text: "brief me on today's mail, every weekday at 8:00", AfterRun: asked.ID}); same.Automation == nil || same.Automation.From != asked.ID {
		t.Errorf("%+v", same)
	}
	if other := must[api.Proposal](h.T, h.surface, "Automations/Propose", api.Wish{Text: "Brief me on yesterday's mail every weekday at 8:00", AfterRun: asked.ID}); other.Automation == nil || other.Automation.From != "" || other.Automation.Request != "Brief me on yesterday's mail" {
		t.Errorf("%+v", other)
	}
	made := must[api.Automation](h.T, h.surface, "Automations/Add", api.NewAutomation{Text: "Every weekday at 8:00", AfterRun: asked.ID, Expect: p.Automation.Hash})
	h.set("2026-11-25 09:00:00") // nothing watches the clock yet, which does not go unsaid
	if l := must[api.AutomationList](h.T, h.surface, "Automations/List", api.Nothing{}); l.Automations[0].Overdue != 2 || l.Automations[0].Last != nil {
		t.Errorf("%+v", l)
	}
	h.set("2026-11-24 07:00:10")
	h.app.StartSchedule()
	h.timer = <-h.waits
	h.set("2026-11-26 08:00:00")
	h.timer <- h.clock
	h.timer = <-h.waits
	o := h.settled(made.ID)
	if o.State != agents.OccurrenceDone || o.Due.Format(time.RFC3339) != "2026-11-26T08:00:00+08:00" || o.Note != "" {
		t.Fatalf("%+v", o)
	}
	run := h.ended(o.Run)
	var params struct {
		Day struct {
			Since struct {
				D int64 `json:"$d"`
			} `json:"since"`
			Label string `json:"label"`
		} `json:"day"`
	}
	if err := json.Unmarshal(run.Params, &params); err != nil {
		t.Fatal(err)
	}
	if since := time.UnixMilli(params.Day.Since.D).In(h.clock.Location()).Format("2006-01-02 15:04"); since != "2026-11-26 00:00" || params.Day.Label != "today" {
		t.Errorf("it briefs on %s (%s)", since, params.Day.Label)
	}
	if run.Script != asked.Script || run.Kind != "automation" || run.Automation != made.ID || run.Zone != "Asia/Taipei" || !run.Verified {
		t.Errorf("%+v", run)
	}
	d := must[api.AutomationDetail](h.T, h.surface, "Automations/Show", api.AutomationID{ID: made.ID})
	if len(d.Occurrences) != 3 || d.Occurrences[1].State != agents.OccurrenceMissed || d.Automation.Last.ID != o.ID || d.Automation.Overdue != 0 { // 24th and 25th passed in a jump of the clock
		t.Errorf("%+v", d.Occurrences)
	}
	if !strings.Contains(h.notices.String(), "Missed: Brief me on today's mail") {
		t.Errorf("notices %s", h.notices.String())
	}
}

// A script that is not the skill's any more still runs, with the parameters of the day.
func TestThePinnedScriptRunsWhateverBecameOfTheSkill(t *testing.T) {
	h := newHome(t)
	source := `return "the old one, on " + dates.format(params.day.since, "date") + " in " + params.lang`
	compiled, err := script.Compile(source)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.app.Store.SaveScript(t.Context(), agents.Script{Hash: compiled.Hash, Name: "daily-briefing", Source: source}); err != nil {
		t.Fatal(err)
	}
	add := func(skill, script string) agents.Automation {
		a, err := h.app.Schedule.Add(t.Context(), agents.Automation{
			Request: "Brief me on today's mail", Lang: "en", Skill: skill, Planner: "offline", Script: script,
			Schedule: agents.Schedule{Days: []string{"tue"}, Time: "08:00", Zone: "Asia/Taipei"},
		})
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	old := add("daily-briefing", compiled.Hash)
	begun := must[agents.Occurrence](h.T, h.surface, "Automations/Run", api.AutomationID{ID: old.ID})
	if run := h.ended(begun.Run); run.Result == nil || !strings.Contains(run.Result.Raw(), "the old one, on") || !strings.Contains(run.Result.Raw(), "in en") || !begun.Manual {
		t.Errorf("%+v", run)
	}
	// What cannot be had any more fails, and says so.
	for skill, hash := range map[string]string{"gone-skill": compiled.Hash, "daily-briefing": "gone"} {
		a := add(skill, hash)
		if _, err := call[agents.Occurrence](h.T, h.surface, "Automations/Run", api.AutomationID{ID: a.ID}); err == nil {
			t.Errorf("%s with %s ran", skill, hash)
		}
		if d, err := h.app.Store.Occurrences(t.Context(), store.OccurrenceFilter{Automation: a.ID}); err != nil || len(d) != 1 || d[0].State != agents.OccurrenceFailed || d[0].Error == nil {
			t.Errorf("%s: %+v %v", skill, d, err)
		}
	}
}

func TestOnlyARunThatIsDoneAndCameFromAScriptIsRepeated(t *testing.T) {
	h := newHome(t)
	failed := h.ask("what is love?")
	own := h.ended(must[api.RunID](h.T, h.surface, "Scripts/Run", api.Script{Name: "mine.ts", Source: `return "mine " + new Date().getFullYear()`}).ID)
	imported := h.ended(must[api.RunID](h.T, h.surface, "Mail/Import", api.Import{Sample: true}).ID)
	for _, run := range []agents.Run{failed, imported} {
		p := must[api.Proposal](h.T, h.surface, "Automations/Propose", api.Wish{Text: "every day at 8:00", AfterRun: run.ID})
		if p.Understood || p.Error.Code != agents.CodeInvalid || !strings.Contains(p.Error.Message, "only a run that is done") {
			t.Errorf("%s: %+v", run.Kind, p.Error)
		}
	}
	p := must[api.Proposal](h.T, h.surface, "Automations/Propose", api.Wish{Text: "do this every day at 8:00", AfterRun: own.ID[:20]})
	if !p.Understood || p.Automation.Request != "mine.ts" || p.Automation.Script != own.Script || p.Automation.Planner != "user" || p.Automation.Skill != "" {
		t.Fatalf("%+v %v", p.Automation, p.Error)
	}
	made := must[api.Automation](h.T, h.surface, "Automations/Add", api.NewAutomation{Text: "do this every day at 8:00", AfterRun: own.ID[:20], Expect: p.Automation.Hash})
	begun := must[agents.Occurrence](h.T, h.surface, "Automations/Run", api.AutomationID{ID: made.ID})
	if run := h.ended(begun.Run); run.Result == nil || run.Result.Raw() != "mine 2026" {
		t.Errorf("%+v", run)
	}
}
