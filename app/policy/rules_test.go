package policy_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/policy"
)

func rules(t testing.TB, source string) *policy.Rules {
	t.Helper()
	r, problems := policy.ParseRules(source)
	if !r.Readable() {
		t.Fatalf("%s: %+v", source, problems)
	}
	return r
}

func addressed(p policy.Proposal, address string) policy.Proposal {
	return but(p, func(p *policy.Proposal) {
		p.Aim.Recipients = slices.Clone(p.Aim.Recipients)
		p.Aim.Recipients[0].Address = address
	})
}

func TestRules(t *testing.T) {
	toCompetitor := `@id("competitor") @reason("nothing goes to the competitor")
		forbid(principal, action in Action::"send", resource) when { context.domains.contains("competitor.example") };`
	late := `@id("late") @ask("it is late") forbid(principal == Agent::"email", action == Action::"mail.send", resource) when { context.hour >= 22 || context.hour < 6 };`
	anywhere := addressed(sending(clean, clean, anna), "Anna@Example.com")
	label := changing(agents.ChangeLabel, clean, fromShop)
	for _, c := range []struct {
		name, source string
		in           policy.Proposal
		hour         int
		want         agents.Verdict
		rule         string
	}{
		{"a rule that does not match", toCompetitor, anywhere, 12, agents.Ask, "send"},
		{"a rule that matches", toCompetitor, addressed(anywhere, "Boss@Competitor.Example"), 12, agents.Deny, "rule:competitor"},
		{"a rule that needs an address that is not said", toCompetitor, addressed(anywhere, ""), 12, agents.Ask, "send"},
		{"a rule that asks what is asked anyway", late, anywhere, 23, agents.Ask, "send"},
		{"a rule that asks for a mail to oneself", late, addressed(sending(clean, clean, me), "me@example.com"), 23, agents.Ask, "rule:late"},
		{"the same by day", late, addressed(sending(clean, clean, me), "me@example.com"), 9, agents.Allow, "self"},
		{"a rule without a name", `forbid(principal, action == Action::"mail.label", resource);`, label, 12, agents.Deny, "rule:1"},
		{"a rule about one agent, another acts", `forbid(principal == Agent::"browsing", action, resource);`, label, 12, agents.Allow, "reversible"},
		{"a rule about one automation", `forbid(principal, action, resource in Automation::"a1");`, but(label, func(p *policy.Proposal) { p.Automation = "a1" }), 12, agents.Deny, "rule:1"},
		{"a rule about one automation, another runs", `forbid(principal, action, resource in Automation::"a1");`, but(label, func(p *policy.Proposal) { p.Automation = "a2" }), 12, agents.Allow, "reversible"},
		{"a rule against reading", `forbid(principal, action in Action::"read", resource) when { context.untrusted };`, policy.Proposal{Effect: agents.Read, Script: mailbox}, 12, agents.Deny, "rule:1"},
		{"a denial beats a question, whatever stands first", `@ask forbid(principal, action, resource); @id("no") forbid(principal, action, resource);`, label, 12, agents.Deny, "rule:no"},
		{"the first of two questions is named", `@id("a") @ask forbid(principal, action, resource); @id("b") @ask forbid(principal, action, resource);`, label, 12, agents.Ask, "rule:a"},
		{"a rule for more than three items", `@ask("that is much") forbid(principal, action, resource) when { context.items > 3 };`, changing(agents.ChangeLabel, clean, items(4, fromShop)...), 12, agents.Ask, "rule:1"},
		{"a rule by weekday", `forbid(principal, action, resource) when { context.weekday == "wed" };`, label, 12, agents.Deny, "rule:1"},
		{"a rule about what the step does not say, the effect being silent", `forbid(principal, action, resource) when { context.strangers };`, policy.Proposal{Effect: agents.Local}, 12, agents.Allow, "local"},
		{"a permit", `permit(principal, action, resource);`, anywhere, 12, agents.Ask, "send"},
		{"a permit of what must never be", `permit(principal, action, resource);`, but(anywhere, forbidden), 12, agents.Deny, "denied.never"},
		{"a permit beside a forbid", `permit(principal, action, resource); forbid(principal, action, resource) when { context.composed };`, anywhere, 12, agents.Deny, "rule:2"},
	} {
		s := policy.Settings{Rules: rules(t, c.source), Now: time.Date(2026, 11, 25, c.hour, 0, 0, 0, time.UTC)}
		got := policy.Decide(c.in, s)
		if got.Verdict != c.want || got.Rule != c.rule || len(got.Reasons) != len(got.Codes) || slices.Contains(got.Reasons, "") {
			t.Errorf("%s: %+v, want %s by %s", c.name, got, c.want, c.rule)
		}
	}
}

