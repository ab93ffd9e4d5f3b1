package headless

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os"
	"runtime/debug"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app"
	"github.com/stewardhq/steward/app/api"
	"github.com/stewardhq/steward/app/engine"
	"github.com/stewardhq/steward/app/server"
	"github.com/stewardhq/steward/frontend"
)

type serveCommand struct {
	Listen       string   `default:"127.0.0.1:0" help:"An address of this machine's own; port 0 takes a free one. One that others reach needs TLS and a second factor." placeholder:"ADDRESS"`
	Link         bool     `help:"Print a fresh link of the Steward that serves this home, and do nothing else."`
	TLSCert      string   `name:"tls-cert" help:"The certificate of this server, for TLS." type:"existingfile" placeholder:"FILE"`
	TLSKey       string   `name:"tls-key" help:"Its key." type:"existingfile" placeholder:"FILE"`
	Host         []string `help:"A name under which browsers call this server; may be repeated." placeholder:"NAME"`
	SecondFactor bool     `help:"Ask for a code of the second factor where a session begins, on this machine too."`
}

func (c *serveCommand) needsNoHome() {}

// serving is what the owner's socket says of the page.
type serving struct {
	URL string `json:"url"`
}

// leaveServing is how long each kind of request may take to end when the server stops.
const leaveServing = 3 * time.Second

func (c *serveCommand) run(ctx context.Context, s *session) (err error) {
	if err := s.enter(ctx); err != nil {
		return err
	}
	if s.attached != nil {
		return c.attach(ctx, s)
	}
	if c.Link {
		return &agents.Error{Code: agents.CodeUnavailable, Message: "no Steward serves this home", Hint: "start one: steward serve"}
	}
	return c.serve(ctx, s)
}

// options says how to serve. Where others can reach it, or codes are asked for, the home is opened first: only so can one be
// checked.
func (c *serveCommand) options(ctx context.Context, s *session, door *api.Door) (o server.Options, err error) {
	o = server.Options{Surface: door.Surface(), Events: door.Events(), Hosts: c.Host, SecondFactor: c.SecondFactor}
	if (c.TLSCert == "") != (c.TLSKey == "") {
		return o, &agents.Error{Code: agents.CodeInvalid, Message: "--tls-cert and --tls-key go together", Hint: "name both files"}
	}
	if c.TLSCert != "" {
		if o.TLS, err = server.Certificate(c.TLSCert, c.TLSKey); err != nil {
			return o, err
		}
	}
	set := false
	if o.TLS != nil || o.SecondFactor {
		code, err := door.TryOpen(ctx)
		if err != nil {
			return o, err
		}
		if code != "" {
			s.tellRecovery(code)
		}
		st, err := door.Surface().SecondFactor()
		if err != nil {
			return o, err
		}
		set = st
	}
	if o.SecondFactor && !set {
		return o, &agents.Error{Code: agents.CodeUnsupported, Message: "no second factor is set", Hint: "steward lock second-factor"}
	}
	o.Listener, err = server.Listen(ctx, c.Listen, server.Protection{TLS: o.TLS, SecondFactor: set})
	if err == nil && !server.Loopback(o.Listener) {
		o.SecondFactor = true
		if at, ok := o.Listener.Addr().(*net.TCPAddr); ok && at.IP.IsUnspecified() && len(c.Host) == 0 {
			return o, errors.Join(&agents.Error{Code: agents.CodeInvalid, Message: "on every address of this machine, Steward must know its name", Hint: "--host NAME, as the certificate has it"}, o.Listener.Close())
		}
	}
	return o, err
}

