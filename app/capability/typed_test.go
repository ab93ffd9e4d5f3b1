package capability_test

import (
	"testing"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/capability"
)

func TestWhatTheUserTypedIsWholeTokens(t *testing.T) {
	for _, c := range []struct {
		request, words string
		want           bool
	}{
		{"mail anna@example.com the summary", "anna@example.com", true},
		{"mail Anna@Example.com.", "anna@example.com", true},
		{"mail joanna@example.com", "anna@example.com", false},
		{"mail anna@example.com.evil.net", "anna@example.com", false},
		{"mail anna@example.community", "anna@example.com", false},
		{"mail anna@example.com-evil.net", "anna@example.com", false},
		{"mail x.anna@example.com", "anna@example.com", false},
		{"mail x+anna@example.com", "anna@example.com", false},
		{"把摘要寄給anna@example.com，謝謝", "anna@example.com", true},
		{"把摘要寄給anna@example.com謝謝", "anna@example.com", true},
		{"寄給陳安娜", "陳安", false},
		{"寄給 陳安娜", "陳安娜", true},
		{"read https://example.com/a?b=c now", "https://example.com/a?b=c", true},
		{"read https://example.com/a?b=c now", "https://example.com/a", false},
		{"read https://example.com/a/ now", "https://example.com/a", true},
		{"pay 100 to x", "100", true},
		{"pay 1000 to x", "100", false},
		{"pay 100.50 to x", "100", false},
		{"mail \u017fam@lin.example", "sam@lin.example", false},
		{"mail kim@x.example", "\u212aim@x.example", false},
		{"寄給 ＡＮＮＡ", "ＡＮＮＡ", true},
		{"", "a", false},
		{"a", "", false},
		{"a", "  ", false},
		{"anna@example.com.evil.net or anna@example.com", "anna@example.com", true},
	} {
		if got := capability.Typed(agents.Run{Kind: "ask", Request: c.request})(c.words); got != c.want {
			t.Errorf("%q in %q: %v", c.words, c.request, got)
		}
	}
	if capability.Typed(agents.Run{Kind: "script", Request: "anna@example.com"})("anna@example.com") {
		t.Error("the name of a script's file passes for the user's words")
	}
}

func FuzzTypedIsInTheRequest(f *testing.F) {
	f.Add("mail anna@example.com", "anna@example.com")
	f.Add("寄給陳安娜。", "陳安娜")
	f.Fuzz(func(t *testing.T, request, words string) {
		if capability.Whole(request, words) && (words == "" || len(words) > len(request)) {
			t.Errorf("%q in %q", words, request)
		}
	})
}
