package main_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app"
	"github.com/stewardhq/steward/app/orchestrator"
	"github.com/stewardhq/steward/store"
)

// A process is killed while it runs an automation. Every run has its occurrence, whose end is the run's, and nothing is
// left that says of a run that is over that it is running.
func TestKillsLeaveNoOccurrenceBehind(t *testing.T) {
	notShort(t)
	p := newPlace(t)
	p.must("mail", "import", "--sample")
	made := p.result("automations", "add", "Brief me on today's mail every weekday at 8:00")
	id, ok := made["id"].(string)
	if !ok {
		t.Fatalf("%v", made)
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 1))
	interrupted, runs := 0, 0
	for i := range 4 {
		m := moment{events: 3 + random.IntN(20), then: time.Duration(1 + random.Int64N(int64(10*time.Millisecond)))} // in its steps
		if i%2 == 1 {
			m = moment{then: time.Duration(1 + random.Int64N(int64(300*time.Millisecond)))} // at the latest while it begins
		}
		killAt(t, p, m, "automations", "run", id)
		p.opened(func(a *app.App) {
			open, err := a.Store.Occurrences(t.Context(), store.OccurrenceFilter{Automation: id, Open: true})
			if err != nil {
				t.Fatal(err)
			}
			for _, o := range open {
				if o.Run != "" {
					interrupted++
				}
			}
		})
		p.must("runs", "list") // the next start takes up what was interrupted, and waits for it
		p.opened(func(a *app.App) { runs = checkOccurrences(t, a, id) })
	}
	if interrupted == 0 || runs == 0 {
		t.Errorf("%d of %d runs were interrupted: this proves nothing", interrupted, runs)
	}
	t.Logf("%d runs, %d of them interrupted", runs, interrupted)
}

func checkOccurrences(t *testing.T, a *app.App, automation string) int {
	t.Helper()
	all, err := a.Store.Occurrences(t.Context(), store.OccurrenceFilter{Automation: automation})
	if err != nil {
		t.Fatal(err)
	}
	of := map[string]agents.Occurrence{}
	for _, o := range all {
		if o.Run == "" && o.State != agents.OccurrenceDue {
			t.Errorf("an occurrence is %s without a run", o.State)
		}
		if _, twice := of[o.Run]; twice && o.Run != "" {
			t.Errorf("run %s is of two occurrences", o.Run)
		}
		of[o.Run] = o
	}
	runs, err := a.Store.Runs(t.Context(), store.RunFilter{Kind: orchestrator.KindAutomation})
	if err != nil {
		t.Fatal(err)
	}
	for _, run := range runs {
		o, there := of[run.ID]
		if !there || run.State != agents.Done || o.State != agents.OccurrenceDone || !o.Ended.Equal(run.Ended) {
			t.Errorf("run %s is %s, and its occurrence %q", run.ID, run.State, o.State)
		}
	}
	return len(runs)
}
