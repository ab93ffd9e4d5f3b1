package email

import (
	"context"
	"fmt"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/agents/email/fold"
)

const maxShownLinks = 200

type mailIn struct {
	Mail Mail `json:"mail"`
}

// thread is decided by senders: they say what they answer.
func (a *agent) thread(ctx context.Context, call *agents.Call, in mailIn) ([]Mail, error) {
	messages, err := a.conversation(ctx, in.Mail)
	if err != nil {
		return nil, err
	}
	v, err := a.viewer(ctx)
	if err != nil {
		return nil, err
	}
	call.ContentDecided()
	return v.mails(ctx, call, messages)
}

func (a *agent) conversation(ctx context.Context, m Mail) ([]Message, error) {
	if m.ThreadID != "" {
		messages, err := a.box.Thread(ctx, m.ThreadID)
		if err != nil || len(messages) > 0 {
			return messages, err
		}
	}
	message, err := a.box.Mail(ctx, m.ID)
	return []Message{message}, err
}

func (a *agent) body(ctx context.Context, call *agents.Call, in mailIn) (agents.Text, error) {
	raw, label, err := a.open(ctx, call, in.Mail.ID)
	if err != nil {
		return agents.Text{}, err
	}
	return agents.Labelled(fold.Fold(Text(raw)), label), nil
}

func (a *agent) links(ctx context.Context, call *agents.Call, in mailIn) ([]MailLink, error) {
	raw, label, err := a.open(ctx, call, in.Mail.ID)
	if err != nil {
		return nil, err
	}
	call.ContentDecided() // how many there are is the sender's choice
	links := Links(raw)
	all := make([]MailLink, 0, min(len(links), maxShownLinks))
	for i, l := range links[:min(len(links), maxShownLinks)] {
		text := l.Text
		if text == "" {
			text = l.Host
		}
		all = append(all, MailLink{
			ID: fmt.Sprintf("%s/link/%d", in.Mail.ID, i), URL: l.URL,
			Text: agents.Labelled(text, label), Host: agents.Labelled(l.Host, label),
		})
	}
	return all, nil
}

// open reads a message's bytes and joins it into the call.
func (a *agent) open(ctx context.Context, call *agents.Call, id string) ([]byte, agents.Label, error) {
	_, label, err := a.look(ctx, call, id)
	if err != nil {
		return nil, agents.Label{}, err
	}
	raw, err := a.box.Raw(ctx, id)
	return raw, label, err
}
