package letter_test

import (
	"strings"
	"testing"

	"github.com/stewardhq/steward/store/letter"
)

func TestBaseSubject(t *testing.T) {
	for _, c := range []struct {
		subject, base string
		answer        bool
	}{
		{"Plan", "plan", false},
		{"Re: Plan", "plan", true},
		{"RE: re[2]: AW:  Fwd:Plan  B ", "plan b", true},
		{"回覆: 轉寄：會議", "會議", true},
		{"答复：会议", "会议", true},
		{"Re", "re", false},
		{"Reading: a book", "reading: a book", false},
		{"Re:", "", true},
		{"", "", false},
		{strings.Repeat("Re: ", 1000) + "x", "x", true},
	} {
		if base, answer := letter.BaseSubject(c.subject); base != c.base || answer != c.answer {
			t.Errorf("BaseSubject(%.40q) is %q, %v", c.subject, base, answer)
		}
	}
}

func TestDelivered(t *testing.T) {
	for raw, want := range map[string]bool{
		"From: a\r\nDelivered-To: b\r\n\r\n": true, "return-path : <a>\n\n": true, "From: a\r\n\r\nDelivered-To: b\r\n": false, "": false,
	} {
		if letter.Delivered([]byte(raw)) != want {
			t.Errorf("%q: %v", raw, !want)
		}
	}
}
