// Package accounts keeps the mail accounts that the user connected, and sends through them: what they are in the settings,
// their passwords in the vault, and every connection in the ledger.
package accounts

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"net"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/agents/email"
	"github.com/stewardhq/steward/agents/email/letter"
	"github.com/stewardhq/steward/app/connect/smtp"
	"github.com/stewardhq/steward/app/egress"
	"github.com/stewardhq/steward/app/vault"
	"github.com/stewardhq/steward/store"
)

// Account is a mail account as it was connected. Its password is in the vault.
type Account struct {
	Name    string        `json:"name"`
	Address string        `json:"address"` // the user's own
	SMTP    string        `json:"smtp"`    // host:port
	User    string        `json:"user"`    // "" where the server asks for none
	TLS     smtp.Security `json:"tls"`
	Became  bool          `json:"became,omitempty"` // connecting it made the address one of the user's
}

const (
	setting      = "accounts"
	mostAccounts = 50
)

// Options is what a book works on. Of these only the first two must be given.
type Options struct {
	Store    *store.Store
	Vault    *vault.Vault
	Now      func() time.Time // nil for time.Now
	Roots    *x509.CertPool   // who may vouch for a server; nil means the system's list
	Resolver egress.Resolver  // nil means the system's
	Patience time.Duration    // with a server, for each answer; 0 for what is usual
}

// Book keeps the accounts of a home. It is what the email agent sends with.
type Book struct {
	o  Options
	mu sync.Mutex // changes are one after another
}

var _ email.Sender = (*Book)(nil)

// New makes the book of a home.
func New(o Options) *Book { return &Book{o: o} }

// List gives the accounts, by name.
func (b *Book) List(ctx context.Context) ([]Account, error) {
	all := []Account{}
	if _, err := b.o.Store.Setting(ctx, setting, &all); err != nil {
		return nil, fmt.Errorf("read the accounts: %w", err)
	}
	return all, nil
}

var accountName = regexp.MustCompile(`^[a-z0-9][a-z0-9._@+-]{0,99}$`)

// Add connects an account, or changes the one of the same name. Nothing is sent; see Test. Where no password is given, the
// one that the account had stays, unless it is for another server now. Its address is one of the user's own from then on.
func (b *Book) Add(ctx context.Context, a Account, password agents.Secret) error {
	a, err := a.complete(password)
	if err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	all, err := b.List(ctx)
	if err != nil {
		return err
	}
	moved := false
	for _, o := range all {
		switch {
		case o.Name == a.Name:
			moved = o.SMTP != a.SMTP || o.User != a.User || o.TLS != a.TLS
			a.Became = o.Became && agents.SameAddress(o.Address, a.Address)
			if !agents.SameAddress(o.Address, a.Address) {
				return &agents.Error{Code: agents.CodeConflict, Message: "there is an account of that name with another address", Hint: "remove it first, or choose another name with --name"}
			}
		case agents.SameAddress(o.Address, a.Address):
			return &agents.Error{Code: agents.CodeConflict, Message: "the account " + o.Name + " has this address already", Hint: "change that one, or remove it first"}
		}
	}
	all = append(slices.DeleteFunc(all, func(o Account) bool { return o.Name == a.Name }), a)
	if len(all) > mostAccounts {
		return &agents.Error{Code: agents.CodeLimit, Message: fmt.Sprintf("there are %d accounts already", mostAccounts), Hint: "remove one first"}
	}
	switch {
	case !password.Empty():
		err = b.o.Vault.Set(ctx, secretName(a.Name), password.Reveal())
	case moved: // a password was given for one server, and goes to no other
		err = b.o.Vault.Delete(ctx, secretName(a.Name))
	}
	if err != nil {
		return fmt.Errorf("keep the account's password: %w", err)
	}
	became, err := b.become(ctx, a.Address)
	if err != nil {
		return err
	}
	all[len(all)-1].Became = a.Became || became
	return b.set(ctx, all, map[string]any{"setting": setting, "name": a.Name, "address": a.Address, "to": a.SMTP, "tls": a.TLS, "user": a.User})
}

