package web

import (
	"context"
	"net/http"
	"time"
)

// State is where a request stands when it is told of.
type State string

// The states.
const (
	Leaving State = "leaving" // is about to leave
	Over    State = "over"    // was answered, and the answer read or given up
	Failed  State = "failed"  // left, wholly or in part, and was not answered to its end
	Refused State = "refused" // did not leave
)

// Egress is what is told of one request. Paths, queries and headers are not: they hold secrets and content.
type Egress struct {
	State         State         `json:"state"`
	Host          string        `json:"host"` // host:port
	Method        string        `json:"method"`
	Encrypted     bool          `json:"encrypted"`
	BytesSent     int64         `json:"bytes_sent"`     // the head as HTTP/1.1 writes it, and the body
	BytesReceived int64         `json:"bytes_received"` // of the body, unpacked
	Status        int           `json:"status,omitempty"`
	Run           string        `json:"run,omitempty"`
	Why           string        `json:"why"`
	Started       time.Time     `json:"started"`
	Took          time.Duration `json:"took_ns,omitempty"`
	Code          string        `json:"code,omitempty"` // of the error: agents.CodeDenied, …
}

type purposeKey struct{}

type purpose struct{ run, why string }

// WithPurpose says for which run, and why, the requests of a context are made: "the model writes the script".
func WithPurpose(ctx context.Context, run, why string) context.Context {
	return context.WithValue(ctx, purposeKey{}, purpose{run, why})
}

func (t *transport) begin(r *http.Request) Egress {
	e := Egress{Host: hostPort(r.URL), Method: r.Method, Encrypted: r.URL.Scheme == "https", Why: t.options.Why, Started: t.options.Now()}
	if p, ok := r.Context().Value(purposeKey{}).(purpose); ok {
		e.Run, e.Why = p.run, p.why
	}
	return e
}

// head is the length of a request's head.
func head(r *http.Request) int64 {
	n := len(r.Method) + len(r.URL.RequestURI()) + len(" HTTP/1.1\r\n") + 1 + len("Host: \r\n") + len(r.URL.Host) + 2
	for name, values := range r.Header {
		for _, value := range values {
			n += len(name) + len(value) + len(": \r\n")
		}
	}
	return int64(n)
}
