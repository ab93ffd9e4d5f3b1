package app

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/agents/email/sample"
	"github.com/stewardhq/steward/app/engine"
	"github.com/stewardhq/steward/app/intake"
)

// ImportRequest says what mail to bring in: files and folders by their absolute paths, or the sample mailbox.
type ImportRequest struct {
	Paths  []string `json:"paths,omitempty"`
	Sample bool     `json:"sample,omitempty"`
	Me     []string `json:"me,omitempty"` // the user's own addresses; guessed if none is given
}

// localAccount is the account of mail that was imported from files.
const localAccount = "local"

// importMail is the job behind an import. Begun again after it was broken off, it finds what is already there.
func (a *App) importMail(ctx context.Context, run agents.Run) (agents.Run, error) {
	var in ImportRequest
	if err := json.Unmarshal(run.Params, &in); err != nil {
		return run, fmt.Errorf("read the import's request: %w", err)
	}
	o := intake.Options{Paths: in.Paths, Me: in.Me, Account: localAccount, Now: run.Created, Progress: func(p intake.Progress) {
		a.Engine.Events().Tell(engine.Event{Run: run.ID, Kind: "progress", Text: fmt.Sprintf("%d messages read", p.Read)})
	}}
	if in.Sample {
		o.Me = []string{sample.Me}
		o.Items = sampleItems(run)
	}
	result, err := intake.Import(ctx, o, a.Store)
	output, marshalErr := json.Marshal(result)
	if marshalErr != nil {
		return run, fmt.Errorf("write the import's result: %w", marshalErr)
	}
	run.Output = output
	return run, err
}
