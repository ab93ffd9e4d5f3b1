package sandbox_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"

	ll "github.com/landlock-lsm/go-landlock/landlock/syscall"
	"golang.org/x/sys/unix"

	"github.com/stewardhq/steward/app/sandbox"
	"github.com/stewardhq/steward/app/sandbox/frame"
	"github.com/stewardhq/steward/app/sandbox/lockdown"
)

// report is what the probe found out from inside.
type report struct {
	Level frame.Level
	Tries map[string]string // what was tried → "" if it went through, else the error
	Fds   []string          // what was inherited and is still open
	Env   int
}

func init() { probe = tryToEscape }

// tryToEscape locks the process down as a child does, and then tries to get out.
func tryToEscape() int {
	runtime.GOMAXPROCS(2)
	if len(os.Args) > 2 { // a loop that nobody stops
		if _, err := lockdown.Apply(lockdown.Limits{CPU: time.Millisecond}); err != nil {
			return 1
		}
		for {
			runtime.Gosched()
		}
	}
	var r report
	lockdown.CloseInherited()
	r.Fds = openFds()
	r.Env = len(os.Environ())
	file, err := os.CreateTemp("", "probe") // open before, as a leak would be
	if err != nil {
		return 1
	}
	_ = os.Remove(file.Name())
	if r.Level, err = lockdown.Apply(lockdown.Limits{CPU: time.Minute, Memory: 64 << 20}); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	r.Tries = map[string]string{}
	for name, f := range tries(file) {
		r.Tries[name] = ""
		if err := f(); err != nil {
			r.Tries[name] = err.Error()
		}
	}
	if json.NewEncoder(os.Stdout).Encode(r) != nil {
		return 1
	}
	return 0
}

func openFds() []string {
	var open []string
	for fd := 3; fd < 64; fd++ {
		if flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0); err == nil && flags&unix.FD_CLOEXEC == 0 {
			open = append(open, strconv.Itoa(fd))
		}
	}
	return open
}

