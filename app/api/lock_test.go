package api_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/api"
	"github.com/stewardhq/steward/app/engine"
	"github.com/stewardhq/steward/store"
)

const lockPassphrase = "plum harbour ninety"

// watch is a clock that is turned.
type watch struct {
	mu   sync.Mutex
	time time.Time
}

func (w *watch) now() time.Time { w.mu.Lock(); defer w.mu.Unlock(); return w.time }
func (w *watch) turn(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.time = w.time.Add(d)
}

// locking is an open home with a clock that is turned.
func locking(t *testing.T, change func(*api.DoorOptions)) (*api.Door, *watch) {
	t.Helper()
	w := &watch{time: now()}
	d := door(t, t.TempDir(), func(o *api.DoorOptions) {
		o.Now = w.now
		o.After = func(time.Duration) <-chan time.Time { return nil }
		if change != nil {
			change(o)
		}
	})
	must[api.SetupOpened](t, d.Surface(), "Setup/Open", api.SetupOpen{Mode: api.KeychainMode})
	return d, w
}

func setPassphrase(t *testing.T, d *api.Door, idle int) {
	t.Helper()
	p := lockPassphrase
	must[api.LockState](t, d.Surface(), "Lock/Set", api.LockChange{Passphrase: &p, IdleMinutes: &idle})
}

// Who adds a method decides what it needs.
func TestEveryMethodHasItsNeed(t *testing.T) {
	d := door(t, t.TempDir(), nil)
	there := map[string]bool{}
	for _, method := range d.Surface().Methods() {
		there[method] = true
		if api.Needs[method] == api.Undecided {
			t.Errorf("%s is not in the table of needs", method)
		}
	}
	for method := range api.Needs {
		if !there[method] {
			t.Errorf("%s is in the table, and is no method", method)
		}
	}
}

func TestALockedSurfaceAnswersNobody(t *testing.T) {
	d, _ := locking(t, nil)
	setPassphrase(t, d, 0)
	e := must[api.Elevated](t, d.Surface(), "Lock/Elevate", api.LockProof{Passphrase: lockPassphrase})
	must[api.LockState](t, d.Surface(), "Lock/Now", api.Nothing{})
	open := map[string]bool{"Setup/State": true, "Setup/Open": true, "Lock/State": true, "Lock/Unlock": true, "Lock/Now": true, "Lock/DropKeys": true}
	for _, via := range []api.Via{"", api.ViaWindow, api.ViaPage, api.ViaTerminal, api.ViaNotification} {
		ctx := api.WithCaller(t.Context(), api.Caller{Via: via, Elevation: e.Elevation})
		for _, method := range d.Surface().Methods() {
			if open[method] {
				continue
			}
			if _, err := d.Surface().Call(ctx, method, nil); agents.CodeOf(err) != agents.CodeLocked || !strings.Contains(agents.AsError(err).Hint, "steward unlock") {
				t.Errorf("%s answers %q with %v", method, via, err)
			}
		}
	}
	if s := must[api.LockState](t, d.Surface(), "Lock/State", api.Nothing{}); !s.Locked || !s.Passphrase || s.ElevatedUntil != nil {
		t.Errorf("%+v", s)
	}
	if _, err := call[api.LockState](t, d.Surface(), "Lock/Unlock", api.LockProof{Passphrase: "wrong wrong"}); agents.CodeOf(err) != agents.CodeDenied {
		t.Error(err)
	}
	must[api.LockState](t, d.Surface(), "Lock/Unlock", api.LockProof{Passphrase: lockPassphrase})
	must[api.RunList](t, d.Surface(), "Runs/List", api.ListRuns{})
	if _, err := d.Surface().Call(api.WithCaller(t.Context(), api.Caller{Elevation: e.Elevation}), "Lock/BeginSecondFactor", nil); agents.CodeOf(err) != agents.CodeLocked {
		t.Errorf("an elevation outlived the lock: %v", err)
	}
}

