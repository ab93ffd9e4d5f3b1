package engine

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/capability"
	"github.com/stewardhq/steward/app/sandbox"
	"github.com/stewardhq/steward/app/sandbox/script"
	"github.com/stewardhq/steward/store"
)

// execution is one pass of a run's script. Its fields belong to the goroutine of execute; only carry runs beside it, and
// shares nothing but the mutex-guarded order of completion.
type execution struct {
	e      *Engine
	run    agents.Run
	key    []byte
	zone   *time.Location
	script script.Compiled
	child  *sandbox.Child
	table  *capability.Table
	// replayOnly forbids live calls: the record is played, and compared.
	replayOnly bool

	steps    map[int]agents.Step // the record, by seq
	order    []int               // recorded outcomes in the order of completion
	next     int                 // how many of them have been delivered
	issued   map[int]bool
	open     []*call // issued and without a recorded outcome; live once the record has been delivered
	pending  int
	live     chan struct{} // holds a token for each capability at work
	results  chan outcome
	typed    func(words string) bool
	base     agents.Label    // with which it began: what its planner was shown, and what its parent had read
	family   []string        // the ids of the other runs of its root, where there are any
	held     int             // calls that wait for the user, not for a capability
	asked    int             // effects so far that the user is asked about
	staging  bool            // one of them is not in the journal yet, or was not when this pass began
	known    map[string]bool // the receipts whose outcomes the script has read
	repeats  map[string]int
	earlier  map[agents.Effect]int
	logBytes int

	mu     sync.Mutex // completion: the order of done_no is the order of commits and of results
	doneNo int
	last   time.Time
}

// prepare loads what a run is pinned to, and refuses to go on where something of it is gone or changed.
func (e *Engine) prepare(ctx context.Context, run agents.Run, replayOnly bool) (*execution, error) {
	if run.Engine != Version {
		return nil, &agents.Error{
			Code: agents.CodeGone, Message: fmt.Sprintf("this run was recorded by engine version %s; this is version %s", run.Engine, Version),
			Hint: "ask again: the same request makes a new run",
		}
	}
	stored, err := e.store.Script(ctx, run.Script)
	if err != nil {
		return nil, fmt.Errorf("load the pinned script: %w", err)
	}
	compiled, err := script.Compile(stored.Source)
	if err != nil {
		return nil, err
	}
	if compiled.Hash != run.Script {
		return nil, &agents.Error{
			Code: agents.CodeDamaged, Message: "the stored script is not the one that this run is pinned to",
			Hint: "ask again: the same request makes a new run",
		}
	}
	zone, err := time.LoadLocation(run.Zone)
	if err != nil {
		return nil, &agents.Error{Code: agents.CodeGone, Message: fmt.Sprintf("the time zone %q of this run is not known here", run.Zone), Err: err}
	}
	key := e.runKey(run.ID)
	x := &execution{
		e: e, run: run, key: key, zone: zone, script: compiled, table: capability.NewTable(key), replayOnly: replayOnly, typed: capability.Typed(run),
		steps: map[int]agents.Step{}, issued: map[int]bool{}, known: map[string]bool{}, repeats: map[string]int{}, earlier: map[agents.Effect]int{},
		results: make(chan outcome, MaxSteps), live: make(chan struct{}, maxLive),
	}
	if x.base, x.family, err = e.heritage(ctx, run); err != nil {
		return x, err
	}
	return x, x.load(ctx)
}

// load reads the run's journal.
func (x *execution) load(ctx context.Context) error {
	steps, err := x.e.store.Steps(ctx, x.run.ID)
	if err != nil {
		return fmt.Errorf("read the journal: %w", err)
	}
	for _, s := range steps {
		bound, known := x.e.registry.Lookup(s.Capability)
		if !known || bound.Version != s.Version {
			return &agents.Error{
				Code: agents.CodeGone, Message: fmt.Sprintf("step %d was recorded with %s version %d, which is no longer there", s.Seq, s.Capability, s.Version),
				Hint: "ask again: the same request makes a new run",
			}
		}
		x.steps[s.Seq] = s
		if s.DoneNo > 0 {
			x.order = append(x.order, s.Seq)
		}
	}
	slices.SortFunc(x.order, func(a, b int) int { return x.steps[a].DoneNo - x.steps[b].DoneNo })
	x.doneNo = len(x.order)
	x.last = x.run.Started
	if x.doneNo > 0 { // the machine's clock may have been set back since
		x.last = x.steps[x.order[x.doneNo-1]].Ended
	}
	return nil
}

