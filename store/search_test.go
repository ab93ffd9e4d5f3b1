package store_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/agents/email"
	"github.com/stewardhq/steward/store"
)

// library is a small mailbox; the mails' Message-IDs are single letters, the newest first.
func library(t testing.TB) *store.Store {
	s := open(t)
	set := func(m email.Parsed, text string, change func(*email.Parsed)) email.Parsed {
		m.Text = text
		if change != nil {
			change(&m)
		}
		return m
	}
	ago := func(days int) time.Time { return noon.AddDate(0, 0, -days) }
	add(t, s,
		set(letter("a", "anna@example.org", "me@example.org", "Invoice 2026-117", ago(1)), "Please pay the invoice by Friday. Café au lait.", func(m *email.Parsed) {
			m.From.Name, m.Kind = "Anna Lee", email.Invoice
			m.Attachments = []email.Attachment{{Name: "rechnung_november.pdf"}}
		}),
		set(letter("b", "bob.smith@example.net", "me@example.org", "Lunch", ago(2)), "How about lunch on Friday? I pay.", func(m *email.Parsed) { m.Unread, m.Starred = false, true }),
		set(letter("c", "chen@example.tw", "me@example.org", "會議記錄", ago(3)), "附上昨天的會議記錄，請查收。發票下週寄出。", func(m *email.Parsed) { m.From.Name = "陳大文" }),
		set(letter("d", "me@example.org", "anna@example.org", "Re: Invoice 2026-117", ago(4)), "Paid. Tell Bob.", func(m *email.Parsed) {
			m.Mine, m.Cc = true, []email.Address{{Name: "Bob", Address: "bob.smith@example.net"}}
		}),
		set(letter("e", "news@example.com", "me@example.org", "Weekly letter", ago(40)), "invoice invoice invoice and nothing else", func(m *email.Parsed) { m.Kind, m.Bulk = email.Newsletter, true }),
	)
	return s
}

func word(text string) email.Term              { return email.Term{Text: text} }
func in(f email.Field, text string) email.Term { return email.Term{Field: f, Text: text} }
func not(t email.Term) email.Term              { t.Not = true; return t }
func or(all ...email.Term) email.Term          { t := all[0]; t.Or = all; return t }

