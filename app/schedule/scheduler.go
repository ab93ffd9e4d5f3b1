package schedule

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/oklog/ulid/v2"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/agents/notification"
	"github.com/stewardhq/steward/app/engine"
	"github.com/stewardhq/steward/store"
)

// Runner accepts a run of an automation's pinned script for an occurrence, with the parameters of its due day. The run and
// the occurrence that names it are on disk when it returns, both or neither.
type Runner interface {
	Begin(ctx context.Context, a agents.Automation, o agents.Occurrence) (agents.Occurrence, error)
}

// Events is where runs tell what happens in them, and where the scheduler tells what happens to automations.
type Events interface {
	After(ctx context.Context, run string, no int) ([]engine.Event, error)
	Tell(engine.Event)
}

// Options is what a scheduler needs.
type Options struct {
	Store    *store.Store
	Runner   Runner
	Events   Events
	Notifier notification.Notifier
	Now      func() time.Time
	After    func(time.Duration) <-chan time.Time // nil means time.After
	Rings    bool                                 // somebody else tells that a run waits for the user's word
}

const (
	look       = 30 * time.Second // the clock is looked at so often: a timer does not count the time that a machine sleeps
	onTime     = 2 * time.Minute  // what begins within it is not called late
	lateWithin = 12 * time.Hour   // what was due longer ago is not run any more
	farBack    = 400 * 24 * time.Hour
	mostMissed = 400 // rows that are written at once for missed due times; beyond them, a note says so
	mostUntold = 20
)

// Scheduler keeps automations and runs them when they are due. Make one with New; Start lets it watch the clock.
type Scheduler struct {
	Options

	mu      sync.Mutex // one decision about automations at a time
	last    time.Time  // when the clock was last looked at
	trouble string     // what was last said of what keeps the scheduler from its work,
	astray  string     // and from following a run
	untold  []notification.Note

	following sync.Map // ids of occurrences whose run is followed
	wake      chan struct{}
	started   sync.Once
	work      sync.WaitGroup // those who follow runs
	loop      sync.WaitGroup
	base      context.Context
	stop      context.CancelFunc
	watching  context.Context
	halt      context.CancelFunc
}

// New makes a scheduler. Nothing happens before Follow, Start or an order of the user's.
func New(o Options) *Scheduler {
	if o.After == nil {
		o.After = time.After
	}
	s := &Scheduler{Options: o, wake: make(chan struct{}, 1)}
	s.base, s.stop = context.WithCancel(context.Background())
	s.watching, s.halt = context.WithCancel(s.base)
	return s
}

// now is the wall clock: what a machine's uptime says of the time between two moments leaves out its sleep.
func (s *Scheduler) now() time.Time { return s.Now().Round(0) }

// Start watches the clock from now on: for a process that stays.
func (s *Scheduler) Start() {
	s.started.Do(func() { s.loop.Go(s.watchClock) })
}

func (s *Scheduler) watchClock() {
	for s.watching.Err() == nil {
		select {
		case <-s.wake: // this look will see it
		default:
		}
		wait := s.tick(s.watching)
		var timer <-chan time.Time
		if wait > 0 {
			timer = s.After(wait)
		}
		select {
		case <-timer:
		case <-s.wake:
		case <-s.watching.Done():
		}
	}
}

// nudge has the clock looked at now.
func (s *Scheduler) nudge() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// Halt ends the watch over the clock: no automation begins any more. Runs go on, and are followed.
func (s *Scheduler) Halt() {
	s.halt()
	s.loop.Wait()
}

// Close ends following, after runs have stopped, and keeps how those ended that are over.
func (s *Scheduler) Close(ctx context.Context) error {
	s.Halt()
	s.stop()
	s.work.Wait()
	open, err := s.Store.Occurrences(ctx, store.OccurrenceFilter{Open: true, Limit: 1000})
	if err != nil {
		return fmt.Errorf("look for occurrences that have ended: %w", err)
	}
	for _, o := range open {
		if o.Run != "" {
			_, settleErr := s.settle(ctx, &o)
			err = errors.Join(err, settleErr)
		}
	}
	return err
}

