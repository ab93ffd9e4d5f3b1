package smtp_test

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	gosmtp "github.com/emersion/go-smtp"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/connect/smtp"
	"github.com/stewardhq/steward/app/egress"
)

// authority is a certificate authority of the tests, and a certificate that it gave to a name.
func authority(t testing.TB, names ...string) (*x509.CertPool, tls.Certificate) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	root := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test authority"}, NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	leaf := &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "test server"}, NotAfter: time.Now().Add(time.Hour), ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	for _, name := range names {
		if ip := net.ParseIP(name); ip != nil {
			leaf.IPAddresses = append(leaf.IPAddresses, ip)
		} else {
			leaf.DNSNames = append(leaf.DNSNames, name)
		}
	}
	rootDER, err := x509.CreateCertificate(rand.Reader, root, root, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	leafDER, err := x509.CreateCertificate(rand.Reader, leaf, root, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(rootDER)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(parsed)
	return pool, tls.Certificate{Certificate: [][]byte{leafDER}, PrivateKey: key}
}

// post is a real mail server that keeps what it took.
type post struct {
	mu      sync.Mutex
	user    string
	pass    string
	mech    []string
	refuse  map[string]*gosmtp.SMTPError // by recipient, or "FROM", or "DATA"
	taken   []string
	to      [][]string
	options gosmtp.MailOptions
	resets  int
	signed  int
}

type session struct {
	*post
	rcpt []string
}

func (p *post) NewSession(*gosmtp.Conn) (gosmtp.Session, error) { return &session{post: p}, nil }

func (s *session) AuthMechanisms() []string { return s.mech }

func (s *session) Auth(mech string) (sasl.Server, error) {
	check := func(user, pass string) error {
		if user != s.user || pass != s.pass {
			return gosmtp.ErrAuthFailed
		}
		s.signed++
		return nil
	}
	if mech == sasl.Plain {
		return sasl.NewPlainServer(func(_, user, pass string) error { return check(user, pass) }), nil
	}
	return &login{check: check}, nil
}

// login is the server's side of LOGIN.
type login struct {
	user  string
	asked bool
	check func(user, pass string) error
}

func (l *login) Next(response []byte) (challenge []byte, done bool, err error) {
	if l.asked {
		return nil, true, l.check(l.user, string(response))
	}
	l.user, l.asked = string(response), true
	return []byte("Password:"), false, nil
}

func (s *session) Mail(_ string, o *gosmtp.MailOptions) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.options = *o
	return s.refusal("FROM")
}

func (p *post) refusal(what string) error {
	if e := p.refuse[what]; e != nil {
		return e
	}
	return nil
}

func (s *session) Rcpt(to string, _ *gosmtp.RcptOptions) error {
	s.rcpt = append(s.rcpt, to)
	return s.refusal(to)
}

func (s *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if err := s.refusal("DATA"); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.taken, s.to = append(s.taken, string(raw)), append(s.to, s.rcpt)
	return nil
}

func (s *session) Reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.resets, s.rcpt = s.resets+1, nil
}
func (s *session) Logout() error { return nil }

// serve starts a real server. It speaks TLS from the first byte if implicit.
func serve(t *testing.T, p *post, config *tls.Config, implicit bool, change func(*gosmtp.Server)) string {
	t.Helper()
	s := gosmtp.NewServer(p)
	s.Domain, s.TLSConfig, s.EnableSMTPUTF8, s.AllowInsecureAuth = "test", config, true, config == nil
	s.ErrorLog = log.New(io.Discard, "", 0)
	if change != nil {
		change(s)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	if implicit {
		l = tls.NewListener(l, config)
	}
	go func() { _ = s.Serve(l) }()
	t.Cleanup(func() { _ = s.Close() })
	return address
}

// talk is a server made of lines: it greets, and answers each line as it is told. A reply of "cut" ends the connection,
// "wait" says nothing.
func talk(t *testing.T, greeting string, answer func(line string) string) (address string, heard func() string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var all []string
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			t.Cleanup(func() { _ = conn.Close() })
			go converse(conn, greeting, func(line string) string {
				mu.Lock()
				all = append(all, line)
				mu.Unlock()
				return answer(line)
			})
		}
	}()
	return l.Addr().String(), func() string {
		mu.Lock()
		defer mu.Unlock()
		return strings.Join(all, "\n")
	}
}

func converse(conn net.Conn, greeting string, answer func(line string) string) {
	defer conn.Close()
	say := func(reply string) bool {
		if reply == "wait" {
			_, _ = io.Copy(io.Discard, conn)
			return false
		}
		if reply == "cut" {
			return false
		}
		if reply != "" {
			_, _ = io.WriteString(conn, reply+"\r\n")
		}
		return true
	}
	if !say(greeting) {
		return
	}
	r := bufio.NewReader(conn)
	inData := false
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimRight(line, "\r\n")
		if inData && line != "." {
			continue
		}
		reply := answer(line)
		if !say(reply) {
			return
		}
		inData = strings.HasPrefix(reply, "354")
	}
}

// polite answers like a server that takes everything.
func polite(line string) string {
	verb, _, _ := strings.Cut(strings.ToUpper(line), " ")
	switch verb {
	case "EHLO":
		return "250-test\r\n250-8BITMIME\r\n250 AUTH PLAIN LOGIN"
	case "AUTH":
		return "235 welcome"
	case "DATA":
		return "354 go on"
	case "QUIT":
		return "221 bye"
	default:
		return "250 2.0.0 taken"
	}
}

// book is where connections are written down.
type book struct {
	mu   sync.Mutex
	rows []egress.Egress
}

func (b *book) record(_ context.Context, e egress.Egress) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.rows = append(b.rows, e)
	return nil
}

func client(t *testing.T, address string, roots *x509.CertPool) (smtp.Client, *book) {
	t.Helper()
	b := &book{}
	d, err := egress.New(egress.Options{Allow: []string{address}, Record: b.record, Why: "send a mail", Class: "mail"})
	if err != nil {
		t.Fatal(err)
	}
	return smtp.Client{Dialer: d, Roots: roots, Patience: 5 * time.Second}, b
}

const canary = "canary-4f8a2b"

var letter = smtp.Message{From: "sam@lin.example", To: []string{"anna@tidewater.example", "ben@tidewater.example"}, Raw: []byte("Subject: hi\r\n\r\n.dot\r\nBye\r\n")}

func wantError(t *testing.T, err error, code, says string) {
	t.Helper()
	e := agents.AsError(err)
	if err == nil || e.Code != code || !strings.Contains(e.Message, says) || e.Hint == "" {
		t.Errorf("got %v (%s), want %s and %q", err, agents.CodeOf(err), code, says)
	}
	if text := fmt.Sprintf("%v %+v %s", err, e, e.Hint); strings.Contains(text, canary) {
		t.Errorf("the password stands in %s", text)
	}
}

func unknown(err error) bool { return errors.Is(err, agents.ErrUnknown) }
