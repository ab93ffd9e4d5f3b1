package api

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/lock"
)

// Lock closes and opens the surface, and gives elevations. A locked surface answers nobody, and shows nothing; what runs
// goes on.
type Lock struct{ door *Door }

// LockState is how the lock stands.
type LockState struct {
	Passphrase    bool       `json:"passphrase"`
	SecondFactor  bool       `json:"second_factor"`
	Locked        bool       `json:"locked"`
	IdleMinutes   int        `json:"idle_minutes"`
	ElevatedUntil *time.Time `json:"elevated_until"` // the caller's; null for not
}

// lock is the lock of the open home.
func (s *Lock) lock() (*inside, error) {
	h := s.door.inside()
	if h == nil || h.lock == nil {
		return nil, h.admits(context.Background(), "Lock/State")
	}
	return h, nil
}

// State tells how the lock stands.
func (s *Lock) State(ctx context.Context, _ Nothing) (LockState, error) {
	h, err := s.lock()
	if err != nil {
		return LockState{}, err
	}
	st := h.lock.State()
	out := LockState{Passphrase: st.Passphrase, SecondFactor: st.SecondFactor, Locked: st.Locked, IdleMinutes: st.IdleMinutes}
	if !st.Locked {
		out.ElevatedUntil = elevationAt(ctx, h)
	}
	return out, nil
}

// LockChange is what to change; what is left out stays. An empty passphrase removes it. Who has no elevation gives the old
// passphrase; where a second factor is set the elevation is needed.
type LockChange struct {
	Passphrase  *string `json:"passphrase,omitempty"`
	Old         string  `json:"old,omitempty"`
	IdleMinutes *int    `json:"idle_minutes,omitempty"`
}

// Set changes the passphrase, and after how many minutes without a sign of the user the surface locks; 0 is never.
func (s *Lock) Set(ctx context.Context, in LockChange) (LockState, error) {
	h, err := s.lock()
	if err != nil {
		return LockState{}, err
	}
	if err := h.elevated(ctx); err != nil {
		if in.Old == "" || h.lock.State().SecondFactor {
			return LockState{}, err
		}
		err := h.lock.Proved(ctx, in.Old, "")
		if s.door.login(ctx, "elevated", err); err != nil {
			return LockState{}, err
		}
	}
	if err := h.lock.Set(ctx, lock.Change{Passphrase: in.Passphrase, IdleMinutes: in.IdleMinutes}); err != nil {
		return LockState{}, err
	}
	if in.Passphrase != nil || in.IdleMinutes != nil {
		if err := h.setting(ctx); err != nil {
			return LockState{}, err
		}
	}
	return s.State(ctx, Nothing{})
}

// Now locks the surface.
func (s *Lock) Now(ctx context.Context, _ Nothing) (LockState, error) {
	h, err := s.lock()
	if err != nil {
		return LockState{}, err
	}
	if err := h.lock.Now(ctx); err != nil {
		return LockState{}, err
	}
	s.door.login(ctx, "locked", nil)
	s.door.tellLock()
	return s.State(ctx, Nothing{})
}

// Seen is a sign of life of the user: what a page or a window shows was scrolled, typed into, or looked at.
func (s *Lock) Seen(context.Context, Nothing) (Nothing, error) { return Nothing{}, nil }

// LockProof is what opens the lock: the passphrase, and the code of the second factor, as far as these are set.
type LockProof struct {
	Passphrase string `json:"passphrase,omitempty"`
	Code       string `json:"code,omitempty"`
}

// Unlock opens the surface.
func (s *Lock) Unlock(ctx context.Context, in LockProof) (LockState, error) {
	h, err := s.lock()
	if err != nil {
		return LockState{}, err
	}
	if !h.lock.State().Locked {
		return s.State(ctx, Nothing{})
	}
	err = h.lock.Unlock(ctx, in.Passphrase, in.Code)
	if s.door.login(ctx, "unlocked", err); err != nil {
		return LockState{}, err
	}
	s.door.tellLock()
	return s.State(ctx, Nothing{})
}

// Elevated is an elevation: what a shell sends with each call that needs one.
type Elevated struct {
	Elevation string    `json:"elevation"`
	Until     time.Time `json:"until"`
}

// Elevate gives an elevation for passphrase and code.
func (s *Lock) Elevate(ctx context.Context, in LockProof) (Elevated, error) {
	h, err := s.lock()
	if err != nil {
		return Elevated{}, err
	}
	token, until, err := h.lock.Elevate(ctx, in.Passphrase, in.Code)
	if h.lock.State().Set() {
		s.door.login(ctx, "elevated", err)
	}
	return Elevated{token, until}, err
}

