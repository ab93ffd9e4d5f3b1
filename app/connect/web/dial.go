package web

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"time"

	"github.com/stewardhq/steward/agents"
)

// dialer connects to listed hosts, at addresses that it has checked itself.
type dialer struct {
	hosts    hosts
	resolver Resolver
	dial     func(ctx context.Context, network, address string) (net.Conn, error)
}

const (
	connectTimeout = 15 * time.Second // for all addresses of a host
	addressTimeout = 5 * time.Second  // for one of several
)

// DialContext resolves, checks and connects. It repeats the check of the list: this is the last place before the network.
func (d *dialer) DialContext(ctx context.Context, _, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("read address: %w", err)
	}
	name, ip, ok := canonical(host)
	address = net.JoinHostPort(name, port)
	far := d.hosts[address]
	if !ok || far == nowhere {
		return nil, unlisted(net.JoinHostPort(host, port))
	}
	ctx, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	found := []netip.Addr{ip}
	if !ip.IsValid() {
		if found, err = d.resolver.LookupNetIP(ctx, "ip", name); err != nil || len(found) == 0 {
			return nil, unavailable(address, err)
		}
	}
	for _, ip := range found {
		if !far.allows(ip) { // one is enough to distrust the whole answer
			return nil, misled(address)
		}
	}
	return d.first(ctx, address, port, found)
}

// first connects to the first address that answers.
func (d *dialer) first(ctx context.Context, address, port string, found []netip.Addr) (net.Conn, error) {
	var errs []error
	for i, ip := range found {
		one, cancel := ctx, context.CancelFunc(func() {})
		if i < len(found)-1 {
			one, cancel = context.WithTimeout(ctx, addressTimeout)
		}
		conn, err := d.dial(one, "tcp", net.JoinHostPort(ip.Unmap().String(), port))
		cancel()
		if err == nil {
			return conn, nil
		}
		errs = append(errs, err)
		if ctx.Err() != nil {
			break
		}
	}
	return nil, unavailable(address, errors.Join(errs...))
}

func unlisted(address string) error {
	return &agents.Error{Code: agents.CodeDenied, Message: address + " is not on the list of hosts that Steward may reach", Hint: "add it as a model, an account or a connection if it should be"}
}

func misled(address string) error {
	return &agents.Error{
		Code: agents.CodeDenied, Message: address + " leads to an address that is not public",
		Hint: "if it is in your own network, name it by its address, such as 192.168.1.5:8080",
	}
}
