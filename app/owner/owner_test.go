package owner_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/owner"
)

func acquire(t *testing.T, dir string) *owner.Owner {
	t.Helper()
	own, err := owner.Acquire(dir)
	if err != nil {
		t.Fatalf("acquire: %v", err)
	}
	t.Cleanup(func() { _ = own.Close(context.Background()) })
	return own
}

func serve(t *testing.T, own *owner.Owner, handler http.HandlerFunc) {
	t.Helper()
	if err := own.Serve(handler); err != nil {
		t.Fatalf("serve: %v", err)
	}
}

func hello(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hello") }

func ask(t *testing.T, client *http.Client) string {
	t.Helper()
	answer, err := client.Get(owner.URL + "/pid")
	if err != nil {
		t.Fatalf("ask the owner: %v", err)
	}
	defer func() { _ = answer.Body.Close() }()
	b, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func wantCode(t *testing.T, err error, code, hint string) {
	t.Helper()
	if agents.CodeOf(err) != code || !strings.Contains(agents.AsError(err).Hint, hint) {
		t.Fatalf("got %v (%s, %q), want code %s and hint with %q", err, agents.CodeOf(err), agents.AsError(err).Hint, code, hint)
	}
}

func TestOneOwnerAtATime(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "home")
	own := acquire(t, dir)
	info, err := os.Stat(dir)
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("home is %v, %v", info.Mode(), err)
	}
	_, err = owner.Acquire(dir)
	wantCode(t, err, agents.CodeConflict, "--home")
	if !errors.Is(err, owner.ErrOwned) || !strings.Contains(err.Error(), strconv.Itoa(os.Getpid())) {
		t.Errorf("the error names no owner: %v", err)
	}
	if err := own.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := own.Close(t.Context()); err != nil {
		t.Errorf("closing twice: %v", err)
	}
	acquire(t, dir)
}

