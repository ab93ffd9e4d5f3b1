//go:build unix

package desktop

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// become goes on as another program. It returns only if that cannot be started.
func become(path string, args ...string) error {
	err := syscall.Exec(path, append([]string{filepath.Base(path)}, args...), os.Environ())
	return fmt.Errorf("start %s: %w", path, err)
}
