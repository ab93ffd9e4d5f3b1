package email_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/agents/email"
)

// office sends from a few accounts, and keeps what it sent.
type office struct {
	accounts []email.Address
	sent     []email.Letter
	fail     error
}

func (o *office) Accounts(context.Context) ([]email.Address, error) { return o.accounts, nil }

func (o *office) Send(_ context.Context, l email.Letter) (agents.Receipt, error) {
	if o.fail != nil {
		return agents.Receipt{}, o.fail
	}
	o.sent = append(o.sent, l)
	return agents.Receipt{Kind: "smtp", ID: "250 queued"}, nil
}

var post = &office{accounts: []email.Address{{Name: "Sam Lin", Address: "sam@lin.example"}, {Address: "sam@work.example"}}}

// with calls a capability of an agent with a sender of its own, as a user who typed some words.
func with[Out any](t *testing.T, b *box, sender email.Sender, name string, in any, typed ...string) (Out, *agents.Call, error) {
	t.Helper()
	c := capability(t, b, sender, name)
	call := &agents.Call{Run: "r", Seq: 1, Key: "key-0123456789abcdef", Now: now, Typed: func(w string) bool { return slices.Contains(typed, w) }}
	out, err := c.Call(t.Context(), call, arguments(c.In, in))
	result, _ := out.(Out)
	return result, call, err
}

func capability(t *testing.T, b *box, sender email.Sender, name string) agents.Capability {
	t.Helper()
	for _, c := range email.New(b, people, sender).Capabilities {
		if c.Name == name {
			return c
		}
	}
	t.Fatalf("there is no %s", name)
	panic("unreachable")
}

func aimOf(t *testing.T, b *box, sender email.Sender, d email.Draft, typed ...string) (agents.Aim, error) {
	t.Helper()
	c := capability(t, b, sender, "mail.send")
	call := &agents.Call{Typed: func(w string) bool { return slices.Contains(typed, w) }}
	return c.Aim(t.Context(), call, arguments(c.In, args{"draft": d}))
}

func mail(t *testing.T, b *box, id string) email.Mail {
	t.Helper()
	mails, _, err := call[[]email.Mail](t, b, "mail.search", args{"query": ""})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range mails {
		if m.ID == id {
			return m
		}
	}
	t.Fatalf("there is no mail %s", id)
	panic("unreachable")
}

func ids(people []agents.Person) string {
	var all []string
	for _, p := range people {
		all = append(all, p.ID)
	}
	return strings.Join(all, " ")
}

func conversation() *box {
	b := mailbox()
	b.messages[0].MessageID, b.messages[0].References = "two@tidewater.example", []string{"one@lin.example"}
	b.messages[0].Cc = []email.Address{{Name: "Ben", Address: "ben@tidewater.example"}, {Address: "SAM@work.example"}}
	b.messages[0].Sent = now
	return b
}

func TestReply(t *testing.T) {
	b := conversation()
	d, c, err := with[email.Draft](t, b, post, "mail.reply", args{"mail": mail(t, b, "m1"), "body": agents.Plain("Yes.\r\nSam")})
	if err != nil {
		t.Fatal(err)
	}
	if ids(d.To) != "p_anna" || len(d.Cc) != 0 || d.From == nil || d.From.Address != "sam@lin.example" || d.Body.Raw() != "Yes.\nSam" {
		t.Errorf("draft = %+v", d)
	}
	if d.Answers.Raw() != "two@tidewater.example" || d.References.Raw() != "one@lin.example" || !d.Answers.Outside() || !d.References.Outside() {
		t.Errorf("thread = %+v, %+v", d.Answers, d.References)
	}
	if s := d.Subject.Spans; len(s) != 2 || s[0].Content != "Re: " || s[0].Label.Outside() || s[1].Content != "Lunch?" || fmt.Sprint(s[1].Label.Origins) != "[mail:m1]" {
		t.Errorf("subject = %+v", d.Subject)
	}
	if !slices.Contains(c.Seen().Origins, "mail:m1") || !c.Influenced(false) {
		t.Errorf("seen = %+v", c.Seen())
	}
	all, _, err := with[email.Draft](t, b, post, "mail.reply", args{"mail": mail(t, b, "m1"), "body": agents.Plain("Yes."), "options": replyTo(t, true)})
	if err != nil || ids(all.To) != "p_anna" || ids(all.Cc) != "p_new p_ben" {
		t.Errorf("to all: %q, %q, %v", ids(all.To), ids(all.Cc), err)
	}
	b.messages[0].ReplyTo = []email.Address{{Address: "list@elsewhere.example"}}
	d, _, err = with[email.Draft](t, b, post, "mail.reply", args{"mail": mail(t, b, "m1"), "body": agents.Plain("Yes.")})
	if err != nil || ids(d.To) != "p_of_list@elsewhere.example" {
		t.Fatalf("another to be answered: %+v, %v", d.To, err)
	}
	if aim, err := aimOf(t, b, post, d); err != nil || aim.Recipients[0].Participant || aim.Recipients[0].Known {
		t.Errorf("whom a header names was not in the conversation: %+v, %v", aim, err)
	}
	b.messages[0].Subject, b.messages[0].ReplyTo, b.messages[0].MessageID = "RE: Lunch?", nil, "two words@x\r\nBcc: evil@evil.example"
	if d, _, err = with[email.Draft](t, b, post, "mail.reply", args{"mail": mail(t, b, "m1"), "body": agents.Plain("Yes.")}); err != nil || d.Subject.Raw() != "RE: Lunch?" || d.Answers.Raw() != "" {
		t.Errorf("%+v, %v", d, err)
	}
	b.messages[1].To = append(b.messages[1].To, email.Address{Address: "sam@work.example"})
	if d, _, err = with[email.Draft](t, b, post, "mail.reply", args{"mail": mail(t, b, "m2"), "body": agents.Plain("Again.")}); err != nil || ids(d.To) != "p_anna" {
		t.Errorf("to one's own: %q, %v", ids(d.To), err)
	}
}

