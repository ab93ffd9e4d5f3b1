package store

import (
	"context"
	"strings"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/store/database"
)

// Record is what is written to the journal and the ledger at once: all of it or nothing.
type Record struct {
	Run    *agents.Run    // new or changed; nil if it stays as it is
	Steps  []agents.Step  // new or changed, of any run that is recorded
	Ledger []agents.Entry // appended

	Automation  *agents.Automation  // new or changed
	Removed     string              // the id of an automation that goes, with its occurrences
	Occurrences []agents.Occurrence // new or changed

	Grants []agents.Grant // new or changed
	Alerts []agents.Alert // new or changed

	Durable bool // on disk when Record returns, even if the power fails: for what must not be done twice
}

// Record writes all of a record in one transaction.
func (s *Store) Record(ctx context.Context, r Record) error {
	durable := r.Durable || s.ledger.HeadIsDue()
	return s.write(ctx, "write the journal", durable, func(t *database.Tx) error {
		if r.Run != nil {
			if err := s.putRun(t, *r.Run); err != nil {
				return err
			}
		}
		for i := range r.Steps {
			if err := s.putStep(t, &r.Steps[i]); err != nil {
				return err
			}
		}
		if err := s.recordAutomation(t, r); err != nil {
			return err
		}
		if err := s.recordTrust(t, r); err != nil {
			return err
		}
		if err := s.ledger.Append(t, r.Ledger); err != nil {
			return err
		}
		if durable && s.ledger.HeadIsDue() {
			t.After(s.ledger.TryHead)
		}
		return nil
	})
}

func (s *Store) putRun(t *database.Tx, r agents.Run) error {
	if r.ID == "" {
		return invalid("a run has no id", "this is a defect of Steward; report it")
	}
	sealed, err := sealJSON(s.main, kindRun, r.ID, r)
	if err != nil {
		return err
	}
	_, err = t.Exec(`INSERT INTO run(id, parent, kind, state, created, sealed) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT(id) DO UPDATE SET state = excluded.state, sealed = excluded.sealed`,
		r.ID, r.Parent, r.Kind, string(r.State), millis(r.Created), sealed)
	return err
}

// RunFilter chooses runs; zero fields choose all.
type RunFilter struct {
	States []agents.RunState
	Parent string
	Kind   string
	Limit  int // 0 for 100
}

// Run gives a run by its id, or by the beginning of its id, of six characters or more, if only one begins so. Otherwise
// CodeNotFound, or CodeInvalid if several do.
func (s *Store) Run(ctx context.Context, id string) (agents.Run, error) {
	runs, err := s.runs(ctx, "WHERE id = ?", id)
	if err == nil && len(runs) == 0 && len(id) >= shortest {
		runs, err = s.runs(ctx, beginsSo, id)
	}
	return only("run", runs, s.fault("read a run", err))
}

// Runs lists runs, newest first.
func (s *Store) Runs(ctx context.Context, f RunFilter) ([]agents.Run, error) {
	where, args := "WHERE 1", []any{}
	if len(f.States) > 0 {
		where += " AND state IN (?" + strings.Repeat(", ?", len(f.States)-1) + ")"
		for _, st := range f.States {
			args = append(args, string(st))
		}
	}
	if f.Parent != "" {
		where, args = where+" AND parent = ?", append(args, f.Parent)
	}
	if f.Kind != "" {
		where, args = where+" AND kind = ?", append(args, f.Kind)
	}
	if f.Limit <= 0 {
		f.Limit = 100
	}
	runs, err := s.runs(ctx, where+" ORDER BY created DESC, id DESC LIMIT ?", append(args, f.Limit)...)
	return runs, s.fault("list runs", err)
}

func (s *Store) runs(ctx context.Context, where string, args ...any) ([]agents.Run, error) {
	return listSealed[agents.Run](ctx, s, kindRun, "SELECT id, sealed FROM run "+where, args)
}
