package headless

import (
	"context"
	"fmt"
	"strings"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/api"
	"github.com/stewardhq/steward/app/engine"
)

type askCommand struct {
	Text   string `arg:"" help:"What you want done, in your own words."`
	Model  string `help:"Who writes the script: PROVIDER/NAME, or offline." placeholder:"PROVIDER/NAME"`
	NoWait bool   `help:"Do not wait for the end."`
}

func (c *askCommand) run(ctx context.Context, s *session) error {
	started, err := call[api.RunID](ctx, s, "Ask/Start", api.Request{Text: c.Text, Model: c.Model})
	if err != nil {
		return err
	}
	if c.NoWait {
		s.print.line("run %s", started.ID)
		s.print.object("result", map[string]any{"run": started.ID, "state": agents.Queued})
		return nil
	}
	return s.follow(ctx, started.ID)
}

// follow tells what happens in a run until it ends or waits, and then how it stands.
func (s *session) follow(ctx context.Context, id string) error {
	if err := s.watch(ctx, id, s.tell); err != nil {
		return err
	}
	return s.outcome(ctx, id)
}

// watch tells what happens in a run until it ends, waits or is paused. Its error says why a run was broken off: it goes on
// at the next start.
func (s *session) watch(ctx context.Context, id string, tell func(engine.Event)) error {
	for after := 0; ; {
		watched, err := call[api.Watched](ctx, s, "Runs/Watch", api.Watch{ID: id, After: after})
		if err != nil {
			return s.interrupted(ctx, id, err)
		}
		var last engine.Event
		for _, last = range watched.Events {
			after = last.No
			tell(last)
		}
		switch {
		case watched.State.Over() || watched.State == agents.Waiting || watched.State == agents.Paused:
			return nil
		case last.Kind == "broken":
			return last.Error
		}
	}
}

func (s *session) interrupted(ctx context.Context, id string, err error) error {
	if ctx.Err() == nil {
		return err
	}
	hint := "the run is kept and goes on at the next start"
	if s.attached != nil {
		hint = "the run goes on in the Steward that has this home open"
	}
	return &agents.Error{Code: agents.CodeCancelled, Message: "interrupted", Hint: hint + "; to stop it for good: steward runs cancel " + id}
}

func (s *session) tell(event engine.Event) {
	s.print.object("event", event)
	if s.print.json {
		return
	}
	switch event.Kind {
	case "log":
		s.print.note("  script: %s", quote(event.Text))
	case "progress":
		s.print.note("  %s", clean(event.Text))
	case "step":
		if event.StepState != agents.StepIntent && event.StepState != agents.StepDone {
			s.print.note("  step %d, %s: %s", event.Step, event.Capability, event.StepState)
		}
	default: // is told by the outcome
	}
}

func (s *session) outcome(ctx context.Context, id string) error {
	o, err := call[api.Outcome](ctx, s, "Runs/Outcome", api.AskOutcome{ID: id, Show: true})
	if err != nil {
		return err
	}
	s.print.object("result", o)
	if o.Text != "" {
		s.print.line("%s", o.Text)
	}
	if !s.print.json {
		s.tellOutcome(o)
	}
	if o.Error != nil {
		s.print.error(o.Error)
	}
	switch o.State {
	case agents.Done:
		return nil
	case agents.Waiting:
		return exitCode(ExitWaiting)
	default:
		return exitCode(ExitFailed)
	}
}

func (s *session) tellOutcome(o api.Outcome) {
	for _, r := range o.Reports {
		if r.HTML != "" {
			s.print.note("Report: file://%s (kept in memory for a day; `steward reports export %s FILE.html` keeps it)", r.HTML, r.ID)
		} else {
			s.print.note("Report %s: %s", r.ID, clean(r.Note))
		}
	}
	switch {
	case o.State == agents.Waiting:
		s.print.note("It waits for your word: steward approvals show %s", o.Run)
	case o.State == agents.Done && !o.Verified:
		s.print.note("Unverified: no receipt proves that this was done.")
	case o.State == agents.Done:
		s.print.note("Done; what was done and what proves it: steward runs show %s", o.Run)
	}
}

type runsCommands struct {
	List   runsList   `cmd:"" help:"List the latest runs."`
	Show   runsShow   `cmd:"" help:"Show a run: its steps, decisions, receipts and script."`
	Cancel runsCancel `cmd:"" help:"Stop a run for good."`
	Pause  runsPause  `cmd:"" help:"Stop a run so that it can be resumed."`
	Resume runsResume `cmd:"" help:"Let a paused run go on."`
	Replay runsReplay `cmd:"" help:"Play a run again from its record, without any live call."`
}

type runsList struct {
	Limit int `default:"20" help:"How many."`
}

