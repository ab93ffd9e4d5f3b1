package server_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/api"
	"github.com/stewardhq/steward/app/engine"
	"github.com/stewardhq/steward/app/server"
)

// clock is a clock that stands until it is turned.
type clock struct {
	mu    sync.Mutex
	now   time.Time
	later []func()
}

func newClock() *clock { return &clock{now: time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) turn(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// Later keeps what is to be done, for ring.
func (c *clock) Later(_ time.Duration, f func()) func() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.later = append(c.later, f)
	return func() bool { return false }
}

// ring does what was to be done later, and reports whether there was anything.
func (c *clock) ring() bool {
	c.mu.Lock()
	due := c.later
	c.later = nil
	c.mu.Unlock()
	for _, f := range due {
		f()
	}
	return len(due) > 0
}

var page = fstest.MapFS{
	"index.html":               {Data: []byte(`<meta name="csp-nonce" content="__CSP_NONCE__"><div id="root"></div>`)},
	"icon.svg":                 {Data: []byte("<svg/>")},
	"assets/index-BqX3_9aZ.js": {Data: []byte("let a")},
	"assets/plain.js":          {Data: []byte("let b")},
	"notes.exe":                {Data: []byte("x")},
}

// house is a server over a new home that is open, and a browser without a session.
type house struct {
	t      *testing.T
	server *server.Server
	door   *api.Door
	clock  *clock
	host   string
	client *http.Client
}

type shelf map[string]string

func (s shelf) Get(_ context.Context, _, user string) (string, error) { return s[user], nil }
func (s shelf) Set(_ context.Context, _, user, secret string) error   { s[user] = secret; return nil }

func (s shelf) Delete(_ context.Context, _, user string) error { delete(s, user); return nil }

func newHouse(t *testing.T) *house {
	t.Helper()
	return newHouseWith(t, "127.0.0.1:0", server.Options{})
}

func newHouseWith(t *testing.T, at string, o server.Options) *house {
	t.Helper()
	l, err := server.Listen(t.Context(), at, server.Protection{TLS: o.TLS, SecondFactor: o.SecondFactor})
	if err != nil {
		t.Fatal(err)
	}
	h := &house{t: t, clock: newClock(), host: l.Addr().String(), client: &http.Client{}}
	h.door = api.NewDoor(api.DoorOptions{Home: t.TempDir(), Now: h.clock.Now, Keychain: shelf{}})
	if _, err := h.door.Surface().Call(t.Context(), "Setup/Open", []byte(`{"mode":"`+string(api.KeychainMode)+`"}`)); err != nil {
		t.Fatal(err)
	}
	o.Listener, o.Surface, o.Events, o.Files, o.Now, o.Later = l, h.door.Surface(), h.door.Events(), page, h.clock.Now, h.clock.Later
	h.server = server.New(o)
	served := make(chan error, 1)
	go func() { served <- h.server.Serve() }()
	t.Cleanup(func() {
		leave, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		h.client.CloseIdleConnections()
		if err := h.server.Close(leave); err != nil {
			t.Error(err)
		}
		if err := <-served; err != nil {
			t.Error(err)
		}
		if err := h.door.Close(leave); err != nil {
			t.Error(err)
		}
	})
	return h
}

// request is one that the page itself makes.
func (h *house) request(method, path, body string) *http.Request {
	h.t.Helper()
	r, err := http.NewRequestWithContext(h.t.Context(), method, "http://"+h.host+path, strings.NewReader(body))
	if err != nil {
		h.t.Fatal(err)
	}
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Origin", "http://"+h.host)
	}
	return r
}

// answer is what came back, read to its end.
type answer struct {
	*http.Response
	body string
}

func (h *house) do(r *http.Request) answer {
	h.t.Helper()
	response, err := h.client.Do(r)
	if err != nil {
		h.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		h.t.Fatal(err)
	}
	return answer{response, string(body)}
}

// failure is the error that an answer holds.
func (a answer) failure(t *testing.T) agents.Error {
	t.Helper()
	var f struct{ Error *agents.Error }
	if err := json.Unmarshal([]byte(a.body), &f); err != nil || f.Error == nil {
		t.Fatalf("%s is no error: %s", a.Status, a.body)
	}
	return *f.Error
}

func tokenOf(t *testing.T, link string) string {
	t.Helper()
	_, token, ok := strings.Cut(link, "/#token=")
	if !ok || len(token) < 43 {
		t.Fatalf("%s has no token of 256 bits", link)
	}
	return token
}

func (h *house) exchange(token string) answer {
	h.t.Helper()
	return h.do(h.request(http.MethodPost, "/session", fmt.Sprintf(`{"token":%q}`, token)))
}

// signIn begins a session and gives a request's maker that has its cookie.
func (h *house) signIn() func(method, path, body string) *http.Request {
	h.t.Helper()
	a := h.exchange(tokenOf(h.t, h.server.Link()))
	if a.StatusCode != http.StatusOK || len(a.Cookies()) != 1 {
		h.t.Fatal(a.Status, a.body)
	}
	cookie := a.Cookies()[0]
	return func(method, path, body string) *http.Request {
		r := h.request(method, path, body)
		r.AddCookie(cookie)
		return r
	}
}

func tell(e *engine.Events, n int) {
	for i := range n {
		e.Tell(engine.Event{Run: "r", Kind: "progress", Text: fmt.Sprint(i)})
	}
}
