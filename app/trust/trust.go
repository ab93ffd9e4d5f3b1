// Package trust keeps what the user chose to trust: the mode, the rules, and the grants. A [Book] gives them to policy as
// they are now, from memory, and writes each change down before it counts.
package trust

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/oklog/ulid/v2"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/policy"
	"github.com/stewardhq/steward/store"
)

// settingsKey is what mode and rules are kept under.
const settingsKey = "policy"

// kept is how they are kept.
type kept struct {
	Mode  policy.Mode `json:"mode"`
	Rules string      `json:"rules"`
}

// Book is what the user chose. Its methods may be called from several goroutines.
type Book struct {
	store *store.Store
	now   func() time.Time

	mu     sync.Mutex // one change at a time
	cached *cache     // nil until it was read; guarded by look
	look   sync.RWMutex
	roles  map[string][]string
}

// cache is never changed: a change makes a new one.
type cache struct {
	kept     kept
	rules    *policy.Rules
	problems []policy.Problem
	grants   []agents.Grant // all, oldest first
	open     []agents.Grant // those that were not revoked or used up
}

// New makes a book over a store. It reads nothing yet; now gives the time in the user's zone.
func New(s *store.Store, now func() time.Time) *Book { return &Book{store: s, now: now} }

// Role says which capabilities an agent has; from then on what is in no role is denied.
func (b *Book) Role(all []agents.Agent) {
	roles := map[string][]string{}
	for _, a := range all {
		roles[a.Name] = []string{}
		for _, c := range a.Capabilities {
			roles[a.Name] = append(roles[a.Name], c.Name)
		}
	}
	b.look.Lock()
	defer b.look.Unlock()
	b.roles = roles
}

// Settings are what the user chose, as policy takes them. With an error it gives settings that deny what is not local, so
// that who overlooks the error is safe.
func (b *Book) Settings(ctx context.Context) (policy.Settings, error) {
	c, err := b.read(ctx)
	if err != nil {
		return policy.Settings{Mode: policy.Locked, Rules: &policy.Rules{}}, err
	}
	b.look.RLock()
	defer b.look.RUnlock()
	return policy.Settings{Mode: c.kept.Mode, Rules: c.rules, Grants: c.open, Now: b.now(), Roles: b.roles}, nil
}

// Rules are the text of the user's rules, and what is wrong with it.
func (b *Book) Rules(ctx context.Context) (source string, problems []policy.Problem, err error) {
	c, err := b.read(ctx)
	if err != nil {
		return "", nil, err
	}
	return c.kept.Rules, c.problems, nil
}

// Grants are all that were given, those that ran out included, oldest first.
func (b *Book) Grants(ctx context.Context) ([]agents.Grant, error) {
	c, err := b.read(ctx)
	if err != nil {
		return nil, err
	}
	return slices.Clone(c.grants), nil
}

// read gives what is in memory, or reads it once.
func (b *Book) read(ctx context.Context) (*cache, error) {
	b.look.RLock()
	c := b.cached
	b.look.RUnlock()
	if c != nil {
		return c, nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.load(ctx)
}

// load is for who has the turn to change.
func (b *Book) load(ctx context.Context) (*cache, error) {
	b.look.RLock()
	c := b.cached
	b.look.RUnlock()
	if c != nil {
		return c, nil
	}
	c = &cache{}
	if _, err := b.store.Setting(ctx, settingsKey, &c.kept); err != nil {
		return nil, err
	}
	grants, err := b.store.Grants(ctx, "")
	if err != nil {
		return nil, err
	}
	c.rules, c.problems = policy.ParseRules(c.kept.Rules)
	c.hold(grants)
	b.put(c)
	return c, nil
}

func (b *Book) put(c *cache) {
	b.look.Lock()
	defer b.look.Unlock()
	b.cached = c
}

func (c *cache) hold(grants []agents.Grant) {
	c.grants, c.open = grants, nil
	for _, g := range grants {
		if g.Revoked.IsZero() && g.Used < g.Uses {
			c.open = append(c.open, g)
		}
	}
}

// with is the cache after one grant is new or changed.
func (c *cache) with(g agents.Grant) *cache {
	next := *c
	all := slices.Clone(c.grants)
	if i := slices.IndexFunc(all, func(o agents.Grant) bool { return o.ID == g.ID }); i >= 0 {
		all[i] = g
	} else {
		all = append(all, g)
	}
	next.hold(all)
	return &next
}

// SetMode chooses how careful Steward is.
func (b *Book) SetMode(ctx context.Context, m policy.Mode) error {
	if !slices.Contains(policy.Modes, m) {
		return &agents.Error{Code: agents.CodeInvalid, Message: fmt.Sprintf("there is no mode %.40q", m), Hint: "careful, balanced or locked"}
	}
	return b.set(ctx, func(k *kept) map[string]any {
		k.Mode = m
		return map[string]any{"setting": "policy.mode", "to": m}
	})
}

// SetRules keeps the user's rules. Rules that cannot be read are refused, and nothing is changed; what has no effect is
// told and kept.
func (b *Book) SetRules(ctx context.Context, source string) ([]policy.Problem, error) {
	_, problems := policy.ParseRules(source)
	for _, p := range problems {
		if !p.Harmless {
			return problems, &agents.Error{
				Code: agents.CodeInvalid, Message: fmt.Sprintf("line %d, column %d: %s", p.Line, p.Column, p.Message),
				Hint: p.Hint + "; the rules are as they were",
			}
		}
	}
	return problems, b.set(ctx, func(k *kept) map[string]any {
		k.Rules = source
		return map[string]any{"setting": "policy.rules", "to": source}
	})
}

// set changes mode or rules. The ledger has the change before it counts.
func (b *Book) set(ctx context.Context, change func(*kept) map[string]any) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	c, err := b.load(ctx)
	if err != nil {
		return err
	}
	next := *c
	content := change(&next.kept)
	if next.kept == c.kept {
		return nil
	}
	if err := b.store.Record(ctx, store.Record{Ledger: []agents.Entry{entry("setting", content)}, Durable: true}); err != nil {
		return err
	}
	if err := b.store.SetSetting(ctx, settingsKey, next.kept); err != nil {
		b.put(nil) // what is kept is not known: it is read again
		return err
	}
	next.rules, next.problems = policy.ParseRules(next.kept.Rules)
	b.put(&next)
	return nil
}

