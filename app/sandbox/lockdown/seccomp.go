//go:build linux && (amd64 || arm64)

package lockdown

import (
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Offsets into struct seccomp_data, on the little-endian machines that this file is for.
const (
	dataNumber = 0
	dataArch   = 4
	dataArgs   = 16
)

const (
	x32Bit      = 0x40000000
	retKill     = 0x80000000 // SECCOMP_RET_KILL_PROCESS
	retErrno    = 0x00050000
	retAllow    = 0x7fff0000
	modeFilter  = 1 // SECCOMP_SET_MODE_FILTER
	filterTSync = 1 // SECCOMP_FILTER_FLAG_TSYNC
	retDenied   = retErrno | uint32(unix.EPERM)
	retUnknown  = retErrno | uint32(unix.ENOSYS)
	loadWord    = unix.BPF_LD | unix.BPF_W | unix.BPF_ABS
	jumpEqual   = unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K
	jumpBits    = unix.BPF_JMP | unix.BPF_JSET | unix.BPF_K
	jumpAtLeast = unix.BPF_JMP | unix.BPF_JGE | unix.BPF_K
	giveBack    = unix.BPF_RET | unix.BPF_K
)

// allowed is what the Go runtime needs to go on, and reading and writing of what is open. None of it names anything.
var allowed = append([]uintptr{
	unix.SYS_READ, unix.SYS_WRITE, unix.SYS_CLOSE, unix.SYS_FSTAT,
	unix.SYS_FUTEX, unix.SYS_MUNMAP, unix.SYS_MADVISE, unix.SYS_BRK,
	unix.SYS_NANOSLEEP, unix.SYS_CLOCK_NANOSLEEP, unix.SYS_CLOCK_GETTIME, unix.SYS_GETTIMEOFDAY, unix.SYS_SCHED_YIELD,
	unix.SYS_RT_SIGACTION, unix.SYS_RT_SIGPROCMASK, unix.SYS_RT_SIGRETURN, unix.SYS_SIGALTSTACK,
	unix.SYS_GETTID, unix.SYS_GETPID, unix.SYS_EXIT, unix.SYS_EXIT_GROUP,
	unix.SYS_EPOLL_PWAIT, unix.SYS_EPOLL_CTL, unix.SYS_EPOLL_CREATE1, unix.SYS_EVENTFD2, unix.SYS_PIPE2,
	unix.SYS_GETRANDOM, unix.SYS_SET_ROBUST_LIST, unix.SYS_RSEQ, unix.SYS_SCHED_GETAFFINITY, unix.SYS_RESTART_SYSCALL,
}, allowedHere...)

// filterSyscalls puts the filter on all threads at once. What is not allowed fails with EPERM.
func filterSyscalls() error {
	p := program(uint32(os.Getpid()))
	prog := unix.SockFprog{Len: uint16(len(p)), Filter: &p[0]}
	_, _, errno := unix.Syscall(unix.SYS_SECCOMP, modeFilter, filterTSync, uintptr(unsafe.Pointer(&prog)))
	if errno != 0 {
		return errno
	}
	return nil
}

func program(pid uint32) []unix.SockFilter {
	p := []unix.SockFilter{
		{Code: loadWord, K: dataArch},
		{Code: jumpEqual, K: auditArch, Jt: 1},
		{Code: giveBack, K: retKill},
		{Code: loadWord, K: dataNumber},
		// On amd64 this is the x32 world, whose numbers mean other calls; elsewhere there is nothing there.
		{Code: jumpAtLeast, K: x32Bit, Jf: 1},
		{Code: giveBack, K: retKill},
	}
	// Memory may be had, but none that can be executed: the engine is compiled and loaded already.
	p = append(p, ifBits(unix.SYS_MMAP, 2, unix.PROT_EXEC, retDenied, retAllow)...)
	p = append(p, ifBits(unix.SYS_MPROTECT, 2, unix.PROT_EXEC, retDenied, retAllow)...)
	// Threads, but no processes. clone3 hides its flags behind a pointer; told that it does not exist, libc takes clone.
	p = append(p, ifBits(unix.SYS_CLONE, 0, unix.CLONE_THREAD, retAllow, retDenied)...)
	p = append(p, unix.SockFilter{Code: jumpEqual, K: unix.SYS_CLONE3, Jf: 1}, unix.SockFilter{Code: giveBack, K: retUnknown})
	// The runtime preempts its own threads by signals; nobody else's.
	p = append(p,
		unix.SockFilter{Code: jumpEqual, K: unix.SYS_TGKILL, Jf: 4},
		unix.SockFilter{Code: loadWord, K: dataArgs},
		unix.SockFilter{Code: jumpEqual, K: pid, Jf: 1},
		unix.SockFilter{Code: giveBack, K: retAllow},
		unix.SockFilter{Code: giveBack, K: retDenied})
	for _, n := range allowed {
		p = append(p, unix.SockFilter{Code: jumpEqual, K: uint32(n), Jf: 1}, unix.SockFilter{Code: giveBack, K: retAllow})
	}
	return append(p, unix.SockFilter{Code: giveBack, K: retDenied})
}

// ifBits decides a call by bits of one of its arguments.
func ifBits(call, arg int, bits, set, unset uint32) []unix.SockFilter {
	return []unix.SockFilter{
		{Code: jumpEqual, K: uint32(call), Jf: 4},
		{Code: loadWord, K: uint32(dataArgs + 8*arg)},
		{Code: jumpBits, K: bits, Jf: 1},
		{Code: giveBack, K: set},
		{Code: giveBack, K: unset},
	}
}
