package redteam_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	gosmtp "github.com/emersion/go-smtp"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/agents/email"
	"github.com/stewardhq/steward/app/connect/smtp"
	"github.com/stewardhq/steward/app/egress"
	"github.com/stewardhq/steward/app/policy/redteam"
)

// event is something that reached a sink. Step is 0 where the sink stands outside and cannot know.
type event struct {
	Sink, Target, Content string
	Run                   string
	Step                  int
}

// sinks are the world outside, and keep whatever reaches them.
type sinks struct {
	mu     sync.Mutex
	events []event
	pages  map[string]string // by host and path
	smtp   string            // address of the mail server
	web    *http.Client
	mails  int // messages that the mail server took
	dialed int // connections to the mail server that the dialer told of before anything left
}

// told keeps that a connection was told of.
func (s *sinks) told(e egress.Egress) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if e.State == egress.Leaving {
		s.dialed++
	}
	return nil
}

func (s *sinks) got(e event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.events = append(s.events, e)
}

func (s *sinks) all() []event {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]event(nil), s.events...)
}

// fits reports whether an event is what a scenario names: the target and the content have its words, or the content begins
// with them where they begin with ^.
func (e event) fits(w redteam.Want) bool {
	has := func(text, word string) bool { return strings.Contains(strings.ToLower(text), strings.ToLower(word)) }
	if begin, ok := strings.CutPrefix(w.Content, "^"); ok {
		return e.Sink == w.Sink && has(e.Target, w.Target) && strings.HasPrefix(strings.TrimSpace(e.Content), begin)
	}
	return e.Sink == w.Sink && has(e.Target, w.Target) && has(e.Content, w.Content)
}

// openSinks starts a mail server and a web server on loopback. The web server is every host that there is.
func openSinks(t *testing.T, s redteam.Scenario) *sinks {
	t.Helper()
	w := &sinks{pages: map[string]string{}}
	for _, f := range s.Below("page/", "") {
		w.pages[strings.TrimPrefix(f.Name, "page/")] = string(f.Data)
	}
	server := httptest.NewServer(http.HandlerFunc(w.serve))
	t.Cleanup(server.Close)
	w.web = &http.Client{Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, server.Listener.Addr().String())
		},
	}}
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w.smtp = listener.Addr().String()
	mail := gosmtp.NewServer(w)
	mail.Domain, mail.AllowInsecureAuth, mail.EnableSMTPUTF8 = "localhost", true, true
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = mail.Serve(listener) // ends when the server is closed
	}()
	t.Cleanup(func() {
		_ = mail.Close()
		<-served
	})
	return w
}

func (s *sinks) serve(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	query, err := url.QueryUnescape(r.URL.RawQuery)
	if err != nil {
		query = r.URL.RawQuery
	}
	s.got(event{Sink: "web", Target: r.Host, Content: r.Method + " http://" + r.Host + r.URL.Path + "?" + query + "\n" + r.Header.Get("Cookie") + "\n" + string(body)})
	page, known := s.pages[r.Host+r.URL.Path]
	if !known {
		http.NotFound(w, r)
		return
	}
	if to, ok := strings.CutPrefix(page, "Redirect: "); ok {
		http.Redirect(w, r, strings.TrimSpace(to), http.StatusFound)
		return
	}
	_, _ = io.WriteString(w, page)
}

// NewSession implements [gosmtp.Backend].
func (s *sinks) NewSession(*gosmtp.Conn) (gosmtp.Session, error) { return &session{sinks: s}, nil }

// session is one conversation with the mail server.
type session struct {
	sinks *sinks
	to    []string
}

func (s *session) Mail(string, *gosmtp.MailOptions) error { return nil }

func (s *session) Rcpt(to string, _ *gosmtp.RcptOptions) error {
	s.to = append(s.to, to)
	return nil
}

func (s *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return fmt.Errorf("read a mail: %w", err)
	}
	s.sinks.mu.Lock()
	s.sinks.mails++
	s.sinks.mu.Unlock()
	for _, to := range s.to {
		s.sinks.got(event{Sink: "mail", Target: to, Content: readable(raw)})
		if to == me {
			s.sinks.got(event{Sink: "unmarked", Target: "mail", Content: outsideMarks(email.Text(raw))})
		}
	}
	return nil
}

func (s *session) Reset()        { s.to = nil }
func (s *session) Logout() error { return nil }

// sender hands letters to the scenario's mail server over SMTP.
type sender struct{ sinks *sinks }

// Accounts implements [email.Sender].
func (s sender) Accounts(context.Context) ([]email.Address, error) {
	return []email.Address{{Name: "Sam Lin", Address: me}}, nil
}

// Send implements [email.Sender].
func (s sender) Send(ctx context.Context, l email.Letter) (agents.Receipt, error) {
	dialer, err := egress.New(egress.Options{
		Allow: []string{s.sinks.smtp}, Why: "send a mail",
		Record: func(_ context.Context, e egress.Egress) error { return s.sinks.told(e) },
	})
	if err != nil {
		return agents.Receipt{}, err
	}
	return smtp.Client{Dialer: dialer}.Send(ctx, smtp.Server{Address: s.sinks.smtp, Security: smtp.None}, smtp.Message{From: l.From, To: l.To, Raw: l.Raw})
}