// replyTo is the options of mail.reply, whose type is the agent's own.
func replyTo(t *testing.T, all bool) any {
	t.Helper()
	return replyOptions(capability(t, mailbox(), post, "mail.reply").In, all)
}

func TestForward(t *testing.T) {
	b := conversation()
	d, _, err := with[email.Draft](t, b, post, "mail.forward", args{"mail": mail(t, b, "m1"), "to": []agents.Person{people[3]}, "note": agents.Plain("For you.")})
	if err != nil {
		t.Fatal(err)
	}
	want := "For you.\n\n---------- Forwarded message ----------\nFrom: Anna Chen <anna@tidewater.example>\nDate: " + now.UTC().Format("Mon, 2 Jan 2006 15:04 UTC") +
		"\nSubject: Lunch?\nTo: sam@lin.example, zoe@new.example\nCc: Ben <ben@tidewater.example>, SAM@work.example\nFiles (not sent along): menu.pdf\n\nYes, https://menu.example/today\n\n> Lunch?"
	if d.Body.Raw() != want || d.Subject.Raw() != "Fwd: Lunch?" || d.Answers.Raw() != "" {
		t.Errorf("body = %q\nsubject = %q", d.Body.Raw(), d.Subject.Raw())
	}
	for _, s := range d.Body.Spans {
		words := strings.TrimSpace(s.Content)
		if own := words == "" || words == "For you." || strings.HasSuffix(words, ":") || strings.HasPrefix(words, "-----"); own == s.Label.Outside() {
			t.Errorf("the label of %q is %+v", s.Content, s.Label)
		}
	}
	aim, err := aimOf(t, b, post, d)
	if err != nil || len(aim.Recipients) != 1 || aim.Recipients[0] != (agents.Recipient{Person: "p_ben", Address: "ben@tidewater.example", Known: true}) || !aim.Composed {
		t.Errorf("aim = %+v, %v: to be in the mail that is shown to somebody is not to be answered", aim, err)
	}
}

func TestAimAndSend(t *testing.T) {
	b := conversation()
	o := &office{accounts: post.accounts}
	zoe := people[5]
	forged := people[1]
	forged.Address, forged.Known = "anna@tidewatter.example", true // what counts is the address, not what an object says of itself
	d, c, err := with[email.Draft](t, b, o, "mail.draft", args{"draft": newDraft(capability(t, b, o, "mail.draft").In, []agents.Person{people[0], zoe, zoe}, []agents.Person{forged},
		agents.Concat(agents.Plain("About\r\nBcc: evil@evil.example\x00"), agents.Labelled("‹Lunch›\u2028", agents.Label{Integrity: agents.Untrusted})), agents.Plain("Hello"))})
	if err != nil || c.Influenced(true) {
		t.Fatal(err)
	}
	if d.Subject.Raw() != "About Bcc: evil@evil.example ‹Lunch›" || len(d.To) != 2 || !d.Subject.Spans[1].Label.Outside() {
		t.Errorf("draft = %+v", d)
	}
	aim, err := aimOf(t, b, o, d, "zoe@new.example")
	want := []agents.Recipient{{Person: "p_me", Address: "sam@lin.example", Known: true, Me: true}, {Person: "p_new", Address: "zoe@new.example", Typed: true}, {Person: "p_fake", Address: "anna@tidewatter.example"}}
	if err != nil || !aim.Composed || !slices.Equal(aim.Recipients, want) {
		t.Errorf("aim = %+v, %v", aim, err)
	}
	if _, call, err := with[agents.Pending](t, b, o, "mail.send", args{"draft": d}); err != nil || call.Receipt() == nil || call.Receipt().ID != "250 queued" {
		t.Errorf("send: %v", err)
	}
	if l := o.sent[0]; l.From != "sam@lin.example" || fmt.Sprint(l.To) != "[sam@lin.example zoe@new.example anna@tidewatter.example]" || l.Run != "r" || strings.Contains(string(l.Raw), "\nBcc:") {
		t.Errorf("sent %+v\n%s", l, l.Raw)
	}
	toMe := d
	toMe.To, toMe.Cc = []agents.Person{people[0]}, nil
	if aim, err := aimOf(t, b, o, toMe); err != nil || aim.Composed {
		t.Errorf("to me alone: %+v, %v", aim, err)
	}
	o.fail = errors.New("refused")
	if _, call, err := with[agents.Pending](t, b, o, "mail.send", args{"draft": d}); !errors.Is(err, o.fail) || call.Receipt() != nil {
		t.Errorf("a refused one: %v", err)
	}
	send := capability(t, b, o, "mail.send")
	if _, err := send.Reconcile(t.Context(), &agents.Call{}, arguments(send.In, args{"draft": d})); !errors.Is(err, agents.ErrUnknown) || send.Repeatable || send.Effect != agents.Send {
		t.Errorf("a broken-off one: %v", err)
	}
}

