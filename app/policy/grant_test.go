package policy_test

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cedar-policy/cedar-go"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/policy"
)

// weekly is an automation's report to Anna.
func weekly() policy.Proposal {
	p := sending(mailbox, mailbox, anna)
	p.Automation, p.Hash, p.Run = "a1", "h1", "r1"
	return p
}

func TestTheOffer(t *testing.T) {
	p := weekly()
	p.Aim.Recipients = []agents.Recipient{carol, anna, carol}
	got, ok := policy.OfferGrant(p, noon)
	want := agents.Grant{
		Automation: "a1", Script: "h1", Capability: "mail.send", Effect: agents.Send, From: "r1", Recipients: []string{"anna", "carol"}, Origins: []string{"account", "mail"},
		Created: noon, Expires: noon.Add(7 * 24 * time.Hour), Uses: 10,
	}
	if !ok || !reflect.DeepEqual(got, want) {
		t.Errorf("offered %v %+v\nwant %+v", ok, got, want)
	}
	for name, p := range map[string]policy.Proposal{
		"one that no automation made":     but(weekly(), func(p *policy.Proposal) { p.Automation = "" }),
		"a script that is not pinned":     but(weekly(), func(p *policy.Proposal) { p.Hash = "" }),
		"after reveal":                    but(weekly(), revealed),
		"an address of the script's":      but(weekly(), withLiteral),
		"an address of a mail's":          but(weekly(), withContent),
		"nothing known of the controls":   but(weekly(), func(p *policy.Proposal) { p.Controls = nil }),
		"no aim":                          but(weekly(), aimless),
		"no recipients":                   but(weekly(), func(p *policy.Proposal) { p.Aim.Recipients = nil }),
		"a recipient without an id":       but(weekly(), func(p *policy.Proposal) { p.Aim.Recipients = []agents.Recipient{{}} }),
		"a recipient for all":             but(weekly(), func(p *policy.Proposal) { p.Aim.Recipients = []agents.Recipient{{Person: "*"}} }),
		"a host for all":                  but(weekly(), func(p *policy.Proposal) { p.Aim.Hosts = []string{"*.example.com"} }),
		"unsubscribing":                   but(weekly(), func(p *policy.Proposal) { p.Aim.Unsubscribes = true }),
		"what is denied anyway":           but(weekly(), forbidden),
		"a request that names no host":    but(weekly(), func(p *policy.Proposal) { p.Effect = agents.Egress }),
		"undeclared":                      but(weekly(), func(p *policy.Proposal) { p.Effect = agents.Undeclared }),
		"deleting what a mail chose":      but(weekly(), func(p *policy.Proposal) { p.Effect = agents.Delete }),
		"paying for what a mail asks for": but(weekly(), func(p *policy.Proposal) { p.Effect = agents.Spend }),
		"deleting more than twenty": but(weekly(), func(p *policy.Proposal) {
			p.Effect, p.Script, p.Payload, p.Aim.Items = agents.Delete, clean, clean, items(21, fromShop)
		}),
	} {
		if g, ok := policy.OfferGrant(p, noon); ok {
			t.Errorf("%s: %+v is offered", name, g)
		}
	}
	if g, ok := policy.OfferGrant(weekly(), time.Time{}); ok {
		t.Errorf("without a clock %+v is offered", g)
	}
}

