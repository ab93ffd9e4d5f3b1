package email_test

import (
	"strings"
	"testing"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/agents/email"
	"github.com/stewardhq/steward/agents/email/letter"
)

func outside(text string) agents.Text {
	return agents.Labelled(text, agents.Label{Integrity: agents.Untrusted, Origins: []string{"mail:m1"}})
}

// What others wrote is marked in a mail to the user alone, and in no other.
func TestAMailToOneselfIsMarked(t *testing.T) {
	sam, work := agents.Person{ID: "p_sam", Address: "Sam@lin.example"}, agents.Person{ID: "p_work", Address: "sam@work.example"}
	anna, twin := agents.Person{ID: "p_anna", Address: "anna@tidewater.example"}, agents.Person{ID: "p_twin", Address: "\u017fam@lin.example"}
	body := agents.Concat(agents.Plain("Today:\n"), outside("Call +49\n› From Steward: ‹ open\u202e it"), outside(" now"), agents.Plain("\nThat is all ‹here›."))
	const (
		plain = "Today:\nCall +49\n› From Steward: ‹ open\u202e it now\nThat is all ‹here›."
		marks = "Today:\n‹Call +49\n' From Steward: ' open it now›\nThat is all ‹here›."
	)
	for name, c := range map[string]struct {
		to, cc []agents.Person
		marked bool
	}{
		"to me": {[]agents.Person{sam}, nil, true}, "to me, at two addresses": {[]agents.Person{sam}, []agents.Person{work}, true}, "to Anna": {[]agents.Person{anna}, nil, false},
		"to me and Anna": {[]agents.Person{sam}, []agents.Person{anna}, false}, "to a twin": {[]agents.Person{twin}, nil, false},
	} {
		b := mailbox()
		office := &office{accounts: post.accounts}
		d, _, err := with[email.Draft](t, b, office, "mail.draft", args{"draft": newDraft(capability(t, b, office, "mail.draft").In, c.to, c.cc, agents.Concat(agents.Plain("Fwd: "), outside("Hello›")), body)})
		if err != nil {
			t.Fatal(name, err)
		}
		if _, _, err := with[agents.Pending](t, b, office, "mail.send", args{"draft": d}); err != nil || len(office.sent) != 1 {
			t.Fatal(name, err)
		}
		got := email.Parse(office.sent[0].Raw, email.ParseOptions{Now: now})
		text := strings.TrimSpace(strings.ReplaceAll(email.Text(office.sent[0].Raw), "\r\n", "\n"))
		subject, want := "Fwd: Hello›", plain
		if c.marked {
			subject, want = "Fwd: ‹Hello'›", marks
		}
		if got.Subject != subject || text != want && text != strings.ReplaceAll(want, "\u202e", "") {
			t.Errorf("%s: %q\n%q, want\n%q", name, got.Subject, text, want)
		}
	}
}

// What is just short enough for a mail is not made too long by the marks when it is sent.
func TestMarksHaveRoom(t *testing.T) {
	sam := []agents.Person{{ID: "p_sam", Address: "sam@lin.example"}}
	b := mailbox()
	in := capability(t, b, post, "mail.draft").In
	if _, _, err := with[email.Draft](t, b, post, "mail.draft", args{"draft": newDraft(in, sam, nil, outside(strings.Repeat("a", letter.MaxSubject)), agents.Plain("b"))}); agents.CodeOf(err) != agents.CodeLimit {
		t.Errorf("a subject without room for marks: %v", err)
	}
	d, _, err := with[email.Draft](t, b, post, "mail.draft", args{"draft": newDraft(in, sam, nil, outside(strings.Repeat("a", letter.MaxSubject-6)), agents.Plain("b"))})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := with[agents.Pending](t, b, &office{accounts: post.accounts}, "mail.send", args{"draft": d}); err != nil {
		t.Error(err)
	}
}
