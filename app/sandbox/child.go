package sandbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"sync"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/sandbox/frame"
	"github.com/stewardhq/steward/app/sandbox/script"
)

// EventKind is what a script did.
type EventKind string

// The kinds of events. Done and Failed are the last.
const (
	Call   EventKind = "call"   // it called a function: Seq, Name, Args, Line
	Idle   EventKind = "idle"   // it waits: deliver the result of one open call
	Done   EventKind = "done"   // it returned: Value. Every call it made was answered
	Failed EventKind = "failed" // it threw: Error, Line
	Log    EventKind = "log"    // it wrote to the console: Name is the level, Text what it wrote
)

// Event is one thing that a script did.
type Event struct {
	Kind  EventKind
	Seq   int // of a call: order of issue, from 1
	Name  string
	Args  json.RawMessage // a JSON array
	Value json.RawMessage
	Error *agents.Error // CodeScript, or the code of the delivered error that the script did not catch
	Line  int           // in the TypeScript source, from 1; 0 if unknown
	Text  string
}

// Delivery is the result of one call: a value in the encoding of the package comment, or an error.
type Delivery struct {
	Seq   int
	Value json.RawMessage // empty is null
	Error *agents.Error   // thrown in the script: its message, hint and code
	Now   time.Time       // the script's clock from here on
}

// Level is what lock-down a child reached.
type Level = frame.Level

// Child is one program in its process. Next and Deliver are for one goroutine; Level and Close for any.
type Child struct {
	limits    Limits
	functions map[string]bool
	name      string
	sourceMap []byte
	mapping   *script.Map // of sourceMap, once it was needed

	cmd     *exec.Cmd
	stdin   io.WriteCloser
	stderr  *tail
	exited  chan struct{} // closed when the process was reaped
	stopCtx func() bool

	mu        sync.Mutex
	wake      chan struct{} // holds one token while there is something new to take
	queue     []Event
	end       error // why there will be no more events; io.EOF after Done and Failed
	level     Level
	state     state
	issued    int
	open      map[int]bool
	errors    map[int]*agents.Error // errors that were delivered, to be recognised if the script lets them through
	output    int64
	worked    time.Duration // finished stretches of work
	since     time.Time     // when the present one began
	alarm     *time.Timer
	alarmName string
}

// state is what a child may send next.
type state uint8

const (
	starting state = iota // ready, or broken
	working               // anything but ready
	idle                  // nothing
	ended                 // nothing anymore
)

// Next gives the next event, waiting for it if need be. An error ends the child: a limit that was reached (CodeLimit), a
// process that died, a broken protocol (CodeDenied), io.EOF after Done or Failed. Only if Next's own ctx ends, its error
// leaves the child as it is.
func (c *Child) Next(ctx context.Context) (Event, error) {
	for {
		c.mu.Lock()
		if len(c.queue) > 0 {
			e := c.queue[0]
			c.queue = c.queue[1:]
			c.mu.Unlock()
			return e, nil
		}
		end, st := c.end, c.state
		c.mu.Unlock()
		if end != nil {
			return Event{}, end
		}
		if st == idle {
			return Event{}, &agents.Error{Code: agents.CodeInternal, Message: "the script is idle: it goes on after a delivery only"}
		}
		select {
		case <-c.wake:
		case <-ctx.Done():
			return Event{}, ctx.Err()
		}
	}
}

// Deliver answers one open call of an idle script, which then goes on.
func (c *Child) Deliver(d Delivery) error {
	message := frame.Delivery{Seq: d.Seq, Value: d.Value, Now: d.Now.UnixMilli()}
	if d.Error != nil {
		message.Value = nil
		message.Error = &frame.DeliveryError{Code: d.Error.Code, Message: d.Error.Message, Hint: d.Error.Hint}
	} else if err := deliverable(d.Value); err != nil {
		return err
	}
	c.mu.Lock()
	if c.end != nil {
		defer c.mu.Unlock()
		return c.end
	}
	if c.state != idle || len(c.queue) > 0 || !c.open[d.Seq] {
		c.mu.Unlock()
		return &agents.Error{Code: agents.CodeInternal, Message: "a result was delivered to a script that does not wait for it"}
	}
	delete(c.open, d.Seq)
	if d.Error != nil {
		c.errors[d.Seq] = d.Error
	}
	c.state = working
	c.work()
	c.mu.Unlock()
	if err := frame.Write(c.stdin, message); err != nil {
		return c.gone(err)
	}
	return nil
}

// deliverable refuses a result that could not cross.
func deliverable(v json.RawMessage) error {
	const hint = "ask for less at a time: a limit in the search, or one item after the other"
	if len(v) > frame.MaxDown-frame.Overhead {
		return &agents.Error{Code: agents.CodeLimit, Message: fmt.Sprintf("a result is too large for the script: it has %s", megabytes(int64(len(v)))), Hint: hint}
	}
	if len(v) == 0 || json.Valid(v) {
		return nil
	}
	if err := json.Unmarshal(v, new(json.RawMessage)); err != nil && strings.Contains(err.Error(), "max depth") {
		return &agents.Error{Code: agents.CodeLimit, Message: "a result is nested too deep for the script", Hint: hint, Err: err}
	}
	return &agents.Error{Code: agents.CodeInternal, Message: "a result for the script is not JSON"}
}

// gone explains why the child could not be written to: it has ended, and the reader is about to know why.
func (c *Child) gone(cause error) error {
	<-c.exited
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.end != nil && !errors.Is(c.end, io.EOF) {
		return c.end
	}
	return cause
}

// Level is the lock-down that the child reached. It is known from the first event on.
func (c *Child) Level() Level {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.level
}

// Close kills the child and waits until it is gone. It may be called more than once.
func (c *Child) Close() {
	c.finish(&agents.Error{Code: agents.CodeCancelled, Message: "the script was stopped"})
	<-c.exited
}

// finish ends the child for a reason; the first reason stands.
func (c *Child) finish(reason error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.finishLocked(reason)
}

func (c *Child) finishLocked(reason error) {
	if c.state == ended {
		return
	}
	c.state = ended
	c.end = reason
	c.rest()
	kill(c.cmd)
	c.signal()
}

// signal wakes Next. The token stays if nobody waits, so nothing is missed.
func (c *Child) signal() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// work starts the clock of a stretch of work; the alarm rings when what is left of the time is used up.
func (c *Child) work() {
	c.since = time.Now()
	c.alarmName = limitWall
	c.alarm.Reset(max(c.limits.Wall-c.worked, 0))
}

// rest stops the clock.
func (c *Child) rest() {
	c.alarm.Stop()
	if !c.since.IsZero() {
		c.worked += time.Since(c.since)
		c.since = time.Time{}
	}
}

// late is the alarm: the child worked for too long, or did not even start. The alarm may have rung just as the child came
// to rest, which counts as in time.
func (c *Child) late() {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.state == starting:
		c.finishLocked(&agents.Error{
			Code: agents.CodeUnavailable, Message: "the sandbox did not start in time",
			Hint: "the machine may be overloaded; try again",
		})
	case c.state == working && c.worked+time.Since(c.since) >= c.limits.Wall:
		c.finishLocked(limitError(limitWall, c.limits))
	}
}
