package bell_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/agents/notification"
	"github.com/stewardhq/steward/app/bell"
	"github.com/stewardhq/steward/app/engine"
	"github.com/stewardhq/steward/app/notify"
)

// asked is a notification with buttons that the test's desktop shows.
type asked struct {
	note    notification.Note
	actions []string
	chosen  chan string
}

// desk is a desktop; what is shown comes out of its channels.
type desk struct {
	asked     chan asked
	told      chan notification.Note
	withdrawn chan string
	locked    atomic.Bool
}

func newDesk() *desk {
	return &desk{asked: make(chan asked, 10), told: make(chan notification.Note, 10), withdrawn: make(chan string, 10)}
}

func (d *desk) Ask(_ context.Context, note notification.Note, actions []notify.Action) (<-chan string, error) {
	a := asked{note: note, chosen: make(chan string, 1)}
	for _, action := range actions {
		a.actions = append(a.actions, action.Key)
	}
	d.asked <- a
	return a.chosen, nil
}

func (d *desk) Withdraw(_ context.Context, key string) { d.withdrawn <- key }

func (d *desk) Notify(_ context.Context, note notification.Note) (string, error) {
	d.told <- note
	return "desk", nil
}

func (d *desk) ScreenLocked(context.Context) bool { return d.locked.Load() }

// book is the sheets that wait, and takes answers.
type book struct {
	mu       sync.Mutex
	sheets   map[string]engine.Sheet
	answered chan string
	err      error
}

func (b *book) Sheet(_ context.Context, run string) (engine.Sheet, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	sheet, there := b.sheets[run]
	if !there {
		return sheet, &agents.Error{Code: agents.CodeNotFound, Message: "waits for nothing"}
	}
	return sheet, nil
}

func (b *book) put(sheet engine.Sheet) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.sheets[sheet.Run] = sheet
}

func (b *book) remove(run string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.sheets, run)
}

func (b *book) Answer(_ context.Context, run, hash string, approve []int) error {
	b.answered <- run + " " + hash + " " + strings.Repeat("x", len(approve))
	return b.err
}

func take[T any](t *testing.T, from <-chan T) T {
	t.Helper()
	select {
	case one := <-from:
		return one
	case <-time.After(10 * time.Second):
		t.Fatal("nothing came")
		panic("unreachable")
	}
}

func one(run, hash, request string, rows int) engine.Sheet {
	sheet := engine.Sheet{Run: run, Hash: hash, Request: request}
	for i := range rows {
		sheet.Rows = append(sheet.Rows, engine.Row{Step: i + 3, Capability: "mail.send"})
	}
	return sheet
}

func ring(t *testing.T, change func(*bell.Options)) (*desk, *book, *engine.Events) {
	t.Helper()
	d, sheets, events := newDesk(), &book{sheets: map[string]engine.Sheet{}, answered: make(chan string, 10)}, engine.NewEvents()
	o := bell.Options{
		Events: events, Sheets: sheets, Desktop: d, Answerer: sheets, Open: func(string) {},
		Fits: func(engine.Row, int) (string, bool) { return "to Anna: see you at eight", true },
	}
	if change != nil {
		change(&o)
	}
	b := bell.New(o)
	b.Start()
	t.Cleanup(b.Close)
	return d, sheets, events
}

func sheetEvent(run string) engine.Event { return engine.Event{Run: run, Kind: engine.SheetEvent} }

func TestApproveAnswersExactlyWhatWasShown(t *testing.T) {
	d, sheets, events := ring(t, nil)
	sheets.put(one("R1", "h1", "tell Anna", 1))
	events.Tell(sheetEvent("R1"))
	a := take(t, d.asked)
	if a.note.Title != "One thing waits for your word" || a.note.Body != "to Anna: see you at eight" || !slices.Contains(a.actions, "approve") {
		t.Fatalf("shown %+v", a)
	}
	sheets.put(one("R1", "h2", "tell Anna", 1)) // it changes under the user's finger, and nobody says so
	a.chosen <- "approve"
	if got := take(t, sheets.answered); got != "R1 h1 x" {
		t.Errorf("answered %q", got)
	}
}

func TestWhatMayNotBeApprovedHere(t *testing.T) {
	for name, c := range map[string]struct {
		rows    int
		locked  bool
		screen  bool
		fits    string
		ok      bool
		body    string
		request string
	}{
		"two rows":              {rows: 2, fits: "x", ok: true, request: "tell Anna", body: "tell Anna"},
		"does not fit":          {rows: 1, request: "tell Anna", body: "tell Anna"},
		"said to fit, too long": {rows: 1, fits: strings.Repeat("x", 201), ok: true, request: "tell Anna", body: "tell Anna"},
		"the screen is locked":  {rows: 1, screen: true, fits: "secret", ok: true, request: "secret", body: "Unlock to see what it is."},
		"Steward is locked":     {rows: 1, locked: true, fits: "secret", ok: true, request: "secret", body: "Unlock to see what it is."},
		"Chinese, locked":       {rows: 1, locked: true, fits: "secret", ok: true, request: "告訴安娜", body: "解鎖後即可查看內容。"},
	} {
		t.Run(name, func(t *testing.T) {
			d, sheets, events := ring(t, func(o *bell.Options) {
				o.Locked = func() bool { return c.locked }
				o.Fits = func(engine.Row, int) (string, bool) { return c.fits, c.ok }
				o.Desktop.(*desk).locked.Store(c.screen)
			})
			sheets.put(one("R1", "h1", c.request, c.rows))
			events.Tell(sheetEvent("R1"))
			a := take(t, d.asked)
			if slices.Contains(a.actions, "approve") || a.note.Body != c.body || !slices.Contains(a.actions, "deny") || !slices.Contains(a.actions, "open") {
				t.Errorf("shown %+v", a)
			}
			a.chosen <- "approve" // a desktop that says so all the same
			a.chosen = nil
			sheets.remove("R1")
			events.Tell(sheetEvent("R1"))
			take(t, d.withdrawn)
			select {
			case got := <-sheets.answered:
				t.Errorf("answered %q", got)
			default:
			}
		})
	}
}

