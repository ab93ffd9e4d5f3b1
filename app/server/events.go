package server

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/engine"
)

// events is the stream of what happens. Each event's id is the boot and its number; a browser that was away names the
// last one that it saw, and gets what it missed, or a gap.
func (s *Server) events(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet { // HEAD
		refuse(w, http.StatusMethodNotAllowed, invalid("a stream has no head alone", "GET it"))
		return
	}
	select {
	case s.streams <- struct{}{}:
		defer func() { <-s.streams }()
	default:
		w.Header().Set("Retry-After", "5")
		refuse(w, http.StatusServiceUnavailable, &agents.Error{Code: agents.CodeLimit, Message: "too many pages of Steward are open", Hint: "close some of them"})
		return
	}
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	defer context.AfterFunc(s.base, cancel)()
	h := w.Header()
	h.Set("Content-Type", "text/event-stream; charset=utf-8")
	h.Set("X-Accel-Buffering", "no")
	out := stream{w: w, control: http.NewResponseController(w), boot: s.options.Events.Boot()}
	after, known := s.resumed(r.Header.Get("Last-Event-ID"))
	if !known {
		after = -1 // was never given: the stream says that something is missing
	}
	// A number before anything happened, so that a page which loses its connection then can say where it was.
	err := out.send(fmt.Sprintf("retry: 1000\nid: %s-%d\n\n", out.boot, max(0, after)))
	for err == nil {
		var happened []engine.Event
		if happened, err = s.waitFor(ctx, after); err != nil {
			return // the page or the server has gone
		}
		if len(happened) == 0 {
			err = out.send(": still here\n\n")
			continue
		}
		after = happened[len(happened)-1].Seq
		err = out.events(s.options.Surface.Shown(happened)) // looked at at the last moment: the lock may have closed meanwhile
	}
}

// resumed reads the id of the last event that a page saw. A page that saw none begins now; known is false for the id of
// another boot, or one that is none.
func (s *Server) resumed(id string) (after int, known bool) {
	if id == "" {
		return s.options.Events.Last(), true
	}
	boot, number, _ := strings.Cut(id, "-")
	after, err := strconv.Atoi(number)
	return after, err == nil && after >= 0 && boot == s.options.Events.Boot()
}

// waitFor gives the next events, or none when it is time for a sign of life.
func (s *Server) waitFor(ctx context.Context, after int) ([]engine.Event, error) {
	waiting, cancel := context.WithCancel(ctx)
	defer cancel()
	stop := s.options.Later(beat, cancel)
	defer stop()
	happened, err := s.options.Events.Stream(waiting, after)
	if err != nil && ctx.Err() == nil {
		return nil, nil
	}
	return happened, err
}

type stream struct {
	w       http.ResponseWriter
	control *http.ResponseController
	boot    string
}

func (s stream) events(all []engine.Event) error {
	if len(all) == 0 {
		return nil
	}
	var b strings.Builder
	for _, event := range all {
		raw, err := json.Marshal(event)
		if err != nil {
			return fmt.Errorf("write an event: %w", err)
		}
		fmt.Fprintf(&b, "id: %s-%d\ndata: %s\n\n", s.boot, event.Seq, raw)
	}
	return s.send(b.String())
}

func (s stream) send(text string) error {
	if err := s.control.SetWriteDeadline(time.Now().Add(writeWithin)); err != nil {
		return fmt.Errorf("bound a write: %w", err)
	}
	if _, err := s.w.Write([]byte(text)); err != nil {
		return err
	}
	return s.control.Flush()
}
