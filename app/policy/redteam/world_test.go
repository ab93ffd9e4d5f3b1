package redteam_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/agents/email"
	"github.com/stewardhq/steward/store"
)

// world has the capabilities of agents that come later, each declared as DESIGN section 4 says, and each doing its thing.
// It is no part of what is tested: it knows nothing of attacks, and refuses nothing by itself.
type world struct {
	sinks *sinks
	store *store.Store

	mu      sync.Mutex
	files   map[string]agents.Text
	entries []agents.Text // of the user's calendar
}

func newWorld(s *sinks, st *store.Store) *world {
	return &world{sinks: s, store: st, files: map[string]agents.Text{}}
}

// did keeps what a call did, and gives its proof.
func (w *world) did(call *agents.Call, sink, target, content string) agents.Pending {
	w.sinks.got(event{Sink: sink, Target: target, Content: content, Run: call.Run, Step: call.Seq})
	call.Prove(agents.Receipt{Kind: "provider", ID: call.Key})
	return agents.Pending{ID: call.Key}
}

func (w *world) agents() []agents.Agent {
	return []agents.Agent{
		{Name: "mailbox", Purpose: "sorts mail", Capabilities: w.sorting()},
		{Name: "browsing", Purpose: "reads pages", Capabilities: w.browsing()},
		{Name: "calendar", Purpose: "keeps the calendar", Capabilities: w.calendar()},
		{Name: "api", Purpose: "calls services", Capabilities: w.services()},
		{Name: "data", Purpose: "keeps files and counts", Capabilities: w.data()},
		{Name: "house", Purpose: "what is never silent", Capabilities: w.cards()},
	}
}

// effect is a capability that changes something; what it returns plainly is the host's own.
func effect(name, doc string, e agents.Effect) agents.Capability {
	return agents.Capability{Name: name, Doc: doc, Version: 1, Effect: e, Facts: true}
}

type mailsIn struct {
	Mails []email.Mail `json:"mails"`
}

type labelIn struct {
	Mails []email.Mail `json:"mails"`
	Label string       `json:"label" enum:"receipts|newsletters|travel|family|work|later|收據|電子報|旅行"`
}

type mailIn struct {
	Mail email.Mail `json:"mail"`
}

// items are what a change touches, with who wrote it.
func (w *world) items(ctx context.Context, mails []email.Mail) ([]agents.Item, []email.Message, error) {
	var items []agents.Item
	var messages []email.Message
	for _, m := range mails {
		message, err := w.store.Mail(ctx, m.ID)
		if err != nil {
			return nil, nil, fmt.Errorf("read a mail: %w", err)
		}
		items = append(items, agents.Item{Kind: "mail", ID: m.ID, Author: message.FromPersonID, Known: message.SenderKnown})
		messages = append(messages, message)
	}
	return items, messages, nil
}

// change is a capability over mails that does nothing but say what it did to which.
func (w *world) change(name, sink string, e agents.Effect, kind agents.Change) agents.Capability {
	c := agents.Define(effect(name, "changes mails", e), func(ctx context.Context, call *agents.Call, in mailsIn) (agents.Pending, error) {
		_, messages, err := w.items(ctx, in.Mails)
		if err != nil {
			return agents.Pending{}, err
		}
		for _, m := range messages {
			w.did(call, sink, m.From.Address, m.Subject)
		}
		call.Prove(agents.Receipt{Kind: "provider", ID: call.Key})
		return agents.Pending{ID: call.Key}, nil
	})
	return agents.Aiming(c, func(ctx context.Context, _ *agents.Call, in mailsIn) (agents.Aim, error) {
		items, _, err := w.items(ctx, in.Mails)
		return agents.Aim{Items: items, Change: kind}, err
	})
}

func (w *world) sorting() []agents.Capability {
	label := agents.Define(effect("mail.label", "puts a label on mails", agents.RemoteReversible), func(ctx context.Context, call *agents.Call, in labelIn) (agents.Pending, error) {
		_, messages, err := w.items(ctx, in.Mails)
		if err != nil {
			return agents.Pending{}, err
		}
		for _, m := range messages {
			w.did(call, "label", m.From.Address, in.Label+": "+m.Subject)
		}
		call.Prove(agents.Receipt{Kind: "provider", ID: call.Key})
		return agents.Pending{ID: call.Key}, nil
	})
	label = agents.Aiming(label, func(ctx context.Context, _ *agents.Call, in labelIn) (agents.Aim, error) {
		items, _, err := w.items(ctx, in.Mails)
		return agents.Aim{Items: items, Change: agents.ChangeLabel}, err
	})
	unsubscribe := agents.Define(effect("mail.unsubscribe", "leaves a mailing list", agents.Send), func(ctx context.Context, call *agents.Call, in mailIn) (agents.Pending, error) {
		m, err := w.store.Mail(ctx, in.Mail.ID)
		if err != nil {
			return agents.Pending{}, fmt.Errorf("read a mail: %w", err)
		}
		return w.did(call, "unsubscribe", m.From.Address, m.Subject), nil
	})
	unsubscribe = agents.Aiming(unsubscribe, func(ctx context.Context, _ *agents.Call, in mailIn) (agents.Aim, error) {
		m, err := w.store.Mail(ctx, in.Mail.ID)
		return agents.Aim{Recipients: []agents.Recipient{{Person: m.FromPersonID, Known: m.SenderKnown}}, Unsubscribes: true}, err
	})
	return []agents.Capability{
		label, unsubscribe,
		w.change("mail.archive", "archive", agents.RemoteReversible, agents.ChangeArchive),
		w.change("mail.snooze", "archive", agents.RemoteReversible, agents.ChangeSnooze),
		w.change("mail.trash", "trash", agents.Delete, ""),
	}
}

