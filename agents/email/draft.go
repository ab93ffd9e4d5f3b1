package email

import (
	"context"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/agents/email/letter"
)

// Draft is a mail that is ready to be sent. Making one sends and stores nothing; it is the whole of what would be sent,
// and what the user is shown.
type Draft struct {
	From       *agents.Person  `json:"from" script:"-"` // nil where no account is connected
	To         []agents.Person `json:"to"`
	Cc         []agents.Person `json:"cc"`
	Subject    agents.Text     `json:"subject"`
	Body       agents.Text     `json:"body"`
	Answers    agents.Text     `json:"answers" script:"-"`             // the Message-ID of the mail that it answers
	References agents.Text     `json:"references" script:"-"`          // the Message-IDs before it in its thread, with blanks between
	Mail       string          `json:"mail" script:"-" sink:"payload"` // the id of the mail that is answered or forwarded
	ID         string          `json:"id" script:"-" sink:"payload"`
}

// ObjectRef makes a Draft an [agents.Object].
func (d Draft) ObjectRef() agents.Ref { return agents.Ref{Kind: "draft", ID: d.ID, Title: d.Subject} }

type draftIn struct {
	Draft newDraft `json:"draft"`
}

type newDraft struct {
	To      []agents.Person `json:"to"`
	Cc      []agents.Person `json:"cc,omitempty"`
	Subject agents.Text     `json:"subject"`
	Body    agents.Text     `json:"body"`
}

// draft puts a mail together from what the script gives.
func (a *agent) draft(ctx context.Context, call *agents.Call, in draftIn) (Draft, error) {
	d := Draft{To: in.Draft.To, Cc: in.Draft.Cc, Subject: in.Draft.Subject, Body: in.Draft.Body}
	return a.finish(ctx, call, d, "mail.draft: draft", nil)
}

// finish checks what every way of making a draft has in common, and says from which address it would be sent: the first of
// the wanted ones that is an account's, else the first account's.
func (a *agent) finish(ctx context.Context, call *agents.Call, d Draft, at string, wanted []string) (Draft, error) {
	if err := everybody(&d, at); err != nil {
		return Draft{}, err
	}
	d.Subject, d.Body = subjectLine(d.Subject), lines(d.Body)
	if max(size(d.Subject), len(marked(d.Subject))) > letter.MaxSubject { // sent to the user it has marks
		return Draft{}, &agents.Error{Code: agents.CodeLimit, Message: at + ".subject is too long for a subject", Hint: "put it into the body"}
	}
	if max(size(d.Body), len(marked(d.Body))) > letter.MaxBody {
		return Draft{}, &agents.Error{Code: agents.CodeLimit, Message: fmt.Sprintf("%s.body is longer than %d MB", at, letter.MaxBody>>20), Hint: "send less of it, or a summary"}
	}
	accounts, err := a.accounts(ctx)
	if err != nil {
		return Draft{}, err
	}
	if len(accounts) > 0 {
		from := accounts[0]
		for _, account := range accounts[1:] {
			if !isOneOf(from.Address, wanted) && isOneOf(account.Address, wanted) {
				from = account
			}
		}
		p, err := a.people.PersonFor(ctx, from.Address)
		if err != nil {
			return Draft{}, err
		}
		p.Known, p.Address, p.Name = true, from.Address, agents.Plain(from.Name)
		if from.Name == "" {
			p.Name = agents.Plain(from.Address)
		}
		d.From = &p
	}
	d.ID = "draft_" + clip(call.Key, 16)
	return d, nil
}

