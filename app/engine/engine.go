// Package engine runs scripts, and holds the single path to every effect:
//
//	proposal → policy → approval if asked → intent in the journal → capability → outcome and receipt → ledger
//
// A run is deterministic between its deliveries. The script gets one result at a time, in the order in which the results
// were recorded, and its clock and randomness come from the record; so a run that was broken off resumes by running its
// pinned script again from the top, with the recorded results, until the record ends and the open steps go live.
package engine

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/capability"
	"github.com/stewardhq/steward/app/policy"
	"github.com/stewardhq/steward/app/sandbox"
	"github.com/stewardhq/steward/store"
)

// Version is what a run is pinned to: this engine, raised when results recorded by an older one could no longer be
// replayed, and the script engine.
var Version = "1 " + sandbox.EngineVersion()

// MaxSteps is how many capability calls a run may make.
const MaxSteps = 2000

// MaxRepeats is how often a run may make the same call with the same arguments before it counts as a loop.
const MaxRepeats = 50

// Engine executes runs. Make one with New; it holds no resources of its own.
type Engine struct {
	store    *store.Store
	registry *capability.Registry
	sandbox  *sandbox.Sandbox
	limits   sandbox.Limits
	now      func() time.Time
	key      []byte
	events   *Events
	slots    chan struct{}
	trust    Trust
	people   People

	mu         sync.Mutex
	active     map[string]context.CancelCauseFunc
	interrupts sync.Mutex
}

// Options is what an engine needs. Limits of zero are the sandbox's defaults; Parallel of zero is two scripts at a time.
type Options struct {
	Store    *store.Store
	Registry *capability.Registry
	Sandbox  *sandbox.Sandbox
	Limits   sandbox.Limits
	Now      func() time.Time
	Parallel int
	Events   *Events // nil for new ones
	Trust    Trust   // what the user set for policy, and the grants; nil for policy's floor alone
	People   People  // whom the user knows; nil for nobody
}

// Trust is what the user set for policy, and the grants.
type Trust interface {
	Settings(ctx context.Context) (policy.Settings, error)
	// Use counts a use of a grant, which write keeps with the intent of what it allows. CodeConflict where it is used up.
	Use(ctx context.Context, id string, write func(agents.Grant) error) error
	// Give keeps a grant that was offered and that the user gave.
	Give(ctx context.Context, offer, wanted agents.Grant) (agents.Grant, error)
}

// New makes an engine.
func New(o Options) *Engine {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Parallel == 0 {
		o.Parallel = 2
	}
	if o.Events == nil {
		o.Events = NewEvents()
	}
	return &Engine{
		store: o.Store, registry: o.Registry, sandbox: o.Sandbox, limits: o.Limits, now: o.Now,
		key: o.Store.Derive("engine"), events: o.Events, slots: make(chan struct{}, o.Parallel),
		active: map[string]context.CancelCauseFunc{}, trust: o.Trust, people: o.People,
	}
}

// Events is where runs tell what happens in them.
func (e *Engine) Events() *Events { return e.events }

var (
	errCancelled = errors.New("cancelled by the user")
	errPaused    = errors.New("paused by the user")
)

// Execute brings a run to its end, or to where it waits: from the top if it is new, from its record if it was broken off.
// The returned run says how it went; an error means that its state could not be kept, or that ctx ended, in which case
// the run stays as it is and can be resumed.
func (e *Engine) Execute(ctx context.Context, id string) (agents.Run, error) {
	run, err := e.store.Run(ctx, id)
	if err != nil {
		return run, err
	}
	ctx, leave, err := e.enter(ctx, run.ID)
	if err != nil {
		return agents.Run{}, err
	}
	defer leave()
	return e.advance(ctx, run.ID)
}

// advance executes a run that was entered.
func (e *Engine) advance(ctx context.Context, id string) (agents.Run, error) {
	select {
	case e.slots <- struct{}{}:
		defer func() { <-e.slots }()
	case <-ctx.Done():
		return e.stopped(ctx, id)
	}
	run, err := e.store.Run(ctx, id)
	if err != nil {
		return run, err
	}
	if run.State.Over() || run.State == agents.Waiting {
		return run, nil
	}
	x, err := e.prepare(ctx, run, false)
	if err == nil {
		if err = x.execute(ctx); err == nil {
			return x.run, nil
		}
		run.Logs, run.Label, run.Revealed, run.Started = x.run.Logs, x.run.Label, x.run.Revealed, x.run.Started
	}
	if ctx.Err() != nil {
		return e.stopped(ctx, id)
	}
	return e.fail(ctx, run, err)
}

