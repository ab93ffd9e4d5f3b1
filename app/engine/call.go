package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/capability"
	"github.com/stewardhq/steward/app/sandbox"
	"github.com/stewardhq/steward/store"
)

type rawJSON = json.RawMessage

// revealName is the capability that gives a script the raw text behind a handle.
const revealName = "reveal"

// call is a step on its way: what the script asked for, resolved.
type call struct {
	step   agents.Step
	bound  capability.Bound
	in     any
	given  agents.Label // the join of the labels of all arguments
	typed  func(words string) bool
	script agents.Label        // of the script when it called
	answer func() (any, error) // in place of the capability, where the engine itself answers
	err    error               // why it cannot even be proposed; delivered to the script
}

// outcome is a step that completed, or err: why it could not be recorded or was broken off.
type outcome struct {
	step agents.Step
	err  error
}

// issue takes a call from the script: checks it against the record, and starts it unless the record answers it.
func (x *execution) issue(ctx context.Context, event sandbox.Event) error {
	c := &call{typed: x.typed, step: agents.Step{
		Run: x.run.ID, Seq: event.Seq, Capability: event.Name, State: agents.StepIntent, Input: event.Args, Words: x.words(),
		Key: keyed(x.key, []byte("step"), []byte(strconv.Itoa(event.Seq))),
	}}
	bound, known := x.e.registry.Lookup(event.Name)
	if !known {
		return &agents.Error{Code: agents.CodeNotFound, Message: fmt.Sprintf("there is no capability %q", event.Name), Hint: "see `steward script api`"}
	}
	c.bound = bound
	c.step.Version, c.step.Effect = bound.Version, bound.Effect
	c.step.InputHash = keyed(x.key, []byte(event.Name), []byte(strconv.Itoa(bound.Version)), event.Args)
	x.issued[event.Seq] = true

	recorded, known := x.steps[event.Seq]
	switch {
	case known && (recorded.Capability != event.Name || recorded.InputHash != c.step.InputHash):
		return x.diverged(fmt.Sprintf("step %d was %s; now the script asks for %s, or with other arguments", event.Seq, recorded.Capability, event.Name))
	case x.replayOnly && recorded.DoneNo == 0: // not recorded, or broken off: a replay carries nothing out
		x.open = append(x.open, c)
		return nil
	}
	if known {
		c.step.Attempt, c.step.State, c.step.Issued = recorded.Attempt, recorded.State, recorded.Issued
		c.step.Decision, c.step.Proposal = recorded.Decision, recorded.Proposal // written before the effect was begun, they stand
	}
	x.limit(c)
	if known && recorded.DoneNo > 0 {
		if recorded.Decision.Verdict == agents.Allow {
			x.earlier[c.bound.Effect] += spent(recorded)
		}
		x.count(c, recorded.Decision, false)
		return nil
	}
	if c.err == nil {
		c.resolve(x.table)
	}
	if x.next < len(x.order) {
		x.open = append(x.open, c)
		return nil
	}
	x.start(ctx, c, known)
	return nil
}

// limit refuses a run that calls without end, or the same thing again and again.
func (x *execution) limit(c *call) {
	if c.step.Seq > MaxSteps {
		c.err = &agents.Error{Code: agents.CodeLimit, Message: fmt.Sprintf("the script made more than %d calls", MaxSteps), Hint: "use the batch forms, or a smaller limit"}
	}
	if x.repeats[c.step.InputHash]++; x.repeats[c.step.InputHash] > MaxRepeats {
		c.err = &agents.Error{
			Code: agents.CodeLimit, Message: fmt.Sprintf("the script called %s with the same arguments more than %d times", c.step.Capability, MaxRepeats),
			Hint: "keep the first result in a variable",
		}
	}
}

// resolve turns what the script sent into the capability's arguments.
func (c *call) resolve(table *capability.Table) {
	value, err := table.ResolveWords(c.step.Input, c.step.Words)
	if err == nil {
		values, _ := value.([]capability.Value)
		c.given = capability.LabelOf(values)
		c.in, err = c.bound.Arguments(values, c.step.Words)
	}
	c.err = err
}

// goLive starts the steps that the record left open.
func (x *execution) goLive(ctx context.Context) {
	for _, c := range x.open {
		_, known := x.steps[c.step.Seq]
		x.start(ctx, c, known)
	}
	x.open = nil
}

