package api

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/agents/email"
	"github.com/stewardhq/steward/app"
	"github.com/stewardhq/steward/app/orchestrator"
)

// Mail imports and finds mail.
type Mail struct{ a *app.App }

// Import says what to bring in.
type Import = app.ImportRequest

// Import starts an import. It is a run: broken off, it goes on at the next start, and nothing comes in twice.
func (s *Mail) Import(ctx context.Context, in Import) (RunID, error) {
	if in.Sample == (len(in.Paths) > 0) {
		return RunID{}, &agents.Error{Code: agents.CodeInvalid, Message: "say which files or folders to import, or --sample", Hint: "for example: steward mail import ~/mail/archive.mbox"}
	}
	for _, p := range in.Paths {
		if !filepath.IsAbs(p) {
			return RunID{}, &agents.Error{Code: agents.CodeInvalid, Message: fmt.Sprintf("%q is not an absolute path", p)}
		}
	}
	params, err := json.Marshal(in)
	if err != nil {
		return RunID{}, fmt.Errorf("write the request: %w", err)
	}
	run, err := s.a.Orchestrator.Accept(ctx, agents.Run{Kind: orchestrator.KindImport, Request: "import mail", Planner: "user", Params: params})
	return RunID{run.ID}, err
}

// Search is a query in the words of the search box.
type Search struct {
	Query string `json:"query"`
	Limit int    `json:"limit,omitempty"`
	Rank  bool   `json:"rank,omitempty"` // most relevant first; newest first otherwise

	Before string `json:"before,omitempty"` // the cursor of the page before
}

// Found is what a search found, as its senders wrote it: a shell that shows it to a person cleans and marks it.
type Found struct {
	Mails  []MailLine `json:"mails"`
	Count  int        `json:"count"`
	Millis float64    `json:"millis"`
	Next   string     `json:"next"` // the cursor for the next page; "" where there is none, and of a search by relevance
}

// MailLine is a message in a list.
type MailLine struct {
	ID       string     `json:"id"`
	From     string     `json:"from"`
	To       []string   `json:"to"`
	Subject  string     `json:"subject"`
	Received time.Time  `json:"received"`
	Unread   bool       `json:"unread"`
	Kind     email.Kind `json:"kind"`
}

// Search finds mail.
func (s *Mail) Search(ctx context.Context, in Search) (Found, error) {
	began := time.Now()
	query, err := email.ParseQuery(in.Query, s.a.Now(), s.a.Zone)
	if err != nil {
		return Found{}, err
	}
	query.Limit, query.Rank = in.Limit, in.Rank
	mails, next, err := s.a.Store.Page(ctx, query, in.Before)
	if err != nil {
		return Found{}, fmt.Errorf("search the mail: %w", err)
	}
	out := Found{Mails: make([]MailLine, len(mails)), Count: len(mails), Next: next}
	for i, m := range mails {
		out.Mails[i] = mailLine(m)
	}
	out.Millis = float64(time.Since(began).Microseconds()) / 1000
	return out, nil
}

// CountMail is a query whose mails are to be counted.
type CountMail struct {
	Query string `json:"query"`
}

// Counted is how many mails a query finds.
type Counted struct {
	Count int `json:"count"`
}

// Count counts the mails that a search would find without its limit.
func (s *Mail) Count(ctx context.Context, in CountMail) (Counted, error) {
	query, err := email.ParseQuery(in.Query, s.a.Now(), s.a.Zone)
	if err != nil {
		return Counted{}, err
	}
	n, err := s.a.Store.Count(ctx, query)
	return Counted{n}, err
}

func mailLine(m email.Message) MailLine {
	line := MailLine{ID: m.ID, From: showAddress(m.From), To: []string{}, Subject: m.Subject, Received: m.Received, Unread: m.Unread, Kind: m.Kind}
	for _, a := range m.To {
		line.To = append(line.To, showAddress(a))
	}
	return line
}

func showAddress(a email.Address) string {
	if a.Name == "" {
		return a.Address
	}
	return fmt.Sprintf("%s <%s>", a.Name, a.Address)
}

// MailID names a message.
type MailID struct {
	ID string `json:"id"`
}

// MailDetail is a message for reading.
type MailDetail struct {
	MailLine
	Cc          []string           `json:"cc"`
	Verified    bool               `json:"verified"`
	Attachments []email.Attachment `json:"attachments"`
	Problems    []string           `json:"problems"`
	Hidden      int                `json:"hidden"` // characters that the message hid from the eye
	Text        string             `json:"text"`
	Size        int64              `json:"size"`
}

// Show gives a message's text.
func (s *Mail) Show(ctx context.Context, in MailID) (MailDetail, error) {
	m, err := s.a.Store.Mail(ctx, in.ID)
	if err != nil {
		return MailDetail{}, err
	}
	raw, err := s.a.Store.Raw(ctx, m.ID)
	if err != nil {
		return MailDetail{}, fmt.Errorf("read the message: %w", err)
	}
	d := MailDetail{MailLine: mailLine(m), Cc: []string{}, Verified: m.Verified, Problems: list(m.Problems), Hidden: m.HiddenText, Size: m.Size}
	for _, a := range m.Cc {
		d.Cc = append(d.Cc, showAddress(a))
	}
	d.Attachments = list(m.Attachments)
	d.Text = email.Text(raw)
	return d, nil
}

// RawMail is a message as it came.
type RawMail struct {
	Raw []byte `json:"raw"`
}

// Raw gives a message byte for byte.
func (s *Mail) Raw(ctx context.Context, in MailID) (RawMail, error) {
	raw, err := s.a.Store.Raw(ctx, in.ID)
	return RawMail{raw}, err
}
