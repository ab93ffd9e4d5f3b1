package accounts_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"io/fs"
	"log"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	gosmtp "github.com/emersion/go-smtp"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/agents/email"
	"github.com/stewardhq/steward/app/accounts"
	"github.com/stewardhq/steward/app/connect/smtp"
	"github.com/stewardhq/steward/app/vault"
	"github.com/stewardhq/steward/store"
)

const canary = "canary-7c21f0de"

// home is a home with its book.
type home struct {
	dir   string
	store *store.Store
	vault *vault.Vault
	book  *accounts.Book
}

// to gives the same addresses to every question.
type to []string

func (a to) LookupNetIP(context.Context, string, string) ([]netip.Addr, error) {
	var all []netip.Addr
	for _, ip := range a {
		all = append(all, netip.MustParseAddr(ip))
	}
	return all, nil
}

func open(t *testing.T, resolver to) home {
	t.Helper()
	dir := t.TempDir()
	v, err := vault.Open(t.Context(), vault.Options{Dir: dir, Mode: vault.File, Passphrase: func(context.Context, bool) ([]byte, error) { return []byte("correct horse battery staple"), nil }})
	if err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(t.Context(), store.Options{Dir: dir, Master: v.Master(), Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = s.Close(), v.Close() })
	return home{dir, s, v, accounts.New(accounts.Options{Store: s, Vault: v, Now: time.Now, Resolver: resolver, Patience: 2 * time.Second})}
}

func (h home) add(t *testing.T, a accounts.Account, password string) error {
	t.Helper()
	return h.book.Add(t.Context(), a, agents.NewSecret([]byte(password)))
}

// rows gives what the ledger has of one kind.
func (h home) rows(t *testing.T, kind string) []string {
	t.Helper()
	rows, err := h.store.Ledger(t.Context(), store.LedgerFilter{Kind: kind})
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, r := range rows {
		all = append(all, string(r.Content))
	}
	return all
}

func TestAccounts(t *testing.T) {
	h := open(t, nil)
	if err := h.store.SetMe(t.Context(), []string{"old@lin.example"}); err != nil {
		t.Fatal(err)
	}
	work := accounts.Account{Name: "work", Address: "Sam@Work.example", SMTP: "smtp.work.example:587", User: "sam"}
	if err := h.add(t, work, canary); err != nil {
		t.Fatal(err)
	}
	if err := h.add(t, accounts.Account{Address: "old@lin.example", SMTP: "127.0.0.1:25", TLS: smtp.None}, ""); err != nil {
		t.Fatal(err)
	}
	list, err := h.book.List(t.Context())
	want := []accounts.Account{
		{Name: "old@lin.example", Address: "old@lin.example", SMTP: "127.0.0.1:25", TLS: smtp.None},
		{Name: "work", Address: "sam@work.example", SMTP: "smtp.work.example:587", User: "sam", TLS: smtp.STARTTLS, Became: true},
	}
	if err != nil || !slices.Equal(list, want) {
		t.Errorf("list = %+v, %v", list, err)
	}
	if me, err := h.store.MyAddresses(t.Context()); err != nil || fmt.Sprint(me) != "[old@lin.example sam@work.example]" {
		t.Errorf("the user's addresses = %v, %v", me, err)
	}
	if from, err := h.book.Accounts(t.Context()); err != nil || len(from) != 2 || from[1].Address != "sam@work.example" {
		t.Errorf("to send from: %v, %v", from, err)
	}
	secret := func() string {
		b, err := h.vault.Get(t.Context(), "account/work")
		if err != nil && agents.CodeOf(err) != agents.CodeNotFound {
			t.Fatal(err)
		}
		return string(b)
	}
	if err := h.add(t, work, ""); err != nil || secret() != canary {
		t.Errorf("the same again: %v; the password is %q", err, secret())
	}
	moved := work
	moved.SMTP = "smtp.evil.example:587"
	if err := h.add(t, moved, ""); err != nil || secret() != "" {
		t.Errorf("another server: %v; it was to be given %q", err, secret())
	}
	if _, err := h.book.Send(t.Context(), email.Letter{From: "sam@work.example", To: []string{"a@b.example"}, Raw: []byte("x\r\n")}); agents.CodeOf(err) != agents.CodeNotFound || !strings.Contains(err.Error(), "no password") {
		t.Errorf("without a password: %v", err)
	}
	if got := strings.Join(h.rows(t, "setting"), "\n"); strings.Count(got, `"setting":"accounts"`) != 4 || strings.Contains(got, canary) || !strings.Contains(got, "smtp.evil.example:587") {
		t.Errorf("the ledger has %s", got)
	}
}

