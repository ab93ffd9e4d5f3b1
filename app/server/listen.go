package server

import (
	"context"
	"crypto/tls"
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
// could reach is CodeUnsupported without protection, a port in use CodeConflict.
func Listen(ctx context.Context, address string, protection Protection) (net.Listener, error) {
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
	if err != nil || ip.Zone() != "" || !ip.IsLoopback() && !protection.complete() {
		return nil, &agents.Error{
			Code: agents.CodeUnsupported, Message: fmt.Sprintf("Steward does not listen on %q: others could reach it there", address), Err: err,
			Hint: example + ", and go through ssh -L. Elsewhere it needs TLS (--tls-cert FILE --tls-key FILE), a second factor (steward lock second-factor), and an address in numbers",
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

// Protection is what a server has that others can reach. It needs both.
type Protection struct {
	TLS          *tls.Config
	SecondFactor bool
}

func (p Protection) complete() bool { return p.TLS != nil && p.SecondFactor }

// Certificate reads what TLS needs. Nothing older than TLS 1.3 is spoken.
func Certificate(certFile, keyFile string) (*tls.Config, error) {
	pair, err := tls.LoadX509KeyPair(certFile, keyFile)
	if err != nil {
		return nil, &agents.Error{Code: agents.CodeInvalid, Message: "the certificate and its key cannot be used", Hint: "--tls-cert and --tls-key name two PEM files that belong together", Err: err}
	}
	return &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS13, NextProtos: []string{"http/1.1"}}, nil
}

// Loopback reports whether only this machine reaches a listener.
func Loopback(l net.Listener) bool {
	at, ok := l.Addr().(*net.TCPAddr)
	return ok && at.IP.IsLoopback()
}

// at learns where this server is, and so under which names it may be called.
func (s *Server) at(address net.Addr) {
	_, port, err := net.SplitHostPort(address.String())
	if err != nil {
		panic("server: a listener without a port: " + address.String())
	}
	// Cookies are shared between the ports of a host, so their name has the port.
	s.address, s.scheme, s.cookie = address.String(), "http", "steward-"+port
	usual := "80"
	if s.options.TLS != nil {
		s.scheme, s.cookie, usual = "https", "__Host-steward-"+port, "443"
	}
	s.hosts = map[string]bool{}
	called := func(host string) {
		s.hosts[host+":"+port] = true
		if port == usual {
			s.hosts[host] = true // browsers leave it out
		}
	}
	tcp, _ := address.(*net.TCPAddr)
	if tcp == nil || tcp.IP.IsLoopback() {
		for _, host := range []string{"127.0.0.1", "localhost", "[::1]"} {
			called(host)
		}
	}
	if tcp == nil || !tcp.IP.IsUnspecified() {
		s.hosts[s.address] = true
	}
	for i, host := range s.options.Hosts {
		host = strings.ToLower(host)
		at := host
		if _, own, err := net.SplitHostPort(host); err == nil && own != "" {
			s.hosts[host] = true // a port that leads to this one
		} else {
			called(host)
			at = host + ":" + port
		}
		if i == 0 {
			s.address = at
		}
	}
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
