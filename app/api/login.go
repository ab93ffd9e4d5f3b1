package api

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/store"
)

// Suspicion is that somebody tries to come in again and again.
type Suspicion struct {
	What  string // of the latest attempt, such as "unlocked" or "session"
	From  string
	Via   Via
	Count int // attempts that failed within the time that is looked at
	Since time.Time
}

const (
	suspicious  = 10               // failures …
	within      = 10 * time.Minute // … in this time
	mostRows    = 20               // of failures in a minute that are written one by one
	mostPending = 100              // rows that wait for the home to open
)

// Login is a row of the ledger of kind "login".
type Login struct {
	What    string `json:"what"`    // "session", "unlocked", "elevated", "locked", "keys dropped"
	Outcome string `json:"outcome"` // "done", "refused", "throttled"
	Via     Via    `json:"via,omitempty"`
	From    string `json:"from,omitempty"`
	Session string `json:"session,omitempty"`
	More    int    `json:"more,omitempty"` // so many failures before it have no row of their own
}

// logins writes down who came in, and who tried to. A flood of attempts must not become a flood of rows.
type logins struct {
	mu      sync.Mutex
	pending []agents.Entry // while the home is closed
	minute  time.Time
	rows    int
	more    int
	failed  []time.Time
	warned  time.Time
}

// LoggedIn writes down that a session began, or why not: for a shell that has sessions.
func (s *Surface) LoggedIn(ctx context.Context, what string, err error) { s.door.login(ctx, what, err) }

// CheckCode accepts a code of the second factor, once: for a shell that begins a session.
func (s *Surface) CheckCode(ctx context.Context, code string) error {
	h := s.door.inside()
	if h == nil || h.lock == nil {
		return h.admits(ctx, "Lock/State")
	}
	return h.lock.CheckCode(ctx, code)
}

func (d *Door) login(ctx context.Context, what string, err error) {
	caller, now := CallerOf(ctx), d.options.Now()
	row := Login{What: what, Outcome: "done", Via: caller.Via, From: caller.From, Session: caller.Session}
	switch {
	case agents.CodeOf(err) == agents.CodeLimit:
		row.Outcome = "throttled"
	case err != nil:
		row.Outcome = "refused"
	}
	entry, suspicion := d.logins.note(row, now)
	h := d.inside()
	if suspicion != nil && h != nil {
		_ = h.app.Alerts.Wrong(context.WithoutCancel(ctx), string(suspicion.Via)) // the row of the attempt is written all the same
	}
	if suspicion != nil && d.options.OnSuspicion != nil {
		d.options.OnSuspicion(*suspicion)
	}
	if entry == nil {
		return
	}
	if h == nil || !h.write(ctx, *entry) {
		d.logins.mu.Lock()
		d.logins.pending = append(d.logins.pending, *entry)
		d.logins.pending = d.logins.pending[max(0, len(d.logins.pending)-mostPending):]
		d.logins.mu.Unlock()
	}
}

// note counts a login, and gives its row if it gets one of its own.
func (l *logins) note(row Login, now time.Time) (*agents.Entry, *Suspicion) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var suspicion *Suspicion
	if row.Outcome != "done" {
		kept := l.failed[:0]
		for _, at := range l.failed {
			if now.Sub(at) < within {
				kept = append(kept, at)
			}
		}
		kept = append(kept, now)
		l.failed = kept[max(0, len(kept)-1000):]
		if len(l.failed) >= suspicious && (l.warned.IsZero() || now.Sub(l.warned) >= within) {
			l.warned = now
			suspicion = &Suspicion{What: row.What, From: row.From, Via: row.Via, Count: len(l.failed), Since: l.failed[0]}
		}
		if now.Sub(l.minute) >= time.Minute || now.Before(l.minute) {
			l.minute, l.rows = now, 0
		}
		if l.rows++; l.rows > mostRows {
			l.more++
			return nil, suspicion
		}
	}
	row.More, l.more = l.more, 0
	content, err := json.Marshal(row)
	if err != nil { // strings and numbers always marshal
		panic("api: a login cannot be written: " + err.Error())
	}
	return &agents.Entry{Kind: "login", Content: content}, suspicion
}

// flush writes what happened while the home was closed.
func (l *logins) flush(h *inside) {
	l.mu.Lock()
	rows := l.pending
	l.pending = nil
	l.mu.Unlock()
	if len(rows) > 0 {
		h.write(context.Background(), rows...)
	}
}

// write writes rows into the ledger, whoever goes away meanwhile.
func (h *inside) write(ctx context.Context, rows ...agents.Entry) bool {
	return h.app.Store.Record(context.WithoutCancel(ctx), store.Record{Ledger: rows}) == nil
}

// setting writes down that the lock was changed, and to what; never the passphrase.
func (h *inside) setting(ctx context.Context) error {
	st := h.lock.State()
	content, err := json.Marshal(map[string]any{"setting": "lock", "to": map[string]any{"passphrase": st.Passphrase, "second_factor": st.SecondFactor, "idle_minutes": st.IdleMinutes}})
	if err != nil {
		return err
	}
	return h.app.Store.Record(context.WithoutCancel(ctx), store.Record{Ledger: []agents.Entry{{Kind: "setting", Content: content}}})
}
