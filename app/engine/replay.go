package engine

import (
	"context"

	"github.com/stewardhq/steward/agents"
)

// Replayed is a run played again from its record, without any live call and without writing anything.
type Replayed struct {
	Run  agents.Run `json:"run"`  // as the replay ended
	Same bool       `json:"same"` // it ended as the recorded run did
}

// Replay plays a run that is over from its record alone.
func (e *Engine) Replay(ctx context.Context, id string) (Replayed, error) {
	recorded, err := e.store.Run(ctx, id)
	if err != nil {
		return Replayed{}, err
	}
	if recorded.Script == "" || recorded.Started.IsZero() {
		return Replayed{}, &agents.Error{Code: agents.CodeUnsupported, Message: "this run has no script to replay"}
	}
	x, err := e.prepare(ctx, recorded, true)
	if err != nil {
		return Replayed{}, err
	}
	if err := x.execute(ctx); err != nil {
		return Replayed{}, err
	}
	same := sameText(x.run.Result, recorded.Result) && errorMessage(x.run.Error) == errorMessage(recorded.Error)
	return Replayed{Run: x.run, Same: same}, nil
}

func sameText(a, b *agents.Text) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Raw() == b.Raw()
}

func errorMessage(e *agents.Error) string {
	if e == nil {
		return ""
	}
	return e.Message
}
