package egress

import (
	"context"
	"time"
)

// State is where a connection or a request stands when it is told of.
type State string

// The states.
const (
	Leaving State = "leaving" // is about to leave
	Over    State = "over"    // came to its end, or was given up
	Failed  State = "failed"  // left, wholly or in part, and did not come to its end
	Refused State = "refused" // did not leave
)

// Egress is what is told of one connection, or of one request where a connection carries several. What it carries is not:
// that holds secrets and content.
type Egress struct {
	State         State         `json:"state"`
	Host          string        `json:"host"`              // host:port
	Address       string        `json:"address,omitempty"` // that was connected to
	Method        string        `json:"method,omitempty"`  // of a request
	Encrypted     bool          `json:"encrypted"`
	BytesSent     int64         `json:"bytes_sent"`
	BytesReceived int64         `json:"bytes_received"`
	Status        int           `json:"status,omitempty"` // of a request
	Run           string        `json:"run,omitempty"`
	Why           string        `json:"why"`
	Class         string        `json:"class,omitempty"` // of data: "mail", "model"
	Started       time.Time     `json:"started"`
	Took          time.Duration `json:"took_ns,omitempty"`
	Code          string        `json:"code,omitempty"` // of the error: agents.CodeDenied, …
}

type purposeKey struct{}

type purpose struct{ run, why string }

// WithPurpose says for which run, and why, the connections of a context are made: "the model writes the script".
func WithPurpose(ctx context.Context, run, why string) context.Context {
	return context.WithValue(ctx, purposeKey{}, purpose{run, why})
}

// Purpose is what WithPurpose said.
func Purpose(ctx context.Context) (run, why string, said bool) {
	p, said := ctx.Value(purposeKey{}).(purpose)
	return p.run, p.why, said
}

type toldKey struct{}

// Told says that what is dialed with the context is told of already, request by request. It is for clients that use a
// connection for several.
func Told(ctx context.Context) context.Context { return context.WithValue(ctx, toldKey{}, true) }

func isTold(ctx context.Context) bool { told, _ := ctx.Value(toldKey{}).(bool); return told }
