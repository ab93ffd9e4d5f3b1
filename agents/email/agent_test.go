package email_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/agents/email"
	"github.com/stewardhq/steward/agents/email/calendar"
)

// box is a mailbox of a few messages that remembers what it was asked.
type box struct {
	messages []email.Message
	raw      map[string][]byte
	asked    email.Query
}

func (b *box) Search(_ context.Context, q email.Query) ([]email.Message, error) {
	b.asked = q
	return b.messages[:min(len(b.messages), q.Limit)], nil
}

func (b *box) Count(_ context.Context, q email.Query) (int, error) {
	b.asked = q
	return len(b.messages), nil
}

func (b *box) Mail(_ context.Context, id string) (email.Message, error) {
	for _, m := range b.messages {
		if m.ID == id {
			return m, nil
		}
	}
	return email.Message{}, &agents.Error{Code: agents.CodeNotFound, Message: "no such mail"}
}

func (b *box) Thread(_ context.Context, thread string) ([]email.Message, error) {
	return slices.DeleteFunc(slices.Clone(b.messages), func(m email.Message) bool { return m.Thread != thread }), nil
}

func (b *box) Raw(_ context.Context, id string) ([]byte, error) { return b.raw[id], nil }

// crowd is a few persons.
type crowd []agents.Person

func (c crowd) Me(context.Context) (agents.Person, error) { return c[0], nil }

func (c crowd) Find(_ context.Context, name string) ([]agents.Person, error) {
	return slices.DeleteFunc(slices.Clone(c), func(p agents.Person) bool {
		return !strings.Contains(strings.ToLower(p.Name.Raw()+" "+p.Address), strings.ToLower(name))
	}), nil
}

func (c crowd) Person(_ context.Context, id string) (agents.Person, error) {
	for _, p := range c {
		if p.ID == id {
			return p, nil
		}
	}
	return agents.Person{}, &agents.Error{Code: agents.CodeNotFound, Message: "nobody"}
}

func (c crowd) PersonFor(_ context.Context, address string) (agents.Person, error) {
	for _, p := range c {
		if strings.EqualFold(p.Address, address) {
			return p, nil
		}
	}
	return agents.Person{ID: "p_of_" + address, Name: agents.Plain(address), Address: address}, nil
}

var people = crowd{
	{ID: "p_me", Name: agents.Plain("Sam Lin"), Address: "sam@lin.example", Known: true},
	{ID: "p_anna", Name: agents.Plain("Anna Chen"), Address: "anna@tidewater.example", Known: true},
	{ID: "p_fake", Name: agents.Plain("Anna Chen"), Address: "anna@tidewatter.example"},
	{ID: "p_ben", Name: agents.Plain("Ben Wu"), Address: "ben@tidewater.example", Known: true},
	{ID: "p_ben2", Name: agents.Plain("Ben Wang"), Address: "ben@wang.example", Known: true},
	{ID: "p_new", Name: agents.Plain("Zoe"), Address: "zoe@new.example"},
}

func mailbox() *box {
	invite := &calendar.Invite{Method: "REQUEST", Start: now.Add(48 * time.Hour)}
	return &box{
		messages: []email.Message{
			{ID: "m1", Thread: "t1", Received: now, From: email.Address{Name: "Anna Chen", Address: "anna@tidewater.example"}, FromPersonID: "p_anna", SenderKnown: true, Verified: true, To: []email.Address{{Address: "sam@lin.example"}, {Address: "zoe@new.example"}}, ToPersonIDs: []string{"p_me", "p_new"}, Subject: "Lunch?", Kind: email.Invitation, NeedsAnswer: true, Invitation: invite, Attachments: []email.Attachment{{Name: "menu.pdf", Type: "application/pdf", Size: 5}, {Name: "logo.png", Inline: true}}},
			{ID: "m2", Thread: "t1", Received: now.Add(-time.Hour), Mine: true, From: email.Address{Address: "sam@lin.example"}, FromPersonID: "p_me", To: []email.Address{{Address: "anna@tidewater.example"}}, ToPersonIDs: []string{"p_anna"}, Kind: email.Personal},
			{ID: "m3", Thread: "t3", Received: now.Add(-2 * time.Hour), Forged: true, From: email.Address{Name: "Anna Chen", Address: "anna@tidewater.example"}, FromPersonID: "p_anna", Kind: email.Personal, NeedsAnswer: true, Answered: true},
		},
		raw: map[string][]byte{"m1": message(plainHeader+"\n", "Yes, https://menu.example/today\n\n> Lunch?")},
	}
}

