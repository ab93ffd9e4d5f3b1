package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// writer is the one connection that writes.
type writer struct {
	db    *sql.DB
	conn  *sql.Conn
	stmts map[string]*sql.Stmt
	full  bool // the connection's synchronous setting is FULL
	turn  chan struct{}
	done  chan struct{} // closed when no transaction is to begin any more
}

func openWriter(ctx context.Context, path string) (*writer, error) {
	db, err := sql.Open("sqlite", dsn(path, "journal_mode(wal)", "synchronous(normal)", "cache_size(-16000)", "wal_autocheckpoint(4000)", "journal_size_limit(67108864)"))
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &writer{db: db, conn: conn, stmts: map[string]*sql.Stmt{}, turn: make(chan struct{}, 1), done: make(chan struct{})}, nil
}

func (w *writer) close() error {
	var errs []error
	for _, s := range w.stmts {
		errs = append(errs, s.Close())
	}
	return errors.Join(append(errs, w.conn.Close(), w.db.Close())...)
}

// Tx is a transaction under way. Its statements are not interrupted: whoever writes long asks the caller's context
// between them.
type Tx struct {
	ctx   context.Context
	w     *writer
	after []func()
}

func (w *writer) transact(ctx context.Context, durable bool, f func(*Tx) error) (err error) {
	select {
	case w.turn <- struct{}{}:
	case <-w.done:
		return ErrClosed
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-w.turn }()
	if err := ctx.Err(); err != nil {
		return err
	}
	t := &Tx{ctx: context.WithoutCancel(ctx), w: w}
	if durable != w.full { // only before BEGIN does SQLite take it
		mode := "NORMAL"
		if durable {
			mode = "FULL"
		}
		// Not prepared: SQLite obeys this pragma when it compiles it, so that running it a second time does nothing.
		if _, err := w.conn.ExecContext(t.ctx, "PRAGMA synchronous="+mode); err != nil {
			return fmt.Errorf("set synchronous: %w", err)
		}
		w.full = durable
	}
	if _, err := t.Exec("BEGIN IMMEDIATE"); err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	committed := false
	defer func() {
		if !committed { // also where f panics
			t.rollback()
		}
	}()
	if err := f(t); err != nil {
		return err
	}
	if _, err := t.Exec("COMMIT"); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	committed = true
	for _, f := range t.after {
		f()
	}
	return nil
}

// After has f called once the transaction is committed, before the next one's turn.
func (t *Tx) After(f func()) { t.after = append(t.after, f) }

// rollback ends the transaction. That SQLite has already ended it, as it does when the disk is full, is no error; nor can
// any other be helped, since the next BEGIN would say it.
func (t *Tx) rollback() {
	_, _ = t.Exec("ROLLBACK")
}

// prepared gives the statement for a constant query.
func (t *Tx) prepared(query string) (*sql.Stmt, error) {
	if s := t.w.stmts[query]; s != nil {
		return s, nil
	}
	s, err := t.w.conn.PrepareContext(t.ctx, query)
	if err != nil {
		return nil, err
	}
	t.w.stmts[query] = s
	return s, nil
}

// Exec runs a constant query.
func (t *Tx) Exec(query string, args ...any) (sql.Result, error) {
	s, err := t.prepared(query) //nolint:sqlclosecheck // it is kept for the next time
	if err != nil {
		return nil, err
	}
	return s.ExecContext(t.ctx, args...)
}

// Insert runs an INSERT and gives the new row's number.
func (t *Tx) Insert(query string, args ...any) (int64, error) {
	r, err := t.Exec(query, args...)
	if err != nil {
		return 0, err
	}
	return r.LastInsertId()
}

// First scans the first row of a query, if there is one.
func (t *Tx) First(query string, args []any, into ...any) (bool, error) {
	s, err := t.prepared(query) //nolint:sqlclosecheck // it is kept for the next time
	if err != nil {
		return false, err
	}
	err = s.QueryRowContext(t.ctx, args...).Scan(into...)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// Each calls f for every row of a query. f must not use the transaction.
func (t *Tx) Each(query string, args []any, f func(*sql.Rows) error) error {
	s, err := t.prepared(query) //nolint:sqlclosecheck // it is kept for the next time
	if err != nil {
		return err
	}
	rows, err := s.QueryContext(t.ctx, args...)
	if err != nil {
		return err
	}
	return drain(rows, f)
}

func drain(rows *sql.Rows, f func(*sql.Rows) error) (err error) {
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		if err := f(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}
