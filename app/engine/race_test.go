package engine_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/engine"
	"github.com/stewardhq/steward/store"
)

// waiting is a run whose sends wait for the user's word.
func waiting(t *testing.T, b *bench, source string) (string, engine.Sheet) {
	t.Helper()
	id := b.accept(source)
	if run := b.execute(id); run.State != agents.Waiting {
		t.Fatalf("%s %v", run.State, run.Error)
	}
	sheet, err := b.eng.Sheet(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return id, sheet
}

func TestOneSheetTakesOneAnswer(t *testing.T) {
	b := newBench(t)
	for range 10 {
		id, sheet := waiting(t, b, "await sink.send('a'); await sink.send('b')")
		b.world.sent = nil
		var taken []string
		var mu sync.Mutex
		var all sync.WaitGroup
		begin := make(chan struct{})
		for i := range 8 {
			all.Go(func() {
				<-begin
				if _, err := b.eng.Answer(t.Context(), id, engine.Answer{Hash: sheet.Hash, Approve: []int{1 + i%2}}); err == nil {
					mu.Lock()
					taken = append(taken, []string{"a", "b"}[i%2])
					mu.Unlock()
				}
			})
		}
		close(begin)
		all.Wait()
		if len(taken) != 1 || len(b.world.sent) != 1 || !strings.HasSuffix(b.world.sent[0], " "+taken[0]) {
			t.Fatalf("the answers taken approved %v, sent %v", taken, b.world.sent)
		}
	}
}

func TestAnAnswerNamesOnlyWhatTheSheetShows(t *testing.T) {
	b := newBench(t)
	id, sheet := waiting(t, b, "await read.page(1); await sink.send('a')")
	_, err := b.eng.Answer(t.Context(), id, engine.Answer{Hash: sheet.Hash, Approve: []int{1, 2}})
	if agents.CodeOf(err) != agents.CodeInvalid || len(b.world.sent) != 0 {
		t.Errorf("step 1 is not on the sheet: %v, sent %v", err, b.world.sent)
	}
}

func TestARunIsTheSameByTheBeginningOfItsId(t *testing.T) {
	b := newBench(t)
	id := b.accept("await read.page(1)")
	b.world.onCall = func(string) error {
		if _, err := b.eng.Execute(t.Context(), id[:len(id)-1]); agents.CodeOf(err) != agents.CodeConflict {
			t.Errorf("a second execution by a shorter id: %v", err)
		}
		return nil
	}
	b.execute(id)
	if b.world.calls["read.page 1"] != 1 {
		t.Errorf("called %d times", b.world.calls["read.page 1"])
	}
	other := b.accept("await read.page(2)")
	b.world.onCall = func(string) error {
		if err := b.eng.Cancel(t.Context(), other); err != nil {
			t.Error(err)
		}
		return errors.New("stopped")
	}
	if run, err := b.eng.Execute(t.Context(), other[:len(other)-1]); err != nil || run.State != agents.Cancelled {
		t.Errorf("%s %v", run.State, err)
	}
}

// The user cancels while an approved send is under way. What is known is kept; what is not known is said.
func TestCancelWhileASendIsUnderWay(t *testing.T) {
	for _, tc := range []struct {
		name  string
		err   error // what the send ends with
		first agents.StepState
	}{
		{"it was sent", nil, agents.StepDone},
		{"nobody knows", errors.New("connection closed"), agents.StepUnknown},
	} {
		t.Run(tc.name, func(t *testing.T) {
			b := newBench(t)
			id, sheet := waiting(t, b, "await sink.send('a'); await sink.send('b')")
			b.world.onCall = func(string) error {
				if err := b.eng.Cancel(t.Context(), id); err != nil {
					t.Error(err)
				}
				return tc.err
			}
			run, err := b.eng.Answer(t.Context(), id, engine.Answer{Hash: sheet.Hash, Approve: []int{1, 2}})
			if err != nil || run.State != agents.Cancelled {
				t.Fatalf("%s %v", run.State, err)
			}
			steps := b.steps(id)
			if steps[0].State != tc.first || steps[1].State != agents.StepFailed || b.world.calls["send b"] != 0 {
				t.Errorf("steps are %s and %s; b was sent %d times", steps[0].State, steps[1].State, b.world.calls["send b"])
			}
			if tc.first == agents.StepDone && (steps[0].Receipt == nil || steps[0].Receipt.Kind != "smtp") {
				t.Errorf("its receipt is lost: %+v", steps[0].Receipt)
			}
			if !slices.Contains(ledgerKinds(t, b, id, 1), "outcome") {
				t.Error("the ledger does not say how the send ended")
			}
		})
	}
}

func ledgerKinds(t *testing.T, b *bench, run string, step int) (kinds []string) {
	t.Helper()
	rows, err := b.store.Ledger(t.Context(), ledgerOf(run))
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		if r.Step == step {
			kinds = append(kinds, r.Kind)
		}
	}
	return kinds
}

