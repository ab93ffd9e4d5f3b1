package server

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"syscall"

	"github.com/stewardhq/steward/agents"
)

// Listen opens an address of this machine's own, such as 127.0.0.1:8700; port 0 takes a free one. An address that others
// could reach is CodeUnsupported, a port in use CodeConflict.
func Listen(ctx context.Context, address string) (net.Listener, error) {
	const example = "for example --listen 127.0.0.1:0, which takes a free port"
	host, port, err := net.SplitHostPort(address)
	if number, wrong := strconv.Atoi(port); err == nil && (wrong != nil || number < 0 || number > 65535) {
		err = errors.New("the port is no number from 0 to 65535")
	}
	if err != nil {
		return nil, &agents.Error{Code: agents.CodeInvalid, Message: fmt.Sprintf("%q is no address to listen on", address), Hint: example, Err: err}
	}
	if strings.EqualFold(host, "localhost") {
		host = "127.0.0.1"
	}
	ip, err := netip.ParseAddr(host)
	if err != nil || !ip.IsLoopback() || ip.Zone() != "" {
		return nil, &agents.Error{
			Code: agents.CodeUnsupported, Message: fmt.Sprintf("Steward does not listen on %q: others could reach it there", address),
			Hint: example + "; serving other machines comes later, until then go through ssh -L", Err: err,
		}
	}
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp", net.JoinHostPort(ip.Unmap().String(), port))
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, &agents.Error{Code: agents.CodeConflict, Message: "another program listens on " + address, Hint: "name another port, or --listen 127.0.0.1:0 for a free one", Err: err}
	case errors.Is(err, syscall.EACCES):
		return nil, &agents.Error{Code: agents.CodeDenied, Message: "you may not listen on " + address, Hint: "name a port from 1024 on, or 0 for a free one", Err: err}
	case err != nil:
		return nil, &agents.Error{Code: agents.CodeUnavailable, Message: "cannot listen on " + address, Hint: example, Err: err}
	}
	return l, nil
}

// at learns where this server is, and so under which names it may be called.
func (s *Server) at(address net.Addr) {
	_, port, err := net.SplitHostPort(address.String())
	if err != nil {
		panic("server: a listener without a port: " + address.String())
	}
	// Cookies are shared between the ports of a host, so their name has the port.
	s.address, s.cookie = address.String(), "steward-"+port
	s.hosts = map[string]bool{}
	for _, host := range []string{"127.0.0.1", "localhost", "[::1]"} {
		s.hosts[host+":"+port] = true
		if port == "80" {
			s.hosts[host] = true // browsers leave it out
		}
	}
	s.hosts[s.address] = true
}

// limited is a listener that closes connections above a number of them at once.
func limited(l net.Listener, most int) net.Listener {
	return &limitedListener{Listener: l, slots: make(chan struct{}, most)}
}

type limitedListener struct {
	net.Listener
	slots chan struct{}
}

func (l *limitedListener) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		select {
		case l.slots <- struct{}{}:
			return &limitedConn{Conn: conn, leave: sync.OnceFunc(func() { <-l.slots })}, nil
		default:
			_ = conn.Close() // whoever opens so many is no browser
		}
	}
}

type limitedConn struct {
	net.Conn
	leave func()
}

func (c *limitedConn) Close() error {
	c.leave()
	return c.Conn.Close()
}