func TestARuleThatCannotBeJudgedAsks(t *testing.T) {
	s := policy.Settings{Rules: rules(t, `@id("boss") forbid(principal, action, resource) when { context.recipients.contains("boss@example.com") };`), Now: noon}
	silent := but(sending(clean, clean, me), func(*policy.Proposal) {})
	if got := policy.Decide(silent, s); got.Verdict != agents.Ask || got.Rule != "rule:boss" {
		t.Errorf("an address that is not said: %+v", got)
	}
	if got := policy.Decide(addressed(silent, "me@example.com"), s); got.Verdict != agents.Allow {
		t.Errorf("one that is: %+v", got)
	}
	if got := policy.Decide(but(silent, aimless), s); got.Verdict != agents.Ask || !slices.Contains(got.Codes, "rule") {
		t.Errorf("a step that says nothing of itself: %+v", got)
	}
	clock := policy.Settings{Rules: rules(t, `forbid(principal, action, resource) when { context.hour > 22 };`)}
	if got := policy.Decide(policy.Proposal{Effect: agents.Read}, clock); got.Verdict != agents.Ask {
		t.Errorf("while the time is not known: %+v", got)
	}
}

func TestRulesThatCannotBeReadAskForEverything(t *testing.T) {
	broken, problems := policy.ParseRules("forbid(principal, action, resource) when { context.")
	if broken.Readable() || len(problems) != 1 {
		t.Fatalf("%+v", problems)
	}
	for _, r := range []*policy.Rules{broken, {}} {
		for e := agents.Undeclared; e <= agents.Standing; e++ {
			p := policy.Proposal{Effect: e, Aim: &agents.Aim{Change: agents.ChangeLabel, Items: items(1, fromShop), Recipients: []agents.Recipient{me}}}
			if got := policy.Decide(p, policy.Settings{Rules: r, Now: noon}); got.Verdict == agents.Allow {
				t.Errorf("%s: %+v", e, got)
			}
		}
	}
}

