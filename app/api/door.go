package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"sync"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app"
	"github.com/stewardhq/steward/app/bell"
	"github.com/stewardhq/steward/app/engine"
	"github.com/stewardhq/steward/app/lock"
	"github.com/stewardhq/steward/app/shown"
	"github.com/stewardhq/steward/app/vault"
)

// DoorOptions is what a shell knows of the home that it owns. Of these only Home must be given.
type DoorOptions struct {
	Home     string
	Child    string // the program that scripts run in; "" is this one
	Version  string
	Getenv   func(string) string // where STEWARD_KEYRING and STEWARD_PASSPHRASE_FILE are read; nil for nowhere
	Now      func() time.Time    // nil for time.Now
	Zone     *time.Location      // nil for UTC
	Notices  io.Writer           // where a notice goes when there is no desktop; nil for nowhere
	Keychain vault.Keychain      // nil for the operating system's
	// After wakes who waits for the idle time to pass; nil for time.After.
	After func(time.Duration) <-chan time.Time
	// OnSuspicion is told where somebody tries to come in again and again; nil for nobody. It must not wait.
	OnSuspicion func(Suspicion)

	Open func(run string) // shows a run's sheet to the user; nil where there is nothing to show it in
}

// Door is the way into a home that a shell owns, and that may not be open yet. Its methods may be called from several
// goroutines.
type Door struct {
	options DoorOptions
	events  *engine.Events
	surface *Surface
	base    context.Context // ends when the door closes
	stop    context.CancelFunc
	calls   sync.WaitGroup

	logins logins
	swept  sync.Once

	mu      sync.Mutex
	closed  bool
	lent    bool     // the home is the caller's of [New] to close
	opening *opening // under way
	home    *inside  // nil until it is open
	dropped *dropped // the keys were dropped, until the home opens again
	failure error    // of the latest attempt
}

// inside is the home while it is open.
type inside struct {
	app      *app.App
	bound    map[string]reflect.Value
	bell     *bell.Bell // nil where the home is lent
	lock     *lock.Lock
	unlocked error // why there is no lock: then nothing is answered
	base     context.Context
	stop     context.CancelFunc
	calls    sync.WaitGroup
}

// opening is one attempt, which all who come meanwhile wait for.
type opening struct {
	done chan struct{}
	code string // the recovery code of a vault that was made
	err  error

	proved bool // who opens has given the lock's passphrase and code already
}

// NewDoor makes a door. It opens nothing: see [Door.TryOpen] and [Setup.Open].
func NewDoor(o DoorOptions) *Door { return newDoor(o) }

func newDoor(o DoorOptions) *Door {
	if o.Getenv == nil {
		o.Getenv = func(string) string { return "" }
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	if o.After == nil {
		o.After = time.After
	}
	if o.Notices == nil {
		o.Notices = io.Discard
	}
	d := &Door{options: o, events: engine.NewEvents()}
	d.base, d.stop = context.WithCancel(context.Background())
	d.surface = &Surface{door: d, methods: bind(nil)}
	for name, method := range methodsOf(&Setup{d}, &Lock{d}) {
		d.surface.methods[name] = method
	}
	return d
}

// Surface is the services over the home, open or not.
func (d *Door) Surface() *Surface { return d.surface }

// Events is where the runs of the home tell what happens in them. It is there before the home is open.
func (d *Door) Events() *engine.Events { return d.events }

// App is the opened home, or nil.
func (d *Door) App() *app.App {
	if h := d.inside(); h != nil {
		return h.app
	}
	return nil
}

func (d *Door) inside() *inside {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.home
}

// TryOpen opens what can be opened without asking anybody: a home whose vault is in the keychain, and any home, a new one
// too, where the environment chooses a passphrase file. Others wait for [Setup.Open], and that is no error. Where it made
// the vault it gives the recovery code, once: the shell must show it.
func (d *Door) TryOpen(ctx context.Context) (recoveryCode string, err error) {
	return d.BeginOpen()(ctx)
}

// BeginOpen is [Door.TryOpen] for a shell that does not wait: from its return on, calls wait for the home to open. The
// function that it gives waits for the outcome.
func (d *Door) BeginOpen() (outcome func(ctx context.Context) (recoveryCode string, err error)) {
	settled := func(err error) func(context.Context) (string, error) {
		return func(context.Context) (string, error) { return "", err }
	}
	mode, passphrase, err := vault.Environment(d.options.Getenv)
	is := vault.Mode("")
	if err == nil {
		is, err = vault.Look(d.options.Home, app.VaultGuards)
	}
	if err != nil {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.failure = err
		return settled(err)
	}
	chosen := d.options.Getenv("STEWARD_KEYRING") != ""
	switch {
	case is == "" && (mode != vault.File || passphrase == nil): // the first-start screen asks
		return settled(nil)
	case is == vault.File && (!chosen || mode == vault.File && passphrase == nil): // a person is asked
		return settled(nil)
	default: // where the environment chooses the other mode, opening says so
		return d.begin(mode, passphrase, false)
	}
}

// begin opens the home, unless it is open. Who comes while it is being opened gets that attempt's answer, without the
// recovery code. The attempt is the door's: it goes on when who asked for it has gone.
func (d *Door) begin(mode vault.Mode, passphrase vault.Passphrase, proved bool) (outcome func(context.Context) (string, error)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed || d.home != nil {
		closed := d.closed
		return func(context.Context) (string, error) {
			if closed {
				return "", leaving(nil)
			}
			return "", nil
		}
	}
	o, first := d.opening, d.opening == nil
	if first {
		o = &opening{done: make(chan struct{}), proved: proved}
		d.opening = o
		d.calls.Add(1)
		go d.attempt(o, mode, passphrase)
	}
	return func(ctx context.Context) (recoveryCode string, err error) {
		select {
		case <-o.done:
		case <-ctx.Done():
			return "", fmt.Errorf("wait for the home to open: %w", ctx.Err())
		}
		if first {
			recoveryCode, o.code = o.code, ""
		}
		return recoveryCode, o.err
	}
}

func (d *Door) attempt(o *opening, mode vault.Mode, passphrase vault.Passphrase) {
	defer d.calls.Done()
	a, err := app.Open(d.base, app.Options{
		Home: d.options.Home, Child: d.options.Child, Notices: d.options.Notices, Now: d.options.Now, Zone: d.options.Zone, Events: d.events, Rings: true,
		Vault: vault.Options{Dir: d.options.Home, Mode: mode, Passphrase: passphrase, Keychain: d.options.Keychain, Guards: app.VaultGuards},
	})
	if err == nil {
		o.code = a.Vault.RecoveryCode()
		if _, err = a.Orchestrator.Resume(d.base); err != nil {
			err = errors.Join(err, a.Close())
		} else {
			a.StartSchedule() // a shell with a door stays
		}
	}
	var l *lock.Lock
	if err == nil {
		l, err = lock.Open(d.base, a.Vault, d.options.Now)
		if err == nil && l.State().Set() && !o.proved { // a restart is no way around it
			_ = l.Now(d.base) // it is locked in memory at least
		}
		d.settle(a, l, err, true)
		d.swept.Do(func() { go d.sweep() })
		err = nil // the surface says it
	}
	o.err = err
	d.mu.Lock()
	d.opening, d.failure = nil, err
	d.mu.Unlock()
	close(o.done)
}

// sweepEach is how often a shell that stays open looks for shown files whose time is over.
const sweepEach = time.Hour

func (d *Door) sweep() {
	ticker := time.NewTicker(sweepEach)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			_ = shown.Sweep(shown.Keep, d.options.Now()) // the next may have more luck
			_ = d.App().Engine.Expire(d.base)            // likewise
		case <-d.base.Done():
			return
		}
	}
}

