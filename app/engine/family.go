package engine

import (
	"context"
	"fmt"
	"slices"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/store"
)

// heritage is the label that a run begins with, and the other runs of its root: what a parent has read, its child may act
// on, and what a root run may do silently it may not do once for each child.
func (e *Engine) heritage(ctx context.Context, run agents.Run) (agents.Label, []string, error) {
	label, root := run.Context.Join(agents.Label{}), run
	for depth := 0; root.Parent != ""; depth++ {
		if depth > maxFamily {
			return label, nil, &agents.Error{Code: agents.CodeLimit, Message: "this run has too many runs above it"}
		}
		parent, err := e.store.Run(ctx, root.Parent)
		if err != nil {
			return label, nil, fmt.Errorf("read the run that started this one: %w", err)
		}
		label, root = label.Join(parent.Context).Join(parent.Label), parent
	}
	family, err := e.below(ctx, root.ID, nil)
	if err != nil {
		return label, nil, err
	}
	family = append(family, root.ID)
	return label, slices.DeleteFunc(family, func(id string) bool { return id == run.ID }), nil
}

// maxFamily bounds how deep runs may start runs, and how many a root may have.
const maxFamily = 1000

func (e *Engine) below(ctx context.Context, id string, all []string) ([]string, error) {
	children, err := e.store.Runs(ctx, store.RunFilter{Parent: id, Limit: maxFamily})
	if err != nil {
		return nil, fmt.Errorf("look for the runs that this one started: %w", err)
	}
	for _, c := range children {
		if slices.Contains(all, c.ID) || len(all) > maxFamily {
			continue
		}
		if all, err = e.below(ctx, c.ID, append(all, c.ID)); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// sofar is how much of an effect the root run has had silently, this run and all others of it together.
func (x *execution) sofar(ctx context.Context, effect agents.Effect) (int, error) {
	n := x.earlier[effect]
	if effect != agents.RemoteReversible && effect != agents.Egress {
		return n, nil
	}
	for _, id := range x.family {
		steps, err := x.e.store.Steps(ctx, id)
		if err != nil {
			return n, fmt.Errorf("read the journal of another run: %w", err)
		}
		for _, s := range steps {
			if s.Effect == effect && s.Decision.Verdict == agents.Allow {
				n += spent(s)
			}
		}
	}
	return n, nil
}

// count notes that the user is asked about an effect, and whether that is only now on its way to the sheet.
func (x *execution) count(c *call, d agents.Decision, live bool) {
	asked := d.Verdict == agents.Ask && c.bound.Effect.Changes()
	if asked || d.Grant != "" { // a grant may be used up by the time it is to answer
		x.asked++
	}
	x.staging = x.staging || asked && live
}

// holdWords keeps what a script tells the user until the sheet before it was answered: it may say that something was sent.
// Where something of it was not done, and the script has not read that, it may not tell at all.
func (x *execution) holdWords(ctx context.Context, c *call) (bool, error) {
	if x.asked == 0 {
		return false, nil
	}
	steps, err := x.e.store.Steps(ctx, x.run.ID)
	if err != nil {
		return false, fmt.Errorf("read the journal: %w", err)
	}
	before := func(s agents.Step) bool {
		return s.Seq < c.step.Seq && s.Effect.Changes() && s.Decision.Verdict == agents.Ask
	}
	if x.staging || slices.ContainsFunc(steps, func(s agents.Step) bool { return before(s) && s.State == agents.StepStaged }) {
		x.held++
		return true, nil
	}
	if err := x.e.settleApproved(ctx, x.run, steps); err != nil {
		return false, err
	}
	for _, s := range steps {
		if before(s) && s.State != agents.StepDone && !x.known[pendingID(s)] {
			return false, &agents.Error{
				Code:    agents.CodeDenied,
				Message: fmt.Sprintf("%s was not done (step %d), and the script does not know it, so it may not tell what it did", s.Capability, s.Seq),
				Hint:    "a script that goes on reads it first: const done = (await outcome(receipt)).done",
			}
		}
	}
	return false, nil
}
