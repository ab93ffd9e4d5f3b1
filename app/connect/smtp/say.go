package smtp

import (
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/emersion/go-sasl"
	gosmtp "github.com/emersion/go-smtp"

	"github.com/stewardhq/steward/agents"
)

// signIn gives the password, over an encrypted connection or to this machine only.
func (t *talk) signIn(local bool) error {
	if t.server.User == "" {
		return nil
	}
	if _, encrypted := t.TLSConnectionState(); !encrypted && !local {
		return plainElsewhere()
	}
	password := string(t.server.Password.Reveal())
	var way sasl.Client
	switch {
	case t.SupportsAuth(sasl.Plain):
		way = sasl.NewPlainClient("", t.server.User, password)
	case t.SupportsAuth(sasl.Login):
		way = sasl.NewLoginClient(t.server.User, password)
	default:
		return &agents.Error{Code: agents.CodeUnsupported, Message: t.server.Address + " does not take a user name and a password", Hint: "Steward signs in with PLAIN or LOGIN; see whether the server has a port for that, often 465"}
	}
	err := t.Auth(way)
	var refused *gosmtp.SMTPError
	if errors.As(err, &refused) && refused.Code >= 500 {
		return &agents.Error{
			Code: agents.CodeDenied, Message: fmt.Sprintf("%s does not accept this user name and password (%s)", t.server.Address, code(refused)),
			Hint: "enter the password again with `steward mail add-account`; some providers want one that is made for programs",
		}
	}
	if err != nil {
		return t.failed("the user name and password", err)
	}
	return nil
}

// failed is an error about which nothing is unknown: the message was not taken. A server's own words are not in it, since
// they are somebody else's, and a server that means ill repeats what it was told.
func (t *talk) failed(what string, err error) error {
	e := &agents.Error{Code: agents.CodeUnavailable, Hint: "nothing was sent; try again later"}
	var refused *gosmtp.SMTPError
	var vouched *tls.CertificateVerificationError
	var plain tls.RecordHeaderError
	var timeout net.Error
	switch {
	case errors.As(err, &refused) && refused.Code >= 500:
		e.Code, e.Hint = agents.CodeInvalid, "nothing was sent; change the mail or ask who runs the server"
		e.Message = fmt.Sprintf("%s does not take %s (%s)", t.server.Address, what, code(refused))
	case errors.As(err, &refused):
		e.Message = fmt.Sprintf("%s does not take %s now (%s)", t.server.Address, what, code(refused))
	case errors.As(err, &vouched):
		e.Code, e.Err = agents.CodeDenied, vouched
		e.Message, e.Hint = "nobody whom this machine trusts vouches for "+t.server.Address, "check the server's name; where it is your own, add its authority to the system's list"
	case errors.As(err, &plain):
		e.Message, e.Hint = t.server.Address+" does not answer encrypted", "check the port: 465 is for tls, 587 for starttls"
	case errors.Is(t.ctx.Err(), context.Canceled):
		e.Code, e.Message, e.Hint = agents.CodeCancelled, "stopped before "+t.server.Address+" had the message", "nothing was sent"
	case errors.As(err, &timeout) && timeout.Timeout(), t.ctx.Err() != nil:
		e.Message = t.server.Address + " answers too slowly"
	case errors.Is(err, errTooMuch), errors.Is(err, gosmtp.ErrTooLongLine):
		e.Message, e.Hint = t.server.Address+" says more than a mail server should", "nothing was sent; check the address"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed), t.line.cut():
		e.Message = "the connection to " + t.server.Address + " was lost before it had the message"
	default:
		e.Message, e.Hint = t.server.Address+" does not talk like a mail server", "nothing was sent; check the address and the port"
	}
	return e
}

func code(refused *gosmtp.SMTPError) string {
	if c := refused.EnhancedCode; c[0] >= 2 && c[0] <= 5 && c[1] >= 0 && c[1] < 1000 && c[2] >= 0 && c[2] < 1000 {
		return fmt.Sprintf("%d %d.%d.%d", refused.Code, c[0], c[1], c[2])
	}
	return fmt.Sprint(refused.Code)
}

const longestReceipt = 200

// receipt is the server's reply on one line, without anything that is not to be seen.
func (t *talk) receipt(reply string) string {
	var b strings.Builder
	for _, r := range reply {
		if r < ' ' || r > '~' {
			r = ' '
		}
		b.WriteRune(r)
	}
	text := strings.Join(strings.Fields(b.String()), " ")
	if password := t.server.Password.Reveal(); len(password) > 0 {
		for _, told := range []string{
			string(password), base64.StdEncoding.EncodeToString(password),
			base64.StdEncoding.EncodeToString([]byte("\x00" + t.server.User + "\x00" + string(password))),
		} {
			if strings.Contains(text, told) {
				text = "(it repeated the password)"
			}
		}
	}
	return strings.TrimSpace("250 " + text[:min(len(text), longestReceipt)])
}
