package engine

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/policy"
)

// propose makes of a call what policy decides on.
func (x *execution) propose(ctx context.Context, c *call) (policy.Proposal, error) {
	payload, controls := c.bound.Parts(c.in, x.typed)
	earlier, err := x.sofar(ctx, c.bound.Effect)
	if err != nil {
		return policy.Proposal{}, err
	}
	p := policy.Proposal{
		Run: x.run.ID, Automation: x.run.Automation, Hash: x.run.Script, Agent: c.bound.Agent, Capability: c.step.Capability,
		Effect: c.bound.Effect, Script: x.run.Label, Revealed: x.run.Revealed, Payload: payload, Controls: controls,
		Earlier: earlier,
	}
	if c.bound.Aim == nil || !c.bound.Effect.Changes() {
		return p, nil
	}
	aim, err := c.bound.Aim(ctx, x.about(c), c.in)
	if err != nil {
		return p, fmt.Errorf("find out what %s is about to do: %w", c.step.Capability, err)
	}
	p.Aim = &aim
	return p, nil
}

// about is a call as its capability sees it.
func (x *execution) about(c *call) *agents.Call {
	return &agents.Call{Run: c.step.Run, Seq: c.step.Seq, Key: c.step.Key, Now: c.step.Issued, Zone: x.zone, Typed: x.typed, Script: x.run.Label}
}

// decide has policy decide on a call, and keeps what it was asked.
func (x *execution) decide(ctx context.Context, c *call) error {
	p, err := x.propose(ctx, c)
	if err != nil {
		return err
	}
	if c.step.Decision, err = x.e.decide(ctx, p); err != nil {
		return err
	}
	if !c.bound.Effect.Changes() {
		return nil // how a read came to be allowed is in its decision; what it was about is in its input
	}
	if c.step.Proposal, err = json.Marshal(p); err != nil {
		return fmt.Errorf("keep the proposal of %s: %w", c.step.Capability, err)
	}
	return nil
}

// spent is how much of what a run may do silently a step has used up.
func spent(s agents.Step) int {
	p, err := proposal(s)
	if err != nil {
		return 1
	}
	return policy.Items(p)
}
