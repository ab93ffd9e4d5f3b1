package store_test

import (
	"testing"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/agents/email"
	"github.com/stewardhq/steward/store"
)

func find(t *testing.T, s *store.Store, name string) []agents.Person {
	t.Helper()
	return must[[]agents.Person](t)(s.Find(ctx, name))
}

func TestFind(t *testing.T) {
	s := open(t)
	var mails []email.Parsed
	at := noon.AddDate(0, 0, -9)
	write := func(from, fromName, to string, mine bool) {
		at = at.Add(time.Hour)
		m := letter(at.String(), from, to, "x", at)
		m.From.Name, m.Mine = fromName, mine
		mails = append(mails, m)
	}
	write("anna@one.example", "Anna Lee", "me@example.org", false)
	write("anna@one.example", "Anna Lee", "me@example.org", false)
	write("anna@two.example", "Anna Ruiz", "me@example.org", false)
	write("me@example.org", "Me", "ANNA@three.example", true)
	write("chen@example.tw", "陳大文", "me@example.org", false)
	add(t, s, mails...)
	for _, c := range []struct {
		name string
		want []string
	}{
		{"anna", []string{"anna@three.example", "anna@one.example", "anna@two.example"}}, // written to, then frequent
		{"LEE", []string{"anna@one.example"}},
		{"lee anna", []string{"anna@one.example"}},
		{"anna two", []string{"anna@two.example"}},
		{"大文", []string{"chen@example.tw"}},
		{"@example", []string{"me@example.org", "chen@example.tw"}},
		{"nobody", nil},
		{" ", nil},
	} {
		var got []string
		for _, p := range find(t, s, c.name) {
			got = append(got, p.Address)
		}
		if len(got) != len(c.want) || len(got) > 0 && got[0] != c.want[0] {
			t.Errorf("Find(%q) is %v, want %v", c.name, got, c.want)
		}
	}
	known := find(t, s, "three")[0]
	if !known.Known || find(t, s, "one")[0].Known {
		t.Error("known is who was written to, and nobody else")
	}
	anna := find(t, s, "lee")[0]
	if !anna.Name.Outside() || anna.Name.Label().Readers.Allow(known.ID) || !anna.Name.Label().Readers.Allow(anna.ID) {
		t.Errorf("a name is from outside and for its person alone: %+v", anna.Name)
	}
	if got := must[agents.Person](t)(s.Person(ctx, anna.ID)); got.Name.Raw() != "Anna Lee" {
		t.Errorf("%+v", got)
	}
	_, err := s.Person(ctx, "p_none")
	wantCode(t, err, agents.CodeNotFound)
}

func TestNameComesFromWhoCanBeBelieved(t *testing.T) {
	s := open(t)
	step := 0
	write := func(name string, verified, mine bool) {
		step++
		at := noon.Add(time.Duration(step-50) * time.Hour)
		m := letter(at.String(), "anna@example.org", "me@example.org", "x", at)
		m.From.Name, m.Verified = name, verified
		if mine {
			m = letter(at.String(), "me@example.org", "anna@example.org", "x", at)
			m.To[0].Name, m.Mine = name, true
		}
		add(t, s, m)
	}
	for _, c := range []struct {
		name           string
		verified, mine bool
		want           string
	}{
		{"", false, false, "anna@example.org"},
		{"First", false, false, "First"},
		{"Forged", false, false, "First"},
		{"Anna", true, false, "Anna"},
		{"Forged again", false, false, "Anna"},
		{"Anna from\nwork", false, true, "Anna from work"},
		{"Anna once more", true, false, "Anna from work"},
	} {
		write(c.name, c.verified, c.mine)
		if got := find(t, s, "anna@example.org")[0].Name.Raw(); got != c.want {
			t.Errorf("after %q the name is %q, want %q", c.name, got, c.want)
		}
	}
}

