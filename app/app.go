// Package app wires Steward together: Open makes everything of a home, Close ends it.
package app

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"github.com/stewardhq/steward/agents/email"
	"github.com/stewardhq/steward/agents/notification"
	"github.com/stewardhq/steward/agents/reports"
	"github.com/stewardhq/steward/app/accounts"
	"github.com/stewardhq/steward/app/alert"
	"github.com/stewardhq/steward/app/capability"
	"github.com/stewardhq/steward/app/engine"
	"github.com/stewardhq/steward/app/notify"
	"github.com/stewardhq/steward/app/orchestrator"
	"github.com/stewardhq/steward/app/reader"
	"github.com/stewardhq/steward/app/sandbox"
	"github.com/stewardhq/steward/app/schedule"
	"github.com/stewardhq/steward/app/shown"
	"github.com/stewardhq/steward/app/trust"
	"github.com/stewardhq/steward/app/vault"
	"github.com/stewardhq/steward/store"
)

// App is one opened home.
type App struct {
	Home         string
	Vault        *vault.Vault
	Store        *store.Store
	Registry     *capability.Registry
	Sandbox      *sandbox.Sandbox
	Engine       *engine.Engine
	Trust        *trust.Book
	Models       *orchestrator.Book
	Accounts     *accounts.Book
	Orchestrator *orchestrator.Orchestrator
	Schedule     *schedule.Scheduler
	Alerts       *alert.Book
	Now          func() time.Time
	Zone         *time.Location

	notes *notify.Notifier
}

// Options says which home, what unlocks it, and where a notice goes when there is no desktop. The caller owns the home's
// lock already.
type Options struct {
	Home    string
	Child   string // the program that scripts run in; "" is this one
	Vault   vault.Options
	Notices io.Writer
	Now     func() time.Time
	Zone    *time.Location
	Roots   *x509.CertPool                       // who may vouch for mail servers; nil means the system's list
	Events  *engine.Events                       // where runs tell what happens in them; nil for new ones
	After   func(time.Duration) <-chan time.Time // wakes who watches the clock; nil means time.After
	Rings   bool                                 // somebody, such as a bell, tells of runs that wait for a word
}

// VaultGuards are the files that only a home with a vault has: where one lies, no new vault is made.
var VaultGuards = []string{"steward.db", "keyring"}

// Open opens a home, making it if there is none. What was interrupted is not resumed yet: see Orchestrator.Resume.
func Open(ctx context.Context, o Options) (_ *App, err error) {
	a := &App{Home: o.Home, Now: o.Now, Zone: o.Zone, notes: notify.New(o.Notices)}
	defer func() {
		if err != nil {
			err = errors.Join(err, a.Close())
		}
	}()
	if a.Vault, err = vault.Open(ctx, o.Vault); err != nil {
		return nil, err
	}
	if a.Store, err = store.Open(ctx, store.Options{Dir: o.Home, Master: a.Vault.Master(), Now: o.Now}); err != nil {
		return nil, err
	}
	a.Accounts = accounts.New(accounts.Options{Store: a.Store, Vault: a.Vault, Now: o.Now, Roots: o.Roots})
	a.Registry, err = capability.NewRegistry(
		email.New(a.Store, a.Store, a.Accounts), reports.New(a.Store), reader.New(reader.Offline{}), notification.New(a.notes), engine.Agent(),
	)
	if err != nil {
		return nil, fmt.Errorf("register the agents: %w", err)
	}
	if a.Sandbox, err = sandbox.New(sandbox.Config{Executable: o.Child, CacheDir: filepath.Join(o.Home, "cache", "wazero")}); err != nil {
		return nil, err
	}
	a.Trust = trust.New(a.Store, func() time.Time { return inZone(o.Now, o.Zone) })
	a.Trust.Role(a.Registry.Agents())
	a.Engine = engine.New(engine.Options{Store: a.Store, Registry: a.Registry, Sandbox: a.Sandbox, Now: o.Now, Events: o.Events, Trust: a.Trust, People: a.Store})
	a.Alerts = alert.New(alert.Options{Store: a.Store, Events: a.Engine.Events(), Notifier: a.notes, Now: o.Now})
	a.Models = orchestrator.NewBook(a.Store, a.Vault, o.Now)
	a.Orchestrator, err = orchestrator.New(orchestrator.Options{
		Store: a.Store, Engine: a.Engine, Registry: a.Registry, Models: a.Models, Now: o.Now, Zone: o.Zone,
		Jobs: map[string]orchestrator.Job{orchestrator.KindImport: a.importMail},
	})
	if err != nil {
		return nil, err
	}
	a.Schedule = schedule.New(schedule.Options{
		Store: a.Store, Runner: a.Orchestrator, Events: a.Engine.Events(), Notifier: a.notes, Now: o.Now, After: o.After, Rings: o.Rings,
	})
	a.Alerts.Follow()
	if err := a.Alerts.Describe(ctx, "", Build, describe(a.Registry)); err != nil {
		return nil, err
	}
	return a, a.Schedule.Follow(ctx)
}

// inZone is the time in the user's zone.
func inZone(now func() time.Time, zone *time.Location) time.Time {
	if now == nil {
		now = time.Now
	}
	if zone == nil {
		zone = time.UTC
	}
	return now().In(zone)
}

// StartSchedule runs automations when they are due, from now on: for a process that stays.
func (a *App) StartSchedule() {
	a.Schedule.Start()
	a.Alerts.Start()
}

// Close breaks off what runs, so that the next start resumes it, and closes the home.
func (a *App) Close() error {
	var errs []error
	if a.Schedule != nil {
		a.Schedule.Halt()
	}
	if a.Orchestrator != nil {
		a.Orchestrator.Close()
	}
	if a.Schedule != nil { // how the runs ended is kept as how their occurrences did
		errs = append(errs, a.Schedule.Close(context.Background()))
	}
	if a.Alerts != nil {
		errs = append(errs, a.Alerts.Close(context.Background()))
	}
	errs = append(errs, a.notes.Close(), shown.Sweep(shown.Keep, a.Now()))
	if a.Store != nil {
		errs = append(errs, a.Store.Close())
	}
	if a.Vault != nil {
		errs = append(errs, a.Vault.Close())
	}
	return errors.Join(errs...)
}
