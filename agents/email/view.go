package email

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/stewardhq/steward/agents"
)

// Origins of labels.
const (
	originMail     = "mail:"     // followed by the message's id
	originSearched = "account:*" // all accounts were searched
	originContacts = "contacts"
)

// Mail is a message as a script sees it: its texts are handles, its plain fields are the host's or, where marked, the
// sender's say.
type Mail struct {
	ID          string          `json:"id"`
	ThreadID    string          `json:"threadId"`
	From        agents.Person   `json:"from"`
	To          []agents.Person `json:"to"`
	Subject     agents.Text     `json:"subject"`
	Received    time.Time       `json:"received"`
	Unread      bool            `json:"unread"`
	Starred     bool            `json:"starred"`
	Answered    bool            `json:"answered" doc:"in its thread, by the user"`
	NeedsAnswer bool            `json:"needsAnswer" doc:"asks the user something, unanswered"`
	Verified    bool            `json:"verified" doc:"the sender's domain was checked (DMARC)"`
	Mine        bool            `json:"mine" doc:"written by the user"`
	Kind        string          `json:"kind" enum:"personal|newsletter|notification|invitation|invoice|receipt"`
	Starts      *time.Time      `json:"starts" doc:"of an invitation"`
	Attachments []MailFile      `json:"attachments"`
}

// ObjectRef makes a Mail an [agents.Object].
func (m Mail) ObjectRef() agents.Ref { return agents.Ref{Kind: "mail", ID: m.ID, Title: m.Subject} }

// MailFile is an attachment as a script sees it.
type MailFile struct {
	Name agents.Text `json:"name"`
	Type string      `json:"type"`
	Size int64       `json:"size" doc:"bytes"`
}

// MailLink is a link in a mail as a script sees it; the address itself is the host's.
type MailLink struct {
	ID   string      `json:"id" script:"-"`
	Text agents.Text `json:"text"`
	Host agents.Text `json:"host"`
	URL  string      `json:"url" script:"-"`
}

// ObjectRef makes a MailLink an [agents.Object].
func (l MailLink) ObjectRef() agents.Ref { return agents.Ref{Kind: "link", ID: l.ID, Title: l.Text} }

// viewer shows messages to a script. It remembers persons for the time of one call.
type viewer struct {
	people People
	me     agents.Person
	known  map[string]bool
}

func (a *agent) viewer(ctx context.Context) (*viewer, error) {
	me, err := a.people.Me(ctx)
	if err != nil {
		return nil, err
	}
	return &viewer{people: a.people, me: me, known: map[string]bool{}}, nil
}

// searched is the label of what a query looked at. One person's own mail is no news to that person.
func (v *viewer) searched(q Query) agents.Label {
	allowed := readers(v.me.ID)
	if q.From != "" && len(q.Terms) == 0 && q.To == "" {
		allowed = readers(v.me.ID, q.From)
	}
	return agents.Label{Origins: []string{originSearched}, Readers: allowed}
}

// label is that of everything a message's sender wrote. Its readers are the user, its sender and those in To; those in Cc
// have no id here and are left out, which only makes policy ask more.
func (v *viewer) label(m *Message) agents.Label {
	return agents.Label{
		Integrity: agents.Untrusted, Origins: []string{originMail + m.ID},
		Readers: readers(append([]string{v.me.ID, m.FromPersonID}, m.ToPersonIDs...)...),
	}
}

func readers(ids ...string) agents.Readers {
	return agents.Only(slices.DeleteFunc(ids, func(id string) bool { return id == "" })...)
}

// mails shows messages and joins what was looked at into the call.
func (v *viewer) mails(ctx context.Context, call *agents.Call, messages []Message) ([]Mail, error) {
	all := make([]Mail, len(messages))
	seen := agents.Label{Integrity: agents.FromHost}
	origins := make([]string, len(messages))
	for i := range messages {
		m := &messages[i]
		label := v.label(m)
		mail, err := v.mail(ctx, m, label)
		if err != nil {
			return nil, err
		}
		all[i], origins[i] = mail, label.Origins[0]
		seen = seen.Join(agents.Label{Readers: label.Readers})
	}
	slices.Sort(origins)
	seen.Origins = slices.Compact(origins)
	call.Saw(seen)
	return all, nil
}

func (v *viewer) mail(ctx context.Context, m *Message, label agents.Label) (Mail, error) {
	mail := Mail{
		ID: m.ID, ThreadID: m.Thread, Subject: agents.Labelled(m.Subject, label), Received: m.Received,
		Unread: m.Unread, Starred: m.Starred, Answered: m.Answered, NeedsAnswer: m.NeedsAnswer && !m.Answered,
		Verified: m.Verified, Mine: m.Mine, Kind: string(m.Kind),
		From: person(m.FromPersonID, m.From, m.SenderKnown, label),
		To:   make([]agents.Person, 0, len(m.To)), Attachments: make([]MailFile, 0, len(m.Attachments)),
	}
	for i, id := range m.ToPersonIDs {
		if i == len(m.To) {
			break
		}
		known, err := v.isKnown(ctx, id)
		if err != nil {
			return Mail{}, err
		}
		mail.To = append(mail.To, person(id, m.To[i], known, label))
	}
	if m.Invitation != nil && m.Kind == Invitation {
		mail.Starts = &m.Invitation.Start
	}
	for _, f := range m.Attachments {
		if !f.Inline {
			mail.Attachments = append(mail.Attachments, MailFile{Name: agents.Labelled(f.Name, label), Type: f.Type, Size: f.Size})
		}
	}
	return mail, nil
}

// isKnown asks whether the user has written to a person; whom nobody has heard of is not known.
func (v *viewer) isKnown(ctx context.Context, id string) (bool, error) {
	if known, ok := v.known[id]; ok {
		return known, nil
	}
	p, err := v.people.Person(ctx, id)
	if err != nil && agents.CodeOf(err) != agents.CodeNotFound {
		return false, err
	}
	v.known[id] = err == nil && p.Known
	return v.known[id], nil
}

func person(id string, a Address, known bool, label agents.Label) agents.Person {
	name := a.Name
	if name == "" {
		name = a.Address
	}
	return agents.Person{ID: id, Name: agents.Labelled(name, label), Known: known, Address: a.Address}
}

func sameName(a, b string) bool {
	return a != "" && strings.EqualFold(strings.Join(strings.Fields(a), " "), strings.Join(strings.Fields(b), " "))
}

func wordRune(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r) || strings.ContainsRune("@._-'", r)
}

// smallWords say nothing of what a text is about.
var smallWords = map[string]bool{
	"a": true, "an": true, "and": true, "or": true, "the": true, "of": true, "in": true, "on": true, "at": true, "to": true, "for": true, "from": true,
	"with": true, "about": true, "is": true, "are": true, "was": true, "my": true, "our": true, "your": true, "-": true, "'": true, ".": true, "_": true, "@": true,
	"的": true, "和": true, "關於": true, "有關": true, "與": true, "及": true, "在": true,
}
