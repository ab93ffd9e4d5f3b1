//go:build unix

package engine_test

import (
	"errors"
	"os"
	"os/exec"
	"reflect"
	"strconv"
	"syscall"
	"testing"

	"github.com/stewardhq/steward/agents"
)

// TestKilledAtAnyStep is also the main of the process that is killed: these say where its home is, which run it executes,
// and at which call it dies.
const (
	killHome = "STEWARD_TEST_KILL_HOME"
	killRun  = "STEWARD_TEST_KILL_RUN"
	killCall = "STEWARD_TEST_KILL_CALL"
)

// killed executes a run and kills its own process in the middle of a call.
func killed(t *testing.T, home string) {
	stop, err := strconv.Atoi(os.Getenv(killCall))
	if err != nil {
		t.Fatal(err)
	}
	b := benchIn(t, home)
	calls := 0
	b.world.onCall = func(string) error {
		b.world.mu.Lock()
		defer b.world.mu.Unlock()
		if calls++; calls == stop {
			return syscall.Kill(os.Getpid(), syscall.SIGKILL)
		}
		return nil
	}
	b.execute(os.Getenv(killRun))
}

// The process is gone in the middle of each call in turn, with its store open. The next one ends the run as if nothing had
// been: what was recorded stays and is not called again, and a replay gives the same.
func TestKilledAtAnyStep(t *testing.T) {
	if home := os.Getenv(killHome); home != "" {
		killed(t, home)
		return
	}
	const total = 11
	for stop := 1; stop <= total; stop++ {
		home := t.TempDir()
		var id string
		t.Run("accept", func(t *testing.T) { id = benchIn(t, home).accept(concurrent) }) // closes the store at its end
		cmd := exec.Command(os.Args[0], "-test.run=^TestKilledAtAnyStep$")
		cmd.Env = append(os.Environ(), killHome+"="+home, killRun+"="+id, killCall+"="+strconv.Itoa(stop))
		out, err := cmd.CombinedOutput()
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
			t.Fatalf("call %d: it ended with %v\n%s", stop, err, out)
		}

		b := benchIn(t, home)
		recorded := b.steps(id)
		if run := b.execute(id); run.State != agents.Done || !run.Verified {
			t.Fatalf("killed in call %d: resumed to %s: %v", stop, run.State, run.Error)
		}
		after := b.steps(id)
		calls := 0
		for _, n := range b.world.calls {
			calls += n
		}
		if len(after) != total || calls != total-completed(recorded) {
			t.Errorf("killed in call %d: %d steps, of which %d were recorded, and %d more calls", stop, len(after), completed(recorded), calls)
		}
		for _, s := range recorded {
			if s.DoneNo > 0 && !reflect.DeepEqual(s, after[s.Seq-1]) {
				t.Errorf("killed in call %d: recorded step %d changed:\n%+v\n%+v", stop, s.Seq, s, after[s.Seq-1])
			}
		}
		if replayed, err := b.eng.Replay(t.Context(), id); err != nil || !replayed.Same {
			t.Errorf("killed in call %d: replay: same %v, %v", stop, replayed.Same, err)
		}
		if v, err := b.store.VerifyLedger(t.Context()); err != nil || !v.OK {
			t.Errorf("killed in call %d: ledger %+v %v", stop, v, err)
		}
	}
}
