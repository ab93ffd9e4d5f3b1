//go:build !linux

package lockdown

import (
	"runtime"
	"time"

	"github.com/stewardhq/steward/app/sandbox/frame"
)

var started = time.Now()

// Apply does nothing here: the walls are WebAssembly, the engine's memory limit and the parent's kill, and the level says so.
func Apply(Limits) (frame.Level, error) { return frame.Level{OS: runtime.GOOS}, nil }

// CPUTime is the time since the process began: more than what it used, so a limit holds all the same.
func CPUTime() time.Duration { return time.Since(started) }

// CloseInherited does nothing: this system hands a child only what its parent names.
func CloseInherited() {}
