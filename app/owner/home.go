package owner

import (
	"errors"
	"os"
	"path/filepath"

	"github.com/stewardhq/steward/agents"
)

// DefaultHome is the home where none is named. It follows the XDG base directories.
func DefaultHome() (string, error) {
	if dir := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "steward"), nil
	}
	dir, err := os.UserHomeDir()
	if err != nil {
		return "", &agents.Error{Code: agents.CodeInvalid, Message: "there is no home directory", Hint: "give one: --home DIR or STEWARD_HOME=DIR", Err: err}
	}
	return filepath.Join(dir, ".local", "share", "steward"), nil
}

// prepare makes the home where there is none, and checks it. It gives its absolute path.
func prepare(dir string) (string, error) {
	if dir == "" {
		return "", &agents.Error{Code: agents.CodeInvalid, Message: "the home has no name", Hint: "name it with --home DIR or STEWARD_HOME"}
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", cannot("find the home", err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", unusable(dir, err)
	}
	return dir, check(dir)
}

func check(dir string) error {
	info, err := os.Stat(dir)
	if err != nil || !info.IsDir() {
		return unusable(dir, err)
	}
	if !mine(info) {
		return &agents.Error{
			Code: agents.CodeDenied, Message: "this home belongs to another user",
			Hint: "run Steward as its owner, or name a home of your own with --home",
		}
	}
	if info.Mode().Perm()&othersWrite != 0 {
		return &agents.Error{Code: agents.CodeDenied, Message: "others can write to this home", Hint: "chmod 700 " + dir}
	}
	return nil
}

func unusable(dir string, cause error) error {
	var p *os.PathError
	if errors.As(cause, &p) {
		cause = p.Err
	}
	return &agents.Error{Code: agents.CodeInvalid, Message: "the home cannot be made or is not a directory", Hint: "name another one with --home; this is " + dir, Err: cause}
}
