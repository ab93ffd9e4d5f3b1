package shown

import (
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// base is where Linux keeps files in memory; the tests have one of their own.
var base = "/dev/shm"

func location() string { return filepath.Join(base, "steward-"+strconv.Itoa(os.Geteuid())) }

func inMemory(dir string) bool {
	var stat unix.Statfs_t
	if unix.Statfs(dir, &stat) != nil {
		return false
	}
	return stat.Type == unix.TMPFS_MAGIC || stat.Type == unix.RAMFS_MAGIC
}

func mine(info fs.FileInfo) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(stat.Uid) == os.Geteuid()
}

// room is how many bytes are free where a file lies.
func room(f *os.File) (free int64, known bool) {
	var stat unix.Statfs_t
	if unix.Fstatfs(int(f.Fd()), &stat) != nil {
		return 0, false
	}
	return int64(stat.Bavail) * stat.Bsize, true
}