func TestProblemsOfRules(t *testing.T) {
	const ok = "forbid(principal, action, resource)"
	for _, c := range []struct {
		name, source string
		says, hint   string
		line         int
		harmless     bool
	}{
		{"an end too early", "forbid(principal, action,", "no rule", "docs/policy.md", 1, false},
		{"a mistake further down", ok + ";\n\n" + ok + "\nwhen { context.untrusted &&& true };", "no rule", "docs", 4, false},
		{"something else altogether", "Dear Steward,\nplease be careful", "no rule", "docs", 1, false},
		{"a permit", "// hello\npermit(principal, action, resource);", "no effect", "grant", 2, true},
		{"an annotation that is not known", `@aks("why") ` + ok + ";", "@aks", "@ask", 1, true},
		{"an attribute that is not there", ok + " when { context.recipents.contains(\"a@b.c\") };", "recipents", "recipients", 1, false},
		{"asking for an attribute that is not there", ok + " when { context has recipents };", "recipents", "recipients", 1, false},
		{"an attribute of the agent", ok + ` when { principal.name == "x" };`, "attributes", "context", 1, false},
		{"an effect that is not there", `forbid(principal, action in Action::"sned", resource);`, "sned", "send", 1, false},
		{"an effect compared as an action", `forbid(principal, action == Action::"send", resource);`, "effect", "action in", 1, false},
		{"an action of another type", `forbid(principal, action == Capability::"mail.send", resource);`, "type", "Action", 1, false},
		{"a user", `forbid(principal == User::"me", action, resource);`, "User", "Agent", 1, false},
		{"a mail as resource", `forbid(principal, action, resource is Mail);`, "Mail", "Run", 1, false},
		{"a run that equals an automation", `forbid(principal, action, resource == Automation::"a");`, "equals", "resource in", 1, false},
		{"a word that never is", ok + ` when { context.effect == "sned" };`, "sned", "send", 1, false},
		{"a day that never is", ok + ` when { "Monday" == context.weekday };`, "Monday", "mon", 1, false},
		{"capitals", ok + ` when { context.recipients.contains("Anna@Example.com") };`, "lower case", "anna@example.com", 1, false},
		{"types that do not fit", ok + ` when { context.hour > "9" };`, "judged", "docs", 1, false},
		{"types that do not fit, for another effect", `forbid(principal, action in Action::"send", resource) when { context.items && true };`, "judged", "docs", 1, false},
		{"a name for two", `@id("a") ` + ok + `; @id("a") ` + ok + ";", "two rules", "@id", 1, false},
		{"a name taken by a number", `@id("2") ` + ok + `; ` + ok + ";", "two rules", "@id", 1, false},
		{"an odd name", `@id("a b\n") ` + ok + ";", "called", "letters", 1, false},
		{"a long reason", `@ask("` + strings.Repeat("x", 301) + `") ` + ok + ";", "too long", "300", 1, false},
		{"too many", strings.Repeat(ok+";\n", 201), "201", "200", 1, false},
		{"too long", strings.Repeat("// ......................\n", 3000), "too long", "64", 1, false},
		{"too deep", ok + " when { " + strings.Repeat("(", 5000) + "true" + strings.Repeat(")", 5000) + " };", "deep", "100", 1, false},
		{"no text", "forbid\x00", "no text", "UTF-8", 1, false},
		{"no text either", "\xff\xfe", "no text", "UTF-8", 1, false},
	} {
		r, problems := policy.ParseRules(c.source)
		if len(problems) == 0 {
			t.Errorf("%s: it is taken", c.name)
			continue
		}
		p := problems[0]
		if r.Readable() != c.harmless || p.Harmless != c.harmless || p.Line != c.line || p.Column < 1 || !strings.Contains(p.Message, c.says) || !strings.Contains(p.Hint, c.hint) {
			t.Errorf("%s: readable %v, %+v", c.name, r.Readable(), problems)
		}
	}
	for _, source := range []string{"", " \n\t", "// nothing but a remark\n"} {
		if r, problems := policy.ParseRules(source); len(problems) != 0 || !r.Readable() || policy.Decide(policy.Proposal{Effect: agents.Read}, policy.Settings{Rules: r}).Verdict != agents.Allow {
			t.Errorf("%q: %+v", source, problems)
		}
	}
}

func TestTheCapabilitiesThatRulesName(t *testing.T) {
	r := rules(t, `forbid(principal, action == Action::"mail.send", resource); forbid(principal, action in [Action::"send", Action::"web.read"], resource); forbid(principal, action in Action::"delete", resource);`)
	if got := r.Capabilities(); !slices.Equal(got, []string{"mail.send", "web.read"}) {
		t.Errorf("%q", got)
	}
}