// A run that fails while an effect is under way does not leave it as if it were still about to happen.
func TestARunThatFailsSaysWhatItLeftOpen(t *testing.T) {
	b := newBench(t)
	id := b.accept("sink.local('x'); await read.page(1); while (true);")
	b.world.local = make(chan context.Context, 1)
	b.world.onCall = func(name string) error {
		if name == "local x" {
			<-(<-b.world.local).Done() // until the run is stopped
			return errors.New("cut off")
		}
		return nil
	}
	run := b.execute(id)
	if run.State != agents.Failed || run.Error.Code != agents.CodeLimit {
		t.Fatalf("%s %v", run.State, run.Error)
	}
	if s := b.steps(id)[0]; s.State != agents.StepUnknown {
		t.Errorf("the effect is %s", s.State)
	}
}

// Nothing of a run happens after its state was settled.
func TestARunIsSettledAfterItsLastCall(t *testing.T) {
	b := newBench(t)
	id := b.accept("sink.local('x'); console.log('now'); throw new Error('no')")
	b.world.onCall = func(string) error {
		for no, over := 0, false; !over; { // until the script is at its end, or nearly
			events, err := b.eng.Events().After(t.Context(), id, no)
			if err != nil {
				t.Error(err)
			}
			no, over = events[len(events)-1].No, events[len(events)-1].Kind == "log"
		}
		if err := b.eng.Cancel(t.Context(), id); err != nil {
			t.Error(err)
		}
		for range 300 {
			if run, err := b.store.Run(t.Context(), id); err != nil || run.State.Over() {
				t.Errorf("the run is %s while a call is under way: %v", run.State, err)
				break
			}
		}
		return errors.New("stopped")
	}
	if run := b.execute(id); run.State != agents.Cancelled {
		t.Errorf("%s", run.State)
	}
}

// An effect that was allowed and begun is decided already: after a crash it is looked for, whatever the script has learned
// since, and never asked for anew.
func TestADecisionThatWasWrittenDownStands(t *testing.T) {
	b := newBench(t)
	id := b.accept("const p = sink.remote('x'); await read.page(1); await p; return 'end'")
	ctx, crash := context.WithCancelCause(t.Context())
	b.world.onCall = func(name string) error {
		if name != "remote x" {
			return nil
		}
		for completed(b.steps(id)) == 0 { // until the page was read
			if ctx.Err() != nil {
				break
			}
		}
		crash(errCrash)
		return errCrash
	}
	if _, err := b.eng.Execute(ctx, id); !errors.Is(err, errCrash) {
		t.Fatal(err)
	}
	if s := b.steps(id)[0]; s.State != agents.StepIntent || s.Decision.Verdict != agents.Allow {
		t.Fatalf("before the crash: %+v", s)
	}
	b.world.onCall = nil
	b.world.found = func(string) bool { return true }
	b.restart()
	run := b.execute(id)
	s := b.steps(id)[0]
	if run.State != agents.Done || s.State != agents.StepDone || s.Decision.Verdict != agents.Allow || b.world.calls["remote x"] != 1 {
		t.Errorf("%s; the step is %s, decided %q, begun %d times", run.State, s.State, s.Decision.Verdict, b.world.calls["remote x"])
	}
}

