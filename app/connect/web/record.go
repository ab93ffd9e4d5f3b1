package web

import (
	"context"
	"net"
	"net/http"
	"net/url"

	"github.com/stewardhq/steward/app/egress"
)

// State is where a request stands when it is told of.
type State = egress.State

// The states.
const (
	Leaving = egress.Leaving
	Over    = egress.Over
	Failed  = egress.Failed
	Refused = egress.Refused
)

// Egress is what is told of one request. Paths, queries and headers are not: they hold secrets and content. Of its bytes,
// the sent ones are the head as HTTP/1.1 writes it and the body, the received ones the body, unpacked.
type Egress = egress.Egress

// WithPurpose says for which run, and why, the requests of a context are made: "the model writes the script".
func WithPurpose(ctx context.Context, run, why string) context.Context {
	return egress.WithPurpose(ctx, run, why)
}

func (t *transport) begin(r *http.Request) Egress {
	e := Egress{Host: hostPort(r.URL), Method: r.Method, Encrypted: r.URL.Scheme == "https", Why: t.options.Why, Class: t.options.Class, Started: t.options.Now()}
	if run, why, said := egress.Purpose(r.Context()); said {
		e.Run, e.Why = run, why
	}
	return e
}

// hostPort is the canonical host:port of a URL, or as it stands where that has none.
func hostPort(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"https": "443", "http": "80"}[u.Scheme]
	}
	if name, _, ok := egress.Canonical(u.Hostname()); ok {
		return net.JoinHostPort(name, port)
	}
	return net.JoinHostPort(u.Hostname(), port)
}

func origin(u *url.URL) string { return u.Scheme + "://" + hostPort(u) }

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
