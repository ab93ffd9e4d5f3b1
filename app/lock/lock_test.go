package lock_test

import (
	"context"
	"encoding/base32"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/lock"
)

const passphrase = "plum harbour ninety"

// shelf is a vault in memory.
type shelf struct {
	items map[string][]byte
	kept  [][]byte
}

func (s *shelf) Get(_ context.Context, name string) ([]byte, error) {
	if b, ok := s.items[name]; ok && b != nil {
		return slices.Clone(b), nil
	}
	return nil, &agents.Error{Code: agents.CodeNotFound, Message: "there is none"}
}

func (s *shelf) Set(_ context.Context, name string, secret []byte) error {
	s.items[name] = slices.Clone(secret)
	s.kept = append(s.kept, slices.Clone(secret))
	return nil
}
func (s *shelf) Delete(_ context.Context, name string) error { delete(s.items, name); return nil }
func (s *shelf) Names() ([]string, error)                    { return slices.Collect(maps.Keys(s.items)), nil }

type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.now }
func (c *clock) turn(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func begin(t *testing.T) (*lock.Lock, *shelf, *clock) {
	t.Helper()
	v, c := &shelf{items: map[string][]byte{}}, &clock{now: time.Date(2026, 11, 24, 9, 30, 0, 0, time.UTC)}
	return open(t, v, c), v, c
}

func open(t *testing.T, v *shelf, c *clock) *lock.Lock {
	t.Helper()
	l, err := lock.Open(t.Context(), v, c.Now)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func set(t *testing.T, l *lock.Lock, idle int) {
	t.Helper()
	p := passphrase
	if err := l.Set(t.Context(), lock.Change{Passphrase: &p, IdleMinutes: &idle}); err != nil {
		t.Fatal(err)
	}
}

func code(t *testing.T, secret string, at time.Time) string {
	t.Helper()
	c, err := totp.GenerateCode(secret, at)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// factor sets a second factor and moves past the code that set it.
func factor(t *testing.T, l *lock.Lock, c *clock) (secret string) {
	t.Helper()
	f := l.BeginFactor()
	if err := l.FinishFactor(t.Context(), code(t, f.Secret, c.Now())); err != nil {
		t.Fatal(err)
	}
	c.turn(time.Minute)
	return f.Secret
}

func TestAPassphraseOpensWhatItLocked(t *testing.T) {
	l, v, c := begin(t)
	if err := l.Now(t.Context()); agents.CodeOf(err) != agents.CodeInvalid {
		t.Errorf("locked with nothing: %v", err)
	}
	set(t, l, 0)
	for name, b := range v.items {
		if strings.Contains(string(b), "plum") {
			t.Errorf("%s has the passphrase", name)
		}
	}
	if err := l.Now(t.Context()); err != nil || !l.State().Locked {
		t.Fatal(err)
	}
	l = open(t, v, c)
	if !l.State().Locked {
		t.Error("a restart unlocked it")
	}
	for _, wrong := range []string{"", passphrase + " ", strings.Repeat("p", 2000)} {
		c.turn(time.Hour)
		if err := l.Unlock(t.Context(), wrong, ""); agents.CodeOf(err) != agents.CodeDenied || !l.State().Locked {
			t.Errorf("%.20q: %v", wrong, err)
		}
	}
	c.turn(time.Hour)
	if err := l.Unlock(t.Context(), passphrase, ""); err != nil || l.State().Locked {
		t.Error(err)
	}
	for _, bad := range []string{"short", "a\nb c d e f g", "\xff\xfe\xfd12345678", strings.Repeat("p", 1025)} {
		if err := l.Set(t.Context(), lock.Change{Passphrase: &bad}); agents.CodeOf(err) != agents.CodeInvalid || agents.AsError(err).Hint == "" {
			t.Errorf("%.20q: %v", bad, err)
		}
	}
}

func TestAttemptsAreThrottledThroughRestarts(t *testing.T) {
	l, v, c := begin(t)
	set(t, l, 0)
	if err := l.Now(t.Context()); err != nil {
		t.Fatal(err)
	}
	looked := 0
	for range 12 {
		if agents.CodeOf(l.Unlock(t.Context(), "wrong wrong", "")) == agents.CodeDenied {
			looked++
		}
		l = open(t, v, c)
	}
	if looked != 3 {
		t.Errorf("%d guesses were looked at", looked)
	}
	if err := l.Unlock(t.Context(), passphrase, ""); agents.CodeOf(err) != agents.CodeLimit || !strings.Contains(agents.AsError(err).Hint, "1s") {
		t.Errorf("right, but too soon: %v", err)
	}
	for wait := time.Second; wait <= 8*time.Second; wait *= 2 {
		c.turn(wait - time.Millisecond)
		if err := l.Unlock(t.Context(), "wrong wrong", ""); agents.CodeOf(err) != agents.CodeLimit {
			t.Errorf("before %s: %v", wait, err)
		}
		c.turn(time.Millisecond)
		if err := l.Unlock(t.Context(), "wrong wrong", ""); agents.CodeOf(err) != agents.CodeDenied {
			t.Errorf("after %s: %v", wait, err)
		}
	}
	c.turn(-24 * time.Hour)
	if err := l.Unlock(t.Context(), passphrase, ""); agents.CodeOf(err) != agents.CodeLimit {
		t.Errorf("a clock that was set back: %v", err)
	}
	c.turn(15 * time.Minute)
	if err := l.Unlock(t.Context(), passphrase, ""); err != nil {
		t.Errorf("after the longest wait: %v", err)
	}
}

// An attempt is counted before it is looked at: a process killed in between has used it up.
func TestAnAttemptIsWrittenDownFirst(t *testing.T) {
	l, v, c := begin(t)
	set(t, l, 0)
	kept := v.kept
	if err := l.Proved(t.Context(), passphrase, ""); err != nil || len(v.kept) != len(kept)+2 {
		t.Fatalf("%d writes, %v", len(v.kept)-len(kept), err)
	}
	for range 3 { // each time the process is killed after the first write
		v.items["lock/surface"] = v.kept[len(v.kept)-2]
		l = open(t, v, c)
		_ = l.Proved(t.Context(), passphrase, "")
	}
	v.items["lock/surface"] = v.kept[len(v.kept)-2]
	if err := open(t, v, c).Proved(t.Context(), passphrase, ""); agents.CodeOf(err) != agents.CodeLimit {
		t.Error(err)
	}
}

func TestACodeIsGoodOnceAndNearItsTime(t *testing.T) {
	l, v, c := begin(t)
	secret := factor(t, l, c)
	if raw, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(secret); err != nil || len(raw) != 20 {
		t.Fatal(raw, err)
	}
	at := c.Now()
	for _, off := range []time.Duration{-10 * time.Minute, -time.Minute, time.Minute, 10 * time.Minute} {
		if err := l.CheckCode(t.Context(), code(t, secret, at.Add(off))); agents.CodeOf(err) != agents.CodeDenied && agents.CodeOf(err) != agents.CodeLimit {
			t.Errorf("%s off: %v", off, err)
		}
		c.turn(0)
	}
	c.turn(time.Hour)
	now := code(t, secret, c.Now())
	if err := l.CheckCode(t.Context(), now); err != nil {
		t.Fatal(err)
	}
	if err := l.CheckCode(t.Context(), now); agents.CodeOf(err) != agents.CodeDenied {
		t.Errorf("twice: %v", err)
	}
	if err := open(t, v, c).CheckCode(t.Context(), now); agents.CodeOf(err) != agents.CodeDenied {
		t.Errorf("twice, after a restart: %v", err)
	}
	if err := l.CheckCode(t.Context(), code(t, secret, c.Now().Add(-30*time.Second))); agents.CodeOf(err) == "" {
		t.Error("an older code after a newer one")
	}
	if err := l.CheckCode(t.Context(), code(t, secret, c.Now().Add(30*time.Second))); err != nil {
		t.Errorf("a clock that goes ahead: %v", err)
	}
	for _, bad := range []string{"", "12345", "1234567", "abcdef", strings.Repeat("1", 1<<20)} {
		c.turn(time.Hour)
		if err := l.CheckCode(t.Context(), bad); agents.CodeOf(err) != agents.CodeDenied {
			t.Errorf("%.10q: %v", bad, err)
		}
	}
	for _, b := range []string{fmt.Sprintf("%+v", l)} {
		if strings.Contains(b, secret) {
			t.Error("printed")
		}
	}
}

func TestBothAreNeededWhereBothAreSet(t *testing.T) {
	l, _, c := begin(t)
	if _, _, err := l.Elevate(t.Context(), "", ""); agents.CodeOf(err) != agents.CodeInvalid {
		t.Errorf("with nothing set: %v", err)
	}
	set(t, l, 0)
	secret := factor(t, l, c)
	for _, wrong := range [][2]string{{passphrase, ""}, {"", code(t, secret, c.Now())}, {passphrase, "000000"}, {"wrong wrong", code(t, secret, c.Now())}} {
		if _, _, err := l.Elevate(t.Context(), wrong[0], wrong[1]); agents.CodeOf(err) != agents.CodeDenied {
			t.Errorf("%q: %v", wrong, err)
		}
		c.turn(time.Hour)
	}
	token, until, err := l.Elevate(t.Context(), passphrase, code(t, secret, c.Now()))
	if err != nil || len(token) != 43 || until.Sub(c.Now()) != 5*time.Minute {
		t.Fatal(token, until, err)
	}
	for _, wrong := range []string{"", token[1:], token + "A", strings.ToLower(token)} {
		if !l.Elevated(wrong).IsZero() {
			t.Errorf("%q is an elevation", wrong)
		}
	}
	if !l.Elevated(token).Equal(until) {
		t.Error("it is none")
	}
	c.turn(5*time.Minute - time.Second)
	if l.Elevated(token).IsZero() {
		t.Error("ended early")
	}
	c.turn(time.Second)
	if !l.Elevated(token).IsZero() {
		t.Error("holds too long")
	}
	c.turn(time.Hour)
	token, _, err = l.Elevate(t.Context(), passphrase, code(t, secret, c.Now()))
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Now(t.Context()); err != nil || !l.Elevated(token).IsZero() {
		t.Error("locking left it", err)
	}
}

func TestItClosesWhenNobodyIsThere(t *testing.T) {
	l, _, c := begin(t)
	set(t, l, 10)
	c.turn(9 * time.Minute)
	l.Seen()
	c.turn(9 * time.Minute)
	if l.State().Locked {
		t.Error("early")
	}
	c.turn(time.Minute)
	if !l.State().Locked {
		t.Error("late")
	}
	l.Seen()
	if !l.State().Locked {
		t.Error("who comes late unlocks by coming")
	}
	ctx, cancel := context.WithCancel(t.Context())
	locked, over := make(chan struct{}, 1), make(chan struct{})
	go func() {
		defer close(over)
		l.Idle(ctx, func(time.Duration) <-chan time.Time { return make(chan time.Time) }, func() { locked <- struct{}{} })
	}()
	<-locked
	cancel()
	<-over
	c.turn(-time.Hour)
	if !l.State().Locked {
		t.Error("it was not kept")
	}
}

func TestALockThatIsLostStaysClosed(t *testing.T) {
	l, v, c := begin(t)
	set(t, l, 0)
	factor(t, l, c)
	for _, name := range []string{"lock/surface", "lock/second-factor"} {
		for _, harm := range [][]byte{nil, []byte("{")} {
			if name == "lock/second-factor" && harm != nil {
				continue // any bytes are a secret
			}
			broken := &shelf{items: maps.Clone(v.items)}
			broken.items[name] = harm
			if _, err := lock.Open(t.Context(), broken, c.Now); agents.CodeOf(err) != agents.CodeLocked || !strings.Contains(agents.AsError(err).Hint, "--recover") {
				t.Errorf("%s is %q: %v", name, harm, err)
			}
		}
	}
	if err := lock.Forget(t.Context(), v); err != nil || open(t, v, c).State().Set() {
		t.Error(err)
	}
}

func TestTheQRCodeIsDrawn(t *testing.T) {
	l, _, _ := begin(t)
	f := l.BeginFactor()
	if !strings.HasPrefix(f.URI, "otpauth://totp/") || !strings.Contains(f.URI, f.Secret) {
		t.Error(f.URI)
	}
	rows, err := lock.Squares(f.URI)
	if err != nil || len(rows) < 21 || !rows[0][0] || !rows[0][6] || rows[1][1] {
		t.Error(len(rows), err)
	}
	picture, err := lock.Picture(f.URI)
	if err != nil || !strings.HasPrefix(picture, "data:image/svg+xml;base64,") {
		t.Error(err)
	}
	if blocks, err := lock.Blocks(f.URI); err != nil || strings.Count(blocks, "\n") != (len(rows)+5)/2 {
		t.Error(err)
	}
}
