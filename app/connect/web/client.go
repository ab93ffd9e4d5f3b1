package web

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/egress"
)

// Options say whom the client may reach and who is told.
type Options struct {
	// Allow lists hosts as host:port: a name, whose addresses must all be public, or an address, which may be any. The
	// name localhost stands for this machine.
	Allow []string
	// Private lists names as host:port that may lead into a private network, because the user typed them knowing so.
	// What serves a machine its own credentials (169.254.0.0/16 and the like) is out of reach even then.
	Private []string

	// Record is told of each request, twice: before anything leaves (an error keeps it from leaving), and when it is
	// over. A request that is refused is told of once. It must be set.
	Record func(ctx context.Context, e Egress) error
	// Why is the purpose of requests whose context names none; see [WithPurpose].
	Why string
	// Class is that of the data which the requests carry: "model".
	Class string

	HeaderTimeout time.Duration // for an answer to begin; 5 minutes if zero, since a local model may think that long
	IdleTimeout   time.Duration // between two pieces of an answer; 2 minutes if zero
	MaxBytes      int64         // of one answer, unpacked; 64 MiB if zero

	Roots    *x509.CertPool  // who may vouch for a server; nil means the system's list
	Resolver egress.Resolver // nil means the system's
	Now      func() time.Time
	// Dial connects to an address that was checked, such as 192.0.2.1:443; nil means to do so.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
}

// New makes the client. A host in a list that is misspelt, or spelt in a way that different programs read differently, is
// an error with CodeInvalid. The client's own errors are *agents.Error in the chain of a *url.Error: CodeDenied for what
// is not allowed, CodeUnavailable for what does not answer, CodeLimit for too long an answer.
func New(o Options) (*http.Client, error) {
	if o.Record == nil {
		return nil, &agents.Error{Code: agents.CodeInternal, Message: "an HTTP client that nobody is told about", Hint: "set Options.Record"}
	}
	o.fill()
	d, err := egress.New(egress.Options{Allow: o.Allow, Private: o.Private, Record: o.Record, Why: o.Why, Class: o.Class, Resolver: o.Resolver, Now: o.Now, Dial: o.Dial})
	if err != nil {
		return nil, err
	}
	return &http.Client{Transport: &transport{options: o, dialer: d, base: &http.Transport{
		Proxy:                  nil, // not even from the environment
		DialContext:            d.DialContext,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: o.Roots},
		TLSHandshakeTimeout:    15 * time.Second,
		ResponseHeaderTimeout:  o.HeaderTimeout,
		IdleConnTimeout:        90 * time.Second,
		MaxResponseHeaderBytes: 256 << 10,
		MaxIdleConnsPerHost:    4,
		ForceAttemptHTTP2:      true,
	}}}, nil
}

func (o *Options) fill() {
	if o.HeaderTimeout == 0 {
		o.HeaderTimeout = 5 * time.Minute
	}
	if o.IdleTimeout == 0 {
		o.IdleTimeout = 2 * time.Minute
	}
	if o.MaxBytes == 0 {
		o.MaxBytes = 64 << 20
	}
	if o.Now == nil {
		o.Now = time.Now
	}
}

func denied(message, hint string) error {
	return &agents.Error{Code: agents.CodeDenied, Message: message, Hint: hint}
}

func unavailable(host string, cause error) error {
	var untrusted *tls.CertificateVerificationError
	if errors.As(cause, &untrusted) {
		return &agents.Error{Code: agents.CodeDenied, Message: "nobody whom this machine trusts vouches for " + host, Hint: "check the address; where it is your own server, add its authority to the system's list", Err: cause}
	}
	var plain tls.RecordHeaderError
	if errors.As(cause, &plain) || errors.Is(cause, http.ErrSchemeMismatch) {
		return &agents.Error{Code: agents.CodeUnavailable, Message: host + " does not answer in https", Hint: "where it is a server of your own without encryption, write http:// in its address", Err: cause}
	}
	return &agents.Error{Code: agents.CodeUnavailable, Message: fmt.Sprintf("%s cannot be reached", host), Hint: "check the address and the network, and whether the server is running", Err: cause}
}
