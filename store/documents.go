package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/store/database"
)

// SaveScript keeps a script under its hash. A script that is there stays as it is: the same hash is the same text.
func (s *Store) SaveScript(ctx context.Context, script agents.Script) error {
	if script.Hash == "" {
		return invalid("a script has no hash", "this is a defect of Steward; report it")
	}
	id := s.keyedID("", "script", script.Hash)
	sealed, err := sealJSON(s.main, kindScript, id, script)
	if err != nil {
		return s.fault("save a script", err)
	}
	return s.write(ctx, "save a script", false, func(t *database.Tx) error {
		_, err := t.Exec("INSERT INTO script(id, created, sealed) VALUES (?, ?, ?) ON CONFLICT(id) DO NOTHING", id, millis(script.Created), sealed)
		return err
	})
}

// Script gives the script with this hash, or CodeNotFound.
func (s *Store) Script(ctx context.Context, hash string) (agents.Script, error) {
	var script agents.Script
	id := s.keyedID("", "script", hash)
	var sealed []byte
	found, err := s.db.First(ctx, "SELECT sealed FROM script WHERE id = ?", []any{id}, &sealed)
	if err == nil && !found {
		return script, notFound("script")
	}
	if err == nil {
		err = s.openJSON(s.main, kindScript, id, sealed, &script)
	}
	return script, s.fault("read a script", err)
}

// SaveReport keeps a report. One that is there under this id stays as it is, so that a repeated step writes no second.
func (s *Store) SaveReport(ctx context.Context, report agents.Report) error {
	if report.ID == "" {
		return invalid("a report has no id", "this is a defect of Steward; report it")
	}
	content, err := json.Marshal(report)
	if err != nil {
		return fmt.Errorf("encode a report: %w", err)
	}
	return s.write(ctx, "save a report", false, func(t *database.Tx) error {
		if there, err := t.First("SELECT 1 FROM report WHERE id = ?", []any{report.ID}, new(int)); err != nil || there {
			return err
		}
		body, _, err := s.putMain(t, content)
		if err != nil {
			return err
		}
		_, err = t.Exec("INSERT INTO report(id, run, created, body) VALUES (?, ?, ?, ?)", report.ID, report.Run, millis(report.Created), body)
		return err
	})
}

// Report gives a report by its id, or CodeNotFound.
func (s *Store) Report(ctx context.Context, id string) (agents.Report, error) {
	reports, err := s.reports(ctx, "WHERE r.id = ?", id)
	if err == nil && len(reports) == 0 {
		return agents.Report{}, notFound("report")
	}
	if err != nil {
		return agents.Report{}, s.fault("read a report", err)
	}
	return reports[0], nil
}

// Reports lists the reports of a run, or of all runs for "", newest first.
func (s *Store) Reports(ctx context.Context, run string) ([]agents.Report, error) {
	where, args := "", []any(nil)
	if run != "" {
		where, args = "WHERE r.run = ?", []any{run}
	}
	reports, err := s.reports(ctx, where+" ORDER BY r.created DESC, r.n DESC", args...)
	return reports, s.fault("list reports", err)
}

func (s *Store) reports(ctx context.Context, where string, args ...any) ([]agents.Report, error) {
	var ids []string
	var bodies []int64
	var names []string
	err := s.db.Each(ctx, "SELECT r.id, r.body, b.id FROM report r JOIN blob b ON b.n = r.body "+where, args, func(r *sql.Rows) error {
		var id, name string
		var body int64
		err := r.Scan(&id, &body, &name)
		ids, bodies, names = append(ids, id), append(bodies, body), append(names, name)
		return err
	})
	if err != nil {
		return nil, err
	}
	reports := make([]agents.Report, len(ids))
	for i, body := range bodies {
		content, err := s.blob(ctx, body, names[i], s.main)
		if err != nil {
			return nil, err
		}
		// The row says which content is this report's; the content must say the same.
		if err := json.Unmarshal(content, &reports[i]); err != nil || reports[i].ID != ids[i] {
			return nil, s.damaged("a stored report is not the one that its row names", err)
		}
	}
	return reports, nil
}

// setting is what is sealed of one: the key too, because it may name an account.
type setting struct {
	Key   string          `json:"key"`
	Value json.RawMessage `json:"value"`
}

// Setting decodes the setting of this key into a value, and reports whether there is one.
func (s *Store) Setting(ctx context.Context, key string, into any) (bool, error) {
	id := s.keyedID("", "setting", key)
	var sealed []byte
	found, err := s.db.First(ctx, "SELECT sealed FROM setting WHERE id = ?", []any{id}, &sealed)
	if err != nil || !found {
		return false, s.fault("read a setting", err)
	}
	return true, s.fault("read a setting", s.openSetting(id, sealed, into))
}

func (s *Store) openSetting(id string, sealed []byte, into any) error {
	var kept setting
	if err := s.openJSON(s.main, kindSetting, id, sealed, &kept); err != nil {
		return err
	}
	if err := json.Unmarshal(kept.Value, into); err != nil {
		return fmt.Errorf("decode a setting: %w", err)
	}
	return nil
}

// SetSetting keeps a value, as JSON, under a key; the one before is gone.
func (s *Store) SetSetting(ctx context.Context, key string, value any) error {
	return s.write(ctx, "keep a setting", true, func(t *database.Tx) error { return s.putSetting(t, key, value) })
}

func (s *Store) putSetting(t *database.Tx, key string, value any) error {
	data, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("encode a setting: %w", err)
	}
	id := s.keyedID("", "setting", key)
	sealed, err := sealJSON(s.main, kindSetting, id, setting{Key: key, Value: data})
	if err != nil {
		return err
	}
	_, err = t.Exec("INSERT INTO setting(id, sealed) VALUES (?, ?) ON CONFLICT(id) DO UPDATE SET sealed = excluded.sealed", id, sealed)
	return err
}