func TestWhatIsNoAccount(t *testing.T) {
	h := open(t, nil)
	good := accounts.Account{Name: "work", Address: "sam@work.example", SMTP: "smtp.work.example:465", User: "sam"}
	if err := h.add(t, good, canary); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*accounts.Account){
		"no address":             func(a *accounts.Account) { a.Address = "" },
		"two addresses":          func(a *accounts.Account) { a.Address = "a@b.example,c@d.example" },
		"a name":                 func(a *accounts.Account) { a.Name = "Work \u202e" },
		"a name of a path":       func(a *accounts.Account) { a.Name = "../x" },
		"no port":                func(a *accounts.Account) { a.SMTP = "smtp.work.example" },
		"an odd host":            func(a *accounts.Account) { a.SMTP = "127.1:465" },
		"a host of the cloud's":  func(a *accounts.Account) { a.SMTP = "169.254.169.254:465" },
		"a host with a user":     func(a *accounts.Account) { a.SMTP = "x@smtp.work.example:465" },
		"no encryption":          func(a *accounts.Account) { a.TLS = smtp.None },
		"an unknown one":         func(a *accounts.Account) { a.TLS = "ssl" },
		"a user of lines":        func(a *accounts.Account) { a.User = "a\r\nb" },
		"a password for nobody":  func(a *accounts.Account) { a.User = "" },
		"the same address again": func(a *accounts.Account) { a.Name = "other" },
		"another address":        func(a *accounts.Account) { a.Address = "new@work.example" },
	} {
		a := good
		change(&a)
		if err := h.add(t, a, canary); err == nil || agents.AsError(err).Hint == "" || strings.Contains(err.Error(), canary) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if list, err := h.book.List(t.Context()); err != nil || len(list) != 1 {
		t.Errorf("list = %+v, %v", list, err)
	}
	for _, err := range []error{h.book.Remove(t.Context(), "nobody"), h.book.Test(t.Context(), "nobody")} {
		if e := agents.AsError(err); e.Code != agents.CodeNotFound || !strings.Contains(e.Hint, "work") {
			t.Errorf("nobody: %v", err)
		}
	}
}

// A name that leads where nobody may go is not followed, even for an account.
func TestWhereAnAccountLeads(t *testing.T) {
	for ip, code := range map[string]string{"169.254.169.254": agents.CodeDenied, "::ffff:169.254.169.254": agents.CodeDenied, "64:ff9b::a9fe:a9fe": agents.CodeDenied, "127.0.0.1": agents.CodeUnavailable} {
		h := open(t, to{ip})
		if err := h.add(t, accounts.Account{Name: "work", Address: "sam@work.example", SMTP: "smtp.work.example:1", User: "sam"}, canary); err != nil {
			t.Fatal(err)
		}
		err := h.book.Test(t.Context(), "work")
		if agents.CodeOf(err) != code || strings.Contains(err.Error(), canary) {
			t.Errorf("%s: %v", ip, err)
		}
		rows := h.rows(t, "egress")
		if len(rows) != 2 || !strings.Contains(rows[0], `"state":"leaving"`) || !strings.Contains(rows[1], `"code":"`+code+`"`) || !strings.Contains(rows[1], `"class":"mail"`) {
			t.Errorf("%s: the ledger has %v", ip, rows)
		}
	}
}

