package event_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/stewardhq/steward/app/event"
)

// tell adds n events, going round the runs.
func tell(e *event.Events, n int, runs ...string) {
	for i := range n {
		e.Tell(event.Event{Run: runs[i%len(runs)], Kind: "progress", Text: fmt.Sprint(i)})
	}
}

// ended is a context that is over: who asks with it waits for nothing.
func ended(t *testing.T) context.Context {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx
}

func TestAStreamHasAllRunsInOneOrder(t *testing.T) {
	e := event.New()
	tell(e, 9, "a", "b", "c")
	got, err := e.Stream(t.Context(), 0)
	if err != nil || len(got) != 9 || e.Last() != 9 {
		t.Fatal(len(got), e.Last(), err)
	}
	for i, event := range got {
		if event.Seq != i+1 || event.No != i/3+1 || event.Run != string(rune('a'+i%3)) {
			t.Errorf("event %d is %+v", i, event)
		}
	}
	if got, err = e.Stream(t.Context(), 7); err != nil || len(got) != 2 || got[0].Seq != 8 {
		t.Error(got, err)
	}
	if got, err = e.Stream(ended(t), 9); !errors.Is(err, context.Canceled) {
		t.Error(got, err)
	}
	if alone, err := e.After(t.Context(), "b", 1); err != nil || len(alone) != 2 || alone[0].No != 2 || alone[0].Seq != 5 {
		t.Error(alone, err)
	}
}

func TestAStreamSaysWhatItNoLongerHas(t *testing.T) {
	e := event.New()
	for _, never := range []int{1, 77, -1} { // of an earlier process
		if got, err := e.Stream(t.Context(), never); err != nil || len(got) != 1 || got[0].Kind != event.Gap || got[0].Seq != 0 {
			t.Error(never, got, err)
		}
	}
	tell(e, 10_000, "a", "b")
	got, err := e.Stream(t.Context(), 3)
	if err != nil || len(got) != 1 || got[0].Kind != event.Gap || got[0].Seq != 10_000 {
		t.Fatal(got, err)
	}
	e.Tell(event.Event{Run: "a", Kind: "state"})
	if got, err = e.Stream(t.Context(), got[0].Seq); err != nil || len(got) != 1 || got[0].Seq != 10_001 || got[0].Kind != "state" {
		t.Error(got, err)
	}
	if got, err = e.Stream(t.Context(), 9_000); err != nil || len(got) != 1_001 || got[0].Seq != 9_001 {
		t.Error(len(got), err)
	}
}

func TestNoStreamMissesOrReordersAnEvent(t *testing.T) {
	e := event.New()
	const writers, each = 4, 300
	var all sync.WaitGroup
	for range 3 {
		all.Go(func() {
			for after := 0; after < writers*each; {
				got, err := e.Stream(t.Context(), after)
				if err != nil {
					t.Error(err)
					return
				}
				for _, event := range got {
					if after++; event.Seq != after {
						t.Errorf("%d comes after %d", event.Seq, after-1)
						return
					}
				}
			}
		})
	}
	for w := range writers {
		all.Go(func() { tell(e, each, fmt.Sprint("run", w)) })
	}
	all.Wait()
}

func TestOldRunsAreForgottenAndThoseWhoWaitForThemAreNot(t *testing.T) {
	e := event.New()
	tell(e, 3, "old")
	waiting := make(chan []event.Event)
	go func() {
		got, err := e.After(t.Context(), "old", 3)
		if err != nil {
			t.Error(err)
		}
		waiting <- got
	}()
	for i := range 500 {
		tell(e, 1, fmt.Sprint("run", i))
	}
	if got, err := e.After(ended(t), "run10", 0); !errors.Is(err, context.Canceled) {
		t.Errorf("a run of long ago is still kept: %v %v", got, err)
	}
	tell(e, 1, "old")
	if got := <-waiting; len(got) != 1 || got[0].Run != "old" {
		t.Errorf("who waits for a forgotten run gets %v", got)
	}
}
