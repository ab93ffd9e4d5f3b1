//go:build !window

package desktop

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app"
	"github.com/stewardhq/steward/app/engine"
	"github.com/stewardhq/steward/app/owner"
	"github.com/stewardhq/steward/app/server"
)

// TestMain lets this program stand for the one beside the window.
func TestMain(m *testing.M) {
	if build := os.Getenv("STEWARD_TEST_BUILD"); build != "" && len(os.Args) > 1 && os.Args[1] == "version" {
		fmt.Printf(`{"type":"result","build":%q}`+"\n", build)
		os.Exit(0)
	}
	os.Exit(m.Run())
}

type caller func(ctx context.Context, method string, request []byte) ([]byte, error)

func (c caller) Call(ctx context.Context, method string, request []byte) ([]byte, error) {
	return c(ctx, method, request)
}

// answers is a person who answers dialogs.
type answers struct {
	paths    []string
	path     string
	err      error
	proposed string
}

func (a *answers) Pick() ([]string, error) { return a.paths, a.err }

func (a *answers) Save(name string) (string, error) {
	a.proposed = name
	return a.path, a.err
}
func (a *answers) Tell(string, string) error { return a.err }

func TestCallsFailAsJSON(t *testing.T) {
	opened := 0
	s := &Shell{ctx: t.Context(), opened: func() { opened++ }, surface: caller(func(_ context.Context, method string, request []byte) ([]byte, error) {
		switch method {
		case "Setup/Open":
			return request, nil
		case "Mail/Show":
			return nil, &agents.Error{Code: agents.CodeNotFound, Message: "there is no such mail", Hint: "search again", Err: errors.New("inside")}
		}
		return nil, errors.New("inside")
	})}
	if got, err := s.Call("Setup/Open", `{"mode":"os"}`, ""); got != `{"mode":"os"}` || err != nil || opened != 1 {
		t.Errorf("%s, %v, opened %d times", got, err, opened)
	}
	for method, code := range map[string]string{"Mail/Show": agents.CodeNotFound, "Other/Method": agents.CodeInternal} {
		_, err := s.Call(method, "{}", "")
		var e struct{ Code, Message, Hint string }
		if err == nil || json.Unmarshal([]byte(err.Error()), &e) != nil || e.Code != code || e.Message == "" {
			t.Errorf("%s: %v", method, err)
		}
	}
}

func TestFilesAreChosenByThePerson(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "briefing.html")
	if err := os.WriteFile(path, []byte("older and longer"), 0o600); err != nil {
		t.Fatal(err)
	}
	a := &answers{path: path}
	s := &Shell{ctx: t.Context(), dialogs: a}
	if err := s.Save("../../etc/brief\ning.html", "new"); err != nil || a.proposed != "-..-etc-brief-ing.html" {
		t.Errorf("proposed %q, %v", a.proposed, err)
	}
	if content, err := os.ReadFile(path); string(content) != "new" || err != nil {
		t.Errorf("the file holds %q, %v", content, err)
	}
	a.path = ""
	if err := s.Save("x", "y"); err != nil {
		t.Errorf("thought better of it: %v", err)
	}
	a.path = filepath.Join(dir, "nowhere", "x")
	if err := s.Save("x", "y"); err == nil || !strings.Contains(err.Error(), `"hint":`) {
		t.Errorf("a folder that is not there: %v", err)
	}
	if left, err := os.ReadDir(dir); len(left) != 1 || err != nil {
		t.Errorf("left in the folder: %v, %v", left, err)
	}
	if paths, err := s.PickFiles(); paths == nil || len(paths) != 0 || err != nil {
		t.Errorf("no files: %v, %v", paths, err)
	}
	for name, want := range map[string]string{"": "steward", "...": "steward", ".hidden": "hidden", "會議 11/24.md": "會議 11-24.md", `a\b:c?.html`: "a-b-c-.html", "\xff.md": "-.md"} {
		if got := proposal(name); got != want {
			t.Errorf("%q becomes %q", name, got)
		}
	}
	if got := proposal(strings.Repeat("長", 300) + ".html"); len(got) > 200 || !strings.HasSuffix(got, "長.html") {
		t.Errorf("a long name becomes %q", got)
	}
}

