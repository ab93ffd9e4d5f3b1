package engine

import (
	"context"
	"crypto/subtle"
	"fmt"
	"slices"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/policy"
	"github.com/stewardhq/steward/store"
)

// Answer is the user's word on a sheet: the steps to be executed; all others are not.
type Answer struct {
	Hash    string    `json:"hash"`
	Approve []int     `json:"approve"`
	Stop    bool      `json:"stop,omitempty"` // nothing is to be done, and the script is not to go on
	Replies []ReplyTo `json:"replies,omitempty"`
	Grants  []Giving  `json:"grants,omitempty"`
	Via     string    `json:"via,omitempty"` // where the user answered: "window", "page", "terminal", "notification"
}

// ReplyTo is the user's answer to a question on the sheet.
type ReplyTo struct {
	Step   int    `json:"step"`
	Chosen []int  `json:"chosen,omitempty"`
	Text   string `json:"text,omitempty"`
}

// Giving is the user's wish that an automation may do exactly what a row shows without asking, for a while.
type Giving struct {
	Step  int       `json:"step"`
	Until time.Time `json:"until"`
	Uses  int       `json:"uses"`
}

// Answer executes what was approved, exactly as it was shown, and settles the run. A sheet that has changed since it was
// shown is not executed.
func (e *Engine) Answer(ctx context.Context, id string, a Answer) (agents.Run, error) {
	run, leave, err := e.answer(ctx, id, a)
	if err != nil {
		return agents.Run{}, err
	}
	defer leave.all()
	if run.State.Over() {
		return run, nil
	}
	return e.advance(leave.ctx, run.ID)
}

// Take writes the user's word down, and leaves it to a later [Engine.Execute] to carry it out. The first answer counts;
// whoever comes later is told so.
func (e *Engine) Take(ctx context.Context, id string, a Answer) (agents.Run, error) {
	run, leave, err := e.answer(ctx, id, a)
	if err != nil {
		return agents.Run{}, err
	}
	leave.all()
	return run, nil
}

// entered is a run in hand.
type entered struct {
	ctx context.Context
	all func()
}

func (e *Engine) answer(ctx context.Context, id string, a Answer) (agents.Run, entered, error) {
	run, err := e.store.Run(ctx, id)
	if err != nil {
		return run, entered{}, err
	}
	inside, leave, err := e.enter(ctx, run.ID) // before looking at the sheet, or two answers could be taken for one
	if err != nil {
		return run, entered{}, answered(run.ID)
	}
	run, err = e.take(inside, run.ID, a)
	if err != nil {
		if inside.Err() != nil {
			_, err = e.stopped(inside, run.ID)
		}
		leave()
		return run, entered{}, err
	}
	e.events.Tell(Event{Run: run.ID, Kind: SheetEvent})
	return run, entered{inside, leave}, nil
}

func answered(id string) error {
	return &agents.Error{Code: agents.CodeConflict, Message: "this was answered already, here or elsewhere", Hint: "see what became of it: `steward runs show " + id + "`"}
}

// shown is a run that still waits, and its sheet, if that is the one which was shown with this hash.
func (e *Engine) shown(ctx context.Context, id, hash string) (agents.Run, Sheet, error) {
	run, err := e.store.Run(ctx, id)
	switch {
	case err != nil:
		return run, Sheet{}, err
	case run.State != agents.Waiting:
		return run, Sheet{}, answered(id)
	case e.expired(run):
		return run, Sheet{}, errExpired(run)
	}
	sheet, err := e.Sheet(ctx, id)
	if err != nil {
		return run, sheet, err
	}
	if subtle.ConstantTimeCompare([]byte(sheet.Hash), []byte(hash)) != 1 {
		return run, sheet, &agents.Error{Code: agents.CodeConflict, Message: "the sheet is not the one that was shown", Hint: "look at it again: `steward approvals show " + id + "`"}
	}
	return run, sheet, nil
}

