//go:build !linux && !darwin

package owner

import "net"

func reachByHandle(string, func(string) error) (bool, error) { return false, nil }

// sameUser trusts the permissions of the home: this system does not tell who is at the other end.
func sameUser(*net.UnixConn) error { return nil }
