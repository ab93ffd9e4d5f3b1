package email

import (
	"context"
	"strings"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/agents/email/letter"
)

// New makes the email agent over a mailbox, the persons in it, and what sends; nil sends nothing.
func New(box Mailbox, people People, sender Sender) agents.Agent {
	a := &agent{box: box, people: people, sender: sender}
	return agents.Agent{
		Name:    "email",
		Purpose: "finds, reads, writes and sends the user's mail",
		Skills:  skillFolders(),
		Capabilities: append([]agents.Capability{
			agents.Define(agents.Capability{
				Name: "mail.search", Version: 1, Effect: agents.Read,
				Doc: "Finds mail, newest first. The query is words, \"a phrase\", -without, OR, from: subject: is:unread newer_than:7d …; \"\" is all. Prefer a Person and Dates in the options. With options.from, forged mail is left out.",
			}, a.search),
			agents.Define(agents.Capability{
				Name: "mail.count", Version: 1, Effect: agents.Read,
				Doc: "Counts mail; takes what mail.search takes.",
			}, a.count),
			agents.Define(agents.Capability{
				Name: "mail.thread", Version: 1, Effect: agents.Read,
				Doc: "The whole conversation that a mail belongs to, oldest first.",
			}, a.thread),
			agents.Define(agents.Capability{
				Name: "mail.body", Version: 1, Effect: agents.Read, Facts: true,
				Doc: "The text of a mail, quoted replies and signature left out.",
			}, a.body),
			agents.Define(agents.Capability{
				Name: "mail.links", Version: 1, Effect: agents.Read,
				Doc: "The links to pages in a mail, at most 200.",
			}, a.links),
			agents.Define(agents.Capability{
				Name: "contacts.find", Version: 1, Effect: agents.Read,
				Doc: "The person of this name, or of an address that the user typed or a mail names; null if none. Fails if several fit.",
			}, a.find),
			agents.Define(agents.Capability{
				Name: "contacts.me", Version: 1, Effect: agents.Read, Facts: true,
				Doc: "The user.",
			}, a.me),
		}, a.sending()...),
	}
}

// agent holds what the capabilities work on.
type agent struct {
	box    Mailbox
	people People
	sender Sender
}

type findIn struct {
	Name string `json:"name"`
}

// find looks among those that the user knows first. A stranger chooses their own name, so a stranger's is content's say.
func (a *agent) find(ctx context.Context, call *agents.Call, in findIn) (*agents.Person, error) {
	if !searchable(in.Name) {
		return nil, &agents.Error{Code: agents.CodeInvalid, Message: "contacts.find: name has no letter to look for", Hint: `give a name or an address, such as contacts.find("Anna Chen")`}
	}
	me, err := a.people.Me(ctx)
	if err != nil {
		return nil, err
	}
	if strings.ContainsAny(in.Name, "@＠") {
		return a.findAddress(ctx, call, me, strings.TrimSpace(in.Name))
	}
	found, err := a.people.Find(ctx, in.Name)
	if err != nil {
		return nil, err
	}
	fitting := fitting(found, in.Name)
	if len(fitting) == 0 {
		call.Saw(contact(me))
		call.HostFacts()
		return nil, nil
	}
	if len(fitting) == 1 {
		return met(call, me, fitting[0], fitting[0].Known), nil
	}
	call.Saw(contact(me))
	call.ContentDecided()
	return nil, &agents.Error{
		Code: agents.CodeInvalid, Message: "contacts.find: several people fit this name",
		Hint: "say more of the name, or give the address",
	}
}

// contact is the label of having looked for somebody.
func contact(known ...agents.Person) agents.Label {
	ids := make([]string, len(known))
	for i, p := range known {
		ids[i] = p.ID
	}
	return agents.Label{Integrity: agents.FromHost, Origins: []string{originContacts}, Readers: readers(ids...)}
}

// met gives somebody who was found. sure says that it is the host's fact who this is: the user knows them, or typed the
// address.
func met(call *agents.Call, me, p agents.Person, sure bool) *agents.Person {
	label := contact(me, p)
	if sure {
		call.HostFacts()
	} else {
		call.ContentDecided()
		label.Integrity = agents.Untrusted
	}
	call.Saw(label)
	if !p.Name.Outside() && p.Name.Raw() == p.Address {
		return &p // an address that the user typed, and not what somebody calls themselves
	}
	p.Name = agents.Labelled(p.Name.Raw(), agents.Label{Integrity: agents.Untrusted, Origins: label.Origins, Readers: label.Readers})
	return &p
}

// findAddress finds who has exactly this address: somebody of the mailbox, or, where the user typed it whole, anybody. A
// part of an address, one that looks like it, or a name that is written like one, is nobody's.
func (a *agent) findAddress(ctx context.Context, call *agents.Call, me agents.Person, address string) (*agents.Person, error) {
	if _, err := letter.Canonical(address); err != nil {
		return nil, &agents.Error{
			Code: agents.CodeInvalid, Message: "contacts.find: name is not one whole address",
			Hint: "give the address alone, without a name, quotes, brackets or commas: contacts.find(\"anna@example.com\")",
		}
	}
	typed := call.Typed != nil && call.Typed(address)
	p, err := a.people.PersonFor(ctx, address)
	if err != nil {
		return nil, err
	}
	known, err := a.people.Person(ctx, p.ID)
	switch {
	case err == nil:
		return met(call, me, known, known.Known || typed), nil
	case agents.CodeOf(err) != agents.CodeNotFound:
		return nil, err
	case typed || p.Known:
		return met(call, me, p, true), nil
	default:
		call.Saw(contact(me))
		call.HostFacts()
		return nil, nil
	}
}

// fitting is the one who is meant, or all who may be: an exact name or address beats a part of one, and whom the user
// knows beats a stranger.
func fitting(found []agents.Person, name string) []agents.Person {
	best, rank := []agents.Person(nil), -1
	for _, p := range found {
		r := 0
		if sameName(p.Name.Raw(), name) || sameName(p.Address, name) {
			r = 1
		}
		if p.Known {
			r += 2
		}
		if r > rank {
			best, rank = nil, r
		}
		if r == rank {
			best = append(best, p)
		}
	}
	return best
}

func (a *agent) me(ctx context.Context, _ *agents.Call, _ struct{}) (agents.Person, error) {
	return a.people.Me(ctx)
}