// tick looks at the clock and does what is due. It gives the time until the next look; 0 means that there is nothing to
// look for.
func (s *Scheduler) tick(ctx context.Context) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	s.tellAgain(ctx)
	all, err := s.Store.Automations(ctx)
	wait := time.Duration(0)
	for _, a := range all {
		err = errors.Join(err, s.check(ctx, a, now))
		if wait == 0 {
			wait = look
		}
		if next, nextErr := Next(a.Schedule, now, 1); nextErr == nil && a.State == agents.AutomationActive {
			wait = min(wait, next[0].Sub(now))
		}
	}
	s.last = now
	if ctx.Err() != nil {
		return 0
	}
	s.complain(ctx, err, &s.trouble)
	if err != nil || len(s.untold) > 0 {
		wait = look
	}
	return wait
}

// check does what is due of one automation.
func (s *Scheduler) check(ctx context.Context, a agents.Automation, now time.Time) error {
	open, err := s.Store.Occurrences(ctx, store.OccurrenceFilter{Automation: a.ID, Open: true, Limit: 1000})
	if err != nil {
		return err
	}
	var due []agents.Occurrence // oldest first
	busy := ""
	for _, o := range open {
		switch {
		case o.Run != "":
			busy = o.Run
			s.follow(o)
		case !o.Due.After(now): // written down, and then Steward ended
			due = append([]agents.Occurrence{o}, due...)
		}
	}
	w := wordsOf(a)
	if a.State != agents.AutomationActive {
		return s.miss(ctx, a, due, w.paused, now)
	}
	fresh, older, err := s.unwritten(ctx, a, now)
	if err != nil {
		return err
	}
	due = merge(due, fresh)
	if len(due) == 0 {
		return nil
	}
	latest := due[len(due)-1]
	lag := now.Sub(latest.Due)
	earlier := due[:len(due)-1]
	if older && len(earlier) > 0 {
		earlier[0].Note = w.older
	}
	switch {
	case lag > lateWithin:
		return s.miss(ctx, a, due, w.closed, now)
	case busy != "":
		err = s.miss(ctx, a, earlier, w.closed, now)
		return errors.Join(err, s.miss(ctx, a, []agents.Occurrence{latest}, w.overlap(busy), now))
	}
	if lag > onTime {
		latest.Note = w.late(lag)
	}
	return errors.Join(s.miss(ctx, a, earlier, w.closed, now), s.begin(ctx, a, latest))
}

// unwritten gives the due times up to now that have no row, as rows to be written, oldest first, and whether there are
// older ones beyond what is written at once.
//
// The search begins at the last row that counts. A row from a clock that ran ahead, for which nothing was run, does not:
// its time is still to come.
func (s *Scheduler) unwritten(ctx context.Context, a agents.Automation, now time.Time) ([]agents.Occurrence, bool, error) {
	from := a.Since
	if from.After(now) { // the clock was set back to before the automation was made or resumed
		from = now
		if !s.last.IsZero() && s.last.Before(now) {
			from = s.last
		}
	}
	ahead := map[int64]agents.Occurrence{}
	for _, limit := range []int{20, 1000} {
		rows, err := s.Store.Occurrences(ctx, store.OccurrenceFilter{Automation: a.ID, Limit: limit})
		if err != nil {
			return nil, false, err
		}
		found := false
		for _, o := range rows {
			switch {
			case o.Manual || o.Due.After(now):
			case o.State == agents.OccurrenceMissed && o.Run == "" && o.Ended.After(now):
				ahead[o.Due.UnixMilli()] = o
			case !found:
				found = true
				if o.Due.After(from) {
					from = o.Due
				}
			}
		}
		if found || len(rows) < limit {
			break
		}
	}
	older := now.Sub(from) > farBack
	if older {
		from = now.Add(-farBack)
	}
	times, err := Between(a.Schedule, from, now)
	if err != nil {
		return nil, false, err
	}
	if more := len(times) - mostMissed; more > 0 {
		times, older = times[more:], true
	}
	var due []agents.Occurrence
	for _, t := range times {
		o, there := ahead[t.UnixMilli()]
		if !there {
			o.ID = newID(now)
		}
		due = append(due, agents.Occurrence{ID: o.ID, Automation: a.ID, Due: t, State: agents.OccurrenceDue})
	}
	return due, older, nil
}