// SecondFactor is the secret for an app that makes codes, shown once: as text, as the address that such apps read, and as
// a picture of it, good for the src of an image.
type SecondFactor struct {
	Secret string `json:"secret"`
	URI    string `json:"uri"`
	QR     string `json:"qr"`
}

// BeginSecondFactor makes a secret. Nothing asks for codes of it before FinishSecondFactor.
func (s *Lock) BeginSecondFactor(context.Context, Nothing) (SecondFactor, error) {
	h, err := s.lock()
	if err != nil {
		return SecondFactor{}, err
	}
	f := h.lock.BeginFactor()
	picture, err := lock.Picture(f.URI)
	return SecondFactor{f.Secret, f.URI, picture}, err
}

// LockCode is a code of the second factor.
type LockCode struct {
	Code string `json:"code"`
}

// FinishSecondFactor sets the second factor, by its first code.
func (s *Lock) FinishSecondFactor(ctx context.Context, in LockCode) (LockState, error) {
	return s.factor(ctx, func(l *lock.Lock) error { return l.FinishFactor(ctx, in.Code) })
}

// RemoveSecondFactor removes the second factor.
func (s *Lock) RemoveSecondFactor(ctx context.Context, _ Nothing) (LockState, error) {
	return s.factor(ctx, func(l *lock.Lock) error { return l.RemoveFactor(ctx) })
}

func (s *Lock) factor(ctx context.Context, change func(*lock.Lock) error) (LockState, error) {
	h, err := s.lock()
	if err != nil {
		return LockState{}, err
	}
	before := h.lock.State()
	if err := change(h.lock); err != nil {
		return LockState{}, err
	}
	if before != h.lock.State() {
		if err := h.setting(ctx); err != nil {
			return LockState{}, err
		}
	}
	return s.State(ctx, Nothing{})
}

// dropped is what the next opening must be proved with, where the keys were dropped.
type dropped struct{ passphrase, code bool }

// closeWithin is how long calls may take to end when the keys are dropped.
const closeWithin = 30 * time.Second

// DropKeys closes the home and overwrites its keys in memory. What runs is broken off and goes on when the home opens
// again; until then no automation runs.
func (s *Lock) DropKeys(ctx context.Context, _ Nothing) (Nothing, error) {
	d := s.door
	d.mu.Lock()
	h := d.home
	if d.lent {
		d.mu.Unlock()
		return Nothing{}, &agents.Error{Code: agents.CodeUnsupported, Message: "a command has this home open for a moment", Hint: "it drops the keys when it ends; steward runs list shows what it waits for"}
	}
	if h == nil || d.opening != nil || d.closed {
		d.mu.Unlock()
		return Nothing{}, h.admits(ctx, "Lock/State")
	}
	// Who comes meanwhile waits for this, as for an opening, and is told.
	closing := &opening{done: make(chan struct{}), err: &agents.Error{Code: agents.CodeLocked, Message: "this home was just locked", Hint: "open it again: steward unlock"}}
	d.mu.Unlock()
	d.login(ctx, "keys dropped", nil) // while there is a ledger
	if h.lock != nil && h.lock.State().Set() {
		// It is kept in the vault: a command that opens the home by itself, after this process has ended, must ask too. Where
		// it cannot be kept the keys go all the same.
		_ = h.lock.Now(context.WithoutCancel(ctx))
	}
	d.mu.Lock()
	if d.home != h {
		d.mu.Unlock()
		return Nothing{}, h.admits(ctx, "Lock/State")
	}
	d.home, d.opening, d.failure = nil, closing, nil
	if h.lock != nil {
		st := h.lock.State()
		d.dropped = &dropped{st.Passphrase, st.SecondFactor}
	}
	d.mu.Unlock()
	h.stop()
	ended := make(chan struct{})
	go func() {
		h.calls.Wait()
		close(ended)
	}()
	timer := time.NewTimer(closeWithin)
	defer timer.Stop()
	var err error
	select {
	case <-ended:
	case <-timer.C:
		err = errors.New("a call did not end")
	}
	if err = errors.Join(err, h.close()); err != nil {
		err = fmt.Errorf("close the home: %w", err)
	}
	d.mu.Lock()
	d.opening = nil
	d.mu.Unlock()
	close(closing.done)
	d.tellLock()
	return Nothing{}, err
}
