package egress_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/egress"
)

// book is where connections are written down.
type book struct {
	mu   sync.Mutex
	rows []egress.Egress
	fail error
}

func (b *book) record(ctx context.Context, e egress.Egress) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("what happened must be written down after its end too: %w", err)
	}
	b.rows = append(b.rows, e)
	return b.fail
}

func (b *book) states() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var all []string
	for _, row := range b.rows {
		all = append(all, string(row.State)+" "+row.Host)
	}
	return strings.Join(all, ", ")
}

// flips answers a name with its next addresses at each question; the last answer stays.
type flips struct {
	answers [][]string
	asked   int
}

func (f *flips) LookupNetIP(context.Context, string, string) ([]netip.Addr, error) {
	if len(f.answers) == 0 {
		return nil, errors.New("no such host")
	}
	answer := f.answers[min(f.asked, len(f.answers)-1)]
	f.asked++
	var all []netip.Addr
	for _, ip := range answer {
		all = append(all, netip.MustParseAddr(ip))
	}
	return all, nil
}

// dialed is a network in which every address answers.
type dialed struct{ to []string }

func (d *dialed) dial(_ context.Context, _, address string) (net.Conn, error) {
	d.to = append(d.to, address)
	here, there := net.Pipe()
	go func() { _, _ = io.Copy(io.Discard, there) }()
	return here, nil
}

func open(t *testing.T, o egress.Options) (*egress.Dialer, *book) {
	t.Helper()
	b := &book{}
	o.Record = b.record
	d, err := egress.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return d, b
}

func TestWhereANameMayLead(t *testing.T) {
	rows := []struct {
		addresses string
		public    bool // with the name on the list
		private   bool // with the name on the list of those that may be private
	}{
		{"93.184.215.14", true, true},
		{"2606:2800:21f::1", true, true},
		{"93.184.215.14 2606:2800:21f::1", true, true},
		{"10.0.0.1", false, true},
		{"192.168.1.1", false, true},
		{"127.0.0.1", false, true},
		{"::1", false, true},
		{"fd12::1", false, true},
		{"::ffff:127.0.0.1", false, true}, // IPv4 in IPv6
		{"::ffff:169.254.169.254", false, false},
		{"169.254.169.254", false, false}, // where clouds keep a machine's credentials
		{"fe80::1", false, false},
		{"fd00:ec2::254", false, false},
		{"100.100.100.200", false, false},
		{"64:ff9b::10.0.0.1", false, false}, // NAT64
		{"64:ff9b::169.254.169.254", false, false},
		{"64:ff9b::93.184.215.14", true, true},
		{"2002:a00:1::", false, false}, // 6to4
		{"2002:a9fe:a9fe::", false, false},
		{"0.0.0.0", false, false},
		{"::", false, false},
		{"224.0.0.1", false, false},
		{"ff02::1", false, false},
		{"192.0.2.1", false, false},
		{"93.184.215.14 10.0.0.1", false, true}, // one bad address is enough
		{"93.184.215.14 169.254.169.254", false, false},
	}
	for _, row := range rows {
		for _, private := range []bool{false, true} {
			net := &dialed{}
			o := egress.Options{Resolver: &flips{answers: [][]string{strings.Fields(row.addresses)}}, Dial: net.dial}
			want := row.public
			if private {
				o.Private, want = []string{"mail.example:465"}, row.private
			} else {
				o.Allow = []string{"mail.example:465"}
			}
			d, b := open(t, o)
			conn, err := d.DialContext(t.Context(), "tcp", "mail.example:465")
			if (err == nil) != want || !want && (agents.CodeOf(err) != agents.CodeDenied || len(net.to) > 0) {
				t.Errorf("%s, private %v: %v, dialed %v", row.addresses, private, err, net.to)
			}
			if err == nil {
				_ = conn.Close()
			} else if got := b.states(); got != "leaving mail.example:465, refused mail.example:465" {
				t.Errorf("%s: written down %q", row.addresses, got)
			}
		}
	}
}