// start decides on a call and carries it out beside the script.
func (x *execution) start(ctx context.Context, c *call, broken bool) {
	if !broken {
		c.step.Issued = x.e.now()
	}
	if c.err == nil && c.step.Decision.Verdict == "" {
		c.err = x.decide(ctx, c)
	}
	if c.err == nil {
		x.count(c, c.step.Decision, true)
	}
	if c.err == nil && c.step.Decision.Verdict == agents.Allow {
		x.earlier[c.bound.Effect] += spent(c.step)
		var held bool
		if held, c.err = x.hold(ctx, c); held && c.err == nil {
			x.tell(c.step)
			return
		}
	}
	c.script = x.run.Label
	x.pending++
	x.tell(c.step)
	go func() {
		step, entries, err := x.carry(ctx, c, broken)
		x.complete(ctx, step, entries, err)
	}()
}

// tell says to those who watch where a step stands.
func (x *execution) tell(s agents.Step) {
	x.e.events.Tell(Event{Run: s.Run, Kind: "step", Step: s.Seq, Capability: s.Capability, Effect: s.Effect.String(), StepState: s.State})
}

// maxLive is how many capabilities of one run work at the same time, however many calls its script makes at once.
const maxLive = 16

// carry is the single path of a step: decision, intent, capability, outcome. broken says that an earlier attempt may have
// happened without its outcome being written. An error means that the step was broken off and stays open.
func (x *execution) carry(ctx context.Context, c *call, broken bool) (agents.Step, []agents.Entry, error) {
	switch {
	case c.err != nil && ctx.Err() != nil: // it was broken off while it was being looked at
		return c.step, nil, context.Cause(ctx)
	case c.err != nil:
		return failed(c.step, c.err), nil, nil // it is the step's outcome, and goes to the script
	case c.step.Decision.Verdict == agents.Ask && c.bound.Effect == agents.Read: // a script cannot go on without what it reads
		c.step.Decision.Verdict = agents.Deny
		return failed(c.step, denied(c.step)), []agents.Entry{decisionEntry(c.step)}, nil
	case c.step.Decision.Verdict == agents.Ask:
		step, err := x.e.stage(c)
		return step, []agents.Entry{decisionEntry(step)}, err
	case c.step.Decision.Verdict != agents.Allow:
		return failed(c.step, denied(c.step)), []agents.Entry{decisionEntry(c.step)}, nil
	}
	select {
	case x.live <- struct{}{}:
		defer func() { <-x.live }()
	case <-ctx.Done():
		return c.step, nil, context.Cause(ctx)
	}
	if c.step.Decision.Grant != "" && !broken {
		if used, err := x.e.intendByGrant(ctx, c); err != nil || !used {
			return x.ask(c, err)
		}
	} else if err := x.e.intend(ctx, &c.step, broken); err != nil {
		return c.step, nil, err
	}
	return x.e.perform(ctx, c, x.zone, broken)
}

// ask puts on the sheet what a grant was to answer and does not any more.
func (x *execution) ask(c *call, err error) (agents.Step, []agents.Entry, error) {
	if err != nil {
		return c.step, nil, err
	}
	c.step.Decision.Verdict, c.step.Decision.Grant, c.step.Attempt = agents.Ask, "", 0
	step, err := x.e.stage(c)
	return step, []agents.Entry{decisionEntry(step)}, err
}

// intendByGrant counts a grant's use in the same breath as the intent is written. It reports false where the grant was
// used up or revoked meanwhile.
func (e *Engine) intendByGrant(ctx context.Context, c *call) (bool, error) {
	err := e.trust.Use(ctx, c.step.Decision.Grant, func(g agents.Grant) error { return e.intend(ctx, &c.step, false, g) })
	if agents.CodeOf(err) == agents.CodeConflict {
		return false, nil
	}
	return err == nil, err
}

func denied(s agents.Step) error {
	reason := "policy denies it"
	if len(s.Decision.Reasons) > 0 {
		reason = s.Decision.Reasons[0]
	}
	return &agents.Error{Code: agents.CodeDenied, Message: fmt.Sprintf("%s was denied: %s", s.Capability, reason), Hint: "see `steward runs show " + s.Run + "`"}
}

func failed(s agents.Step, err error) agents.Step {
	s.State, s.Error, s.Result = agents.StepFailed, agents.AsError(err), nil
	return s
}

// intend writes down, before anything is touched, that an effect is about to happen. Reads need no intent: repeating one
// is harmless.
func (e *Engine) intend(ctx context.Context, step *agents.Step, broken bool, used ...agents.Grant) error {
	step.Attempt++
	if !step.Effect.Changes() {
		return nil
	}
	step.State = agents.StepIntent
	entries := []agents.Entry{ledgerEntry("intent", step.Run, step.Seq, map[string]any{"capability": step.Capability, "key": step.Key, "attempt": step.Attempt})}
	if !broken {
		entries = append([]agents.Entry{decisionEntry(*step)}, entries...)
	}
	if err := e.store.Record(ctx, store.Record{Steps: []agents.Step{*step}, Grants: used, Ledger: entries, Durable: true}); err != nil {
		return fmt.Errorf("write the intent of %s: %w", step.Capability, err)
	}
	return nil
}

