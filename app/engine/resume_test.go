package engine_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/store"
)

// The script's result depends on everything that must be the same after a resume: the order of completion, the clock, the
// randomness, plain values and handles.
const concurrent = `
const order: number[] = []
const pages = await Promise.all([5, 4, 3, 2, 1].map(async n => {
  const p = await read.page(n)
  order.push(n)
  const again = await read.fact(p.n)
  order.push(-n)
  return { p, again, at: Date.now() }
}))
await sink.local(t` + "`sum ${pages.reduce((s, x) => s + x.again.n, 0)}`" + `)
return t` + "`${order.join()} ${Math.random()} ${pages.map(x => x.at).join()} ${join(pages.map(x => x.p.text), \"|\")}`" + `
`

var errCrash = errors.New("crash")

func TestARunBrokenOffAtAnyStepEndsAsIfItHadNotBeen(t *testing.T) {
	whole := newBench(t)
	id := whole.accept(concurrent)
	run := whole.execute(id)
	if run.State != agents.Done || !run.Verified || !strings.Contains(result(run), "words 5|words 4") {
		t.Fatalf("the run itself: %s %v %q %v", run.State, run.Verified, result(run), run.Error)
	}
	total := len(whole.steps(id))
	if total != 11 {
		t.Fatalf("%d steps", total)
	}
	for stop := 1; stop <= total; stop++ {
		b := newBench(t)
		id := b.accept(concurrent)
		ctx, crash := context.WithCancelCause(t.Context())
		var calls atomic.Int64
		b.world.onCall = func(string) error {
			if calls.Add(1) == int64(stop) {
				crash(errCrash)
				return errCrash
			}
			return nil
		}
		if _, err := b.eng.Execute(ctx, id); !errors.Is(err, errCrash) {
			t.Fatalf("stopped at call %d: %v", stop, err)
		}
		recorded := b.steps(id)
		done := map[string]int{}
		b.world.onCall = nil
		for name, n := range b.world.calls {
			done[name] = n
		}

		b.restart()
		run := b.execute(id)
		if run.State != agents.Done {
			t.Fatalf("stopped at call %d: resumed to %s: %v", stop, run.State, run.Error)
		}
		after := map[int]agents.Step{}
		for _, s := range b.steps(id) {
			after[s.Seq] = s
		}
		for _, before := range recorded {
			if before.DoneNo > 0 && !reflect.DeepEqual(before, after[before.Seq]) {
				t.Errorf("stopped at call %d: recorded step %d changed:\n%+v\n%+v", stop, before.Seq, before, after[before.Seq])
			}
		}
		replayed, err := b.eng.Replay(t.Context(), id)
		if err != nil || !replayed.Same {
			t.Errorf("stopped at call %d: replay: same %v, %v", stop, replayed.Same, err)
		}
		repeated := 0
		for name, n := range b.world.calls {
			if n > 1 {
				repeated += n - 1
				if done[name] == 0 {
					t.Errorf("%s happened %d times after the crash", name, n)
				}
			}
		}
		if open := len(done) - completed(recorded); repeated > open {
			t.Errorf("stopped at call %d: %d calls happened again, %d were open", stop, repeated, open)
		}
	}
}

func completed(steps []agents.Step) (n int) {
	for _, s := range steps {
		if s.DoneNo > 0 {
			n++
		}
	}
	return n
}

func TestAReplayMakesNoLiveCallAndWritesNothing(t *testing.T) {
	b := newBench(t)
	id := b.accept(concurrent)
	run := b.execute(id)
	calls := len(b.world.calls)
	rows, err := b.store.VerifyLedger(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	b.world.onCall = func(name string) error { return fmt.Errorf("live call %s", name) }
	replayed, err := b.eng.Replay(t.Context(), id)
	if err != nil || !replayed.Same || result(replayed.Run) != result(run) {
		t.Fatalf("replayed to %q, %v; recorded %q", result(replayed.Run), err, result(run))
	}
	after, err := b.store.VerifyLedger(t.Context())
	if err != nil || after.Rows != rows.Rows || len(b.world.calls) != calls {
		t.Errorf("the replay left traces: %d rows, then %d; %v", rows.Rows, after.Rows, err)
	}
}

// broken is a run that was broken off after its first step.
func broken(t *testing.T, b *bench, source string) string {
	t.Helper()
	id := b.accept(source)
	ctx, crash := context.WithCancelCause(t.Context())
	var calls atomic.Int64
	b.world.onCall = func(string) error {
		if calls.Add(1) == 2 {
			crash(errCrash)
			return errCrash
		}
		return nil
	}
	if _, err := b.eng.Execute(ctx, id); !errors.Is(err, errCrash) {
		t.Fatalf("broken off: %v", err)
	}
	b.world.onCall = nil
	return id
}

func TestWhatWasPinnedAndChangedIsRefused(t *testing.T) {
	const source = "const a = await read.page(1)\nconst b = await read.page(2)\nreturn t`${a.text} ${b.text}`"
	change := func(t *testing.T, b *bench, id string, f func(*agents.Run)) {
		run, err := b.store.Run(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		f(&run)
		if err := b.store.Record(t.Context(), store.Record{Run: &run}); err != nil {
			t.Fatal(err)
		}
	}
	for _, tc := range []struct {
		name   string
		change func(t *testing.T, b *bench, id string)
		code   string
		says   string
	}{
		{"another script", func(t *testing.T, b *bench, id string) {
			other := b.accept(strings.Replace(source, "read.page(1)", "read.fact(1)", 1))
			run, err := b.store.Run(t.Context(), other)
			if err != nil {
				t.Fatal(err)
			}
			change(t, b, id, func(r *agents.Run) { r.Script = run.Script })
		}, agents.CodeNondetermined, "step 1 was read.page"},
		{"another input", func(t *testing.T, b *bench, id string) {
			other := b.accept(strings.Replace(source, "read.page(1)", "read.page(7)", 1))
			run, err := b.store.Run(t.Context(), other)
			if err != nil {
				t.Fatal(err)
			}
			change(t, b, id, func(r *agents.Run) { r.Script = run.Script })
		}, agents.CodeNondetermined, "with other arguments"},
		{"a script that asks for less", func(t *testing.T, b *bench, id string) {
			other := b.accept("return 1")
			run, err := b.store.Run(t.Context(), other)
			if err != nil {
				t.Fatal(err)
			}
			change(t, b, id, func(r *agents.Run) { r.Script = run.Script })
		}, agents.CodeNondetermined, "has not asked"},
		{"a script that is gone", func(t *testing.T, b *bench, id string) {
			change(t, b, id, func(r *agents.Run) { r.Script = strings.Repeat("0", 64) })
		}, agents.CodeNotFound, ""},
		{"another engine", func(t *testing.T, b *bench, id string) {
			change(t, b, id, func(r *agents.Run) { r.Engine = "0" })
		}, agents.CodeGone, "engine version 0"},
		{"a newer capability", func(_ *testing.T, b *bench, _ string) { b.world.version = 2 }, agents.CodeGone, "read.page version 1"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			b := newBench(t)
			id := broken(t, b, source)
			tc.change(t, b, id)
			b.restart()
			run := b.execute(id)
			if run.State != agents.Failed || run.Error == nil || run.Error.Code != tc.code || !strings.Contains(run.Error.Message, tc.says) {
				t.Errorf("got %s, %+v", run.State, run.Error)
			}
		})
	}
}