func TestSearch(t *testing.T) {
	s := library(t)
	person := func(address string) string {
		found := must[[]agents.Person](t)(s.Find(ctx, address))
		if len(found) != 1 {
			t.Fatalf("%d persons for %s", len(found), address)
		}
		return found[0].ID
	}
	yes, no := true, false
	for _, c := range []struct {
		name string
		q    email.Query
		want string
	}{
		{"everything, newest first", email.Query{}, "abcde"},
		{"oldest first", email.Query{Oldest: true}, "edcba"},
		{"a limit", email.Query{Limit: 2}, "ab"},
		{"a word in any field", email.Query{Terms: []email.Term{word("invoice")}}, "ade"},
		{"in any case", email.Query{Terms: []email.Term{word("INVOICE")}}, "ade"},
		{"two words", email.Query{Terms: []email.Term{word("pay"), word("friday")}}, "ab"},
		{"a phrase", email.Query{Terms: []email.Term{word("pay the invoice")}}, "a"},
		{"not a phrase", email.Query{Terms: []email.Term{word("invoice the pay")}}, ""},
		{"part of a word", email.Query{Terms: []email.Term{word("voice")}}, ""},
		{"in the subject", email.Query{Terms: []email.Term{in(email.InSubject, "invoice")}}, "ad"},
		{"in the body", email.Query{Terms: []email.Term{in(email.InBody, "invoice")}}, "ae"},
		{"a sender's name", email.Query{Terms: []email.Term{in(email.InFrom, "anna")}}, "a"},
		{"a sender's address", email.Query{Terms: []email.Term{in(email.InFrom, "bob.smith@example.net")}}, "b"},
		{"a sender's domain", email.Query{Terms: []email.Term{in(email.InFrom, "example.net")}}, "b"},
		{"a recipient", email.Query{Terms: []email.Term{in(email.InTo, "anna")}}, "d"},
		{"a copy's recipient", email.Query{Terms: []email.Term{in(email.InTo, "bob")}}, "d"},
		{"an attachment's name", email.Query{Terms: []email.Term{in(email.InBody, "november")}}, "a"},
		{"composed and decomposed", email.Query{Terms: []email.Term{word("cafe\u0301")}}, "a"},
		{"Chinese, two characters", email.Query{Terms: []email.Term{word("會議")}}, "c"},
		{"Chinese, three", email.Query{Terms: []email.Term{word("議記錄")}}, "c"},
		{"Chinese, one, inside", email.Query{Terms: []email.Term{word("票")}}, "c"},
		{"Chinese, in the name", email.Query{Terms: []email.Term{in(email.InFrom, "大文")}}, "c"},
		{"Chinese, the wrong order", email.Query{Terms: []email.Term{word("議會")}}, ""},
		{"without", email.Query{Terms: []email.Term{word("invoice"), not(word("weekly"))}}, "ad"},
		{"without two", email.Query{Terms: []email.Term{word("invoice"), not(word("weekly")), not(word("paid"))}}, "a"},
		{"only without", email.Query{Terms: []email.Term{not(word("invoice"))}}, "bc"},
		{"alternatives", email.Query{Terms: []email.Term{or(word("lunch"), word("會議"))}}, "bc"},
		{"alternatives and more", email.Query{Terms: []email.Term{or(in(email.InSubject, "lunch"), word("invoice")), word("pay")}}, "ab"},
		{"an alternative without", email.Query{Terms: []email.Term{or(word("lunch"), not(word("invoice")))}}, "bc"},
		{"neither of two", email.Query{Terms: []email.Term{not(or(word("lunch"), word("invoice")))}}, "c"},
		{"neither, with a word", email.Query{Terms: []email.Term{word("friday"), not(or(word("lunch"), word("weekly")))}}, "a"},
		{"from a person", email.Query{From: person("anna@example.org")}, "a"},
		{"to a person", email.Query{To: person("anna@example.org")}, "d"},
		{"to a person in copy", email.Query{To: person("bob.smith")}, "d"},
		{"from a person with a word", email.Query{From: person("anna@example.org"), Terms: []email.Term{word("invoice")}}, "a"},
		{"from nobody", email.Query{From: "p_none"}, ""},
		{"since", email.Query{Since: noon.AddDate(0, 0, -2)}, "ab"},
		{"until", email.Query{Until: noon.AddDate(0, 0, -2)}, "cde"},
		{"since, with a word", email.Query{Since: noon.AddDate(0, 0, -5), Terms: []email.Term{word("invoice")}}, "ad"},
		{"since, with nanoseconds", email.Query{Since: noon.AddDate(0, 0, -2).Add(1)}, "a"},
		{"a kind", email.Query{Kind: email.Newsletter}, "e"},
		{"a kind and a word", email.Query{Kind: email.Invoice, Terms: []email.Term{word("invoice")}}, "a"},
		{"read", email.Query{Unread: &no}, "b"},
		{"starred", email.Query{Starred: &yes}, "b"},
		{"with an attachment", email.Query{Attached: &yes}, "a"},
		{"mine", email.Query{Mine: &yes}, "d"},
		{"not mine, with a word, oldest first", email.Query{Mine: &no, Terms: []email.Term{word("invoice")}, Oldest: true}, "ea"},
		{"by relevance", email.Query{Terms: []email.Term{in(email.InSubject, "invoice")}, Rank: true, Limit: 1, Until: noon.AddDate(0, 0, -2)}, "d"},
		{"by relevance without words", email.Query{Rank: true}, "abcde"},
		{"two fields at once", email.Query{Terms: []email.Term{in(email.InFrom, "anna"), in(email.InTo, "me")}}, "a"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got string
			for _, m := range must[[]email.Message](t)(s.Search(ctx, c.q)) {
				got += m.MessageID
			}
			if got != c.want {
				t.Errorf("found %q, want %q", got, c.want)
			}
			c.q.Limit = 0
			if n := must[int](t)(s.Count(ctx, c.q)); n < len(c.want) || c.q.Limit == 0 && !strings.Contains(c.name, "limit") && !strings.Contains(c.name, "relevance") && n != len(c.want) {
				t.Errorf("counted %d, want %d", n, len(c.want))
			}
		})
	}
}