func TestAReplayOfABrokenOffRunCarriesOutNothing(t *testing.T) {
	b := newBench(t)
	id := b.accept("await read.page(1); await sink.local('x'); return 'end'")
	b.world.onCall = func(name string) error {
		if name == "local x" {
			if err := b.eng.Cancel(t.Context(), id); err != nil {
				t.Error(err)
			}
			return errors.New("stopped")
		}
		return nil
	}
	if run := b.execute(id); run.State != agents.Cancelled {
		t.Fatalf("%s", run.State)
	}
	b.world.onCall = func(name string) error {
		t.Errorf("live call %s", name)
		return nil
	}
	if _, err := b.eng.Replay(t.Context(), id); agents.CodeOf(err) != agents.CodeUnsupported {
		t.Errorf("replay: %v", err)
	}
}

// The machine's clock was set back between the crash and the resume. The script's does not go back.
func TestTheScriptsClockNeverGoesBack(t *testing.T) {
	b := newBench(t)
	id := broken(t, b, "await read.page(1); const a = Date.now(); await read.page(2); return Date.now() >= a")
	b.mu.Lock()
	b.tick = b.tick.Add(-time.Hour)
	b.mu.Unlock()
	b.restart()
	if run := b.execute(id); result(run) != "true" {
		t.Errorf("%s %q", run.State, result(run))
	}
}

// One approved send was refused by its server, and the next was broken off. The resumed run does not forget the first.
func TestARefusedSendIsNotForgotten(t *testing.T) {
	for _, code := range []string{agents.CodeUnavailable, agents.CodeDenied} {
		b := newBench(t)
		id, sheet := waiting(t, b, "await sink.send('a'); await sink.send('b')")
		ctx, crash := context.WithCancelCause(t.Context())
		b.world.onCall = func(name string) error {
			if name == "send a" {
				return &agents.Error{Code: code, Message: "the server refused it"}
			}
			crash(errCrash)
			return errCrash
		}
		if _, err := b.eng.Answer(ctx, id, engine.Answer{Hash: sheet.Hash, Approve: []int{1, 2}}); !errors.Is(err, errCrash) {
			t.Fatal(err)
		}
		b.world.onCall, b.world.found = nil, func(string) bool { return true }
		b.restart()
		run := b.execute(id)
		if run.State != agents.Failed || run.Verified || run.Error == nil || !strings.Contains(run.Error.Message, "refused") {
			t.Errorf("%s: %s, verified %v, %v", code, run.State, run.Verified, run.Error)
		}
		if again, err := b.eng.Replay(t.Context(), id); err != nil || !again.Same {
			t.Errorf("%s: replay: %+v %v", code, again, err)
		}
	}
}

func TestASheetWhoseEngineIsGoneIsNotAnswered(t *testing.T) {
	b := newBench(t)
	id, sheet := waiting(t, b, "await sink.send('a')")
	run, err := b.store.Run(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	run.Engine = "0"
	if err := b.store.Record(t.Context(), store.Record{Run: &run}); err != nil {
		t.Fatal(err)
	}
	if _, err := b.eng.Answer(t.Context(), id, engine.Answer{Hash: sheet.Hash, Approve: []int{1}}); agents.CodeOf(err) != agents.CodeGone {
		t.Errorf("answer: %v", err)
	}
	after, err := b.store.Run(t.Context(), id)
	if err != nil || after.State != agents.Waiting || b.steps(id)[0].State != agents.StepStaged || len(b.world.sent) > 0 {
		t.Errorf("the run is %s, its step %s, sent %v, %v", after.State, b.steps(id)[0].State, b.world.sent, err)
	}
	if err := b.eng.Cancel(t.Context(), id); err != nil {
		t.Errorf("it cannot even be cancelled: %v", err)
	}
}

// An effect whose intent was written is part of the record, though nobody knows how it ended.
func TestARecordedIntentThatTheScriptNoLongerAsksForIsRefused(t *testing.T) {
	b := newBench(t)
	id := broken(t, b, "await read.page(1); await sink.local('x'); return 1")
	other, err := b.store.Run(t.Context(), b.accept("await read.page(1); return 1"))
	if err != nil {
		t.Fatal(err)
	}
	run, err := b.store.Run(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	run.Script = other.Script
	if err := b.store.Record(t.Context(), store.Record{Run: &run}); err != nil {
		t.Fatal(err)
	}
	b.restart()
	if run := b.execute(id); run.State != agents.Failed || run.Error.Code != agents.CodeNondetermined {
		t.Errorf("%s %v", run.State, run.Error)
	}
}
