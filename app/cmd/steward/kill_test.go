package main_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"reflect"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app"
	"github.com/stewardhq/steward/store"
)

// kills is how many random moments are tried: STEWARD_KILLS, else 200, or a few with -short.
func kills(t *testing.T) int {
	if n, err := strconv.Atoi(os.Getenv("STEWARD_KILLS")); err == nil && n > 0 {
		return n
	}
	if testing.Short() {
		return 6
	}
	return 200
}

const killMails = 600

// A process is killed at a random moment of an import or a briefing. The next start takes up what was interrupted: no
// recorded step changes or runs again, every accepted request comes to its end, the import is whole and has nothing twice.
func TestKillAtRandomMoments(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	random := rand.New(rand.NewPCG(seed, 0))
	t.Logf("seed %d", seed)
	p := newPlace(t)
	mbox := p.mbox(killMails, func(i int) string { return fmt.Sprintf("word%d", i) })
	p.must("mail", "import", "--sample")
	began := time.Now()
	p.must("ask", "Brief me on today's mail")
	length := time.Since(began)

	interrupted := 0
	for i := range kills(t) {
		args := []string{"ask", "Brief me on today's mail"}
		if i%2 == 0 {
			args = []string{"mail", "import", mbox, "--me", "sam@lin.example"}
		}
		killAfter(t, p, time.Duration(random.Int64N(int64(length))), args...)
		p.opened(func(a *app.App) { interrupted += checkResumed(t, a, i) })
		if t.Failed() {
			t.Fatalf("at kill %d (seed %d)", i, seed)
		}
	}
	if interrupted == 0 {
		t.Error("no kill hit a run in the middle; the test proves nothing")
	}
	t.Logf("%d runs were interrupted and resumed", interrupted)
	done := p.result("mail", "import", mbox, "--me", "sam@lin.example")
	if done["duplicates"] != float64(killMails) || done["imported"] != 0.0 {
		t.Errorf("after all kills the import is not whole: %v", done)
	}
}

// killAfter starts a command and kills it, with what it started, after a while.
func killAfter(t *testing.T, p place, after time.Duration, args ...string) {
	t.Helper()
	cmd := p.command(args...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(after, func() { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) })
	defer timer.Stop()
	if err := cmd.Wait(); err == nil && cmd.ProcessState.ExitCode() != 0 {
		t.Fatalf("%v: exit %d", args, cmd.ProcessState.ExitCode())
	}
}

// checkResumed resumes what a kill left, and compares with what had been recorded. It says how many runs there were.
func checkResumed(t *testing.T, a *app.App, kill int) int {
	t.Helper()
	ctx := t.Context()
	open, err := a.Store.Runs(ctx, store.RunFilter{States: []agents.RunState{agents.Queued, agents.Running}, Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	before := map[string][]agents.Step{}
	for _, run := range open {
		if before[run.ID], err = a.Store.Steps(ctx, run.ID); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := a.Orchestrator.Resume(ctx); err != nil {
		t.Fatal(err)
	}
	a.Orchestrator.Wait()
	for _, run := range open {
		checkRun(t, a, kill, run.ID, before[run.ID])
	}
	if err := a.Store.Integrity(ctx); err != nil {
		t.Errorf("kill %d: %v", kill, err)
	}
	return len(open)
}

func checkRun(t *testing.T, a *app.App, kill int, id string, before []agents.Step) {
	t.Helper()
	ctx := t.Context()
	run, err := a.Store.Run(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	if run.State != agents.Done || !run.Verified {
		t.Errorf("kill %d: run %s (%s) resumed to %s, verified %v: %v", kill, id, run.Kind, run.State, run.Verified, run.Error)
	}
	after, err := a.Store.Steps(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	bySeq := map[int]agents.Step{}
	for _, s := range after {
		bySeq[s.Seq] = s
	}
	for _, s := range before {
		if s.DoneNo > 0 && !reflect.DeepEqual(s, bySeq[s.Seq]) {
			t.Errorf("kill %d: recorded step %d of %s changed", kill, s.Seq, id)
		}
	}
	if run.Script == "" {
		return
	}
	reports, err := a.Store.Reports(ctx, id)
	if err != nil || len(reports) != 1 {
		t.Errorf("kill %d: run %s has %d reports, %v", kill, id, len(reports), err)
	}
	replayed, err := a.Engine.Replay(ctx, id)
	if err != nil || !replayed.Same {
		t.Errorf("kill %d: run %s does not replay to its result: %v", kill, id, err)
	}
}
