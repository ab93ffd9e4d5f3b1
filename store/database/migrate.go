package database

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/store/durable"
)

// SnapshotDir is where snapshots lie, in the database's directory.
const SnapshotDir = "snapshots"

const keptSnapshots = 3

var migrationName = regexp.MustCompile(`^(\d{4})_[a-z0-9_]+\.sql$`)

// readMigrations gives the migrations in order; the first is number 1, and none is missing.
func readMigrations(set fs.FS) ([]string, error) {
	entries, err := fs.ReadDir(set, ".")
	if err != nil {
		return nil, fmt.Errorf("read migrations: %w", err)
	}
	var all []string
	for _, e := range entries { // sorted by name
		m := migrationName.FindStringSubmatch(e.Name())
		if m == nil {
			return nil, fmt.Errorf("migration %q has a name of another form than 0001_word.sql", e.Name())
		}
		if n, err := strconv.Atoi(m[1]); err != nil || n != len(all)+1 {
			return nil, fmt.Errorf("migration %q is not number %d", e.Name(), len(all)+1)
		}
		text, err := fs.ReadFile(set, e.Name())
		if err != nil {
			return nil, fmt.Errorf("read migration: %w", err)
		}
		all = append(all, string(text))
	}
	return all, nil
}

// Migrate brings the database up to the last migration, after a snapshot if there is anything in it. Each migration is
// wholly there or not at all.
func (d *DB) Migrate(ctx context.Context, set fs.FS) error {
	all, err := readMigrations(set)
	if err != nil {
		return err
	}
	var version int
	if err := d.writer.conn.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
		return fmt.Errorf("read the database's version: %w", err)
	}
	switch {
	case version > len(all):
		return &agents.Error{
			Code:    agents.CodeNewer,
			Message: fmt.Sprintf("the database was written by a newer Steward (version %d; this program knows %d)", version, len(all)),
			Hint:    "install the newest version of Steward; nothing was changed",
		}
	case version == len(all):
		return nil
	case version > 0:
		if err := d.snapshot(ctx, version); err != nil {
			return fmt.Errorf("take a snapshot before the update: %w", err)
		}
	}
	// A migration may rebuild a table that others refer to; the references are checked at its end instead.
	if _, err := d.writer.conn.ExecContext(ctx, "PRAGMA foreign_keys=OFF"); err != nil {
		return fmt.Errorf("suspend foreign keys: %w", err)
	}
	for i := version; i < len(all); i++ {
		if err := d.writer.transact(ctx, true, func(t *Tx) error { return applyMigration(t, i+1, all[i]) }); err != nil {
			return fmt.Errorf("apply migration %d: %w", i+1, err)
		}
	}
	if _, err := d.writer.conn.ExecContext(ctx, "PRAGMA foreign_keys=ON"); err != nil {
		return fmt.Errorf("resume foreign keys: %w", err)
	}
	return nil
}

func applyMigration(t *Tx, number int, text string) error {
	if _, err := t.w.conn.ExecContext(t.ctx, text); err != nil {
		return err
	}
	dangling, err := t.First("PRAGMA foreign_key_check", nil, new(any), new(any), new(any), new(any))
	if err != nil {
		return fmt.Errorf("check references: %w", err)
	}
	if dangling {
		return errors.New("it leaves rows that refer to nothing")
	}
	_, err = t.w.conn.ExecContext(t.ctx, fmt.Sprintf("PRAGMA user_version=%d", number))
	return err
}

// snapshot copies the database, as sealed as it is, and removes the oldest copies. A copy under its final name is whole.
func (d *DB) snapshot(ctx context.Context, version int) error {
	dir := filepath.Join(d.dir, SnapshotDir)
	name := fmt.Sprintf("%s-v%d.db", d.now().UTC().Format("20060102T150405.000Z"), version)
	final, part := filepath.Join(dir, name), filepath.Join(dir, name+".part")
	if err := os.Remove(part); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	f, err := os.OpenFile(part, os.O_CREATE|os.O_EXCL, 0o600) // SQLite would make it readable by others
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	_, err = d.writer.conn.ExecContext(ctx, "VACUUM INTO ?", part)
	if err == nil {
		err = syncFile(part)
	}
	if err == nil {
		err = os.Rename(part, final)
	}
	if err != nil {
		return errors.Join(err, os.Remove(part))
	}
	names := snapshots(d.dir)
	for len(names) > keptSnapshots {
		if err := os.Remove(filepath.Join(dir, names[0])); err != nil {
			return err
		}
		names = names[1:]
	}
	return nil
}

// snapshots lists the whole ones by name, oldest first.
func snapshots(dir string) []string {
	entries, err := os.ReadDir(filepath.Join(dir, SnapshotDir))
	if err != nil { // a directory that cannot be read has none to offer
		return nil
	}
	var names []string
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".db") {
			names = append(names, e.Name())
		}
	}
	slices.Sort(names)
	return names
}

func newestSnapshot(dir string) string {
	if all := snapshots(dir); len(all) > 0 {
		return all[len(all)-1]
	}
	return ""
}

func syncFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close(), durable.SyncDir(filepath.Dir(path)))
}