// call runs a capability on arguments of its own type, which fill fills in by name.
func call[Out any](t *testing.T, b *box, name string, in any) (Out, *agents.Call, error) {
	t.Helper()
	for _, c := range email.New(b, people, post).Capabilities {
		if c.Name == name {
			ctx := &agents.Call{Run: "r", Seq: 1, Now: now, Zone: time.UTC}
			out, err := c.Call(t.Context(), ctx, arguments(c.In, in))
			result, _ := out.(Out)
			return result, ctx, err
		}
	}
	t.Fatalf("there is no %s", name)
	panic("unreachable")
}

func TestMailForScripts(t *testing.T) {
	mails, c, err := call[[]email.Mail](t, mailbox(), "mail.search", args{"query": "lunch"})
	if err != nil || len(mails) != 3 {
		t.Fatalf("search = %v, %v", mails, err)
	}
	m := mails[0]
	label := m.Subject.Label()
	if !label.Outside() || fmt.Sprint(label.Origins) != "[mail:m1]" || fmt.Sprint(label.Readers.People) != "[p_anna p_me p_new]" {
		t.Errorf("label = %+v", label)
	}
	if m.From.ID != "p_anna" || !m.From.Known || !m.From.Name.Outside() || m.To[0].ID != "p_me" || m.To[1].Known || m.To[1].Name.Raw() != "zoe@new.example" {
		t.Errorf("persons = %+v, %+v", m.From, m.To)
	}
	if m.Starts == nil || !m.Starts.Equal(now.Add(48*time.Hour)) || len(m.Attachments) != 1 || !m.Attachments[0].Name.Outside() || !m.NeedsAnswer || mails[2].NeedsAnswer {
		t.Errorf("mail = %+v", m)
	}
	if ref := m.ObjectRef(); ref.Kind != "mail" || ref.ID != "m1" || !ref.Title.Outside() {
		t.Errorf("ref = %+v", ref)
	}
	seen := c.Seen()
	if !slices.Contains(seen.Origins, "account:*") || !slices.Contains(seen.Origins, "mail:m3") || fmt.Sprint(seen.Readers.People) != "[p_me]" {
		t.Errorf("seen = %+v", seen)
	}
}

