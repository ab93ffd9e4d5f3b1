package orchestrator

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/connect/web"
	"github.com/stewardhq/steward/app/model"
	"github.com/stewardhq/steward/app/vault"
	"github.com/stewardhq/steward/store"
)

// Model is a model server as it was connected. Its key, if it needs one, is in the vault.
type Model struct {
	Name    string `json:"name"`
	BaseURL string `json:"base_url"`
	Model   string `json:"model"` // the model's id there
}

// Names of settings.
const (
	modelsSetting = "models"
	usedSetting   = "models.used"
)

// Book keeps the connected models: what they are in the settings, their keys in the vault. What is sent to them is in the
// ledger.
type Book struct {
	store *store.Store
	vault *vault.Vault
	now   func() time.Time
}

// NewBook makes the book of a home.
func NewBook(s *store.Store, v *vault.Vault, now func() time.Time) *Book {
	return &Book{store: s, vault: v, now: now}
}

// List gives the connected models, by name.
func (b *Book) List(ctx context.Context) ([]Model, error) {
	models := []Model{}
	if _, err := b.store.Setting(ctx, modelsSetting, &models); err != nil {
		return nil, fmt.Errorf("read the models: %w", err)
	}
	return models, nil
}

var modelName = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,63}$`)

// Add connects a model, or changes one of the same name. Nothing is sent.
func (b *Book) Add(ctx context.Context, m Model, key []byte) error {
	if !modelName.MatchString(m.Name) || m.Name == Offline {
		return &agents.Error{Code: agents.CodeInvalid, Message: fmt.Sprintf("%q cannot be a model's name", m.Name), Hint: "use up to 64 lower-case letters, digits, dots and hyphens, and not \"offline\""}
	}
	if _, err := b.client(m, agents.NewSecret(key)); err != nil {
		return err
	}
	models, err := b.List(ctx)
	if err != nil {
		return err
	}
	moved := slices.ContainsFunc(models, func(o Model) bool { return o.Name == m.Name && origin(o.BaseURL) != origin(m.BaseURL) })
	models = append(slices.DeleteFunc(models, func(o Model) bool { return o.Name == m.Name }), m)
	slices.SortFunc(models, func(a, b Model) int { return strings.Compare(a.Name, b.Name) })
	switch {
	case len(key) > 0:
		err = b.vault.Set(ctx, keyName(m.Name), key)
	case moved: // a key was given for one server, and goes to no other
		err = b.vault.Delete(ctx, keyName(m.Name))
	}
	if err != nil {
		return fmt.Errorf("keep the model's key: %w", err)
	}
	return b.set(ctx, modelsSetting, models, map[string]any{"setting": "models", "name": m.Name, "to": m.BaseURL, "model": m.Model})
}

func keyName(name string) string { return "model/" + name }

// Use lets a model plan the requests that name none; "offline" lets no model.
func (b *Book) Use(ctx context.Context, name string) error {
	if name != Offline {
		if _, err := b.find(ctx, name); err != nil {
			return err
		}
	}
	return b.set(ctx, usedSetting, name, map[string]any{"setting": "models.used", "name": name})
}

func (b *Book) set(ctx context.Context, key string, value any, said map[string]any) error {
	if err := b.store.SetSetting(ctx, key, value); err != nil {
		return fmt.Errorf("keep the setting: %w", err)
	}
	return b.store.Record(ctx, store.Record{Ledger: []agents.Entry{entry("setting", "", said)}, Durable: true})
}

// Resolve names who plans a request: what was asked for, else what is used, else the offline planner. "PROVIDER/NAME"
// and NAME both name a model.
func (b *Book) Resolve(ctx context.Context, asked string) (string, error) {
	if asked == "" {
		asked = Offline
		if _, err := b.store.Setting(ctx, usedSetting, &asked); err != nil {
			return "", fmt.Errorf("read which model is used: %w", err)
		}
	}
	if asked == Offline {
		return Offline, nil
	}
	m, err := b.find(ctx, asked)
	return m.Name, err
}

func (b *Book) find(ctx context.Context, name string) (Model, error) {
	models, err := b.List(ctx)
	if err != nil {
		return Model{}, err
	}
	names := []string{Offline}
	for _, m := range models {
		if name == m.Name || strings.HasSuffix(name, "/"+m.Name) {
			return m, nil
		}
		names = append(names, m.Name)
	}
	return Model{}, &agents.Error{
		Code: agents.CodeNotFound, Message: fmt.Sprintf("there is no model called %q", name),
		Hint: "there are: " + strings.Join(names, ", ") + "; add one with `steward models add`",
	}
}

// Test asks a model for one word.
func (b *Book) Test(ctx context.Context, name string) error {
	if name == Offline {
		return nil // it is part of this program
	}
	client, err := b.open(ctx, name)
	if err != nil {
		return err
	}
	ctx = web.WithPurpose(ctx, "", "test the model")
	_, err = client.Complete(ctx, model.Request{
		Messages: []model.Message{{Role: "user", Text: "Answer with the word: ready"}}, MaxTokens: 16, Meter: b.meter(""),
	})
	return err
}

// open gives a connected model, with its key and with the one client that it may reach.
func (b *Book) open(ctx context.Context, name string) (*model.Client, error) {
	m, err := b.find(ctx, name)
	if err != nil {
		return nil, err
	}
	key, err := b.vault.Get(ctx, keyName(m.Name))
	if err != nil && agents.CodeOf(err) != agents.CodeNotFound {
		return nil, fmt.Errorf("get the model's key: %w", err)
	}
	return b.client(m, agents.NewSecret(key))
}

func (b *Book) client(m Model, key agents.Secret) (*model.Client, error) {
	config := model.Config{Name: m.Name, BaseURL: m.BaseURL, Model: m.Model, Key: key, Client: http.DefaultClient}
	if _, err := model.New(config); err != nil { // refuses what is no address, before one is taken from it
		return nil, err
	}
	o := web.Options{Why: "the model " + m.Name, Class: "model", Record: b.record}
	host, literal := hostPort(m.BaseURL)
	if literal {
		o.Allow = []string{host}
	} else {
		o.Private = []string{host} // the user typed this name, wherever it leads
	}
	client, err := web.New(o)
	if err != nil {
		return nil, err
	}
	config.Client = client
	return model.New(config)
}

// origin is the server that a base URL names.
func origin(base string) string {
	host, _ := hostPort(base)
	scheme, _, _ := strings.Cut(base, ":")
	return strings.ToLower(scheme + "://" + host)
}

// hostPort is where a base URL leads, and whether it names an address rather than a name.
func hostPort(base string) (string, bool) {
	u, err := url.Parse(base)
	if err != nil {
		return base, false
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"https": "443", "http": "80"}[u.Scheme]
	}
	_, err = netip.ParseAddr(u.Hostname())
	return net.JoinHostPort(u.Hostname(), port), err == nil || u.Hostname() == "localhost"
}

// record writes into the ledger that something leaves the machine, before it does.
func (b *Book) record(ctx context.Context, e web.Egress) error {
	raw, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("write the egress: %w", err)
	}
	row := agents.Entry{Kind: "egress", Run: e.Run, Content: raw}
	return b.store.Record(ctx, store.Record{Ledger: []agents.Entry{row}, Durable: true})
}
