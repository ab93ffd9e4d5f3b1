package server

import (
	"context"
	"errors"
	"io"
	"net/http"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/api"
)

// MaxBody is how large a request or an answer on the socket may be, in bytes.
const MaxBody = 256 << 20

var errLeaving = errors.New("the owner is leaving")

// Socket serves the surface to the user's other commands: POST /rpc/{Service}/{Method}, JSON both ways.
//
// Whoever watches a run when the owner leaves is told so at once with status 503, and may take the home over.
func Socket(surface *api.Surface, leaving <-chan struct{}) *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /rpc/{service}/{method}", func(w http.ResponseWriter, r *http.Request) {
		method := methodOf(r)
		caller := api.WithCaller(r.Context(), api.Caller{Via: api.ViaTerminal, Elevation: r.Header.Get(ElevationHeader)})
		ctx, cancel := watchUntil(caller, method, leaving)
		defer cancel()
		in, err := io.ReadAll(http.MaxBytesReader(w, r.Body, MaxBody))
		var out []byte
		if err == nil {
			out, err = surface.Call(ctx, method, in)
		}
		respond(ctx, w, out, err)
	})
	return mux
}

// watchUntil is the context of a call; that of one that only waits for something to happen ends when the time to leave has
// come.
func watchUntil(ctx context.Context, method string, leaving <-chan struct{}) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	if method == "Runs/Watch" {
		go func() {
			select {
			case <-leaving:
				cancel(errLeaving)
			case <-ctx.Done():
			}
		}()
	}
	return ctx, func() { cancel(nil) }
}

func methodOf(r *http.Request) string { return r.PathValue("service") + "/" + r.PathValue("method") }

func respond(ctx context.Context, w http.ResponseWriter, out []byte, err error) {
	if err == nil {
		answering(w)
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(out) // whoever asked may have gone
		return
	}
	status := http.StatusUnprocessableEntity
	if errors.Is(context.Cause(ctx), errLeaving) {
		status, err = http.StatusServiceUnavailable, &agents.Error{Code: agents.CodeUnavailable, Message: "Steward is ending", Hint: "start it again", Err: err}
	}
	refuse(w, status, agents.AsError(err))
}

// rpc calls a method for the page.
func (s *Server) rpc(w http.ResponseWriter, r *http.Request) {
	in, err := body(w, r, maxRequest)
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		refuse(w, http.StatusRequestEntityTooLarge, &agents.Error{Code: agents.CodeLimit, Message: "the request is larger than 4 MB", Hint: "a file is brought in with POST /upload"})
		return
	}
	if err != nil {
		refuse(w, http.StatusBadRequest, &agents.Error{Code: agents.CodeUnavailable, Message: "the request did not come in whole", Hint: "try again"})
		return
	}
	ctx, cancel := watchUntil(r.Context(), methodOf(r), s.base.Done())
	defer cancel()
	out, err := s.options.Surface.Call(ctx, methodOf(r), in)
	respond(ctx, w, out, err)
}
