package headless

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/stewardhq/steward/app/api"
)

type mailCommands struct {
	Import mailImport `cmd:"" help:"Bring mail in: .mbox, .eml, Maildir, a folder or .zip of them (of Google Takeout, too), or the sample mailbox."`
	Search mailSearch `cmd:"" help:"Find mail."`
	Show   mailShow   `cmd:"" help:"Show a message."`

	AddAccount    addAccount    `cmd:"" help:"Connect a mail account, to send from."`
	Accounts      listAccounts  `cmd:"" help:"List the connected accounts."`
	RemoveAccount removeAccount `cmd:"" help:"Forget an account and its password."`
	TestAccount   testAccount   `cmd:"" help:"Sign in at an account's server; nothing is sent."`
}

type mailImport struct {
	Paths  []string `arg:"" optional:"" help:"Files and folders."`
	Sample bool     `help:"Bring in the sample mailbox."`
	Me     []string `help:"Your own address; may be given more than once. Guessed if not given." placeholder:"ADDRESS"`
}

func (c *mailImport) run(ctx context.Context, s *session) error {
	in := api.Import{Sample: c.Sample, Me: c.Me}
	for _, p := range c.Paths {
		abs, err := filepath.Abs(p)
		if err != nil {
			return fmt.Errorf("find %s: %w", p, err)
		}
		in.Paths = append(in.Paths, abs)
	}
	started, err := call[api.RunID](ctx, s, "Mail/Import", in)
	if err != nil {
		return err
	}
	return s.followImport(ctx, started.ID)
}

type imported struct {
	Imported   int      `json:"imported"`
	Duplicates int      `json:"duplicates"`
	Damaged    []damage `json:"damaged"`
}

type damage struct {
	Source  string `json:"source"`
	Problem string `json:"problem"`
}

func (s *session) followImport(ctx context.Context, id string) error {
	if err := s.watch(ctx, id, s.tell); err != nil {
		return err
	}
	o, err := call[api.Outcome](ctx, s, "Runs/Outcome", api.AskOutcome{ID: id})
	if err != nil {
		return err
	}
	if o.Error != nil {
		return o.Error
	}
	var done imported
	raw, err := json.Marshal(o.Output)
	if err == nil {
		err = json.Unmarshal(raw, &done)
	}
	if err != nil {
		return fmt.Errorf("read the import's result: %w", err)
	}
	s.print.object("result", map[string]any{"run": o.Run, "imported": done.Imported, "duplicates": done.Duplicates, "damaged": done.Damaged})
	s.print.line("%d imported, %d already here.", done.Imported, done.Duplicates)
	if len(done.Damaged) > 0 {
		s.print.line("%d could not be read whole; they are kept as they came:", len(done.Damaged))
		for i, d := range done.Damaged {
			if i == 10 {
				s.print.line("  … and %d more (--json lists them all)", len(done.Damaged)-i)
				break
			}
			s.print.line("  %s: %s", clean(d.Source), clean(d.Problem))
		}
	}
	return nil
}

type mailSearch struct {
	Query []string `arg:"" help:"Words, and from: to: subject: has:attachment is:unread newer_than:7d after: before: kind: \"a phrase\" -not OR."`
	Limit int      `default:"50" help:"At most so many (1000)."`
	Rank  bool     `help:"Most relevant first."`
}

func (c *mailSearch) run(ctx context.Context, s *session) error {
	found, err := call[api.Found](ctx, s, "Mail/Search", api.Search{Query: strings.Join(c.Query, " "), Limit: c.Limit, Rank: c.Rank})
	if err != nil {
		return err
	}
	for _, m := range found.Mails {
		s.print.object("mail", m)
		unread := " "
		if m.Unread {
			unread = "•"
		}
		s.print.line("%s %s  %s  %s  %s", unread, m.ID, m.Received.Local().Format("2006-01-02 15:04"), pad(quoteIn(m.From, 26), 28), quoteIn(m.Subject, 70))
	}
	s.print.object("result", map[string]any{"count": found.Count, "millis": found.Millis})
	if found.Count == 0 {
		s.print.line("Nothing found.")
	}
	return nil
}

type mailShow struct {
	ID  string `arg:"" help:"The message's id, as search prints it."`
	Raw bool   `help:"Print it byte for byte as it came."`
}

func (c *mailShow) run(ctx context.Context, s *session) error {
	if c.Raw {
		raw, err := call[api.RawMail](ctx, s, "Mail/Raw", api.MailID{ID: c.ID})
		if err != nil {
			return err
		}
		s.print.object("result", raw)
		if !s.print.json {
			_, err = s.streams.Out.Write(raw.Raw)
		}
		return err
	}
	d, err := call[api.MailDetail](ctx, s, "Mail/Show", api.MailID{ID: c.ID})
	if err != nil {
		return err
	}
	s.print.object("result", d)
	if s.print.json {
		return nil
	}
	p := s.print
	verified := "not verified by its server"
	if d.Verified {
		verified = "verified (DMARC)"
	}
	p.line("from     %s, %s", quote(d.From), verified)
	p.line("to       %s", quote(strings.Join(append(d.To, d.Cc...), ", ")))
	p.line("date     %s", d.Received.Local().Format("2006-01-02 15:04"))
	p.line("subject  %s", quote(d.Subject))
	for _, a := range d.Attachments {
		p.line("file     %s, %s, %d bytes", quote(a.Name), clean(a.Type), a.Size)
	}
	for _, problem := range d.Problems {
		p.line("problem  %s", clean(problem))
	}
	if d.Hidden > 0 {
		p.line("hidden   %d characters that the message hid from the eye are left out", d.Hidden)
	}
	p.line("\n%s", cleanBlock(d.Text))
	return nil
}
