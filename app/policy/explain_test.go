package policy_test

import (
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/policy"
)

func codesOf(e policy.Explanation, v agents.Verdict) []string {
	var all []string
	for _, c := range e.Changes {
		if c.Verdict == v {
			all = append(all, c.Code)
		}
	}
	return all
}

func TestExplaining(t *testing.T) {
	granted := policy.Settings{Now: noon}
	g, _ := policy.OfferGrant(weekly(), noon)
	granted.Grants = []agents.Grant{g}
	for _, c := range []struct {
		name string
		in   policy.Proposal
		s    policy.Settings
		want agents.Verdict
		rule string
		to   agents.Verdict
		by   []string
	}{
		{"a text for Anna", sending(annas, annas, anna), policy.Settings{Now: noon}, agents.Ask, "send", agents.Allow, []string{"to.self", "automation"}},
		{"an automation's", weekly(), policy.Settings{Now: noon}, agents.Ask, "send", agents.Allow, []string{"to.self", "grant"}},
		{"one with a grant", weekly(), granted, agents.Allow, "grant", agents.Ask, []string{"more.reveal", "more.people", "script.chose", "no.grants"}},
		{"a mail to oneself", sending(mailbox, mailbox, me), policy.Settings{Now: noon}, agents.Allow, "self", agents.Ask, []string{"more.reveal", "more.people", "script.chose"}},
		{"a typed page after private facts", but(fetching(facts, clean, nil, typed), func(p *policy.Proposal) { p.Earlier = 1 }), policy.Settings{}, agents.Ask, "egress", agents.Allow, []string{"without.private", "first", "author.knows"}},
		{"an archive with Anna's mail", changing(agents.ChangeArchive, mailbox, fromShop, fromAnna), policy.Settings{}, agents.Ask, "reversible", agents.Allow, []string{"fewer", "strangers.only"}},
		{"one too many", but(changing(agents.ChangeLabel, clean, fromShop), func(p *policy.Proposal) { p.Earlier = 20 }), policy.Settings{}, agents.Ask, "reversible", agents.Allow, []string{"first"}},
		{"a draft to a stranger", drafting(annas, annas, stranger), policy.Settings{}, agents.Ask, "reversible", agents.Allow, []string{"to.self", "to.thread"}},
		{"an entry of a stranger's", entering(annas, fromShop), policy.Settings{}, agents.Ask, "reversible", agents.Allow, []string{"known.sources"}},
		{"a label in careful mode", changing(agents.ChangeLabel, clean, fromShop), policy.Settings{Mode: policy.Careful}, agents.Ask, "mode.careful", agents.Allow, []string{"mode.balanced"}},
		{"a label in locked mode", changing(agents.ChangeLabel, clean, fromShop), policy.Settings{Mode: policy.Locked}, agents.Deny, "mode.locked", agents.Allow, []string{"mode.balanced"}},
		{"a label against a rule", changing(agents.ChangeLabel, clean, fromShop), policy.Settings{Rules: rules(t, "forbid(principal, action, resource);")}, agents.Deny, "rule:1", agents.Allow, []string{"no.rules"}},
		{"another's capability", changing(agents.ChangeLabel, clean, fromShop), policy.Settings{Roles: map[string][]string{}}, agents.Deny, "role", agents.Allow, []string{"no.roles"}},
		{"what never is", but(sending(clean, clean, anna), forbidden), policy.Settings{}, agents.Deny, "denied.never", agents.Allow, nil},
	} {
		got := policy.Explain(c.in, c.s)
		if got.Verdict != c.want || got.Rule != c.rule {
			t.Errorf("%s: %s by %s", c.name, got.Verdict, got.Rule)
		}
		if codes := codesOf(got, c.to); !slices.Equal(codes, c.by) {
			t.Errorf("%s: it becomes %s by %q, want %q", c.name, c.to, codes, c.by)
		}
		var layers []string
		for _, l := range got.Layers {
			layers = append(layers, l.Layer)
			if l.Reasons == nil || l.Codes == nil {
				t.Errorf("%s: %+v", c.name, l)
			}
		}
		if !slices.Equal(layers, []string{"floor", "roles", "mode", "rules", "grants"}) {
			t.Errorf("%s: %q", c.name, layers)
		}
	}
}

// An explanation says what is decided, changes nothing, and each change that it names is another verdict.
func TestExplanationsAgreeWithDecisions(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 6))
	grants, bases := offered(t, r, 40)
	for round := range 600 {
		p := random(r)
		if round%3 == 0 {
			p = bases[round%len(bases)]
		}
		s := policy.Settings{Mode: pick(r, "", policy.Careful, policy.Locked), Rules: pick(r, someRules...), Now: noon, Grants: pick(r, nil, grants)}
		before := clone(t, p)
		d, e := policy.Decide(p, s), policy.Explain(p, s)
		if d.Verdict != e.Verdict || d.Rule != e.Rule {
			t.Fatalf("decided %+v, explained %+v", d, e)
		}
		for _, c := range e.Changes {
			if c.Verdict == e.Verdict || c.Text == "" || c.Code == "" {
				t.Fatalf("%+v", c)
			}
		}
		if again := policy.Decide(before, s); again.Verdict != d.Verdict || again.Rule != d.Rule {
			t.Fatal("explaining changed the proposal")
		}
	}
}