func TestHomesThatAreRefused(t *testing.T) {
	parent := t.TempDir()
	file := filepath.Join(parent, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	home := func(name string, mode os.FileMode) string {
		dir := filepath.Join(parent, name)
		if err := errors.Join(os.Mkdir(dir, 0o700), os.Chmod(dir, mode)); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	for name, c := range map[string]struct{ dir, code, hint string }{
		"no name":          {"", agents.CodeInvalid, "STEWARD_HOME"},
		"a file":           {file, agents.CodeInvalid, "--home"},
		"below a file":     {filepath.Join(file, "x"), agents.CodeInvalid, "--home"},
		"group can write":  {home("g", 0o770), agents.CodeDenied, "chmod 700"},
		"others can write": {home("o", 0o707), agents.CodeDenied, "chmod 700"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := owner.Acquire(c.dir)
			wantCode(t, err, c.code, c.hint)
		})
	}
	if os.Geteuid() == 0 { // nobody else can give a directory away
		foreign := home("foreign", 0o755)
		if err := os.Chown(foreign, 65534, 65534); err != nil {
			t.Fatal(err)
		}
		_, err := owner.Acquire(foreign)
		wantCode(t, err, agents.CodeDenied, "owner")
		_, err = owner.Attach(foreign)
		wantCode(t, err, agents.CodeDenied, "owner")
	}
}

func TestAttachSpeaksToTheOwner(t *testing.T) {
	for name, dir := range map[string]string{
		"short path":   t.TempDir(),
		"long path":    filepath.Join(t.TempDir(), strings.Repeat("long/", 40)+strings.Repeat("x", 200)),
		"chinese path": filepath.Join(t.TempDir(), strings.Repeat("家", 60)),
	} {
		t.Run(name, func(t *testing.T) {
			own := acquire(t, dir)
			_, err := owner.Attach(dir)
			wantCode(t, err, agents.CodeUnavailable, "steward serve")
			serve(t, own, hello)
			info, err := os.Lstat(filepath.Join(dir, owner.SocketName))
			if err != nil || info.Mode() != os.ModeSocket|0o600 {
				t.Errorf("socket is %v, %v", info, err)
			}
			client, err := owner.Attach(dir)
			if err != nil {
				t.Fatal(err)
			}
			if got := ask(t, client); got != "hello" {
				t.Errorf("got %q", got)
			}
			if err := own.Close(t.Context()); err != nil {
				t.Error(err)
			}
			if _, err := os.Lstat(filepath.Join(dir, owner.SocketName)); !os.IsNotExist(err) {
				t.Errorf("the socket is left: %v", err)
			}
			_, err = owner.Attach(dir)
			wantCode(t, err, agents.CodeUnavailable, "steward serve")
		})
	}
}

func TestShortWayIsRemoved(t *testing.T) {
	tmp, dir := t.TempDir(), t.TempDir()
	t.Setenv("TMPDIR", tmp)
	if err := os.WriteFile(filepath.Join(dir, owner.SocketName), []byte("here"), 0o600); err != nil {
		t.Fatal(err)
	}
	err := owner.ReachByLink(dir, func(path string) error {
		b, err := os.ReadFile(path)
		if string(b) != "here" {
			t.Errorf("%s leads elsewhere", path)
		}
		info, statErr := os.Stat(filepath.Dir(filepath.Dir(path)))
		if statErr != nil || info.Mode().Perm() != 0o700 {
			t.Errorf("others can enter: %v, %v", info, statErr)
		}
		return err
	})
	left, _ := os.ReadDir(tmp)
	if err != nil || len(left) != 0 {
		t.Errorf("%v, left %v", err, left)
	}
}

func TestCloseLetsRequestsFinish(t *testing.T) {
	dir := t.TempDir()
	own := acquire(t, dir)
	inside := make(chan struct{})
	serve(t, own, func(w http.ResponseWriter, _ *http.Request) {
		close(inside)
		<-own.Leaving() // the owner is closing, and waits for us
		if _, err := os.Lstat(filepath.Join(dir, owner.SocketName)); err != nil {
			t.Errorf("the socket went before the last request: %v", err)
		}
		if _, err := owner.Acquire(dir); !errors.Is(err, owner.ErrOwned) {
			t.Errorf("the lock went before the last request: %v", err)
		}
		_, _ = io.WriteString(w, "finished")
	})
	client, err := owner.Attach(dir)
	if err != nil {
		t.Fatal(err)
	}
	answer := make(chan string, 1)
	go func() { answer <- ask(t, client) }()
	<-inside
	if err := own.Close(t.Context()); err != nil {
		t.Error(err)
	}
	if got := <-answer; got != "finished" {
		t.Errorf("got %q", got)
	}
}

func TestDrainKeepsTheHome(t *testing.T) {
	dir := t.TempDir()
	own := acquire(t, dir)
	serve(t, own, hello)
	for range 2 {
		if err := own.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	_, err := owner.Attach(dir)
	wantCode(t, err, agents.CodeUnavailable, "steward serve")
	if _, err := owner.Acquire(dir); !errors.Is(err, owner.ErrOwned) {
		t.Errorf("a drained home is not owned: %v", err)
	}
	if err := own.Close(t.Context()); err != nil {
		t.Error(err)
	}
	acquire(t, dir)
}

func TestCloseCutsOffWhatDoesNotEnd(t *testing.T) {
	dir := t.TempDir()
	own := acquire(t, dir)
	inside := make(chan struct{})
	serve(t, own, func(_ http.ResponseWriter, r *http.Request) {
		close(inside)
		<-r.Context().Done()
	})
	client, err := owner.Attach(dir)
	if err != nil {
		t.Fatal(err)
	}
	cut := make(chan error, 1)
	go func() {
		_, err := client.Get(owner.URL) //nolint:bodyclose // it is cut off: there is no answer
		cut <- err
	}()
	<-inside
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := own.Close(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if err := <-cut; err == nil {
		t.Error("the request got an answer")
	}
	acquire(t, dir)
}

func TestForeignFileInTheSocketsPlace(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, owner.SocketName)
	if err := os.WriteFile(path, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	own := acquire(t, dir)
	wantCode(t, own.Serve(http.HandlerFunc(hello)), agents.CodeConflict, path)
	if b, _ := os.ReadFile(path); string(b) != "mine" {
		t.Error("the file was touched")
	}
}

func TestEnterWaitsForAnOwner(t *testing.T) {
	for name, c := range map[string]struct {
		then func(t *testing.T, own *owner.Owner)
		owns bool
	}{
		"that is leaving":  {func(t *testing.T, own *owner.Owner) { _ = own.Close(t.Context()) }, true},
		"that is starting": {func(t *testing.T, own *owner.Owner) { serve(t, own, hello) }, false},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			first := acquire(t, dir)
			waits := 0
			own, client, err := owner.EnterWith(t.Context(), dir, func(context.Context, time.Duration) error {
				if waits++; waits == 3 {
					c.then(t, first)
				}
				return nil
			})
			if err != nil || (own != nil) != c.owns || (client != nil) == c.owns || waits != 3 {
				t.Fatalf("own %v, client %v, %v after %d waits", own, client, err, waits)
			}
			if own != nil {
				_ = own.Close(t.Context())
			} else if got := ask(t, client); got != "hello" {
				t.Errorf("got %q", got)
			}
		})
	}
}

func TestEnterGivesUp(t *testing.T) {
	dir := t.TempDir()
	acquire(t, dir)
	var waited time.Duration
	_, _, err := owner.EnterWith(t.Context(), dir, func(_ context.Context, d time.Duration) error {
		waited += d
		return nil
	})
	wantCode(t, err, agents.CodeConflict, "that process")
	if waited < 10*time.Second || waited > 11*time.Second {
		t.Errorf("waited %v in all", waited)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, _, err = owner.Enter(ctx, dir)
	wantCode(t, err, agents.CodeCancelled, "")
}