// attach asks the owner for a fresh link.
func (c *serveCommand) attach(ctx context.Context, s *session) error {
	out, err := post(ctx, s.attached, "/link", nil, "")
	var at serving
	if err == nil {
		err = json.Unmarshal(out, &at)
	}
	if agents.CodeOf(err) == agents.CodeUnavailable {
		return err
	}
	if err != nil || at.URL == "" {
		return &agents.Error{
			Code: agents.CodeConflict, Message: "another Steward has this home open, and does not serve it", Err: err,
			Hint: "end that one (its window, or the command that runs), or name another home with --home",
		}
	}
	if !c.Link {
		s.print.note("Steward serves this home already.")
	}
	s.tellLink(at.URL)
	return nil
}

func (s *session) tellLink(url string) {
	s.print.object("serving", serving{url})
	s.print.line("%s", url)
}

// serve answers on the home's socket and to the page until ctx ends.
func (c *serveCommand) serve(ctx context.Context, s *session) (err error) {
	// It is there for days and mostly idle: collecting often costs nothing then, and memory is the user's.
	debug.SetGCPercent(50)
	page, err := fs.Sub(frontend.Dist, "dist")
	if err != nil {
		return fmt.Errorf("find the page: %w", err)
	}
	door := api.NewDoor(api.DoorOptions{Home: s.home, Version: Version, Getenv: os.Getenv, Now: time.Now, Zone: app.LocalZone(), Notices: s.print.err})
	options, err := c.options(ctx, s, door)
	if err != nil {
		leave, cancel := context.WithTimeout(context.WithoutCancel(ctx), leaveServing)
		defer cancel()
		return errors.Join(err, door.Close(leave))
	}
	options.Files = page
	web := server.New(options)
	served := make(chan error, 1)
	go func() { served <- web.Serve() }()
	defer func() {
		// The page first, then the other commands, then what they called; the lock goes last, when the command ends.
		for _, end := range []func(context.Context) error{web.Close, s.owner.Drain, door.Close} {
			leave, cancel := context.WithTimeout(context.WithoutCancel(ctx), leaveServing)
			err = errors.Join(err, end(leave))
			cancel()
		}
	}()
	socket := server.Socket(door.Surface(), s.owner.Leaving())
	socket.HandleFunc("POST /link", func(w http.ResponseWriter, _ *http.Request) {
		if err := json.NewEncoder(w).Encode(serving{web.Link()}); err != nil {
			return // whoever asked has gone
		}
	})
	if err := s.owner.Serve(socket); err != nil {
		return err
	}
	outcome, opened := door.BeginOpen(), make(chan struct{})
	go func() {
		defer close(opened)
		s.tellOpened(ctx, outcome)
	}()
	go giveBack(ctx, door.Events())
	s.tellLink(web.Link())
	where := "on this machine"
	if !server.Loopback(options.Listener) {
		where = "that reaches this one, and give a code of your second factor"
	}
	s.print.note("Open the link in a browser %s. It is good once, for 10 minutes; steward serve --link prints another. Ctrl-C ends it.", where)
	select {
	case <-ctx.Done():
		<-opened
		return nil
	case err := <-served:
		return fmt.Errorf("serve the page: %w", err)
	}
}

// tellOpened tells how the opening went. What does not open by itself is opened in the page.
func (s *session) tellOpened(ctx context.Context, outcome func(context.Context) (string, error)) {
	code, err := outcome(ctx)
	switch {
	case ctx.Err() != nil:
	case err != nil:
		s.print.warn(err)
	case code != "":
		s.tellRecovery(code)
	}
	debug.FreeOSMemory() // what opening needed for a moment, such as the 64 MB that a passphrase is stretched with
}

// quiet is how long nothing must happen before memory is given back.
const quiet = 5 * time.Second

// giveBack gives memory back to the system each time that it has become quiet after something happened. It does nothing
// while nothing happens.
func giveBack(ctx context.Context, events *engine.Events) {
	timer := time.AfterFunc(quiet, debug.FreeOSMemory)
	defer timer.Stop()
	for last := events.Last(); ; {
		happened, err := events.Stream(ctx, last)
		if err != nil {
			return
		}
		last = happened[len(happened)-1].Seq
		timer.Reset(quiet)
	}
}