// perform calls the capability, or finds out whether a broken-off attempt already did. Its error means that the step was
// broken off and stays open.
func (e *Engine) perform(ctx context.Context, c *call, zone *time.Location, broken bool) (agents.Step, []agents.Entry, error) {
	step := c.step
	invoke := c.bound.Call
	if c.answer != nil {
		invoke = func(context.Context, *agents.Call, any) (any, error) { return c.answer() }
	}
	if broken && step.Effect.Changes() && !c.bound.Repeatable {
		if c.bound.Reconcile == nil {
			return unknown(step), []agents.Entry{outcomeEntry(unknown(step))}, nil
		}
		invoke = c.bound.Reconcile
	}
	about := &agents.Call{Run: step.Run, Seq: step.Seq, Key: step.Key, Now: step.Issued, Zone: zone, Typed: c.typed, Script: c.script}
	out, err := safely(func() (any, error) { return invoke(ctx, about, c.in) })
	if ctx.Err() != nil && err != nil {
		return step, nil, fmt.Errorf("%s was broken off: %w", step.Capability, context.Cause(ctx))
	}
	if errors.Is(err, agents.ErrUnknown) {
		return unknown(step), []agents.Entry{outcomeEntry(unknown(step))}, nil
	}
	if err != nil {
		step = failed(step, err)
		step.Label = failureLabel(c, about)
	} else if step, err = record(step, c.bound, about, out); err != nil {
		return step, nil, err
	}
	if step.Effect.Changes() {
		return step, []agents.Entry{outcomeEntry(step)}, nil
	}
	return step, nil, nil
}

// safely turns a defect in a capability into an error of its step, so that it cannot take the program down.
func safely(f func() (any, error)) (out any, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = &agents.Error{
				Code: agents.CodeInternal, Message: "a capability broke", Hint: "report this",
				Err: fmt.Errorf("panic of type %T at %s", p, debug.Stack()),
			}
		}
	}()
	return f()
}

// record writes the result into the step, and what the script will have learned from it.
func record(step agents.Step, bound capability.Bound, about *agents.Call, out any) (agents.Step, error) {
	value := capability.Encode(out)
	raw, err := capability.Marshal(value)
	if err != nil {
		return step, fmt.Errorf("record the result of %s: %w", step.Capability, err)
	}
	label := capability.LabelOf(value).Join(about.Seen())
	label.Integrity = agents.FromHost
	if about.Influenced(bound.Facts) {
		label.Integrity = agents.Untrusted
	}
	step.State, step.Result, step.Label, step.Receipt, step.Error = agents.StepDone, raw, label, about.Receipt(), nil
	return step, nil
}

// failureLabel is what a script learns by an error: whatever the capability looked at before it gave up, and what it was
// given, may have decided that it failed, and how.
func failureLabel(c *call, about *agents.Call) agents.Label {
	label := c.given.Join(about.Seen())
	if label.Integrity != agents.Untrusted {
		label.Integrity = agents.FromHost
	}
	if about.Influenced(c.bound.Facts) {
		label.Integrity = agents.Untrusted
	}
	return label
}

func unknown(step agents.Step) agents.Step {
	step.State = agents.StepUnknown
	step.Error = &agents.Error{
		Code: agents.CodeUnknown, Message: fmt.Sprintf("%s was broken off, and whether it happened cannot be found out", step.Capability),
		Hint: "look for yourself, then ask again if it is missing; it was not repeated",
	}
	return step
}

// complete commits a step's outcome. Commits, numbers and results are in one order.
func (x *execution) complete(ctx context.Context, step agents.Step, entries []agents.Entry, err error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if err != nil {
		x.results <- outcome{err: err}
		return
	}
	now := x.e.now().Truncate(time.Millisecond)
	if now.Before(x.last) {
		now = x.last
	}
	step.DoneNo, step.Ended = x.doneNo+1, now
	// What happened is kept even if the run was stopped meanwhile.
	err = x.e.store.Record(context.WithoutCancel(ctx), store.Record{Steps: []agents.Step{step}, Ledger: entries, Durable: step.Effect.Changes()})
	if err != nil {
		x.results <- outcome{err: fmt.Errorf("write the outcome of %s: %w", step.Capability, err)}
		return
	}
	x.doneNo, x.last = step.DoneNo, now
	x.results <- outcome{step: step}
}
