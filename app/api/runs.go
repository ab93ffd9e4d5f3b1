package api

import (
	"context"
	"fmt"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/agents/reports"
	"github.com/stewardhq/steward/app"
	"github.com/stewardhq/steward/app/engine"
	"github.com/stewardhq/steward/app/shown"
	"github.com/stewardhq/steward/store"
)

// Runs watches and steers runs.
type Runs struct{ a *app.App }

// RunID names a run: its id, or a prefix that fits one only.
type RunID struct {
	ID string `json:"id"`
}

// ListRuns asks for the latest runs, in any of the states, or all.
type ListRuns struct {
	States []agents.RunState `json:"states,omitempty"`
	Limit  int               `json:"limit,omitempty"` // 0 means 50
}

// RunList is the runs, newest first.
type RunList struct {
	Runs []agents.Run `json:"runs"`
}

// List lists runs.
func (r *Runs) List(ctx context.Context, in ListRuns) (RunList, error) {
	if in.Limit == 0 {
		in.Limit = 50
	}
	runs, err := r.a.Store.Runs(ctx, store.RunFilter{States: in.States, Limit: in.Limit})
	return RunList{list(runs)}, err
}

// RunDetail is a run with its journal and its script.
type RunDetail struct {
	Run    agents.Run    `json:"run"`
	Steps  []agents.Step `json:"steps"`
	Script string        `json:"script"`
	Text   string        `json:"text"` // the result, cleaned and marked

	Spans []reports.Span `json:"spans"` // the result, in pieces that know who wrote them
}

// Show gives a run with everything that is known of it.
func (r *Runs) Show(ctx context.Context, in RunID) (RunDetail, error) {
	run, err := r.a.Store.Run(ctx, in.ID)
	if err != nil {
		return RunDetail{}, err
	}
	steps, err := r.a.Store.Steps(ctx, run.ID)
	if err != nil {
		return RunDetail{}, fmt.Errorf("read the journal: %w", err)
	}
	d := RunDetail{Run: run, Steps: list(steps), Spans: []reports.Span{}}
	if run.Script != "" {
		script, err := r.a.Store.Script(ctx, run.Script)
		if err != nil {
			return d, fmt.Errorf("read the script: %w", err)
		}
		d.Script = script.Source
	}
	if run.Result != nil {
		d.Text, d.Spans = reports.Terminal(*run.Result), reports.Spans(*run.Result)
	}
	return d, nil
}

// Watch asks for what happened in a run after an event's number.
type Watch struct {
	ID    string `json:"id"`
	After int    `json:"after"`
}

// Watched is what happened, and where the run stands.
type Watched struct {
	Events []engine.Event  `json:"events"`
	State  agents.RunState `json:"state"`
}

// watchFor is how long Watch waits for something to happen before it answers with nothing.
const watchFor = 20 * time.Second

// Watch waits until something happens in a run, or for a while.
func (r *Runs) Watch(ctx context.Context, in Watch) (Watched, error) {
	run, err := r.a.Store.Run(ctx, in.ID)
	if err != nil {
		return Watched{}, err
	}
	waiting, cancel := context.WithTimeout(ctx, watchFor)
	defer cancel()
	if settled(run.State) {
		cancel()
	}
	events, err := r.a.Engine.Events().After(waiting, run.ID, in.After)
	if err != nil && ctx.Err() != nil {
		return Watched{}, fmt.Errorf("watch the run: %w", err)
	}
	if run, err = r.a.Store.Run(ctx, run.ID); err != nil {
		return Watched{}, err
	}
	return Watched{Events: list(events), State: run.State}, nil
}

func settled(s agents.RunState) bool {
	return s.Over() || s == agents.Waiting || s == agents.Paused
}

// AskOutcome asks how a run ended. With Show, its reports are laid out as files that a browser can open, in memory.
type AskOutcome struct {
	ID   string `json:"id"`
	Show bool   `json:"show"`
}

// Outcome is how a run ended.
type Outcome struct {
	Run       string          `json:"run"`
	State     agents.RunState `json:"state"`
	Text      string          `json:"text"`
	Reports   []ShownReport   `json:"reports"`
	Approvals []string        `json:"approvals"`
	Usage     agents.Usage    `json:"usage"`
	Verified  bool            `json:"verified"`
	Error     *agents.Error   `json:"error,omitempty"`
	Output    any             `json:"output,omitempty"`
}

// ShownReport is a report with the file that shows it, or why there is none.
type ShownReport struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	HTML  string `json:"html"`
	Note  string `json:"note,omitempty"`
}

// Outcome tells how a run ended.
func (r *Runs) Outcome(ctx context.Context, in AskOutcome) (Outcome, error) {
	run, err := r.a.Store.Run(ctx, in.ID)
	if err != nil {
		return Outcome{}, err
	}
	o := Outcome{Run: run.ID, State: run.State, Reports: []ShownReport{}, Approvals: []string{}, Usage: run.Usage, Verified: run.Verified, Error: run.Error}
	if run.Result != nil {
		o.Text = reports.Terminal(*run.Result)
	}
	if len(run.Output) > 0 {
		o.Output = run.Output
	}
	if run.State == agents.Waiting {
		o.Approvals = append(o.Approvals, run.ID)
	}
	made, err := r.a.Store.Reports(ctx, run.ID)
	if err != nil {
		return o, fmt.Errorf("list the run's reports: %w", err)
	}
	for _, report := range made {
		o.Reports = append(o.Reports, showReport(report, in.Show))
	}
	return o, nil
}

func showReport(report agents.Report, show bool) ShownReport {
	s := ShownReport{ID: report.ID, Title: reports.TerminalLine(report.Title, 0)}
	if !show {
		return s
	}
	path, err := shown.Write(report.ID+".html", []byte(report.HTML))
	if err != nil {
		s.Note = agents.AsError(err).Hint
		return s
	}
	s.HTML = path
	return s
}

// Cancel stops a run for good.
func (r *Runs) Cancel(ctx context.Context, in RunID) (Nothing, error) {
	return Nothing{}, r.a.Engine.Cancel(ctx, in.ID)
}

// Pause stops a run so that it can be resumed.
func (r *Runs) Pause(ctx context.Context, in RunID) (Nothing, error) {
	return Nothing{}, r.a.Engine.Pause(ctx, in.ID)
}

// Resume lets a paused run go on.
func (r *Runs) Resume(ctx context.Context, in RunID) (RunID, error) {
	run, err := r.a.Store.Run(ctx, in.ID)
	if err != nil {
		return RunID{}, err
	}
	if run.State != agents.Paused && run.State != agents.Running && run.State != agents.Queued {
		return RunID{}, &agents.Error{Code: agents.CodeConflict, Message: fmt.Sprintf("the run is %s; only a paused or interrupted run can be resumed", run.State)}
	}
	r.a.Orchestrator.Launch(run.ID)
	return RunID{run.ID}, nil
}

// Replayed says how a replay ended.
type Replayed struct {
	Run  string `json:"run"`
	Same bool   `json:"same"`
	Text string `json:"text"`
}

// Replay plays a run again from its record, without any live call.
func (r *Runs) Replay(ctx context.Context, in RunID) (Replayed, error) {
	done, err := r.a.Engine.Replay(ctx, in.ID)
	if err != nil {
		return Replayed{}, err
	}
	out := Replayed{Run: done.Run.ID, Same: done.Same}
	if done.Run.Result != nil {
		out.Text = reports.Terminal(*done.Run.Result)
	}
	return out, nil
}