func TestWhatNeedsAnElevationGetsNoneWithout(t *testing.T) {
	d, w := locking(t, nil)
	must[api.SecondFactor](t, d.Surface(), "Lock/BeginSecondFactor", api.Nothing{}) // nothing is set, so nothing needs it
	setPassphrase(t, d, 0)
	as := func(elevation, method, in string) error {
		_, err := d.Surface().Call(api.WithCaller(t.Context(), api.Caller{Elevation: elevation}), method, []byte(in))
		return err
	}
	for method, need := range api.Needs {
		if need != api.Elevation {
			continue
		}
		for _, wrong := range []string{"", "x", strings.Repeat("A", 43)} {
			if e := agents.AsError(as(wrong, method, "")); e == nil || e.Code != agents.CodeLocked || e.Message != "this needs your passphrase" || !strings.Contains(e.Hint, "elevation") {
				t.Errorf("%s with %q: %v", method, wrong, e)
			}
		}
	}
	for _, change := range []string{`{"passphrase":""}`, `{"idle_minutes":0}`, `{"passphrase":"another one of mine"}`, `{}`} {
		if err := as("", "Lock/Set", change); agents.CodeOf(err) != agents.CodeLocked {
			t.Errorf("%s: %v", change, err)
		}
	}
	if err := as("", "Lock/Set", `{"idle_minutes":5,"old":"wrong wrong"}`); agents.CodeOf(err) != agents.CodeDenied {
		t.Error(err)
	}
	if err := as("", "Lock/Set", `{"idle_minutes":5,"old":"`+lockPassphrase+`"}`); err != nil {
		t.Error(err)
	}
	e := must[api.Elevated](t, d.Surface(), "Lock/Elevate", api.LockProof{Passphrase: lockPassphrase})
	ctx := api.WithCaller(t.Context(), api.Caller{Elevation: e.Elevation})
	made, err := d.Surface().Call(ctx, "Lock/BeginSecondFactor", nil)
	if err != nil {
		t.Fatal(err)
	}
	secret := strings.Split(strings.Split(string(made), `"secret":"`)[1], `"`)[0]
	code, err := totp.GenerateCode(secret, w.now())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Surface().Call(ctx, "Lock/FinishSecondFactor", []byte(`{"code":"`+code+`"}`)); err != nil {
		t.Fatal(err)
	}
	if err := as("", "Lock/Set", `{"idle_minutes":5,"old":"`+lockPassphrase+`"}`); agents.CodeOf(err) != agents.CodeLocked {
		t.Errorf("the old passphrase alone, with a second factor set: %v", err)
	}
	w.turn(time.Minute)
	if _, err := call[api.Elevated](t, d.Surface(), "Lock/Elevate", api.LockProof{Passphrase: lockPassphrase}); agents.CodeOf(err) != agents.CodeDenied {
		t.Errorf("without the code: %v", err)
	}
}

func TestItLocksWhenNobodyIsThere(t *testing.T) {
	d, w := locking(t, nil)
	setPassphrase(t, d, 10)
	w.turn(9 * time.Minute)
	must[api.Nothing](t, d.Surface(), "Lock/Seen", api.Nothing{})
	w.turn(9 * time.Minute)
	must[api.RunList](t, d.Surface(), "Runs/List", api.ListRuns{}) // which a page does by itself
	w.turn(time.Minute)
	if _, err := call[api.RunList](t, d.Surface(), "Runs/List", api.ListRuns{}); agents.CodeOf(err) != agents.CodeLocked {
		t.Errorf("after ten minutes: %v", err)
	}
	if s := must[api.LockState](t, d.Surface(), "Lock/State", api.Nothing{}); !s.Locked {
		t.Errorf("%+v", s)
	}
}

