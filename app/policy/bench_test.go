package policy_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/policy"
)

// busy are settings as somebody has them who has chosen much: 20 rules and 50 grants, of which the last one matches.
func busy(b *testing.B) policy.Settings {
	b.Helper()
	var source strings.Builder
	for i := range 10 {
		fmt.Fprintf(&source, "@id(\"domain%d\") forbid(principal, action in Action::\"send\", resource) when { context.domains.contains(\"competitor%d.example\") };\n", i, i)
		fmt.Fprintf(&source, "@ask(\"it is late\") forbid(principal == Agent::\"email\", action == Action::\"mail.send\", resource) when { context.hour >= 22 && context.recipients.containsAny([\"boss%d@example.com\"]) };\n", i)
	}
	p := weekly()
	one, ok := policy.OfferGrant(p, noon)
	if !ok {
		b.Fatal("none is offered")
	}
	grants, _ := offered(b, rand.New(rand.NewPCG(7, 7)), 49)
	one.ID = "the last"
	return policy.Settings{Rules: rules(b, source.String()), Grants: append(grants, one), Now: noon, Roles: map[string][]string{"email": {"mail.search", "mail.send"}}}
}

func BenchmarkDecide(b *testing.B) {
	b.Run("floor", func(b *testing.B) {
		b.ReportAllocs()
		p := weekly()
		for b.Loop() {
			policy.Decide(p, policy.Settings{})
		}
	})
	b.Run("20rules50grants", func(b *testing.B) {
		b.ReportAllocs()
		p, s := addressed(weekly(), "anna@example.com"), busy(b)
		if got := policy.Decide(p, s); got.Grant != "the last" {
			b.Fatal(got)
		}
		for b.Loop() {
			policy.Decide(p, s)
		}
	})
	b.Run("20rules50grants1000origins", func(b *testing.B) {
		b.ReportAllocs()
		p, s := addressed(weekly(), "anna@example.com"), busy(b)
		for i := range 1000 {
			p.Script.Origins = append(p.Script.Origins, fmt.Sprintf("mail:%d", i))
		}
		for b.Loop() {
			policy.Decide(p, s)
		}
	})
	b.Run("20rulesRead", func(b *testing.B) {
		b.ReportAllocs()
		p, s := policy.Proposal{Effect: agents.Read, Agent: "email", Capability: "mail.search"}, busy(b)
		for b.Loop() {
			policy.Decide(p, s)
		}
	})
}