func secretName(name string) string { return "account/" + name }

// complete checks an account, and fills in what was left out.
func (a Account) complete(password agents.Secret) (Account, error) {
	address, err := letter.Canonical(strings.TrimSpace(a.Address))
	if err != nil {
		return a, err
	}
	a.Address = agents.FoldAddress(address)
	if a.Name == "" {
		a.Name = a.Address
	}
	if !accountName.MatchString(a.Name) {
		return a, &agents.Error{Code: agents.CodeInvalid, Message: fmt.Sprintf("%q cannot be an account's name", a.Name), Hint: "use up to 100 lower-case letters, digits, dots, hyphens and @"}
	}
	if a.TLS == "" {
		a.TLS = smtp.TLS
		if _, port, err := net.SplitHostPort(a.SMTP); err == nil && (port == "587" || port == "25") {
			a.TLS = smtp.STARTTLS
		}
	}
	if err := (smtp.Server{Address: a.SMTP, Security: a.TLS, User: a.User, Password: password}).Check(); err != nil {
		return a, err
	}
	_, err = (&Book{}).dialer(a) // refuses a misspelt host
	return a, err
}

// become makes an address one of the user's own, and says whether it was not before.
func (b *Book) become(ctx context.Context, address string) (bool, error) {
	mine, err := b.o.Store.MyAddresses(ctx)
	if err != nil || slices.Contains(mine, address) {
		return false, err
	}
	return true, b.o.Store.SetMe(ctx, append(mine, address))
}

// Remove forgets an account: what it is, its password, and that its address is the user's if connecting it said so.
func (b *Book) Remove(ctx context.Context, name string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	a, all, err := b.find(ctx, name)
	if err != nil {
		return err
	}
	if err := b.o.Vault.Delete(ctx, secretName(name)); err != nil {
		return fmt.Errorf("forget the account's password: %w", err)
	}
	if a.Became {
		mine, err := b.o.Store.MyAddresses(ctx)
		if err != nil {
			return err
		}
		if err := b.o.Store.SetMe(ctx, slices.DeleteFunc(mine, func(m string) bool { return m == a.Address })); err != nil {
			return err
		}
	}
	all = slices.DeleteFunc(all, func(o Account) bool { return o.Name == name })
	return b.set(ctx, all, map[string]any{"setting": setting, "name": name, "removed": true})
}

func (b *Book) set(ctx context.Context, all []Account, said map[string]any) error {
	slices.SortFunc(all, func(a, b Account) int { return strings.Compare(a.Name, b.Name) })
	if err := b.o.Store.SetSetting(ctx, setting, all); err != nil {
		return fmt.Errorf("keep the accounts: %w", err)
	}
	return b.record(ctx, "setting", "", said)
}

func (b *Book) record(ctx context.Context, kind, run string, content any) error {
	raw, err := json.Marshal(content)
	if err != nil {
		return fmt.Errorf("write for the ledger: %w", err)
	}
	return b.o.Store.Record(ctx, store.Record{Ledger: []agents.Entry{{Kind: kind, Run: run, Content: raw}}, Durable: true})
}

func (b *Book) find(ctx context.Context, name string) (Account, []Account, error) {
	all, err := b.List(ctx)
	if err != nil {
		return Account{}, nil, err
	}
	var names []string
	for _, a := range all {
		if a.Name == name {
			return a, all, nil
		}
		names = append(names, a.Name)
	}
	hint := "connect one with `steward mail add-account`"
	if len(names) > 0 {
		hint = "there are: " + strings.Join(names, ", ")
	}
	return Account{}, nil, &agents.Error{Code: agents.CodeNotFound, Message: fmt.Sprintf("there is no account called %q", name), Hint: hint}
}