// take writes the user's word down: what was approved is about to happen, the rest is not.
func (e *Engine) take(ctx context.Context, id string, a Answer) (agents.Run, error) {
	run, sheet, err := e.shown(ctx, id, a.Hash)
	if err != nil {
		return run, err
	}
	if err := fits(sheet, a); err != nil {
		return run, err
	}
	given, err := e.giving(sheet, a)
	if err != nil {
		return run, err
	}
	steps, err := e.store.Steps(ctx, run.ID)
	if err != nil {
		return run, fmt.Errorf("read the journal: %w", err)
	}
	answers := answering{e: e, run: run, steps: steps, answer: a, now: e.now().Truncate(time.Millisecond)}
	if err := answers.all(); err != nil {
		return run, err
	}
	if run.State = agents.Running; a.Stop {
		run.State, run.Ended = agents.Cancelled, answers.now
		run.Error = &agents.Error{Code: agents.CodeCancelled, Message: "you said no, and stopped it"}
	} else {
		run.Waits, run.Expires = time.Time{}, time.Time{}
	}
	entry := ledgerEntry("approval", run.ID, 0, map[string]any{
		"sheet": sheet.Hash, "approved": a.Approve, "rows": len(sheet.Rows), "stop": a.Stop, "via": a.Via, "payloads": hashes(sheet, a.Approve),
	})
	if err := e.store.Record(ctx, store.Record{Run: &run, Steps: answers.changed, Ledger: []agents.Entry{entry}, Durable: true}); err != nil {
		return run, fmt.Errorf("write the answer: %w", err)
	}
	for _, g := range given { // after the answer, which counts whatever becomes of them
		if _, err := e.trust.Give(context.WithoutCancel(ctx), g.offer, g.wanted); err != nil {
			return run, fmt.Errorf("keep the grant: %w", err)
		}
	}
	if run.State.Over() {
		e.events.Tell(Event{Run: run.ID, Kind: StateEvent, State: run.State})
	}
	return run, nil
}

type gift struct{ offer, wanted agents.Grant }

// giving is the grants that the user gives with the answer, each checked against what the sheet offers.
func (e *Engine) giving(sheet Sheet, a Answer) ([]gift, error) {
	var all []gift
	for _, g := range a.Grants {
		at := slices.IndexFunc(sheet.Rows, func(r Row) bool { return r.Step == g.Step })
		if at < 0 || sheet.Rows[at].Offer == nil || e.trust == nil || !slices.Contains(a.Approve, g.Step) {
			return nil, &agents.Error{Code: agents.CodeInvalid, Message: fmt.Sprintf("no grant is offered for step %d", g.Step), Hint: "approve it each time"}
		}
		offer := sheet.Rows[at].Offer.Grant
		wanted := offer
		wanted.Expires, wanted.Uses, wanted.Created = g.Until, g.Uses, e.now()
		if err := policy.CheckGrant(wanted, offer, e.now()); err != nil {
			return nil, err
		}
		all = append(all, gift{offer, wanted})
	}
	return all, nil
}

// hashes is the payloads that were approved.
func hashes(sheet Sheet, approved []int) []string {
	all := []string{}
	for _, r := range sheet.Rows {
		if slices.Contains(approved, r.Step) {
			all = append(all, r.Hash)
		}
	}
	return all
}

// fits refuses an answer to what the sheet does not ask.
func fits(sheet Sheet, a Answer) error {
	for _, step := range a.Approve {
		if !slices.ContainsFunc(sheet.Rows, func(r Row) bool { return r.Step == step && r.Question == nil }) {
			return &agents.Error{Code: agents.CodeInvalid, Message: fmt.Sprintf("step %d is not on the sheet", step), Hint: "name steps that the sheet shows: `steward approvals show " + sheet.Run + "`"}
		}
	}
	for _, r := range a.Replies {
		if !slices.ContainsFunc(sheet.Rows, func(q Row) bool { return q.Step == r.Step && q.Question != nil }) {
			return &agents.Error{Code: agents.CodeInvalid, Message: fmt.Sprintf("step %d is no question on the sheet", r.Step), Hint: "answer what the sheet asks: `steward approvals show " + sheet.Run + "`"}
		}
	}
	if a.Stop && (len(a.Approve) > 0 || len(a.Replies) > 0) {
		return &agents.Error{Code: agents.CodeInvalid, Message: "stopping a run and letting it do something do not go together", Hint: "say the one or the other"}
	}
	return nil
}

