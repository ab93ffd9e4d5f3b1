package api

import "context"

// Caller is who calls a method, as the shell knows it.
type Caller struct {
	Via       Via
	From      string // the address that a page's request came from
	Session   string // what tells one session of a shell from another; "" where there is but one
	Elevation string // proof that the user just gave passphrase and second factor; see the service Lock
}

// Via is the way in which a call came.
type Via string

// The ways.
const (
	ViaWindow       Via = "window"
	ViaPage         Via = "page"
	ViaTerminal     Via = "terminal"
	ViaNotification Via = "notification"
)

type callerKey struct{}

// WithCaller says who calls.
func WithCaller(ctx context.Context, c Caller) context.Context {
	return context.WithValue(ctx, callerKey{}, c)
}

// CallerOf is who calls; the zero Caller where nobody said.
func CallerOf(ctx context.Context) Caller {
	c, _ := ctx.Value(callerKey{}).(Caller)
	return c
}
