package engine

import (
	"context"
	"fmt"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/store"
)

// SheetGood is how long a sheet may be answered. What was asked for a week ago is not what is meant today.
const SheetGood = 7 * 24 * time.Hour

// Expire ends the runs whose sheets are void because nobody answered them in time.
func (e *Engine) Expire(ctx context.Context) error {
	runs, err := e.store.Runs(ctx, store.RunFilter{States: []agents.RunState{agents.Waiting}, Limit: 1000})
	if err != nil {
		return fmt.Errorf("look for sheets that nobody answered: %w", err)
	}
	for _, run := range runs {
		if e.expired(run) {
			if err := e.expire(ctx, run.ID); err != nil && agents.CodeOf(err) != agents.CodeConflict {
				return err
			}
		}
	}
	return nil
}

func (e *Engine) expired(run agents.Run) bool {
	return !run.Expires.IsZero() && !e.now().Before(run.Expires)
}

func (e *Engine) expire(ctx context.Context, id string) error {
	ctx, leave, err := e.enter(ctx, id)
	if err != nil {
		return err
	}
	defer leave()
	run, err := e.store.Run(ctx, id)
	if err != nil || run.State != agents.Waiting {
		return err
	}
	run.State = agents.Failed
	run.Error = errExpired(run)
	if _, err = e.end(ctx, run); err == nil {
		e.events.Tell(Event{Run: id, Kind: SheetEvent})
	}
	return err
}

func errExpired(run agents.Run) *agents.Error {
	return &agents.Error{
		Code: agents.CodeExpired, Message: "nobody answered in time, so nothing of it was done",
		Hint: fmt.Sprintf("it waited until %s; ask again if you still want it", run.Expires.UTC().Format("2 January 15:04 UTC")),
	}
}
