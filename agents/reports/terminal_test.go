package reports_test

import (
	"slices"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/width"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/agents/reports"
)

func TestTerminal(t *testing.T) {
	tests := map[string]struct {
		text agents.Text
		want string
	}{
		"own words":        {agents.Plain("two\nlines"), "two\nlines"},
		"quoted":           {agents.Concat(agents.Plain("From "), from("m1", "Anna"), agents.Plain(".")), "From ‹Anna›."},
		"pieces of one":    {agents.Concat(from("m1", "An"), from("m1", "na")), "‹Anna›"},
		"pieces of two":    {agents.Concat(from("m1", "An"), from("m2", "na")), "‹An›‹na›"},
		"marks inside":     {from("m1", "a› b ‹c ❯"), "‹a> b <c >›"},
		"own marks":        {agents.Plain("‹x›"), "<x>"},
		"escape":           {from("m1", "\x1b[31mred\x1b[0m"), "‹�[31mred�[0m›"},
		"title escape":     {from("m1", "\x1b]0;pwned\x07x"), "‹�]0;pwned�x›"},
		"one-byte escape":  {from("m1", "\u009b31mred"), "‹�31mred›"},
		"escape of ours":   {agents.Plain("\x1b[31mred"), "�[31mred"},
		"direction":        {from("m1", "a\u202egnp.exe"), "‹a�gnp.exe›"},
		"invisible":        {from("m1", "pay\u200b\u2060\u00adpal\U000e0041"), "‹paypal›"},
		"only invisible":   {from("m1", "\u200b\u200b"), ""},
		"further lines":    {from("m1", "one\n\n\n\n  two\r\nthree"), "‹one\n  ┊ \n  ┊ two\n  ┊ three›"},
		"overwriting":      {from("m1", "one\rtwo"), "‹one\n  ┊ two›"},
		"marks in a row":   {from("m1", "e\u0301\u0302\u0303\u0304\u0305\u0306"), "‹e\u0301\u0302\u0303\u0304›"},
		"mark at the head": {from("m1", "\u0336x"), "‹x›"},
		"not UTF-8":        {from("m1", "a\xff\xfeb"), "‹a�b›"},
		"Chinese":          {from("m1", "今天　的信"), "‹今天　的信›"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := reports.Terminal(tt.text); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestTerminalLine(t *testing.T) {
	text := agents.Concat(agents.Plain("From "), from("m1", "Anna\n Kowalski "), agents.Plain(": "), from("m1", "lunch on Friday"))
	tests := []struct {
		text  agents.Text
		limit int
		want  string
	}{
		{text, 0, "From ‹Anna Kowalski›: ‹lunch on Friday›"},
		{text, 39, "From ‹Anna Kowalski›: ‹lunch on Friday›"},
		{text, 38, "From ‹Anna Kowalski›: ‹lunch on Frid…›"},
		{text, 24, "From ‹Anna Kowalski›: …"},
		{text, 12, "From ‹Anna…›"},
		{text, 6, "From …"},
		{text, 1, "…"},
		{from("m1", "今天的郵件"), 9, "‹今天的…›"},
		{from("m1", "今天的郵件"), 8, "‹今天…›"},
		{from("m1", "今天的郵件"), 12, "‹今天的郵件›"},
		{agents.Plain("  a \n b\n"), 0, "a b"},
		{agents.Plain("\n"), 10, ""},
	}
	for _, tt := range tests {
		if got := reports.TerminalLine(tt.text, tt.limit); got != tt.want {
			t.Errorf("TerminalLine(%q, %d) = %q, want %q", tt.text.Raw(), tt.limit, got, tt.want)
		}
	}
}

// checkShown fails if a shown text holds what could change the display, or marks that do not pair up.
func checkShown(t *testing.T, shown string) {
	t.Helper()
	inside := false
	for _, r := range shown {
		switch {
		case r == '‹' && inside, r == '›' && !inside:
			t.Fatalf("marks do not pair up: %q", shown)
		case r == '‹', r == '›':
			inside = !inside
		case r != '\n' && unicode.Is(unicode.Cc, r), unicode.Is(unicode.Cf, r), r == '\u2028', r == '\u2029', !unicode.IsGraphic(r) && r != '\n':
			t.Fatalf("%U is left in %q", r, shown)
		}
	}
	if inside {
		t.Fatalf("a mark is left open: %q", shown)
	}
}

func wide(s string) int {
	n := 0
	for _, r := range s {
		n++
		if k := width.LookupRune(r).Kind(); k == width.EastAsianWide || k == width.EastAsianFullwidth {
			n++
		}
	}
	return n
}

func FuzzTerminal(f *testing.F) {
	for _, h := range hostile {
		f.Add("Re: ", h, 20)
		f.Add(h, h, 3)
	}
	f.Fuzz(func(t *testing.T, own, other string, limit int) {
		text := agents.Concat(agents.Plain(own), from("m1", other), agents.Plain("."), from("m2", other))
		shown := reports.Terminal(text)
		checkShown(t, shown)
		// Outside the marks stands what Steward wrote, and nothing else.
		if got, want := outside(shown), reports.Terminal(agents.Plain(own))+"."; got != want {
			t.Errorf("outside the marks: %q, want %q", got, want)
		}
		for _, line := range strings.Split(shown[strings.Index(shown+"‹", "‹"):], "\n")[1:] {
			if !strings.HasPrefix(line, "  ┊ ") {
				t.Errorf("a line of others begins at the margin: %q", line)
			}
		}
		line := reports.TerminalLine(text, limit)
		checkShown(t, line)
		if strings.Contains(line, "\n") || limit > 0 && wide(line) > limit {
			t.Errorf("TerminalLine(…, %d) = %q, %d columns", limit, line, wide(line))
		}
	})
}

// outside is a shown text without what stands between the marks.
func outside(shown string) string {
	var b strings.Builder
	quoting := false
	for _, r := range shown {
		if r == '‹' || r == '›' {
			quoting = r == '‹'
		} else if !quoting {
			b.WriteRune(r)
		}
	}
	return b.String()
}

func TestHostileTextsDiffer(t *testing.T) {
	if sorted := slices.Compact(slices.Sorted(slices.Values(hostile))); len(sorted) != len(hostile) {
		t.Error("the list of attacks holds one twice")
	}
}
