package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/sandbox/frame"
	"github.com/stewardhq/steward/app/sandbox/guest"
)

// read takes the child's frames until it ends, one way or another. It is the only reader, and it trusts nothing.
func (c *Child) read(out io.Reader) {
	for {
		payload, err := frame.Read(out, c.limits.Output+frame.Overhead)
		switch {
		case errors.Is(err, frame.ErrTooLarge):
			c.finish(limitError(limitOutput, c.limits))
			return
		case err != nil:
			return // the process has ended, or is about to: reap says why
		}
		var up frame.Up
		if err := frame.Decode(payload, &up); err != nil {
			c.finish(broke("it sent something that is not a frame"))
			return
		}
		c.mu.Lock()
		c.take(&up)
		over := c.state == ended
		c.mu.Unlock()
		if over {
			return
		}
	}
}

// frameCost is what a frame counts even if there is nothing in it, or empty ones would never come to a limit.
const frameCost = 64

// take checks a frame against what may come now, and makes an event of it.
func (c *Child) take(up *frame.Up) {
	if c.state == starting {
		c.start(up)
		return
	}
	if c.state != working {
		c.finishLocked(broke("it spoke out of turn"))
		return
	}
	c.output += frameCost + int64(len(up.Args)+len(up.Value)+len(up.Text))
	if c.output > c.limits.Output {
		c.finishLocked(limitError(limitOutput, c.limits))
		return
	}
	switch up.Kind {
	case frame.Call:
		c.takeCall(up)
	case frame.Log:
		c.push(Event{Kind: Log, Name: logLevel(up.Name), Text: up.Text})
	case frame.Idle:
		if len(c.open) == 0 {
			c.finishLocked(broke("it waits for nothing"))
			return
		}
		c.rest()
		c.state = idle
		c.push(Event{Kind: Idle})
	case frame.Done:
		if len(c.open) > 0 || !json.Valid(up.Value) {
			c.finishLocked(broke("it came to an end that it cannot have come to"))
			return
		}
		c.push(Event{Kind: Done, Value: up.Value})
		c.finishLocked(io.EOF)
	case frame.Failed:
		c.takeFailure(up.Failure)
	case frame.Limit:
		c.finishLocked(limitError(map[string]string{"cpu": limitCPU, "memory": limitMemory}[up.Name], c.limits))
	case frame.Broken:
		c.finishLocked(engineError(up.Text))
	default:
		c.finishLocked(broke("it sent a frame of an unknown kind"))
	}
}

// start takes the first frame: the child is the program that we think it is, and has locked itself down.
func (c *Child) start(up *frame.Up) {
	switch {
	case up.Kind == frame.Broken:
		c.finishLocked(engineError(up.Text))
	case up.Kind != frame.Ready || up.Level == nil:
		c.finishLocked(broke("it did not begin as it must"))
	case up.Protocol != frame.Protocol || up.Engine != engineHash:
		c.finishLocked(&agents.Error{
			Code: agents.CodeConflict, Message: "the sandbox's program is of another version than this one",
			Hint: "restart Steward; if that does not help, install it again",
		})
	default:
		c.level = *up.Level
		c.state = working
		c.work()
	}
}

func (c *Child) takeCall(up *frame.Up) {
	switch {
	case up.Seq != c.issued+1:
		c.finishLocked(broke("its calls are out of order"))
	case !c.functions[up.Name]:
		c.finishLocked(broke("it called a function that it was not given"))
	case !isArray(up.Args):
		c.finishLocked(broke("its arguments are not a list"))
	case len(up.Stack) > guest.MaxText:
		c.finishLocked(broke("a stack is longer than it may be"))
	case up.Seq > c.limits.Calls:
		c.finishLocked(limitError(limitCalls, c.limits))
	default:
		c.issued = up.Seq
		c.open[up.Seq] = true
		c.push(Event{Kind: Call, Seq: up.Seq, Name: up.Name, Args: up.Args, Line: c.line(up.Stack)})
	}
}

// takeFailure tells a limit inside the engine from an error of the script.
func (c *Child) takeFailure(f *frame.Failure) {
	if f == nil {
		c.finishLocked(broke("it failed without saying how"))
		return
	}
	if max(len(f.Name), len(f.Message), len(f.Stack)) > guest.MaxFailure {
		c.finishLocked(broke("it failed at greater length than it may"))
		return
	}
	line := c.line(f.Stack)
	if name := engineLimit(f); name != "" {
		e := limitError(name, c.limits)
		if line > 0 {
			e.Message = fmt.Sprintf("line %d: %s", line, e.Message)
		}
		c.finishLocked(e)
		return
	}
	c.push(Event{Kind: Failed, Error: c.scriptError(f, line), Line: line})
	c.finishLocked(io.EOF)
}

// push queues an event for Next. The queue is bounded by the limits of output and calls.
func (c *Child) push(e Event) {
	c.queue = append(c.queue, e)
	c.signal()
}

// broke is the end of a child that is not what it should be.
func broke(how string) *agents.Error {
	return &agents.Error{
		Code: agents.CodeDenied, Message: "the sandboxed process was stopped, because it broke its protocol: " + how,
		Hint: "run the script again; if it happens again, do not trust the script, and report it",
	}
}

func engineError(text string) *agents.Error {
	return &agents.Error{
		Code: agents.CodeInternal, Message: "the script engine broke off",
		Hint: "run the script again; if it happens again, report it", Err: errors.New(clip(text)),
	}
}

func isArray(v json.RawMessage) bool {
	return bytes.HasPrefix(v, []byte("[")) && json.Valid(v)
}

func logLevel(name string) string {
	switch name {
	case "info", "warn", "error", "debug":
		return name
	}
	return "log"
}

func clip(s string) string {
	if len(s) > guest.MaxText {
		return s[:guest.MaxText]
	}
	return s
}
