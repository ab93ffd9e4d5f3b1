// Package bell tells the user on the desktop that a run waits for a word, and takes the word there where that is safe: a
// button Approve only if the whole payload stands in the notification and the screen is certainly not locked. It answers
// with exactly the sheet that it showed.
package bell

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"sync"
	"unicode"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/agents/notification"
	"github.com/stewardhq/steward/app/engine"
	"github.com/stewardhq/steward/app/notify"
)

// Desktop shows notifications with buttons; *notify.Notifier is one.
type Desktop interface {
	Ask(ctx context.Context, note notification.Note, actions []notify.Action) (<-chan string, error)
	Withdraw(ctx context.Context, key string)
	Notify(ctx context.Context, note notification.Note) (string, error)
	ScreenLocked(ctx context.Context) bool
}

// Sheets gives what a run waits for.
type Sheets interface {
	Sheet(ctx context.Context, run string) (engine.Sheet, error)
}

// Answerer takes the user's word on a sheet that was shown with a hash.
type Answerer interface {
	Answer(ctx context.Context, run, hash string, approve []int) error
}

// Options say what the bell listens to and how it is answered. Waiting, Open, Locked and Fits may be nil, Locks empty.
type Options struct {
	Events   *engine.Events
	Sheets   Sheets
	Desktop  Desktop
	Answerer Answerer

	Waiting func(ctx context.Context) ([]string, error)              // the runs that wait, for when events were missed
	Open    func(run string)                                         // shows a sheet to the user; nil: there is nothing to show it in
	Locked  func() bool                                              // Steward's own surface is locked
	Locks   engine.EventKind                                         // tells that Locked may say otherwise now
	Fits    func(row engine.Row, longest int) (text string, ok bool) // the whole payload as one short text, if it is one
}

// longest is how many characters of payload fit a notification.
const longest = notification.Longest

// Bell rings.
type Bell struct {
	Options
	base context.Context // ends when the bell is closed
	stop context.CancelFunc
	work sync.WaitGroup

	mu    sync.Mutex
	shown map[string]string // the hash of the sheet that is shown, by run
}

// New makes a bell. It listens from Start on.
func New(o Options) *Bell {
	b := &Bell{Options: o, shown: map[string]string{}}
	b.base, b.stop = context.WithCancel(context.Background())
	return b
}

// Start listens, from the runs that wait already on.
func (b *Bell) Start() {
	after := b.Events.Last()
	b.work.Go(func() {
		b.all()
		for {
			events, err := b.Events.Stream(b.base, after)
			if err != nil {
				return
			}
			var runs []string
			for _, e := range events {
				after = e.Seq
				if e.Kind == engine.Gap {
					b.all()
				}
				if b.Locks != "" && e.Kind == b.Locks {
					b.anew()
				}
				if (e.Kind == engine.SheetEvent || e.Kind == engine.StateEvent) && !slices.Contains(runs, e.Run) {
					runs = append(runs, e.Run)
				}
			}
			for _, run := range runs {
				b.look(run)
			}
		}
	})
}

// Close stops listening, and takes away what is shown.
func (b *Bell) Close() {
	b.stop()
	b.mu.Lock()
	for run := range b.shown {
		b.Desktop.Withdraw(context.WithoutCancel(b.base), key(run))
	}
	clear(b.shown)
	b.mu.Unlock()
	b.work.Wait()
}

func key(run string) string { return "sheet " + run }

// all looks at every run that waits, and at those whose sheets are shown.
func (b *Bell) all() {
	var runs []string
	if b.Waiting != nil {
		runs, _ = b.Waiting(b.base) // what cannot be listed now rings with its next event
	}
	b.mu.Lock()
	for run := range b.shown {
		runs = append(runs, run)
	}
	b.mu.Unlock()
	for _, run := range runs {
		b.look(run)
	}
}

// anew shows what is shown as it may be shown now: nothing of it stays on the screen once Steward is locked.
func (b *Bell) anew() {
	b.mu.Lock()
	runs := slices.Collect(maps.Keys(b.shown))
	for _, run := range runs {
		delete(b.shown, run)
		b.Desktop.Withdraw(b.base, key(run))
	}
	b.mu.Unlock()
	for _, run := range runs {
		b.look(run)
	}
}

// look shows a run's sheet as it is now, or takes away what is shown of one that waits no more.
func (b *Bell) look(run string) {
	if b.base.Err() != nil {
		return
	}
	sheet, err := b.Sheets.Sheet(b.base, run)
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.base.Err() != nil { // closed meanwhile: what is shown now nobody would take away
		return
	}
	if err != nil || len(sheet.Rows) == 0 {
		if _, there := b.shown[run]; there {
			delete(b.shown, run)
			b.Desktop.Withdraw(b.base, key(run))
		}
		return
	}
	if b.shown[run] != sheet.Hash {
		b.show(sheet)
	}
}

