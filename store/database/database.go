// Package database is the one SQLite database of a store: a connection that writes, a few that read, migrations with a
// snapshot before them, and the errors that a person can do something about.
package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"github.com/stewardhq/steward/agents"
)

// File is the database's name in its directory; SQLite puts -wal and -shm beside it.
const File = "steward.db"

// DB is an open database. Its methods may be called from several goroutines.
type DB struct {
	dir     string
	now     func() time.Time
	writer  *writer
	readers *sql.DB
	closed  atomic.Bool
}

// Prepare makes the database's file in a directory, so that it and its companions are readable by their owner alone. It
// reports whether there is anything in it; something else than a database gives CodeDamaged.
func Prepare(dir string) (empty bool, err error) {
	if err := os.MkdirAll(filepath.Join(dir, SnapshotDir), 0o700); err != nil {
		return false, fmt.Errorf("make the snapshot directory: %w", err)
	}
	f, err := os.OpenFile(filepath.Join(dir, File), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return false, fmt.Errorf("open the database file: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	const magic = "SQLite format 3\x00"
	start := make([]byte, len(magic))
	n, err := io.ReadFull(f, start)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return false, fmt.Errorf("read the database file: %w", err)
	}
	if n > 0 && string(start[:n]) != magic {
		return false, Damaged("steward.db is not a database", dir, nil)
	}
	return n == 0, nil
}

// Open opens the database in a directory that was given to [Prepare], for writing only; [DB.OpenReaders] follows after
// [DB.Migrate].
func Open(ctx context.Context, dir string, now func() time.Time) (*DB, error) {
	w, err := openWriter(ctx, filepath.Join(dir, File))
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	return &DB{dir: dir, now: now, writer: w}, nil
}

// OpenReaders makes reading possible.
func (d *DB) OpenReaders() error {
	readers, err := sql.Open("sqlite", dsn(filepath.Join(d.dir, File), "query_only(1)"))
	if err != nil {
		return fmt.Errorf("open the database for reading: %w", err)
	}
	readers.SetMaxOpenConns(4)
	readers.SetMaxIdleConns(4)
	d.readers = readers
	return nil
}

// Finish waits for the transaction under way, lets no other begin, and moves everything into the database file, synced.
func (d *DB) Finish() error {
	d.closed.Store(true)
	d.writer.turn <- struct{}{} // never given back
	close(d.writer.done)
	err := d.readers.Close() // first, or they keep the log from being emptied
	var busy, log, moved int
	row := d.writer.conn.QueryRowContext(context.Background(), "PRAGMA wal_checkpoint(TRUNCATE)")
	if err := row.Scan(&busy, &log, &moved); err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	if busy != 0 {
		return errors.New("checkpoint: another connection is reading")
	}
	return err
}

// Close closes the connections. Without [DB.Finish] before, what is in the log stays there, which loses nothing.
func (d *DB) Close() error {
	d.closed.Store(true)
	var errs []error
	if d.readers != nil {
		errs = append(errs, d.readers.Close())
	}
	return errors.Join(append(errs, d.writer.close())...)
}

// Write runs f in a transaction that is committed if f returns nil, and otherwise leaves nothing behind. A durable one is
// on disk, not only in the kernel, when Write returns. Transactions wait for each other in the order of their coming.
func (d *DB) Write(ctx context.Context, durable bool, f func(*Tx) error) error {
	if d.closed.Load() {
		return ErrClosed
	}
	return d.writer.transact(ctx, durable, f)
}

// Each calls f for every row of a query.
func (d *DB) Each(ctx context.Context, query string, args []any, f func(*sql.Rows) error) error {
	if d.closed.Load() {
		return ErrClosed
	}
	rows, err := d.readers.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	return drain(rows, f)
}

// First scans the first row of a query, if there is one.
func (d *DB) First(ctx context.Context, query string, args []any, into ...any) (bool, error) {
	if d.closed.Load() {
		return false, ErrClosed
	}
	err := d.readers.QueryRowContext(ctx, query, args...).Scan(into...)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// ErrClosed is what everything gives after Finish or Close.
var ErrClosed error = &agents.Error{
	Code: agents.CodeConflict, Message: "the store is closed", Hint: "Steward is shutting down; start it again",
}

// dsn is the address of the database for the driver, which runs the pragmas in the order of their names, busy_timeout
// before all others.
func dsn(path string, pragmas ...string) string {
	q := url.Values{"_pragma": append([]string{"busy_timeout(5000)", "temp_store(memory)", "foreign_keys(1)"}, pragmas...)}
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") { // a Windows drive
		path = "/" + path
	}
	return (&url.URL{Scheme: "file", Path: path, RawQuery: q.Encode()}).String()
}
