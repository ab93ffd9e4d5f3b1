package vault

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// Look says whether a home has a vault, and in which mode, without opening it. Where there is none the mode is "". Its
// errors are those of [Open]: a vault.json that is damaged or newer, or one that is missing beside one of the guards.
func Look(dir string, guards []string) (Mode, error) {
	r, err := load(dir)
	if err == nil {
		return r.Mode, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	return "", unguarded(dir, guards)
}

// unguarded is an error where a home without vault.json has what only a home with one has.
func unguarded(dir string, guards []string) error {
	for _, name := range guards {
		if _, err := os.Lstat(filepath.Join(dir, name)); err == nil {
			return missing(name)
		}
	}
	return nil
}

// lookWithin is how long the session bus may take to say whether there is a keychain.
const lookWithin = 2 * time.Second

// HasKeychain reports whether this session has a keychain that could be asked. It asks for no secret and opens no prompt.
func HasKeychain(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, lookWithin)
	defer cancel()
	return present(ctx)
}
