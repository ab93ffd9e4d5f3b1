package headless

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
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
func rpcHandler(surface *api.Surface) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /rpc/{service}/{method}", func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
		var answer []byte
		if err == nil {
			answer, err = surface.Call(r.Context(), r.PathValue("service")+"/"+r.PathValue("method"), body)
		}
		w.Header().Set("Content-Type", "application/json")
		if err != nil {
			w.WriteHeader(http.StatusUnprocessableEntity)
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

// rpcCall calls a method of the process that owns the home.
func rpcCall(ctx context.Context, client *http.Client, method string, in []byte) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://steward/rpc/"+method, bytes.NewReader(in))
	if err != nil {
		return nil, fmt.Errorf("make the request: %w", err)
	}
	response, err := client.Do(request)
	if err != nil {
		return nil, &agents.Error{
			Code: agents.CodeUnavailable, Message: "the running Steward does not answer",
			Hint: "it may just have ended; try again", Err: err,
		}
	}
	defer response.Body.Close()
	out, err := io.ReadAll(io.LimitReader(response.Body, maxBody))
	if err != nil {
		return nil, fmt.Errorf("read the answer of the running Steward: %w", err)
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
