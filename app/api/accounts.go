package api

import (
	"context"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app"
	"github.com/stewardhq/steward/app/accounts"
	"github.com/stewardhq/steward/app/connect/smtp"
)

// Accounts connects mail accounts.
type Accounts struct{ a *app.App }

// NewAccount is a mail account to connect. The password goes to the vault and comes back from nowhere.
type NewAccount struct {
	Name     string `json:"name,omitempty"` // the address if there is none
	Address  string `json:"address"`        // the user's own
	SMTP     string `json:"smtp"`           // host:port
	User     string `json:"user,omitempty"`
	Password string `json:"password,omitempty"` // the one it had if there is none
	TLS      string `json:"tls,omitempty"`      // "tls", "starttls", or, on this machine, "none"; by the port if there is none
}

// Add connects an account, or changes one. Nothing is sent.
func (s *Accounts) Add(ctx context.Context, in NewAccount) (Nothing, error) {
	password := agents.NewSecret([]byte(in.Password))
	defer password.Clear()
	return Nothing{}, s.a.Accounts.Add(ctx, accounts.Account{Name: in.Name, Address: in.Address, SMTP: in.SMTP, User: in.User, TLS: smtp.Security(in.TLS)}, password)
}

// AccountList is the connected accounts.
type AccountList struct {
	Accounts []Account `json:"accounts"`
}

// Account is a connected account.
type Account struct {
	Name    string `json:"name"`
	Address string `json:"address"`
	SMTP    string `json:"smtp"`
	TLS     string `json:"tls"`
	User    string `json:"user"`
}

// List lists the accounts.
func (s *Accounts) List(ctx context.Context, _ Nothing) (AccountList, error) {
	all, err := s.a.Accounts.List(ctx)
	shown := make([]Account, len(all))
	for i, a := range all {
		shown[i] = Account{Name: a.Name, Address: a.Address, SMTP: a.SMTP, TLS: string(a.TLS), User: a.User}
	}
	return AccountList{shown}, err
}

// AccountName names an account.
type AccountName struct {
	Name string `json:"name"`
}

// Remove forgets an account and its password.
func (s *Accounts) Remove(ctx context.Context, in AccountName) (Nothing, error) {
	return Nothing{}, s.a.Accounts.Remove(ctx, in.Name)
}

// Test connects to an account's server and signs in. Nothing is sent.
func (s *Accounts) Test(ctx context.Context, in AccountName) (Nothing, error) {
	return Nothing{}, s.a.Accounts.Test(ctx, in.Name)
}
