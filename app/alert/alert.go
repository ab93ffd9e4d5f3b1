// Package alert notices what the user should look at, such as a mail that gives orders to an assistant or a connection that
// was refused, and tells of it once. It is telemetry: it reads what the ledger and the journal say afterwards, and no
// decision rests on what it finds.
package alert

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"maps"
	"sync"
	"time"

	"github.com/oklog/ulid/v2"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/agents/notification"
	"github.com/stewardhq/steward/app/engine"
	"github.com/stewardhq/steward/store"
)

// Options say where alerts are kept and who is told of them.
type Options struct {
	Store    *store.Store
	Events   *engine.Events
	Notifier notification.Notifier // nil for nobody
	Now      func() time.Time
}

// Book keeps the alerts. Its methods may be called from several goroutines.
type Book struct {
	Options
	base context.Context // ends when the book is closed
	stop context.CancelFunc
	work sync.WaitGroup

	raising sync.Mutex // one alert at a time, or two of a kind would be told twice
	looking sync.Mutex // one look at the ledger at a time
	reading sync.Mutex // guards read
	read    map[string]int
	wrong   attempts
}

// New makes the book of a home. See [Book.Follow] and [Book.Start].
func New(o Options) *Book {
	b := &Book{Options: o, read: map[string]int{}}
	b.base, b.stop = context.WithCancel(context.Background())
	return b
}

const (
	again      = time.Hour           // within which the same is counted, not told again
	remembered = 90 * 24 * time.Hour // a text that was told of is read again and again, each time a run looks at it
	mostNew    = 20                  // alerts of a kind in an hour; more are counted with the latest
)

// Raise tells of something that was noticed. The same within an hour counts up, unless the user has put it away.
func (b *Book) Raise(ctx context.Context, kind agents.AlertKind, run string, facts map[string]string) error {
	b.raising.Lock()
	defer b.raising.Unlock()
	now := b.Now().Truncate(time.Millisecond)
	since, fresh := now.Add(-again), 0
	if kind == agents.AlertInjection {
		since = now.Add(-remembered)
	}
	recent, err := b.Store.Alerts(ctx, store.AlertFilter{Kind: kind, Since: since, Limit: 1000})
	if err != nil {
		return fmt.Errorf("look for the same alert: %w", err)
	}
	for _, a := range recent {
		if maps.Equal(a.Facts, facts) && (a.Seen.IsZero() || kind == agents.AlertInjection) {
			a.Count++
			return b.keep(ctx, a, nil)
		}
		if now.Sub(a.Created) < again && a.Seen.IsZero() {
			fresh++
		}
	}
	if fresh >= mostNew {
		recent[0].Count++
		return b.keep(ctx, recent[0], nil)
	}
	a := agents.Alert{ID: ulid.MustNew(ulid.Timestamp(now), rand.Reader).String(), Kind: kind, Created: now, Run: run, Facts: facts, Count: 1}
	content, err := json.Marshal(map[string]any{"alert": a.ID, "kind": kind, "facts": facts})
	if err != nil {
		return fmt.Errorf("write the alert: %w", err)
	}
	if err := b.keep(ctx, a, []agents.Entry{{Kind: "alert", Run: run, Content: content}}); err != nil {
		return err
	}
	return b.tell(ctx, a)
}

func (b *Book) keep(ctx context.Context, a agents.Alert, rows []agents.Entry) error {
	if err := b.Store.Record(ctx, store.Record{Alerts: []agents.Alert{a}, Ledger: rows}); err != nil {
		return fmt.Errorf("keep the alert: %w", err)
	}
	b.Events.Tell(engine.Event{Run: a.Run, Kind: engine.AlertEvent, Text: string(a.Kind)})
	return nil
}

// tell shows a new alert on the desktop. What the note quotes are facts of this machine, never what a mail says.
func (b *Book) tell(ctx context.Context, a agents.Alert) error {
	if b.Notifier == nil {
		return nil
	}
	w := Say(a)
	_, err := b.Notifier.Notify(ctx, notification.Note{Key: "alert " + string(a.Kind), Title: w.Title, Body: w.Text})
	if err != nil {
		return fmt.Errorf("tell of the alert: %w", err)
	}
	return nil
}

// List gives alerts, newest first.
func (b *Book) List(ctx context.Context, f store.AlertFilter) ([]agents.Alert, error) {
	return b.Store.Alerts(ctx, f)
}

// Dismiss puts an alert away, or all for "".
func (b *Book) Dismiss(ctx context.Context, id string) error {
	b.raising.Lock()
	defer b.raising.Unlock()
	for {
		open, err := b.Store.Alerts(ctx, store.AlertFilter{Open: true, Limit: 1000})
		if err != nil {
			return fmt.Errorf("list alerts: %w", err)
		}
		var away []agents.Alert
		for _, a := range open {
			if id == "" || a.ID == id {
				a.Seen = b.Now().Truncate(time.Millisecond)
				away = append(away, a)
			}
		}
		if len(away) == 0 {
			if id == "" {
				return nil
			}
			return &agents.Error{Code: agents.CodeNotFound, Message: "there is no open alert with this id", Hint: "see `steward alerts list`"}
		}
		content, err := json.Marshal(map[string]any{"alert": id, "change": "dismissed", "alerts": len(away)})
		if err != nil {
			return fmt.Errorf("write the alert: %w", err)
		}
		if err := b.Store.Record(ctx, store.Record{Alerts: away, Ledger: []agents.Entry{{Kind: "alert", Content: content}}}); err != nil {
			return fmt.Errorf("put the alert away: %w", err)
		}
		b.Events.Tell(engine.Event{Kind: engine.AlertEvent})
		if id != "" || len(open) < 1000 {
			return nil
		}
	}
}
