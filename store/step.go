package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/store/database"
	"github.com/stewardhq/steward/store/pack"
)

func stepID(run string, seq int) string { return run + "/" + strconv.Itoa(seq) }

// putStep writes a step. Input and result stand in the row unless they are large; then they are blobs.
func (s *Store) putStep(t *database.Tx, st *agents.Step) error {
	if st.Run == "" || st.Seq < 1 {
		return invalid("a step has no run or no number", "this is a defect of Steward; report it")
	}
	row := *st
	input, inputID, err := s.moveOut(t, &row.Input)
	if err != nil {
		return err
	}
	result, resultID, err := s.moveOut(t, &row.Result)
	if err != nil {
		return err
	}
	frame, err := frameStep(row, inputID, resultID)
	if err != nil {
		return err
	}
	sealed := s.main.Seal(kindStep, stepID(st.Run, st.Seq), frame)
	var oldInput, oldResult sql.NullInt64
	if _, err := t.First("SELECT input, result FROM step WHERE run = ? AND seq = ?", []any{st.Run, st.Seq}, &oldInput, &oldResult); err != nil {
		return err
	}
	_, err = t.Exec(`INSERT INTO step(run, seq, done_no, capability, version, effect, state, attempt, issued, ended, sealed, input, result)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT(run, seq) DO UPDATE SET done_no = excluded.done_no, capability = excluded.capability, version = excluded.version,
			effect = excluded.effect, state = excluded.state, attempt = excluded.attempt, issued = excluded.issued, ended = excluded.ended,
			sealed = excluded.sealed, input = excluded.input, result = excluded.result`,
		st.Run, st.Seq, st.DoneNo, st.Capability, st.Version, st.Effect.String(), string(st.State), st.Attempt,
		millis(st.Issued), millis(st.Ended), sealed, input, result)
	if isForeignKey(err) {
		return notFound("run")
	}
	if err != nil {
		return err
	}
	for _, old := range []sql.NullInt64{oldInput, oldResult} {
		if old.Valid && old != input && old != result {
			if err := dropUnused(t, old.Int64); err != nil {
				return err
			}
		}
	}
	return nil
}

// moveOut puts a large value into a blob and empties it.
func (s *Store) moveOut(t *database.Tx, value *json.RawMessage) (n sql.NullInt64, id string, err error) {
	if len(*value) <= inlineMax {
		return n, "", nil
	}
	n.Valid = true
	n.Int64, id, err = s.putMain(t, *value)
	*value = nil
	return n, id, err
}

// dropUnused removes a blob that nothing refers to any more.
func dropUnused(t *database.Tx, n int64) error {
	_, err := t.Exec(`DELETE FROM blob WHERE n = ?1
		AND NOT EXISTS (SELECT 1 FROM step WHERE input = ?1) AND NOT EXISTS (SELECT 1 FROM step WHERE result = ?1)
		AND NOT EXISTS (SELECT 1 FROM report WHERE body = ?1) AND NOT EXISTS (SELECT 1 FROM mail WHERE raw = ?1)`, n)
	return err
}

func isForeignKey(err error) bool {
	var e *sqlite.Error
	return errors.As(err, &e) && e.Code() == sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY
}

// frameStep is what is sealed of a step: its fields, then input and result byte for byte, since encoding them as JSON once
// more would change their spaces and escapes, then the ids of the blobs that hold them instead.
func frameStep(st agents.Step, inputID, resultID string) ([]byte, error) {
	input, result := st.Input, st.Result
	st.Input, st.Result = nil, nil
	fields, err := json.Marshal(st)
	if err != nil {
		return nil, fmt.Errorf("encode a step: %w", err)
	}
	return pack.Frame(fields, input, result, []byte(inputID), []byte(resultID)), nil
}

// largeStep is a step whose input or result must be read from blobs.
type largeStep struct {
	agents.Step
	inputID, resultID string
}

func (s *Store) openStep(id string, sealed []byte) (largeStep, error) {
	var st largeStep
	frame, err := s.main.Open(kindStep, id, sealed)
	if err != nil {
		return st, s.damaged("a stored step does not open", err)
	}
	parts, whole := pack.Parts(frame, 5)
	if !whole {
		return st, s.damaged("a stored step is cut short", nil)
	}
	if err := json.Unmarshal(parts[0], &st.Step); err != nil {
		return st, s.damaged("a stored step cannot be read", err)
	}
	if len(parts[1]) > 0 {
		st.Input = parts[1]
	}
	if len(parts[2]) > 0 {
		st.Result = parts[2]
	}
	st.inputID, st.resultID = string(parts[3]), string(parts[4])
	return st, nil
}

// Steps lists the steps of a run in the order of their issue.
func (s *Store) Steps(ctx context.Context, run string) ([]agents.Step, error) {
	type reference struct {
		value *json.RawMessage
		blob  int64
		id    string
	}
	var rows []largeStep
	var inputs, results []sql.NullInt64
	err := s.db.Each(ctx, "SELECT seq, sealed, input, result FROM step WHERE run = ? ORDER BY seq", []any{run}, func(r *sql.Rows) error {
		var seq int
		var sealed sql.RawBytes
		var input, result sql.NullInt64
		if err := r.Scan(&seq, &sealed, &input, &result); err != nil {
			return err
		}
		st, err := s.openStep(stepID(run, seq), sealed)
		rows, inputs, results = append(rows, st), append(inputs, input), append(results, result)
		return err
	})
	if err != nil {
		return nil, s.fault("read the steps of a run", err)
	}
	steps := make([]agents.Step, len(rows))
	for i, row := range rows { // after the rows, which hold a connection
		steps[i] = row.Step
		for _, ref := range []reference{{&steps[i].Input, inputs[i].Int64, row.inputID}, {&steps[i].Result, results[i].Int64, row.resultID}} {
			if ref.id == "" {
				continue
			}
			if *ref.value, err = s.blob(ctx, ref.blob, ref.id, s.main); err != nil {
				return nil, s.fault("read the steps of a run", err)
			}
		}
	}
	return steps, nil
}
