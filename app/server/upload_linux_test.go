package server_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/api"
	"github.com/stewardhq/steward/app/sandbox"
)

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == sandbox.ChildArg {
		os.Exit(sandbox.RunChild())
	}
	os.Exit(m.Run())
}

const mail = "From anna@mail.example Mon Nov 23 09:00:00 2026\nFrom: Anna <anna@mail.example>\nTo: sam@lin.example\nSubject: The plan\n" +
	"Date: Mon, 23 Nov 2026 09:00:00 +0000\nMessage-ID: <1@mail.example>\n\nSee you at nine.\n\n"

func TestAnUploadIsImportedAndGoes(t *testing.T) {
	h := newHouse(t)
	as := h.signIn()
	path := uploaded(t, h, as, "..%2F..%2FMy+Mail.mbox", mail)
	content, err := os.ReadFile(path)
	info, statErr := os.Stat(path)
	if err != nil || statErr != nil || string(content) != mail || info.Mode().Perm() != 0o600 || !strings.HasPrefix(path, "/dev/shm/steward-") ||
		!strings.Contains(path, "/MyMail-") || !strings.HasSuffix(path, ".mbox") {
		t.Fatal(path, info, err)
	}
	if o := imported(t, h, as, path); o.Error != nil {
		t.Fatal(o.Error)
	}
	if a := h.do(as(http.MethodPost, "/rpc/Mail/Search", `{"query":"plan"}`)); !strings.Contains(a.body, "The plan") {
		t.Error(a.body)
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the file is still there: %v", err)
	}
}

// The path in memory means nothing to whoever handed the file over.
func TestWhatIsSaidOfAnUploadNamesItAsItWasNamed(t *testing.T) {
	h := newHouse(t)
	as := h.signIn()
	zeros := imported(t, h, as, uploaded(t, h, as, "photo.jpg", strings.Repeat("\x00", 100)))
	if zeros.Error == nil || zeros.Error.Message != `"photo.jpg" is not a mail file` {
		t.Errorf("%+v", zeros.Error)
	}
	odd := imported(t, h, as, uploaded(t, h, as, "odd.eml", strings.Repeat("\x80\xfe\x1b", 100)))
	if raw, err := json.Marshal(odd); err != nil || !strings.Contains(string(raw), `"source":"odd.eml"`) || strings.Contains(string(raw), "/dev/shm") {
		t.Errorf("%s %v", raw, err)
	}
}

// uploaded hands a file over and gives its path.
func uploaded(t *testing.T, h *house, as func(method, path, body string) *http.Request, name, content string) string {
	t.Helper()
	r := as(http.MethodPost, "/upload?name="+name, content)
	r.Header.Set("Content-Type", "application/octet-stream")
	a := h.do(r)
	var at struct{ Path string }
	if err := json.Unmarshal([]byte(a.body), &at); err != nil || a.StatusCode != http.StatusOK {
		t.Fatal(a.Status, a.body)
	}
	t.Cleanup(func() { os.Remove(at.Path) })
	return at.Path
}

// imported imports a file and gives the outcome.
func imported(t *testing.T, h *house, as func(method, path, body string) *http.Request, path string) api.Outcome {
	t.Helper()
	request, err := json.Marshal(api.Import{Paths: []string{path}, Me: []string{"sam@lin.example"}})
	if err != nil {
		t.Fatal(err)
	}
	a := h.do(as(http.MethodPost, "/rpc/Mail/Import", string(request)))
	var run api.RunID
	if err := json.Unmarshal([]byte(a.body), &run); err != nil || a.StatusCode != http.StatusOK {
		t.Fatal(a.Status, a.body)
	}
	for state, after := agents.Queued, 0; !state.Over(); {
		raw, err := h.door.Surface().Call(t.Context(), "Runs/Watch", fmt.Appendf(nil, `{"id":%q,"after":%d}`, run.ID, after))
		var watched api.Watched
		if err != nil || json.Unmarshal(raw, &watched) != nil {
			t.Fatal(string(raw), err)
		}
		for _, e := range watched.Events {
			after = e.No
		}
		state = watched.State
	}
	a = h.do(as(http.MethodPost, "/rpc/Runs/Outcome", fmt.Sprintf(`{"id":%q}`, run.ID)))
	var o api.Outcome
	if err := json.Unmarshal([]byte(a.body), &o); err != nil || a.StatusCode != http.StatusOK {
		t.Fatal(a.Status, a.body)
	}
	return o
}

func TestUploadsThatCannotBeTakenAreRefused(t *testing.T) {
	h := newHouse(t)
	as := h.signIn()
	unsaid := as(http.MethodPost, "/upload?name=a.mbox", mail)
	unsaid.ContentLength = -1
	if a := h.do(unsaid); a.StatusCode != http.StatusLengthRequired || a.failure(t).Hint == "" {
		t.Error(a.Status, a.body)
	}
	before := shownFiles(t)
	for _, size := range []int64{2<<30 + 1, 100} {
		r := as(http.MethodPost, "/upload?name=a.mbox", "")
		r.ContentLength, r.Body = size, struct {
			*strings.Reader
			nothing
		}{strings.NewReader(strings.Repeat("m", 50)), nothing{}}
		response, err := h.client.Do(r)
		if err == nil {
			response.Body.Close()
			if response.StatusCode == http.StatusOK {
				t.Errorf("%d bytes: taken", size)
			}
		}
	}
	if err := h.server.Close(t.Context()); err != nil { // what was begun has ended then
		t.Fatal(err)
	}
	if after := shownFiles(t); after > before {
		t.Errorf("%d half files are left", after-before)
	}
}

type nothing struct{}

func (nothing) Close() error { return nil }

func shownFiles(t *testing.T) int {
	t.Helper()
	names, err := fs.Glob(os.DirFS("/dev/shm"), "steward-*/a-*.mbox")
	if err != nil {
		t.Fatal(err)
	}
	return len(names)
}
