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
	"github.com/stewardhq/steward/app/owner"
	"github.com/stewardhq/steward/app/server"
)

type rpcFailure struct {
	Error *agents.Error `json:"error"`
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
	return post(ctx, client, "/rpc/"+method, in, "")
}

// post asks the process that owns the home.
func post(ctx context.Context, client *http.Client, path string, in []byte, elevation string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, owner.URL+path, bytes.NewReader(in))
	if err != nil {
		return nil, fmt.Errorf("make the request: %w", err)
	}
	if elevation != "" {
		request.Header.Set(server.ElevationHeader, elevation)
	}
	response, err := client.Do(request)
	if err != nil {
		var op *net.OpError
		return nil, &ownerGone{sent: !errors.As(err, &op) || op.Op != "dial", err: err}
	}
	defer response.Body.Close()
	out, err := io.ReadAll(io.LimitReader(response.Body, server.MaxBody))
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
