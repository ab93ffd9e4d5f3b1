package lockdown

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/landlock-lsm/go-landlock/landlock"
	ll "github.com/landlock-lsm/go-landlock/landlock/syscall"
	"golang.org/x/sys/unix"

	"github.com/stewardhq/steward/app/sandbox/frame"
)

// Apply locks the process down as far as the kernel can. What the kernel does not know is missing from the level that is
// returned; an error means that the kernel knows it and refused.
func Apply(l Limits) (frame.Level, error) {
	level := frame.Level{OS: "linux"}
	if err := unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0); err != nil {
		return level, fmt.Errorf("forbid dumps: %w", err)
	}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return level, fmt.Errorf("forbid new privileges: %w", err)
	}
	if err := setLimits(l); err != nil {
		return level, err
	}
	level.Rlimits = true
	abi, err := restrict()
	if err != nil {
		return level, err
	}
	level.Landlock = abi
	err = filterSyscalls()
	if err != nil && !errors.Is(err, unix.ENOSYS) && !errors.Is(err, unix.EINVAL) {
		return level, fmt.Errorf("seccomp: %w", err)
	}
	level.Seccomp = err == nil
	return level, nil
}

// highest is the landlock version up to which the walls are known; a newer kernel gives no more.
const highest = 11

// restrict shuts files, ports and other processes off with landlock, and gives its version in force: 0 where the kernel
// has none.
func restrict() (int, error) {
	abi, err := ll.LandlockGetABIVersion()
	if err != nil || abi <= 0 {
		return 0, nil //nolint:nilerr // the kernel does not know it
	}
	if err := landlock.V11.BestEffort().Restrict(); err != nil {
		return 0, fmt.Errorf("landlock: %w", err)
	}
	return min(abi, highest), nil
}

func setLimits(l Limits) error {
	limits := []struct {
		what  int
		value uint64
	}{
		{unix.RLIMIT_CORE, 0},
		{unix.RLIMIT_FSIZE, 0},
		{unix.RLIMIT_NOFILE, 32},
	}
	if l.Memory > 0 {
		limits = append(limits, struct {
			what  int
			value uint64
		}{unix.RLIMIT_DATA, uint64(l.Memory) + runtimeMemory})
	}
	if l.CPU > 0 {
		seconds := uint64((CPUTime()+l.CPU)/time.Second) + 2
		limits = append(limits, struct {
			what  int
			value uint64
		}{unix.RLIMIT_CPU, seconds})
	}
	for _, r := range limits {
		// Where soft and hard are the same, the kernel kills instead of sending SIGXCPU, which Go would ignore.
		if err := unix.Setrlimit(r.what, &unix.Rlimit{Cur: r.value, Max: r.value}); err != nil {
			return fmt.Errorf("set resource limit %d: %w", r.what, err)
		}
	}
	return nil
}

// CPUTime is what the process has used so far.
func CPUTime() time.Duration {
	var t unix.Timespec
	if unix.ClockGettime(unix.CLOCK_PROCESS_CPUTIME_ID, &t) != nil {
		return 0
	}
	return time.Duration(t.Nano())
}

// CloseInherited closes what the parent left open by mistake, such as a window toolkit's sockets. Whatever Go opened
// itself closes at exec; what came through an exec does not have that mark, which tells them apart.
func CloseInherited() {
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return
	}
	for _, e := range entries {
		fd, err := strconv.Atoi(e.Name())
		if err != nil || fd <= 2 {
			continue
		}
		if flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0); err == nil && flags&unix.FD_CLOEXEC == 0 {
			_ = unix.Close(fd)
		}
	}
}
