package approval_test

import (
	"strings"
	"testing"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/approval"
)

// A letter that nobody would tell from a plain one is spelt out in an address, and warned of.
func TestLettersOfAddresses(t *testing.T) {
	type in struct {
		To    agents.Person `json:"to"`
		Where string        `json:"where"`
	}
	for address, spelt := range map[string]string{
		"\u212aim@provider.example": "U+212A KELVIN SIGN", "\u017fam@lin.example": "U+017F LATIN SMALL LETTER LONG S",
		"k\u0130m@lin.example": "U+0130 LATIN CAPITAL LETTER I WITH DOT ABOVE", "kım@lin.example": "U+0131 LATIN SMALL LETTER DOTLESS I",
		"sam@lin.ex\u0430mple": "U+0430 CYRILLIC SMALL LETTER A", "sam@p\u0430y.example": "U+0430 CYRILLIC SMALL LETTER A", "ｓam@lin.example": "U+FF53 FULLWIDTH LATIN SMALL LETTER S",
		"\u0440\u0430y@lin.example": "U+0440 CYRILLIC SMALL LETTER ER", "\u0440\u0430@lin.example": "U+0440 CYRILLIC SMALL LETTER ER", "s\u0251m@lin.example": "U+0251 LATIN SMALL LETTER ALPHA",
		// at home where they stand
		"sam@lin.example": "", "søren@fjord.example": "", "pawel.łos@x.example": "", "müller@bücher.example": "", "陳@台灣.tw": "", "chan陳@x.example": "",
		"анна@почта.рф": "", "straße@x.example": "",
	} {
		person := agents.Person{ID: "p_x", Name: agents.Plain(address), Address: address, Known: true}
		fields := approval.Fields(in{person, address}, approval.Options{Typed: func(string) bool { return true }})
		for _, pieces := range [][]approval.Piece{fields[0].Person.Address, fields[1].Text} {
			var got []string
			whole := ""
			for _, p := range pieces {
				whole += p.Text
				if p.Spelt != "" {
					got = append(got, p.Spelt)
				}
			}
			if whole != address {
				t.Errorf("the pieces of %q are %q", address, whole)
			}
			if (len(got) > 0) != (spelt != "") || len(got) > 0 && got[0] != spelt {
				t.Errorf("%+q: %q is spelt out, want %q", address, got, spelt)
			}
		}
		for _, warnings := range [][]approval.Warning{fields[0].Person.Warnings, fields[1].Warnings} {
			found := false
			for _, w := range warnings {
				found = found || w.Code == approval.MixedScripts && strings.TrimSpace(w.Text) != ""
			}
			if found != (spelt != "") {
				t.Errorf("%+q: %+v", address, warnings)
			}
		}
	}
}

// Two addresses that differ by such a letter are two.
func TestATwinIsAnother(t *testing.T) {
	type in struct {
		To agents.Person `json:"to"`
	}
	o := approval.Options{Me: "sam@lin.example", KnownNames: map[string]string{"kim park": "kim@provider.example", "bo": "k@x.example"}, KnownDomains: []string{"provider.example", "x.example"}, Recipients: []string{"p"}}
	for address, like := range map[string]string{"\u212aim@provider.example": "kim@provider.example", "\u212a@x.example": "k@x.example", "\u017fam@lin.example": ""} {
		f := approval.Fields(in{agents.Person{ID: "p", Name: agents.Plain("Kim Park"), Address: address}}, o)[0]
		if f.Person.Me {
			t.Errorf("%q is me", address)
		}
		got := ""
		for _, w := range f.Person.Warnings {
			if w.Code == approval.LooksAlike {
				got = w.Like
			}
		}
		if got != like {
			t.Errorf("%q looks like %q, want %q: %+v", address, got, like, f.Person.Warnings)
		}
	}
}
