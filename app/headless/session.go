package headless

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app"
	"github.com/stewardhq/steward/app/api"
	"github.com/stewardhq/steward/app/owner"
	"github.com/stewardhq/steward/app/server"
	"github.com/stewardhq/steward/store"
)

// session is one command's way to the home: through its own process if that owns it, else attached to the one that does.
type session struct {
	home    string
	streams Streams
	print   *printer

	owner    *owner.Owner
	app      *app.App
	surface  *api.Surface
	attached *http.Client
	resumed  int

	// ask asks a person; nil means at the terminal, if there is one.
	ask func(question string) (string, error)
}

// enter finds the home, and owns it or attaches to who does.
func (s *session) enter(ctx context.Context) (err error) {
	if s.home == "" {
		if s.home, err = owner.DefaultHome(); err != nil {
			return err
		}
	}
	if s.home, err = filepath.Abs(s.home); err != nil {
		return fmt.Errorf("find the home: %w", err)
	}
	s.owner, s.attached, err = owner.Enter(ctx, s.home)
	return err
}

func (s *session) open(ctx context.Context) error {
	if err := s.enter(ctx); err != nil || s.attached != nil {
		return err
	}
	err := s.own(ctx)
	if err != nil {
		err = errors.Join(err, s.close(ctx))
	}
	return err
}

// own opens the home in this process, serves it to others, and takes up what was interrupted.
func (s *session) own(ctx context.Context) (err error) {
	unlocking, err := s.unlocking()
	if err != nil {
		return err
	}
	s.app, err = app.Open(ctx, app.Options{Home: s.home, Vault: unlocking, Notices: s.print.err, Now: time.Now, Zone: app.LocalZone()})
	if err != nil {
		return err
	}
	if code := s.app.Vault.RecoveryCode(); code != "" {
		s.tellRecovery(code)
	}
	s.surface = api.New(s.app)
	if err = s.owner.Serve(server.Socket(s.surface, s.owner.Leaving())); err != nil {
		return err
	}
	if s.resumed, err = s.app.Orchestrator.Resume(ctx); err == nil && s.resumed > 0 {
		s.print.note("Taking up what was interrupted: %d %s.", s.resumed, plural(s.resumed, "run"))
	}
	return err
}

func (s *session) tellRecovery(code string) {
	s.print.note("This is your recovery code. It is shown once; keep it somewhere safe, away from this machine:\n\n    %s\n", code)
}

func (s *session) close(ctx context.Context) error {
	if s.owner == nil {
		return nil
	}
	if s.resumed > 0 && ctx.Err() == nil {
		s.waitForResumed(ctx)
	}
	// Others who are attached get their answers before the home closes, and the lock goes last.
	leaving, cancel := context.WithTimeout(context.WithoutCancel(ctx), leaveWithin)
	defer cancel()
	err := s.owner.Drain(leaving)
	if s.app != nil {
		err = errors.Join(err, s.app.Close())
	}
	err = errors.Join(err, s.owner.Close(leaving))
	s.owner = nil
	return err
}

// leaveWithin is how long others who are attached may take to get their last answers.
const leaveWithin = 30 * time.Second

// waitForResumed lets interrupted runs end before a short command leaves.
func (s *session) waitForResumed(ctx context.Context) {
	done := make(chan struct{})
	go func() {
		s.app.Orchestrator.Wait()
		close(done)
	}()
	open, err := s.app.Store.Runs(ctx, store.RunFilter{States: []agents.RunState{agents.Queued, agents.Running}, Limit: 1})
	if err == nil && len(open) > 0 {
		s.print.note("What was interrupted is still going on. Ctrl-C leaves it for the next start; steward runs cancel %s stops it.", open[0].ID)
	}
	select {
	case <-done:
	case <-ctx.Done():
	}
}

// repeatable are the methods that may be called again when the owner ended before it answered: they change nothing.
var repeatable = map[string]bool{"Watch": true, "Outcome": true, "Show": true, "List": true, "Search": true, "Raw": true, "Verify": true, "Report": true, "Check": true, "API": true, "Doctor": true, "Replay": true, "Propose": true, "Explain": true, "Get": true, "Left": true}

// mostOwners is how many owners a command outlives.
const mostOwners = 8

// reach calls a method of the surface, here or in the owner's process. Where the owner has left or was killed, this
// command owns the home in its place, or attaches to who does by then, and what the other had begun goes on.
func (s *session) reach(ctx context.Context, method string, in []byte) (out []byte, err error) {
	for range mostOwners {
		if s.attached == nil {
			return s.surface.Call(ctx, method, in)
		}
		out, err = rpcCall(ctx, s.attached, method, in)
		var gone *ownerGone
		_, verb, _ := strings.Cut(method, "/")
		if !errors.As(err, &gone) || ctx.Err() != nil || gone.sent && !repeatable[verb] {
			return out, err
		}
		s.attached = nil
		if err := s.open(ctx); err != nil {
			return nil, err
		}
	}
	return out, err
}

// call calls a method of the surface, wherever it is.
func call[Answer any](ctx context.Context, s *session, method string, request any) (answer Answer, err error) {
	in, err := json.Marshal(request)
	if err != nil {
		return answer, fmt.Errorf("write the request: %w", err)
	}
	var out []byte
	if out, err = s.reach(ctx, method, in); err != nil {
		return answer, err
	}
	if err := json.Unmarshal(out, &answer); err != nil {
		return answer, fmt.Errorf("read the answer of %s: %w", method, err)
	}
	return answer, nil
}