// answering turns a sheet's steps into what the user said of them.
type answering struct {
	e       *Engine
	run     agents.Run
	steps   []agents.Step
	answer  Answer
	now     time.Time
	changed []agents.Step
}

func (w *answering) all() error {
	doneNo := 0
	for _, s := range w.steps {
		doneNo = max(doneNo, s.DoneNo)
		if s.Ended.After(w.now) { // the machine's clock may have been set back since
			w.now = s.Ended
		}
	}
	for _, s := range w.steps {
		if s.State != agents.StepStaged {
			continue
		}
		if s.Capability == askName {
			replied, err := w.reply(s)
			if err != nil {
				return err
			}
			doneNo++
			replied.DoneNo, replied.Ended = doneNo, w.now
			w.changed = append(w.changed, replied)
			continue
		}
		s.State = agents.StepIntent
		if !slices.Contains(w.answer.Approve, s.Seq) {
			s.State, s.Error = agents.StepFailed, &agents.Error{Code: agents.CodeDenied, Message: "you said no"}
		}
		w.changed = append(w.changed, s)
	}
	return nil
}

func (w *answering) reply(s agents.Step) (agents.Step, error) {
	at := slices.IndexFunc(w.answer.Replies, func(r ReplyTo) bool { return r.Step == s.Seq })
	if at < 0 {
		return failed(s, &agents.Error{Code: agents.CodeDenied, Message: "you did not answer"}), nil
	}
	c, err := w.e.recall(w.run, w.steps, s)
	if err != nil {
		return s, err
	}
	in, _ := c.in.(askIn)
	return reply(s, in, w.answer.Replies[at])
}

// settleApproved executes the steps that the user approved, in place. One that was begun before is reconciled, never
// repeated blindly.
func (e *Engine) settleApproved(ctx context.Context, run agents.Run, steps []agents.Step) error {
	zone, err := time.LoadLocation(run.Zone)
	if err != nil {
		return fmt.Errorf("load the run's time zone: %w", err)
	}
	for i, s := range steps {
		if s.State != agents.StepIntent || s.DoneNo == 0 {
			continue
		}
		if steps[i], err = e.settle(ctx, run, steps, s, zone); err != nil {
			return err
		}
	}
	return nil
}

// settle executes one approved step, if it still is what was approved.
func (e *Engine) settle(ctx context.Context, run agents.Run, steps []agents.Step, s agents.Step, zone *time.Location) (agents.Step, error) {
	c, err := e.recall(run, steps, s)
	if err != nil {
		return s, err
	}
	payload, err := canonical(c)
	if err != nil {
		return s, err
	}
	if s.Receipt == nil || s.Receipt.Kind != "staged" || s.Receipt.ID != payloadHash(payload) {
		return s, &agents.Error{Code: agents.CodeConflict, Message: fmt.Sprintf("step %d is not what was approved", s.Seq), Hint: "nothing was done; ask again"}
	}
	broken := s.Attempt > 0
	if err := e.intend(ctx, &c.step, broken); err != nil {
		return s, err
	}
	done, entries, err := e.perform(ctx, c, zone, broken)
	if err != nil {
		return s, err
	}
	// The script learned only that the step was pending; its record of that stays.
	done.Result, done.Label = s.Result, s.Label
	// What happened is kept even if the run was cancelled meanwhile.
	if err := e.store.Record(context.WithoutCancel(ctx), store.Record{Steps: []agents.Step{done}, Ledger: entries, Durable: true}); err != nil {
		return s, fmt.Errorf("write the outcome of %s: %w", s.Capability, err)
	}
	return done, nil
}
