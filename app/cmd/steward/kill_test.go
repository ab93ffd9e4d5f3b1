package main_test

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"reflect"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/agents/email"
	"github.com/stewardhq/steward/agents/email/sample"
	"github.com/stewardhq/steward/app"
	"github.com/stewardhq/steward/store"
)

// kills is how many random moments are tried: STEWARD_KILLS, else 200.
func kills() int {
	if n, err := strconv.Atoi(os.Getenv("STEWARD_KILLS")); err == nil && n > 0 {
		return n
	}
	return 200
}

const (
	killMails = 60 // in each import
	perHome   = 20 // kills before a fresh home is taken, so that homes stay small
)

// notShort leaves out, where the race detector watches, a loop of many processes that asks the same of each.
func notShort(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("many processes, one after the other")
	}
}

// A process is killed at a random moment of an import or a briefing. The next start takes up what was interrupted: no
// recorded step changes or runs again, every accepted request comes to its end, the import is whole and has nothing twice.
func TestKillAtRandomMoments(t *testing.T) {
	notShort(t)
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	var interrupted atomic.Int64
	t.Run("groups", func(t *testing.T) {
		for group := range 2 {
			t.Run(strconv.Itoa(group), func(t *testing.T) {
				t.Parallel()
				random := rand.New(rand.NewPCG(seed, uint64(group)))
				for left := (kills() + group) / 2; left > 0 && !t.Failed(); left -= perHome {
					interrupted.Add(killInOneHome(t, random, min(left, perHome)))
				}
			})
		}
	})
	if interrupted.Load() == 0 {
		t.Error("no kill hit a run in the middle; the test proves nothing")
	}
	t.Logf("%d runs were interrupted and resumed", interrupted.Load())
}

// killInOneHome kills so many times, and says how many runs that interrupted.
func killInOneHome(t *testing.T, random *rand.Rand, kills int) (interrupted int64) {
	p := newPlace(t)
	p.must("mail", "import", "--sample")
	began := time.Now()
	p.must("mail", "import", p.mbox(killMails, mark(-1)), "--me", "sam@lin.example")
	whole := time.Since(began)
	for i := range kills {
		// The moment is counted in what the process says it has done, so that it falls into the work on any machine, and
		// then in time, so that it falls between what is said. Some kills come before anything is said.
		args, m := []string{"ask", "Brief me on today's mail"}, moment{events: 1 + random.IntN(40), then: whole / 20}
		if i%2 == 0 {
			args, m = []string{"mail", "import", p.mbox(killMails, mark(i)), "--me", "sam@lin.example"}, moment{events: 1, then: whole / 2}
		}
		if i%10 == 9 {
			m = moment{then: whole}
		}
		m.then = time.Duration(random.Int64N(int64(m.then)))
		killAt(t, p, m, args...)
		p.opened(func(a *app.App) { interrupted += int64(checkResumed(t, a, i)) })
		if i%2 == 0 {
			p.must(args...) // whether the killed one was accepted or not
		}
		if t.Failed() {
			t.Fatalf("at kill %d", i)
		}
	}
	// In the end each mail is there once: the sample, the first import, and one for every second kill.
	p.opened(func(a *app.App) {
		want := len(sample.Messages(time.Now())) + killMails*(1+(kills+1)/2)
		if n, err := a.Store.Count(t.Context(), email.Query{}); err != nil || n != want {
			t.Errorf("%d mails are there, want %d; %v", n, want, err)
		}
	})
	return interrupted
}

// mark makes the mails of one import differ from those of another.
func mark(i int) func(int) string {
	return func(n int) string { return fmt.Sprintf("mark%dx%d", i, n) }
}

// moment is when a process is killed: after it has told so many events, and then after a while.
type moment struct {
	events int
	then   time.Duration
}

// killAt starts a command and kills it, with what it started, at a moment; or lets it end if that comes first.
func killAt(t *testing.T, p place, m moment, args ...string) {
	t.Helper()
	cmd := p.command(append(args, "--json")...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	kill := func() { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	if m.events == 0 {
		defer time.AfterFunc(m.then, kill).Stop()
	}
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<20)
	for seen := 0; lines.Scan(); {
		if !strings.HasPrefix(lines.Text(), `{"type":"event"`) {
			continue
		}
		if seen++; seen == m.events {
			defer time.AfterFunc(m.then, kill).Stop()
		}
	}
	if err := cmd.Wait(); err != nil && cmd.ProcessState.ExitCode() > 0 {
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
