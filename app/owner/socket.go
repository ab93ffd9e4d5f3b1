package owner

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
)

// longest is what fits into a socket's address, on every system that we know: 104 bytes on macOS, 108 on Linux.
const longest = 100

func listen(dir string) (*net.UnixListener, error) {
	var listener *net.UnixListener
	err := reach(dir, func(path string) error {
		l, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
		listener = l
		return err
	})
	if err != nil {
		return nil, err
	}
	listener.SetUnlinkOnClose(false) // it is removed when the last request is answered, and under its real name
	return listener, nil
}

func dial(ctx context.Context, dir string) (net.Conn, error) {
	var conn net.Conn
	err := reach(dir, func(path string) error {
		c, err := new(net.Dialer).DialContext(ctx, "unix", path)
		conn = c
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := sameUser(conn.(*net.UnixConn)); err != nil {
		_ = conn.Close() // the error that counts is that of the peer
		return nil, err
	}
	return conn, nil
}

// reach calls use with a path of the home's socket that fits into a socket's address, good until use returns.
func reach(dir string, use func(path string) error) error {
	path := filepath.Join(dir, SocketName)
	if len(path) <= longest {
		return use(path)
	}
	if done, err := reachByHandle(dir, use); done {
		return err
	}
	return reachByLink(dir, use)
}

// reachByLink goes through a short symbolic link, in a directory that nobody else can enter.
func reachByLink(dir string, use func(path string) error) error {
	short, err := os.MkdirTemp("", "s")
	if err != nil {
		return fmt.Errorf("make a short way to the socket: %w", err)
	}
	defer func() { _ = os.RemoveAll(short) }() // holds a link and nothing else
	link := filepath.Join(short, "h")
	if err := os.Symlink(dir, link); err != nil {
		return fmt.Errorf("make a short way to the socket: %w", err)
	}
	return use(filepath.Join(link, SocketName))
}
