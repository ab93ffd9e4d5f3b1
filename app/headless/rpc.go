package headless

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/api"
)

// maxBody is how large a request or an answer on the socket may be, in bytes.
const maxBody = 256 << 20

type rpcFailure struct {
	Error *agents.Error `json:"error"`
}

// rpcHandler serves the surface: POST /rpc/{Service}/{Method}, JSON both ways.
//
// Whoever watches a run when the owner leaves is told so at once with status 503, and may take the home over.
func rpcHandler(surface *api.Surface, leaving <-chan struct{}) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /rpc/{service}/{method}", func(w http.ResponseWriter, r *http.Request) {
		method := r.PathValue("service") + "/" + r.PathValue("method")
		ctx, cancel := context.WithCancelCause(r.Context())
		defer cancel(nil)
		if method == "Runs/Watch" {
			go func() {
				select {
				case <-leaving:
					cancel(errLeaving)
				case <-ctx.Done():
				}
			}()
		}
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
		var answer []byte
		if err == nil {
			answer, err = surface.Call(ctx, method, body)
		}
		w.Header().Set("Content-Type", "application/json")
		if err != nil {
			status := http.StatusUnprocessableEntity
			if errors.Is(context.Cause(ctx), errLeaving) {
				status = http.StatusServiceUnavailable
			}
			w.WriteHeader(status)
			answer, err = json.Marshal(rpcFailure{agents.AsError(err)})
			if err != nil {
				return
			}
		}
		if _, err := w.Write(answer); err != nil {
			return // whoever asked has gone
		}
	})
	return mux
}

var errLeaving = errors.New("the owner is leaving")

// ownerGone is the error where the owner ended before it answered.
type ownerGone struct {
	sent bool // the request may have been carried out
	err  error
}

func (e *ownerGone) Error() string { return "the running Steward does not answer" }

func (e *ownerGone) Unwrap() error {
	hint := "it may just have ended; try again"
	if e.sent {
		hint = "it just ended, and may have taken the request first: look at `steward runs list` before you ask again"
	}
	return &agents.Error{Code: agents.CodeUnavailable, Message: e.Error(), Hint: hint, Err: e.err}
}

// rpcCall calls a method of the process that owns the home. Where that has ended the error is an *ownerGone.
func rpcCall(ctx context.Context, client *http.Client, method string, in []byte) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://steward/rpc/"+method, bytes.NewReader(in))
	if err != nil {
		return nil, fmt.Errorf("make the request: %w", err)
	}
	response, err := client.Do(request)
	if err != nil {
		var op *net.OpError
		return nil, &ownerGone{sent: !errors.As(err, &op) || op.Op != "dial", err: err}
	}
	defer response.Body.Close()
	out, err := io.ReadAll(io.LimitReader(response.Body, maxBody))
	if err != nil {
		return nil, &ownerGone{sent: true, err: err}
	}
	if response.StatusCode == http.StatusServiceUnavailable {
		return nil, &ownerGone{err: errLeaving}
	}
	if response.StatusCode == http.StatusOK {
		return out, nil
	}
	var failure rpcFailure
	if err := json.Unmarshal(out, &failure); err != nil || failure.Error == nil {
		return nil, fmt.Errorf("the running Steward answered %s", response.Status)
	}
	return nil, failure.Error
}
