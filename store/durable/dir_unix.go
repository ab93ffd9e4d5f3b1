//go:build !windows

package durable

import (
	"errors"
	"fmt"
	"os"
)

// SyncDir puts a directory's entries on disk, so that a rename or a new file in it survives a power failure.
func SyncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("open directory: %w", err)
	}
	if err := d.Sync(); err != nil {
		return errors.Join(fmt.Errorf("sync directory: %w", err), d.Close())
	}
	return d.Close()
}
