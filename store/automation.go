package store

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/store/database"
)

// recordAutomation writes what a record says of automations.
func (s *Store) recordAutomation(t *database.Tx, r Record) error {
	if r.Automation != nil {
		if err := s.putAutomation(t, *r.Automation); err != nil {
			return err
		}
	}
	if r.Removed != "" {
		if err := removeAutomation(t, r.Removed); err != nil {
			return err
		}
	}
	for _, o := range r.Occurrences {
		if err := s.putOccurrence(t, o); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) putAutomation(t *database.Tx, a agents.Automation) error {
	if a.ID == "" {
		return invalid("an automation has no id", "this is a defect of Steward; report it")
	}
	sealed, err := sealJSON(s.main, kindAutomation, a.ID, a)
	if err != nil {
		return err
	}
	_, err = t.Exec(`INSERT INTO automation(id, state, created, sealed) VALUES (?, ?, ?, ?)
		ON CONFLICT(id) DO UPDATE SET state = excluded.state, sealed = excluded.sealed`,
		a.ID, string(a.State), millis(a.Created), sealed)
	return err
}

// removeAutomation removes an automation with its occurrences. Their runs stay.
func removeAutomation(t *database.Tx, id string) error {
	there, err := t.First("SELECT 1 FROM automation WHERE id = ?", []any{id}, new(int))
	if err == nil && !there {
		return notFound("automation")
	}
	if err == nil {
		_, err = t.Exec("DELETE FROM automation WHERE id = ?", id)
	}
	return err
}

// putOccurrence writes an occurrence, new or changed. A second one for the same due time is refused, and so is one of an
// automation that was removed meanwhile.
func (s *Store) putOccurrence(t *database.Tx, o agents.Occurrence) error {
	if o.ID == "" || o.Automation == "" || o.Due.IsZero() {
		return invalid("an occurrence has no id, no automation or no due time", "this is a defect of Steward; report it")
	}
	sealed, err := sealJSON(s.main, kindOccurrence, o.ID, o)
	if err != nil {
		return err
	}
	_, err = t.Exec(`INSERT INTO occurrence(id, automation, due, state, sealed) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT(id) DO UPDATE SET state = excluded.state, sealed = excluded.sealed`,
		o.ID, o.Automation, millis(o.Due), string(o.State), sealed)
	switch {
	case isForeignKey(err):
		return notFound("automation")
	case isUnique(err):
		return &agents.Error{Code: agents.CodeConflict, Message: "this due time of the automation was written down before", Hint: "see `steward automations history " + o.Automation + "`"}
	}
	return err
}

func isUnique(err error) bool {
	var e *sqlite.Error
	return errors.As(err, &e) && e.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE
}

// Automation gives an automation by its id, or by the beginning of its id, of six characters or more, if only one begins
// so. Otherwise CodeNotFound, or CodeInvalid if several do.
func (s *Store) Automation(ctx context.Context, id string) (agents.Automation, error) {
	all, err := s.automations(ctx, "WHERE id = ?", id)
	if err == nil && len(all) == 0 && len(id) >= shortest {
		all, err = s.automations(ctx, beginsSo, id)
	}
	return only("automation", all, s.fault("read an automation", err))
}

// Automations lists the automations, oldest first.
func (s *Store) Automations(ctx context.Context) ([]agents.Automation, error) {
	all, err := s.automations(ctx, "ORDER BY created, id")
	return all, s.fault("list automations", err)
}

func (s *Store) automations(ctx context.Context, where string, args ...any) ([]agents.Automation, error) {
	return listSealed[agents.Automation](ctx, s, kindAutomation, "SELECT id, sealed FROM automation "+where, args)
}

// OccurrenceFilter chooses occurrences; zero fields choose all.
type OccurrenceFilter struct {
	Automation string
	Open       bool      // those that are not over
	Since      time.Time // due at that time or later
	Limit      int       // 0 for 100
}

// Occurrences lists occurrences, the latest due time first.
func (s *Store) Occurrences(ctx context.Context, f OccurrenceFilter) ([]agents.Occurrence, error) {
	where, args := []string{"1"}, []any{}
	if f.Automation != "" {
		where, args = append(where, "automation = ?"), append(args, f.Automation)
	}
	if f.Open {
		where = append(where, "state IN ('due', 'running', 'waiting')")
	}
	if !f.Since.IsZero() {
		where, args = append(where, "due >= ?"), append(args, millis(f.Since))
	}
	if f.Limit <= 0 {
		f.Limit = 100
	}
	var all []agents.Occurrence
	err := s.db.Each(ctx, "SELECT id, automation, due, sealed FROM occurrence WHERE "+strings.Join(where, " AND ")+" ORDER BY due DESC, id DESC LIMIT ?",
		append(args, f.Limit), func(r *sql.Rows) error {
			var id, automation string
			var due int64
			var sealed sql.RawBytes
			if err := r.Scan(&id, &automation, &due, &sealed); err != nil {
				return err
			}
			var o agents.Occurrence
			if err := s.openJSON(s.main, kindOccurrence, id, sealed, &o); err != nil {
				return err
			}
			// The row says whose occurrence of which time this is; what is sealed must say the same.
			if o.Automation != automation || millis(o.Due) != due {
				return s.damaged("a stored occurrence is not the one that its row names", nil)
			}
			all = append(all, o)
			return nil
		})
	return all, s.fault("list occurrences", err)
}
