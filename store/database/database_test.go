package database_test

import (
	"context"
	"database/sql"
	"errors"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/store/database"
)

var ctx = context.Background()

func open(t *testing.T) *database.DB {
	t.Helper()
	dir := t.TempDir()
	if empty, err := database.Prepare(dir); err != nil || !empty {
		t.Fatalf("a new database is empty: %v, %v", empty, err)
	}
	db, err := database.Open(ctx, dir, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	set := fstest.MapFS{"0001_first.sql": {Data: []byte("CREATE TABLE thing (n INTEGER PRIMARY KEY)")}}
	if err := errors.Join(db.Migrate(ctx, set), db.OpenReaders()); err != nil {
		t.Fatal(err)
	}
	return db
}

// What is durable must be synced at COMMIT, and the setting must not stay behind from the transaction before.
func TestSynchronousFollowsTheTransaction(t *testing.T) {
	db := open(t)
	for i, durable := range []bool{false, true, true, false, true, false, false, true} {
		err := db.Write(ctx, durable, func(tx *database.Tx) error {
			var mode int
			if _, err := tx.First("PRAGMA synchronous", nil, &mode); err != nil {
				return err
			}
			if want := map[bool]int{false: 1, true: 2}[durable]; mode != want {
				t.Errorf("transaction %d: synchronous is %d, want %d", i, mode, want)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestConnectionsAreSetUp(t *testing.T) {
	db := open(t)
	var journal string
	var keys, timeout, temp int
	err := db.Write(ctx, false, func(tx *database.Tx) error {
		for query, into := range map[string]any{"PRAGMA journal_mode": &journal, "PRAGMA foreign_keys": &keys, "PRAGMA busy_timeout": &timeout, "PRAGMA temp_store": &temp} {
			if _, err := tx.First(query, nil, into); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil || journal != "wal" || keys != 1 || timeout != 5000 || temp != 2 {
		t.Errorf("the writer has journal %s, foreign keys %d, timeout %d, temp %d, %v", journal, keys, timeout, temp, err)
	}
	var only int
	if _, err := db.First(ctx, "PRAGMA query_only", nil, &only); err != nil || only != 1 {
		t.Errorf("a reader can write: %d, %v", only, err)
	}
	if _, err := db.First(ctx, "INSERT INTO thing VALUES (1) RETURNING n", nil, new(int)); err == nil {
		t.Error("a reader wrote")
	}
}

func rows(t *testing.T, db *database.DB) int {
	t.Helper()
	var n int
	if _, err := db.First(ctx, "SELECT count(*) FROM thing", nil, &n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestWriteRollsBack(t *testing.T) {
	db := open(t)
	insert := func(tx *database.Tx) error {
		_, err := tx.Insert("INSERT INTO thing DEFAULT VALUES")
		return err
	}
	after := 0
	boom := errors.New("boom")
	if err := db.Write(ctx, false, func(tx *database.Tx) error {
		tx.After(func() { after++ })
		return errors.Join(insert(tx), boom)
	}); !errors.Is(err, boom) {
		t.Errorf("the error is %v", err)
	}
	func() {
		defer func() {
			if recover() == nil {
				t.Error("a panic was swallowed")
			}
		}()
		_ = db.Write(ctx, false, func(tx *database.Tx) error {
			if err := insert(tx); err != nil {
				return err
			}
			panic("boom")
		})
	}()
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	if err := db.Write(cancelled, false, insert); !errors.Is(err, context.Canceled) {
		t.Errorf("with a cancelled context: %v", err)
	}
	if n := rows(t, db); n != 0 || after != 0 {
		t.Errorf("%d rows and %d calls after nothing was committed", n, after)
	}
	if err := db.Write(ctx, false, func(tx *database.Tx) error {
		tx.After(func() { after++ })
		return insert(tx)
	}); err != nil {
		t.Fatal(err)
	}
	if n := rows(t, db); n != 1 || after != 1 {
		t.Errorf("%d rows and %d calls after a commit", n, after)
	}
}

// Whoever waits for his turn when the database is closed is told, and does not wait for ever.
func TestFinishTurnsWaitersAway(t *testing.T) {
	db := open(t)
	inside, finish := make(chan struct{}), make(chan struct{})
	errs := make(chan error, 3)
	go func() {
		errs <- db.Write(ctx, false, func(tx *database.Tx) error {
			close(inside)
			<-finish
			_, err := tx.Insert("INSERT INTO thing DEFAULT VALUES")
			return err
		})
	}()
	<-inside
	go func() { errs <- db.Write(ctx, false, func(*database.Tx) error { return nil }) }()
	go func() { errs <- db.Finish() }()
	close(finish)
	for range 3 {
		if err := <-errs; err != nil && !errors.Is(err, database.ErrClosed) {
			t.Error(err)
		}
	}
	if err := db.Write(ctx, false, func(*database.Tx) error { return nil }); !errors.Is(err, database.ErrClosed) {
		t.Errorf("after Finish: %v", err)
	}
	if err := db.Each(ctx, "SELECT 1", nil, func(*sql.Rows) error { return nil }); agents.CodeOf(err) != agents.CodeConflict {
		t.Errorf("after Finish: %v", err)
	}
}