func TestNamesThatChangeTheirMind(t *testing.T) {
	net := &dialed{}
	r := &flips{answers: [][]string{{"93.184.215.14"}, {"169.254.169.254"}}}
	d, b := open(t, egress.Options{Allow: []string{"mail.example:465"}, Resolver: r, Dial: net.dial, Why: "mail", Class: "mail"})
	conn, err := d.DialContext(egress.WithPurpose(t.Context(), "run-1", "send a mail"), "tcp", "MAIL.Example:465")
	if err != nil || r.asked != 1 || fmt.Sprint(net.to) != "[93.184.215.14:465]" {
		t.Fatalf("asked %d times, dialed %v, %v", r.asked, net.to, err)
	}
	if got := b.states(); got != "leaving mail.example:465" {
		t.Errorf("before anything leaves: %q", got)
	}
	if _, err := conn.Write([]byte("hello")); err != nil {
		t.Fatal(err)
	}
	egress.Encrypted(conn)
	_ = conn.Close()
	_ = conn.Close()
	if len(b.rows) != 2 {
		t.Fatalf("written down %+v", b.rows)
	}
	if e := b.rows[1]; e.State != egress.Over || e.Address != "93.184.215.14:465" || e.BytesSent != 5 || e.Run != "run-1" || e.Why != "send a mail" || e.Class != "mail" || !e.Encrypted {
		t.Errorf("written down %+v", e)
	}
	if _, err := d.DialContext(t.Context(), "tcp", "mail.example:465"); agents.CodeOf(err) != agents.CodeDenied || len(net.to) != 1 {
		t.Errorf("the second time: %v, dialed %v", err, net.to)
	}
}

func TestWhatIsNotOnTheList(t *testing.T) {
	net := &dialed{}
	d, b := open(t, egress.Options{Allow: []string{"mail.example:465", "127.0.0.1:25", "localhost:26"}, Resolver: &flips{answers: [][]string{{"10.0.0.1"}}}, Dial: net.dial})
	for _, address := range []string{
		"mail.example:25", "evil.example:465", "mail.example.:465", "127.1:25", "0x7f000001:25", "2130706433:25", "017700000001:25", "[::1]:25", "127.0.0.2:25",
		"[fe80::1%eth0]:25", "mail.example", "", ":25", "mail.example\x00.evil:465", "localhost:26", // which does not lead to this machine here
	} {
		if _, err := d.DialContext(t.Context(), "tcp", address); err == nil {
			t.Errorf("%q was reached", address)
		}
	}
	if len(net.to) > 0 || len(b.rows) < 15 {
		t.Errorf("dialed %v, written down %s", net.to, b.states())
	}
	for _, row := range b.rows {
		if row.State != egress.Refused && row.Host != "localhost:26" {
			t.Errorf("written down %+v", row)
		}
	}
	if conn, err := d.DialContext(t.Context(), "tcp", "[::ffff:127.0.0.1]:25"); err != nil { // the listed one, spelt otherwise
		t.Error(err)
	} else {
		_ = conn.Close()
	}
}

func TestListsThatCannotBe(t *testing.T) {
	b := &book{}
	for _, entry := range []string{"mail.example", "mail.example:0", "mail.example:99999", "mail.example:025", "127.1:25", "0x7f.1:25", "a b.example:25", "169.254.169.254:80", "[::ffff:169.254.169.254]:80", "[fd00:ec2::254]:80", "[fe80::1%eth0]:80", "[64:ff9b::a9fe:a9fe]:80"} {
		if _, err := egress.New(egress.Options{Allow: []string{entry}, Record: b.record}); err == nil || agents.AsError(err).Hint == "" {
			t.Errorf("%s is taken: %v", entry, err)
		}
	}
	if _, err := egress.New(egress.Options{Allow: []string{"mail.example:25"}}); agents.CodeOf(err) != agents.CodeInternal {
		t.Errorf("a dialer that nobody is told about: %v", err)
	}
}

func TestNothingLeavesThatIsNotWrittenDown(t *testing.T) {
	net := &dialed{}
	r := &flips{answers: [][]string{{"93.184.215.14"}}}
	d, b := open(t, egress.Options{Allow: []string{"mail.example:465"}, Resolver: r, Dial: net.dial})
	b.fail = errors.New("the disk is full")
	if _, err := d.DialContext(t.Context(), "tcp", "mail.example:465"); !errors.Is(err, b.fail) || r.asked > 0 || len(net.to) > 0 {
		t.Errorf("%v; asked %d times, dialed %v", err, r.asked, net.to)
	}
	ctx, cancel := context.WithCancel(t.Context())
	b.fail = nil
	conn, err := d.DialContext(ctx, "tcp", "mail.example:465")
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := conn.Close(); err != nil || len(b.rows) != 3 {
		t.Errorf("given up: %v, written down %s", err, b.states())
	}
}
