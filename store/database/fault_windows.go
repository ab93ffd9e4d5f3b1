package database

import (
	"errors"
	"syscall"
)

// What Windows says when there is no room: ERROR_HANDLE_DISK_FULL and ERROR_DISK_FULL.
const (
	handleDiskFull = syscall.Errno(39)
	diskFullErrno  = syscall.Errno(112)
)

func isDiskFull(err error) bool {
	return errors.Is(err, handleDiskFull) || errors.Is(err, diskFullErrno)
}
