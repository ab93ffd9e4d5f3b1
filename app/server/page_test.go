package server_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/api"
	"github.com/stewardhq/steward/app/server"
)

var policy = regexp.MustCompile(`^default-src 'none'; script-src 'self'; style-src 'self' 'nonce-([\w-]{22,})'; img-src 'self' data:; font-src 'self'; ` +
	`connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'$`)

func TestEveryAnswerHasTheHeadersThatProtectIt(t *testing.T) {
	h := newHouse(t)
	as := h.signIn()
	foreign := as(http.MethodPost, "/rpc/Runs/List", "{}")
	foreign.Host = "evil.example"
	nonces := map[string]bool{}
	for _, r := range []*http.Request{
		as(http.MethodGet, "/", ""), as(http.MethodGet, "/runs/1", ""), as(http.MethodGet, "/assets/index-BqX3_9aZ.js", ""), as(http.MethodGet, "/none.js", ""),
		as(http.MethodPost, "/rpc/Runs/List", "{}"), as(http.MethodPost, "/rpc/Runs/Nothing", "{}"), h.request(http.MethodPost, "/rpc/Runs/List", "{}"),
		h.request(http.MethodPost, "/session", "{}"), as(http.MethodDelete, "/", ""), as(http.MethodPost, "/", "{}"), foreign,
	} {
		a := h.do(r)
		found := policy.FindStringSubmatch(a.Header.Get("Content-Security-Policy"))
		if found == nil || nonces[found[1]] {
			t.Fatalf("%s %s: %s", r.Method, r.URL.Path, a.Header.Get("Content-Security-Policy"))
		}
		nonces[found[1]] = true
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "X-Frame-Options": "DENY", "Cross-Origin-Opener-Policy": "same-origin",
			"Cross-Origin-Resource-Policy": "same-origin",
		} {
			if got := a.Header.Get(name); got != want {
				t.Errorf("%s %s: %s is %q", r.Method, r.URL.Path, name, got)
			}
		}
		if cached := a.Header.Get("Cache-Control"); cached != "no-store" && r.URL.Path != "/assets/index-BqX3_9aZ.js" {
			t.Errorf("%s is cached: %s", r.URL.Path, cached)
		}
	}
}

func TestThePageAndItsFiles(t *testing.T) {
	h := newHouse(t)
	for path, want := range map[string]struct {
		status       int
		kind, holds  string
		foreverCache bool
	}{
		"/":                         {200, "text/html; charset=utf-8", `id="root"`, false},
		"/runs/01ABC":               {200, "text/html; charset=utf-8", `id="root"`, false},
		"/icon.svg":                 {200, "image/svg+xml", "<svg/>", false},
		"/assets/index-BqX3_9aZ.js": {200, "text/javascript; charset=utf-8", "let a", true},
		"/assets/plain.js":          {200, "text/javascript; charset=utf-8", "let b", false},
		"/assets/none-12345678.js":  {404, "application/json", agents.CodeNotFound, false},
		"/notes.exe":                {404, "application/json", agents.CodeNotFound, false},
		"/%2e%2e/secret.txt":        {404, "application/json", agents.CodeNotFound, false},
		"/..%2f..%2fetc/passwd.txt": {404, "application/json", agents.CodeNotFound, false},
	} {
		a := h.do(h.request(http.MethodGet, path, ""))
		if a.StatusCode != want.status || a.Header.Get("Content-Type") != want.kind || !strings.Contains(a.body, want.holds) {
			t.Errorf("%s: %s %s %s", path, a.Status, a.Header.Get("Content-Type"), a.body)
		}
		if forever := strings.Contains(a.Header.Get("Cache-Control"), "immutable"); forever != want.foreverCache {
			t.Errorf("%s: %s", path, a.Header.Get("Cache-Control"))
		}
	}
	a := h.do(h.request(http.MethodGet, "/", ""))
	nonce := policy.FindStringSubmatch(a.Header.Get("Content-Security-Policy"))[1]
	if !strings.Contains(a.body, `content="`+nonce+`"`) || strings.Contains(a.body, "__CSP") {
		t.Error(a.body)
	}
	head := h.do(h.request(http.MethodHead, "/", ""))
	if head.StatusCode != http.StatusOK || head.body != "" {
		t.Error(head.Status, head.body)
	}
}