// openSoon is how long calls wait for a home that is being opened, before they are told that it is not open.
const openSoon = 5 * time.Second

// wait waits for the attempt that is under way, if there is one. One that waits for a person is not waited for long.
func (d *Door) wait(ctx context.Context) {
	d.mu.Lock()
	o := d.opening
	d.mu.Unlock()
	if o == nil {
		return
	}
	timer := time.NewTimer(openSoon)
	defer timer.Stop()
	select {
	case <-o.done:
	case <-timer.C:
	case <-ctx.Done():
	}
}

// settle lets the surface answer for an opened home.
func (d *Door) settle(a *app.App, l *lock.Lock, unlocked error, stays bool) {
	h := &inside{app: a, bound: bind(a), lock: l, unlocked: unlocked}
	h.base, h.stop = context.WithCancel(d.base)
	if stays {
		h.bell = d.newBell(a, h)
		defer h.bell.Start()
	}
	d.mu.Lock()
	d.home, d.dropped = h, nil
	d.mu.Unlock()
	if l != nil {
		go l.Idle(h.base, d.options.After, d.tellLock)
	}
	d.logins.flush(h)
}

// close ends what is done for the home, and the home.
func (h *inside) close() error {
	if h.bell != nil {
		h.bell.Close()
	}
	return h.app.Close()
}

// enter lets a call in: bound to the home where it needs one, and with a context that ends when the door closes. The
// home stays open until leave is called.
func (d *Door) enter(ctx context.Context, method string, m reflect.Value) (inside context.Context, leave func(), bound reflect.Value, err error) {
	if method != "Setup/Open" { // which waits for it to its end
		d.wait(ctx)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return nil, nil, m, leaving(nil)
	}
	d.calls.Add(1)
	base, ended := d.base, d.calls.Done
	if !strings.HasPrefix(method, "Setup/") {
		h := d.home
		d.mu.Unlock() // the lock may be busy with somebody's passphrase
		err := h.admits(ctx, method)
		d.mu.Lock()
		if err == nil && d.home != h { // its keys were dropped meanwhile
			err = surfaceLocked()
		}
		if err != nil {
			d.calls.Done()
			return nil, nil, m, err
		}
		if bound, of := h.bound[method]; of { // the service Lock is the door's, and outlives the home
			m, base = bound, h.base
			h.calls.Add(1)
			ended = func() { h.calls.Done(); d.calls.Done() }
		}
	}
	inside, cancel := context.WithCancel(ctx)
	undo := context.AfterFunc(base, cancel)
	return inside, func() {
		undo()
		cancel()
		ended()
	}, m, nil
}

func leaving(cause error) error {
	return &agents.Error{Code: agents.CodeUnavailable, Message: "Steward is ending", Hint: "start it again", Err: cause}
}

// Close ends what is being called, and closes the home if it is open; ctx says how long calls may take to notice. Closing
// twice does nothing.
func (d *Door) Close(ctx context.Context) error {
	d.mu.Lock()
	closed := d.closed
	d.closed = true
	d.mu.Unlock()
	if closed {
		return nil
	}
	d.stop()
	ended := make(chan struct{})
	go func() {
		d.calls.Wait()
		close(ended)
	}()
	var err error
	select {
	case <-ended:
	case <-ctx.Done():
		err = fmt.Errorf("wait for calls: %w", ctx.Err())
	}
	if h := d.inside(); h != nil && !d.lent {
		err = errors.Join(err, h.close())
	}
	return err
}