func TestNothingIsToldWhileLocked(t *testing.T) {
	d, _ := locking(t, nil)
	setPassphrase(t, d, 0)
	happened := []engine.Event{{Kind: engine.LogEvent, Text: "a"}, {Kind: engine.ProgressEvent, Text: "b"}, {Kind: engine.StateEvent}, {Kind: api.LockEvent, Text: "locked"}}
	if got := d.Surface().Shown(happened); len(got) != 4 {
		t.Error(got)
	}
	must[api.LockState](t, d.Surface(), "Lock/Now", api.Nothing{})
	if got := d.Surface().Shown(happened); len(got) != 1 || got[0].Kind != api.LockEvent {
		t.Error(got)
	}
	last := d.Events().Last()
	must[api.LockState](t, d.Surface(), "Lock/Unlock", api.LockProof{Passphrase: lockPassphrase})
	told, err := d.Events().Stream(t.Context(), last)
	if err != nil || len(told) == 0 || told[0].Kind != engine.Gap {
		t.Error("what was left out is not made up for:", told, err)
	}
}

func TestDroppedKeysComeBackOnlyForThePassphrase(t *testing.T) {
	d, w := locking(t, nil)
	setPassphrase(t, d, 0)
	vault := d.App().Vault
	must[api.Nothing](t, d.Surface(), "Lock/DropKeys", api.Nothing{})
	if vault.Master() != [32]byte{} || d.App() != nil {
		t.Error("the keys are there")
	}
	if s := state(t, d); s.State != api.HomeLocked || !s.AsksPassphrase || s.AsksCode {
		t.Errorf("%+v", s)
	}
	for _, in := range []api.SetupOpen{{}, {Mode: api.KeychainMode}, {Passphrase: "wrong wrong"}} {
		if _, err := call[api.SetupOpened](t, d.Surface(), "Setup/Open", in); err == nil || d.App() != nil {
			t.Errorf("%+v opened it", in)
		}
	}
	w.turn(time.Hour)
	must[api.SetupOpened](t, d.Surface(), "Setup/Open", api.SetupOpen{Passphrase: lockPassphrase})
	must[api.RunList](t, d.Surface(), "Runs/List", api.ListRuns{})
	rows, err := d.App().Store.Ledger(t.Context(), store.LedgerFilter{Kind: "login"})
	if err != nil || len(rows) < 4 {
		t.Errorf("%d rows, %v", len(rows), err)
	}
	for _, row := range rows {
		if strings.Contains(string(row.Content), "plum") {
			t.Errorf("%s", row.Content)
		}
	}
}

func TestAStartIsNoWayAroundTheLock(t *testing.T) {
	home, chain := t.TempDir(), newShelf()
	with := func(o *api.DoorOptions) { o.Keychain = chain }
	d := door(t, home, with)
	must[api.SetupOpened](t, d.Surface(), "Setup/Open", api.SetupOpen{Mode: api.KeychainMode})
	setPassphrase(t, d, 0)
	if err := d.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	d = door(t, home, with)
	if _, err := d.TryOpen(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := call[api.RunList](t, d.Surface(), "Runs/List", api.ListRuns{}); agents.CodeOf(err) != agents.CodeLocked {
		t.Errorf("a restart unlocked it: %v", err)
	}
	must[api.LockState](t, d.Surface(), "Lock/Unlock", api.LockProof{Passphrase: lockPassphrase})
	must[api.RunList](t, d.Surface(), "Runs/List", api.ListRuns{})
}

func TestManyFailuresAreToldOnceAndWrittenShort(t *testing.T) {
	var told []api.Suspicion
	d, _ := locking(t, func(o *api.DoorOptions) { o.OnSuspicion = func(s api.Suspicion) { told = append(told, s) } })
	for range 5000 {
		d.Surface().LoggedIn(api.WithCaller(t.Context(), api.Caller{Via: api.ViaPage, From: "203.0.113.9"}), "session", &agents.Error{Code: agents.CodeDenied})
	}
	if len(told) != 1 || told[0].From != "203.0.113.9" || told[0].Count != 10 {
		t.Errorf("%+v", told)
	}
	rows, err := d.App().Store.Ledger(t.Context(), store.LedgerFilter{Kind: "login"})
	if err != nil || len(rows) != 20 {
		t.Errorf("%d rows, %v", len(rows), err)
	}
}
