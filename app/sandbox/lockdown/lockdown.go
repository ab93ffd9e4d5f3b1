// Package lockdown takes from the calling process everything that a sandboxed script's engine does not need. It cannot be
// undone. On Linux that is: resource limits, no core dumps, no tracing, landlock without any rule, and a seccomp filter
// that leaves reading and writing of open pipes, memory and threads. Elsewhere it does nothing, and says so.
package lockdown

import "time"

// Limits are what the process may use. The zero value of a field means no limit.
type Limits struct {
	CPU    time.Duration // from now on; the kernel counts whole seconds, so it ends the process up to two seconds later
	Memory int64         // bytes that the engine reserves; the Go program's own need is added
}
