// Package orchestrator turns a request into a run: it finds the skill or has the script written, deploys it, and sees it
// to its end. A request is on disk before anything is done for it, and a run that was broken off goes on at the next start.
package orchestrator

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"sync"
	"time"

	"github.com/oklog/ulid/v2"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/capability"
	"github.com/stewardhq/steward/app/engine"
	"github.com/stewardhq/steward/app/sandbox/script"
	"github.com/stewardhq/steward/app/skill"
	"github.com/stewardhq/steward/store"
)

// Kinds of runs.
const (
	KindAsk    = "ask"
	KindScript = "script"
	KindImport = "import"
	// KindAutomation is a run that came due by itself, or was asked of an automation.
	KindAutomation = "automation"
)

// Job carries out a run that is not a script, such as an import. It must be safe to begin again after it was broken off.
type Job func(ctx context.Context, run agents.Run) (agents.Run, error)

// Orchestrator plans and starts runs.
type Orchestrator struct {
	store    *store.Store
	engine   *engine.Engine
	registry *capability.Registry
	skills   []skill.Skill
	models   *Book
	now      func() time.Time
	zone     *time.Location
	jobs     map[string]Job

	work sync.WaitGroup
	base context.Context
	stop context.CancelFunc
}

// Options is what an orchestrator needs.
type Options struct {
	Store    *store.Store
	Engine   *engine.Engine
	Registry *capability.Registry
	Models   *Book
	Now      func() time.Time
	Zone     *time.Location
	Jobs     map[string]Job
}

// New makes an orchestrator with the skills of all agents.
func New(o Options) (*Orchestrator, error) {
	base, stop := context.WithCancel(context.Background())
	or := &Orchestrator{
		store: o.Store, engine: o.Engine, registry: o.Registry, models: o.Models, now: o.Now, zone: o.Zone, jobs: o.Jobs,
		base: base, stop: stop,
	}
	for _, agent := range o.Registry.Agents() {
		if agent.Skills == nil {
			continue
		}
		skills, err := skill.Load(agent.Skills)
		if err != nil {
			stop()
			return nil, fmt.Errorf("load the skills of %s: %w", agent.Name, err)
		}
		or.skills = append(or.skills, skills...)
	}
	return or, nil
}

// Skills lists the skills that a request may be matched to.
func (o *Orchestrator) Skills() []skill.Skill { return o.skills }

// Accept writes a new run down, so that it survives whatever comes, and starts it. Planner names a model as
// "PROVIDER/NAME", or "offline".
func (o *Orchestrator) Accept(ctx context.Context, run agents.Run) (agents.Run, error) {
	run.Zone = o.zone.String()
	return o.accept(ctx, run, nil)
}

// accept writes down a new run, and with it the occurrence that it is for, if it is for one.
func (o *Orchestrator) accept(ctx context.Context, run agents.Run, of *agents.Occurrence) (agents.Run, error) {
	now := o.now()
	run.ID = ulid.MustNew(ulid.Timestamp(now), rand.Reader).String()
	run.State, run.Engine, run.Created = agents.Queued, engine.Version, now
	var seed [8]byte
	if _, err := rand.Read(seed[:]); err != nil {
		return run, fmt.Errorf("draw a seed: %w", err)
	}
	run.Seed = binary.LittleEndian.Uint64(seed[:]) >> 11
	content := map[string]any{"state": run.State, "kind": run.Kind}
	record := store.Record{Run: &run, Durable: true}
	if of != nil {
		of.Run, of.State = run.ID, agents.OccurrenceRunning
		content["automation"], content["occurrence"], content["script"] = of.Automation, of.ID, run.Script
		record.Occurrences = []agents.Occurrence{*of}
	}
	record.Ledger = []agents.Entry{entry("run", run.ID, content)}
	if err := o.store.Record(ctx, record); err != nil {
		return run, fmt.Errorf("accept the request: %w", err)
	}
	o.Launch(run.ID)
	return run, nil
}

// Launch carries a run on in the background.
func (o *Orchestrator) Launch(id string) {
	o.work.Add(1)
	go func() {
		defer o.work.Done()
		o.carry(o.base, id)
	}()
}

