package api

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app"
	"github.com/stewardhq/steward/app/approval"
	"github.com/stewardhq/steward/app/bell"
	"github.com/stewardhq/steward/app/engine"
	"github.com/stewardhq/steward/store"
)

// newBell makes the bell of a home that a shell keeps open.
func (d *Door) newBell(a *app.App, h *inside) *bell.Bell {
	locked := func() bool { return h.lock == nil || h.lock.State().Locked }
	return bell.New(bell.Options{
		Events: a.Engine.Events(), Sheets: a.Engine, Desktop: a.Desktop(), Answerer: ringer{d.surface}, Open: d.options.Open, Locked: locked, Locks: LockEvent,
		Fits: func(row engine.Row, longest int) (string, bool) { return approval.Fits(row.Fields, longest) },
		Waiting: func(ctx context.Context) ([]string, error) {
			runs, err := a.Store.Runs(ctx, store.RunFilter{States: []agents.RunState{agents.Waiting}, Limit: 1000})
			var ids []string
			for _, run := range runs {
				ids = append(ids, run.ID)
			}
			return ids, err
		},
	})
}

// ringer gives the user's word as every shell does, by the surface.
type ringer struct{ surface *Surface }

// Answer answers a sheet that was shown with a hash.
func (r ringer) Answer(ctx context.Context, run, hash string, approve []int) error {
	raw, err := json.Marshal(Answered{ID: run, Hash: hash, Approve: approve})
	if err != nil {
		return fmt.Errorf("write the answer: %w", err)
	}
	_, err = r.surface.Call(WithCaller(ctx, Caller{Via: ViaNotification}), "Approvals/Answer", raw)
	return err
}
