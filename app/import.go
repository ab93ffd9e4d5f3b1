package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/agents/email"
	"github.com/stewardhq/steward/agents/email/sample"
	"github.com/stewardhq/steward/app/connect/mailfile"
	"github.com/stewardhq/steward/app/engine"
	"github.com/stewardhq/steward/app/intake"
	"github.com/stewardhq/steward/app/shown"
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
		o.Items = sampleItems(run.Created.In(a.Zone))
	}
	result, err := intake.Import(ctx, o, a.Store)
	if err == nil {
		err = a.addMe(ctx, result.Me)
	}
	result, err = asNamed(in.Paths, result, err)
	if ctx.Err() == nil { // it will not be begun again
		err = errors.Join(err, dropUploads(in.Paths))
	}
	output, marshalErr := json.Marshal(result)
	if marshalErr != nil {
		return run, fmt.Errorf("write the import's result: %w", marshalErr)
	}
	run.Output = output
	return run, err
}

// asNamed says of files that a page had handed over what the user called them, where it would say under which path they lay
// in memory.
func asNamed(paths []string, result intake.Result, err error) (intake.Result, error) {
	for _, path := range paths {
		name := shown.Name(path)
		if name == path {
			continue
		}
		for i, damaged := range result.Damaged {
			result.Damaged[i].Source = strings.Replace(damaged.Source, path, name, 1)
		}
		if e, ok := errors.AsType[*agents.Error](err); ok && strings.Contains(e.Message, path) {
			err = &agents.Error{Code: e.Code, Message: strings.ReplaceAll(e.Message, path, name), Hint: e.Hint, Err: e.Err}
		}
	}
	return result, err
}

// dropUploads removes those of the imported files that a page had handed over.
func dropUploads(paths []string) error {
	var errs []error
	for _, path := range paths {
		errs = append(errs, shown.Drop(path))
	}
	return errors.Join(errs...)
}

// addMe adds to the user's own addresses.
func (a *App) addMe(ctx context.Context, addresses []string) error {
	known, err := a.Store.MyAddresses(ctx)
	if err != nil {
		return fmt.Errorf("read the user's addresses: %w", err)
	}
	for _, address := range addresses {
		if !slices.Contains(known, address) {
			known = append(known, address)
		}
	}
	if err := a.Store.SetMe(ctx, known); err != nil {
		return fmt.Errorf("keep the user's addresses: %w", err)
	}
	return nil
}

// sampleItems is the sample mailbox as it stood when the import was asked for.
func sampleItems(at time.Time) []mailfile.Item {
	messages := sample.Messages(at)
	items := make([]mailfile.Item, len(messages))
	for i, m := range messages {
		items[i] = mailfile.Item{Source: fmt.Sprintf("sample#%d", i+1), Raw: m.Raw, Flags: email.Flags{Seen: m.Seen, Flagged: m.Flagged, Sent: m.Mine}}
	}
	return items
}
