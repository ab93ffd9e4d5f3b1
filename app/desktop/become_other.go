//go:build !unix

package desktop

import (
	"os"
	"os/exec"
)

// become goes on as another program, in a process of its own.
func become(path string, args ...string) error {
	cmd := exec.Command(path, args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	return cmd.Run()
}