func (c *runsList) run(ctx context.Context, s *session) error {
	list, err := call[api.RunList](ctx, s, "Runs/List", api.ListRuns{Limit: c.Limit})
	if err != nil {
		return err
	}
	for _, r := range list.Runs {
		s.print.object("run", r)
		s.print.line("%s  %-9s  %s  %s", r.ID, r.State, r.Created.Local().Format("2006-01-02 15:04"), clean(r.Request))
	}
	s.print.object("result", map[string]any{"count": len(list.Runs)})
	if len(list.Runs) == 0 {
		s.print.line("No runs yet. Try: steward ask \"Brief me on today's mail\"")
	}
	return nil
}

type runsShow struct {
	ID string `arg:"" help:"The run's id, or its beginning."`
}

func (c *runsShow) run(ctx context.Context, s *session) error {
	d, err := call[api.RunDetail](ctx, s, "Runs/Show", api.RunID{ID: c.ID})
	if err != nil {
		return err
	}
	s.print.object("result", d)
	if s.print.json {
		return nil
	}
	s.showRun(d)
	return nil
}

func (s *session) showRun(d api.RunDetail) {
	r := d.Run
	p := s.print
	p.line("run      %s (%s)", r.ID, r.Kind)
	p.line("state    %s%s", r.State, map[bool]string{true: ", verified by receipts"}[r.Verified])
	p.line("request  %s", clean(r.Request))
	p.line("planner  %s%s", r.Planner, map[bool]string{true: ", skill " + r.Skill}[r.Skill != ""])
	if r.Ended.IsZero() {
		p.line("from     %s", r.Created.Local().Format("2006-01-02 15:04:05"))
	} else {
		p.line("took     %s, from %s", r.Ended.Sub(r.Created).Round(1e6), r.Created.Local().Format("2006-01-02 15:04:05"))
	}
	p.line("label    %s; %d origins; readers %s", r.Label.Integrity, len(r.Label.Origins), readers(r.Label))
	if r.Usage.Requests > 0 {
		p.line("cost     %d model requests, %d + %d tokens, %.4f", r.Usage.Requests, r.Usage.PromptTokens, r.Usage.CompletionTokens, r.Usage.Cost)
	}
	if r.Error != nil {
		p.line("error    %s", clean(r.Error.Message))
	}
	if len(d.Steps) > 0 {
		p.line("\nsteps    (number, capability, effect, decision, state, receipt)")
	}
	for _, step := range d.Steps {
		line := fmt.Sprintf("  %3d  %-18s %-7s %-6s %-8s", step.Seq, step.Capability, step.Effect, step.Decision.Verdict, step.State)
		if step.Receipt != nil {
			line += " " + step.Receipt.Kind + " " + clean(short(step.Receipt.ID))
		}
		if step.Error != nil {
			line += " " + clean(step.Error.Message)
		}
		p.line("%s", strings.TrimRight(line, " "))
	}
	if d.Script != "" {
		p.line("\nscript   %s", short(r.Script))
		for _, line := range strings.Split(strings.TrimRight(d.Script, "\n"), "\n") {
			p.line("  %s%s", indentation(line), clean(line))
		}
	}
	if d.Text != "" {
		p.line("\nresult\n%s", d.Text)
	}
}

// indentation is what a line of a script begins with.
func indentation(line string) string {
	return line[:len(line)-len(strings.TrimLeft(line, " \t"))]
}

func short(hash string) string {
	if len(hash) > 16 {
		return hash[:16] + "…"
	}
	return hash
}

func readers(l agents.Label) string {
	if !l.Readers.Limited {
		return "anyone"
	}
	return fmt.Sprintf("%d people", len(l.Readers.People))
}

type runsCancel struct {
	ID string `arg:""`
}

func (c *runsCancel) run(ctx context.Context, s *session) error {
	return s.simple(ctx, "Runs/Cancel", api.RunID{ID: c.ID}, "Stopped.")
}

type runsPause struct {
	ID string `arg:""`
}

func (c *runsPause) run(ctx context.Context, s *session) error {
	return s.simple(ctx, "Runs/Pause", api.RunID{ID: c.ID}, "Paused. It goes on with: steward runs resume "+c.ID)
}

func (s *session) simple(ctx context.Context, method string, in any, said string) error {
	answer, err := call[map[string]any](ctx, s, method, in)
	if err != nil {
		return err
	}
	s.print.object("result", answer)
	s.print.line("%s", said)
	return nil
}

type runsResume struct {
	ID string `arg:""`
}

func (c *runsResume) run(ctx context.Context, s *session) error {
	run, err := call[api.RunID](ctx, s, "Runs/Resume", api.RunID{ID: c.ID})
	if err != nil {
		return err
	}
	return s.follow(ctx, run.ID)
}

type runsReplay struct {
	ID string `arg:""`
}

func (c *runsReplay) run(ctx context.Context, s *session) error {
	r, err := call[api.Replayed](ctx, s, "Runs/Replay", api.RunID{ID: c.ID})
	if err != nil {
		return err
	}
	s.print.object("result", r)
	s.print.line("%s", r.Text)
	if !r.Same {
		return &agents.Error{Code: agents.CodeNondetermined, Message: "the replay ended otherwise than the record says", Hint: "report this with `steward doctor`"}
	}
	s.print.note("The replay ended as the record says.")
	return nil
}
