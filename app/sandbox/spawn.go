package sandbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"runtime"
	"sync"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/sandbox/frame"
)

// spawn starts the process and hands it the program.
func (c *Child) spawn(ctx context.Context, executable string, first *frame.Init) error {
	c.cmd = &exec.Cmd{Path: executable, Args: []string{"steward", ChildArg}, Env: []string{}, Dir: rootDir, SysProcAttr: processAttributes()}
	c.cmd.WaitDelay = 2 * time.Second
	c.stderr = &tail{}
	c.cmd.Stderr = c.stderr
	c.exited = make(chan struct{})
	c.wake = make(chan struct{}, 1)
	c.errors = map[int]*agents.Error{}
	stdin, err := c.cmd.StdinPipe()
	if err != nil {
		return fmt.Errorf("make pipe to the sandbox: %w", err)
	}
	stdout, err := c.cmd.StdoutPipe()
	if err != nil {
		return fmt.Errorf("make pipe from the sandbox: %w", err)
	}
	c.stdin = stdin
	if err := startOnOwnThread(c.cmd); err != nil {
		return &agents.Error{
			Code: agents.CodeUnavailable, Message: "the sandbox's process could not be started",
			Hint: "check that the steward program beside this one is whole; `steward doctor` looks at it", Err: err,
		}
	}
	c.mu.Lock()
	c.alarm = time.AfterFunc(startWithin, c.late)
	c.mu.Unlock()
	c.stopCtx = context.AfterFunc(ctx, func() { c.finish(ctx.Err()) })
	go c.serve(stdout)
	if err := frame.Write(c.stdin, first); err != nil {
		return c.gone(fmt.Errorf("hand the program to the sandbox: %w", err))
	}
	return nil
}

// serve reads the child to its end and reaps it.
func (c *Child) serve(stdout io.Reader) {
	c.read(stdout)
	// Done and Failed are the last words, so nothing is lost by killing; and what broke the protocol must not go on.
	c.mu.Lock()
	kill(c.cmd)
	c.mu.Unlock()
	err := c.cmd.Wait()
	c.stopCtx()
	c.mu.Lock()
	c.finishLocked(c.died(err))
	c.mu.Unlock()
	close(c.exited)
}

// died explains an end that nobody announced.
func (c *Child) died(err error) error {
	if c.cmd.ProcessState != nil && c.cmd.ProcessState.UserTime()+c.cmd.ProcessState.SystemTime() > c.limits.CPU {
		return limitError(limitCPU, c.limits)
	}
	cause := errors.Join(err, c.stderr.err())
	if c.stderr.outOfMemory() {
		e := limitError(limitMemory, c.limits)
		e.Err = cause
		return e
	}
	return &agents.Error{
		Code: agents.CodeInternal, Message: "the sandboxed process died",
		Hint: "run the script again; if it happens again, report it", Err: cause,
	}
}

// starter is the thread on which all children are started. The kernel kills a child when the thread that started it ends,
// not the process; and Go ends threads now and then.
var starter = sync.OnceValue(func() chan func() {
	work := make(chan func())
	go func() {
		runtime.LockOSThread()
		for f := range work {
			f()
		}
	}()
	return work
})

func startOnOwnThread(cmd *exec.Cmd) error {
	result := make(chan error, 1)
	starter() <- func() { result <- cmd.Start() }
	return <-result
}
