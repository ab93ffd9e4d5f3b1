package main_test

import (
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"sync"

	"github.com/emersion/go-sasl"
	gosmtp "github.com/emersion/go-smtp"
	"github.com/rogpeppe/go-internal/testscript"
)

// postServer starts a mail server: post USER PASSWORD [REFUSED]… What it takes is appended to post.log, a line "MAIL FROM",
// a line "RCPT TO" for each recipient, and the message. It takes nothing for the refused ones. Its address is in $SMTP.
func postServer(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: post USER PASSWORD [REFUSED]…")
	}
	p := &postOffice{path: ts.MkAbs("post.log"), user: args[0], password: args[1], refused: map[string]bool{}}
	for _, a := range args[2:] {
		p.refused[a] = true
	}
	ts.Check(appendTo(p.path, ""))
	server := gosmtp.NewServer(p)
	server.Domain, server.AllowInsecureAuth, server.ErrorLog = "test", true, log.New(io.Discard, "", 0)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	done := make(chan error, 1)
	go func() { done <- server.Serve(listener) }()
	ts.Defer(func() {
		_ = server.Close()
		if err := <-done; err != nil && !errors.Is(err, gosmtp.ErrServerClosed) {
			ts.Logf("the mail server: %v", err)
		}
	})
	ts.Setenv("SMTP", listener.Addr().String())
}

type postOffice struct {
	mu             sync.Mutex
	path           string
	user, password string
	refused        map[string]bool
}

func (p *postOffice) NewSession(*gosmtp.Conn) (gosmtp.Session, error) {
	return &postSession{p: p}, nil
}

type postSession struct {
	p        *postOffice
	known    bool
	envelope string
}

func (s *postSession) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *postSession) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if s.known = user == s.p.user && password == s.p.password; !s.known {
			return gosmtp.ErrAuthFailed
		}
		return nil
	}), nil
}

func (s *postSession) Mail(from string, _ *gosmtp.MailOptions) error {
	if !s.known {
		return gosmtp.ErrAuthRequired
	}
	s.envelope = fmt.Sprintf("MAIL FROM %s\n", from)
	return nil
}

func (s *postSession) Rcpt(to string, _ *gosmtp.RcptOptions) error {
	if s.p.refused[to] {
		return &gosmtp.SMTPError{Code: 550, EnhancedCode: gosmtp.EnhancedCode{5, 1, 1}, Message: "nobody here"}
	}
	s.envelope += fmt.Sprintf("RCPT TO %s\n", to)
	return nil
}

func (s *postSession) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.p.mu.Lock()
	defer s.p.mu.Unlock()
	return appendTo(s.p.path, s.envelope+string(raw)+"\n")
}

func (s *postSession) Reset()        { s.envelope = "" }
func (s *postSession) Logout() error { return nil }
