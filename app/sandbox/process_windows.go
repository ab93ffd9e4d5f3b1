package sandbox

import (
	"os"
	"os/exec"
	"syscall"
)

const rootDir = ""

func ownExecutable() (string, error) { return os.Executable() }

// processAttributes keeps a console window from opening. The child ends with us when its pipe does.
func processAttributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{HideWindow: true} }

func kill(cmd *exec.Cmd) {
	if cmd.Process != nil {
		_ = cmd.Process.Kill() // it may have ended by itself
	}
}

// onlyUsers cannot be told from the mode bits here; the user's profile folder, where the cache lies, is private.
func onlyUsers(os.FileInfo) bool { return true }