// taker takes every message.
type taker struct {
	mu    sync.Mutex
	taken []string
}

func (p *taker) NewSession(*gosmtp.Conn) (gosmtp.Session, error) { return p, nil }
func (p *taker) Mail(string, *gosmtp.MailOptions) error          { return nil }
func (p *taker) Rcpt(string, *gosmtp.RcptOptions) error          { return nil }
func (p *taker) Reset()                                          {}
func (p *taker) Logout() error                                   { return nil }
func (p *taker) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.taken = append(p.taken, string(raw))
	return err
}

func TestSendFromTheAccountThatIsNamed(t *testing.T) {
	h := open(t, nil)
	var servers [2]taker
	for i := range servers {
		s := gosmtp.NewServer(&servers[i])
		s.Domain, s.ErrorLog = "test", log.New(io.Discard, "", 0)
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		go func() { _ = s.Serve(l) }()
		t.Cleanup(func() { _ = s.Close() })
		if err := h.add(t, accounts.Account{Address: fmt.Sprintf("sam%d@work.example", i), SMTP: l.Addr().String(), TLS: smtp.None}, ""); err != nil {
			t.Fatal(err)
		}
	}
	l := email.Letter{Run: "run-1", From: "SAM1@work.example", To: []string{"a@b.example"}, Raw: []byte("Subject: x\r\n\r\nhi\r\n")}
	receipt, err := h.book.Send(t.Context(), l)
	if err != nil || receipt.Kind != "smtp" || len(servers[0].taken) != 0 || len(servers[1].taken) != 1 {
		t.Errorf("%+v, %v; taken %v and %v", receipt, err, servers[0].taken, servers[1].taken)
	}
	if rows := h.rows(t, "egress"); len(rows) != 2 || !strings.Contains(rows[1], `"run":"run-1","why":"send a mail"`) {
		t.Errorf("the ledger has %v", rows)
	}
	l.From = "other@work.example"
	if _, err := h.book.Send(t.Context(), l); agents.CodeOf(err) != agents.CodeNotFound {
		t.Errorf("from nobody's: %v", err)
	}
}

func TestARemovedAccountLeavesNothing(t *testing.T) {
	h := open(t, nil)
	if err := h.add(t, accounts.Account{Name: "work", Address: canary + "@work.example", SMTP: canary + ".example:465", User: canary}, "secret-"+canary); err != nil {
		t.Fatal(err)
	}
	scan(t, h.dir, "connected")
	if err := h.book.Remove(t.Context(), "work"); err != nil {
		t.Fatal(err)
	}
	if names, err := h.vault.Names(); err != nil || len(names) > 0 {
		t.Errorf("the vault has %v, %v", names, err)
	}
	if me, err := h.store.MyAddresses(t.Context()); err != nil || len(me) > 0 {
		t.Errorf("the user's addresses are %v, %v", me, err)
	}
	if list, err := h.book.List(t.Context()); err != nil || len(list) > 0 {
		t.Errorf("accounts %v, %v", list, err)
	}
	if rows := h.rows(t, "setting"); len(rows) != 2 || strings.Contains(strings.Join(rows, ""), "secret-") || !strings.Contains(rows[1], `"removed":true`) {
		t.Errorf("the ledger has %v", rows)
	}
	scan(t, h.dir, "removed")
}

// scan looks for the canary in every file of a home.
func scan(t *testing.T, dir, when string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		content, err := os.ReadFile(path)
		for _, form := range []string{canary, base64.StdEncoding.EncodeToString([]byte(canary))[:12], base64.StdEncoding.EncodeToString([]byte("\x00" + canary))[4:12]} {
			if strings.Contains(string(content), form) {
				t.Errorf("%s: it stands in %s", when, path)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
