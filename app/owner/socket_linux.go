package owner

import (
	"errors"
	"fmt"
	"net"
	"os"

	"golang.org/x/sys/unix"
)

// reachByHandle goes through /proc, where an open directory has a short name. It reports false where /proc is missing.
func reachByHandle(dir string, use func(path string) error) (bool, error) {
	home, err := os.Open(dir)
	if err != nil {
		return true, err
	}
	defer func() { _ = home.Close() }() // only read
	short := fmt.Sprintf("/proc/self/fd/%d", home.Fd())
	if _, err := os.Stat(short); err != nil {
		return false, nil
	}
	return true, use(short + "/" + SocketName)
}

// sameUser is an error unless the process at the other end is this user's.
func sameUser(conn *net.UnixConn) error {
	raw, err := conn.SyscallConn()
	if err != nil {
		return fmt.Errorf("ask who is at the socket: %w", err)
	}
	var peer *unix.Ucred
	var failed error
	err = raw.Control(func(fd uintptr) { peer, failed = unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED) })
	if err = errors.Join(err, failed); err != nil {
		return fmt.Errorf("ask who is at the socket: %w", err)
	}
	if int(peer.Uid) != os.Geteuid() {
		return errStranger
	}
	return nil
}
