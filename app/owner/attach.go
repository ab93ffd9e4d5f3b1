package owner

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/stewardhq/steward/agents"
)

var errStranger = errors.New("the process at the socket is another user's")

// URL is where the client of [Attach] finds the owner; paths are appended to it.
const URL = "http://steward"

// Attach gives a client that speaks to the owner of a home, whatever host a request names. Where nobody answers the
// error is CodeUnavailable. The client opens a connection for each request, so that none breaks on an owner's leaving
// that it did not notice, and follows no redirects.
func Attach(dir string) (*http.Client, error) {
	return attach(context.Background(), dir)
}

func attach(ctx context.Context, dir string) (*http.Client, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, cannot("find the home", err)
	}
	if _, err := os.Stat(dir); err != nil {
		return nil, nobody(err)
	}
	if err := check(dir); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	conn, err := dial(ctx, dir)
	if err != nil {
		return nil, nobody(err)
	}
	_ = conn.Close() // it was only to see whether somebody is there
	return &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			DialContext:       func(ctx context.Context, _, _ string) (net.Conn, error) { return dial(ctx, dir) },
			DisableKeepAlives: true,
		},
	}, nil
}

func nobody(cause error) error {
	return &agents.Error{Code: agents.CodeUnavailable, Message: "no Steward answers in this home", Hint: "start one: steward serve, or the desktop", Err: cause}
}

// patience is how long Enter waits in all for an owner that is just starting or leaving.
const patience = 10 * time.Second

// Enter owns the home if nobody does, else attaches to its owner: exactly one of the first two results is set. An owner
// that is just starting or leaving is waited for, 10 seconds in all; then the error is CodeConflict and names it.
func Enter(ctx context.Context, dir string) (own *Owner, attached *http.Client, err error) {
	return enter(ctx, dir, sleep)
}

func enter(ctx context.Context, dir string, wait func(context.Context, time.Duration) error) (*Owner, *http.Client, error) {
	pause := 2 * time.Millisecond
	for left := patience; ; left -= pause {
		own, err := Acquire(dir)
		if !errors.Is(err, ErrOwned) {
			return own, nil, err
		}
		client, silent := attach(ctx, dir)
		if silent == nil {
			return nil, client, nil
		}
		if agents.CodeOf(silent) != agents.CodeUnavailable {
			return nil, nil, silent
		}
		if left <= 0 {
			e := agents.AsError(err)
			return nil, nil, &agents.Error{Code: agents.CodeConflict, Message: e.Message + ", but does not answer", Hint: "wait until it has started or ended, or end that process", Err: ErrOwned}
		}
		pause = min(2*pause, 250*time.Millisecond)
		if err := wait(ctx, pause); err != nil {
			return nil, nil, &agents.Error{Code: agents.CodeCancelled, Message: "stopped while waiting for the home's owner", Err: err}
		}
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
