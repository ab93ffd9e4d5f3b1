// Package smtp hands one message to a mail server. Either the server has taken it for every recipient, or for none, or the
// connection was lost at the one place where nobody can tell; then the error is [agents.ErrUnknown]. What a server says is
// somebody else's text: it stands in the receipt, and in no error.
package smtp

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	gosmtp "github.com/emersion/go-smtp"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/egress"
)

// Security is how a connection is encrypted.
type Security string

// The securities.
const (
	TLS      Security = "tls"      // from the first byte
	STARTTLS Security = "starttls" // asked for in the clear; a server that does not offer it gets nothing
	None     Security = "none"     // not at all: on this machine only
)

// Server is a mail server and who signs in there.
type Server struct {
	Address  string // host:port
	Security Security
	User     string // "" to not sign in
	Password agents.Secret
}

// Message is what is handed over. From and To are what the server is told; the header in Raw may say otherwise.
type Message struct {
	From string
	To   []string
	Raw  []byte // lines end in CR LF
}

// Client hands messages to servers. Its zero value, but for Dialer, is ready to use.
type Client struct {
	Dialer   *egress.Dialer
	Roots    *x509.CertPool // who may vouch for a server; nil means the system's list
	Patience time.Duration  // for each answer and each piece of what is sent; 2 minutes if zero
	Final    time.Duration  // for the answer to a whole message; 10 minutes if zero
	Total    time.Duration  // for all of it; 15 minutes if zero
}

// Send hands a message to a server, and gives the server's word that it took it. All recipients must be accepted before
// any text is sent; an error that is not agents.ErrUnknown says that the message was not taken for anybody.
func (c Client) Send(ctx context.Context, s Server, m Message) (agents.Receipt, error) {
	if err := m.check(); err != nil {
		return agents.Receipt{}, err
	}
	t, err := c.open(ctx, s)
	if err != nil {
		return agents.Receipt{}, err
	}
	defer t.close()
	if err := t.propose(m); err != nil {
		t.quit()
		return agents.Receipt{}, err
	}
	reply, err := t.hand(m.Raw)
	if err != nil {
		return agents.Receipt{}, err
	}
	t.quit()
	return agents.Receipt{Kind: "smtp", ID: t.receipt(reply), Note: s.Address}, nil
}

// Test connects, encrypts and signs in, and sends nothing.
func (c Client) Test(ctx context.Context, s Server) error {
	t, err := c.open(ctx, s)
	if err != nil {
		return err
	}
	t.quit()
	t.close()
	return nil
}

// Check refuses a server that could not be used safely, without reaching it.
func (s Server) Check() error {
	host, _, err := net.SplitHostPort(s.Address)
	if err != nil {
		return &agents.Error{Code: agents.CodeInvalid, Message: "the mail server's address is not a host and a port", Hint: "write it like smtp.example.com:465"}
	}
	switch s.Security {
	case TLS, STARTTLS:
	case None:
		if name, ip, ok := egress.Canonical(host); !ok || name != "localhost" && !ip.IsLoopback() {
			return plainElsewhere()
		}
	default:
		return &agents.Error{Code: agents.CodeInvalid, Message: "there is no such encryption", Hint: "choose tls, starttls, or, on this machine, none"}
	}
	for _, text := range []string{s.User, string(s.Password.Reveal())} {
		if strings.ContainsFunc(text, unicode.IsControl) || !utf8.ValidString(text) || len(text) > 1000 {
			return &agents.Error{Code: agents.CodeInvalid, Message: "a user name and a password are one line of text each", Hint: "check what was pasted"}
		}
	}
	if s.User == "" && !s.Password.Empty() {
		return &agents.Error{Code: agents.CodeInvalid, Message: "a password needs a user name", Hint: "name the user as well"}
	}
	return nil
}

func plainElsewhere() error {
	return &agents.Error{Code: agents.CodeDenied, Message: "without encryption mail is sent to a server on this machine only", Hint: "choose tls or starttls"}
}

// check refuses what could become another command.
func (m Message) check() error {
	if len(m.To) == 0 || len(m.Raw) == 0 {
		return &agents.Error{Code: agents.CodeInvalid, Message: "a message needs a recipient and a text", Hint: "give both"}
	}
	for _, a := range append([]string{m.From}, m.To...) {
		at := strings.LastIndexByte(a, '@')
		bad := at <= 0 || at == len(a)-1 || len(a) > 254 || !utf8.ValidString(a) || strings.ContainsAny(a, "<> \",;:\\()")
		if bad || strings.ContainsFunc(a, unicode.IsControl) || strings.ContainsFunc(a, unicode.IsSpace) {
			return &agents.Error{Code: agents.CodeInvalid, Message: "a message names an address that no server can be told", Hint: "write it like anna@example.com"}
		}
	}
	return nil
}

// talk is a conversation with a server.
type talk struct {
	*gosmtp.Client
	server Server
	line   *line
	final  time.Duration
	stop   func()
	ctx    context.Context
}

// open connects, encrypts and signs in.
func (c Client) open(ctx context.Context, s Server) (_ *talk, err error) {
	if err := s.Check(); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, or(c.Total, 15*time.Minute))
	conn, err := c.Dialer.DialContext(ctx, "tcp", s.Address)
	if err != nil {
		cancel()
		return nil, err
	}
	l := &line{Conn: conn, patience: or(c.Patience, 2*time.Minute), left: maxReceived}
	t := &talk{server: s, line: l, final: or(c.Final, 10*time.Minute), ctx: ctx}
	after := context.AfterFunc(ctx, func() { _ = conn.Close() })
	t.stop = func() { after(); cancel() }
	defer func() {
		if err != nil {
			t.close()
		}
	}()
	local := isLoopback(conn.RemoteAddr())
	if s.Security == None && !local { // localhost that leads elsewhere
		return nil, plainElsewhere()
	}
	if err := t.encrypt(c.Roots); err != nil {
		return nil, err
	}
	return t, t.signIn(local)
}

