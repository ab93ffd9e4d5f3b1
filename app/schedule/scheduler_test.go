package schedule_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/agents/notification"
	"github.com/stewardhq/steward/app/engine"
	"github.com/stewardhq/steward/app/schedule"
	"github.com/stewardhq/steward/store"
)

// bench is a home with a clock that is set by hand, and a runner whose runs end when the test says so. The scheduler can be
// closed, or left behind as a crash does, and made anew.
type bench struct {
	t      *testing.T
	dir    string
	store  *store.Store
	events *engine.Events
	sched  *schedule.Scheduler

	mu     sync.Mutex
	clock  time.Time
	waits  chan chan time.Time // a timer that the scheduler waits for: it has done what there was to do
	timer  chan time.Time
	runs   int
	refuse error
	rings  bool
	crash  func() // called instead of accepting a run
	notes  []notification.Note
	mute   error
}

func newBench(t *testing.T, at string) *bench {
	t.Helper()
	b := &bench{t: t, dir: t.TempDir(), waits: make(chan chan time.Time)}
	b.set(at)
	b.open()
	return b
}

func (b *bench) open() {
	b.t.Helper()
	var err error
	if b.store, err = store.Open(b.t.Context(), store.Options{Dir: b.dir, Master: [32]byte{1}, Now: b.now}); err != nil {
		b.t.Fatal(err)
	}
	opened := b.store
	b.t.Cleanup(func() {
		if err := opened.Close(); err != nil {
			b.t.Error(err)
		}
	})
	b.make()
}

func (b *bench) make() {
	b.events = engine.New(engine.Options{Store: b.store}).Events()
	s := schedule.New(schedule.Options{Store: b.store, Runner: b, Events: b.events, Notifier: b, Now: b.now, After: b.after, Rings: b.rings})
	b.t.Cleanup(func() { _ = s.Close(context.Background()) }) // a test may have closed its store
	b.sched = s
}

func (b *bench) now() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.clock
}

func (b *bench) set(at string) {
	b.t.Helper()
	when, err := time.ParseInLocation("2006-01-02 15:04:05", at, zone(b.t, "Asia/Taipei"))
	if err != nil {
		b.t.Fatal(err)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.clock = when
}

// after is the scheduler's timer: it never rings by itself.
func (b *bench) after(time.Duration) <-chan time.Time {
	timer := make(chan time.Time, 1)
	select {
	case b.waits <- timer:
	case <-b.t.Context().Done():
	}
	return timer
}

// start starts the watch, and returns when the first look is done.
func (b *bench) start() {
	b.sched.Start()
	b.timer = <-b.waits
}

// at sets the clock, has it looked at, and returns when that is done.
func (b *bench) at(at string) {
	b.t.Helper()
	b.set(at)
	b.timer <- b.now()
	b.timer = <-b.waits
}

// Begin accepts a run as the orchestrator does.
func (b *bench) Begin(ctx context.Context, a agents.Automation, o agents.Occurrence) (agents.Occurrence, error) {
	rows, err := b.store.Occurrences(ctx, store.OccurrenceFilter{Automation: a.ID, Open: true})
	if err != nil || len(rows) != 1 || rows[0].ID != o.ID || rows[0].State != agents.OccurrenceDue {
		b.t.Errorf("%s begins without its row: %v", o.Due, err)
	}
	b.mu.Lock()
	b.runs++
	id, crash, refuse := fmt.Sprintf("01RUN%021d", b.runs), b.crash, b.refuse
	b.mu.Unlock()
	if crash != nil {
		crash()
		return o, errors.New("the process is gone")
	}
	if refuse != nil {
		return o, refuse
	}
	run := agents.Run{ID: id, Kind: "automation", State: agents.Running, Created: b.now(), Automation: a.ID}
	o.Run, o.State = run.ID, agents.OccurrenceRunning
	return o, b.store.Record(ctx, store.Record{Run: &run, Occurrences: []agents.Occurrence{o}, Durable: true})
}

func (b *bench) Notify(_ context.Context, n notification.Note) (string, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.mute == nil {
		b.notes = append(b.notes, n)
	}
	return "terminal", b.mute
}

// said gives the notes so far, and forgets them.
func (b *bench) said() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var all []string
	for _, n := range b.notes {
		all = append(all, n.Title+" | "+n.Body)
	}
	b.notes = nil
	return strings.Join(all, "\n")
}

