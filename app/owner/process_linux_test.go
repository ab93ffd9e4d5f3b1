package owner_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/stewardhq/steward/app/owner"
)

const childVariable = "STEWARD_TEST_HOME"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childVariable); dir != "" {
		child(dir)
		return
	}
	os.Exit(m.Run())
}

// child enters the home, says whether it owns it or whom it found there, and stays until its input ends.
func child(dir string) {
	own, client, err := owner.Enter(context.Background(), dir)
	if err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
	if own != nil {
		if err := own.Serve(http.HandlerFunc(pid)); err != nil {
			panic(err)
		}
		fmt.Println("own", os.Getpid())
	} else {
		answer, err := client.Get(owner.URL)
		if err != nil {
			panic(err)
		}
		b, _ := io.ReadAll(answer.Body)
		answer.Body.Close()
		fmt.Println("attached", string(b))
	}
	_, _ = io.Copy(io.Discard, os.Stdin)
	if own != nil {
		if err := own.Close(context.Background()); err != nil {
			panic(err)
		}
	}
}

func pid(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, strconv.Itoa(os.Getpid())) }

type process struct {
	*exec.Cmd
	in   io.Closer
	says string
}

// start runs a child and waits for its word.
func start(t *testing.T, dir string) process {
	t.Helper()
	run := exec.Command(os.Args[0])
	run.Env = append(os.Environ(), childVariable+"="+dir)
	run.Stderr = os.Stderr
	in, err := run.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := run.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := run.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = run.Process.Kill(); _ = run.Wait() })
	line, _ := bufio.NewReader(out).ReadString('\n')
	return process{run, in, strings.TrimSpace(line)}
}

func TestManyProcessesOneOwner(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "home")
	const n = 6
	all := make([]process, n)
	var group sync.WaitGroup
	for i := range all {
		group.Go(func() { all[i] = start(t, dir) })
	}
	group.Wait()
	owners, whom := 0, ""
	for _, p := range all {
		if who, ok := strings.CutPrefix(p.says, "own "); ok {
			owners, whom = owners+1, who
		}
	}
	if owners != 1 {
		t.Fatalf("%d owners", owners)
	}
	for _, p := range all {
		if p.says != "own "+whom && p.says != "attached "+whom {
			t.Errorf("a process says %q, the owner is %s", p.says, whom)
		}
	}
}

func TestNextOwnerAfterALeaving(t *testing.T) {
	dir := t.TempDir()
	first := start(t, dir)
	if err := errors.Join(first.in.Close(), first.Wait()); err != nil {
		t.Fatal(err)
	}
	if next := start(t, dir); next.says != fmt.Sprint("own ", next.Process.Pid) {
		t.Errorf("the next says %q", next.says)
	}
}

func TestNextOwnerAfterAKill(t *testing.T) {
	dir := t.TempDir()
	for range 3 {
		p := start(t, dir)
		if p.says != fmt.Sprint("own ", p.Process.Pid) {
			t.Fatalf("says %q", p.says)
		}
		if err := p.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = p.Wait()
		if _, err := os.Lstat(filepath.Join(dir, owner.SocketName)); err != nil {
			t.Fatalf("a killed owner leaves its socket, or this test tests nothing: %v", err)
		}
	}
	own := acquire(t, dir)
	serve(t, own, hello)
	client, err := owner.Attach(dir)
	if err != nil {
		t.Fatal(err)
	}
	if got := ask(t, client); got != "hello" {
		t.Errorf("got %q", got)
	}
}

// TestStrangersAreNotAnswered opens every permission, and still only the same user is answered.
func TestStrangersAreNotAnswered(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can become somebody else")
	}
	dir, err := os.MkdirTemp("", "home")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	own := acquire(t, dir)
	serve(t, own, func(http.ResponseWriter, *http.Request) { t.Error("a stranger's request was answered") })
	path := filepath.Join(dir, owner.SocketName)
	if err := errors.Join(os.Chmod(dir, 0o711), os.Chmod(path, 0o666)); err != nil {
		t.Fatal(err)
	}
	conn := make(chan net.Conn)
	go func() {
		runtime.LockOSThread() // and never unlocked: the thread ends with this goroutine
		if _, _, errno := syscall.RawSyscall(syscall.SYS_SETRESUID, ^uintptr(0), 65534, ^uintptr(0)); errno != 0 {
			t.Errorf("become nobody: %v", errno)
		}
		c, err := net.Dial("unix", path)
		if err != nil {
			t.Errorf("connect: %v", err)
		}
		conn <- c
	}()
	c := <-conn
	if c == nil {
		return
	}
	_, _ = io.WriteString(c, "GET / HTTP/1.1\r\nHost: steward\r\n\r\n")
	if b, _ := io.ReadAll(c); len(b) != 0 {
		t.Errorf("the stranger got %q", b)
	}
}