func TestThePageIsProtected(t *testing.T) {
	files := fstest.MapFS{"index.html": {Data: []byte(`<head><meta name="csp-nonce" content="__CSP_NONCE__">`)}}
	get := func(h http.Handler, path string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "wails://wails"+path, http.NoBody))
		return w
	}
	w := get(troubled(server.Page(files), nil), "/")
	csp := w.Header().Get("Content-Security-Policy")
	_, nonce, _ := strings.Cut(csp, "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-")
	nonce, _, _ = strings.Cut(nonce, "'")
	if nonce == "" || !strings.Contains(w.Body.String(), `content="`+nonce+`"`) {
		t.Errorf("the policy is %q, the page %s", csp, w.Body)
	}
	bad := troubled(server.Page(files), &agents.Error{Message: "a <b>", Hint: "c & d"})
	w = get(bad, "/")
	if !strings.Contains(w.Body.String(), "A &lt;b&gt;") || !strings.Contains(w.Body.String(), "C &amp; d") || !strings.Contains(w.Header().Get("Content-Security-Policy"), "default-src 'none'") {
		t.Errorf("trouble says %s, %v", w.Body, w.Header())
	}
	if w := get(bad, "/assets/a.js"); w.Code != http.StatusNotFound {
		t.Errorf("a script in trouble: %d", w.Code)
	}
}

