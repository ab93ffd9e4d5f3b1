//go:build unix && !linux

package sandbox

import (
	"os"
	"os/exec"
	"syscall"
)

const rootDir = "/"

func ownExecutable() (string, error) { return os.Executable() }

// processAttributes puts the child out of the terminal's reach. It ends with us when its pipe does.
func processAttributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

func kill(cmd *exec.Cmd) {
	if cmd.Process != nil {
		_ = cmd.Process.Kill() // it may have ended by itself
	}
}

func onlyUsers(info os.FileInfo) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(stat.Uid) == os.Getuid() && info.Mode().Perm()&0o077 == 0
}
