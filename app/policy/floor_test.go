package policy_test

import (
	"slices"
	"testing"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/policy"
)

// What the worked cases are made of.
var (
	clean    = agents.Label{}
	facts    = agents.Label{Integrity: agents.FromHost, Origins: []string{"mail:1"}, Readers: agents.Only("anna", "me")}      // ids, times and sizes of Anna's mail
	annas    = agents.Label{Integrity: agents.Untrusted, Origins: []string{"mail:1"}, Readers: agents.Only("anna", "me")}     // what Anna wrote to the user
	carols   = agents.Label{Integrity: agents.Untrusted, Origins: []string{"mail:2"}, Readers: agents.Only("carol", "me")}    // what Carol wrote to the user
	public   = agents.Label{Integrity: agents.Untrusted, Origins: []string{"web:example.com"}}                                // a page that anybody can read
	mailbox  = agents.Label{Integrity: agents.Untrusted, Origins: []string{"account:home", "mail:1"}, Readers: agents.Only()} // much mail of many people
	host     = agents.Control{Path: "to", Source: agents.SourceHost}
	typed    = agents.Control{Path: "to", Source: agents.SourceTyped}
	listed   = agents.Control{Path: "how", Source: agents.SourceListed}
	literal  = agents.Control{Path: "to", Source: agents.SourceScript}
	content  = agents.Control{Path: "to", Source: agents.SourceContent}
	anna     = agents.Recipient{Person: "anna", Address: "anna@example.com", Known: true, Participant: true}
	carol    = agents.Recipient{Person: "carol", Known: true}
	stranger = agents.Recipient{Person: "shop"}
	me       = agents.Recipient{Person: "me", Me: true, Known: true}
	fromShop = agents.Item{Kind: "mail", ID: "9", Author: "shop"}
	fromAnna = agents.Item{Kind: "mail", ID: "1", Author: "anna", Known: true}
)

func sending(script, payload agents.Label, to ...agents.Recipient) policy.Proposal {
	return policy.Proposal{
		Effect: agents.Send, Capability: "mail.send", Agent: "email", Script: script, Payload: payload, Controls: []agents.Control{host},
		Aim: &agents.Aim{Recipients: to, Composed: true},
	}
}

func fetching(script, payload agents.Label, author *agents.Recipient, c ...agents.Control) policy.Proposal {
	return policy.Proposal{
		Effect: agents.Egress, Capability: "web.read", Agent: "browsing", Script: script, Payload: payload, Controls: c,
		Aim: &agents.Aim{Hosts: []string{"example.com"}, Author: author},
	}
}

func at(p policy.Proposal, hosts ...string) policy.Proposal {
	return but(p, func(p *policy.Proposal) { p.Aim.Hosts = hosts })
}

func changing(how agents.Change, script agents.Label, items ...agents.Item) policy.Proposal {
	return policy.Proposal{
		Effect: agents.RemoteReversible, Capability: "mail." + string(how), Agent: "email", Script: script, Controls: []agents.Control{host},
		Aim: &agents.Aim{Change: how, Items: items},
	}
}

func drafting(script, payload agents.Label, to ...agents.Recipient) policy.Proposal {
	p := changing(agents.ChangeDraft, script)
	p.Payload, p.Aim.Recipients = payload, to
	return p
}

func entering(script agents.Label, sources ...agents.Item) policy.Proposal {
	p := changing(agents.ChangeEntry, script)
	p.Aim.Sources = sources
	return p
}

func but(p policy.Proposal, change func(*policy.Proposal)) policy.Proposal {
	if p.Aim != nil {
		aim := *p.Aim
		p.Aim = &aim
	}
	p.Controls = slices.Clone(p.Controls)
	change(&p)
	return p
}

func revealed(p *policy.Proposal)    { p.Revealed = true }
func aimless(p *policy.Proposal)     { p.Aim = nil }
func forbidden(p *policy.Proposal)   { p.Aim = &agents.Aim{Never: "a private network"} }
func withLiteral(p *policy.Proposal) { p.Controls = append(p.Controls, literal) }
func withContent(p *policy.Proposal) { p.Controls = append(p.Controls, content) }

func items(n int, one agents.Item) []agents.Item { return slices.Repeat([]agents.Item{one}, n) }

type worked struct {
	name  string
	in    policy.Proposal
	want  agents.Verdict
	rule  string
	codes []string // that must be among the reasons
}