// execute plays the script to its end.
func (x *execution) execute(ctx context.Context) error {
	if x.run.State != agents.Running && !x.replayOnly {
		x.run.State = agents.Running
		if x.run.Started.IsZero() {
			x.run.Started = x.e.now().Truncate(time.Millisecond)
			x.last = x.run.Started
		}
		if err := x.e.keepRun(ctx, x.run); err != nil {
			return err
		}
	}
	x.run.Label, x.run.Revealed, x.run.Logs = x.base, false, nil
	child, err := x.e.sandbox.Start(ctx, sandbox.Program{
		JS: x.script.JS, SourceMap: x.script.SourceMap, Name: "script.ts", Functions: x.e.registry.Names(),
		Globals: map[string]rawJSON{"params": params(x.run)}, Seed: x.run.Seed, Now: x.run.Started, Zone: x.zone, Limits: x.e.limits,
	})
	if err != nil {
		return err
	}
	defer child.Close()
	x.child = child

	working, stop := context.WithCancel(ctx)
	defer stop()
	value, scriptErr, err := x.play(working)
	if errors.Is(err, errHeld) {
		return x.wait(ctx)
	}
	if err != nil {
		stop()
		x.abandon()
		return err
	}
	if err := x.drain(working); err != nil {
		stop()
		x.abandon()
		return err
	}
	return x.finish(ctx, value, scriptErr)
}

func params(run agents.Run) rawJSON {
	if len(run.Params) == 0 {
		return rawJSON(`{}`)
	}
	return run.Params
}

// play takes the child's events until the script ends. The error of the script itself comes apart from what broke the run.
func (x *execution) play(ctx context.Context) (rawJSON, *agents.Error, error) {
	for {
		event, err := x.child.Next(ctx)
		if err != nil {
			return nil, nil, err
		}
		switch event.Kind {
		case sandbox.Call:
			if err := x.issue(ctx, event); err != nil {
				return nil, nil, err
			}
		case sandbox.Idle:
			if err := x.deliver(ctx); err != nil {
				return nil, nil, err
			}
		case sandbox.Log:
			x.log(event.Text)
		case sandbox.Done:
			return event.Value, nil, nil
		case sandbox.Failed:
			return nil, event.Error, nil
		}
	}
}

const maxLogBytes = 64 << 10

func (x *execution) log(line string) {
	if x.logBytes += len(line); x.logBytes > maxLogBytes {
		return
	}
	x.run.Logs = append(x.run.Logs, line)
	x.e.events.Tell(Event{Run: x.run.ID, Kind: "log", Text: line})
}

