package engine

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/capability"
	"github.com/stewardhq/steward/store"
)

// Sheet is everything that a run wants to do and may not without the user's word: one question for the whole run.
type Sheet struct {
	Run  string `json:"run"`
	Rows []Row  `json:"rows"`
	Hash string `json:"hash"` // of the rows; the answer must name it
}

// Row is one staged step with its whole payload.
type Row struct {
	Step       int      `json:"step"`
	Capability string   `json:"capability"`
	Effect     string   `json:"effect"`
	Reasons    []string `json:"reasons"`
	Payload    rawJSON  `json:"payload"`
	Hash       string   `json:"hash"` // SHA-256 of the payload, hex
}

// Answer is the user's word on a sheet: the steps to be executed; all others are not.
type Answer struct {
	Hash    string `json:"hash"`
	Approve []int  `json:"approve"`
}

// stage keeps a step for the sheet. The script goes on with a pending receipt, whatever the answer will be.
func (e *Engine) stage(c *call) (agents.Step, error) {
	step := c.step
	payload, err := canonical(c)
	if err != nil {
		return step, err
	}
	pending := capability.Encode(agents.Pending{ID: step.Key[:16], Pending: true})
	raw, err := capability.Marshal(pending)
	if err != nil {
		return step, fmt.Errorf("stage %s: %w", step.Capability, err)
	}
	step.State, step.Result = agents.StepStaged, raw
	step.Receipt = &agents.Receipt{Kind: "staged", ID: payloadHash(payload)}
	return step, nil
}

// canonical is the payload as it will be shown, hashed and executed.
func canonical(c *call) (rawJSON, error) {
	raw, err := capability.Marshal(capability.Encode(c.in))
	if err != nil {
		return nil, fmt.Errorf("write the payload of %s: %w", c.step.Capability, err)
	}
	return raw, nil
}

func payloadHash(payload rawJSON) string {
	sum := sha256.Sum256(payload)
	return hex.EncodeToString(sum[:])
}

// Sheet gives what a run waits for.
func (e *Engine) Sheet(ctx context.Context, id string) (Sheet, error) {
	run, err := e.store.Run(ctx, id)
	if err != nil {
		return Sheet{}, err
	}
	steps, err := e.store.Steps(ctx, run.ID)
	if err != nil {
		return Sheet{}, fmt.Errorf("read the journal: %w", err)
	}
	sheet := Sheet{Run: run.ID}
	for _, s := range steps {
		if s.State != agents.StepStaged {
			continue
		}
		c, err := e.recall(run, steps, s)
		if err != nil {
			return Sheet{}, err
		}
		payload, err := canonical(c)
		if err != nil {
			return Sheet{}, err
		}
		sheet.Rows = append(sheet.Rows, Row{
			Step: s.Seq, Capability: s.Capability, Effect: s.Effect.String(), Reasons: s.Decision.Reasons,
			Payload: payload, Hash: payloadHash(payload),
		})
	}
	if run.State != agents.Waiting || len(sheet.Rows) == 0 {
		return Sheet{}, &agents.Error{Code: agents.CodeNotFound, Message: "this run waits for no approval", Hint: "see `steward approvals list`"}
	}
	sum := sha256.New()
	for _, r := range sheet.Rows {
		fmt.Fprintf(sum, "%d %s %s\n", r.Step, r.Capability, r.Hash)
	}
	sheet.Hash = hex.EncodeToString(sum.Sum(nil))
	return sheet, nil
}

// recall rebuilds a recorded call: the handles in its arguments mean what they meant when it was issued.
func (e *Engine) recall(run agents.Run, steps []agents.Step, s agents.Step) (*call, error) {
	table := capability.NewTable(e.runKey(run.ID))
	for _, earlier := range steps {
		if earlier.Result == nil {
			continue
		}
		value, err := capability.Unmarshal(earlier.Result)
		if err != nil {
			return nil, &agents.Error{Code: agents.CodeDamaged, Message: fmt.Sprintf("the recorded result of step %d cannot be read", earlier.Seq), Err: err}
		}
		table.Issue(earlier.Seq, value)
	}
	bound, known := e.registry.Lookup(s.Capability)
	if !known || bound.Version != s.Version {
		return nil, &agents.Error{Code: agents.CodeGone, Message: fmt.Sprintf("%s version %d is no longer there", s.Capability, s.Version)}
	}
	c := &call{step: s, bound: bound}
	c.resolve(table)
	return c, c.err
}

// Answer executes what was approved, exactly as it was shown, and settles the run. A sheet that has changed since it was
// shown is not executed.
func (e *Engine) Answer(ctx context.Context, id string, a Answer) (agents.Run, error) {
	sheet, err := e.Sheet(ctx, id)
	if err != nil {
		return agents.Run{}, err
	}
	if subtle.ConstantTimeCompare([]byte(sheet.Hash), []byte(a.Hash)) != 1 {
		return agents.Run{}, &agents.Error{Code: agents.CodeConflict, Message: "the sheet is not the one that was shown", Hint: "look at it again: `steward approvals show " + id + "`"}
	}
	run, err := e.store.Run(ctx, id)
	if err != nil {
		return run, err
	}
	steps, err := e.store.Steps(ctx, run.ID)
	if err != nil {
		return run, fmt.Errorf("read the journal: %w", err)
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
		return run, fmt.Errorf("write the answer: %w", err)
	}
	return e.Execute(ctx, run.ID)
}

// settleApproved executes the steps that the user approved, in place. One that was begun before is reconciled, never
// repeated blindly. It gives the first error of a step that did not come to its end: what was approved and not done must
// not look done.
func (e *Engine) settleApproved(ctx context.Context, run agents.Run, steps []agents.Step) (*agents.Error, error) {
	zone, err := time.LoadLocation(run.Zone)
	if err != nil {
		return nil, fmt.Errorf("load the run's time zone: %w", err)
	}
	var first *agents.Error
	for i, s := range steps {
		if s.State != agents.StepIntent || s.DoneNo == 0 {
			continue
		}
		done, err := e.settle(ctx, run, steps, s, zone)
		if err != nil {
			return nil, err
		}
		if steps[i] = done; done.Error != nil && first == nil {
			first = done.Error
		}
	}
	return first, nil
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
	if err := e.store.Record(ctx, store.Record{Steps: []agents.Step{done}, Ledger: entries, Durable: true}); err != nil {
		return s, fmt.Errorf("write the outcome of %s: %w", s.Capability, err)
	}
	return done, nil
}
