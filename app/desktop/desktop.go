package desktop

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"sync"
	"syscall"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app"
	"github.com/stewardhq/steward/app/api"
	"github.com/stewardhq/steward/app/engine"
	"github.com/stewardhq/steward/app/owner"
	"github.com/stewardhq/steward/app/server"
	"github.com/stewardhq/steward/frontend"
)

// Window is the window. Its methods may be called from any goroutine and before it is there, except Run.
type Window interface {
	Run(c Content) error // shows it, and returns when it was closed
	Emit(event engine.Event)
	Raise()
	Quit()
	Put(p Place)
}

// Content is what is in a window.
type Content struct {
	Page   http.Handler
	Shell  *Shell
	Place  *Place      // nil for the first size, in the middle
	Closed func(Place) // called when it closes, with where it stood
}

// Desktop is what a start needs to know of the system.
type Desktop struct {
	Window  Window
	Dialogs Dialogs
	Getenv  func(string) string
	Err     io.Writer
	Version string
}

// Exit codes.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
	exitDefect = 2 // Steward itself is wrong; a Go program that panics ends with it, too
)

// How long parts of a start or an end may take.
const (
	openFirst  = 400 * time.Millisecond // the home is waited for, so that the window begins where it stood
	raiseAgain = 10 * time.Second       // for a command that has the home for a moment
	leave      = 3 * time.Second        // each kind of request, when Steward ends
	closeHard  = 4 * time.Second        // a window that does not close, such as one with a dialog open
)

// Main runs Steward in a window and gives the exit code.
func (d *Desktop) Main(args []string) (code int) {
	defer func() { // of a panic nothing is printed but where it was: its value may be anything
		if r := recover(); r != nil {
			defect := api.Defect(r)
			fmt.Fprintf(d.Err, "error: %s\nhint: %s\n", defect.Message, defect.Hint)
			code = exitDefect
		}
	}()
	home, code, ok := d.parse(args)
	if !ok {
		return code
	}
	err := d.start(home)
	if err == nil {
		return exitDone
	}
	e := agents.AsError(err)
	fmt.Fprintf(d.Err, "error: %s\n", e.Message)
	if e.Hint != "" {
		fmt.Fprintf(d.Err, "hint: %s\n", e.Hint)
	}
	return exitFailed
}

func (d *Desktop) parse(args []string) (home string, code int, ok bool) {
	f := flag.NewFlagSet("steward-desktop", flag.ContinueOnError)
	f.SetOutput(d.Err)
	f.StringVar(&home, "home", d.Getenv("STEWARD_HOME"), "where Steward keeps your data")
	version := f.Bool("version", false, "print the version")
	err := f.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return "", exitDone, false
	case err != nil:
		return "", exitUsage, false
	case *version:
		fmt.Fprintf(d.Err, "steward-desktop %s (%s)\n", d.Version, app.Build)
		return "", exitDone, false
	case f.NArg() > 0:
		fmt.Fprintln(d.Err, "error: steward-desktop takes no words; commands are given to steward")
		return "", exitUsage, false
	}
	return home, exitDone, true
}

// start owns the home before anything else is touched, or raises the window of who does.
func (d *Desktop) start(home string) (err error) {
	if home == "" {
		if home, err = owner.DefaultHome(); err != nil {
			return err
		}
	}
	if home, err = filepath.Abs(home); err != nil {
		return fmt.Errorf("find the home: %w", err)
	}
	child, err := sibling()
	if err != nil {
		return err
	}
	if !d.display() {
		if err := match(context.Background(), child, app.Build); err != nil {
			return err
		}
		fmt.Fprintln(d.Err, "There is no display: serving the same on this machine instead.")
		return become(child, "--home", home, "serve")
	}
	own, err := d.enter(home)
	if err != nil || own == nil {
		return err
	}
	r := &running{Desktop: d, owner: own, child: child}
	return r.run(home)
}

// display reports whether there is somewhere for a window to be.
func (d *Desktop) display() bool {
	return runtime.GOOS != "linux" || d.Getenv("DISPLAY") != "" || d.Getenv("WAYLAND_DISPLAY") != ""
}