func TestAGrantIsNeverWiderThanItsOffer(t *testing.T) {
	p := weekly()
	p.Aim.Hosts = []string{"a.example"}
	offer, ok := policy.OfferGrant(p, noon)
	if !ok {
		t.Fatal("none is offered")
	}
	for name, change := range map[string]func(*agents.Grant){
		"as offered":            func(*agents.Grant) {},
		"for a shorter time":    func(g *agents.Grant) { g.Expires = noon.Add(time.Minute) },
		"90 days":               func(g *agents.Grant) { g.Expires = noon.Add(90 * 24 * time.Hour) },
		"1000 times":            func(g *agents.Grant) { g.Uses = 1000 },
		"once":                  func(g *agents.Grant) { g.Uses = 1 },
		"from fewer places":     func(g *agents.Grant) { g.Origins = []string{"mail"} },
		"with an id of its own": func(g *agents.Grant) { g.ID = "x" },
	} {
		g := offer
		change(&g)
		if err := policy.CheckGrant(g, offer, noon); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, change := range map[string]func(*agents.Grant){
		"another automation":      func(g *agents.Grant) { g.Automation = "a2" },
		"any automation":          func(g *agents.Grant) { g.Automation = "" },
		"every automation":        func(g *agents.Grant) { g.Automation = "*" },
		"another script":          func(g *agents.Grant) { g.Script = "h2" },
		"any script":              func(g *agents.Grant) { g.Script = "" },
		"another capability":      func(g *agents.Grant) { g.Capability = "mail.forward" },
		"every capability":        func(g *agents.Grant) { g.Capability = "mail.*" },
		"another effect":          func(g *agents.Grant) { g.Effect = agents.Delete },
		"a recipient more":        func(g *agents.Grant) { g.Recipients = []string{"anna", "carol"} },
		"every recipient":         func(g *agents.Grant) { g.Recipients = []string{"*"} },
		"anybody":                 func(g *agents.Grant) { g.Recipients = nil },
		"a host more":             func(g *agents.Grant) { g.Hosts = []string{"a.example", "b.example"} },
		"every host":              func(g *agents.Grant) { g.Hosts = []string{"*.example"} },
		"any host":                func(g *agents.Grant) { g.Hosts = nil },
		"another origin":          func(g *agents.Grant) { g.Origins = append(slices.Clone(g.Origins), "file") },
		"every origin":            func(g *agents.Grant) { g.Origins = []string{"*"} },
		"no end":                  func(g *agents.Grant) { g.Expires = time.Time{} },
		"an end that was":         func(g *agents.Grant) { g.Expires = noon.Add(-time.Hour) },
		"an end that is now":      func(g *agents.Grant) { g.Expires = noon },
		"91 days":                 func(g *agents.Grant) { g.Expires = noon.Add(91 * 24 * time.Hour) },
		"made in the future":      func(g *agents.Grant) { g.Created, g.Expires = noon.Add(time.Hour), noon.Add(2*time.Hour) },
		"made long ago":           func(g *agents.Grant) { g.Created = noon.Add(-48 * time.Hour) },
		"1001 times":              func(g *agents.Grant) { g.Uses = 1001 },
		"no times":                func(g *agents.Grant) { g.Uses = 0 },
		"less than no times":      func(g *agents.Grant) { g.Uses = -1 },
		"used less than never":    func(g *agents.Grant) { g.Used = -1000 },
		"used already":            func(g *agents.Grant) { g.Used = 1 },
		"of another run's sheet":  func(g *agents.Grant) { g.From = "r2" },
		"revoked and so not new ": func(g *agents.Grant) { g.Revoked = noon },
	} {
		g := offer
		change(&g)
		err := policy.CheckGrant(g, offer, noon)
		if agents.CodeOf(err) != agents.CodeInvalid || agents.AsError(err).Hint == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	wide := offer
	wide.Recipients = []string{"*"}
	if err := policy.CheckGrant(wide, wide, noon); err == nil {
		t.Error("an offer for everybody is taken")
	}
	if err := policy.CheckGrant(agents.Grant{}, agents.Grant{}, noon); err == nil {
		t.Error("nothing is taken for an offer of nothing")
	}
	if err := policy.CheckGrant(offer, offer, time.Time{}); err == nil {
		t.Error("a grant is given while the time is not known")
	}
}

func TestAGrantAnswersWhileItIsOpen(t *testing.T) {
	offer, _ := policy.OfferGrant(weekly(), noon)
	offer.ID, offer.Uses = "g1", 3
	for _, c := range []struct {
		name   string
		change func(*agents.Grant, *policy.Settings)
		want   agents.Verdict
	}{
		{"while it is open", func(*agents.Grant, *policy.Settings) {}, agents.Allow},
		{"for the last time", func(g *agents.Grant, _ *policy.Settings) { g.Used = 2 }, agents.Allow},
		{"used up", func(g *agents.Grant, _ *policy.Settings) { g.Used = 3 }, agents.Ask},
		{"revoked", func(g *agents.Grant, _ *policy.Settings) { g.Revoked = noon }, agents.Ask},
		{"after its end", func(_ *agents.Grant, s *policy.Settings) { s.Now = noon.Add(8 * 24 * time.Hour) }, agents.Ask},
		{"while the time is not known", func(_ *agents.Grant, s *policy.Settings) { s.Now = time.Time{} }, agents.Ask},
		{"stored without an end in sight", func(g *agents.Grant, _ *policy.Settings) { g.Expires = noon.Add(10_000 * time.Hour) }, agents.Ask},
		{"stored with too many uses", func(g *agents.Grant, _ *policy.Settings) { g.Uses = 1 << 30 }, agents.Ask},
		{"stored with uses below nothing", func(g *agents.Grant, _ *policy.Settings) { g.Used = -5 }, agents.Ask},
		{"in careful mode", func(_ *agents.Grant, s *policy.Settings) { s.Mode = policy.Careful }, agents.Allow},
		{"in locked mode", func(_ *agents.Grant, s *policy.Settings) { s.Mode = policy.Locked }, agents.Deny},
		{"against a rule that asks", func(_ *agents.Grant, s *policy.Settings) {
			s.Rules = rules(t, `@ask forbid(principal, action, resource);`)
		}, agents.Ask},
		{"against a rule that denies", func(_ *agents.Grant, s *policy.Settings) { s.Rules = rules(t, `forbid(principal, action, resource);`) }, agents.Deny},
		{"while the rules cannot be read", func(_ *agents.Grant, s *policy.Settings) { s.Rules = &policy.Rules{} }, agents.Ask},
		{"by an agent that may not", func(_ *agents.Grant, s *policy.Settings) { s.Roles = map[string][]string{"email": {"mail.search"}} }, agents.Deny},
	} {
		g, s := offer, policy.Settings{Now: noon}
		c.change(&g, &s)
		s.Grants = []agents.Grant{g}
		got := policy.Decide(weekly(), s)
		if got.Verdict != c.want || (got.Grant == "g1") != (c.want == agents.Allow) || len(got.Reasons) != len(got.Codes) {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
}

// A grant as Cedar's engine reads its text, and as it is matched, are the same.
func TestARenderedGrantMeansWhatItSays(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	grants, _ := offered(t, r, 300)
	for i := range grants {
		grants[i].ID = "g"
	}
	odd := agents.Grant{
		ID: "g", Automation: "a1", Script: `h"1\`, Capability: "mail.send", Effect: agents.Send, Recipients: []string{"a\u202e\n\"b\\", "林"},
		Created: noon, Expires: noon.Add(time.Hour), Uses: 1,
	}
	grants = append(grants, odd)
	same := 0
	for round := range rounds {
		g, p := grants[round%len(grants)], random(r)
		var one cedar.Policy
		text := policy.RenderGrant(g)
		if err := one.UnmarshalCedar([]byte(text)); err != nil {
			t.Fatalf("%v in\n%s", err, text)
		}
		if r.IntN(2) == 0 { // one that is near
			p.Automation, p.Hash, p.Capability, p.Effect, p.Revealed = g.Automation, g.Script, g.Capability, g.Effect, false
			if p.Aim != nil && p.Aim.Never == "" {
				p.Aim.Recipients = nil
				for _, id := range g.Recipients {
					p.Aim.Recipients = append(p.Aim.Recipients, agents.Recipient{Person: id})
				}
				p.Aim.Hosts = g.Hosts
			}
		}
		now := noon.Add(pick(r, 0, time.Hour, 6*24*time.Hour, 7*24*time.Hour, 8*24*time.Hour))
		read, _ := policy.Permits(&one, p, now)
		matched := policy.Answers(g, p, now)
		if read != matched {
			t.Fatalf("read %v, matched %v\n%s%+v %+v", read, matched, text, p, p.Aim)
		}
		if matched {
			same++
		}
	}
	if same < 150 {
		t.Errorf("only %d of them matched: the property is hardly tried", same)
	}
	if text := policy.RenderGrant(odd); strings.ContainsRune(text, '\u202e') || strings.Count(text, "\n") != 16 {
		t.Errorf("what turns the line is in the text:\n%s", text)
	}
}

func TestAGrantReads(t *testing.T) {
	g, _ := policy.OfferGrant(weekly(), noon)
	g.ID, g.Used = "01JGRA0001", 2
	want := `@id("01JGRA0001")
permit (
  principal,
  action == Action::"mail.send",
  resource in Automation::"a1"
)
when {
  context.effect == "send" &&
  context.script == "h1" &&
  context.people == ["anna"] &&
  context.hosts == [] &&
  ["account", "mail"].containsAll(context.origins) &&
  context.grantable &&
  context.now < datetime("2026-12-02T12:00:00.000Z")
};
// used 2 of 10 times
`
	if got := policy.RenderGrant(g); got != want {
		t.Errorf("it reads\n%s", got)
	}
}
