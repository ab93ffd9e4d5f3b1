package api

import (
	"context"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app"
	"github.com/stewardhq/steward/app/engine"
	"github.com/stewardhq/steward/store"
)

// Approvals shows what waits for the user's word, and takes it.
type Approvals struct{ a *app.App }

// SheetList is the sheets that wait.
type SheetList struct {
	Sheets []engine.Sheet `json:"sheets"`
}

// List lists the sheets of all waiting runs.
func (s *Approvals) List(ctx context.Context, _ Nothing) (SheetList, error) {
	out := SheetList{Sheets: []engine.Sheet{}}
	runs, err := s.a.Store.Runs(ctx, store.RunFilter{States: []agents.RunState{agents.Waiting}, Limit: 1000})
	if err != nil {
		return out, err
	}
	for _, run := range runs {
		sheet, err := s.a.Engine.Sheet(ctx, run.ID)
		if err != nil {
			return out, err
		}
		out.Sheets = append(out.Sheets, sheet)
	}
	return out, nil
}

// Show gives one sheet.
func (s *Approvals) Show(ctx context.Context, in RunID) (engine.Sheet, error) {
	return s.a.Engine.Sheet(ctx, in.ID)
}

// Answered is the user's word on a sheet that was shown with this hash.
type Answered struct {
	ID      string           `json:"id"`
	Hash    string           `json:"hash"`
	Approve []int            `json:"approve"`        // the steps; none denies all
	Stop    bool             `json:"stop,omitempty"` // deny all, and end the run
	Replies []engine.ReplyTo `json:"replies,omitempty"`
	Grants  []engine.Giving  `json:"grants,omitempty"`
}

// Answer takes the user's word. When it returns, the word is on disk; what was approved is carried out in the background.
func (s *Approvals) Answer(ctx context.Context, in Answered) (RunID, error) {
	run, err := s.a.Engine.Take(ctx, in.ID, engine.Answer{
		Hash: in.Hash, Approve: in.Approve, Stop: in.Stop, Replies: in.Replies, Grants: in.Grants, Via: string(CallerOf(ctx).Via),
	})
	if err != nil {
		return RunID{}, err
	}
	if !run.State.Over() {
		s.a.Orchestrator.Launch(run.ID)
	}
	return RunID{run.ID}, nil
}

// Edited is what the user wants otherwise on a sheet that was shown with this hash.
type Edited struct {
	ID    string  `json:"id"`
	Hash  string  `json:"hash"`
	Step  int     `json:"step"`
	Edits []Typed `json:"edits"`
}

// Typed is a field of a payload in the user's own words: the whole text, or the addresses, one a line.
type Typed struct {
	Path string `json:"path"`
	Text string `json:"text"`
}

// Edit makes a new proposal of one step, and gives the sheet anew. The one that was shown before is void.
func (s *Approvals) Edit(ctx context.Context, in Edited) (engine.Sheet, error) {
	change := engine.Change{Hash: in.Hash, Step: in.Step, Via: string(CallerOf(ctx).Via)}
	for _, t := range in.Edits {
		change.Edits = append(change.Edits, agents.Edit{Path: t.Path, Text: t.Text})
	}
	return s.a.Engine.Edit(ctx, in.ID, change)
}
