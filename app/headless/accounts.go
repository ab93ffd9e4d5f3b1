package headless

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/api"
)

type addAccount struct {
	SMTP          string `name:"smtp" required:"" placeholder:"HOST:PORT" help:"The server that takes outgoing mail."`
	Address       string `required:"" help:"Your own address there."`
	User          string `help:"Whom the server knows you as; often the address."`
	PasswordStdin bool   `name:"password-stdin" help:"Read the password from standard input."`
	TLS           string `name:"tls" enum:"none,starttls,tls," default:"" help:"tls, starttls, or, for a server on this machine, none; by the port if not given."`
	Name          string `help:"What to call the account; the address if not given."`
}

func (c *addAccount) run(ctx context.Context, s *session) error {
	in := api.NewAccount{Name: c.Name, Address: c.Address, SMTP: c.SMTP, User: c.User, TLS: c.TLS}
	if c.PasswordStdin {
		password, err := io.ReadAll(io.LimitReader(s.streams.In, maxKey))
		if err != nil {
			return fmt.Errorf("read the password: %w", err)
		}
		in.Password = strings.TrimRight(string(password), "\r\n")
	}
	name := c.Name
	if name == "" {
		name = agents.FoldAddress(c.Address)
	}
	return s.simple(ctx, "Accounts/Add", in, "Added. Nothing was sent; see whether it works with: steward mail test-account "+name)
}

type listAccounts struct{}

func (c *listAccounts) run(ctx context.Context, s *session) error {
	list, err := call[api.AccountList](ctx, s, "Accounts/List", api.Nothing{})
	if err != nil {
		return err
	}
	for _, a := range list.Accounts {
		s.print.object("account", a)
		s.print.line("%s  %s  %s (%s)  %s", pad(clean(a.Name), 24), clean(a.Address), clean(a.SMTP), clean(a.TLS), clean(a.User))
	}
	s.print.object("result", map[string]any{"count": len(list.Accounts)})
	if len(list.Accounts) == 0 {
		s.print.line("No account is connected. Connect one with: steward mail add-account --address YOU@EXAMPLE.COM --smtp HOST:PORT --user NAME --password-stdin")
	}
	return nil
}

type removeAccount struct {
	Name string `arg:"" help:"The account's name."`
}

func (c *removeAccount) run(ctx context.Context, s *session) error {
	return s.simple(ctx, "Accounts/Remove", api.AccountName{Name: c.Name}, "Removed, with its password.")
}

type testAccount struct {
	Name string `arg:"" help:"The account's name."`
}

func (c *testAccount) run(ctx context.Context, s *session) error {
	return s.simple(ctx, "Accounts/Test", api.AccountName{Name: c.Name}, "It works. Nothing was sent.")
}
