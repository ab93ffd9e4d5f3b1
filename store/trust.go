package store

import (
	"context"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/store/database"
)

// recordTrust writes what a record says of grants and alerts.
func (s *Store) recordTrust(t *database.Tx, r Record) error {
	for _, g := range r.Grants {
		if g.ID == "" || g.Automation == "" {
			return invalid("a grant has no id or no automation", "this is a defect of Steward; report it")
		}
		sealed, err := sealJSON(s.main, kindGrant, g.ID, g)
		if err != nil {
			return err
		}
		_, err = t.Exec(`INSERT INTO standing_grant(id, automation, expires, sealed) VALUES (?, ?, ?, ?)
			ON CONFLICT(id) DO UPDATE SET automation = excluded.automation, expires = excluded.expires, sealed = excluded.sealed`,
			g.ID, g.Automation, millis(g.Expires), sealed)
		if err != nil {
			return err
		}
	}
	for _, a := range r.Alerts {
		if a.ID == "" || a.Kind == "" {
			return invalid("an alert has no id or no kind", "this is a defect of Steward; report it")
		}
		sealed, err := sealJSON(s.main, kindAlert, a.ID, a)
		if err != nil {
			return err
		}
		_, err = t.Exec(`INSERT INTO alert(id, kind, created, seen, sealed) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT(id) DO UPDATE SET seen = excluded.seen, sealed = excluded.sealed`,
			a.ID, string(a.Kind), millis(a.Created), millis(a.Seen), sealed)
		if err != nil {
			return err
		}
	}
	return nil
}

// Grant gives a grant by its id, or by the beginning of its id, of six characters or more.
func (s *Store) Grant(ctx context.Context, id string) (agents.Grant, error) {
	all, err := s.grants(ctx, "WHERE id = ?", id)
	if err == nil && len(all) == 0 && len(id) >= shortest {
		all, err = s.grants(ctx, beginsSo, id)
	}
	return only("grant", all, s.fault("read a grant", err))
}

// Grants lists the grants of an automation, or all of them for "", oldest first, those that ran out included.
func (s *Store) Grants(ctx context.Context, automation string) ([]agents.Grant, error) {
	where, args := "ORDER BY id", []any{}
	if automation != "" {
		where, args = "WHERE automation = ? ORDER BY id", []any{automation}
	}
	all, err := s.grants(ctx, where, args...)
	return all, s.fault("list grants", err)
}

func (s *Store) grants(ctx context.Context, where string, args ...any) ([]agents.Grant, error) {
	return listSealed[agents.Grant](ctx, s, kindGrant, "SELECT id, sealed FROM standing_grant "+where, args)
}

// AlertFilter chooses alerts; zero fields choose all.
type AlertFilter struct {
	Kind  agents.AlertKind
	Open  bool      // those that the user has not put away
	Since time.Time // made at that time or later
	Limit int       // 0 for 100
}

// Alerts lists alerts, newest first.
func (s *Store) Alerts(ctx context.Context, f AlertFilter) ([]agents.Alert, error) {
	where, args := "WHERE created >= ?", []any{millis(f.Since)}
	if f.Kind != "" {
		where, args = where+" AND kind = ?", append(args, string(f.Kind))
	}
	if f.Open {
		where += " AND seen = 0"
	}
	if f.Limit <= 0 {
		f.Limit = 100
	}
	all, err := listSealed[agents.Alert](ctx, s, kindAlert, "SELECT id, sealed FROM alert "+where+" ORDER BY created DESC, id DESC LIMIT ?", append(args, f.Limit))
	return all, s.fault("list alerts", err)
}
