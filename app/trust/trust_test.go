package trust_test

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/policy"
	"github.com/stewardhq/steward/app/trust"
	"github.com/stewardhq/steward/store"
)

var noon = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

// clock is a time that a test moves.
type clock struct{ at atomic.Int64 }

func (c *clock) now() time.Time { return noon.Add(time.Duration(c.at.Load())) }

func openAt(t testing.TB, dir string) *store.Store {
	t.Helper()
	s, err := store.Open(context.Background(), store.Options{Dir: dir, Master: [32]byte{1, 2, 3}, Now: func() time.Time { return noon }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func settings(t *testing.T, b *trust.Book) policy.Settings {
	t.Helper()
	s, err := b.Settings(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// rows are what the ledger has of a kind.
func rows(t *testing.T, s *store.Store, kind string) []string {
	t.Helper()
	all, err := s.Ledger(t.Context(), store.LedgerFilter{Kind: kind})
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, r := range all {
		out = append(out, string(r.Content))
	}
	return out
}

func TestModeAndRulesAreKept(t *testing.T) {
	dir := t.TempDir()
	s := openAt(t, dir)
	b := trust.New(s, func() time.Time { return noon })
	if got := settings(t, b); got.Mode != "" || got.Rules != nil || len(got.Grants) != 0 || got.Roles != nil || !got.Now.Equal(noon) {
		t.Errorf("of a new home: %+v", got)
	}
	if err := b.SetMode(t.Context(), policy.Careful); err != nil {
		t.Fatal(err)
	}
	const source = "permit(principal, action, resource);\nforbid(principal, action in Action::\"spend\", resource);"
	problems, err := b.SetRules(t.Context(), source)
	if err != nil || len(problems) != 1 || !problems[0].Harmless {
		t.Fatal(problems, err)
	}
	if problems, err = b.SetRules(t.Context(), "forbid("); agents.CodeOf(err) != agents.CodeInvalid || agents.AsError(err).Hint == "" || len(problems) != 1 {
		t.Errorf("rules that cannot be read: %+v %v", problems, err)
	}
	for _, m := range []policy.Mode{"", "lax", "Balanced"} {
		if err := b.SetMode(t.Context(), m); agents.CodeOf(err) != agents.CodeInvalid {
			t.Errorf("mode %q: %v", m, err)
		}
	}
	if err := b.SetMode(t.Context(), policy.Careful); err != nil { // nothing changes, and nothing is written
		t.Fatal(err)
	}
	want := []string{`{"setting":"policy.mode","to":"careful"}`, `policy.rules`}
	got := rows(t, s, "setting")
	if len(got) != 2 || got[0] != want[0] || !strings.Contains(got[1], want[1]) {
		t.Errorf("the ledger has %q", got)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	again := trust.New(openAt(t, dir), func() time.Time { return noon })
	for _, book := range []*trust.Book{b, again} {
		got := settings(t, book)
		if got.Mode != policy.Careful || got.Rules.Source() != source || policy.Decide(policy.Proposal{Effect: agents.Spend}, got).Rule != "rule:2" {
			t.Errorf("%+v", got)
		}
	}
}

func TestStoredRulesThatAreDamagedAskForEverything(t *testing.T) {
	s := openAt(t, t.TempDir())
	if err := s.SetSetting(t.Context(), "policy", map[string]string{"mode": "balanced", "rules": "forbid(princ"}); err != nil {
		t.Fatal(err)
	}
	b := trust.New(s, func() time.Time { return noon })
	d := policy.Decide(policy.Proposal{Effect: agents.Read}, settings(t, b))
	if d.Verdict != agents.Ask || d.Rule != "rule:unreadable" {
		t.Errorf("%+v", d)
	}
	if source, problems, err := b.Rules(t.Context()); err != nil || source != "forbid(princ" || len(problems) != 1 {
		t.Errorf("%q %+v %v", source, problems, err)
	}
	if _, err := b.SetRules(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	if d := policy.Decide(policy.Proposal{Effect: agents.Read}, settings(t, b)); d.Verdict != agents.Allow {
		t.Errorf("after they were taken away: %+v", d)
	}
	if err := s.SetSetting(t.Context(), "policy", []int{1}); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	broken := trust.New(s, func() time.Time { return noon })
	got, err := broken.Settings(t.Context())
	if err == nil || policy.Decide(policy.Proposal{Effect: agents.Read}, got).Verdict == agents.Allow || policy.Decide(policy.Proposal{Effect: agents.Spend}, got).Verdict != agents.Deny {
		t.Errorf("a store that cannot be read: %+v %v", got, err)
	}
}

func TestRoles(t *testing.T) {
	b := trust.New(openAt(t, t.TempDir()), func() time.Time { return noon })
	b.Role([]agents.Agent{{Name: "email", Capabilities: []agents.Capability{{Name: "mail.search"}}}, {Name: "idle"}})
	if got := settings(t, b).Roles; !reflect.DeepEqual(got, map[string][]string{"email": {"mail.search"}, "idle": {}}) {
		t.Errorf("%v", got)
	}
}

// weekly is an automation's report to Anna, and the grant that its sheet offers.
func weekly(t testing.TB) (policy.Proposal, agents.Grant) {
	t.Helper()
	p := policy.Proposal{
		Run: "01JRUN0001", Automation: "01JAUT0001", Hash: "h1", Agent: "email", Capability: "mail.send", Effect: agents.Send,
		Controls: []agents.Control{{Path: "draft.to", Source: agents.SourceHost}}, Aim: &agents.Aim{Recipients: []agents.Recipient{{Person: "p_anna", Known: true}}},
	}
	g, ok := policy.OfferGrant(p, noon)
	if !ok {
		t.Fatal("none is offered")
	}
	g.Names = []agents.Text{agents.Plain("Anna")}
	return p, g
}

func TestGrantsAreGivenUsedAndRevoked(t *testing.T) {
	dir := t.TempDir()
	s := openAt(t, dir)
	c := &clock{}
	b := trust.New(s, c.now)
	p, offer := weekly(t)
	wide := offer
	wide.Recipients = []string{"*"}
	for _, bad := range []agents.Grant{wide, {}} {
		if _, err := b.Give(t.Context(), offer, bad); agents.CodeOf(err) != agents.CodeInvalid {
			t.Errorf("%+v: %v", bad, err)
		}
	}
	wanted := offer
	wanted.Uses, wanted.Created, wanted.Names = 2, noon.Add(-time.Hour), []agents.Text{agents.Plain("Nobody in particular")}
	g, err := b.Give(t.Context(), offer, wanted)
	if err != nil || g.ID == "" || g.Uses != 2 || !g.Created.Equal(noon) || g.Names[0].Raw() != "Anna" {
		t.Fatal(g, err)
	}
	if d := policy.Decide(p, settings(t, b)); d.Verdict != agents.Allow || d.Grant != g.ID {
		t.Fatalf("%+v", d)
	}
	write := func(g agents.Grant) error {
		return s.Record(context.Background(), store.Record{Grants: []agents.Grant{g}, Durable: true})
	}
	fails := errors.New("the disk is full")
	if err := b.Use(t.Context(), g.ID, func(agents.Grant) error { return fails }); !errors.Is(err, fails) {
		t.Error(err)
	}
	if err := b.Use(t.Context(), "nobody", write); agents.CodeOf(err) != agents.CodeConflict {
		t.Error(err)
	}
	if err := b.Use(t.Context(), g.ID, write); err != nil {
		t.Fatal(err)
	}
	if got := settings(t, b).Grants; len(got) != 1 || got[0].Used != 1 {
		t.Errorf("after a use that failed and one that did not: %+v", got)
	}
	if err := b.Revoke(t.Context(), g.ID); err != nil {
		t.Fatal(err)
	}
	if err := b.Revoke(t.Context(), g.ID[:12]); err != nil {
		t.Errorf("twice: %v", err)
	}
	if err := b.Revoke(t.Context(), "01JNOBODY"); agents.CodeOf(err) != agents.CodeNotFound {
		t.Error(err)
	}
	if err := b.Use(t.Context(), g.ID, write); agents.CodeOf(err) != agents.CodeConflict {
		t.Errorf("a use after it was revoked: %v", err)
	}
	if d := policy.Decide(p, settings(t, b)); d.Verdict != agents.Ask {
		t.Errorf("%+v", d)
	}
	got := rows(t, s, "grant")
	if len(got) != 2 || !strings.Contains(got[0], `"change":"given"`) || !strings.Contains(got[0], `"p_anna"`) || !strings.Contains(got[1], `"change":"revoked"`) {
		t.Errorf("the ledger has %q", got)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	kept, err := trust.New(openAt(t, dir), c.now).Grants(t.Context())
	if err != nil || len(kept) != 1 || kept[0].Used != 1 || kept[0].Revoked.IsZero() {
		t.Errorf("%+v %v", kept, err)
	}
}

func TestAGrantRunsOut(t *testing.T) {
	c := &clock{}
	b := trust.New(openAt(t, t.TempDir()), c.now)
	p, offer := weekly(t)
	g, err := b.Give(t.Context(), offer, offer)
	if err != nil {
		t.Fatal(err)
	}
	c.at.Store(int64(8 * 24 * time.Hour))
	if d := policy.Decide(p, settings(t, b)); d.Verdict != agents.Ask {
		t.Errorf("%+v", d)
	}
	if err := b.Use(t.Context(), g.ID, func(agents.Grant) error { t.Error("it is written"); return nil }); agents.CodeOf(err) != agents.CodeConflict {
		t.Error(err)
	}
	if _, err := b.Give(t.Context(), offer, offer); agents.CodeOf(err) != agents.CodeInvalid {
		t.Errorf("an offer of last week: %v", err)
	}
}

// However many want it at once, a grant for five is used five times, and one that is revoked meanwhile stays revoked.
func TestAGrantIsNotUsedMoreOftenThanItSays(t *testing.T) {
	s := openAt(t, t.TempDir())
	b := trust.New(s, func() time.Time { return noon })
	_, offer := weekly(t)
	offer.Uses = 5
	g, err := b.Give(t.Context(), offer, offer)
	if err != nil {
		t.Fatal(err)
	}
	var used atomic.Int32
	use := func() {
		err := b.Use(context.Background(), g.ID, func(g agents.Grant) error {
			used.Add(1)
			return s.Record(context.Background(), store.Record{Grants: []agents.Grant{g}})
		})
		if err != nil && agents.CodeOf(err) != agents.CodeConflict {
			t.Error(err)
		}
	}
	var all sync.WaitGroup
	for range 20 {
		all.Go(use)
	}
	all.Wait()
	if used.Load() != 5 {
		t.Errorf("it was used %d times", used.Load())
	}
	if g, err = b.Give(t.Context(), offer, offer); err != nil {
		t.Fatal(err)
	}
	for i := range 6 {
		all.Go(func() {
			if i == 3 {
				if err := b.Revoke(context.Background(), g.ID); err != nil {
					t.Error(err)
				}
				return
			}
			use()
		})
	}
	all.Wait()
	kept, err := s.Grant(t.Context(), g.ID)
	if err != nil || kept.Revoked.IsZero() {
		t.Errorf("%+v %v", kept, err)
	}
	mine, err := b.Grants(t.Context())
	if err != nil || !slices.ContainsFunc(mine, func(m agents.Grant) bool {
		return reflect.DeepEqual(m.Used, kept.Used) && m.ID == kept.ID && !m.Revoked.IsZero()
	}) {
		t.Errorf("the book has %+v, the store %+v", mine, kept)
	}
}

func BenchmarkSettings(b *testing.B) {
	book := trust.New(openAt(b, b.TempDir()), func() time.Time { return noon })
	b.ReportAllocs()
	for b.Loop() {
		if _, err := book.Settings(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}