func TestMe(t *testing.T) {
	s := open(t)
	if me := must[agents.Person](t)(s.Me(ctx)); me.ID != "" || me.Name.Raw() != "" {
		t.Errorf("before anything is known, I am %+v", me)
	}
	before := func(h int) time.Time { return noon.Add(-time.Duration(h) * time.Hour) }
	question := letter("q", "anna@example.org", "me@example.org", "Dinner?", before(5))
	answer := letter("r", "Me@Example.org", "anna@example.org", "Re: Dinner?", before(4))
	answer.References, answer.From.Name = []string{"q"}, "Max"
	forged := letter("f", "me@example.org", "evil@example.net", "For you", before(3))
	forged.Raw = append([]byte("Return-Path: <evil@example.net>\n"), forged.Raw...)
	failed := letter("g", "me@example.org", "evil@example.net", "For you", before(3))
	failed.Forged = true
	checked := letter("v", "me@example.org", "bob@example.org", "List copy", before(2))
	checked.Raw, checked.Verified = append([]byte("delivered-to : me\n"), checked.Raw...), true
	inBody := letter("b", "me@example.org", "carol@example.org", "Quoting headers", before(1))
	inBody.Raw = append(inBody.Raw, "Return-Path: <x@example.org>\r\n"...)
	mails := []email.Parsed{question, answer, forged, failed, checked, inBody}

	check := func(s *store.Store, when string, mine map[string]bool) {
		t.Helper()
		for _, m := range must[[]email.Message](t)(s.Search(ctx, email.Query{})) {
			if m.Mine != mine[m.MessageID] {
				t.Errorf("%s: %s is mine: %v", when, m.MessageID, m.Mine)
			}
			if m.MessageID == "q" && (m.Answered != mine["r"] || m.SenderKnown != mine["r"]) {
				t.Errorf("%s: the question is answered: %v, its sender known: %v", when, m.Answered, m.SenderKnown)
			}
			if m.MessageID == "r" && m.Answered {
				t.Errorf("%s: the answer is answered by itself", when)
			}
		}
		for name, want := range map[string]bool{"anna": mine["r"], "evil": false, "bob": mine["v"], "carol": mine["b"]} {
			if got := find(t, s, name)[0].Known; got != want {
				t.Errorf("%s: %s is known: %v", when, name, got)
			}
		}
	}
	all := map[string]bool{"r": true, "v": true, "b": true}
	add(t, s, mails...)
	check(s, "before SetMe", nil)
	if err := s.SetMe(ctx, []string{" ME@example.org ", "me@example.org", "old@example.org", ""}); err != nil {
		t.Fatal(err)
	}
	check(s, "after SetMe", all)
	if me := must[agents.Person](t)(s.Me(ctx)); me.Address != "me@example.org" || me.Name.Raw() != "Max" || !me.Known {
		t.Errorf("I am %+v", me)
	}
	if err := s.SetMe(ctx, []string{"nobody@example.org"}); err != nil {
		t.Fatal(err)
	}
	check(s, "after SetMe to somebody else", nil)
	if me := must[agents.Person](t)(s.Me(ctx)); me.Address != "nobody@example.org" || me.ID == "" {
		t.Errorf("I am %+v", me)
	}

	other := open(t)
	if err := other.SetMe(ctx, []string{"me@example.org"}); err != nil {
		t.Fatal(err)
	}
	add(t, other, mails...)
	check(other, "SetMe before the mail", all)
}

func TestWhoHasAnAddress(t *testing.T) {
	s := open(t)
	m := letter("1", "anna@one.example", "me@example.org", "x", noon)
	m.From.Name = "bob@two.example" // who calls themselves by another's address
	add(t, s, m)
	anna := find(t, s, "anna@one.example")[0]
	for address, want := range map[string]agents.Person{
		"anna@one.example":        anna,
		"\tANNA@one.example\n":    anna,
		"bob@two.example":         {Name: agents.Plain("bob@two.example"), Address: "bob@two.example"},
		"nna@one.example":         {Name: agents.Plain("nna@one.example"), Address: "nna@one.example"},
		"anna@one.example.evil.x": {Name: agents.Plain("anna@one.example.evil.x"), Address: "anna@one.example.evil.x"},
		"":                        {},
	} {
		p, err := s.PersonFor(ctx, address)
		if err != nil || p.Address != want.Address || p.Name.Raw() != want.Name.Raw() || p.Known || want.ID != "" && p.ID != want.ID || address != "" && p.ID == "" || want.ID == "" && p.ID == anna.ID {
			t.Errorf("PersonFor(%q) = %+v, %v", address, p, err)
		}
	}
	again, err := s.PersonFor(ctx, "bob@two.example")
	if err != nil {
		t.Fatal(err)
	}
	add(t, s, letter("2", "bob@two.example", "me@example.org", "y", noon))
	if bob := find(t, s, "bob@two.example"); len(bob) == 0 || !containsID(bob, again.ID) {
		t.Errorf("who was met before any mail named them has another id now: %+v, %s", bob, again.ID)
	}
}

func containsID(people []agents.Person, id string) bool {
	for _, p := range people {
		if p.ID == id {
			return true
		}
	}
	return false
}

// An address that folds to another one by the rules of Unicode is somebody else's.
func TestATwinIsSomebodyElse(t *testing.T) {
	s := open(t)
	if err := s.SetMe(ctx, []string{"Sam@Lin.example"}); err != nil {
		t.Fatal(err)
	}
	mine := must[agents.Person](t)(s.Me(ctx))
	for address, same := range map[string]bool{"SAM@lin.EXAMPLE\n": true, "\u017fam@lin.example": false, "s\u0430m@lin.example": false} {
		if p := must[agents.Person](t)(s.PersonFor(ctx, address)); (p.ID == mine.ID) != same {
			t.Errorf("%q is %q, I am %q", address, p.ID, mine.ID)
		}
	}
	m := letter("1", "\u017fam@lin.example", "evil@attacker.example", "x", noon)
	m.Verified = true
	own := letter("2", "sam@lin.example", "anna@one.example", "x", noon)
	own.Verified = true
	add(t, s, m, own)
	if err := s.SetMe(ctx, []string{"sam@lin.example"}); err != nil {
		t.Fatal(err)
	}
	for address, known := range map[string]bool{"evil@attacker.example": false, "anna@one.example": true} {
		if p := must[agents.Person](t)(s.PersonFor(ctx, address)); p.Known != known {
			t.Errorf("%q is known: %v", address, p.Known)
		}
	}
}
