// Package lock is the lock of the surface: what asks for a passphrase, and for the code of a second factor, before anybody
// sees or changes anything. It keeps no content and drops no keys: automations go on behind it.
//
// What it knows is kept in the vault. Attempts are counted there before they are looked at, so that neither a restart nor
// a kill gives more of them.
package lock

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/stewardhq/steward/agents"
)

// Vault is where the lock keeps what it knows.
type Vault interface {
	Get(ctx context.Context, name string) ([]byte, error)
	Set(ctx context.Context, name string, secret []byte) error
	Delete(ctx context.Context, name string) error
	Names() ([]string, error)
}

// The names in the vault.
const (
	recordName = "lock/surface"
	factorName = "lock/second-factor"
)

const (
	longestPassphrase = 1024 // bytes
	shortest          = 8    // characters of a passphrase
	longestIdle       = 24 * 60
	// ElevationGood is how long an elevation holds.
	ElevationGood = 5 * time.Minute
	maxElevations = 16
)

// State is how the lock stands.
type State struct {
	Passphrase   bool
	SecondFactor bool
	Locked       bool
	IdleMinutes  int // 0 for never
}

// Set reports whether there is anything that can be asked for.
func (s State) Set() bool { return s.Passphrase || s.SecondFactor }

// record is what is kept.
type record struct {
	KDF      *kdf      `json:"kdf,omitempty"`
	Hash     []byte    `json:"hash,omitempty"`
	Factor   bool      `json:"factor,omitempty"`   // the secret is kept apart
	Step     int64     `json:"step,omitempty"`     // of the last code that was accepted: none up to it is again
	Idle     int       `json:"idle,omitempty"`     // minutes
	Locked   bool      `json:"locked,omitempty"`   // a restart does not unlock
	Failures int       `json:"failures,omitempty"` // in a row
	Tried    time.Time `json:"tried,omitzero"`     // when the latest failed
}

// Lock is the lock of one home. Its methods may be called from several goroutines.
type Lock struct {
	vault Vault
	now   func() time.Time

	mu         sync.Mutex
	record     record
	factor     agents.Secret
	pending    agents.Secret // a second factor that is being set up
	seen       time.Time     // the user's last sign of life
	elevations []elevation
	changed    chan struct{} // closed when what Idle waits for may have changed
}

// Open reads what the vault knows of the lock.
func Open(ctx context.Context, v Vault, now func() time.Time) (*Lock, error) {
	l := &Lock{vault: v, now: now, seen: now(), changed: make(chan struct{})}
	names, err := v.Names()
	if err != nil {
		return nil, fmt.Errorf("look for the lock: %w", err)
	}
	if !slices.Contains(names, recordName) {
		return l, nil
	}
	raw, err := v.Get(ctx, recordName)
	if err == nil {
		err = json.Unmarshal(raw, &l.record)
	}
	if err != nil || l.record.Hash != nil && !l.record.KDF.valid() {
		return nil, lost(err)
	}
	if l.record.Factor {
		secret, err := v.Get(ctx, factorName)
		if err != nil {
			return nil, lost(err)
		}
		l.factor = agents.NewSecret(secret)
		clear(secret)
	}
	return l, nil
}

// Forget removes the lock from a vault: for who has proved with the recovery code that the home is theirs.
func Forget(ctx context.Context, v Vault) error {
	for _, name := range []string{recordName, factorName} {
		if err := v.Delete(ctx, name); err != nil {
			return fmt.Errorf("remove the lock: %w", err)
		}
	}
	return nil
}

// lost is the error where the vault names a lock but does not have it: it must not open then.
func lost(cause error) error {
	return &agents.Error{
		Code: agents.CodeLocked, Message: "what is known of the lock's passphrase or second factor cannot be read",
		Hint: "steward unlock --recover, with the recovery code, removes the lock", Err: cause,
	}
}

