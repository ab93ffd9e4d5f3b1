package database

import (
	"errors"
	"fmt"
	"path/filepath"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/stewardhq/steward/agents"
)

// Fault wraps an error with what was tried, and puts the error for the user into the chain where the cause is one that a
// person can do something about: a full disk, a damaged file, another process.
func Fault(doing, dir string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", doing, explain(err, dir))
}

func explain(err error, dir string) error {
	var known *agents.Error
	if errors.As(err, &known) {
		return err
	}
	if isDiskFull(err) {
		return diskFull(err)
	}
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return err
	}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_FULL:
		return diskFull(err)
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return Damaged("the database is damaged", dir, err)
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return &agents.Error{
			Code: agents.CodeConflict, Message: "another program is using the database", Err: err,
			Hint: "close other programs that have opened steward.db, then try again",
		}
	case sqlite3.SQLITE_IOERR:
		if e.Code() == sqlite3.SQLITE_IOERR_SHMSIZE { // the shared memory file cannot grow
			return diskFull(err)
		}
		return &agents.Error{
			Code: agents.CodeUnavailable, Message: "the disk does not read or write", Err: err,
			Hint: "check the disk and that the home directory is still mounted",
		}
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM:
		return &agents.Error{
			Code: agents.CodeUnavailable, Message: "the database cannot be opened for writing", Err: err,
			Hint: "check that the home directory and its files belong to you",
		}
	}
	return err
}

func diskFull(err error) error {
	return &agents.Error{
		Code: agents.CodeDiskFull, Message: "the disk is full; nothing of this change was kept", Err: err,
		Hint: "make room on the disk that holds the home directory, then do it again",
	}
}

// Damaged is an error with CodeDamaged. It names the newest snapshot, because that is what the user can go back to.
func Damaged(message, dir string, err error) error {
	hint := "restore a backup of the home directory"
	if newest := newestSnapshot(dir); newest != "" {
		hint = fmt.Sprintf("keep a copy of it, then put %s in its place; it was taken before the last update", filepath.Join(SnapshotDir, newest))
	}
	return &agents.Error{Code: agents.CodeDamaged, Message: message, Hint: hint, Err: err}
}