func TestNoAccountNoSending(t *testing.T) {
	b := conversation()
	for name, sender := range map[string]email.Sender{"nothing that sends": nil, "no account": &office{}} {
		d, _, err := with[email.Draft](t, b, sender, "mail.reply", args{"mail": mail(t, b, "m1"), "body": agents.Plain("Yes.")})
		if err != nil || d.From != nil {
			t.Fatalf("%s: a draft needs no account: %v", name, err)
		}
		_, aim := aimOf(t, b, sender, d)
		_, _, send := with[agents.Pending](t, b, sender, "mail.send", args{"draft": d})
		for _, err := range []error{aim, send} {
			if agents.CodeOf(err) != agents.CodeNotFound || !strings.Contains(agents.AsError(err).Hint, "steward mail add-account") {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	d, _, err := with[email.Draft](t, b, post, "mail.reply", args{"mail": mail(t, b, "m1"), "body": agents.Plain("Yes.")})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := aimOf(t, b, &office{accounts: []email.Address{{Address: "other@lin.example"}}}, d); agents.CodeOf(err) != agents.CodeNotFound {
		t.Errorf("an account that is gone: %v", err)
	}
}

func TestFindAnAddress(t *testing.T) {
	rows := []struct{ name, typed, want, code string }{
		{"anna@tidewater.example", "", "p_anna", ""},
		{"ANNA@tidewater.example", "", "p_anna", ""},
		{"new@nowhere.example", "new@nowhere.example", "p_of_new@nowhere.example", ""},
		{"new@nowhere.example", "", "", ""},                                 // nobody typed it
		{"new@nowhere.example", "renew@nowhere.example", "", ""},            // another was typed
		{"tidewater.example", "tidewater.example", "", agents.CodeInvalid},  // a part of several
		{"na@tidewater.example", "", "", ""},                                // a part of one
		{"anna@tidewater.exampl", "", "", ""},                               //
		{"anna@tidewater.example.evil.example", "", "", ""},                 // more than one
		{"p_anna", "", "", ""},                                              // a guessed id
		{"Anna Chen <anna@tidewater.example>", "", "", agents.CodeInvalid},  //
		{"team: anna@tidewater.example;", "", "", agents.CodeInvalid},       // a group
		{"a@b.example, c@d.example", "a@b.example", "", agents.CodeInvalid}, // a list
		{`"a b"@c.example`, `"a b"@c.example`, "", agents.CodeInvalid},      // in quotes
		{"anna@[127.0.0.1]", "anna@[127.0.0.1]", "", agents.CodeInvalid},
		{"anna＠tidewater.example", "", "", agents.CodeInvalid},
		{"а@tidewater.example", "", "", ""}, // Cyrillic
	}
	for _, row := range rows {
		p, _, err := with[*agents.Person](t, mailbox(), post, "contacts.find", args{"name": row.name}, row.typed)
		if agents.CodeOf(err) != row.code || (p == nil) != (row.want == "") || p != nil && p.ID != row.want {
			t.Errorf("find(%q), typed %q = %+v, %v", row.name, row.typed, p, err)
		}
		if p != nil && row.want == "p_of_new@nowhere.example" && (p.Known || p.Name.Outside()) {
			t.Errorf("a new person = %+v", p)
		}
	}
	// Somebody who calls themselves by another's address is not that other.
	spoof := slices.Clone(people)
	spoof[2].Name, spoof[1].Address = agents.Plain("anna@tidewater.example"), "anna@old.example"
	for _, c := range email.New(mailbox(), spoof, post).Capabilities {
		if c.Name != "contacts.find" {
			continue
		}
		out, err := c.Call(t.Context(), &agents.Call{}, arguments(c.In, args{"name": "anna@tidewater.example"}))
		if p, _ := out.(*agents.Person); p != nil || err != nil {
			t.Errorf("a name that is an address: %+v, %v", p, err)
		}
	}
}
