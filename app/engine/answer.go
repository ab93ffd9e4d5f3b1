package engine

import (
	"context"
	"crypto/subtle"
	"fmt"
	"slices"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/store"
)

// Answer is the user's word on a sheet: the steps to be executed; all others are not.
type Answer struct {
	Hash    string `json:"hash"`
	Approve []int  `json:"approve"`
}

// Answer executes what was approved, exactly as it was shown, and settles the run. A sheet that has changed since it was
// shown is not executed.
func (e *Engine) Answer(ctx context.Context, id string, a Answer) (agents.Run, error) {
	run, err := e.store.Run(ctx, id)
	if err != nil {
		return agents.Run{}, err
	}
	ctx, leave, err := e.enter(ctx, run.ID) // before looking at the sheet, or two answers could be taken for one
	if err != nil {
		return agents.Run{}, err
	}
	defer leave()
	if err := e.take(ctx, run.ID, a); err != nil {
		if ctx.Err() != nil {
			return e.stopped(ctx, run.ID)
		}
		return agents.Run{}, err
	}
	return e.advance(ctx, run.ID)
}

// take writes the user's word down: what was approved is about to happen, the rest is not.
func (e *Engine) take(ctx context.Context, id string, a Answer) error {
	sheet, err := e.Sheet(ctx, id)
	if err != nil {
		return err
	}
	if subtle.ConstantTimeCompare([]byte(sheet.Hash), []byte(a.Hash)) != 1 {
		return &agents.Error{Code: agents.CodeConflict, Message: "the sheet is not the one that was shown", Hint: "look at it again: `steward approvals show " + id + "`"}
	}
	for _, step := range a.Approve {
		if !slices.ContainsFunc(sheet.Rows, func(r Row) bool { return r.Step == step }) {
			return &agents.Error{Code: agents.CodeInvalid, Message: fmt.Sprintf("step %d is not on the sheet", step), Hint: "name steps that the sheet shows: `steward approvals show " + id + "`"}
		}
	}
	run, err := e.store.Run(ctx, id)
	if err != nil {
		return err
	}
	steps, err := e.store.Steps(ctx, run.ID)
	if err != nil {
		return fmt.Errorf("read the journal: %w", err)
	}
	var answered []agents.Step
	for _, s := range steps {
		if s.State != agents.StepStaged {
			continue
		}
		s.State = agents.StepIntent
		if !slices.Contains(a.Approve, s.Seq) {
			s.State, s.Error = agents.StepFailed, &agents.Error{Code: agents.CodeDenied, Message: "you said no"}
		}
		answered = append(answered, s)
	}
	run.State = agents.Running
	entry := ledgerEntry("approval", run.ID, 0, map[string]any{"sheet": sheet.Hash, "approved": a.Approve, "rows": len(sheet.Rows)})
	if err := e.store.Record(ctx, store.Record{Run: &run, Steps: answered, Ledger: []agents.Entry{entry}, Durable: true}); err != nil {
		return fmt.Errorf("write the answer: %w", err)
	}
	return nil
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
