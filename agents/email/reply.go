package email

import (
	"context"
	"fmt"
	"strings"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/agents/email/letter"
)

type replyIn struct {
	Mail    Mail          `json:"mail"`
	Body    agents.Text   `json:"body"`
	Options *replyOptions `json:"options,omitempty"`
}

type replyOptions struct {
	All bool `json:"all,omitempty" doc:"to all in it"`
}

// reply answers a mail. To whom is in the mail, so its sender has a say in it.
func (a *agent) reply(ctx context.Context, call *agents.Call, in replyIn) (Draft, error) {
	m, label, err := a.look(ctx, call, in.Mail.ID)
	if err != nil {
		return Draft{}, err
	}
	call.ContentDecided()
	accounts, err := a.accounts(ctx)
	if err != nil {
		return Draft{}, err
	}
	me, err := a.people.Me(ctx)
	if err != nil {
		return Draft{}, err
	}
	mine := []string{me.Address}
	for _, account := range accounts {
		mine = append(mine, account.Address)
	}
	to, cc := recipients(&m, mine, in.Options != nil && in.Options.All)
	d := Draft{Body: in.Body, Mail: m.ID, Subject: answering(m.Subject, label)}
	if d.To, err = a.persons(ctx, to, label); err != nil {
		return Draft{}, err
	}
	if d.Cc, err = a.persons(ctx, cc, label); err != nil {
		return Draft{}, err
	}
	if letter.ValidID(m.MessageID) {
		d.Answers = agents.Labelled(m.MessageID, label)
		var before []string
		for _, id := range m.References {
			if letter.ValidID(id) {
				before = append(before, id)
			}
		}
		if len(before) > 0 {
			d.References = agents.Labelled(strings.Join(before, " "), label)
		}
	}
	return a.finish(ctx, call, d, "mail.reply: draft", addressesOf(&m))
}

// look reads a message's header and joins it into the call.
func (a *agent) look(ctx context.Context, call *agents.Call, id string) (Message, agents.Label, error) {
	m, err := a.box.Mail(ctx, id)
	if err != nil {
		return Message{}, agents.Label{}, err
	}
	v, err := a.viewer(ctx)
	if err != nil {
		return Message{}, agents.Label{}, err
	}
	label := v.label(&m)
	call.Saw(agents.Label{Integrity: agents.FromHost, Origins: label.Origins, Readers: label.Readers})
	return m, label, nil
}

// recipients says to whom an answer goes: to whoever is to be answered, else to the sender; to a mail of one's own, to
// those whom it went to. With all, to everybody else as well, in copy.
func recipients(m *Message, mine []string, all bool) (to, cc []Address) {
	to = []Address{m.From}
	if len(m.ReplyTo) > 0 {
		to = m.ReplyTo
	}
	if m.Mine || isOneOf(m.From.Address, mine) {
		to = m.To
	}
	if all {
		cc = append(append([]Address{}, m.To...), m.Cc...)
		if len(m.ReplyTo) > 0 {
			cc = append(cc, m.From)
		}
	}
	used := map[string]bool{"": true}
	keep := func(list []Address) (kept []Address) {
		for _, a := range list {
			if key := agents.FoldAddress(a.Address); !used[key] && !isOneOf(a.Address, mine) {
				used[key] = true
				kept = append(kept, a)
			}
		}
		return kept
	}
	to, cc = keep(to), keep(cc)
	if len(to) == 0 && len(cc) == 0 { // a note to oneself
		to = []Address{m.From}
	}
	if len(to) == 0 {
		to, cc = cc, nil
	}
	return to, cc
}

// persons gives the addresses of a message as the persons who have them.
func (a *agent) persons(ctx context.Context, list []Address, label agents.Label) ([]agents.Person, error) {
	all := make([]agents.Person, 0, len(list))
	for _, address := range list {
		p, err := a.people.PersonFor(ctx, address.Address)
		if err != nil {
			return nil, err
		}
		all = append(all, person(p.ID, address, p.Known, label))
	}
	return all, nil
}

func addressesOf(m *Message) []string {
	var all []string
	for _, a := range append(append([]Address{}, m.To...), m.Cc...) {
		all = append(all, a.Address)
	}
	if m.Mine {
		all = append(all, m.From.Address)
	}
	return all
}

// answering is the subject of an answer: the mail's own words keep their label.
func answering(subject string, label agents.Label) agents.Text {
	return prefixed("Re: ", subject, label, replyMarks...)
}

func prefixed(prefix, subject string, label agents.Label, already ...string) agents.Text {
	lower := strings.ToLower(strings.TrimSpace(subject))
	for _, p := range already {
		if strings.HasPrefix(lower, p) {
			return agents.Labelled(subject, label)
		}
	}
	if subject == "" {
		return agents.Plain(strings.TrimSpace(prefix))
	}
	return agents.Concat(agents.Plain(prefix), agents.Labelled(subject, label))
}

type forwardIn struct {
	Mail Mail            `json:"mail"`
	To   []agents.Person `json:"to"`
	Note agents.Text     `json:"note,omitempty" doc:"stands above the mail"`
}

// forward shows a mail to somebody else: its text, with the lines of its header that matter. Files are not sent along, and
// the text says so.
func (a *agent) forward(ctx context.Context, call *agents.Call, in forwardIn) (Draft, error) {
	m, label, err := a.look(ctx, call, in.Mail.ID)
	if err != nil {
		return Draft{}, err
	}
	raw, err := a.box.Raw(ctx, m.ID)
	if err != nil {
		return Draft{}, err
	}
	said := func(text string) agents.Text { return agents.Labelled(text, label) }
	body := []agents.Text{}
	if size(in.Note) > 0 {
		body = append(body, in.Note, agents.Plain("\n\n"))
	}
	body = append(body, agents.Plain("---------- Forwarded message ----------\n"))
	field := func(name, value string) {
		if value != "" {
			body = append(body, agents.Plain(name+": "), subjectLine(said(value)), agents.Plain("\n"))
		}
	}
	field("From", shownAs(m.From))
	if !m.Sent.IsZero() {
		field("Date", m.Sent.UTC().Format("Mon, 2 Jan 2006 15:04 UTC"))
	}
	field("Subject", m.Subject)
	field("To", shownAs(m.To...))
	field("Cc", shownAs(m.Cc...))
	var files []string
	for _, f := range m.Attachments {
		if !f.Inline && f.Name != "" {
			files = append(files, f.Name)
		}
	}
	field("Files (not sent along)", strings.Join(files, ", "))
	body = append(body, agents.Plain("\n"), said(Text(raw)))
	d := Draft{
		To: in.To, Body: agents.Concat(body...), Mail: m.ID,
		Subject: prefixed("Fwd: ", m.Subject, label, "fwd:", "fw:", "轉寄:", "轉寄："),
	}
	return a.finish(ctx, call, d, "mail.forward:", addressesOf(&m))
}

func shownAs(list ...Address) string {
	var all []string
	for _, a := range list {
		switch {
		case a.Address == "":
			all = append(all, a.Name)
		case a.Name == "":
			all = append(all, a.Address)
		default:
			all = append(all, fmt.Sprintf("%s <%s>", a.Name, a.Address))
		}
	}
	return strings.Join(all, ", ")
}