type entryIn struct {
	Title agents.Text `json:"title"`
	Start time.Time   `json:"start" sink:"payload"`
	Notes agents.Text `json:"notes,omitempty"`
}

type inviteIn struct {
	Title  agents.Text     `json:"title"`
	Start  time.Time       `json:"start" sink:"payload"`
	Guests []agents.Person `json:"guests"`
	Notes  agents.Text     `json:"notes,omitempty"`
}

// calendarLabel is that of what stands in the user's own calendar.
func (w *world) calendarLabel(ctx context.Context) (agents.Label, error) {
	user, err := w.store.Me(ctx)
	return agents.Label{Integrity: agents.FromHost, Origins: []string{"calendar"}, Readers: agents.Only(user.ID)}, err
}

// sources are the people whose words stand in an entry.
func (w *world) sources(ctx context.Context, texts ...agents.Text) ([]agents.Item, error) {
	var all []agents.Item
	for _, origin := range agents.Concat(texts...).Label().Origins {
		id, isMail := strings.CutPrefix(origin, "mail:")
		if !isMail {
			all = append(all, agents.Item{Kind: "text", ID: origin, Known: origin == "calendar"})
			continue
		}
		m, err := w.store.Mail(ctx, id)
		if err != nil {
			return nil, fmt.Errorf("read a mail: %w", err)
		}
		all = append(all, agents.Item{Kind: "mail", ID: id, Author: m.FromPersonID, Known: m.Mine || m.SenderKnown && m.Verified})
	}
	return all, nil
}

func (w *world) calendar() []agents.Capability {
	add := agents.Define(effect("calendar.add", "puts an entry without guests into the user's calendar", agents.RemoteReversible), func(_ context.Context, call *agents.Call, in entryIn) (agents.Pending, error) {
		w.mu.Lock()
		w.entries = append(w.entries, in.Title)
		w.mu.Unlock()
		return w.did(call, "entry", "", in.Title.Raw()+"\n"+in.Notes.Raw()+"\n"+in.Start.UTC().Format(time.RFC3339)), nil
	})
	add = agents.Aiming(add, func(ctx context.Context, _ *agents.Call, in entryIn) (agents.Aim, error) {
		sources, err := w.sources(ctx, in.Title, in.Notes)
		return agents.Aim{Items: []agents.Item{{Kind: "entry"}}, Change: agents.ChangeEntry, Sources: sources}, err
	})
	invite := agents.Define(effect("calendar.invite", "puts an entry into the calendars of others too", agents.Send), func(_ context.Context, call *agents.Call, in inviteIn) (agents.Pending, error) {
		for _, g := range in.Guests {
			w.did(call, "invite", g.Address, in.Title.Raw()+"\n"+in.Notes.Raw()+"\n"+in.Start.UTC().Format(time.RFC3339))
		}
		call.Prove(agents.Receipt{Kind: "provider", ID: call.Key})
		return agents.Pending{ID: call.Key}, nil
	})
	invite = agents.Aiming(invite, func(_ context.Context, call *agents.Call, in inviteIn) (agents.Aim, error) {
		aim := agents.Aim{Composed: true}
		for _, g := range in.Guests {
			aim.Recipients = append(aim.Recipients, agents.Recipient{Person: g.ID, Known: g.Known, Typed: call.Typed != nil && call.Typed(g.Address)})
		}
		return aim, nil
	})
	type none struct{}
	list := agents.Define(agents.Capability{Name: "calendar.list", Doc: "the titles of the user's entries", Version: 1, Effect: agents.Read},
		func(ctx context.Context, call *agents.Call, _ none) ([]agents.Text, error) {
			label, err := w.calendarLabel(ctx)
			if err != nil {
				return nil, err
			}
			w.mu.Lock()
			defer w.mu.Unlock()
			label.Integrity = agents.Untrusted // others write into it by inviting
			call.Saw(label)
			var titles []agents.Text
			for _, e := range w.entries {
				titles = append(titles, agents.Labelled(e.Raw(), label.Join(e.Label())))
			}
			return titles, nil
		})
	return []agents.Capability{add, invite, list}
}

type payIn struct {
	Amount float64     `json:"amount"`
	To     string      `json:"to"`
	Note   agents.Text `json:"note,omitempty"`
}

type commandIn struct {
	Command string `json:"command"`
}

type standingIn struct {
	Words agents.Text `json:"words"`
}

type personIn struct {
	Person agents.Person `json:"person"`
}

// cards are the effects that nothing but a grant makes silent.
func (w *world) cards() []agents.Capability {
	pay := agents.Define(effect("shop.pay", "pays", agents.Spend), func(_ context.Context, call *agents.Call, in payIn) (agents.Pending, error) {
		return w.did(call, "pay", in.To, fmt.Sprintf("%g %s", in.Amount, in.Note.Raw())), nil
	})
	program := agents.Define(effect("system.run", "starts a program", agents.Exec), func(_ context.Context, call *agents.Call, in commandIn) (agents.Pending, error) {
		return w.did(call, "program", "", in.Command), nil
	})
	automation := agents.Define(effect("automations.add", "makes an automation", agents.Standing), func(_ context.Context, call *agents.Call, in standingIn) (agents.Pending, error) {
		return w.did(call, "standing", "automation", in.Words.Raw()), nil
	})
	contact := agents.Define(effect("contacts.confirm", "takes somebody for known from now on", agents.Standing), func(_ context.Context, call *agents.Call, in personIn) (agents.Pending, error) {
		return w.did(call, "standing", "contact", in.Person.Address), nil
	})
	return []agents.Capability{pay, program, automation, contact}
}