func TestAProgramBuiltWithoutItsPageSaysHowToBuildIt(t *testing.T) {
	l, err := server.Listen(t.Context(), "127.0.0.1:0", server.Protection{})
	if err != nil {
		t.Fatal(err)
	}
	door := api.NewDoor(api.DoorOptions{Home: t.TempDir()})
	s := server.New(server.Options{Listener: l, Surface: door.Surface(), Events: door.Events(), Files: fstest.MapFS{".keep": {}}})
	done := make(chan error, 1)
	go func() { done <- s.Serve() }()
	response, err := http.Get("http://" + l.Addr().String() + "/")
	if err != nil {
		t.Fatal(err)
	}
	said, err := io.ReadAll(response.Body)
	response.Body.Close()
	if err != nil || response.StatusCode != http.StatusServiceUnavailable || !strings.Contains(string(said), "make build") {
		t.Error(response.Status, string(said), err)
	}
	if err := s.Close(t.Context()); err != nil {
		t.Error(err)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestCallsAreBoundedAndFailInOneForm(t *testing.T) {
	h := newHouse(t)
	as := h.signIn()
	for _, c := range []struct {
		method, path, body string
		status             int
		code               string
	}{
		{"POST", "/rpc/Runs/Show", `{"id":"none"}`, 422, agents.CodeNotFound},
		{"POST", "/rpc/Runs/Nothing", `{}`, 422, agents.CodeNotFound},
		{"POST", "/rpc/Runs/List", `{"no_such":1}`, 422, agents.CodeInvalid},
		{"POST", "/rpc/Runs/List", `{"limit":` + strings.Repeat(" ", 4<<20) + `1}`, 413, agents.CodeLimit},
		{"POST", "/session", `{"token":"` + strings.Repeat("a", 5<<10) + `"}`, 400, agents.CodeInvalid},
		{"POST", "/session", `no`, 400, agents.CodeInvalid},
		{"PUT", "/rpc/Runs/List", `{}`, 405, agents.CodeInvalid},
	} {
		a := h.do(as(c.method, c.path, c.body))
		if a.StatusCode != c.status || a.failure(t).Code != c.code {
			t.Errorf("%s %s %.40s: %s %s", c.method, c.path, c.body, a.Status, a.body)
		}
	}
}

// watched is a listener that keeps the deadlines for reading of all its connections.
type watched struct {
	net.Listener
	mu  sync.Mutex
	set []time.Time
}

func (l *watched) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	return &watchedConn{conn, l}, err
}

type watchedConn struct {
	net.Conn
	of *watched
}

func (c *watchedConn) SetReadDeadline(at time.Time) error {
	c.of.mu.Lock()
	defer c.of.mu.Unlock()
	c.of.set = append(c.of.set, at)
	return c.Conn.SetReadDeadline(at)
}

// A request must come in soon, and may then take as long as it takes: a keychain waits for a person.
func TestACallMayTakeLongerThanItsRequest(t *testing.T) {
	l, err := server.Listen(t.Context(), "127.0.0.1:0", server.Protection{})
	if err != nil {
		t.Fatal(err)
	}
	w := &watched{Listener: l}
	var during []time.Time // the deadlines that were set until the call was under way
	door := api.NewDoor(api.DoorOptions{Home: t.TempDir(), Getenv: func(string) string {
		w.mu.Lock()
		defer w.mu.Unlock()
		during = slices.Clone(w.set)
		return ""
	}})
	h := &house{t: t, clock: newClock(), host: l.Addr().String(), client: &http.Client{}}
	h.server = server.New(server.Options{Listener: w, Surface: door.Surface(), Events: door.Events(), Files: page, Now: h.clock.Now})
	done := make(chan error, 1)
	go func() { done <- h.server.Serve() }()
	if a := h.do(h.signIn()(http.MethodPost, "/rpc/Setup/State", "{}")); a.StatusCode != http.StatusOK {
		t.Error(a.Status, a.body)
	}
	if err := errors.Join(h.server.Close(t.Context()), <-done); err != nil {
		t.Fatal(err)
	}
	bounded := slices.ContainsFunc(during, func(at time.Time) bool {
		left := time.Until(at)
		return left > 20*time.Second && left <= 30*time.Second
	})
	if !bounded || !during[len(during)-1].IsZero() {
		t.Errorf("the deadlines were %v", during)
	}
}

func TestACommandThatWatchesIsToldThatTheOwnerLeaves(t *testing.T) {
	h := newHouse(t)
	leaving := make(chan struct{})
	mux := server.Socket(h.door.Surface(), leaving)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	run, err := h.door.Surface().Call(ctx, "Scripts/Run", []byte(`{"name":"a.ts","source":"while (true) {}"}`))
	if err != nil {
		t.Fatal(err)
	}
	id := strings.TrimSuffix(strings.TrimPrefix(string(run), `{"id":"`), `"}`)
	close(leaving)
	for { // what happened already is told first
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, httptest.NewRequestWithContext(ctx, http.MethodPost, "/rpc/Runs/Watch", strings.NewReader(`{"id":"`+id+`","after":1000000}`)))
		if w.Code == http.StatusServiceUnavailable {
			break
		}
		if w.Code != http.StatusOK {
			t.Fatal(w.Code, w.Body)
		}
	}
	if _, err := h.door.Surface().Call(ctx, "Runs/Cancel", []byte(`{"id":"`+id+`"}`)); err != nil {
		t.Log(err) // it may have ended already
	}
}
