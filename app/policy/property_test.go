package policy_test

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/policy"
)

// rounds is how many proposals each property is tried on.
const rounds = 10_000

var (
	noon = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
	rank = map[agents.Verdict]int{agents.Allow: 0, agents.Ask: 1, agents.Deny: 2}
)

func pick[T any](r *rand.Rand, all ...T) T { return all[r.IntN(len(all))] }

func some[T any](r *rand.Rand, most int, all ...T) []T {
	var out []T
	for range r.IntN(most + 1) {
		out = append(out, pick(r, all...))
	}
	return out
}

func randomLabel(r *rand.Rand) agents.Label {
	l := pick(r, clean, facts, annas, carols, public, mailbox)
	if r.IntN(4) == 0 {
		l = l.Join(pick(r, facts, annas, carols, public))
	}
	return l
}

func randomRecipient(r *rand.Rand) agents.Recipient {
	p := pick(r, anna, carol, stranger, me, me)
	p.Address = pick(r, p.Person+"@example.com", p.Person+"@example.org", "")
	p.Known, p.Participant, p.Typed = p.Known && r.IntN(4) > 0, r.IntN(2) == 0, r.IntN(2) == 0
	return p
}

// random is a proposal in which, more often than by chance, everything is in order.
func random(r *rand.Rand) policy.Proposal {
	p := policy.Proposal{
		Run: "r1", Automation: pick(r, "", "a1", "a1", "a2"), Hash: pick(r, "h1", "h1", "h2", ""), Agent: pick(r, "email", "browsing"),
		Capability: pick(r, "mail.send", "mail.label", "web.read"), Effect: agents.Effect(r.IntN(int(agents.Standing) + 2)),
		Script: randomLabel(r), Payload: randomLabel(r), Revealed: r.IntN(5) == 0, Earlier: pick(r, 0, 0, 1, 19, 20, 21),
		Controls: some(r, 2, host, host, typed, typed, listed, literal, content),
	}
	if r.IntN(10) == 0 {
		return p
	}
	a := &agents.Aim{
		Hosts: some(r, 2, "example.com", "example.com", "example.org", "www.example.com", "badexample.com", "example.com.example.org"), Items: some(r, 22, fromShop, fromShop, fromAnna), Sources: some(r, 2, fromShop, fromAnna, fromAnna),
		Change: pick(r, agents.ChangeLabel, agents.ChangeArchive, agents.ChangeSnooze, agents.ChangeDraft, agents.ChangeEntry, ""), Composed: r.IntN(2) == 0, Hidden: r.IntN(8) == 0, Unsubscribes: r.IntN(8) == 0,
		Never: pick(r, "", "", "", "", "", "", "", "", "", "a private network"),
	}
	for range r.IntN(3) {
		a.Recipients = append(a.Recipients, randomRecipient(r))
	}
	if r.IntN(2) == 0 {
		author := randomRecipient(r)
		a.Author = &author
	}
	p.Aim = a
	return p
}

// Each of these makes a proposal more doubtful, and so never looser.
var worse = map[string]func(*rand.Rand, *policy.Proposal){
	"more influence on the script":   func(_ *rand.Rand, p *policy.Proposal) { p.Script.Integrity = agents.Untrusted },
	"the script has read more":       func(r *rand.Rand, p *policy.Proposal) { p.Script = p.Script.Join(randomLabel(r)) },
	"more influence on the payload":  func(_ *rand.Rand, p *policy.Proposal) { p.Payload.Integrity = agents.Untrusted },
	"more is carried":                func(r *rand.Rand, p *policy.Proposal) { p.Payload = p.Payload.Join(randomLabel(r)) },
	"fewer readers of the script":    func(r *rand.Rand, p *policy.Proposal) { p.Script.Readers = fewer(r, p.Script.Readers) },
	"fewer readers of the payload":   func(r *rand.Rand, p *policy.Proposal) { p.Payload.Readers = fewer(r, p.Payload.Readers) },
	"the script has revealed":        func(_ *rand.Rand, p *policy.Proposal) { p.Revealed = true },
	"a control of the script's":      func(_ *rand.Rand, p *policy.Proposal) { p.Controls = append(p.Controls, literal) },
	"a control of content's":         func(_ *rand.Rand, p *policy.Proposal) { p.Controls = append(p.Controls, content) },
	"a control from nowhere":         func(_ *rand.Rand, p *policy.Proposal) { p.Controls = append(p.Controls, agents.Control{}) },
	"a control of an unknown source": func(_ *rand.Rand, p *policy.Proposal) { p.Controls = append(p.Controls, agents.Control{Source: "new"}) },
	"more was done before":           func(r *rand.Rand, p *policy.Proposal) { p.Earlier += r.IntN(30) },
	"no aim":                         noAim,
	"undeclared":                     func(_ *rand.Rand, p *policy.Proposal) { p.Effect = agents.Undeclared },
	"one more recipient": func(r *rand.Rand, p *policy.Proposal) {
		if p.Aim != nil && len(p.Aim.Recipients) > 0 { // no recipients mean that they are not known
			p.Aim.Recipients = append(p.Aim.Recipients, randomRecipient(r))
		}
	},
	"one more item": func(r *rand.Rand, p *policy.Proposal) {
		if p.Aim != nil && len(p.Aim.Items) > 0 {
			p.Aim.Items = append(p.Aim.Items, pick(r, fromShop, fromAnna))
		}
	},
	"the recipients' authors are unknown": func(_ *rand.Rand, p *policy.Proposal) {
		if p.Aim != nil {
			p.Aim.Author = nil
			for i := range p.Aim.Items {
				p.Aim.Items[i].Author = ""
			}
		}
	},
	"hidden": func(_ *rand.Rand, p *policy.Proposal) {
		if p.Aim != nil {
			p.Aim.Hidden, p.Aim.Unsubscribes = true, true
		}
	},
	"never": func(_ *rand.Rand, p *policy.Proposal) {
		if p.Aim != nil {
			p.Aim.Never = "no"
		}
	},
}