// Give keeps a grant that a person gave: exactly what was offered, until when and how often they said.
func (b *Book) Give(ctx context.Context, offer, wanted agents.Grant) (agents.Grant, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	c, err := b.load(ctx)
	if err != nil {
		return agents.Grant{}, err
	}
	now := b.now()
	wanted.Created = now
	if err := policy.CheckGrant(wanted, offer, now); err != nil {
		return agents.Grant{}, err
	}
	wanted.ID, wanted.Names = ulid.MustNew(ulid.Timestamp(now), rand.Reader).String(), offer.Names
	row := entry("grant", map[string]any{
		"grant": wanted.ID, "change": "given", "automation": wanted.Automation, "capability": wanted.Capability, "recipients": wanted.Recipients,
		"hosts": wanted.Hosts, "origins": wanted.Origins, "expires": wanted.Expires, "uses": wanted.Uses, "from": wanted.From,
	})
	return wanted, b.keep(ctx, c, wanted, row)
}

// Revoke ends a grant, by its id or its beginning. One that was revoked already stays so.
func (b *Book) Revoke(ctx context.Context, id string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	c, err := b.load(ctx)
	if err != nil {
		return err
	}
	g, err := b.store.Grant(ctx, id)
	if err != nil || !g.Revoked.IsZero() {
		return err
	}
	g.Revoked = b.now()
	return b.keep(ctx, c, g, entry("grant", map[string]any{"grant": g.ID, "change": "revoked", "automation": g.Automation, "capability": g.Capability}))
}

// errGone is why a grant that answered a moment ago does not any more.
var errGone = &agents.Error{
	Code: agents.CodeConflict, Message: "the grant that answered this is no longer there", Hint: "it was revoked, used up or ran out meanwhile: decide again",
}

// Use counts one use of a grant. The writer must keep the grant that it is handed in the same record as the intent of what
// it allows; it counts only if that succeeds. One use at a time is written, so that a grant for three is used three
// times, and one that is revoked meanwhile is not used: then the error is CodeConflict, and nothing was written.
func (b *Book) Use(ctx context.Context, id string, write func(agents.Grant) error) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	c, err := b.load(ctx)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(c.open, func(g agents.Grant) bool { return g.ID == id })
	if i < 0 || !c.open[i].Open(b.now()) {
		return errGone
	}
	g := c.open[i]
	g.Used++
	if err := write(g); err != nil {
		b.put(nil) // whether it was written is not known: it is read again
		return err
	}
	b.put(c.with(g))
	return nil
}

func (b *Book) keep(ctx context.Context, c *cache, g agents.Grant, row agents.Entry) error {
	if err := b.store.Record(ctx, store.Record{Grants: []agents.Grant{g}, Ledger: []agents.Entry{row}, Durable: true}); err != nil {
		b.put(nil)
		return err
	}
	b.put(c.with(g))
	return nil
}

// entry makes a row of the ledger of values that can be written.
func entry(kind string, content map[string]any) agents.Entry {
	raw, err := json.Marshal(content)
	if err != nil {
		panic(errors.Join(errors.New("trust: a row of the ledger cannot be written"), err))
	}
	return agents.Entry{Kind: kind, Content: raw}
}
