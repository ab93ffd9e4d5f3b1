package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"sync"
	"sync/atomic"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/egress"
)

// transport checks a request, tells of it, and sends it. The client calls it for each hop of a redirect.
type transport struct {
	options Options
	dialer  *egress.Dialer
	base    *http.Transport
}

// CloseIdleConnections is called by the client's method of that name.
func (t *transport) CloseIdleConnections() { t.base.CloseIdleConnections() }

// RoundTrip is one request and its answer.
func (t *transport) RoundTrip(r *http.Request) (*http.Response, error) {
	e := t.begin(r)
	err := t.admit(r)
	if err != nil {
		e.State, e.Code = Refused, agents.CodeOf(err)
		err = errors.Join(err, t.tell(r, e))
	} else {
		e.State = Leaving
		err = t.tell(r, e)
	}
	if err != nil {
		if r.Body != nil {
			_ = r.Body.Close() // a transport closes it in any case
		}
		return nil, err
	}

	var address atomic.Value
	ctx, cancel := context.WithCancelCause(egress.Told(r.Context()))
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(c httptrace.GotConnInfo) { address.Store(c.Conn.RemoteAddr().String()) }})
	sent := new(atomic.Int64)
	out := outgoing(ctx, r, sent)
	sent.Add(head(out))
	answer, err := t.base.RoundTrip(out)
	e.BytesSent = sent.Load()
	e.Address, _ = address.Load().(string)
	if err != nil {
		cancel(nil)
		return nil, t.failed(r, e, err)
	}
	e.Status = answer.StatusCode
	b := &body{ReadCloser: answer.Body, transport: t, request: r, egress: e, sent: sent, cancel: cancel}
	b.timer = time.AfterFunc(t.options.IdleTimeout, func() { cancel(errIdle) })
	b.timer.Stop() // it runs only while somebody waits for the next piece
	b.cause = func() error { return context.Cause(ctx) }
	answer.Body = b
	answer.Request = r
	return answer, nil
}

// tell records, also when the request's own context is over: what happened must be written down all the same.
func (t *transport) tell(r *http.Request, e Egress) error {
	if err := t.options.Record(context.WithoutCancel(r.Context()), e); err != nil {
		return fmt.Errorf("record request: %w", err)
	}
	return nil
}

// failed tells of a request without an answer.
func (t *transport) failed(r *http.Request, e Egress, cause error) error {
	err := cause
	var known *agents.Error
	switch {
	case errors.As(cause, &known):
	case errors.Is(r.Context().Err(), context.Canceled):
		err = &agents.Error{Code: agents.CodeCancelled, Message: "stopped before " + e.Host + " answered", Err: cause}
	default:
		err = unavailable(e.Host, cause)
	}
	e.State, e.Code, e.Took = Failed, agents.CodeOf(err), t.options.Now().Sub(e.Started)
	if e.Code == agents.CodeDenied { // by the dialer: nothing but a question to the resolver left
		e.State, e.BytesSent = Refused, 0
	}
	return errors.Join(err, t.tell(r, e))
}

// outgoing is the request as it is sent: stripped, and its body counted, also where it has to be sent again.
func outgoing(ctx context.Context, r *http.Request, sent *atomic.Int64) *http.Request {
	out := r.Clone(ctx)
	strip(r, out.Header)
	if r.Body == nil || r.Body == http.NoBody {
		return out
	}
	out.Body = counter{r.Body, sent}
	if r.GetBody != nil {
		out.GetBody = func() (io.ReadCloser, error) {
			again, err := r.GetBody()
			if err != nil {
				return nil, err
			}
			return counter{again, sent}, nil
		}
	}
	return out
}

// counter counts a body on its way out.
type counter struct {
	io.ReadCloser
	n *atomic.Int64
}

func (c counter) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	c.n.Add(int64(n))
	return n, err
}

var errIdle = errors.New("the answer stopped in the middle")

// body is an answer's body: counted, limited, and told of at its end.
type body struct {
	io.ReadCloser
	transport *transport
	request   *http.Request
	egress    Egress
	sent      *atomic.Int64
	received  atomic.Int64
	cancel    context.CancelCauseFunc
	cause     func() error
	timer     *time.Timer
	once      sync.Once
	recorded  error
}

func (b *body) Read(p []byte) (int, error) {
	b.timer.Reset(b.transport.options.IdleTimeout)
	n, err := b.ReadCloser.Read(p)
	b.timer.Stop()
	switch {
	case b.received.Add(int64(n)) > b.transport.options.MaxBytes:
		err = &agents.Error{Code: agents.CodeLimit, Message: "the answer of " + b.egress.Host + " is too long", Hint: "ask for less at a time"}
		err = errors.Join(err, b.end(err))
		b.cancel(err)
		return 0, err
	case err == nil:
		return n, nil
	case errors.Is(err, io.EOF):
		if failed := b.end(nil); failed != nil {
			return n, failed
		}
		return n, err
	case errors.Is(b.cause(), errIdle):
		err = unavailable(b.egress.Host, errIdle)
	}
	return n, errors.Join(err, b.end(err))
}

// Close ends the request; giving up an answer in the middle is no failure.
func (b *body) Close() error {
	err := b.ReadCloser.Close()
	return errors.Join(err, b.end(nil))
}

func (b *body) end(failure error) error {
	b.once.Do(func() {
		b.timer.Stop()
		e := b.egress
		e.State, e.Took = Over, b.transport.options.Now().Sub(e.Started)
		e.BytesReceived = b.received.Load()
		e.BytesSent = b.sent.Load() // the body may have been on its way still when the answer began
		if failure != nil {
			e.State, e.Code = Failed, agents.CodeOf(failure)
		}
		b.recorded = b.transport.tell(b.request, e)
		b.cancel(nil)
	})
	return b.recorded
}