func noAim(_ *rand.Rand, p *policy.Proposal) {
	if p.Aim == nil || p.Aim.Never == "" && !p.Aim.Unsubscribes { // what must never be is said by the aim
		p.Aim = nil
	}
}

func fewer(r *rand.Rand, all agents.Readers) agents.Readers {
	if !all.Limited {
		return agents.Only("anna", "carol", "me")
	}
	if len(all.People) == 0 {
		return all
	}
	return agents.Only(slices.Delete(slices.Clone(all.People), 0, 1+r.IntN(len(all.People)))...)
}

// clone is a proposal that shares nothing.
func clone(t *testing.T, p policy.Proposal) policy.Proposal {
	t.Helper()
	raw, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	var c policy.Proposal
	if err := json.Unmarshal(raw, &c); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestWhatIsMoreDoubtfulIsNeverLooser(t *testing.T) {
	for name, change := range worse {
		r := rand.New(rand.NewPCG(1, uint64(len(name))))
		for range rounds / 5 {
			p := random(r)
			q := clone(t, p)
			change(r, &q)
			for _, mode := range policy.Modes {
				s := policy.Settings{Mode: mode, Now: noon}
				before, after := policy.Decide(p, s), policy.Decide(q, s)
				if rank[after.Verdict] < rank[before.Verdict] {
					t.Fatalf("%s: %s became %s\n%+v %+v", name, before.Verdict, after.Verdict, p, p.Aim)
				}
			}
		}
	}
}

// offered are grants, and what they were offered for.
func offered(t testing.TB, r *rand.Rand, n int) (all []agents.Grant, bases []policy.Proposal) {
	t.Helper()
	for tries := 0; len(all) < n; tries++ {
		if tries > 1_000_000 {
			t.Fatal("no grant is ever offered")
		}
		p := random(r)
		if g, ok := policy.OfferGrant(p, noon.Add(-time.Hour)); ok {
			g.ID = "g"
			all, bases = append(all, g), append(bases, p)
		}
	}
	return all, bases
}

var someRules = func() []*policy.Rules {
	all := []*policy.Rules{nil, {}}
	for _, source := range []string{
		`forbid(principal, action in Action::"send", resource) when { context.untrusted };`,
		`@ask("look at it") forbid(principal == Agent::"browsing", action, resource);`,
		`permit(principal, action, resource);`,
		`forbid(principal, action, resource) when { context.recipients.contains("carol@example.com") };`,
		`forbid(principal, action, resource) unless { context.people.containsAny(["anna"]) };`,
	} {
		r, problems := policy.ParseRules(source)
		if !r.Readable() {
			panic(problems)
		}
		all = append(all, r)
	}
	return all
}()

// Mode and rules never loosen, and nothing but a grant that matches, of a proposal for which one may be given, turns a
// question into silence.
func TestSettingsOnlyTightenAndOnlyAGrantAnswers(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	grants, bases := offered(t, r, 400)
	answered := 0
	for round := range rounds {
		p := random(r)
		if r.IntN(4) == 0 {
			p = bases[round%len(bases)]
		}
		s := policy.Settings{Mode: pick(r, "", policy.Balanced, policy.Careful, policy.Locked, "new"), Rules: pick(r, someRules...), Now: noon}
		if r.IntN(3) == 0 {
			s.Roles = map[string][]string{"email": {"mail.send", "mail.label"}}
		}
		least, without := policy.Decide(p, policy.Settings{}), policy.Decide(p, s)
		if rank[without.Verdict] < rank[least.Verdict] {
			t.Fatalf("%+v loosens %s to %s\n%+v", s, least.Verdict, without.Verdict, p)
		}
		s.Grants = grants
		with := policy.Decide(p, s)
		if with.Verdict == without.Verdict {
			continue
		}
		_, grantable := policy.OfferGrant(p, noon)
		if without.Verdict != agents.Ask || with.Verdict != agents.Allow || with.Rule != "grant" || with.Grant == "" || !grantable ||
			!slices.ContainsFunc(grants, func(g agents.Grant) bool { return policy.Answers(g, p, noon) }) {
			t.Fatalf("with grants %s became %+v\n%+v %+v", without.Verdict, with, p, p.Aim)
		}
		answered++
	}
	if answered < 50 {
		t.Errorf("only %d questions were answered by grants: the property is hardly tried", answered)
	}
}

// What was offered answers the question, and nothing that differs in what the grant says.
func TestAnOfferAnswersItsOwnQuestionOnly(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	other := map[string]func(*policy.Proposal){
		"another automation":  func(p *policy.Proposal) { p.Automation = "a9" },
		"no automation":       func(p *policy.Proposal) { p.Automation = "" },
		"another script":      func(p *policy.Proposal) { p.Hash = "h9" },
		"another capability":  func(p *policy.Proposal) { p.Capability = "mail.forward" },
		"another effect":      func(p *policy.Proposal) { p.Effect = p.Effect%agents.Standing + 1 },
		"a recipient more":    func(p *policy.Proposal) { p.Aim.Recipients = append(p.Aim.Recipients, agents.Recipient{Person: "new"}) },
		"other recipients":    func(p *policy.Proposal) { p.Aim.Recipients = []agents.Recipient{{Person: "new"}} },
		"a host more":         func(p *policy.Proposal) { p.Aim.Hosts = append(p.Aim.Hosts, "new.example") },
		"another origin":      func(p *policy.Proposal) { p.Payload = p.Payload.Join(agents.Label{Origins: []string{"file:new"}}) },
		"another origin read": func(p *policy.Proposal) { p.Script = p.Script.Join(agents.Label{Origins: []string{"file:new"}}) },
		"reveal":              revealed, "a literal": withLiteral, "content's choice": withContent, "no aim": aimless, "never": forbidden,
		"a hidden link":  func(p *policy.Proposal) { p.Aim.Hidden = true },
		"unsubscribing":  func(p *policy.Proposal) { p.Aim.Unsubscribes = true },
		"many items":     func(p *policy.Proposal) { p.Aim.Items = items(21, fromShop) },
		"no controls":    func(p *policy.Proposal) { p.Controls = nil },
		"an unknown one": func(p *policy.Proposal) { p.Aim.Recipients = append(p.Aim.Recipients, agents.Recipient{}) },
	}
	for tried := 0; tried < 500; {
		p := random(r)
		g, ok := policy.OfferGrant(p, noon)
		if !ok {
			continue
		}
		tried++
		if !policy.Answers(g, p, noon) {
			t.Fatalf("the offer %+v does not answer %+v %+v", g, p, p.Aim)
		}
		if err := policy.CheckGrant(g, g, noon); err != nil {
			t.Fatalf("the offer itself is refused: %v", err)
		}
		for name, change := range other {
			q := clone(t, p)
			change(&q)
			if policy.Answers(g, q, noon) {
				t.Fatalf("%s: the offer %+v answers %+v %+v", name, g, q, q.Aim)
			}
		}
	}
}

func TestDecidingChangesNothing(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	grants, _ := offered(t, r, 20)
	s := policy.Settings{Mode: policy.Careful, Rules: someRules[2], Grants: grants, Now: noon}
	for range 2000 {
		p := random(r)
		before := clone(t, p)
		first := policy.Decide(p, s)
		second := policy.Decide(p, s)
		a, errA := json.Marshal(first)
		b, errB := json.Marshal(second)
		if errA != nil || errB != nil || string(a) != string(b) {
			t.Fatalf("the same proposal is %s and then %s", a, b)
		}
		was, errA := json.Marshal(before)
		is, errB := json.Marshal(p)
		if errA != nil || errB != nil || string(was) != string(is) {
			t.Fatalf("deciding changed %s to %s", was, is)
		}
	}
}
