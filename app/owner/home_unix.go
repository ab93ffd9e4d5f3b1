//go:build unix

package owner

import (
	"os"
	"syscall"
)

const othersWrite = 0o022

func mine(info os.FileInfo) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(stat.Uid) == os.Geteuid()
}
