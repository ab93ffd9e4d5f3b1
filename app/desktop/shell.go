package desktop

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/api"
)

// Caller is the surface that the page calls.
type Caller interface {
	Call(ctx context.Context, method string, request []byte) ([]byte, error)
}

// Dialogs are the questions that the system asks in the window's name.
type Dialogs interface {
	Pick() ([]string, error)          // files to read; none if the user thought better of it
	Save(name string) (string, error) // where to write; "" if the user thought better of it
	Tell(title, message string) error // and wait for OK
}

// Shell is the one object that is bound to the page.
type Shell struct {
	ctx     context.Context // the window's life
	surface Caller
	dialogs Dialogs
	opened  func()
}

// NewShell binds a surface. opened is called when the page has opened the home.
func NewShell(ctx context.Context, surface Caller, dialogs Dialogs, opened func()) *Shell {
	return &Shell{ctx: ctx, surface: surface, dialogs: dialogs, opened: opened}
}

// Call calls "Service/Method" with a JSON request and gives the JSON answer. elevation is what Lock/Elevate gave, or "".
func (s *Shell) Call(method, request, elevation string) (string, error) {
	ctx := api.WithCaller(s.ctx, api.Caller{Via: api.ViaWindow, Elevation: elevation})
	answer, err := s.surface.Call(ctx, method, []byte(request))
	if method == "Setup/Open" && err == nil {
		s.opened()
	}
	return string(answer), told(err)
}

// PickFiles lets the user choose files, and gives their paths.
func (s *Shell) PickFiles() ([]string, error) {
	paths, err := s.dialogs.Pick()
	if paths == nil {
		paths = []string{}
	}
	return paths, told(err)
}

// Save writes a text to where the user says. The name is a proposal. That the user thought better of it is no error.
func (s *Shell) Save(name, content string) error {
	path, err := s.dialogs.Save(proposal(name))
	if err != nil || path == "" {
		return told(err)
	}
	return told(write(path, content))
}

// proposal is a file's name as it may stand in a dialog: no folders, no control characters, not hidden.
func proposal(name string) string {
	name = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || strings.ContainsRune(`/\:*?"<>|`, r) {
			return '-'
		}
		return r
	}, strings.ToValidUTF8(name, "-"))
	name = strings.TrimLeft(strings.TrimSpace(name), ".")
	for len(name) > 200 {
		ext := filepath.Ext(name)
		if len(ext) > 20 {
			ext = ""
		}
		runes := []rune(strings.TrimSuffix(name, ext))
		name = string(runes[:len(runes)*3/4]) + ext
	}
	if name == "" {
		name = "steward"
	}
	return name
}

// write replaces a file as a whole or not at all.
func write(path, content string) error {
	fail := func(err error) error {
		return &agents.Error{Code: agents.CodeUnavailable, Message: "the file could not be written", Hint: "choose another folder, or make room there", Err: err}
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".steward-*")
	if err != nil {
		return fail(err)
	}
	_, err = f.WriteString(content)
	if err == nil {
		err = f.Sync()
	}
	if closing := f.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name()) // the first error says more
		return fail(err)
	}
	return nil
}

// failure is an error as the page understands it: a JSON object with a code, a message and a hint.
type failure struct{ text string }

func (f failure) Error() string { return f.text }

func told(err error) error {
	if err == nil {
		return nil
	}
	text, encoding := json.Marshal(agents.AsError(err))
	if encoding != nil {
		return encoding
	}
	return failure{string(text)}
}
