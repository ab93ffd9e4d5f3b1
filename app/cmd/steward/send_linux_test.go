package main_test

import (
	"bufio"
	"fmt"
	"io"
	"io/fs"
	"log"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	gosmtp "github.com/emersion/go-smtp"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app"
	"github.com/stewardhq/steward/store"
)

// door lets somebody look before a mail server answers.
type door struct {
	net.Listener
	look func()
}

func (d door) Accept() (net.Conn, error) {
	conn, err := d.Listener.Accept()
	if err == nil {
		d.look()
	}
	return conn, err
}

// mailServer starts one for the user sam, who may look before the first byte of each conversation. It gives its address and
// the file of what it took.
func mailServer(t *testing.T, look func()) (address, taken string) {
	t.Helper()
	taken = filepath.Join(t.TempDir(), "post.log")
	server := gosmtp.NewServer(&postOffice{path: taken, user: "sam", password: "hunter"})
	server.Domain, server.AllowInsecureAuth, server.ErrorLog = "test", true, log.New(io.Discard, "", 0)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = server.Serve(door{l, look}) }()
	t.Cleanup(func() { _ = server.Close() })
	return l.Addr().String(), taken
}

// copyFiles copies a home as it lies on the disk now.
func copyFiles(from, to string) error {
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		name, inside := strings.CutPrefix(path, from)
		switch {
		case err != nil || !inside:
			return err
		case d.IsDir():
			return os.MkdirAll(to+name, 0o700)
		case !d.Type().IsRegular():
			return nil
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(to+name, content, 0o600)
	})
}

// mailbox fills the home with the sample, and connects an account at a mail server.
func (p place) mailbox(smtp string) {
	p.t.Helper()
	add := p.command("mail", "add-account", "--smtp", smtp, "--address", "me@tidewater.example", "--user", "sam", "--password-stdin", "--tls", "none")
	add.Stdin = strings.NewReader("hunter\n")
	if out, err := add.CombinedOutput(); err != nil {
		p.t.Fatalf("%v: %s", err, out)
	}
	p.must("mail", "import", "--sample")
}

// proposes makes a run that waits for the word to send a mail with these words, and gives its id and its sheet's hash.
func (p place) proposes(body string) (run, hash string) {
	p.t.Helper()
	script := filepath.Join(p.root, "send.ts")
	source := fmt.Sprintf("const sam = await contacts.find(\"Sam Lin\")\nawait mail.send(await mail.draft({ to: [sam], subject: \"Hello\", body: %q }))", body)
	if err := os.WriteFile(script, []byte(source), 0o600); err != nil {
		p.t.Fatal(err)
	}
	out, errs, code := p.steward("script", "run", script, "--json")
	m := regexp.MustCompile(`"run":"([0-9A-Z]+)","state":"waiting"`).FindStringSubmatch(out)
	if code != 3 || m == nil {
		p.t.Fatalf("exit %d: %s%s", code, out, errs)
	}
	return m[1], p.result("approvals", "show", m[1])["hash"].(string)
}

// sends is both.
func (p place) sends(smtp string) (run, hash string) {
	p.t.Helper()
	p.mailbox(smtp)
	return p.proposes("canary in the mail")
}