func (b *bench) add(days ...string) agents.Automation {
	b.t.Helper()
	if len(days) == 0 {
		days = everyDay
	}
	a, err := b.sched.Add(b.t.Context(), agents.Automation{
		Request: "brief me", Words: "every day at 8:00", Lang: "en", Planner: "offline", Script: "s",
		Schedule: agents.Schedule{Days: days, Time: "08:00", Zone: "Asia/Taipei"},
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return a
}

// rows are an automation's occurrences, oldest first: when due, state, and the last digits of the run.
func (b *bench) rows(a agents.Automation) string {
	b.t.Helper()
	var all []string
	for _, o := range b.occurrences(a) {
		row := o.Due.In(zone(b.t, "Asia/Taipei")).Format("2 15:04 ") + string(o.State)
		if o.Run != "" {
			row += " " + strings.TrimLeft(o.Run[5:], "0")
		}
		all = append([]string{row}, all...)
	}
	return strings.Join(all, ", ")
}

func (b *bench) occurrences(a agents.Automation) []agents.Occurrence {
	b.t.Helper()
	all, err := b.store.Occurrences(b.t.Context(), store.OccurrenceFilter{Automation: a.ID, Limit: 1000})
	if err != nil {
		b.t.Fatal(err)
	}
	return all
}

func (b *bench) want(a agents.Automation, want string) {
	b.t.Helper()
	if got := b.rows(a); got != want {
		b.t.Errorf("at %s:\n got %s\nwant %s", b.now().Format("2 15:04:05"), got, want)
	}
}

// end brings a run to a state, as the engine does, and returns when the occurrence has followed.
func (b *bench) end(a agents.Automation, run int, state agents.RunState, failure *agents.Error) {
	b.t.Helper()
	id := fmt.Sprintf("01RUN%021d", run)
	b.write(id, state, failure)
	b.events.Tell(engine.Event{Run: id, Kind: "state", State: state})
	b.followed(a, id, agents.OccurrenceState(state))
}

func (b *bench) write(id string, state agents.RunState, failure *agents.Error) {
	b.t.Helper()
	r, err := b.store.Run(b.t.Context(), id)
	if err != nil {
		b.t.Fatal(err)
	}
	r.State, r.Error = state, failure
	if state.Over() {
		r.Ended = b.now()
	}
	if err := b.store.Record(b.t.Context(), store.Record{Run: &r, Durable: true}); err != nil {
		b.t.Fatal(err)
	}
}

// followed waits until a run's occurrence is in a state.
func (b *bench) followed(a agents.Automation, run string, state agents.OccurrenceState) {
	b.t.Helper()
	for no := 0; ; {
		for _, o := range b.occurrences(a) {
			if o.Run == run && o.State == state {
				return
			}
		}
		events, err := b.events.After(b.t.Context(), run, no)
		if err != nil {
			b.t.Fatal(err)
		}
		no = events[len(events)-1].No
	}
}

func TestAnAutomationRunsWhenItIsDue(t *testing.T) {
	b := newBench(t, "2026-11-24 07:00:00")
	a := b.add()
	b.start()
	b.at("2026-11-24 07:59:59")
	b.want(a, "")
	b.at("2026-11-24 08:00:00")
	b.want(a, "24 08:00 running 1")
	b.at("2026-11-24 08:00:30")
	b.want(a, "24 08:00 running 1")
	b.end(a, 1, agents.Done, nil)
	b.want(a, "24 08:00 done 1")
	b.at("2026-11-25 08:00:20")
	b.end(a, 2, agents.Done, nil)
	b.want(a, "24 08:00 done 1, 25 08:00 done 2")
	o := b.occurrences(a)[0]
	if o.Note != "" || o.Started.IsZero() || o.Ended.IsZero() || o.Manual {
		t.Errorf("%+v", o)
	}
	if said := b.said(); said != "" {
		t.Errorf("said %s", said)
	}
}

func TestWhatWasDueWhileNothingRanIsMissedAndTheLatestRunsLate(t *testing.T) {
	b := newBench(t, "2026-11-20 07:00:00")
	a := b.add()
	b.set("2026-11-24 11:05:00") // it was never started before
	b.start()
	b.want(a, "20 08:00 missed, 21 08:00 missed, 22 08:00 missed, 23 08:00 missed, 24 08:00 running 1")
	said := b.said()
	for _, want := range []string{"Missed: brief me | 4 due times, the last Mon 23 Nov, 08:00", "Steward was closed", "Running late: brief me | it runs 3 h 5 min late"} {
		if !strings.Contains(said, want) {
			t.Errorf("%q was not said: %s", want, said)
		}
	}
	if o := b.occurrences(a)[0]; !strings.Contains(o.Note, "3 h 5 min late") {
		t.Errorf("note %q", o.Note)
	}
	b.end(a, 1, agents.Done, nil)
	if o := b.occurrences(a)[0]; !strings.Contains(o.Note, "3 h 5 min late") {
		t.Errorf("the end took the note: %q", o.Note)
	}
}

func TestWhatIsTooLateIsNotRunAnyMore(t *testing.T) {
	b := newBench(t, "2026-11-24 07:00:00")
	a := b.add()
	b.start()
	b.at("2026-11-24 20:00:01") // slept
	b.want(a, "24 08:00 missed")
	if said := b.said(); !strings.Contains(said, "Missed: brief me | it was due Tue 24 Nov, 08:00") {
		t.Error(said)
	}
	b.at("2026-11-25 08:00:00")
	b.want(a, "24 08:00 missed, 25 08:00 running 1")
	b.end(a, 1, agents.Done, nil)
	b.at("2026-11-26 20:00:00") // exactly twelve hours
	b.want(a, "24 08:00 missed, 25 08:00 done 1, 26 08:00 running 2")
}

func TestAClockSetBackRunsNothingTwice(t *testing.T) {
	b := newBench(t, "2026-11-24 07:00:00")
	a := b.add()
	b.start()
	b.at("2026-11-24 08:00:00")
	b.end(a, 1, agents.Done, nil)
	for _, at := range []string{"2026-11-24 07:30:00", "2026-11-24 08:00:00", "2026-11-23 07:00:00", "2026-11-24 08:00:05", "2026-11-24 08:01:00"} {
		b.at(at)
	}
	// On the 23rd the automation was not there yet by the first clock, and by the second its time came.
	if got := b.rows(a); strings.Count(got, "24 08:00") != 1 || !strings.Contains(got, "24 08:00 done 1") {
		t.Errorf("got %s", got)
	}
	b.at("2026-11-25 08:00:00")
	if got := b.rows(a); !strings.Contains(got, "25 08:00 running") {
		t.Errorf("got %s", got)
	}
}

func TestAClockThatRanAheadTakesNoDayAway(t *testing.T) {
	b := newBench(t, "2026-11-24 07:00:00")
	a := b.add()
	b.start()
	b.at("2026-11-27 23:00:00")
	b.want(a, "24 08:00 missed, 25 08:00 missed, 26 08:00 missed, 27 08:00 missed")
	b.at("2026-11-24 07:59:00") // it is set right
	b.at("2026-11-24 08:00:00")
	b.want(a, "24 08:00 running 1, 25 08:00 missed, 26 08:00 missed, 27 08:00 missed")
	b.end(a, 1, agents.Done, nil)
	b.at("2026-11-24 08:00:30")
	b.at("2026-11-25 08:00:00")
	b.want(a, "24 08:00 done 1, 25 08:00 running 2, 26 08:00 missed, 27 08:00 missed")
	b.end(a, 2, agents.Done, nil)
	b.at("2026-11-28 08:00:00")
	b.want(a, "24 08:00 done 1, 25 08:00 done 2, 26 08:00 missed, 27 08:00 missed, 28 08:00 running 3")
}

func TestAFarJumpIsRecordedInBounds(t *testing.T) {
	b := newBench(t, "2026-11-24 07:00:00")
	a := b.add()
	b.start()
	b.at("2226-11-24 23:00:00")
	rows := b.occurrences(a)
	if len(rows) != 400 || !strings.Contains(rows[399].Note, "all before it") || strings.Contains(rows[0].Note, "before it") {
		t.Errorf("%d rows, the first with %q", len(rows), rows[len(rows)-1].Note)
	}
	if said := b.said(); strings.Count(said, "\n") != 0 || !strings.Contains(said, "400 due times") {
		t.Errorf("said %s", said)
	}
	b.at("2026-11-24 08:00:00")
	if got := b.rows(a); !strings.HasPrefix(got, "24 08:00 running 1,") {
		t.Errorf("after it was set right: %.80s", got)
	}
}

func TestARowIsThereBeforeTheRunAndACrashBetweenThemIsNotSilent(t *testing.T) {
	b := newBench(t, "2026-11-24 07:00:00")
	a := b.add()
	fallen := make(chan struct{})
	b.crash = func() {
		go b.sched.Halt()
		<-schedule.Halted(b.sched)
		close(fallen)
	}
	b.start()
	b.set("2026-11-24 08:00:00")
	b.timer <- b.now()
	<-fallen
	b.sched.Halt()
	b.want(a, "24 08:00 due")
	b.crash = nil
	b.make() // the next start
	b.set("2026-11-24 08:30:00")
	b.start()
	b.want(a, "24 08:00 running 2")
	if o := b.occurrences(a)[0]; !strings.Contains(o.Note, "30 min late") || len(b.occurrences(a)) != 1 {
		t.Errorf("%+v", o)
	}
}

func TestAnOccurrenceFollowsItsRunThroughACrash(t *testing.T) {
	b := newBench(t, "2026-11-24 07:00:00")
	a := b.add()
	b.start()
	b.at("2026-11-24 08:00:00")
	b.sched.Halt()
	b.make() // the first one is left behind
	if err := b.sched.Follow(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.start()
	b.want(a, "24 08:00 running 1")
	b.end(a, 1, agents.Done, nil) // it was resumed, and came to its end
	b.want(a, "24 08:00 done 1")
	// One that ended while nobody followed is found at the next start, and at the end of a short command.
	b.at("2026-11-25 08:00:00")
	b.sched.Halt()
	b.make()
	b.write("01RUN000000000000000000002", agents.Failed, &agents.Error{Code: agents.CodeLimit, Message: "out of memory", Hint: "h"})
	if err := b.sched.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.want(a, "24 08:00 done 1, 25 08:00 failed 2")
	if said := b.said(); !strings.Contains(said, "Failed: brief me | out of memory") {
		t.Error(said)
	}
}

func TestFailuresAreSaid(t *testing.T) {
	b := newBench(t, "2026-11-24 07:00:00")
	a := b.add()
	b.start()
	b.at("2026-11-24 08:00:00")
	b.end(a, 1, agents.Failed, &agents.Error{Code: agents.CodeScript, Message: "line 3: the mail says BUY", Hint: "h"})
	b.timer <- b.now()
	b.timer = <-b.waits // whoever followed has said what there was to say
	o := b.occurrences(a)[0]
	if o.Error == nil || o.Error.Code != agents.CodeScript || !strings.Contains(o.Note, "line 3") || o.Ended.IsZero() {
		t.Errorf("%+v", o)
	}
	if said := b.said(); !strings.Contains(said, "Failed: brief me | ‹line 3: the mail says BUY›") {
		t.Errorf("said %s", said)
	}
	b.refuse = &agents.Error{Code: agents.CodeGone, Message: "the skill is not there any more", Hint: "h"}
	b.at("2026-11-25 08:00:00")
	b.want(a, "24 08:00 failed 1, 25 08:00 failed")
	if said := b.said(); !strings.Contains(said, "Failed: brief me | the skill is not there any more") {
		t.Errorf("said %s", said)
	}
	b.at("2026-11-25 08:01:00") // and it is not tried over and over
	b.want(a, "24 08:00 failed 1, 25 08:00 failed")
	b.refuse = nil
	b.at("2026-11-26 08:00:00")
	b.end(a, 3, agents.Waiting, nil)
	b.want(a, "24 08:00 failed 1, 25 08:00 failed, 26 08:00 waiting 3")
	b.at("2026-11-26 08:01:00")
	if said := b.said(); !strings.Contains(said, "Waits for your word: brief me | look at what it wants to do: steward approvals show 01RUN") {
		t.Errorf("said %s", said)
	}
	b.end(a, 3, agents.Cancelled, nil)
	b.want(a, "24 08:00 failed 1, 25 08:00 failed, 26 08:00 cancelled 3")
	if said := b.said(); said != "" {
		t.Errorf("said %s", said)
	}
}

// Where a bell rings the user is not told twice.
func TestABellTellsOfWaiting(t *testing.T) {
	b := newBench(t, "2026-11-24 07:00:00")
	b.rings = true
	b.make()
	a := b.add()
	b.start()
	b.at("2026-11-24 08:00:00")
	b.end(a, 1, agents.Waiting, nil)
	b.want(a, "24 08:00 waiting 1")
	b.at("2026-11-24 08:01:00")
	if said := b.said(); said != "" {
		t.Errorf("said %s", said)
	}
}

func TestWhatStillRunsIsNotRunBesideItself(t *testing.T) {
	b := newBench(t, "2026-11-24 07:00:00")
	a := b.add()
	b.set("2026-11-24 07:00:01")
	other := b.add()
	b.start()
	b.at("2026-11-24 08:00:00")
	b.end(other, 2, agents.Done, nil)
	b.at("2026-11-25 08:00:00")
	b.want(a, "24 08:00 running 1, 25 08:00 missed")
	b.want(other, "24 08:00 done 2, 25 08:00 running 3")
	if o := b.occurrences(a)[0]; !strings.Contains(o.Note, "still under way") || !strings.Contains(b.said(), "still under way") {
		t.Errorf("%+v", o)
	}
	if _, err := b.sched.Run(t.Context(), a.ID); agents.CodeOf(err) != agents.CodeConflict {
		t.Errorf("it was run beside itself: %v", err)
	}
	b.end(a, 1, agents.Done, nil)
	b.at("2026-11-26 08:00:00")
	b.want(a, "24 08:00 done 1, 25 08:00 missed, 26 08:00 running 4")
}

func TestPausedIsNotMissed(t *testing.T) {
	b := newBench(t, "2026-11-24 07:00:00")
	a := b.add()
	b.start()
	if _, err := b.sched.Pause(t.Context(), a.ID); err != nil {
		t.Fatal(err)
	}
	b.timer = <-b.waits
	b.at("2026-11-25 09:00:00")
	b.want(a, "")
	if _, err := b.sched.Resume(t.Context(), a.ID); err != nil {
		t.Fatal(err)
	}
	b.timer = <-b.waits
	b.want(a, "")
	b.at("2026-11-26 08:00:01")
	b.want(a, "26 08:00 running 1")
	if said := b.said(); said != "" {
		t.Errorf("said %s", said)
	}
}

func TestRunByHand(t *testing.T) {
	b := newBench(t, "2026-11-24 07:59:00")
	a := b.add()
	o, err := b.sched.Run(t.Context(), a.ID) // no watch is needed
	if err != nil || !o.Manual || o.State != agents.OccurrenceRunning {
		t.Fatal(o, err)
	}
	b.end(a, 1, agents.Done, nil)
	b.set("2026-11-24 08:00:00")
	b.mu.Lock()
	b.clock = b.clock.Add(500 * time.Millisecond)
	b.mu.Unlock()
	if _, err = b.sched.Run(t.Context(), a.ID); err != nil { // just before the watch would have begun it
		t.Fatal(err)
	}
	b.end(a, 2, agents.Done, nil)
	b.set("2026-11-24 08:00:01")
	b.start()
	b.want(a, "24 07:59 done 1, 24 08:00 running 3, 24 08:00 done 2")
	b.end(a, 3, agents.Done, nil)
	b.refuse = &agents.Error{Code: agents.CodeGone, Message: "gone", Hint: "h"}
	if _, err := b.sched.Run(t.Context(), a.ID); agents.CodeOf(err) != agents.CodeGone || b.occurrences(a)[0].State != agents.OccurrenceFailed {
		t.Errorf("%v, %s", err, b.rows(a))
	}
	if _, err := b.sched.Run(t.Context(), "01NOBODY"); agents.CodeOf(err) != agents.CodeNotFound {
		t.Error(err)
	}
}

func TestRemovingEndsIt(t *testing.T) {
	b := newBench(t, "2026-11-24 07:00:00")
	a := b.add()
	b.start()
	b.at("2026-11-24 08:00:00")
	if _, err := b.sched.Remove(t.Context(), a.ID); err != nil {
		t.Fatal(err)
	}
	b.write("01RUN000000000000000000001", agents.Failed, &agents.Error{Code: agents.CodeLimit, Message: "m"})
	if err := b.sched.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.want(a, "")
	if said := b.said(); said != "" {
		t.Errorf("said %s", said)
	}
	rows, err := b.store.Ledger(t.Context(), store.LedgerFilter{Kind: "setting"})
	if err != nil || len(rows) != 2 || !strings.Contains(string(rows[0].Content), `"what":"add"`) || !strings.Contains(string(rows[1].Content), `"what":"remove"`) {
		t.Errorf("ledger %v %v", rows, err)
	}
}

func TestWhatCouldNotBeSaidIsSaidLater(t *testing.T) {
	b := newBench(t, "2026-11-24 07:00:00")
	b.add()
	b.mute = errors.New("no desktop, no terminal")
	b.start()
	b.at("2026-11-24 23:00:00")
	b.at("2026-11-24 23:00:30")
	b.mu.Lock()
	b.mute = nil
	b.mu.Unlock()
	b.at("2026-11-24 23:01:00")
	b.at("2026-11-24 23:01:30")
	if said := b.said(); strings.Count(said, "Missed: brief me") != 1 {
		t.Errorf("said %q", said)
	}
}

func TestASchedulerThatCannotWriteRunsNothingAndSaysSo(t *testing.T) {
	b := newBench(t, "2026-11-24 07:00:00")
	a := b.add()
	b.start()
	if err := b.store.Close(); err != nil {
		t.Fatal(err)
	}
	b.set("2026-11-24 08:00:00")
	b.timer <- b.now()
	b.timer = <-b.waits
	b.timer <- b.now()
	b.timer = <-b.waits
	if said := b.said(); strings.Count(said, "Automations cannot be looked after") != 1 {
		t.Errorf("said %q", said)
	}
	b.sched.Halt()
	b.open()
	b.set("2026-11-24 08:20:00")
	b.start()
	b.want(a, "24 08:00 running 1")
}

func TestChineseNotes(t *testing.T) {
	b := newBench(t, "2026-11-20 07:00:00")
	_, err := b.sched.Add(t.Context(), agents.Automation{
		Request: "整理今天的郵件", Lang: "zh-Hant", Script: "s", Schedule: agents.Schedule{Days: everyDay, Time: "08:00", Zone: "Asia/Taipei"},
	})
	if err != nil {
		t.Fatal(err)
	}
	b.set("2026-11-24 11:05:00")
	b.start()
	said := b.said()
	for _, want := range []string{"錯過：整理今天的郵件 | 共 4 次，最近一次是 11月23日 08:00；當時沒有執行", "延後執行：整理今天的郵件 | 晚了 3 小時 5 分鐘"} {
		if !strings.Contains(said, want) {
			t.Errorf("%q was not said: %s", want, said)
		}
	}
}
