package engine

import (
	"context"

	"github.com/stewardhq/steward/agents"
)

// end writes that a run is over although its script did not come to its end, and what became of the steps that it left
// open.
func (e *Engine) end(ctx context.Context, run agents.Run) (agents.Run, error) {
	run.Ended = e.now()
	var open []agents.Step
	var entries []agents.Entry
	// A journal that cannot be read must not keep the run from ending, or it would fail again at every start.
	if steps, err := e.store.Steps(ctx, run.ID); err == nil {
		open, entries = abandoned(steps)
	}
	return run, e.keepRunAnd(ctx, run, open, entries)
}

// abandoned is the effects that were decided on and have no outcome, as nobody will come back to them: one that was begun
// is unknown, one that was approved and not begun did not happen.
func abandoned(steps []agents.Step) (open []agents.Step, entries []agents.Entry) {
	for _, s := range steps {
		switch {
		case s.State == agents.StepStaged:
			s = dropped(s, "nobody approved "+s.Capability+" before the run ended")
		case s.State != agents.StepIntent || !s.Effect.Changes():
			continue
		case s.Attempt > 0:
			s = unknown(s)
		default:
			s = dropped(s, "the run ended before "+s.Capability+" was begun")
		}
		open, entries = append(open, s), append(entries, outcomeEntry(s))
	}
	return open, entries
}

// dropped is a step that was not done, and will not be.
func dropped(s agents.Step, why string) agents.Step {
	s.State = agents.StepFailed
	s.Error = &agents.Error{Code: agents.CodeCancelled, Message: why, Hint: "it was not done; ask again if you still want it"}
	return s
}

// unsettled is the error of the first step that the user approved and that was not done, as far as is known; nil if there
// is none. Such a step keeps the pending receipt that its script was given as its result.
func unsettled(steps []agents.Step) *agents.Error {
	for _, s := range steps {
		if s.Attempt > 0 && s.Error != nil && s.Result != nil {
			return s.Error
		}
	}
	return nil
}

// Verified reports whether a journal proves what was done: at least one step happened, and every effect has its receipt.
func Verified(steps []agents.Step) bool {
	happened := false
	for _, s := range steps {
		switch s.State {
		case agents.StepDone:
			happened = true
			if s.Effect.Changes() && s.Receipt == nil {
				return false
			}
		case agents.StepUnknown, agents.StepIntent, agents.StepStaged:
			return false
		case agents.StepFailed:
			refused := s.Attempt == 0 && s.Error != nil && s.Error.Code == agents.CodeDenied // by policy or the user
			if s.Effect.Changes() && !refused {
				return false
			}
		}
	}
	return happened
}
