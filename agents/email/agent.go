package email

import (
	"context"

	"github.com/stewardhq/steward/agents"
)

// New makes the email agent over a mailbox and the persons in it.
func New(box Mailbox, people People) agents.Agent {
	a := &agent{box: box, people: people}
	return agents.Agent{
		Name:    "email",
		Purpose: "finds and reads the user's mail",
		Skills:  skillFolders(),
		Capabilities: []agents.Capability{
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
				Doc: "The person whose name or address has these words; null if there is none. It fails if several fit: say more of the name.",
			}, a.find),
			agents.Define(agents.Capability{
				Name: "contacts.me", Version: 1, Effect: agents.Read, Facts: true,
				Doc: "The user.",
			}, a.me),
		},
	}
}

// agent holds what the capabilities work on.
type agent struct {
	box    Mailbox
	people People
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
	found, err := a.people.Find(ctx, in.Name)
	if err != nil {
		return nil, err
	}
	label := agents.Label{Integrity: agents.FromHost, Origins: []string{originContacts}, Readers: readers(me.ID)}
	fitting := fitting(found, in.Name)
	switch len(fitting) {
	case 0:
		call.Saw(label)
		call.HostFacts()
		return nil, nil
	case 1:
		p := fitting[0]
		label.Readers = readers(me.ID, p.ID)
		if p.Known {
			call.HostFacts()
		} else {
			call.ContentDecided()
			label.Integrity = agents.Untrusted
		}
		call.Saw(label)
		p.Name = agents.Labelled(p.Name.Raw(), agents.Label{Integrity: agents.Untrusted, Origins: label.Origins, Readers: label.Readers})
		return &p, nil
	default:
		call.Saw(label)
		call.ContentDecided()
		return nil, &agents.Error{
			Code: agents.CodeInvalid, Message: "contacts.find: several people fit this name",
			Hint: "say more of the name, or give the address",
		}
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