func TestCasesOfAFile(t *testing.T) {
	file, err := os.ReadFile("testdata/cases.yaml")
	if err != nil {
		t.Fatal(err)
	}
	results, err := policy.RunCases(file, policy.Settings{Now: noon})
	if err != nil || len(results) != 8 {
		t.Fatal(results, err)
	}
	for _, r := range results {
		if !r.OK || r.Name == "" || r.Rule == "" || len(r.Codes) == 0 {
			t.Errorf("%+v", r)
		}
	}
	if results, err = policy.RunCases(file, policy.Settings{Mode: policy.Locked}); err != nil || results[0].OK || results[0].Got != agents.Deny || results[0].Rule != "mode.locked" {
		t.Errorf("while locked: %+v %v", results, err)
	}
	own := []byte("mode: careful\nrules: |\n  @id(\"late\") forbid(principal, action in Action::\"send\", resource) when { context.hour >= 22 };\ncases:\n" +
		"- {name: late, want: deny, rule: \"rule:late\", because: [rule], at: 2026-11-25 23:00, proposal: {effect: send, to: [me]}}\n" +
		"- {name: early, want: allow, at: 2026-11-25 09:00, proposal: {effect: send, to: [me]}}\n" +
		"- {name: label, want: ask, rule: mode.careful, at: 2026-11-25 09:00, proposal: {effect: remote-reversible, change: label, items: [shop]}}\n" +
		"- {name: wrong, want: allow, proposal: {effect: delete}}\n")
	results, err = policy.RunCases(own, policy.Settings{Now: noon})
	if err != nil || len(results) != 4 || !results[0].OK || !results[1].OK || !results[2].OK || results[3].OK {
		t.Errorf("%+v %v", results, err)
	}
}

func TestFilesOfCasesThatAreNotRight(t *testing.T) {
	one := func(more string) string {
		return "cases:\n- {name: a, want: allow, proposal: {effect: read" + more + "}}\n"
	}
	if results, err := policy.RunCases([]byte(one("")), policy.Settings{}); err != nil || !results[0].OK {
		t.Fatal(results, err)
	}
	for name, file := range map[string]string{
		"nothing": "", "no cases": "cases: []", "no yaml": "cases: [", "a list": "- a\n- b", "an unknown word": "casses: []",
		"no name": "cases:\n- {want: allow, proposal: {effect: read}}", "no verdict": "cases:\n- {name: a, proposal: {effect: read}}",
		"a wrong verdict": "cases:\n- {name: a, want: maybe, proposal: {effect: read}}", "no effect": "cases:\n- {name: a, want: deny, proposal: {}}",
		"a wrong effect": "cases:\n- {name: a, want: deny, proposal: {effect: rad}}", "a wrong reason": "cases:\n- {name: a, want: allow, because: [x], proposal: {effect: read}}",
		"a wrong time": "cases:\n- {name: a, want: allow, at: noon, proposal: {effect: read}}", "a wrong mode": "mode: lax\n" + one(""),
		"wrong rules": "rules: forbid\n" + one(""), "a wrong control": one(", controls: [me]"), "a wrong influence": one(", script: {influence: much}"),
		"a wrong recipient": one(", to: [anna friend]"), "an empty recipient": one(", to: [\" \"]"),
		"a wrong item": one(", items: [a b c]"), "very many items": one(", items: [100000 shop]"),
		"a wrong change": one(", change: rename"), "an unknown field": one(", colour: red"),
		"an alias": "mode: &a careful\n" + one(""), "two documents": one("") + "---\n" + one(""),
		"deep lists": "cases: " + strings.Repeat("[", 1000), "deep blocks": strings.Repeat("- ", 1000), "no text": "\xff", "too long": strings.Repeat("# long\n", 100_000),
	} {
		_, err := policy.RunCases([]byte(file), policy.Settings{})
		if agents.CodeOf(err) != agents.CodeInvalid || agents.AsError(err).Hint == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestReadingOneProposal(t *testing.T) {
	p, err := policy.ReadProposal([]byte("effect: send\nto: [anna known, me]\ncontrols: [host, script]\nitems: [2 nobody]\nscript: {influence: host}\n"))
	if err != nil || p.Effect != agents.Send || len(p.Aim.Recipients) != 2 || !p.Aim.Recipients[0].Known || p.Aim.Recipients[0].Me || !p.Aim.Recipients[1].Me ||
		len(p.Controls) != 2 || p.Controls[1].Source != agents.SourceScript || len(p.Aim.Items) != 2 || p.Aim.Items[0].Author != "" || p.Script.Integrity != agents.FromHost || p.Script.Readers.Limited {
		t.Errorf("%+v %+v %v", p, p.Aim, err)
	}
	if _, err := policy.ReadProposal([]byte("effect: nothing")); agents.CodeOf(err) != agents.CodeInvalid {
		t.Error(err)
	}
}

func FuzzRunCases(f *testing.F) {
	file, err := os.ReadFile("testdata/cases.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(file)
	f.Add([]byte("cases:\n- {name: a, want: allow, at: 2026-11-25 23:00, proposal: {effect: read, to: [a], items: [3 b]}}"))
	f.Add([]byte("mode: careful\nrules: |\n  permit(principal, action, resource);\ncases: [{name: a}]"))
	f.Fuzz(func(t *testing.T, file []byte) {
		results, err := policy.RunCases(file, policy.Settings{Now: noon})
		if err != nil && (agents.CodeOf(err) != agents.CodeInvalid || agents.AsError(err).Hint == "" || results != nil) {
			t.Fatal(err)
		}
		for _, r := range results {
			if strictly := r.Got == r.Want; r.OK && !strictly || r.Name == "" || r.Rule == "" {
				t.Fatalf("%+v", r)
			}
		}
		if _, err := policy.ReadProposal(file); err != nil && agents.CodeOf(err) != agents.CodeInvalid {
			t.Fatal(err)
		}
	})
}