// The table of DESIGN section 4, strict: what was found by content, and what carries content's say, is influence.
func TestInfluence(t *testing.T) {
	yes := true
	anna := people[1]
	mine := func(b *box) { b.messages = b.messages[1:2] }
	none := func(b *box) { b.messages = nil }
	rows := []struct {
		name       string
		capability string
		in         args
		change     func(*box)
		want       bool
	}{
		{"by words", "mail.search", args{"query": "lunch"}, nil, true},
		{"by words, nothing found", "mail.search", args{"query": "lunch"}, none, true},
		{"by kind, nothing found", "mail.search", args{"query": "", "options": &email.SearchOptions{Kind: "invoice"}}, none, true},
		{"what it is about, nothing found", "mail.search", args{"query": "", "options": &email.SearchOptions{About: "lunch"}}, none, true},
		{"by attachment, nothing found", "mail.search", args{"query": "has:attachment"}, none, true},
		{"by date, others' mail found", "mail.search", args{"query": "newer_than:1d"}, nil, true},
		{"by date, nothing found", "mail.search", args{"query": "newer_than:1d"}, none, false},
		{"by state, nothing found", "mail.search", args{"query": "", "options": &email.SearchOptions{Unread: &yes}}, none, false},
		{"by person, nothing found", "mail.search", args{"query": "", "options": &email.SearchOptions{From: &anna}}, none, false},
		{"by date, only my own found", "mail.search", args{"query": "newer_than:1d"}, mine, false},
		{"a count by words", "mail.count", args{"query": "lunch"}, nil, true},
		{"a count by date", "mail.count", args{"query": "newer_than:1d"}, nil, false},
		{"a count of who claims to be somebody", "mail.count", args{"query": "", "options": &email.SearchOptions{From: &anna}}, nil, true},
		{"a thread", "mail.thread", args{"mail": email.Mail{ID: "m1", ThreadID: "t1"}}, nil, true},
		{"a body", "mail.body", args{"mail": email.Mail{ID: "m1"}}, nil, false},
		{"links", "mail.links", args{"mail": email.Mail{ID: "m1"}}, nil, true},
		{"a known person", "contacts.find", args{"name": "Anna Chen"}, nil, false},
		{"a stranger", "contacts.find", args{"name": "Zoe"}, nil, true},
		{"me", "contacts.me", args{}, nil, false},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			b := mailbox()
			if row.change != nil {
				row.change(b)
			}
			_, c, err := call[any](t, b, row.capability, row.in)
			facts := false
			for _, defined := range email.New(b, people, post).Capabilities {
				facts = facts || defined.Name == row.capability && defined.Facts
			}
			if err != nil || c.Influenced(facts) != row.want {
				t.Errorf("influenced = %v, %v", c.Influenced(facts), err)
			}
			if row.capability != "contacts.me" && (len(c.Seen().Origins) == 0 || !c.Seen().Readers.Limited) {
				t.Errorf("nothing was joined: %+v", c.Seen())
			}
		})
	}
}

func TestSearchOptions(t *testing.T) {
	yes := true
	since, until := now.AddDate(0, 0, -7), now
	b := mailbox()
	mails, c, err := call[[]email.Mail](t, b, "mail.search", args{"query": "is:starred", "options": &email.SearchOptions{
		From: &people[1], Since: &since, Until: &until, Unread: &yes, Order: "oldest", Limit: 2,
	}})
	q := b.asked
	if err != nil || q.From != "p_anna" || !q.Since.Equal(since) || !q.Until.Equal(until) || !*q.Unread || !*q.Starred || !q.Oldest || q.Rank {
		t.Errorf("query = %+v, %v", q, err)
	}
	if len(mails) != 2 || slices.ContainsFunc(mails, func(m email.Mail) bool { return m.ID == "m3" }) {
		t.Errorf("mails = %v: the forged one must be left out", mails)
	}
	if got := fmt.Sprint(c.Seen().Readers.People); got != "[p_anna p_me]" {
		t.Errorf("readers of one person's mail = %s", got)
	}
	if _, _, err := call[[]email.Mail](t, b, "mail.search", args{"query": "", "options": &email.SearchOptions{About: "the kitchen renovation"}}); err != nil || !b.asked.Rank || len(b.asked.Terms) != 1 || len(b.asked.Terms[0].Or) != 2 || b.asked.Limit != 50 {
		t.Errorf("about = %+v, %v", b.asked, err)
	}
}