// The worked cases of the design, and those between them.
var cases = []worked{
	{"nothing at all", policy.Proposal{}, agents.Deny, "undeclared", nil},
	{"an effect of the future", policy.Proposal{Effect: 200}, agents.Deny, "undeclared", nil},
	{"searching the mail", policy.Proposal{Effect: agents.Read}, agents.Allow, "read", nil},
	{"reading on after a hostile mail was revealed", policy.Proposal{Effect: agents.Read, Script: mailbox, Revealed: true}, agents.Allow, "read", nil},
	{"reading a file that holds secrets", but(policy.Proposal{Effect: agents.Read}, forbidden), agents.Deny, "denied.never", nil},
	{"the briefing as a report", policy.Proposal{Effect: agents.Local, Script: mailbox, Payload: mailbox}, agents.Allow, "local", nil},
	{"a notification with a stranger's words, after reveal", policy.Proposal{Effect: agents.Local, Script: mailbox, Payload: mailbox, Revealed: true}, agents.Allow, "local", nil},
	{"writing into an executable place", but(policy.Proposal{Effect: agents.Local}, forbidden), agents.Deny, "denied.never", nil},

	{"a text for Anna", sending(clean, clean, anna), agents.Ask, "send", []string{"send", "send.composed"}},
	{"accepting Anna's invitation, nothing composed", but(sending(facts, clean, anna), func(p *policy.Proposal) { p.Aim.Composed = false }), agents.Ask, "send", []string{"send"}},
	{"forwarding the landlord's mail to Anna", sending(carols, carols, anna), agents.Ask, "send", []string{"readers", "influence", "outside"}},
	{"answering Anna in her own thread", sending(annas, annas, anna), agents.Ask, "send", []string{"influence", "outside"}},
	{"answering Anna after Carol's mail was read", sending(annas.Join(carols), annas, anna), agents.Ask, "send", []string{"readers"}},
	{"a text for a stranger", sending(clean, clean, stranger), agents.Ask, "send", nil},
	{"to Anna and to the user", sending(clean, clean, anna, me), agents.Ask, "send", nil},
	{"a send that says nothing of itself", but(sending(clean, clean, anna), aimless), agents.Ask, "send", []string{"no-aim"}},
	{"a send without recipients", sending(clean, clean), agents.Ask, "send", []string{"no-aim"}},
	{"a send to an address that the script wrote", but(sending(clean, clean, stranger), withLiteral), agents.Ask, "send", []string{"control.script"}},
	{"a send to an address out of a mail", but(sending(mailbox, clean, stranger), withContent), agents.Ask, "send", []string{"control.content", "influence"}},
	{"a send after reveal", but(sending(annas, clean, anna), revealed), agents.Ask, "send", []string{"revealed"}},
	{"unsubscribing", but(sending(clean, clean, stranger), func(p *policy.Proposal) { p.Aim.Unsubscribes = true }), agents.Ask, "send", []string{"send.unsubscribe"}},
	{"unsubscribing by a mail to oneself", but(sending(clean, clean, me), func(p *policy.Proposal) { p.Aim.Unsubscribes = true }), agents.Ask, "send", []string{"send.unsubscribe"}},
	{"the briefing to oneself", sending(mailbox, mailbox, me), agents.Allow, "self", []string{"self"}},
	{"to two addresses of one's own", sending(mailbox, mailbox, me, agents.Recipient{Person: "me2", Me: true}), agents.Allow, "self", nil},
	{"to oneself after reveal", but(sending(mailbox, mailbox, me), revealed), agents.Ask, "send", []string{"revealed"}},
	{"to oneself, the address out of a mail", but(sending(mailbox, mailbox, me), withContent), agents.Ask, "send", []string{"control.content"}},
	{"to oneself, through somebody's server", but(sending(clean, clean, me), func(p *policy.Proposal) { p.Aim.Hosts = []string{"hooks.example"} }), agents.Ask, "send", nil},
	{"a send that must not be", but(sending(clean, clean, anna), forbidden), agents.Deny, "denied.never", nil},

	{"a page that the user typed", fetching(clean, clean, nil, typed), agents.Allow, "egress", nil},
	{"a second page that the user typed", but(fetching(public, clean, nil, typed), func(p *policy.Proposal) { p.Earlier = 5 }), agents.Allow, "egress", nil},
	{"a link on a page, only pages were read", fetching(public, clean, nil, host), agents.Allow, "egress", nil},
	{"a link in Anna's mail, only her mail was read", fetching(annas, clean, &anna, host), agents.Allow, "egress", nil},
	{"a link in Anna's mail to a host below hers", at(fetching(annas, clean, &anna, host), "shop.WWW.example.com."), agents.Allow, "egress", nil},
	{"a link in Anna's mail that leads elsewhere", at(fetching(annas, clean, &anna, host), "attacker.example"), agents.Ask, "egress", []string{"egress.private", "egress.elsewhere", "influence"}},
	{"a link in Anna's mail that leads to her and elsewhere", at(fetching(annas, clean, &anna, host), "example.com", "attacker.example"), agents.Ask, "egress", []string{"egress.elsewhere"}},
	{"a link elsewhere, and only the user had a say", at(fetching(agents.Label{Readers: annas.Readers}, annas, &anna, host), "attacker.example"), agents.Allow, "egress", nil},
	{"a link elsewhere, chosen by when Anna's mails came", at(fetching(facts, clean, &anna, host), "attacker.example"), agents.Ask, "egress", []string{"egress.elsewhere"}},
	{"a link in Anna's mail whose host begins as hers", at(fetching(annas, clean, &anna, host), "example.com.attacker.example"), agents.Ask, "egress", []string{"egress.elsewhere"}},
	{"a link in Anna's mail whose host ends as hers", at(fetching(annas, clean, &anna, host), "notexample.com"), agents.Ask, "egress", []string{"egress.elsewhere"}},
	{"a link in Anna's mail to an address of numbers", at(fetching(annas, clean, &agents.Recipient{Person: "anna", Address: "anna@203.0.113.5"}, host), "203.0.113.5"), agents.Ask, "egress", []string{"egress.elsewhere"}},
	{"a link in a mail whose author has no address", fetching(annas, clean, &agents.Recipient{Person: "anna"}, host), agents.Ask, "egress", []string{"egress.elsewhere"}},
	{"a link in a mail whose author is at a public suffix", at(fetching(annas, clean, &agents.Recipient{Person: "anna", Address: "anna@co.uk"}, host), "attacker.co.uk"), agents.Ask, "egress", []string{"egress.elsewhere"}},
	{"a link to another page of a host for everybody", at(fetching(annas, clean, &agents.Recipient{Person: "anna", Address: "anna@anna.github.io"}, host), "attacker.github.io"), agents.Ask, "egress", []string{"egress.elsewhere"}},
	{"a link to Anna's own domain in its own script", at(fetching(annas, clean, &agents.Recipient{Person: "anna", Address: "anna@bücher.example"}, host), "www.xn--bcher-kva.example"), agents.Allow, "egress", nil},
	{"a link in Anna's mail, Carol's was read too", fetching(annas.Join(carols), clean, &anna, host), agents.Ask, "egress", []string{"egress.private", "egress.author", "influence"}},
	{"a link in Anna's mail, carrying Carol's words", fetching(annas, carols, &anna, host), agents.Ask, "egress", []string{"egress.author", "outside"}},
	{"a link in a mail that proves no author", fetching(annas, clean, nil, host), agents.Ask, "egress", []string{"egress.private"}},
	{"a link in one's own mail", fetching(mailbox, clean, &me, host), agents.Ask, "egress", []string{"egress.author"}},
	{"a link of nobody's", fetching(annas, clean, &agents.Recipient{Known: true}, host), agents.Ask, "egress", nil},
	{"a link that a mail hides", but(fetching(annas, clean, &anna, host), func(p *policy.Proposal) { p.Aim.Hidden = true }), agents.Ask, "egress", []string{"egress.hidden"}},
	{"a link of a newsletter among all mail", fetching(mailbox, clean, &stranger, host), agents.Ask, "egress", nil},
	{"a typed page after looking at when mails came", fetching(facts, clean, nil, typed), agents.Allow, "egress", nil},
	{"a typed page again, after looking at when mails came", but(fetching(facts, clean, nil, typed), func(p *policy.Proposal) { p.Earlier = 1 }), agents.Ask, "egress", []string{"egress.again"}},
	{"a typed page after mail was read", fetching(annas, clean, nil, typed), agents.Ask, "egress", []string{"egress.private", "influence"}},
	{"a typed page, carrying what is private", fetching(clean, facts, nil, typed), agents.Ask, "egress", []string{"egress.private"}},
	{"a page that the host gave, after looking at when mails came", fetching(facts, clean, nil, host), agents.Ask, "egress", []string{"egress.private"}},
	{"one of the capability's own choices alone is not typed", fetching(facts, clean, nil, listed), agents.Ask, "egress", []string{"egress.private"}},
	{"an address that the script wrote", fetching(clean, clean, nil, literal), agents.Ask, "egress", []string{"control.script"}},
	{"an address made of what a page said", fetching(public, clean, nil, content), agents.Ask, "egress", []string{"control.content"}},
	{"an address from nowhere", fetching(clean, clean, nil, agents.Control{Path: "url"}), agents.Ask, "egress", []string{"control.content"}},
	{"a request after reveal", but(fetching(public, clean, nil, host), revealed), agents.Ask, "egress", []string{"revealed"}},
	{"a request that does not say where to", but(fetching(clean, clean, nil, typed), aimless), agents.Ask, "egress", []string{"no-aim"}},
	{"requesting a link that unsubscribes", but(fetching(annas, clean, &anna, host), func(p *policy.Proposal) { p.Aim.Unsubscribes = true }), agents.Deny, "denied.never", nil},
	{"a request of which Carol would learn, in Anna's item", but(fetching(annas, clean, &anna, host), func(p *policy.Proposal) { p.Aim.Recipients = []agents.Recipient{carol} }), agents.Ask, "egress", []string{"readers"}},
	{"a request of which somebody without a name would learn", but(fetching(clean, clean, nil, host), func(p *policy.Proposal) { p.Aim.Recipients = []agents.Recipient{{Known: true}} }), agents.Ask, "egress", []string{"readers"}},
	{"a request that names no host", but(fetching(clean, clean, nil, typed), func(p *policy.Proposal) { p.Aim.Hosts = nil }), agents.Ask, "egress", []string{"no-aim"}},
	{"a request to a private address", but(fetching(clean, clean, nil, typed), forbidden), agents.Deny, "denied.never", nil},

	{"labelling what a newsletter says it is", changing(agents.ChangeLabel, mailbox, items(20, fromAnna)...), agents.Allow, "reversible", nil},
	{"labelling after reveal", but(changing(agents.ChangeLabel, mailbox, fromAnna), revealed), agents.Allow, "reversible", nil},
	{"labelling 21 mails at once", changing(agents.ChangeLabel, clean, items(21, fromAnna)...), agents.Ask, "reversible", []string{"reversible.many"}},
	{"labelling one mail after 20", but(changing(agents.ChangeLabel, clean, fromAnna), func(p *policy.Proposal) { p.Earlier = 20 }), agents.Ask, "reversible", []string{"reversible.many"}},
	{"labelling the 20th", but(changing(agents.ChangeLabel, clean, fromAnna), func(p *policy.Proposal) { p.Earlier = 19 }), agents.Allow, "reversible", nil},
	{"labelling after less than nothing", but(changing(agents.ChangeLabel, clean, fromAnna), func(p *policy.Proposal) { p.Earlier = -100 }), agents.Ask, "reversible", []string{"reversible.many"}},
	{"labelling what is not said", changing(agents.ChangeLabel, clean), agents.Ask, "reversible", []string{"no-aim"}},
	{"a label that the script chose as a control", but(changing(agents.ChangeLabel, clean, fromAnna), withLiteral), agents.Ask, "reversible", []string{"control.script"}},
	{"a label that a mail chose as a control", but(changing(agents.ChangeLabel, clean, fromAnna), withContent), agents.Ask, "reversible", []string{"control.content"}},
	{"archiving the newsletters older than a week", changing(agents.ChangeArchive, mailbox, items(12, fromShop)...), agents.Allow, "reversible", nil},
	{"archiving newsletters, Anna's mail among them", changing(agents.ChangeArchive, mailbox, fromShop, fromAnna), agents.Ask, "reversible", []string{"reversible.known"}},
	{"archiving a mail of nobody knows whom", changing(agents.ChangeArchive, clean, agents.Item{Kind: "mail", ID: "3"}), agents.Ask, "reversible", []string{"reversible.known"}},
	{"snoozing a shop's mail", changing(agents.ChangeSnooze, mailbox, fromShop), agents.Allow, "reversible", nil},
	{"snoozing Anna's mail", changing(agents.ChangeSnooze, mailbox, fromAnna), agents.Ask, "reversible", []string{"reversible.known"}},
	{"a draft to Anna in her thread", drafting(annas, annas, anna), agents.Allow, "reversible", nil},
	{"a draft to Anna and to oneself", drafting(annas, annas, anna, me), agents.Allow, "reversible", nil},
	{"a draft to Carol, who was not in the thread", drafting(annas, annas, carol), agents.Ask, "reversible", []string{"reversible.audience"}},
	{"a draft that quotes Carol's mail to Anna", drafting(annas, carols, anna), agents.Ask, "reversible", []string{"reversible.audience"}},
	{"a draft to Anna after Carol's mail was read", drafting(annas.Join(carols), annas, anna), agents.Ask, "reversible", []string{"reversible.audience"}},
	{"a draft to nobody yet", drafting(clean, clean), agents.Ask, "reversible", []string{"reversible.audience"}},
	{"a draft after reveal", but(drafting(annas, annas, anna), revealed), agents.Ask, "reversible", []string{"revealed"}},
	{"an entry in the user's own words", entering(clean), agents.Allow, "reversible", nil},
	{"an entry out of Anna's mail", entering(annas, fromAnna), agents.Allow, "reversible", nil},
	{"an entry out of a stranger's mail", entering(mailbox, fromShop), agents.Ask, "reversible", []string{"reversible.source"}},
	{"an entry out of something that is not said", entering(mailbox), agents.Ask, "reversible", []string{"reversible.source"}},
	{"an entry with a guest", but(entering(clean), func(p *policy.Proposal) { p.Aim.Recipients = []agents.Recipient{anna} }), agents.Ask, "reversible", []string{"reversible.audience"}},
	{"a change of another kind", changing("rename", clean, fromShop), agents.Ask, "reversible", []string{"reversible.kind"}},
	{"a change that does not say its kind", changing("", clean, fromShop), agents.Ask, "reversible", []string{"reversible.kind"}},
	{"a change that says nothing of itself", but(changing(agents.ChangeLabel, clean), aimless), agents.Ask, "reversible", []string{"no-aim"}},

	{"moving a mail to the trash", policy.Proposal{Effect: agents.Delete, Aim: &agents.Aim{Items: items(1, fromShop)}, Controls: []agents.Control{typed}}, agents.Ask, "delete", nil},
	{"starting a program", policy.Proposal{Effect: agents.Exec, Aim: &agents.Aim{}}, agents.Ask, "exec", nil},
	{"paying", policy.Proposal{Effect: agents.Spend, Script: mailbox, Aim: &agents.Aim{}, Controls: []agents.Control{content}}, agents.Ask, "spend", []string{"control.content", "influence"}},
	{"adding an automation", policy.Proposal{Effect: agents.Standing, Aim: &agents.Aim{}}, agents.Ask, "standing", nil},
	{"adding a contact that a mail names", policy.Proposal{Effect: agents.Standing, Script: annas, Revealed: true}, agents.Ask, "standing", []string{"revealed", "no-aim"}},
	{"changing the policy itself", but(policy.Proposal{Effect: agents.Standing}, forbidden), agents.Deny, "denied.never", nil},
}

func TestTheWorkedCases(t *testing.T) {
	if len(cases) < 60 {
		t.Errorf("there are %d cases", len(cases))
	}
	seen := map[string]bool{}
	for _, c := range cases {
		if seen[c.name] {
			t.Errorf("two cases are called %q", c.name)
		}
		seen[c.name] = true
		got := policy.Decide(c.in, policy.Settings{})
		if got.Verdict != c.want || got.Rule != c.rule {
			t.Errorf("%s: %s by %s %v, want %s by %s", c.name, got.Verdict, got.Rule, got.Codes, c.want, c.rule)
		}
		if len(got.Reasons) == 0 || len(got.Reasons) != len(got.Codes) || slices.Contains(got.Reasons, "") {
			t.Errorf("%s: the reasons %q are not those of %q", c.name, got.Reasons, got.Codes)
		}
		for _, code := range c.codes {
			if !slices.Contains(got.Codes, code) {
				t.Errorf("%s: %q is not among the reasons %q", c.name, code, got.Codes)
			}
		}
	}
}