func TestRelevance(t *testing.T) {
	s := library(t)
	ranked := must[[]email.Message](t)(s.Search(ctx, email.Query{Terms: []email.Term{word("invoice")}, Rank: true}))
	if len(ranked) != 3 || ranked[0].MessageID != "a" { // in subject and body
		t.Errorf("the most relevant of %d is %s", len(ranked), ranked[0].MessageID)
	}
}

func TestSearchTextIsNoSyntax(t *testing.T) {
	s := library(t)
	for _, text := range []string{
		`invoice" OR "lunch`, `invoice OR lunch`, `invoice*`, `subject : lunch`, `NEAR(invoice lunch)`, `^invoice`, `(`, `"`, `' OR 1=1 --`, "invoice\x00lunch",
		`{subject body} : invoice`, `a AND NOT b`, `; DROP TABLE mail`, strings.Repeat("x ", 4000),
	} {
		found, err := s.Search(ctx, email.Query{Terms: []email.Term{word(text)}})
		if err != nil && agents.CodeOf(err) != agents.CodeInvalid {
			t.Errorf("%.30q: %v", text, err)
		}
		for _, m := range found {
			if text != "invoice*" && text != "^invoice" || m.MessageID == "b" {
				t.Errorf("%.30q finds %s", text, m.MessageID)
			}
		}
	}
	many := make([]email.Term, 1000)
	for i := range many {
		many[i] = word(fmt.Sprint("w", i))
	}
	for name, terms := range map[string][]email.Term{
		"no letter": {word("!?")}, "empty": {word("")}, "no letter, without": {not(word("…"))}, "too many": many,
		"too long": {word(strings.Repeat("word ", 10_000))}, "no such field": {in(99, "x")}, "no alternatives": {{Text: "x", Or: []email.Term{}}},
	} {
		_, err := s.Search(ctx, email.Query{Terms: terms})
		if err == nil {
			t.Errorf("%s was searched for", name)
			continue
		}
		wantCode(t, err, agents.CodeInvalid)
		_, err = s.Count(ctx, email.Query{Terms: terms})
		wantCode(t, err, agents.CodeInvalid)
	}
}

func FuzzSearchText(f *testing.F) {
	s := library(f)
	for _, text := range []string{"invoice", `"`, "會議", "a OR b", "\x00", "subject:x"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		_, err := s.Search(ctx, email.Query{Terms: []email.Term{word(text), not(in(email.InSubject, text)), or(word(text), not(word("x")))}})
		if err != nil && agents.CodeOf(err) != agents.CodeInvalid {
			t.Fatal(err)
		}
	})
}

// Pages hold every mail once, whatever comes in while they are turned.
func TestPagesStayStableWhileMailComesIn(t *testing.T) {
	s := open(t)
	const mails = 25
	for i := range mails {
		add(t, s, letter(fmt.Sprint("m", i), "a@example.org", "me@example.org", "plan", noon.Add(-time.Duration(i/3)*time.Second))) // three of a second
	}
	q := email.Query{Terms: []email.Term{word("plan")}, Limit: 4}
	var seen []string
	for cursor, turns := "", 0; ; turns++ {
		page, next, err := s.Page(ctx, q, cursor)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range page {
			seen = append(seen, m.MessageID)
		}
		add(t, s, letter(fmt.Sprint("new", turns), "a@example.org", "me@example.org", "plan", noon.Add(time.Minute)))
		if next == "" {
			break
		}
		if len(page) != 4 || turns > mails {
			t.Fatalf("page %d has %d mails", turns, len(page))
		}
		cursor = next
	}
	if len(seen) != mails {
		t.Errorf("%d mails on the pages: %v", len(seen), seen)
	}
	once := map[string]bool{}
	for _, id := range seen {
		if once[id] || strings.HasPrefix(id, "new") {
			t.Errorf("%s is on the pages twice, or came later", id)
		}
		once[id] = true
	}
	q.Limit = mails + 7
	if page, next, err := s.Page(ctx, q, ""); err != nil || len(page) != mails+7 || next != "" {
		t.Errorf("the last page is full: %d, %q, %v", len(page), next, err)
	}
	for _, wrong := range []email.Query{{Rank: true, Terms: q.Terms}, {Oldest: true}} {
		_, _, err := s.Page(ctx, wrong, "1")
		wantCode(t, err, agents.CodeInvalid)
	}
	_, _, err := s.Page(ctx, q, "no cursor")
	wantCode(t, err, agents.CodeInvalid)
}