func or(d, otherwise time.Duration) time.Duration {
	if d == 0 {
		return otherwise
	}
	return d
}

func isLoopback(a net.Addr) bool {
	tcp, ok := a.(*net.TCPAddr)
	return ok && tcp.IP.IsLoopback()
}

// encrypt begins the conversation, in the way that was chosen and no other.
func (t *talk) encrypt(roots *x509.CertPool) error {
	host, _, err := net.SplitHostPort(t.server.Address)
	if err != nil {
		return fmt.Errorf("read the server's address: %w", err)
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: roots, ServerName: host}
	switch t.server.Security {
	case TLS:
		conn := tls.Client(t.line, config)
		if err := conn.HandshakeContext(t.ctx); err != nil {
			return t.failed("an encrypted connection", err)
		}
		t.Client = gosmtp.NewClient(conn)
	case STARTTLS:
		if t.Client, err = gosmtp.NewClientStartTLS(t.line, config); err != nil {
			var refused *gosmtp.SMTPError // of the greeting or the command
			if strings.Contains(err.Error(), "doesn't support STARTTLS") || errors.As(err, &refused) && (refused.Code == 454 || refused.Code/10 == 50) {
				return &agents.Error{
					Code: agents.CodeDenied, Message: t.server.Address + " does not offer encryption, which this account demands; nothing was sent, the password neither",
					Hint: "if it did before, somebody may stand in between; otherwise choose tls and the server's other port, often 465",
				}
			}
			return t.failed("an encrypted connection", err)
		}
	case None:
		t.Client = gosmtp.NewClient(t.line)
	}
	if err := t.Hello("localhost"); err != nil {
		return t.failed("the connection", err)
	}
	if _, encrypted := t.TLSConnectionState(); encrypted {
		egress.Encrypted(t.line.Conn)
	} else if t.server.Security != None {
		return plainElsewhere() // cannot be
	}
	return nil
}

// propose tells the server from whom and to whom, and goes back if it does not take all of them.
func (t *talk) propose(m Message) error {
	header, _, _ := bytes.Cut(m.Raw, []byte("\r\n\r\n"))
	unicodeInHeader := !ascii(header) || !ascii([]byte(m.From+strings.Join(m.To, "")))
	if ok, _ := t.Extension("SMTPUTF8"); unicodeInHeader && !ok {
		return t.cannot("addresses in other scripts than Latin", "leave out the recipient with such an address")
	}
	if ok, _ := t.Extension("8BITMIME"); !ok && !unicodeInHeader && !ascii(m.Raw) {
		return t.cannot("text in eight bits", "report this")
	}
	if most, limited := t.MaxMessageSize(); limited && most > 0 && len(m.Raw) > most {
		return &agents.Error{Code: agents.CodeLimit, Message: fmt.Sprintf("%s takes messages up to %d bytes; this one has %d", t.server.Address, most, len(m.Raw)), Hint: "send less at a time"}
	}
	if err := t.Mail(m.From, &gosmtp.MailOptions{Size: int64(len(m.Raw)), UTF8: unicodeInHeader}); err != nil {
		return t.failed("the sender "+m.From, err)
	}
	var refused []string
	var worst error
	for _, to := range m.To {
		err := t.Rcpt(to, nil)
		var said *gosmtp.SMTPError
		if err != nil && !errors.As(err, &said) {
			return t.failed("the recipient "+to, err)
		}
		if err != nil {
			refused = append(refused, to+" ("+code(said)+")")
			if worst == nil || said.Code >= 500 {
				worst = err
			}
		}
	}
	if len(refused) == 0 {
		return nil
	}
	_ = t.Reset() // nothing was sent; whether the server forgets it politely does not matter
	err := t.failed("", worst)
	e := agents.AsError(err)
	e.Message = fmt.Sprintf("%s does not take mail for %s; nothing was sent to anybody", t.server.Address, strings.Join(refused, ", "))
	return e
}

func (t *talk) cannot(what, hint string) error {
	return &agents.Error{Code: agents.CodeUnsupported, Message: t.server.Address + " cannot carry " + what + "; nothing was sent", Hint: hint}
}

func ascii(b []byte) bool {
	for _, c := range b {
		if c >= 0x80 {
			return false
		}
	}
	return true
}

// hand gives the message itself. Its end is the one point after which only the server knows.
func (t *talk) hand(raw []byte) (string, error) {
	w, err := t.Data()
	if err != nil {
		return "", t.failed("the message", err)
	}
	if _, err := w.Write(raw); err != nil {
		return "", t.failed("the message", err)
	}
	t.line.setPatience(t.final)
	said, err := w.CloseWithResponse()
	if err == nil {
		return said.StatusText, nil
	}
	var refused *gosmtp.SMTPError
	if errors.As(err, &refused) && refused.Code >= 400 && refused.Code < 600 || t.line.cut() { // or its end never left
		return "", t.failed("the message", err)
	}
	return "", fmt.Errorf("%s did not say whether it took the message: %w", t.server.Address, agents.ErrUnknown)
}

// quit ends politely, and does not wait long for an answer.
func (t *talk) quit() {
	t.line.setPatience(min(t.line.patience, 5*time.Second))
	_ = t.Quit()
}

func (t *talk) close() {
	t.stop()
	_ = t.line.Close()
}
