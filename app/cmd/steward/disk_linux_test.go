package main_test

import (
	"bytes"
	"fmt"
	"os/exec"
	"strings"
	"testing"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/agents/email"
	"github.com/stewardhq/steward/app"
)

// onFullDisk runs a command on a disk that is full from its nth write into the database on. The store is pure Go, so only
// the kernel's side of the write can be made to fail.
func (p place) onFullDisk(n int, args ...string) (output string, code int) {
	p.t.Helper()
	inner := p.command(append(args, "--json")...)
	cmd := exec.Command("strace", append([]string{
		"-f", "-qq", "-o", "/dev/null", "-e", "trace=pwrite64", "-e", fmt.Sprintf("inject=pwrite64:error=ENOSPC:when=%d+", n),
	}, inner.Args...)...)
	cmd.Env, cmd.Dir = inner.Env, inner.Dir
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		p.t.Fatal(err)
	}
	return out.String(), cmd.ProcessState.ExitCode()
}

// Whenever the disk becomes full, the command says so and what to do, and once there is room again nothing is lost and
// nothing is there twice.
func TestFullDiskIsSaidAndLosesNothing(t *testing.T) {
	notShort(t)
	const mails = 40
	for _, args := range [][]string{{"mail", "import", "FILE", "--me", "sam@lin.example"}, {"ask", "Brief me on today's mail"}} {
		said := 0
		for _, n := range []int{3, 25, 60} {
			p := newPlace(t)
			box := p.mbox(mails, mark(n))
			importing := []string{"mail", "import", box, "--me", "sam@lin.example"}
			if args[0] == "ask" {
				p.must(importing...)
			} else {
				p.must("version")
				p.must("runs", "list") // so that the home is there
				args[2] = box
			}
			output, code := p.onFullDisk(n, args...)
			if code != 0 {
				said++
				if code != 1 || !strings.Contains(output, agents.CodeDiskFull) || !strings.Contains(output, "hint: ") {
					t.Errorf("%s, full at write %d: exit %d\n%s", args[0], n, code, output)
				}
			}
			p.must(importing...) // there is room again
			p.must("ask", "Brief me on today's mail")
			p.opened(func(a *app.App) {
				if got, err := a.Store.Count(t.Context(), email.Query{}); err != nil || got != mails {
					t.Errorf("%s, full at write %d: %d mails are there, want %d; %v", args[0], n, got, mails, err)
				}
				if err := a.Store.Integrity(t.Context()); err != nil {
					t.Errorf("%s, full at write %d: %v", args[0], n, err)
				}
				if v, err := a.Store.VerifyLedger(t.Context()); err != nil || !v.OK {
					t.Errorf("%s, full at write %d: ledger %+v, %v", args[0], n, v, err)
				}
			})
		}
		if said == 0 {
			t.Errorf("%s: no write failed; the test proves nothing", args[0])
		}
	}
}