// Resume launches what was accepted or begun and has not ended, and says how many runs that are.
func (o *Orchestrator) Resume(ctx context.Context) (int, error) {
	if err := o.engine.Expire(ctx); err != nil {
		return 0, err
	}
	runs, err := o.store.Runs(ctx, store.RunFilter{States: []agents.RunState{agents.Queued, agents.Running}, Limit: 1000})
	if err != nil {
		return 0, fmt.Errorf("look for interrupted runs: %w", err)
	}
	for _, run := range runs {
		o.Launch(run.ID)
	}
	return len(runs), nil
}

// Wait returns when nothing is being carried on.
func (o *Orchestrator) Wait() { o.work.Wait() }

// Close breaks off what is still running, so that the next start resumes it, and waits until it has stopped.
func (o *Orchestrator) Close() {
	o.stop()
	o.work.Wait()
}

// carry brings a run as far as it goes. What went wrong is in the run's own state; what could not even be written down
// there is told to those who watch.
func (o *Orchestrator) carry(ctx context.Context, id string) {
	if err := o.advance(ctx, id); err != nil && ctx.Err() == nil {
		o.engine.Events().Tell(engine.Event{Run: id, Kind: "broken", Error: agents.AsError(err)})
	}
}

func (o *Orchestrator) advance(ctx context.Context, id string) error {
	run, err := o.store.Run(ctx, id)
	if err != nil {
		return err
	}
	if job, ok := o.jobs[run.Kind]; ok {
		return o.doJob(ctx, run, job)
	}
	if run.Script == "" && run.Kind == KindAsk {
		planned, err := o.plan(ctx, run)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			planned.State, planned.Ended, planned.Error = agents.Failed, o.now(), agents.AsError(err)
		}
		if err := o.keep(ctx, planned); err != nil {
			return err
		}
		if planned.State.Over() {
			return nil
		}
	}
	_, err = o.engine.Execute(ctx, id)
	return err
}

func (o *Orchestrator) doJob(ctx context.Context, run agents.Run, job Job) error {
	run.State = agents.Running
	if run.Started.IsZero() {
		run.Started = o.now()
	}
	if err := o.keep(ctx, run); err != nil {
		return err
	}
	done, err := job(ctx, run)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	done.State, done.Ended, done.Verified = agents.Done, o.now(), true
	if err != nil {
		done.State, done.Verified, done.Error = agents.Failed, false, agents.AsError(err)
	}
	return o.keep(ctx, done)
}

func (o *Orchestrator) keep(ctx context.Context, run agents.Run) error {
	e := entry("run", run.ID, map[string]any{"state": run.State, "kind": run.Kind, "skill": run.Skill, "script": run.Script, "planner": run.Planner})
	if err := o.store.Record(ctx, store.Record{Run: &run, Ledger: []agents.Entry{e}, Durable: true}); err != nil {
		return fmt.Errorf("keep the run's state: %w", err)
	}
	o.engine.Events().Tell(engine.Event{Run: run.ID, Kind: "state", State: run.State})
	return nil
}

// Deploy stores a script and pins it by its hash, once it compiles and names only what exists.
func (o *Orchestrator) Deploy(ctx context.Context, name, source string) (string, error) {
	compiled, err := script.Compile(source)
	if err != nil {
		return "", err
	}
	if problems := o.Check(source); len(problems) > 0 {
		p := problems[0]
		return "", &agents.Error{Code: agents.CodeScript, Message: fmt.Sprintf("line %d: %s", p.Line, p.Message), Hint: p.Hint}
	}
	err = o.store.SaveScript(ctx, agents.Script{Hash: compiled.Hash, Name: name, Source: source, Created: o.now()})
	if err != nil {
		return "", fmt.Errorf("store the script: %w", err)
	}
	return compiled.Hash, nil
}

// Check finds what is wrong with a script before it runs.
func (o *Orchestrator) Check(source string) []script.Problem {
	return script.Check(source, script.API{Functions: o.registry.Names(), Globals: []string{"params"}})
}