// enter makes sure that a run, by its whole id, is in one hand at a time. The context that it gives ends when the run is
// interrupted; leave must be called at the end.
func (e *Engine) enter(ctx context.Context, id string) (inside context.Context, leave func(), err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if _, running := e.active[id]; running {
		return nil, nil, &agents.Error{Code: agents.CodeConflict, Message: "this run is already being executed", Hint: "see `steward runs show " + id + "`"}
	}
	inside, cancel := context.WithCancelCause(ctx)
	e.active[id] = cancel
	return inside, func() {
		cancel(nil)
		e.mu.Lock()
		defer e.mu.Unlock()
		delete(e.active, id)
	}, nil
}

// stopped settles a run whose context ended: cancelled or paused if a person said so, else left to be resumed.
func (e *Engine) stopped(ctx context.Context, id string) (agents.Run, error) {
	cause := context.Cause(ctx)
	keep := context.WithoutCancel(ctx)
	run, err := e.store.Run(keep, id)
	if err != nil {
		return run, err
	}
	switch {
	case errors.Is(cause, errCancelled):
		run.State = agents.Cancelled
		run.Error = &agents.Error{Code: agents.CodeCancelled, Message: "stopped at your word"}
		return e.end(keep, run)
	case errors.Is(cause, errPaused):
		run.State = agents.Paused
	default:
		return run, fmt.Errorf("run %s was broken off: %w", id, cause)
	}
	return run, e.keepRun(keep, run)
}

// fail ends a run that could not go on.
func (e *Engine) fail(ctx context.Context, run agents.Run, err error) (agents.Run, error) {
	run.State, run.Error = agents.Failed, agents.AsError(err)
	return e.end(context.WithoutCancel(ctx), run)
}

// keepRun writes a run's new state, with its row in the ledger, and tells those who watch.
func (e *Engine) keepRun(ctx context.Context, run agents.Run) error {
	return e.keepRunAnd(ctx, run, nil, nil)
}

// keepRunAnd writes steps and their rows with the run's state.
func (e *Engine) keepRunAnd(ctx context.Context, run agents.Run, steps []agents.Step, entries []agents.Entry) error {
	entries = append(entries, ledgerEntry("run", run.ID, 0, map[string]any{"state": run.State, "kind": run.Kind, "script": run.Script, "error": errorCode(run.Error)}))
	if err := e.store.Record(ctx, store.Record{Run: &run, Steps: steps, Ledger: entries, Durable: true}); err != nil {
		return fmt.Errorf("keep the run's state: %w", err)
	}
	e.events.Tell(Event{Run: run.ID, Kind: "state", State: run.State})
	return nil
}

// Cancel stops a run for good; what was done stays recorded.
func (e *Engine) Cancel(ctx context.Context, id string) error {
	return e.interrupt(ctx, id, errCancelled)
}

// Pause stops a run so that it can be resumed.
func (e *Engine) Pause(ctx context.Context, id string) error {
	return e.interrupt(ctx, id, errPaused)
}

// interrupt tells whoever has the run in hand to stop, or settles it where nobody has.
func (e *Engine) interrupt(ctx context.Context, id string, cause error) error {
	e.interrupts.Lock() // one at a time, so that none takes another's hold on the run for an execution
	defer e.interrupts.Unlock()
	run, err := e.store.Run(ctx, id)
	if err != nil {
		return err
	}
	if run.State.Over() {
		return &agents.Error{Code: agents.CodeConflict, Message: fmt.Sprintf("the run is already %s", run.State)}
	}
	e.mu.Lock()
	stop, running := e.active[run.ID]
	e.mu.Unlock()
	if running {
		stop(cause)
		return nil
	}
	inside, leave, err := e.enter(ctx, run.ID)
	if err != nil {
		return err
	}
	defer leave()
	if run, err = e.store.Run(ctx, run.ID); err != nil || run.State.Over() {
		return err
	}
	inside, cancel := context.WithCancelCause(inside)
	cancel(cause)
	_, err = e.stopped(inside, run.ID)
	return err
}

// decide asks policy, with what the user set for it.
func (e *Engine) decide(ctx context.Context, p policy.Proposal) (agents.Decision, error) {
	settings, err := e.set(ctx)
	if err != nil {
		return agents.Decision{}, err
	}
	return policy.Decide(p, settings), nil
}

func (e *Engine) set(ctx context.Context) (policy.Settings, error) {
	if e.trust == nil {
		return policy.Settings{}, nil
	}
	settings, err := e.trust.Settings(ctx)
	if err != nil {
		return policy.Settings{}, fmt.Errorf("read what you set for policy: %w", err)
	}
	return settings, nil
}

// runKey is the secret that a run's handles and input hashes are made with; the same at every replay.
func (e *Engine) runKey(run string) []byte {
	mac := hmac.New(sha256.New, e.key)
	mac.Write([]byte(run))
	return mac.Sum(nil)
}

func keyed(key []byte, parts ...[]byte) string {
	mac := hmac.New(sha256.New, key)
	for _, p := range parts {
		fmt.Fprintf(mac, "%d:", len(p))
		mac.Write(p)
	}
	return hex.EncodeToString(mac.Sum(nil))
}