func TestTheProgramBesideIsOfTheSameBuild(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("STEWARD_TEST_BUILD", "b1")
	if err := match(t.Context(), self, "b1"); err != nil {
		t.Error(err)
	}
	other := filepath.Join(t.TempDir(), "steward")
	if err := os.WriteFile(other, []byte("not a program"), 0o700); err != nil {
		t.Fatal(err)
	}
	for path, code := range map[string]string{self: agents.CodeConflict, other: agents.CodeUnavailable, other + "-missing": agents.CodeUnavailable} {
		if err := match(t.Context(), path, "b2"); agents.CodeOf(err) != code || agents.AsError(err).Hint == "" {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func TestPlacesThatAWindowCanHave(t *testing.T) {
	for _, row := range []struct{ in, want Place }{
		{Place{X: 10, Y: -20, Width: 900, Height: 700, Placed: true}, Place{X: 10, Y: -20, Width: 900, Height: 700, Placed: true}},
		{Place{Width: 10, Height: 700}, Place{Width: Width, Height: Height}},
		{Place{Width: 900, Height: 1 << 20, Maximised: true}, Place{Width: Width, Height: Height, Maximised: true}},
		{Place{X: 1 << 30, Width: 900, Height: 700, Placed: true}, Place{Width: 900, Height: 700}},
		{Place{Width: 900, Height: 700, At: "#/mail/a?q=b"}, Place{Width: 900, Height: 700, At: "#/mail/a?q=b"}},
		{Place{Width: 900, Height: 700, At: "https://example.com/#/mail"}, Place{Width: 900, Height: 700}},
		{Place{Width: 900, Height: 700, At: "#/" + strings.Repeat("a", 1<<12)}, Place{Width: 900, Height: 700}},
	} {
		if got := row.in.sane(); got != row.want {
			t.Errorf("%+v becomes %+v", row.in, got)
		}
	}
}

// fake is a window without a screen: open until quit is called.
type fake struct {
	shown  chan Content
	events chan engine.Event
	raised chan struct{}
	put    chan Place
	quit   chan struct{}
	place  Place
}

func newFake() *fake {
	return &fake{shown: make(chan Content, 1), events: make(chan engine.Event, 1000), raised: make(chan struct{}, 1), put: make(chan Place, 1), quit: make(chan struct{})}
}

func (f *fake) Run(c Content) error {
	f.shown <- c
	<-f.quit
	c.Closed(f.place)
	return nil
}
func (f *fake) Emit(e engine.Event) { f.events <- e }
func (f *fake) Raise()              { f.raised <- struct{}{} }
func (f *fake) Quit()               { close(f.quit) }
func (f *fake) Put(p Place)         { f.put <- p }

// begin starts Steward over a home and gives its window, with what the start came to.
func begin(t *testing.T, home string, environment map[string]string) (*fake, Content, chan error) {
	t.Helper()
	f := newFake()
	d := &Desktop{Window: f, Dialogs: &answers{}, Err: t.Output(), Version: "v0", Getenv: func(name string) string { return environment[name] }}
	own, err := d.enter(home)
	if err != nil || own == nil {
		t.Fatal(own, err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("STEWARD_TEST_BUILD", app.Build)
	ended := make(chan error, 1)
	go func() { ended <- (&running{Desktop: d, owner: own, child: self}).run(home) }()
	select {
	case c := <-f.shown:
		return f, c, ended
	case err := <-ended:
		t.Fatal(err)
	case <-time.After(30 * time.Second):
		t.Fatal("no window")
	}
	return nil, Content{}, nil
}

func newHome(t *testing.T) string {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("the socket is a unix socket")
	}
	return filepath.Join(t.TempDir(), "home")
}

func TestASecondStartOnlyRaises(t *testing.T) {
	home := newHome(t)
	f, _, ended := begin(t, home, nil)
	second := &Desktop{Window: newFake(), Err: t.Output(), Getenv: func(name string) string { return map[string]string{"DISPLAY": ":0"}[name] }}
	if code := second.Main([]string{"--home", home}); code != exitDone {
		t.Errorf("the second start ends with %d", code)
	}
	select {
	case <-f.raised:
	default:
		t.Error("the first window was not raised")
	}
	f.Quit()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	own, err := owner.Acquire(home)
	if err != nil {
		t.Fatalf("the home is not free again: %v", err)
	}
	if err := own.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestEventsAndThePlaceOfTheWindow(t *testing.T) {
	home := newHome(t)
	secret := filepath.Join(t.TempDir(), "passphrase")
	if err := os.WriteFile(secret, []byte("a passphrase for tests\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	file := map[string]string{"STEWARD_KEYRING": "file", "STEWARD_PASSPHRASE_FILE": secret}
	f, c, ended := begin(t, home, file)
	if c.Place != nil {
		t.Errorf("a new home remembers %+v", c.Place)
	}
	run, err := c.Shell.Call("Mail/Import", `{"sample":true}`, "")
	if err != nil || !strings.Contains(run, `"id"`) {
		t.Fatal(run, err)
	}
	for want := 1; ; want++ {
		e := <-f.events
		if e.Seq != want {
			t.Fatalf("event %d came as %d", e.Seq, want)
		}
		if e.Kind == "state" && e.State.Over() {
			break
		}
	}
	f.place = Place{X: 30, Y: 40, Width: 1000, Height: 700, Placed: true}
	f.Quit()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}

	// Without the passphrase the window opens in its first size, and goes to its place when the page has opened the home.
	f, c, ended = begin(t, home, nil)
	if c.Place != nil {
		t.Errorf("a closed home tells %+v", c.Place)
	}
	if _, err := c.Shell.Call("Setup/Open", `{"mode":"file","passphrase":"a passphrase for tests"}`, ""); err != nil {
		t.Fatal(err)
	}
	want := Place{X: 30, Y: 40, Width: 1000, Height: 700, Placed: true}
	if got := <-f.put; got != want {
		t.Errorf("put to %+v", got)
	}
	f.place = want
	f.Quit()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	if files, err := fs.Glob(os.DirFS(home), "socket*"); len(files) > 0 || err != nil {
		t.Errorf("left: %v, %v", files, err)
	}
}

func TestArguments(t *testing.T) {
	var said strings.Builder
	d := &Desktop{Window: newFake(), Err: &said, Version: "v7", Getenv: func(string) string { return "" }}
	for _, row := range []struct {
		args []string
		code int
		want string
	}{{[]string{"--version"}, exitDone, "v7 ("}, {[]string{"ask"}, exitUsage, "commands are given to steward"}, {[]string{"--nothing"}, exitUsage, "nothing"}, {[]string{"--help"}, exitDone, "-home"}} {
		said.Reset()
		if code := d.Main(row.args); code != row.code || !strings.Contains(said.String(), row.want) {
			t.Errorf("%v: %d, %q", row.args, code, said.String())
		}
	}
}
