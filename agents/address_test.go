package agents_test

import (
	"testing"

	"github.com/stewardhq/steward/agents"
)

func TestFoldAddress(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "\tSam@LIN.example\n": "sam@lin.example", "sam@lin.example": "sam@lin.example",
		"ſam@lin.example": "ſam@lin.example", "\u212aim@Provider.example": "\u212aim@provider.example", "K\u0130M@x.example": "k\u0130m@x.example",
		"ÄNNA@BÜCHER.example": "Änna@bÜcher.example", "\xffA@b.example": "\xffa@b.example", "陳@B.example": "陳@b.example",
	} {
		if got := agents.FoldAddress(in); got != want || agents.FoldAddress(got) != got {
			t.Errorf("%q is folded to %q, want %q", in, got, want)
		}
	}
}

func TestSameAddress(t *testing.T) {
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"Sam@Lin.example", " sam@lin.EXAMPLE", true},
		{"ſam@lin.example", "sam@lin.example", false},
		{"ſam@lin.example", "ſAM@lin.example", true},
		{"\u212aim@x.example", "kim@x.example", false},
		{"kim@x.example", "k\u0130m@x.example", false},
		{"", "", false},
		{" ", "", false},
	} {
		if got := agents.SameAddress(c.a, c.b); got != c.same || agents.SameAddress(c.b, c.a) != c.same {
			t.Errorf("%q and %q: %v", c.a, c.b, got)
		}
	}
}