// merge puts the rows that were left behind and those to be written in order; they share no due time, since the search for
// those to be written begins at the last row.
func merge(left, fresh []agents.Occurrence) []agents.Occurrence {
	return append(left[:len(left):len(left)], fresh...)
}

func newID(at time.Time) string { return ulid.MustNew(ulid.Timestamp(at), rand.Reader).String() }

// begin writes the occurrence's row, and then has a run accepted for it.
func (s *Scheduler) begin(ctx context.Context, a agents.Automation, o agents.Occurrence) error {
	if err := s.Store.Record(ctx, store.Record{Occurrences: []agents.Occurrence{o}, Durable: true}); err != nil {
		if agents.CodeOf(err) == agents.CodeConflict { // it is there already, and never runs twice
			return nil
		}
		return fmt.Errorf("write down that an automation is due: %w", err)
	}
	o.Started = s.now()
	begun, err := s.Runner.Begin(ctx, a, o)
	if ctx.Err() != nil {
		return ctx.Err() // the row says that it was due; the next start goes on from there
	}
	if err != nil {
		return s.fail(ctx, a, o, err)
	}
	s.told(begun)
	if begun.Note != "" {
		s.notify(ctx, a, begun)
	}
	s.follow(begun)
	return nil
}

// fail keeps that no run could be accepted for an occurrence, and why.
func (s *Scheduler) fail(ctx context.Context, a agents.Automation, o agents.Occurrence, cause error) error {
	o.State, o.Ended, o.Error = agents.OccurrenceFailed, s.now(), agents.AsError(cause)
	o.Note = o.Error.Message
	return s.keep(ctx, a, []agents.Occurrence{o})
}

// miss keeps that nothing was run for occurrences, and says so.
func (s *Scheduler) miss(ctx context.Context, a agents.Automation, missed []agents.Occurrence, why string, now time.Time) error {
	if len(missed) == 0 {
		return nil
	}
	for i := range missed {
		missed[i].State, missed[i].Ended = agents.OccurrenceMissed, now
		missed[i].Note = wordsOf(a).join(why, missed[i].Note)
	}
	return s.keep(ctx, a, missed)
}

// keep writes how occurrences ended, oldest first, and tells of the last.
func (s *Scheduler) keep(ctx context.Context, a agents.Automation, ended []agents.Occurrence) error {
	if err := s.Store.Record(ctx, store.Record{Occurrences: ended, Durable: true}); err != nil {
		if agents.CodeOf(err) == agents.CodeNotFound { // the automation was removed meanwhile
			return nil
		}
		return fmt.Errorf("keep what became of an automation: %w", err)
	}
	for _, o := range ended {
		s.told(o)
	}
	s.notifyOf(ctx, a, ended)
	return nil
}

// told tells those who watch that an occurrence changed.
func (s *Scheduler) told(o agents.Occurrence) {
	s.Events.Tell(engine.Event{Run: o.Run, Kind: "automation", Automation: o.Automation})
}

// entry is the ledger's row for what the user changes about automations.
func entry(what string, a agents.Automation) agents.Entry {
	raw, err := json.Marshal(map[string]any{
		"setting": "automation", "what": what, "automation": a.ID, "request": a.Request, "schedule": a.Schedule, "script": a.Script, "state": a.State,
	})
	if err != nil {
		panic("schedule: a ledger entry cannot be written: " + err.Error())
	}
	return agents.Entry{Kind: "setting", Content: raw}
}
