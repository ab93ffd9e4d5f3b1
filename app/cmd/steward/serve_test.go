package main_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stewardhq/steward/agents"
)

// served is a steward that serves, as a process of its own.
type served struct {
	t      *testing.T
	cmd    *exec.Cmd
	link   string
	stderr *bytes.Buffer
	rest   io.Reader // of its standard output
}

func (p place) serve(env ...string) *served {
	p.t.Helper()
	s := &served{t: p.t.(*testing.T), cmd: p.command("serve", "--json"), stderr: &bytes.Buffer{}}
	s.cmd.Env = append(s.cmd.Env, env...)
	s.cmd.Stderr = s.stderr
	out, err := s.cmd.StdoutPipe()
	if err == nil {
		err = s.cmd.Start()
	}
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { _ = s.cmd.Process.Kill() })
	lines := bufio.NewReader(out)
	first, err := lines.ReadString('\n')
	s.rest = lines
	if err != nil {
		p.t.Fatalf("%v: %s", err, s.stderr)
	}
	s.link = linkIn(p.t.(*testing.T), first)
	return s
}

func linkIn(t *testing.T, line string) string {
	t.Helper()
	var told struct{ Type, URL string }
	if err := json.Unmarshal([]byte(line), &told); err != nil || told.Type != "serving" || !strings.HasPrefix(told.URL, "http://127.0.0.1:") {
		t.Fatalf("%q: %v", line, err)
	}
	return told.URL
}

// enter exchanges a link for a session's cookie, and gives the host with it.
func enter(t *testing.T, link string) (host string, cookie *http.Cookie) {
	t.Helper()
	origin, token, _ := strings.Cut(link, "/#token=")
	response, err := http.Post(origin+"/session", "application/json", strings.NewReader(fmt.Sprintf(`{"token":%q}`, token)))
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusOK || len(response.Cookies()) != 1 {
		t.Fatal(response.Status)
	}
	return origin, response.Cookies()[0]
}

func ask(t *testing.T, method, url string, cookie *http.Cookie) *http.Response {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.AddCookie(cookie)
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	return response
}

// stop ends it as a system does, and says how long it took.
func (s *served) stop() time.Duration {
	s.t.Helper()
	began := time.Now()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		s.t.Fatal(err)
	}
	rest, err := io.ReadAll(s.rest)
	if err != nil || len(rest) > 0 {
		s.t.Errorf("it printed more: %q %v", rest, err)
	}
	if err := s.cmd.Wait(); err != nil {
		s.t.Errorf("%v\n%s", err, s.stderr)
	}
	return time.Since(began)
}

func TestServeAnswersThePageAndTheOtherCommandsUntilItIsStopped(t *testing.T) {
	p := newPlace(t)
	s := p.serve()
	origin, cookie := enter(t, s.link)
	calls := ask(t, http.MethodPost, origin+"/rpc/Setup/State", cookie)
	state, err := io.ReadAll(calls.Body)
	calls.Body.Close()
	if err != nil || !strings.Contains(string(state), `"state":"open"`) {
		t.Fatalf("%s %v", state, err)
	}
	stream := ask(t, http.MethodGet, origin+"/events", cookie)
	defer stream.Body.Close()

	p.must("mail", "import", "--sample") // another process, through this one
	told, err := bufio.NewReader(stream.Body).ReadString('}')
	if err != nil || !strings.Contains(told, `"seq":`) {
		t.Errorf("the page is not told: %q %v", told, err)
	}
	for _, args := range [][]string{{"serve", "--json"}, {"serve", "--link", "--json"}} {
		fresh := linkIn(t, p.must(args...))
		if again, _ := enter(t, fresh); fresh == s.link || again != origin {
			t.Errorf("%v gave %s", args, fresh)
		}
	}
	if took := s.stop(); took > 5*time.Second {
		t.Errorf("it took %s to leave", took)
	}
	if _, err := io.ReadAll(stream.Body); err != nil {
		t.Errorf("the stream broke instead of ending: %v", err)
	}
	if !strings.Contains(s.stderr.String(), "recovery code") {
		t.Errorf("the recovery code of the home that it made was not told: %s", s.stderr)
	}
	p.must("mail", "search", "invoice") // the home is free again
}

func TestServeSaysWhyItCannot(t *testing.T) {
	p := newPlace(t)
	s := p.serve()
	port := s.link[len("http://127.0.0.1:"):strings.Index(s.link, "/#")]
	other := newPlace(t)
	for _, c := range []struct {
		args       []string
		code       string
		exit       int
		says, hint string
	}{
		{[]string{"serve", "--listen", "0.0.0.0:0"}, agents.CodeUnsupported, 1, "others could reach it", "second factor"},
		{[]string{"serve", "--listen", "nowhere"}, agents.CodeInvalid, 2, "no address", "--listen"},
		{[]string{"serve", "--listen", "127.0.0.1:" + port}, agents.CodeConflict, 1, "another program", "--listen"},
		{[]string{"serve", "--link"}, agents.CodeUnavailable, 1, "no Steward serves", "steward serve"},
	} {
		stdout, _, exit := other.steward(append(c.args, "--json")...)
		var result struct{ Error agents.Error }
		if err := json.Unmarshal([]byte(stdout), &result); err != nil {
			t.Fatalf("%v: %v\n%s", c.args, err, stdout)
		}
		e := result.Error
		if exit != c.exit || e.Code != c.code || !strings.Contains(e.Message, c.says) || !strings.Contains(e.Hint, c.hint) {
			t.Errorf("%v: exit %d, %+v", c.args, exit, e)
		}
	}
	s.stop()
}

func TestServeWaitsInThePageForAHomeThatNobodyOpened(t *testing.T) {
	p := newPlace(t)
	s := p.serve("STEWARD_KEYRING=", "STEWARD_PASSPHRASE_FILE=")
	origin, cookie := enter(t, s.link)
	response := ask(t, http.MethodPost, origin+"/rpc/Runs/List", cookie)
	body, err := io.ReadAll(response.Body)
	response.Body.Close()
	if err != nil || !strings.Contains(string(body), agents.CodeLocked) {
		t.Errorf("%s %v", body, err)
	}
	if stdout, stderr, exit := p.steward("runs", "list"); exit != 1 || !strings.Contains(stderr, "not open") {
		t.Errorf("exit %d\n%s%s", exit, stdout, stderr)
	}
	s.stop()
}