func TestArgumentsAreChecked(t *testing.T) {
	late, early := now, now.Add(-time.Hour)
	rows := []struct {
		name, capability string
		in               args
		names            string
	}{
		{"limit", "mail.search", args{"query": "", "options": &email.SearchOptions{Limit: 1001}}, "mail.search: options.limit must be 1 to 1000"},
		{"negative limit", "mail.search", args{"query": "", "options": &email.SearchOptions{Limit: -1}}, "options.limit"},
		{"limit of a count", "mail.count", args{"query": "", "options": &email.SearchOptions{Limit: 5}}, "mail.count"},
		{"order", "mail.search", args{"query": "", "options": &email.SearchOptions{Order: "random"}}, "options.order"},
		{"kind", "mail.search", args{"query": "", "options": &email.SearchOptions{Kind: "spam"}}, "options.kind"},
		{"two kinds", "mail.search", args{"query": "kind:invoice", "options": &email.SearchOptions{Kind: "receipt"}}, "options.kind"},
		{"dates", "mail.search", args{"query": "", "options": &email.SearchOptions{Since: &late, Until: &early}}, "options.since"},
		{"no words", "mail.search", args{"query": "", "options": &email.SearchOptions{About: "the of"}}, "options.about"},
		{"a made-up person", "mail.search", args{"query": "", "options": &email.SearchOptions{From: &agents.Person{}}}, "options.from must be a Person"},
		{"a bad query", "mail.search", args{"query": "from:"}, "mail.search"},
		{"two persons", "contacts.find", args{"name": "ben"}, "several"},
		{"no name", "contacts.find", args{"name": "!"}, "contacts.find"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			_, _, err := call[any](t, mailbox(), row.capability, row.in)
			e := agents.AsError(err)
			if err == nil || e.Code != agents.CodeInvalid || !strings.Contains(e.Message, row.names) || e.Hint == "" {
				t.Errorf("error = %+v", e)
			}
			if strings.Contains(e.Error()+e.Hint, "Wang") {
				t.Error("the error tells names")
			}
		})
	}
}

func TestReading(t *testing.T) {
	body, c, err := call[agents.Text](t, mailbox(), "mail.body", args{"mail": email.Mail{ID: "m1"}})
	if err != nil || body.Raw() != "Yes, https://menu.example/today" || !body.Outside() || fmt.Sprint(c.Seen().Origins) != "[mail:m1]" {
		t.Errorf("body = %+v, %v", body, err)
	}
	links, _, err := call[[]email.MailLink](t, mailbox(), "mail.links", args{"mail": email.Mail{ID: "m1"}})
	if err != nil || len(links) != 1 || links[0].URL != "https://menu.example/today" || links[0].Host.Raw() != "menu.example" || !links[0].Text.Outside() {
		t.Errorf("links = %+v, %v", links, err)
	}
	thread, _, err := call[[]email.Mail](t, mailbox(), "mail.thread", args{"mail": email.Mail{ID: "m1", ThreadID: "t1"}})
	if err != nil || len(thread) != 2 {
		t.Errorf("thread = %v, %v", thread, err)
	}
	if _, _, err := call[agents.Text](t, mailbox(), "mail.body", args{"mail": email.Mail{ID: "gone"}}); agents.CodeOf(err) != agents.CodeNotFound {
		t.Errorf("a mail that is gone: %v", err)
	}
}

func TestFind(t *testing.T) {
	rows := []struct{ name, want string }{
		{"Anna Chen", "p_anna"}, // known; the look-alike is not
		{"anna@tidewatter.example", "p_fake"},
		{"Ben Wu", "p_ben"},
		{"Zoe", "p_new"},
		{"Nobody", ""},
	}
	for _, row := range rows {
		p, _, err := call[*agents.Person](t, mailbox(), "contacts.find", args{"name": row.name})
		if err != nil || (p == nil) != (row.want == "") || p != nil && (p.ID != row.want || !p.Name.Outside()) {
			t.Errorf("find(%q) = %+v, %v", row.name, p, err)
		}
	}
	me, c, err := call[agents.Person](t, mailbox(), "contacts.me", args{})
	if err != nil || me.ID != "p_me" || len(c.Seen().Origins) != 0 {
		t.Errorf("me = %+v, %v", me, err)
	}
}

func TestSkillsComeWithTheAgent(t *testing.T) {
	f, err := email.New(mailbox(), people, post).Skills.Open("daily-briefing/SKILL.md")
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}