// tries are ways out. Each gives an error if it is shut.
func tries(file *os.File) map[string]func() error {
	raw := func(number uintptr, args ...uintptr) func() error {
		return func() error {
			var a [6]uintptr
			copy(a[:], args)
			if _, _, errno := unix.Syscall6(number, a[0], a[1], a[2], a[3], a[4], a[5]); errno != 0 {
				return errno
			}
			return nil
		}
	}
	parent := os.Getppid()
	return map[string]func() error{
		"open":          func() error { _, err := os.Open("/etc/passwd"); return err },
		"open itself":   func() error { _, err := os.Open("/proc/self/exe"); return err },
		"environ":       func() error { _, err := os.ReadFile("/proc/self/environ"); return err },
		"parent's maps": func() error { _, err := os.ReadFile(fmt.Sprintf("/proc/%d/maps", parent)); return err },
		"list":          func() error { _, err := os.ReadDir("/"); return err },
		"stat":          func() error { _, err := os.Stat("/etc/passwd"); return err },
		"write":         func() error { return os.WriteFile("/tmp/probe", []byte("x"), 0o600) },
		"write open":    func() error { _, err := file.Write([]byte("x")); return err },
		"mkdir":         func() error { return os.Mkdir("/tmp/probe-dir", 0o700) },
		"remove":        func() error { return os.Remove("/etc/passwd") },
		"dial tcp":      func() error { _, err := net.DialTimeout("tcp", "127.0.0.1:1", time.Second); return err },
		"dial udp":      func() error { _, err := net.Dial("udp", "127.0.0.1:53"); return err },
		"dial unix":     func() error { _, err := net.Dial("unix", "/run/x"); return err },
		"listen":        func() error { _, err := net.Listen("tcp", "127.0.0.1:0"); return err },
		"socket":        raw(unix.SYS_SOCKET, unix.AF_INET, unix.SOCK_STREAM, 0),
		"packet socket": raw(unix.SYS_SOCKET, unix.AF_PACKET, unix.SOCK_RAW, 0),
		"connect":       raw(unix.SYS_CONNECT, 0, 0, 0),
		"openat":        raw(unix.SYS_OPENAT, ^uintptr(99), 0, 0),
		"execve":        raw(unix.SYS_EXECVE, 0, 0, 0),
		"socketpair":    func() error { _, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0); return err },
		"exec":          func() error { return exec.Command("/bin/true").Run() },
		"exec in place": func() error { return syscall.Exec("/bin/true", []string{"true"}, nil) },
		"fork":          raw(unix.SYS_CLONE, uintptr(unix.SIGCHLD)),
		"clone3":        raw(unix.SYS_CLONE3, 0, 0),
		"unshare":       func() error { return unix.Unshare(unix.CLONE_NEWUSER) },
		"ptrace parent": func() error { return unix.PtraceAttach(parent) },
		"ptrace me":     raw(unix.SYS_PTRACE, unix.PTRACE_TRACEME),
		"read parent":   raw(unix.SYS_PROCESS_VM_READV, uintptr(parent), 0, 0, 0, 0),
		"kill parent":   func() error { return syscall.Kill(parent, 0) },
		"tgkill parent": raw(unix.SYS_TGKILL, uintptr(parent), uintptr(parent), 0),
		"pidfd":         raw(unix.SYS_PIDFD_OPEN, uintptr(parent), 0),
		"mmap exec": func() error {
			_, err := unix.Mmap(-1, 0, 4096, unix.PROT_READ|unix.PROT_EXEC, unix.MAP_ANON|unix.MAP_PRIVATE)
			return err
		},
		"mprotect exec":  mprotectExec,
		"pkey_mprotect":  raw(unix.SYS_PKEY_MPROTECT, 0, 4096, unix.PROT_EXEC, 0),
		"memfd":          func() error { _, err := unix.MemfdCreate("x", 0); return err },
		"io_uring":       raw(unix.SYS_IO_URING_SETUP, 1, 0),
		"bpf":            raw(unix.SYS_BPF, 0, 0, 0),
		"keyctl":         raw(unix.SYS_KEYCTL, 0, 0, 0),
		"mount":          func() error { return unix.Mount("none", "/mnt", "tmpfs", 0, "") },
		"chroot":         func() error { return unix.Chroot("/tmp") },
		"setuid":         raw(unix.SYS_SETUID, 0),
		"prctl dumpable": func() error { return unix.Prctl(unix.PR_SET_DUMPABLE, 1, 0, 0, 0) },
		"rlimit back":    func() error { return unix.Setrlimit(unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: 1 << 20, Max: 1 << 20}) },
		"prlimit parent": raw(unix.SYS_PRLIMIT64, uintptr(parent), unix.RLIMIT_CPU, 0, 0),
		"ioctl":          raw(unix.SYS_IOCTL, 0, unix.TIOCSTI, 0),
		"fcntl":          raw(unix.SYS_FCNTL, 0, unix.F_SETOWN, uintptr(parent)),
		"sendmsg":        raw(unix.SYS_SENDMSG, 1, 0, 0),
		"shmget":         raw(unix.SYS_SHMGET, 1, 4096, 0o600),
		"uname":          func() error { var u unix.Utsname; return unix.Uname(&u) },
		"many pipes":     tooManyPipes,
		"much memory":    tooMuchMemory,
		"another thread": func() error { return onNewThread(func() error { _, err := os.Open("/etc/passwd"); return err }) },
	}
}

// tooManyPipes opens more than the limit of open files lets through.
func tooManyPipes() (err error) {
	for range 64 {
		var p [2]int
		if err = unix.Pipe2(p[:], unix.O_CLOEXEC); err != nil {
			break
		}
		defer func() { _, _ = unix.Close(p[0]), unix.Close(p[1]) }()
	}
	return err
}

// tooMuchMemory reserves two terabytes by and by, which nothing but the limit stops.
func tooMuchMemory() error {
	const piece = 256 << 20
	for range 8192 {
		p, _, errno := unix.Syscall6(unix.SYS_MMAP, 0, piece, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE|unix.MAP_NORESERVE, ^uintptr(0), 0)
		if errno != 0 {
			return errno
		}
		defer func() { _, _, _ = unix.Syscall(unix.SYS_MUNMAP, p, piece, 0) }()
	}
	return nil
}