func TestModes(t *testing.T) {
	one := map[string]policy.Proposal{
		"read": {Effect: agents.Read}, "local": {Effect: agents.Local}, "label": changing(agents.ChangeLabel, clean, fromShop),
		"request": fetching(clean, clean, nil, typed), "self": sending(clean, clean, me), "send": sending(clean, clean, anna),
		"delete": {Effect: agents.Delete, Aim: &agents.Aim{}}, "never": but(sending(clean, clean, anna), forbidden),
	}
	for mode, want := range map[policy.Mode]map[string]agents.Verdict{
		"":              {"label": agents.Allow, "request": agents.Allow, "self": agents.Allow, "send": agents.Ask, "delete": agents.Ask},
		policy.Balanced: {"label": agents.Allow, "request": agents.Allow, "self": agents.Allow, "send": agents.Ask, "delete": agents.Ask},
		policy.Careful:  {"label": agents.Ask, "request": agents.Ask, "self": agents.Allow, "send": agents.Ask, "delete": agents.Ask},
		policy.Locked:   {"label": agents.Deny, "request": agents.Deny, "self": agents.Deny, "send": agents.Deny, "delete": agents.Deny},
		"of the future": {"label": agents.Deny, "request": agents.Deny, "self": agents.Deny, "send": agents.Deny, "delete": agents.Deny},
	} {
		want["read"], want["local"], want["never"] = agents.Allow, agents.Allow, agents.Deny
		for name, verdict := range want {
			if got := policy.Decide(one[name], policy.Settings{Mode: mode}); got.Verdict != verdict {
				t.Errorf("%q, %s: %+v, want %s", mode, name, got, verdict)
			}
		}
	}
}

func TestRoles(t *testing.T) {
	s := policy.Settings{Roles: map[string][]string{"email": {"mail.search", "mail.send"}, "browsing": {"web.read"}}}
	for _, c := range []struct {
		agent, capability string
		want              agents.Verdict
	}{
		{"email", "mail.search", agents.Allow},
		{"email", "web.read", agents.Deny},
		{"browsing", "mail.search", agents.Deny},
		{"", "mail.search", agents.Deny},
		{"nobody", "mail.search", agents.Deny},
		{"email", "", agents.Deny},
	} {
		got := policy.Decide(policy.Proposal{Effect: agents.Read, Agent: c.agent, Capability: c.capability}, s)
		if got.Verdict != c.want || c.want == agents.Deny && got.Rule != "role" {
			t.Errorf("%s, %s: %+v", c.agent, c.capability, got)
		}
	}
}

func FuzzParseRules(f *testing.F) {
	for _, source := range []string{
		`forbid(principal, action, resource);`, `@ask("x") @id("y") forbid(principal == Agent::"email", action in [Action::"send"], resource in Automation::"a") when { context.recipients.containsAny(["a@b.c"]) && context.hour > 9 } unless { context.toMe };`,
		`permit(principal, action, resource);`, `forbid(principal, action, resource) when { if context.untrusted then ip("::1").isLoopback() else "a" like "*" };`,
		`forbid(principal, action, resource) when { context.items + 9223372036854775807 > 1 };`, `forbid(principal, action, resource) when { {"a": [1, -2, {}]}.a.isEmpty() };`, "@id", "\xff", "((((",
	} {
		f.Add(source)
	}
	p := addressed(sending(mailbox, mailbox, anna), "anna@example.com")
	f.Fuzz(func(t *testing.T, source string) {
		r, problems := policy.ParseRules(source)
		bad := slices.ContainsFunc(problems, func(p policy.Problem) bool { return !p.Harmless })
		if r.Readable() == bad {
			t.Fatalf("readable %v with %+v", r.Readable(), problems)
		}
		for _, one := range problems {
			if one.Message == "" || one.Line < 1 || one.Column < 1 {
				t.Fatalf("%+v", one)
			}
		}
		if got := policy.Decide(p, policy.Settings{Rules: r, Now: noon}); got.Verdict == agents.Allow || got.Rule == "" || bad && got.Verdict != agents.Ask {
			t.Fatalf("%+v", got)
		}
	})
}
