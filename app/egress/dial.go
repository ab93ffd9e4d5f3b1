package egress

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"time"

	"github.com/stewardhq/steward/agents"
)

// Options say whom a dialer may reach and who is told.
type Options struct {
	// Allow lists hosts as host:port: a name, whose addresses must all be public, or an address, which may be any. The
	// name localhost stands for this machine.
	Allow []string
	// Private lists names as host:port that may lead into a private network, because the user typed them knowing so.
	Private []string

	// Record is told of each connection, twice: before anything leaves, even the question to the resolver (an error keeps
	// it from leaving), and when it is over. One that is refused is told of once more, or only once where its host is not
	// on the list. It must be set.
	Record func(ctx context.Context, e Egress) error
	Why    string // the purpose of connections whose context names none; see [WithPurpose]
	Class  string // of the data that they carry

	Resolver Resolver         // nil means the system's
	Now      func() time.Time // nil means time.Now
	// Dial connects to an address that was checked, such as 192.0.2.1:443; nil means to do so.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
}

// Resolver finds the addresses of a name; *net.Resolver is one.
type Resolver interface {
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// Dialer connects to listed hosts, at addresses that it has checked itself.
type Dialer struct {
	options Options
	hosts   hosts
}

const (
	connectTimeout = 15 * time.Second // for all addresses of a host
	addressTimeout = 5 * time.Second  // for one of several
)

// New makes a dialer. A host in a list that is misspelt, or spelt in a way that different programs read differently, is an
// error with CodeInvalid. Its own errors are *agents.Error: CodeDenied for what is not allowed, CodeUnavailable for what
// does not answer.
func New(o Options) (*Dialer, error) {
	if o.Record == nil {
		return nil, &agents.Error{Code: agents.CodeInternal, Message: "a dialer that nobody is told about", Hint: "set Options.Record"}
	}
	list, err := newHosts(o.Allow, o.Private)
	if err != nil {
		return nil, err
	}
	if o.Resolver == nil {
		o.Resolver = net.DefaultResolver
	}
	if o.Dial == nil {
		o.Dial = (&net.Dialer{KeepAlive: 30 * time.Second}).DialContext
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Dialer{options: o, hosts: list}, nil
}

// Check refuses a host:port that is not on the list.
func (d *Dialer) Check(address string) error {
	_, _, _, err := d.listed(address)
	return err
}

// listed gives the canonical host:port of an address, the IP address in it if it is one, and how far it may lead.
func (d *Dialer) listed(address string) (string, netip.Addr, reach, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return address, netip.Addr{}, nowhere, fmt.Errorf("read address: %w", err)
	}
	name, ip, ok := Canonical(host)
	if !ok {
		return address, ip, nowhere, unlisted(address)
	}
	address = net.JoinHostPort(name, port)
	if far := d.hosts[address]; far != nowhere {
		return address, ip, far, nil
	}
	return address, ip, nowhere, unlisted(address)
}

// DialContext resolves, checks and connects, and tells of it unless the context is [Told].
func (d *Dialer) DialContext(ctx context.Context, _, address string) (net.Conn, error) {
	if isTold(ctx) {
		conn, _, err := d.connect(ctx, address)
		return conn, err
	}
	canonical, _, _, err := d.listed(address)
	e := d.begin(ctx, canonical)
	if err != nil {
		e.State, e.Code = Refused, agents.CodeOf(err)
		return nil, errors.Join(err, d.tell(ctx, e))
	}
	if err := d.tell(ctx, e); err != nil {
		return nil, err
	}
	conn, to, err := d.connect(ctx, address)
	if err != nil {
		e.State, e.Code, e.Took = Failed, agents.CodeOf(err), d.options.Now().Sub(e.Started)
		if e.Code == agents.CodeDenied { // nothing but a question to the resolver left
			e.State = Refused
		}
		return nil, errors.Join(err, d.tell(ctx, e))
	}
	e.Address = to
	return &counted{Conn: conn, dialer: d, ctx: context.WithoutCancel(ctx), egress: e}, nil
}

func (d *Dialer) begin(ctx context.Context, host string) Egress {
	e := Egress{State: Leaving, Host: host, Why: d.options.Why, Class: d.options.Class, Started: d.options.Now()}
	if run, why, said := Purpose(ctx); said {
		e.Run, e.Why = run, why
	}
	return e
}

// tell records, also when the context is over: what happened must be written down all the same.
func (d *Dialer) tell(ctx context.Context, e Egress) error {
	if err := d.options.Record(context.WithoutCancel(ctx), e); err != nil {
		return fmt.Errorf("record connection: %w", err)
	}
	return nil
}

// connect looks a host up, once, and connects to an address that it has checked. It repeats the check of the list: this is
// the last place before the network.
func (d *Dialer) connect(ctx context.Context, address string) (net.Conn, string, error) {
	address, ip, far, err := d.listed(address)
	if err != nil {
		return nil, "", err
	}
	name, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, "", fmt.Errorf("read address: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	found := []netip.Addr{ip}
	if !ip.IsValid() {
		if found, err = d.options.Resolver.LookupNetIP(ctx, "ip", name); err != nil || len(found) == 0 {
			return nil, "", unavailable(address, err)
		}
	}
	for _, ip := range found {
		if !far.allows(ip) { // one is enough to distrust the whole answer
			return nil, "", misled(address)
		}
	}
	return d.first(ctx, address, port, found)
}

// first connects to the first address that answers.
func (d *Dialer) first(ctx context.Context, address, port string, found []netip.Addr) (net.Conn, string, error) {
	var errs []error
	for i, ip := range found {
		one, cancel := ctx, context.CancelFunc(func() {})
		if i < len(found)-1 {
			one, cancel = context.WithTimeout(ctx, addressTimeout)
		}
		to := net.JoinHostPort(ip.Unmap().String(), port)
		conn, err := d.options.Dial(one, "tcp", to)
		cancel()
		if err == nil {
			return conn, to, nil
		}
		errs = append(errs, err)
		if ctx.Err() != nil {
			break
		}
	}
	return nil, "", unavailable(address, errors.Join(errs...))
}

func unlisted(address string) error {
	return denied(address+" is not on the list of hosts that Steward may reach", "add it as a model, an account or a connection if it should be")
}

func misled(address string) error {
	return denied(address+" leads to an address that is not public", "if it is in your own network, name it by its address, such as 192.168.1.5:8080")
}

func denied(message, hint string) error {
	return &agents.Error{Code: agents.CodeDenied, Message: message, Hint: hint}
}

func unavailable(host string, cause error) error {
	return &agents.Error{Code: agents.CodeUnavailable, Message: host + " cannot be reached", Hint: "check the address and the network, and whether the server is running", Err: cause}
}
