package engine

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/approval"
	"github.com/stewardhq/steward/app/capability"
)

// Sheet is everything that a run wants to do and may not without the user's word, and what it asks: one sheet for the
// whole run.
type Sheet struct {
	Run        string    `json:"run"`
	Automation string    `json:"automation,omitempty"`
	Request    string    `json:"request"` // what the user typed
	Rows       []Row     `json:"rows"`
	Hash       string    `json:"hash"` // of the rows; the answer must name it
	Asked      time.Time `json:"asked"`
	Expires    time.Time `json:"expires"` // from then on it can no longer be answered
}

// Row is one staged step with its whole payload, or one question.
type Row struct {
	Step       int                `json:"step"`
	Agent      string             `json:"agent"`
	Capability string             `json:"capability"`
	Effect     string             `json:"effect"`
	Rule       string             `json:"rule"`
	Reasons    []string           `json:"reasons"`
	Codes      []string           `json:"codes"` // the reasons' names
	Fields     []approval.Field   `json:"fields"`
	Question   *approval.Question `json:"question,omitempty"`
	Payload    rawJSON            `json:"payload"`
	Hash       string             `json:"hash"` // SHA-256 of the payload, hex
	Edited     bool               `json:"edited,omitempty"`
	Offer      *approval.Offer    `json:"offer,omitempty"` // a grant that may be given with the answer
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
	if run.State == agents.Waiting && run.Engine != Version {
		return Sheet{}, &agents.Error{
			Code: agents.CodeGone, Message: fmt.Sprintf("this run was recorded by engine version %s; this is version %s, which cannot carry out what it asks for", run.Engine, Version),
			Hint: "nothing was done; stop it with `steward runs cancel " + run.ID + "` and ask again",
		}
	}
	steps, err := e.store.Steps(ctx, run.ID)
	if err != nil {
		return Sheet{}, fmt.Errorf("read the journal: %w", err)
	}
	sheet := Sheet{Run: run.ID, Automation: run.Automation, Request: run.Request, Asked: run.Waits, Expires: run.Expires}
	show, err := e.shower(ctx, run)
	if err != nil {
		return Sheet{}, err
	}
	sum := sha256.New()
	fmt.Fprintln(sum, run.ID)
	for _, s := range steps {
		if s.State != agents.StepStaged {
			continue
		}
		row, err := e.row(show, steps, s)
		if err != nil {
			return Sheet{}, err
		}
		sheet.Rows = append(sheet.Rows, row)
		fmt.Fprintf(sum, "%d %s %s\n", row.Step, row.Capability, row.Hash)
	}
	if run.State != agents.Waiting || len(sheet.Rows) == 0 {
		return Sheet{}, &agents.Error{Code: agents.CodeNotFound, Message: "this run waits for no approval", Hint: "see `steward approvals list`"}
	}
	sheet.Hash = hex.EncodeToString(sum.Sum(nil))
	return sheet, nil
}

func (e *Engine) row(show *shower, steps []agents.Step, s agents.Step) (Row, error) {
	c, err := e.recall(show.run, steps, s)
	if err != nil {
		return Row{}, err
	}
	payload, err := canonical(c)
	if err != nil {
		return Row{}, err
	}
	row := Row{
		Step: s.Seq, Agent: c.bound.Agent, Capability: s.Capability, Effect: s.Effect.String(), Rule: s.Decision.Rule,
		Reasons: s.Decision.Reasons, Codes: s.Decision.Codes, Fields: []approval.Field{}, Payload: payload, Hash: payloadHash(payload), Edited: len(s.Edits) > 0,
	}
	return row, show.fill(c, &row)
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
	c := &call{step: s, bound: bound, typed: capability.Typed(run)}
	if len(s.Proposal) > 0 { // what it carries out knows what its script knew, as if it had not been asked for
		p, err := proposal(s)
		if err != nil {
			return nil, err
		}
		c.script = p.Script
	}
	c.resolve(table)
	return c, applied(c)
}