// deliver hands over exactly one result: the next of the record, or, once that is used up, the next that completes.
func (x *execution) deliver(ctx context.Context) error {
	if x.next < len(x.order) {
		step := x.steps[x.order[x.next]]
		if !x.issued[step.Seq] {
			return x.diverged(fmt.Sprintf("the record answers step %d (%s) here, but the script has not asked for it", step.Seq, step.Capability))
		}
		x.next++
		return x.hand(outcome{step: step})
	}
	if x.replayOnly {
		return &agents.Error{
			Code: agents.CodeUnsupported, Message: "the record ends before the script does, because the run was broken off there",
			Hint: "a replay makes no live call; see how far it came with `steward runs show " + x.run.ID + "`",
		}
	}
	x.goLive(ctx)
	if x.pending == 0 && x.held > 0 { // nothing will come until the user has answered
		return errHeld
	}
	select {
	case out := <-x.results:
		x.pending--
		if out.err != nil {
			return out.err
		}
		return x.hand(out)
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// hand raises the script's label by what it is about to learn, and gives it the result.
func (x *execution) hand(out outcome) error {
	step := out.step
	x.run.Label = x.run.Label.Join(step.Label)
	if step.Capability == revealName && step.State == agents.StepDone {
		x.run.Revealed = true
	}
	d := sandbox.Delivery{Seq: step.Seq, Now: step.Ended, Error: step.Error}
	if step.Result != nil {
		value, err := capability.Unmarshal(step.Result)
		if err != nil {
			return &agents.Error{Code: agents.CodeDamaged, Message: fmt.Sprintf("the recorded result of step %d cannot be read", step.Seq), Err: err}
		}
		d.Value, d.Error = x.table.Issue(step.Seq, value), nil
	}
	x.tell(step)
	return x.child.Deliver(d)
}

// drain lets the calls end that the script did not wait for, so that each has its outcome in the journal.
func (x *execution) drain(ctx context.Context) error {
	if x.replayOnly {
		return nil
	}
	x.goLive(ctx)
	for x.pending > 0 {
		select {
		case out := <-x.results:
			x.pending--
			if out.err != nil {
				return out.err
			}
			x.run.Label = x.run.Label.Join(out.step.Label)
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return nil
}

// abandon waits for calls that were told to stop, so that none writes after the run's state was settled.
func (x *execution) abandon() {
	for ; x.pending > 0; x.pending-- {
		<-x.results
	}
}

func (x *execution) diverged(what string) error {
	return &agents.Error{
		Code: agents.CodeNondetermined, Message: "the run cannot be resumed: " + what,
		Hint: "nothing was guessed and nothing was done twice; ask again to make a new run",
	}
}

// finish settles the run once its script has ended.
func (x *execution) finish(ctx context.Context, raw rawJSON, scriptErr *agents.Error) error {
	for _, seq := range slices.Sorted(maps.Keys(x.steps)) {
		if !x.issued[seq] {
			return x.diverged(fmt.Sprintf("step %d (%s) is in the record, but the script has not asked for it", seq, x.steps[seq].Capability))
		}
	}
	x.run.Error = x.ownError(scriptErr)
	if scriptErr != nil {
		x.run.State = agents.Failed
	} else {
		value, err := x.table.ResolveWords(orNull(raw), x.words())
		if err != nil {
			return err
		}
		text := x.ownWords(capability.TextOf(value, x.zone))
		x.run.Result, x.run.State = &text, agents.Done
	}
	if x.replayOnly && len(x.open) > 0 {
		return x.diverged(fmt.Sprintf("step %d is not in the record", x.open[0].step.Seq))
	}
	steps, err := x.e.store.Steps(ctx, x.run.ID)
	if err != nil {
		return fmt.Errorf("read the journal: %w", err)
	}
	if !x.replayOnly {
		if err := x.e.settleApproved(ctx, x.run, steps); err != nil {
			return err
		}
	}
	if missing := unsettled(steps); missing != nil && scriptErr == nil {
		x.run.State, x.run.Error = agents.Failed, missing
	}
	if x.replayOnly {
		return nil
	}
	if x.run.State == agents.Done && slices.ContainsFunc(steps, func(s agents.Step) bool { return s.State == agents.StepStaged }) {
		return x.wait(ctx)
	}
	x.run.Ended = x.e.now()
	x.run.Result = tempered(x.run, steps)
	x.run.Verified = x.run.State == agents.Done && Verified(steps)
	return x.e.keepRun(ctx, x.run)
}

// wait settles a run that goes on when the user has answered. What its script says waits as well: it may say that
// something was sent.
func (x *execution) wait(ctx context.Context) error {
	x.run.State, x.run.Result = agents.Waiting, nil
	if x.run.Waits.IsZero() {
		x.run.Waits = x.e.now()
		x.run.Expires = x.run.Waits.Add(SheetGood)
	}
	if err := x.e.keepRun(ctx, x.run); err != nil {
		return err
	}
	x.e.events.Tell(Event{Run: x.run.ID, Kind: SheetEvent})
	return nil
}

// record writes a step that waits for the user, in its place and without a result.
func (x *execution) record(ctx context.Context, s agents.Step) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if err := x.e.store.Record(ctx, store.Record{Steps: []agents.Step{s}, Durable: true}); err != nil {
		return fmt.Errorf("keep the question: %w", err)
	}
	return nil
}

func orNull(raw rawJSON) rawJSON {
	if len(raw) == 0 {
		return rawJSON("null")
	}
	return raw
}