// keep writes a changed record; if that fails the lock is as it was.
func (l *Lock) keep(ctx context.Context, r record) error {
	raw, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("write the lock: %w", err)
	}
	// Who goes away in the middle of an attempt does not undo its being counted.
	if err := l.vault.Set(context.WithoutCancel(ctx), recordName, raw); err != nil {
		return fmt.Errorf("keep the lock: %w", err)
	}
	l.record = r
	l.wake()
	return nil
}

func (l *Lock) wake() {
	close(l.changed)
	l.changed = make(chan struct{})
}

// State is how the lock stands now.
func (l *Lock) State() State {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.state()
}

func (l *Lock) state() State {
	r := l.record
	s := State{Passphrase: r.Hash != nil, SecondFactor: r.Factor, IdleMinutes: r.Idle}
	s.Locked = s.Set() && (r.Locked || l.overdue())
	return s
}

// Change is what to change; what is nil stays. An empty passphrase removes it.
type Change struct {
	Passphrase  *string
	IdleMinutes *int
}

// Set changes passphrase and idle time. Who may do so is decided before.
func (l *Lock) Set(ctx context.Context, c Change) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	r := l.record
	if c.IdleMinutes != nil {
		if *c.IdleMinutes < 0 || *c.IdleMinutes > longestIdle {
			return &agents.Error{Code: agents.CodeInvalid, Message: "the idle time is 0 to 1,440 minutes", Hint: "0 never locks by itself"}
		}
		r.Idle = *c.IdleMinutes
	}
	if c.Passphrase != nil {
		r.KDF, r.Hash = nil, nil
		if *c.Passphrase != "" {
			if err := fit(*c.Passphrase); err != nil {
				return err
			}
			r.KDF = newKDF()
			r.Hash = r.KDF.key(*c.Passphrase)
		}
		l.elevations = nil
	}
	l.seen = l.now()
	return l.keep(ctx, r)
}

// Now locks.
func (l *Lock) Now(ctx context.Context) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.state().Set() {
		return &agents.Error{Code: agents.CodeInvalid, Message: "there is no passphrase to lock with", Hint: "choose one: steward lock set, or in the settings"}
	}
	return l.lock(ctx)
}

func (l *Lock) lock(ctx context.Context) error {
	l.elevations = nil
	r := l.record
	r.Locked = true
	if err := l.keep(ctx, r); err != nil {
		l.record.Locked = true // in memory at least
		l.wake()
		return err
	}
	return nil
}

// Unlock opens the surface again, for passphrase and code.
func (l *Lock) Unlock(ctx context.Context, passphrase, code string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.state().Locked {
		return nil
	}
	return l.prove(ctx, passphrase, code, func(r *record) { r.Locked, l.elevations = false, nil })
}

// Reopen checks passphrase and code where the keys were dropped, locked or not, and leaves the lock open.
func (l *Lock) Reopen(ctx context.Context, passphrase, code string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.prove(ctx, passphrase, code, func(r *record) { r.Locked = false })
}

// Proved checks passphrase and code without unlocking anything.
func (l *Lock) Proved(ctx context.Context, passphrase, code string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.prove(ctx, passphrase, code, func(*record) {})
}

// prove checks what is set of passphrase and code: both where both are. Only then is the change made.
func (l *Lock) prove(ctx context.Context, passphrase, code string, change func(*record)) error {
	return l.attempt(ctx, func(r *record) bool {
		// Both are looked at, whatever the first came to: an answer must not say which was wrong.
		ok := true
		if r.Hash != nil {
			ok = r.matches(passphrase)
		}
		if r.Factor {
			step, good := l.step(l.factor, code, r.Step)
			if ok = ok && good; ok {
				r.Step = step
			}
		}
		if ok {
			change(r)
			l.seen = l.now()
		}
		return ok
	})
}

// CheckCode accepts a code of the second factor, once: for a session that begins.
func (l *Lock) CheckCode(ctx context.Context, code string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.record.Factor {
		return &agents.Error{Code: agents.CodeLocked, Message: "no second factor is set", Hint: "steward lock second-factor, at the machine itself"}
	}
	return l.attempt(ctx, func(r *record) bool {
		step, ok := l.step(l.factor, code, r.Step)
		if ok {
			r.Step = step
		}
		return ok
	})
}