func mprotectExec() error {
	b, err := unix.Mmap(-1, 0, 4096, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
	if err != nil {
		return nil //nolint:nilerr // it must be possible to have memory
	}
	_, _, errno := unix.Syscall(unix.SYS_MPROTECT, uintptr(unsafe.Pointer(&b[0])), 4096, unix.PROT_READ|unix.PROT_EXEC)
	if errno != 0 {
		return errno
	}
	return nil
}

func onNewThread(f func() error) error {
	result := make(chan error)
	go func() {
		runtime.LockOSThread()
		result <- f()
	}()
	return <-result
}

// TestLockdown asserts from inside that every way out is shut, and that what a run needs still works.
func TestLockdown(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	leak, err := os.Open("/etc/hostname")
	if err != nil {
		leak, err = os.Open("/dev/null")
	}
	if err != nil {
		t.Fatal(err)
	}
	defer leak.Close()
	cmd := exec.Command(self, probeArg)
	cmd.Env = []string{}
	cmd.Stderr = os.Stderr
	cmd.ExtraFiles = []*os.File{leak} // passed on without the mark of close-on-exec
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	var r report
	if err := json.Unmarshal(out, &r); err != nil {
		t.Fatal(err)
	}
	abi, err := ll.LandlockGetABIVersion()
	if !r.Level.Seccomp || !r.Level.Rlimits || err == nil && r.Level.Landlock == 0 {
		t.Errorf("level %+v, and the kernel has landlock %d", r.Level, abi)
	}
	if len(r.Fds) > 0 {
		t.Errorf("still open: %v", r.Fds)
	}
	if r.Env != 0 {
		t.Errorf("%d variables in its environment", r.Env)
	}
	if len(r.Tries) != len(tries(nil)) {
		t.Errorf("%d of %d tries reported", len(r.Tries), len(tries(nil)))
	}
	for name, result := range r.Tries {
		switch {
		case result == "":
			t.Errorf("%s went through", name)
		case name == "clone3" && !strings.Contains(result, unix.ENOSYS.Error()):
			t.Errorf("clone3: %s, want %v", result, unix.ENOSYS)
		case limited[name] != 0 && !strings.Contains(result, limited[name].Error()):
			t.Errorf("%s: %s, want %v", name, result, limited[name])
		case name != "clone3" && limited[name] == 0 && !denied(result):
			t.Errorf("%s: %s, want it to be denied", name, result)
		}
	}
}

// limited is what a resource limit stops, and how.
var limited = map[string]syscall.Errno{"write open": unix.EFBIG, "many pipes": unix.EMFILE, "much memory": unix.ENOMEM}

// TestTheKernelEndsALoop has a process that is out of hand, as a child could be while its parent's clock rests.
func TestTheKernelEndsALoop(t *testing.T) {
	t.Parallel()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	err = exec.CommandContext(ctx, self, probeArg, "loop").Run()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || ctx.Err() != nil {
		t.Fatal(err, ctx.Err())
	}
	if status, ok := exit.Sys().(syscall.WaitStatus); !ok || status.Signal() != unix.SIGKILL {
		t.Errorf("it ended with %v", exit)
	}
}

// TestAChildInheritsNothing leaves a pipe open that every new process gets, and sees that a child has let go of it when its
// script begins.
func TestAChildInheritsNothing(t *testing.T) {
	var p [2]int
	if err := unix.Pipe2(p[:], unix.O_NONBLOCK); err != nil { // without the mark of close-on-exec
		t.Fatal(err)
	}
	defer unix.Close(p[0])
	s, err := box()
	if err != nil {
		t.Fatal(err)
	}
	c, err := s.Start(t.Context(), world{functions: apiEcho}.program(t, "await api.echo(1)"))
	unix.CloseOnExec(p[0])
	_ = unix.Close(p[1])
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if e, err := c.Next(t.Context()); err != nil || e.Kind != sandbox.Call {
		t.Fatal(e, err)
	}
	if n, err := unix.Read(p[0], make([]byte, 1)); n != 0 || err != nil {
		t.Errorf("the child holds the pipe: %d, %v", n, err)
	}
}

func denied(result string) bool {
	for _, e := range []error{unix.EPERM, unix.EACCES, errors.ErrUnsupported} {
		if strings.Contains(result, e.Error()) {
			return true
		}
	}
	return false
}
