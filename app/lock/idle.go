package lock

import (
	"context"
	"time"
)

// look is how often at least the clock is looked at while the lock may close: timers stand still while a machine sleeps.
const look = time.Minute

// Seen is a sign of life of the user.
func (l *Lock) Seen() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.state().Locked { // who comes too late does not unlock by coming
		return
	}
	l.seen = l.now()
}

// left is how long there is until the lock closes by itself; ok is false where it does not.
func (l *Lock) left() (d time.Duration, ok bool) {
	r := l.record
	if r.Idle == 0 || r.Locked || r.Hash == nil && !r.Factor {
		return 0, false
	}
	return time.Duration(r.Idle)*time.Minute - l.now().Sub(l.seen), true
}

func (l *Lock) overdue() bool {
	left, ok := l.left()
	return ok && left <= 0
}

// Idle locks when nothing was seen of the user for the idle time, until ctx ends. locked is called each time.
func (l *Lock) Idle(ctx context.Context, after func(time.Duration) <-chan time.Time, locked func()) {
	for {
		l.mu.Lock()
		closes := l.overdue()
		if closes {
			_ = l.lock(ctx) // in memory it is locked
		}
		left, waits := l.left()
		changed := l.changed
		l.mu.Unlock()
		if closes {
			locked()
		}
		var timer <-chan time.Time
		if waits {
			timer = after(min(left, look))
		}
		select {
		case <-timer:
		case <-changed:
		case <-ctx.Done():
			return
		}
	}
}