// The intent is on the disk, and flushed to it, before a connection to the mail server is made: whenever the power is cut,
// what may have been sent is known to be that.
func TestTheIntentIsOnDiskBeforeAMailServerIsReached(t *testing.T) {
	p, copied := newPlace(t), newPlace(t)
	var once sync.Once
	var looking atomic.Bool
	address, taken := mailServer(t, func() {
		if looking.Load() {
			once.Do(func() {
				if err := copyFiles(p.home(), copied.home()); err != nil {
					t.Error(err)
				}
			})
		}
	})
	run, hash := p.sends(address)
	looking.Store(true)
	trace := filepath.Join(p.root, "trace")
	inner := p.command("approvals", "approve", run, "--hash", hash)
	cmd := exec.Command("strace", append([]string{"-f", "-y", "-s", "8", "-qq", "-o", trace, "-e", "trace=connect,pwrite64,fsync,fdatasync"}, inner.Args...)...)
	cmd.Env, cmd.Dir = inner.Env, inner.Dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	raw, err := os.ReadFile(trace)
	if err != nil {
		t.Fatal(err)
	}
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	written, flushed, reached := -1, -1, false
	for i, line := range strings.Split(string(raw), "\n") {
		switch {
		case strings.Contains(line, "connect(") && strings.Contains(line, "htons("+port+")"):
			reached = true
		case reached || !strings.Contains(line, "steward.db-wal"):
		case strings.Contains(line, "pwrite64("):
			written = i
		case strings.Contains(line, "sync("):
			flushed = i
		}
	}
	if !reached || written < 0 || flushed < written {
		t.Errorf("reached %v; the journal was last written at line %d of the trace, and flushed at %d", reached, written, flushed)
	}
	if got, err := os.ReadFile(taken); err != nil || strings.Count(string(got), "canary in the mail") != 1 {
		t.Errorf("taken %q, %v", got, err)
	}
	copied.opened(func(a *app.App) {
		steps, err := a.Store.Steps(t.Context(), run)
		if err != nil || len(steps) != 3 || steps[2].State != agents.StepIntent || steps[2].Attempt != 1 || steps[2].Decision.Verdict == "" {
			t.Errorf("when the server was reached, the journal had %d steps, %v; the last one %s, attempt %d", len(steps), err, steps[len(steps)-1].State, steps[len(steps)-1].Attempt)
		}
		entries, err := a.Store.Ledger(t.Context(), store.LedgerFilter{})
		var kinds []string
		for _, e := range entries {
			kinds = append(kinds, e.Kind)
		}
		if got := fmt.Sprint(kinds); err != nil || !strings.HasSuffix(got, "intent egress]") {
			t.Errorf("and the ledger %s, %v", got, err)
		}
	})
}

// A server that takes the whole message and says nothing: what happened is unknown, is said to be, and is not tried again.
func TestWhatNobodyCanTellIsNotSentAgain(t *testing.T) {
	p := newPlace(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	messages := make(chan string, 10)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go swallow(conn, messages)
		}
	}()
	run, hash := p.sends(l.Addr().String())
	_, errs, code := p.steward("approvals", "approve", run, "--hash", hash)
	if code != 1 || len(messages) != 1 || !strings.Contains(<-messages, "canary in the mail") {
		t.Errorf("exit %d, %d messages: %s", code, len(messages), errs)
	}
	out, errs, _ := p.steward("approvals", "approve", run, "--hash", hash)
	p.must("runs", "list")
	p.opened(func(a *app.App) {
		if _, err := a.Orchestrator.Resume(t.Context()); err != nil {
			t.Error(err)
		}
		a.Orchestrator.Wait()
		steps, err := a.Store.Steps(t.Context(), run)
		if err != nil || steps[2].State != agents.StepUnknown || agents.CodeOf(steps[2].Error) != agents.CodeUnknown || steps[2].Attempt != 1 {
			t.Errorf("the step is %s, %v", steps[2].State, steps[2].Error)
		}
	})
	if len(messages) > 0 {
		t.Errorf("it was sent again: %s%s", out, errs)
	}
}

// swallow speaks SMTP up to the end of a message, and hangs up.
func swallow(conn net.Conn, messages chan<- string) {
	defer conn.Close()
	r := bufio.NewReader(conn)
	reply := "220 hello"
	for {
		if _, err := io.WriteString(conn, reply+"\r\n"); err != nil {
			return
		}
		line, err := r.ReadString('\n')
		switch {
		case err != nil:
			return
		case strings.HasPrefix(line, "EHLO"):
			reply = "250-test\r\n250 AUTH PLAIN"
		case strings.HasPrefix(line, "AUTH"):
			reply = "235 welcome"
		case !strings.HasPrefix(line, "DATA"):
			reply = "250 taken"
		default:
			if _, err := io.WriteString(conn, "354 go on\r\n"); err != nil {
				return
			}
			var message strings.Builder
			for line != ".\r\n" && err == nil {
				line, err = r.ReadString('\n')
				message.WriteString(line)
			}
			messages <- message.String()
			return
		}
	}
}