// everybody checks the recipients, and leaves each of them in once.
func everybody(d *Draft, at string) error {
	seen := map[string]bool{}
	for _, list := range []struct {
		name   string
		people *[]agents.Person
	}{{"to", &d.To}, {"cc", &d.Cc}} {
		kept := make([]agents.Person, 0, len(*list.people))
		for i, p := range *list.people {
			address, err := letter.Canonical(p.Address)
			if err != nil {
				return &agents.Error{
					Code: agents.CodeInvalid, Message: fmt.Sprintf("%s.%s[%d] has no address that mail can be sent to", at, list.name, i),
					Hint: "leave this person out, or find the person by an address: contacts.find(\"anna@example.com\")",
				}
			}
			if key := agents.FoldAddress(address); !seen[key] {
				seen[key] = true
				kept = append(kept, p)
			}
		}
		*list.people = kept
	}
	if len(d.To) == 0 {
		return &agents.Error{Code: agents.CodeInvalid, Message: at + ".to names nobody", Hint: "give at least one Person, from a mail or from contacts.find(name)"}
	}
	if len(seen) > letter.MaxRecipients {
		return &agents.Error{Code: agents.CodeLimit, Message: fmt.Sprintf("%s goes to more than %d people", at, letter.MaxRecipients), Hint: "send several mails"}
	}
	return nil
}

// subjectLine makes a text fit for a subject: line breaks and other control characters become blanks. Each piece keeps its
// label.
func subjectLine(t agents.Text) agents.Text {
	var out agents.Text
	blank := true // at the beginning none is written
	for _, s := range t.Spans {
		var b strings.Builder
		for _, r := range s.Content {
			if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' || r == utf8.RuneError {
				r = ' '
				if blank {
					continue
				}
			}
			blank = r == ' '
			b.WriteRune(r)
		}
		if b.Len() > 0 {
			out.Spans = append(out.Spans, agents.Span{Content: b.String(), Label: s.Label})
		}
	}
	if n := len(out.Spans); n > 0 {
		out.Spans[n-1].Content = strings.TrimRight(out.Spans[n-1].Content, " ")
	}
	return out
}

// lines ends all lines of a text in the same way. Each piece keeps its label.
func lines(t agents.Text) agents.Text {
	out := agents.Text{Spans: make([]agents.Span, 0, len(t.Spans))}
	for _, s := range t.Spans {
		out.Spans = append(out.Spans, agents.Span{Content: letter.Lines(strings.ToValidUTF8(s.Content, "\uFFFD")), Label: s.Label})
	}
	return out
}

func size(t agents.Text) int {
	n := 0
	for _, s := range t.Spans {
		n += len(s.Content)
	}
	return n
}

func raws(people []agents.Person) []letter.Address {
	all := make([]letter.Address, len(people))
	for i, p := range people {
		all[i] = letter.Address{Address: p.Address} // a name is what somebody calls themselves, or another: it stays here
	}
	return all
}

// write gives the bytes that a draft is sent as, and the addresses that a server is told. What goes to the user's own
// accounts alone is local: what others wrote in it is marked. A mail to somebody else is the user's own words, as the user
// approved them.
func (d Draft) write(call *agents.Call, accounts []Address) (Letter, error) {
	l := letter.Letter{
		To: raws(d.To), Cc: raws(d.Cc), Subject: d.Subject.Raw(), Body: d.Body.Raw(),
		Answers: d.Answers.Raw(), References: strings.Fields(d.References.Raw()),
	}
	if d.onlyTo(accounts) {
		l.Subject, l.Body = marked(d.Subject), marked(d.Body)
	}
	l.From.Address = d.From.Address
	if name := d.From.Name.Raw(); name != d.From.Address {
		l.From.Name = name
	}
	raw, err := letter.Write(l, call.Key, call.Now)
	if err != nil {
		return Letter{}, err
	}
	sent := Letter{Run: call.Run, Raw: raw}
	if sent.From, err = letter.Canonical(l.From.Address); err != nil {
		return Letter{}, err
	}
	for _, to := range append(l.To, l.Cc...) {
		address, err := letter.Canonical(to.Address)
		if err != nil {
			return Letter{}, err
		}
		sent.To = append(sent.To, address)
	}
	return sent, nil
}
