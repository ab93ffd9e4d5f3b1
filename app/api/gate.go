package api

import (
	"context"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/engine"
)

// Need is what a method of the surface asks of its caller.
type Need int

// The needs. What is not in the table [Needs] needs an elevation: a method must not be free because it was forgotten.
const (
	Undecided Need = iota
	Always         // answered while the surface is locked, too
	Free           // answered while the surface is unlocked
	Elevation      // and for who just gave passphrase and second factor, as far as these are set
)

// Needs says of every method of the surface what it needs. Changing rules, exporting, erasing, revealing keys, and whatever
// weakens the lock itself need an elevation.
var Needs = map[string]Need{
	"Setup/State": Always, "Setup/Open": Always,
	"Lock/State": Always, "Lock/Unlock": Always,

	"Lock/Now": Always, "Lock/DropKeys": Always, "Lock/Seen": Free, "Lock/Elevate": Free,
	"Lock/Set":               Free, // it takes the old passphrase instead, and asks for the elevation itself
	"Lock/BeginSecondFactor": Elevation, "Lock/FinishSecondFactor": Elevation, "Lock/RemoveSecondFactor": Elevation,

	"Agents/List": Free, "Approvals/Answer": Free, "Approvals/List": Free, "Approvals/Show": Free, "Ask/Start": Free,
	"Automations/Add": Free, "Automations/List": Free, "Automations/Pause": Free, "Automations/Propose": Free,
	"Automations/Remove": Free, "Automations/Resume": Free, "Automations/Run": Free, "Automations/Show": Free,
	"Data/Report": Free, "Ledger/Show": Free, "Ledger/Verify": Free,
	"Mail/Count": Free, "Mail/Import": Free, "Mail/Raw": Free, "Mail/Search": Free, "Mail/Show": Free,
	"Models/Add": Free, "Models/List": Free, "Models/Test": Free, "Models/Use": Free,
	"Reports/Download": Free, "Reports/Export": Free, "Reports/List": Free, "Reports/Show": Free,
	"Runs/Cancel": Free, "Runs/List": Free, "Runs/Outcome": Free, "Runs/Pause": Free, "Runs/Replay": Free, "Runs/Resume": Free,
	"Runs/Show": Free, "Runs/Watch": Free, "Scripts/API": Free, "Scripts/Check": Free, "Scripts/Run": Free,
	"Settings/Get": Free, "Settings/Set": Free, "System/Doctor": Free,
	"Accounts/Add": Elevation, "Accounts/List": Free, "Accounts/Remove": Elevation, "Accounts/Test": Free,
	"Alerts/Dismiss": Free, "Alerts/List": Free, "Approvals/Edit": Free, "Grants/List": Free, "Grants/Revoke": Free,
	"Ledger/Export": Elevation, "Ledger/Left": Free,
	"Policy/Explain": Free, "Policy/Get": Free, "Policy/SetMode": Elevation, "Policy/SetRules": Elevation, "Policy/Test": Free,
}

func needOf(method string) Need {
	if n := Needs[method]; n != Undecided {
		return n
	}
	return Elevation
}

// watches are the methods that wait, and so may answer long after they were let in.
var watches = map[string]bool{"Runs/Watch": true, "Runs/Outcome": true}

// passive are the methods that a page or a window calls by itself, whether somebody sits before it or not: they are no
// sign of life. Whoever shows a page calls Lock/Seen for what the user does in it.
var passive = map[string]bool{
	"Lock/State": true, "Runs/Watch": true, "Runs/Outcome": true, "Runs/List": true, "Runs/Show": true, "Approvals/List": true,
	"Alerts/List": true, "Automations/List": true, "Settings/Get": true, "Grants/List": true, "Models/List": true, "Reports/List": true,
	"Ledger/Left": true, "System/Doctor": true,
}

// admits says whether a call may come into the home.
func (h *inside) admits(ctx context.Context, method string) error {
	if h == nil {
		return &agents.Error{Code: agents.CodeLocked, Message: "this home is not open yet", Hint: "open it in Steward's window or page first, or with steward unlock"}
	}
	if h.lock == nil {
		return h.unlocked
	}
	need := needOf(method)
	if h.lock.State().Locked && need != Always {
		return surfaceLocked()
	}
	if need == Elevation {
		if err := h.elevated(ctx); err != nil {
			return err
		}
	}
	if !passive[method] && need != Always {
		h.lock.Seen()
	}
	return nil
}

// elevated says what is missing if the caller has no elevation where one is needed.
func (h *inside) elevated(ctx context.Context) error {
	if !h.lock.State().Set() || !h.lock.Elevated(CallerOf(ctx).Elevation).IsZero() {
		return nil
	}
	return &agents.Error{Code: agents.CodeLocked, Message: "this needs your passphrase", Hint: "an elevation does it: give your passphrase, and the code if a second factor is set, again (Lock/Elevate); it holds for five minutes"}
}

func surfaceLocked() error {
	return &agents.Error{Code: agents.CodeLocked, Message: "Steward is locked", Hint: "give your passphrase in the window or the page, or: steward unlock"}
}

// Locked reports whether the surface is locked, or the home is not open: then nothing of it may be shown.
func (s *Surface) Locked() bool {
	h := s.door.inside()
	return h == nil || h.lock == nil || h.lock.State().Locked
}

// Admits says why a shell's own way in, such as an upload, is closed; nil where it is open.
func (s *Surface) Admits() error {
	if s.Locked() {
		return surfaceLocked()
	}
	return nil
}

// SecondFactor reports whether a second factor is set; CodeLocked while the home is closed.
func (s *Surface) SecondFactor() (bool, error) {
	h := s.door.inside()
	if h == nil || h.lock == nil {
		return false, h.admits(context.Background(), "Lock/State")
	}
	return h.lock.State().SecondFactor, nil
}

// LockEvent tells that the lock closed or opened: State is "locked" or "open", in Text. It is the one event that is told while the
// surface is locked.
const LockEvent engine.EventKind = "lock"

// Shown is what a shell may show of what happened: while the surface is locked nothing but that. What was left out is
// made up for by a gap that is told when the lock opens.
func (s *Surface) Shown(happened []engine.Event) []engine.Event {
	h := s.door.inside()
	if h != nil && h.lock != nil && !h.lock.State().Locked {
		return happened
	}
	var shown []engine.Event
	for _, e := range happened {
		if e.Kind == LockEvent || e.Kind == engine.Gap {
			shown = append(shown, e)
		}
	}
	return shown
}

// tellLock tells who watches that the lock closed or opened.
func (d *Door) tellLock() {
	text := "locked"
	if !d.surface.Locked() {
		text = "open"
		d.events.Tell(engine.Event{Kind: engine.Gap})
	}
	d.events.Tell(engine.Event{Kind: LockEvent, Text: text})
}

// elevationAt is until when a caller is elevated; nil for not.
func elevationAt(ctx context.Context, h *inside) *time.Time {
	if until := h.lock.Elevated(CallerOf(ctx).Elevation); !until.IsZero() {
		return &until
	}
	return nil
}
