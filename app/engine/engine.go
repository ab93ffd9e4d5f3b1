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

	mu     sync.Mutex
	active map[string]context.CancelCauseFunc
}

// Options is what an engine needs. Limits of zero are the sandbox's defaults; Parallel of zero is two scripts at a time.
type Options struct {
	Store    *store.Store
	Registry *capability.Registry
	Sandbox  *sandbox.Sandbox
	Limits   sandbox.Limits
	Now      func() time.Time
	Parallel int
}

// New makes an engine.
func New(o Options) *Engine {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Parallel == 0 {
		o.Parallel = 2
	}
	return &Engine{
		store: o.Store, registry: o.Registry, sandbox: o.Sandbox, limits: o.Limits, now: o.Now,
		key: o.Store.Derive("engine"), events: newEvents(), slots: make(chan struct{}, o.Parallel),
		active: map[string]context.CancelCauseFunc{},
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
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	if err := e.enter(id, cancel); err != nil {
		return agents.Run{}, err
	}
	defer e.leave(id)
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
		run.Logs, run.Label, run.Started = x.run.Logs, x.run.Label, x.run.Started
	}
	if ctx.Err() != nil {
		return e.stopped(ctx, id)
	}
	return e.fail(ctx, run, err)
}

func (e *Engine) enter(id string, cancel context.CancelCauseFunc) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if _, running := e.active[id]; running {
		return &agents.Error{Code: agents.CodeConflict, Message: "this run is already being executed", Hint: "see `steward runs show " + id + "`"}
	}
	e.active[id] = cancel
	return nil
}

func (e *Engine) leave(id string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.active, id)
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
		run.State, run.Ended = agents.Cancelled, e.now()
		run.Error = &agents.Error{Code: agents.CodeCancelled, Message: "stopped at your word"}
	case errors.Is(cause, errPaused):
		run.State = agents.Paused
	default:
		return run, fmt.Errorf("run %s was broken off: %w", id, cause)
	}
	return run, e.keepRun(keep, run)
}

// fail ends a run that could not go on.
func (e *Engine) fail(ctx context.Context, run agents.Run, err error) (agents.Run, error) {
	run.State, run.Ended, run.Error = agents.Failed, e.now(), agents.AsError(err)
	return run, e.keepRun(context.WithoutCancel(ctx), run)
}

// keepRun writes a run's new state, with its row in the ledger, and tells those who watch.
func (e *Engine) keepRun(ctx context.Context, run agents.Run) error {
	entry := ledgerEntry("run", run.ID, 0, map[string]any{"state": run.State, "kind": run.Kind, "script": run.Script, "error": errorCode(run.Error)})
	if err := e.store.Record(ctx, store.Record{Run: &run, Ledger: []agents.Entry{entry}, Durable: true}); err != nil {
		return fmt.Errorf("keep the run's state: %w", err)
	}
	e.events.emit(Event{Run: run.ID, Kind: "state", State: run.State})
	return nil
}

// Cancel stops a run for good; what was done stays recorded.
func (e *Engine) Cancel(ctx context.Context, id string) error {
	return e.interrupt(ctx, id, errCancelled, agents.Cancelled)
}

// Pause stops a run so that it can be resumed.
func (e *Engine) Pause(ctx context.Context, id string) error {
	return e.interrupt(ctx, id, errPaused, agents.Paused)
}

func (e *Engine) interrupt(ctx context.Context, id string, cause error, state agents.RunState) error {
	run, err := e.store.Run(ctx, id)
	if err != nil {
		return err
	}
	if run.State.Over() {
		return &agents.Error{Code: agents.CodeConflict, Message: fmt.Sprintf("the run is already %s", run.State)}
	}
	e.mu.Lock()
	cancel, running := e.active[run.ID]
	e.mu.Unlock()
	if running {
		cancel(cause)
		return nil
	}
	run.State = state
	if state.Over() {
		run.Ended = e.now()
	}
	return e.keepRun(ctx, run)
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