// enter owns the home. Where another window has it, that one is raised and owner is nil.
func (d *Desktop) enter(home string) (*owner.Owner, error) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	for until := time.Now().Add(raiseAgain); ; {
		own, attached, err := owner.Enter(ctx, home)
		if err != nil || own != nil {
			return own, err
		}
		raised, err := raise(ctx, attached)
		if raised {
			return nil, nil
		}
		if err == nil && time.Now().After(until) { // it answers, and has no window
			return nil, &agents.Error{Code: agents.CodeConflict, Message: "another Steward has this home open, without a window", Hint: "open its page: steward serve --link. Or end it, and start this again"}
		}
		select {
		case <-ctx.Done():
			return nil, &agents.Error{Code: agents.CodeCancelled, Message: "stopped"}
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// raise asks the owner of a home to show its window.
func raise(ctx context.Context, client *http.Client) (bool, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, owner.URL+"/raise", http.NoBody)
	if err != nil {
		return false, err
	}
	response, err := client.Do(request)
	if err != nil {
		return false, err
	}
	defer response.Body.Close()
	return response.StatusCode == http.StatusNoContent, nil
}

// running is Steward while its window is open.
type running struct {
	*Desktop
	owner *owner.Owner
	child string
	door  *api.Door

	mu    sync.Mutex
	place *Place
	ended sync.Once
	err   error
}

func (r *running) run(home string) error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	checked := make(chan error, 1)
	go func() { checked <- match(ctx, r.child, app.Build) }()
	r.door = api.NewDoor(api.DoorOptions{
		Home: home, Child: r.child, Version: r.Version, Getenv: r.Getenv, Now: time.Now, Zone: app.LocalZone(), Notices: r.Err,
	})
	socket := server.Socket(r.door.Surface(), r.owner.Leaving())
	socket.HandleFunc("POST /raise", func(w http.ResponseWriter, _ *http.Request) {
		r.Window.Raise()
		w.WriteHeader(http.StatusNoContent)
	})
	if err := r.owner.Serve(socket); err != nil {
		return errors.Join(err, r.end())
	}
	page, err := fs.Sub(frontend.Dist, "dist")
	if err != nil {
		return errors.Join(fmt.Errorf("find the page: %w", err), r.end())
	}
	if err := <-checked; err != nil {
		e := agents.AsError(err)
		fmt.Fprintf(r.Err, "error: %s\nhint: %s\n", e.Message, e.Hint)
		return errors.Join(r.show(ctx, Content{Page: troubled(server.Page(page), e)}), r.end(), err)
	}
	outcome := r.door.BeginOpen()
	first, stop := context.WithTimeout(ctx, openFirst)
	code, err := outcome(first)
	late := first.Err() != nil
	stop()
	go r.opened(ctx, outcome, late, code, err)
	go r.tell(ctx)
	return errors.Join(r.show(ctx, Content{Page: server.Page(page), Place: r.stood(ctx)}), r.end())
}

// show runs the window to its end, which is also that of the first signal.
func (r *running) show(ctx context.Context, c Content) error {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	closed := make(chan struct{})
	defer close(closed)
	go func() {
		select {
		case <-signals:
		case <-closed:
			return
		}
		r.Window.Quit()
		select {
		case <-closed:
		case <-time.After(closeHard):
			if err := r.end(); err != nil {
				fmt.Fprintf(r.Err, "error: %v\n", err)
			}
			os.Exit(exitDone)
		}
	}()
	c.Shell = NewShell(ctx, r.door.Surface(), r.Dialogs, func() { r.put(ctx) })
	c.Closed = func(p Place) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.place = &p
	}
	return r.Window.Run(c)
}

// opened tells what opening came to. A home that opens late puts the window where it stood.
func (r *running) opened(ctx context.Context, outcome func(context.Context) (string, error), late bool, code string, err error) {
	if late {
		code, err = outcome(ctx)
	}
	switch {
	case ctx.Err() != nil:
		return
	case err != nil:
		fmt.Fprintf(r.Err, "error: %s\n", agents.AsError(err).Message) // the page shows it, too
		return
	case code != "":
		fmt.Fprintf(r.Err, "This is your recovery code. It is shown once; keep it somewhere safe, away from this machine:\n\n    %s\n\n", code)
		if err := r.Dialogs.Tell("Steward", "This is your recovery code. It is shown once; keep it somewhere safe, away from this machine:\n\n"+code); err != nil {
			fmt.Fprintf(r.Err, "error: %v\n", err)
		}
	}
	if late {
		r.put(ctx)
	}
}

// put puts the window where it stood, now that this can be read.
func (r *running) put(ctx context.Context) {
	if p := r.stood(ctx); p != nil {
		r.Window.Put(*p)
	}
}

// stood is where the window stood when it was closed, as far as the open home tells.
func (r *running) stood(ctx context.Context) *Place {
	if a := r.door.App(); a != nil {
		return remembered(ctx, a)
	}
	return nil
}

// tell gives the page every event, in order.
func (r *running) tell(ctx context.Context) {
	for after := r.door.Events().Last(); ; {
		events, err := r.door.Events().Stream(ctx, after)
		if err != nil {
			return // the window has closed
		}
		for _, event := range events {
			r.Window.Emit(event)
			after = event.Seq
		}
	}
}

// end closes everything, the lock last. The second time it does nothing.
func (r *running) end() error {
	r.ended.Do(func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		if a := r.door.App(); a != nil && r.place != nil {
			r.err = remember(context.Background(), a, *r.place)
		}
		for _, end := range []func(context.Context) error{r.owner.Drain, r.door.Close, r.owner.Close} {
			ctx, cancel := context.WithTimeout(context.Background(), leave)
			r.err = errors.Join(r.err, end(ctx))
			cancel()
		}
	})
	return r.err
}
