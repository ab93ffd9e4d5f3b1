package email

import (
	"context"

	"github.com/stewardhq/steward/agents"
)

// Sender carries letters out of the machine, through the accounts that the user connected. The email agent never holds
// one that sends by itself: the engine decides, and writes the intent down, before Send is reached.
type Sender interface {
	// Accounts are the addresses that mail can be sent from: the user's own, each confirmed by connecting it.
	Accounts(ctx context.Context) ([]Address, error)
	// Send hands a letter to the server of its From. An error means that nothing was sent, except agents.ErrUnknown: the
	// connection was lost after the server had all of it.
	Send(ctx context.Context, l Letter) (agents.Receipt, error)
}

// Letter is a written mail on its way out.
type Letter struct {
	Run  string   // for which it is sent
	From string   // an account's address
	To   []string // everybody who gets it
	Raw  []byte   // the message
}

type sendIn struct {
	Draft Draft `json:"draft"`
}

func (a *agent) accounts(ctx context.Context) ([]Address, error) {
	if a.sender == nil {
		return nil, nil
	}
	return a.sender.Accounts(ctx)
}

// ready checks that a draft can be sent from where it says.
func (a *agent) ready(ctx context.Context, d Draft) ([]Address, error) {
	accounts, err := a.accounts(ctx)
	if err != nil {
		return nil, err
	}
	if d.From != nil {
		for _, account := range accounts {
			if isOneOf(account.Address, []string{d.From.Address}) {
				return accounts, nil
			}
		}
	}
	return nil, &agents.Error{
		Code: agents.CodeNotFound, Message: "no mail account is connected that this could be sent from",
		Hint: "connect one with `steward mail add-account --address YOU@EXAMPLE.COM --smtp HOST:PORT --user NAME --password-stdin`, then ask again",
	}
}

// aim says who would get a draft. It fails where there is nothing to send it with, so that nobody is asked in vain.
func (a *agent) aim(ctx context.Context, call *agents.Call, in sendIn) (agents.Aim, error) {
	accounts, err := a.ready(ctx, in.Draft)
	if err != nil {
		return agents.Aim{}, err
	}
	if err := everybody(&in.Draft, "mail.send: draft"); err != nil {
		return agents.Aim{}, err
	}
	there, err := a.participants(ctx, in.Draft)
	if err != nil {
		return agents.Aim{}, err
	}
	var mine []string
	for _, account := range accounts {
		mine = append(mine, account.Address)
	}
	aim := agents.Aim{}
	for _, to := range append(append([]agents.Person{}, in.Draft.To...), in.Draft.Cc...) {
		p, err := a.people.PersonFor(ctx, to.Address) // what counts is the address, and what the store knows today
		if err != nil {
			return agents.Aim{}, err
		}
		r := agents.Recipient{
			Person: p.ID, Address: to.Address, Known: p.Known, Me: isOneOf(to.Address, mine), Participant: there[p.ID],
			Typed: call.Typed != nil && call.Typed(to.Address),
		}
		aim.Recipients = append(aim.Recipients, r)
		aim.Composed = aim.Composed || !r.Me
	}
	return aim, nil
}

// participants are the persons who were in the conversation that a draft answers: those to whom its mail went, and who
// sent it. Whom a Reply-To names was not there.
func (a *agent) participants(ctx context.Context, d Draft) (map[string]bool, error) {
	there := map[string]bool{}
	if d.Mail == "" || size(d.Answers) == 0 { // a forwarded mail is not answered
		return there, nil
	}
	m, err := a.box.Mail(ctx, d.Mail)
	if agents.CodeOf(err) == agents.CodeNotFound {
		return there, nil // erased meanwhile: nobody can tell any more
	}
	if err != nil {
		return nil, err
	}
	for _, address := range append(append([]Address{m.From}, m.To...), m.Cc...) {
		p, err := a.people.PersonFor(ctx, address.Address)
		if err != nil {
			return nil, err
		}
		if p.ID != "" {
			there[p.ID] = true
		}
	}
	return there, nil
}

// send sends a draft. The engine calls it when the intent is on disk.
func (a *agent) send(ctx context.Context, call *agents.Call, in sendIn) (agents.Pending, error) {
	accounts, err := a.ready(ctx, in.Draft)
	if err != nil {
		return agents.Pending{}, err
	}
	if err := everybody(&in.Draft, "mail.send: draft"); err != nil {
		return agents.Pending{}, err
	}
	l, err := in.Draft.write(call, accounts)
	if err != nil {
		return agents.Pending{}, err
	}
	receipt, err := a.sender.Send(ctx, l)
	if err != nil {
		return agents.Pending{}, err
	}
	call.Prove(receipt)
	return agents.Pending{ID: clip(call.Key, 16)}, nil
}

// reconcile cannot tell yet whether a mail that was broken off was sent: no folder of sent mail is read.
func (a *agent) reconcile(context.Context, *agents.Call, sendIn) (agents.Pending, error) {
	return agents.Pending{}, agents.ErrUnknown
}

func (a *agent) sending() []agents.Capability {
	send := agents.Aiming(agents.Define(agents.Capability{
		Name: "mail.send", Version: 1, Effect: agents.Send,
		Doc: "Sends it once the user, who is shown it at the end, agrees: do not ask, nor say it was sent.",
	}, a.send), a.aim)
	send.Reconcile = func(ctx context.Context, call *agents.Call, in any) (any, error) {
		return a.reconcile(ctx, call, in.(sendIn))
	}
	return []agents.Capability{
		agents.Define(agents.Capability{
			Name: "mail.draft", Version: 1, Effect: agents.Read, Facts: true,
			Doc: "A mail for mail.send.",
		}, a.draft),
		agents.Define(agents.Capability{
			Name: "mail.reply", Version: 1, Effect: agents.Read,
			Doc: "A draft that answers a mail.",
		}, a.reply),
		agents.Define(agents.Capability{
			Name: "mail.forward", Version: 1, Effect: agents.Read, Facts: true,
			Doc: "A draft that shows a mail to somebody else.",
		}, a.forward),
		send,
	}
}
