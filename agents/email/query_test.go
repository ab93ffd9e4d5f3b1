package email_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/agents/email"
)

var taipei = time.FixedZone("Taipei", 8*3600)

// show writes a query in one line, what is not set left out.
func show(q email.Query) string {
	var all []string
	add := func(format string, args ...any) { all = append(all, fmt.Sprintf(format, args...)) }
	term := func(t email.Term) string {
		return map[bool]string{true: "-"}[t.Not] + []string{"", "from=", "to=", "subject=", "body="}[t.Field] + t.Text
	}
	for _, t := range q.Terms {
		s := term(t)
		if t.Or != nil {
			var alternatives []string
			for _, a := range t.Or {
				alternatives = append(alternatives, term(a))
			}
			s = "(" + strings.Join(alternatives, "|") + ")"
		}
		add("%s", s)
	}
	if !q.Since.IsZero() {
		add("since %s", q.Since.In(taipei).Format("2006-01-02T15:04"))
	}
	if !q.Until.IsZero() {
		add("until %s", q.Until.In(taipei).Format("2006-01-02T15:04"))
	}
	if q.Kind != "" {
		add("kind %s", q.Kind)
	}
	for name, b := range map[string]*bool{"unread": q.Unread, "starred": q.Starred, "attached": q.Attached, "mine": q.Mine} {
		if b != nil {
			add("%s %v", name, *b)
		}
	}
	return strings.Join(all, ", ")
}

func TestParseQuery(t *testing.T) {
	rows := []struct{ in, want string }{
		{"", ""},
		{"invoice", "invoice"},
		{"invoice newer_than:30d", "invoice, since 2026-10-21T16:00"},
		{`"kitchen renovation" -draft`, "kitchen renovation, -draft"},
		{"發票 OR 帳單 台電", "(發票|帳單), 台電"},
		{"(invoice OR receipt OR bill)", "invoice"},
		{"a OR b OR c", "(a|b|c)"},
		{"from:anna subject:lunch to:bob@example.test", "from=anna, subject=lunch, to=bob@example.test"},
		{`from:"Anna Chen" -from:ben`, "from=Anna Chen, -from=ben"},
		{"from:anna OR from:ben", "(from=anna|from=ben)"},
		{"寄件者：王小明 主旨:「水費」", "from=王小明, subject=水費"},
		{"is:unread", "unread true"},
		{"-is:unread", "unread false"},
		{"is:read", "unread false"},
		{"is:starred", "starred true"},
		{"has:attachment", "attached true"},
		{"is:sent", "mine true"},
		{"from:me", "mine true"},
		{"to:me", "mine false"},
		{"kind:newsletters", "kind newsletter"},
		{"類型:帳單", "kind invoice"},
		{"is:invoice", "kind invoice"},
		{"since:2026-11-01 before:2026-11-10", "since 2026-11-01T00:00, until 2026-11-10T00:00"},
		{"after:yesterday", "since 2026-11-19T00:00"},
		{"since:今天", "since 2026-11-20T00:00"},
		{"older_than:2w", "until 2026-11-06T16:00"},
		{"before:1y", "until 2025-11-20T16:00"},
		{"R & D - plan", "R, D, plan"},
		{"cats AND dogs", "cats, dogs"},
		{"NOT spam", "-spam"},
		{"10:30", "10:30"},
		{"https://example.test/a", "https://example.test/a"},
		{"anna@example.test", "anna@example.test"},
		{"rock-n-roll", "rock-n-roll"},
		{"報價（港灣）", "報價（港灣）"},
		{`"is:unread"`, "is:unread"},
	}
	for _, row := range rows {
		t.Run(row.in, func(t *testing.T) {
			q, err := email.ParseQuery(row.in, now, taipei)
			if row.in == "(invoice OR receipt OR bill)" {
				if agents.CodeOf(err) != agents.CodeInvalid {
					t.Errorf("brackets: %v, %v", show(q), err)
				}
				return
			}
			if err != nil || show(q) != row.want {
				t.Errorf("ParseQuery = %q, %v; want %q", show(q), err, row.want)
			}
		})
	}
}

func TestParseQueryRefuses(t *testing.T) {
	rows := []struct{ in, names string }{
		{"foo:bar", `"foo:"`},
		{"re:invoice", `"re:"`},
		{"from:", `"from:"`},
		{"is:purple", `"is:purple"`},
		{"has:cheese", `"has:cheese"`},
		{"kind:spam", `"spam"`},
		{"newer_than:soon", `"soon"`},
		{"newer_than:d", `"d"`},
		{"after:2026-13-45", `"2026-13-45"`},
		{`"open`, "quotation mark"},
		{"OR a", "before OR"},
		{"a OR", "after OR"},
		{"NOT", "after NOT"},
		{"a OR -b", "after OR"},
		{"a OR is:unread", "OR joins words"},
		{`"!!!"`, `"!!!"`},
		{"-!!", `"!!"`},
		{"from:!!", `"from:!!"`},
		{"kind:invoice kind:receipt", "one kind"},
		{"-kind:invoice", "excluded"},
		{"since:2026-11-10 before:2026-11-01", "no time"},
		{strings.Repeat("x", 3000), "too long"},
		{strings.Repeat("x ", 60), "more than"},
	}
	for _, row := range rows {
		t.Run(row.in[:min(len(row.in), 30)], func(t *testing.T) {
			q, err := email.ParseQuery(row.in, now, taipei)
			e := agents.AsError(err)
			if err == nil || e.Code != agents.CodeInvalid || !strings.Contains(e.Message, row.names) || e.Hint == "" {
				t.Errorf("ParseQuery = %q, %v", show(q), err)
			}
		})
	}
}

func FuzzQuery(f *testing.F) {
	for _, seed := range []string{"a OR b", `"x" -y`, "from:a", "is:unread", "newer_than:1d", "寄件者：王", "(a)", "NOT OR AND", "a:b:c", `-"`, "::", "-from:"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		q, err := email.ParseQuery(s, now, taipei)
		if err != nil {
			if agents.CodeOf(err) != agents.CodeInvalid {
				t.Errorf("ParseQuery(%q): %v", s, err)
			}
			return
		}
		for _, term := range q.Terms {
			if strings.TrimSpace(term.Text) == "" || term.Not && term.Or != nil {
				t.Errorf("ParseQuery(%q) gives the term %+v", s, term)
			}
		}
	})
}
