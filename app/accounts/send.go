package accounts

import (
	"context"
	"fmt"
	"net"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/agents/email"
	"github.com/stewardhq/steward/app/connect/smtp"
	"github.com/stewardhq/steward/app/egress"
)

// Accounts are the addresses that mail can be sent from.
func (b *Book) Accounts(ctx context.Context) ([]email.Address, error) {
	all, err := b.List(ctx)
	if err != nil {
		return nil, err
	}
	addresses := make([]email.Address, len(all))
	for i, a := range all {
		addresses[i] = email.Address{Address: a.Address}
	}
	return addresses, nil
}

// Send hands a letter to the server of the account that it is from. Each attempt is in the ledger before anything leaves.
func (b *Book) Send(ctx context.Context, l email.Letter) (agents.Receipt, error) {
	all, err := b.List(ctx)
	if err != nil {
		return agents.Receipt{}, err
	}
	for _, a := range all {
		if !agents.SameAddress(a.Address, l.From) {
			continue
		}
		client, server, err := b.open(ctx, a)
		if err != nil {
			return agents.Receipt{}, err
		}
		defer server.Password.Clear()
		return client.Send(egress.WithPurpose(ctx, l.Run, "send a mail"), server, smtp.Message{From: l.From, To: l.To, Raw: l.Raw})
	}
	return agents.Receipt{}, &agents.Error{Code: agents.CodeNotFound, Message: "no account has the address that this is sent from", Hint: "connect it with `steward mail add-account`, then ask again"}
}

// Test connects to an account's server and signs in. Nothing is sent.
func (b *Book) Test(ctx context.Context, name string) error {
	a, _, err := b.find(ctx, name)
	if err != nil {
		return err
	}
	client, server, err := b.open(ctx, a)
	if err != nil {
		return err
	}
	defer server.Password.Clear()
	return client.Test(egress.WithPurpose(ctx, "", "test the account "+a.Name), server)
}

// open gives what reaches an account's server, and that one only.
func (b *Book) open(ctx context.Context, a Account) (smtp.Client, smtp.Server, error) {
	server := smtp.Server{Address: a.SMTP, Security: a.TLS, User: a.User}
	if a.User != "" {
		password, err := b.o.Vault.Get(ctx, secretName(a.Name))
		switch {
		case agents.CodeOf(err) == agents.CodeNotFound:
			return smtp.Client{}, server, &agents.Error{Code: agents.CodeNotFound, Message: "there is no password for the account " + a.Name, Hint: "enter it with `steward mail add-account … --password-stdin`"}
		case err != nil:
			return smtp.Client{}, server, fmt.Errorf("get the account's password: %w", err)
		}
		server.Password = agents.NewSecret(password)
		clear(password)
	}
	dialer, err := b.dialer(a)
	return smtp.Client{Dialer: dialer, Roots: b.o.Roots, Patience: b.o.Patience}, server, err
}

func (b *Book) dialer(a Account) (*egress.Dialer, error) {
	o := egress.Options{
		Why: "the account " + a.Name, Class: "mail", Resolver: b.o.Resolver, Now: b.o.Now,
		Record: func(ctx context.Context, e egress.Egress) error { return b.record(ctx, "egress", e.Run, e) },
	}
	host, _, err := net.SplitHostPort(a.SMTP)
	if err != nil {
		host = a.SMTP // refused below
	}
	if name, ip, _ := egress.Canonical(host); ip.IsValid() || name == "localhost" {
		o.Allow = []string{a.SMTP}
	} else {
		o.Private = []string{a.SMTP} // the user typed this name, wherever it leads
	}
	return egress.New(o)
}
