package main_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/stewardhq/steward/app"
	"github.com/stewardhq/steward/app/headless"
	"github.com/stewardhq/steward/app/owner"
	"github.com/stewardhq/steward/app/sandbox"
	"github.com/stewardhq/steward/app/vault"
)

// asSteward makes the test program be steward itself: its own command line, and the child of the sandbox.
const asSteward = "STEWARD_TEST_MAIN"

func TestMain(m *testing.M) {
	steward := func() {
		os.Exit(headless.Main(os.Args[1:], headless.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}))
	}
	if os.Getenv(asSteward) != "" || len(os.Args) > 1 && os.Args[1] == sandbox.ChildArg {
		steward()
	}
	testscript.Main(m, map[string]func(){"steward": steward})
}

// place is a machine's worth of folders for one user: HOME, the XDG directories and the temporary folder.
type place struct {
	t    testing.TB
	root string
}

func newPlace(t testing.TB) place {
	t.Helper()
	p := place{t, t.TempDir()}
	for _, dir := range []string{"home", "data", "config", "cache", "state", "runtime", "tmp"} {
		if err := os.MkdirAll(filepath.Join(p.root, dir), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(p.passphrase(), []byte("correct horse battery staple\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return p
}

// passphrase lies outside the user's folders, as a secret mounted by a server does.
func (p place) passphrase() string { return filepath.Join(p.root, "passphrase") }

func (p place) home() string { return filepath.Join(p.root, "data", "steward") }

func (p place) env() []string {
	dir := func(name string) string { return filepath.Join(p.root, name) }
	return []string{
		asSteward + "=1", "PATH=" + os.Getenv("PATH"), "HOME=" + dir("home"), "XDG_DATA_HOME=" + dir("data"), "XDG_CONFIG_HOME=" + dir("config"),
		"XDG_CACHE_HOME=" + dir("cache"), "XDG_STATE_HOME=" + dir("state"), "XDG_RUNTIME_DIR=" + dir("runtime"), "TMPDIR=" + dir("tmp"),
		"STEWARD_KEYRING=file", "STEWARD_PASSPHRASE_FILE=" + p.passphrase(), "TZ=Asia/Taipei",
	}
}

func (p place) command(args ...string) *exec.Cmd {
	p.t.Helper()
	self, err := os.Executable()
	if err != nil {
		p.t.Fatal(err)
	}
	cmd := exec.Command(self, args...)
	cmd.Env, cmd.Dir = p.env(), filepath.Join(p.root, "home")
	return cmd
}

// steward runs a command to its end, and gives what it printed and its exit code.
func (p place) steward(args ...string) (stdout, stderr string, code int) {
	p.t.Helper()
	cmd := p.command(args...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		p.t.Fatal(err)
	}
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}

// must runs a command that has to succeed.
func (p place) must(args ...string) string {
	p.t.Helper()
	stdout, stderr, code := p.steward(args...)
	if code != 0 {
		p.t.Fatalf("steward %s: exit %d\n%s%s", strings.Join(args, " "), code, stdout, stderr)
	}
	return stdout
}

// result runs a command with --json and gives its last line.
func (p place) result(args ...string) map[string]any {
	p.t.Helper()
	stdout := p.must(append(args, "--json")...)
	lines := strings.Split(strings.TrimSpace(stdout), "\n")
	var result map[string]any
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &result); err != nil || result["type"] != "result" {
		p.t.Fatalf("the last line is no result: %v\n%s", err, stdout)
	}
	return result
}

// opened opens the home in this process, as the next start would, without taking up what was interrupted.
func (p place) opened(use func(*app.App)) {
	p.t.Helper()
	own, err := owner.Acquire(p.home())
	if err != nil {
		p.t.Fatal(err)
	}
	defer func() {
		if err := own.Close(context.Background()); err != nil {
			p.t.Error(err)
		}
	}()
	zone, err := time.LoadLocation("Asia/Taipei")
	if err != nil {
		p.t.Fatal(err)
	}
	a, err := app.Open(p.t.Context(), app.Options{
		Home:  p.home(),
		Vault: vault.Options{Dir: p.home(), Mode: vault.File, Passphrase: vault.PassphraseFile(p.passphrase())}, Notices: os.Stderr, Now: time.Now, Zone: zone,
	})
	if err != nil {
		p.t.Fatal(err)
	}
	use(a)
	if err := a.Close(); err != nil {
		p.t.Error(err)
	}
}

// mbox writes n small mails to a file, each with the words given for it.
func (p place) mbox(n int, words func(i int) string) string {
	p.t.Helper()
	var b strings.Builder
	now := time.Now()
	for i := range n {
		at := now.Add(-time.Duration(i) * 7 * time.Minute)
		fmt.Fprintf(&b, "From sender%d@mail.example %s\n", i%17, at.UTC().Format(time.ANSIC))
		fmt.Fprintf(&b, "From: Sender %d <sender%d@mail.example>\nTo: sam@lin.example\nDelivered-To: sam@lin.example\n", i%17, i%17)
		fmt.Fprintf(&b, "Subject: Question %d about the plan\nDate: %s\nMessage-ID: <m%d@mail.example>\n", i, at.Format(time.RFC1123Z), i)
		fmt.Fprintf(&b, "Content-Type: text/plain; charset=utf-8\n\nDear Sam, could you look at point %d before Friday? %s\n\nThank you,\nSender\n\n", i, words(i))
	}
	path := filepath.Join(p.root, "import.mbox")
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		p.t.Fatal(err)
	}
	return path
}