func TestLockedSince(t *testing.T) {
	d, sheets, events := ring(t, nil)
	sheets.put(one("R1", "h1", "tell Anna", 1))
	events.Tell(sheetEvent("R1"))
	a := take(t, d.asked)
	d.locked.Store(true)
	a.chosen <- "approve"
	if again := take(t, d.asked); slices.Contains(again.actions, "approve") || again.note.Body != "Unlock to see what it is." {
		t.Errorf("shown again as %+v", again)
	}
	if len(sheets.answered) != 0 {
		t.Errorf("answered %q", <-sheets.answered)
	}
}

// What is shown when Steward is locked is taken away, and shown again when it is unlocked.
func TestTheLockClosesAndOpens(t *testing.T) {
	var locked atomic.Bool
	d, sheets, events := ring(t, func(o *bell.Options) { o.Locked, o.Locks = locked.Load, "lock" })
	sheets.put(one("R1", "h1", "tell Anna", 1))
	events.Tell(sheetEvent("R1"))
	a := take(t, d.asked)
	for _, is := range []bool{true, false} {
		locked.Store(is)
		events.Tell(engine.Event{Kind: "lock"})
		take(t, d.withdrawn)
		a = take(t, d.asked)
		if slices.Contains(a.actions, "approve") == is || (a.note.Body == "Unlock to see what it is.") != is {
			t.Errorf("locked %v: shown %+v", is, a)
		}
	}
	a.chosen <- "approve"
	if got := take(t, sheets.answered); got != "R1 h1 x" {
		t.Errorf("answered %q", got)
	}
}

func TestAnsweredElsewhere(t *testing.T) {
	d, sheets, events := ring(t, nil)
	sheets.put(one("R1", "h1", "tell Anna", 1))
	events.Tell(sheetEvent("R1"))
	take(t, d.asked)
	sheets.remove("R1")
	events.Tell(sheetEvent("R1"))
	if got := take(t, d.withdrawn); got != "sheet R1" {
		t.Errorf("withdrew %q", got)
	}
	// The press comes first, and finds that it comes too late.
	sheets.put(one("R2", "h2", "告訴安娜", 1))
	events.Tell(sheetEvent("R2"))
	a := take(t, d.asked)
	if a.note.Title != "有一件事等待你的同意" {
		t.Errorf("shown %+v", a)
	}
	sheets.err = &agents.Error{Code: agents.CodeConflict, Message: "answered already"}
	sheets.remove("R2")
	a.chosen <- "approve"
	if got := take(t, d.told); !strings.Contains(got.Title, "已在別處回答") {
		t.Errorf("told %+v", got)
	}
	if got := take(t, d.withdrawn); got != "sheet R2" {
		t.Errorf("withdrew %q", got)
	}
}

func TestDenyOpenAndChanged(t *testing.T) {
	opened := make(chan string, 1)
	d, sheets, events := ring(t, func(o *bell.Options) { o.Open = func(run string) { opened <- run } })
	sheets.put(one("R1", "h1", "tell Anna", 2))
	events.Tell(sheetEvent("R1"))
	a := take(t, d.asked)
	if a.note.Title != "2 things wait for your word" {
		t.Errorf("shown %+v", a)
	}
	a.chosen <- "open"
	if got := take(t, opened); got != "R1" {
		t.Errorf("opened %q", got)
	}
	sheets.put(one("R1", "h2", "tell Anna", 1)) // it was edited
	events.Tell(sheetEvent("R1"))
	a = take(t, d.asked)
	a.chosen <- "deny"
	if got := take(t, sheets.answered); got != "R1 h2 " {
		t.Errorf("answered %q", got)
	}
}

func TestRunsThatWaitAlreadyRing(t *testing.T) {
	d, sheets, _ := ring(t, func(o *bell.Options) {
		o.Sheets.(*book).put(one("R9", "h9", "tell Anna", 1))
		o.Waiting = func(context.Context) ([]string, error) { return []string{"R9"}, nil }
	})
	a := take(t, d.asked)
	a.chosen <- "approve"
	if got := take(t, sheets.answered); got != "R9 h9 x" {
		t.Errorf("answered %q", got)
	}
}