// show shows a sheet. The caller holds the lock.
func (b *Bell) show(sheet engine.Sheet) {
	b.shown[sheet.Run] = sheet.Hash
	w := wordsFor(sheet.Request)
	note := notification.Note{Key: key(sheet.Run), Title: w.waits(len(sheet.Rows))}
	var actions []notify.Action
	if b.private() {
		note.Body = w.hidden
	} else if text, fits := b.fits(sheet); fits {
		note.Body = text
		actions = append(actions, notify.Action{Key: "approve", Label: w.approve})
	} else {
		note.Body = notification.Clean(agents.Plain(sheet.Request))
	}
	if b.Open != nil {
		actions = append(actions, notify.Action{Key: notify.DefaultAction, Label: w.open}, notify.Action{Key: "open", Label: w.open})
	}
	actions = append(actions, notify.Action{Key: "deny", Label: w.deny})
	// Not broken off halfway: what the desktop shows and nobody knows of could not be taken away.
	chosen, err := b.Desktop.Ask(context.WithoutCancel(b.base), note, actions)
	if err != nil { // no buttons here: it is told all the same
		_, _ = b.Desktop.Notify(b.base, notification.Note{Key: note.Key, Title: note.Title, Body: w.guide + sheet.Run})
		return
	}
	approvable := slices.ContainsFunc(actions, func(a notify.Action) bool { return a.Key == "approve" })
	b.work.Go(func() { b.wait(sheet, approvable, chosen, w) })
}

// private reports whether nothing of a sheet may be shown, nor a yes be taken: who sits there may not be the user.
func (b *Bell) private() bool {
	return b.Locked != nil && b.Locked() || b.Desktop.ScreenLocked(b.base)
}

// fits gives the whole payload of a sheet that is short and plain enough to be answered with a button.
func (b *Bell) fits(sheet engine.Sheet) (string, bool) {
	if b.Fits == nil || len(sheet.Rows) != 1 || sheet.Rows[0].Question != nil {
		return "", false
	}
	text, ok := b.Fits(sheet.Rows[0], longest)
	// What the desktop would show otherwise, or not wholly, does not fit.
	return text, ok && text != "" && len([]rune(text)) <= longest
}

// wait takes what the user chooses.
func (b *Bell) wait(sheet engine.Sheet, approvable bool, chosen <-chan string, w words) {
	var choice string
	select {
	case choice = <-chosen:
	case <-b.base.Done():
		return
	}
	switch choice {
	case "approve":
		if !approvable {
			return
		}
		if b.private() { // it was locked since: the press is nobody's word
			b.showAgain(sheet)
			return
		}
		b.answer(sheet, []int{sheet.Rows[0].Step}, w)
	case "deny":
		b.answer(sheet, []int{}, w)
	case "open", notify.DefaultAction:
		if b.Open != nil {
			b.Open(sheet.Run)
		}
	}
}

// showAgain shows a sheet anew, as it may be shown now.
func (b *Bell) showAgain(sheet engine.Sheet) {
	b.mu.Lock()
	if b.shown[sheet.Run] == sheet.Hash {
		delete(b.shown, sheet.Run)
		b.Desktop.Withdraw(b.base, key(sheet.Run))
	}
	b.mu.Unlock()
	b.look(sheet.Run)
}

// answer gives the user's word on exactly the sheet that was shown. Where another answer came first, or the sheet changed,
// that is said.
func (b *Bell) answer(sheet engine.Sheet, approve []int, w words) {
	err := b.Answerer.Answer(b.base, sheet.Run, sheet.Hash, approve)
	if err == nil || b.base.Err() != nil {
		return
	}
	e := agents.AsError(err)
	text := w.failed
	if e.Code == agents.CodeConflict {
		text = w.elsewhere
	}
	_, _ = b.Desktop.Notify(b.base, notification.Note{Key: "answer " + sheet.Run, Title: text})
	b.showAgain(sheet)
}

// words are what the bell says.
type words struct {
	one, many, approve, open, deny, hidden, guide, elsewhere, failed string
}

var english = words{
	one: "One thing waits for your word", many: "%d things wait for your word", approve: "Approve", open: "Open", deny: "Deny",
	hidden: "Unlock to see what it is.", guide: "look at it: steward approvals show ",
	elsewhere: "Nothing was done here: it was answered elsewhere, or has changed", failed: "Your answer could not be taken; look at it in Steward",
}

var chinese = words{
	one: "有一件事等待你的同意", many: "有 %d 件事等待你的同意", approve: "同意", open: "查看", deny: "拒絕",
	hidden: "解鎖後即可查看內容。", guide: "請看它想做什麼：steward approvals show ",
	elsewhere: "這裡沒有執行任何動作：已在別處回答，或內容已變更", failed: "無法接受你的回答；請在 Steward 中查看",
}

// wordsFor are in the language that the user asked in.
func wordsFor(request string) words {
	for _, r := range request {
		if unicode.Is(unicode.Han, r) {
			return chinese
		}
	}
	return english
}

func (w words) waits(rows int) string {
	if rows == 1 {
		return w.one
	}
	n := strconv.Itoa(rows)
	for i := range w.many {
		if w.many[i] == '%' {
			return w.many[:i] + n + w.many[i+2:]
		}
	}
	return n
}
