package sandbox

import (
	"fmt"
	"time"

	"github.com/stewardhq/steward/agents"
)

// Limits are what a script cannot lift.
type Limits struct {
	Wall   time.Duration // while the child works: from the start or a delivery to the next idle, added up
	CPU    time.Duration // of the script
	Memory int64         // bytes for the script's values
	Output int64         // bytes of all logs, arguments and the result together, 64 more for each of them
	Calls  int
}

// DefaultLimits are generous for a script that orchestrates and tight for one that ran away.
func DefaultLimits() Limits {
	return Limits{Wall: 20 * time.Second, CPU: 10 * time.Second, Memory: 64 << 20, Output: 8 << 20, Calls: 2000}
}

// Bounds that no setting lifts either.
const (
	maxMemory   = 1 << 30
	maxOutput   = 256 << 20
	startWithin = 30 * time.Second // a cold start compiles the engine, which takes half a second on a slow machine
)

// filled takes the defaults for what is not set.
func (l Limits) filled() Limits {
	d := DefaultLimits()
	if l.Wall <= 0 {
		l.Wall = d.Wall
	}
	if l.CPU <= 0 {
		l.CPU = d.CPU
	}
	if l.Memory <= 0 {
		l.Memory = d.Memory
	}
	if l.Output <= 0 {
		l.Output = d.Output
	}
	if l.Calls <= 0 {
		l.Calls = d.Calls
	}
	l.Memory, l.Output = min(l.Memory, maxMemory), min(l.Output, maxOutput)
	return l
}

// Names of limits, as errors give them.
const (
	limitWall      = "time"
	limitCPU       = "CPU time"
	limitMemory    = "memory"
	limitOutput    = "output"
	limitCalls     = "calls"
	limitRecursion = "recursion"
)

// limitError says which limit was reached and what helps.
func limitError(name string, l Limits) *agents.Error {
	e := &agents.Error{Code: agents.CodeLimit}
	switch name {
	case limitWall:
		e.Message = fmt.Sprintf("the script was stopped at its time limit: it worked for %s without coming to an end", l.Wall)
		e.Hint = "look for a loop that does not end, or let the host filter and sort instead of the script"
	case limitCPU:
		e.Message = fmt.Sprintf("the script was stopped at its CPU time limit of %s", l.CPU)
		e.Hint = "look for a loop that does not end, such as one that never awaits anything"
	case limitMemory:
		e.Message = fmt.Sprintf("the script was stopped at its memory limit of %s", megabytes(l.Memory))
		e.Hint = "ask for less at a time: a limit in the search, or one item after the other"
	case limitOutput:
		e.Message = fmt.Sprintf("the script was stopped at its output limit: logs, arguments and result may have %s together", megabytes(l.Output))
		e.Hint = "log less, and pass handles on instead of long texts"
	case limitCalls:
		e.Message = fmt.Sprintf("the script was stopped at its limit of %d calls", l.Calls)
		e.Hint = "use the functions that take a list, such as classifyAll, instead of one call for each item"
	case limitRecursion:
		e.Message = "the script was stopped at its recursion limit: a function calls itself too deep"
		e.Hint = "look for a function that calls itself without an end, or use a loop"
	}
	return e
}

func megabytes(n int64) string {
	if n < 1<<20 {
		return fmt.Sprintf("%d kB", n>>10)
	}
	return fmt.Sprintf("%d MB", n>>20)
}
