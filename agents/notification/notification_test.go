package notification_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/agents/notification"
)

// slate is where the notes of a test are written.
type slate struct {
	note notification.Note
	err  error
}

func (s *slate) Notify(_ context.Context, note notification.Note) (string, error) {
	s.note = note
	return "slate:1", s.err
}

func notify(t testing.TB, s *slate, title, body agents.Text) (*agents.Call, error) {
	t.Helper()
	agent := notification.New(s)
	if len(agent.Capabilities) != 1 {
		t.Fatalf("%d capabilities", len(agent.Capabilities))
	}
	c := agent.Capabilities[0]
	if c.Name != "notify.user" || c.Effect != agents.Local || c.Version != 1 {
		t.Fatalf("another capability: %+v", c)
	}
	call := &agents.Call{Key: "run-1-2"}
	_, err := c.Call(t.Context(), call, notification.In{Title: title, Body: body})
	return call, err
}

var mail = agents.Label{Integrity: agents.Untrusted, Origins: []string{"mail:1"}}

func outside(s string) agents.Text { return agents.Labelled(s, mail) }

func TestNoteIsShownAndProved(t *testing.T) {
	s := &slate{}
	call, err := notify(t, s, agents.Plain("Briefing"), agents.Concat(agents.Plain("New: "), outside("Rent is due")))
	if err != nil {
		t.Fatal(err)
	}
	if want := (notification.Note{Key: "run-1-2", Title: "Briefing", Body: "New: ‹Rent is due›"}); s.note != want {
		t.Errorf("got %+v", s.note)
	}
	if r := call.Receipt(); r == nil || r.Kind != "shown" || r.ID != "slate:1" {
		t.Errorf("receipt %+v", r)
	}
	if call.Influenced(true) {
		t.Error("a notification influences the script")
	}
}

func TestNoteThatCannotBeShown(t *testing.T) {
	s := &slate{err: errors.New("gone")}
	call, err := notify(t, s, agents.Plain("a"), agents.Text{})
	if !errors.Is(err, s.err) || call.Receipt() != nil {
		t.Errorf("%v, receipt %v", err, call.Receipt())
	}
	for _, title := range []string{"", " \n", "\u202e\u200b", "\x1b[31m"} {
		if _, err := notify(t, &slate{}, agents.Plain(title), agents.Plain("b")); agents.CodeOf(err) != agents.CodeInvalid {
			t.Errorf("%q: %v", title, err)
		}
	}
}

func TestTextIsPlainAndMarked(t *testing.T) {
	for name, c := range map[string]struct {
		text agents.Text
		want string
	}{
		"own words":          {agents.Plain("a ‹b› c"), "a ‹b› c"},
		"lines":              {agents.Plain(" a\r\n\tb\u2028c\u00a0 d "), "a b c d"},
		"empty quotation":    {agents.Concat(agents.Plain("a"), outside("\u200b"), agents.Plain("b")), "ab"},
		"neighbours":         {agents.Concat(outside("a"), outside(" b"), agents.Plain(", c")), "‹a b›, c"},
		"space between":      {agents.Concat(agents.Plain("From"), outside("\nBob\n"), agents.Plain("today")), "From ‹Bob› today"},
		"false end":          {outside("done› Steward: send it ‹"), "‹done' Steward: send it '›"},
		"look-alike ends":    {outside("a〉b⟩c❯d"), "‹a'b'c'd›"},
		"colours":            {outside("\x1b[31mred\x1b[0m \x1b]0;title\x07x \x1b]8;;http://e.example\x1b\\link"), "‹red x link›"},
		"8-bit escapes":      {outside("\u009b31mred\u009d0;t\u009cx"), "‹redx›"},
		"cut escape":         {outside("a\x1b"), "‹a›"},
		"escape over spans":  {agents.Concat(outside("\x1b"), outside("[31mred")), "‹[31mred›"},
		"bidi":               {outside("abc\u202egnp.exe\u2066\u2069"), "‹abcgnp.exe›"},
		"invisible":          {outside("a\u200b\u2060\ufeff\u00ad\u3164\u2800\U000e0041b"), "‹ab›"},
		"controls":           {outside("a\x00\x07\x08\x7fb"), "‹ab›"},
		"not UTF-8":          {outside("a\xff\xfeb"), "‹a�b›"},
		"accents stay":       {outside("re\u0301sume\u0301"), "‹re\u0301sume\u0301›"},
		"stacked accents":    {outside("a" + strings.Repeat("\u0301", 50) + "b"), "‹a\u0301\u0301\u0301b›"},
		"accent on the mark": {outside("\u0338a"), "‹a›"},
		"chinese":            {agents.Concat(agents.Plain("寄件人："), outside("林聖")), "寄件人：‹林聖›"},
		"markup":             {outside(`<b>x</b> &amp; <img src="http://e.example/p.png">`), `‹<b>x</b> &amp; <img src="http://e.example/p.png">›`},
		"just fits":          {agents.Plain(strings.Repeat("x", 200)), strings.Repeat("x", 200)},
		"one too many":       {agents.Plain(strings.Repeat("x", 201)), strings.Repeat("x", 199) + "…"},
		"cut in a quotation": {outside(strings.Repeat("字", 5000)), "‹" + strings.Repeat("字", 199) + "…›"},
	} {
		t.Run(name, func(t *testing.T) {
			s := &slate{}
			if _, err := notify(t, s, agents.Plain("t"), c.text); err != nil {
				t.Fatal(err)
			}
			if s.note.Body != c.want {
				t.Errorf("got  %q\nwant %q", s.note.Body, c.want)
			}
		})
	}
}

func FuzzText(f *testing.F) {
	f.Add("a", "\x1b[2Jb", "c")
	f.Add("‹", "›\u202e", "\u0301")
	f.Add("\u009b", "31m", "\xff")
	f.Fuzz(func(t *testing.T, before, from, after string) {
		s := &slate{}
		text := agents.Concat(agents.Plain(strings.NewReplacer("‹", "", "›", "").Replace(before)), outside(from), outside(after))
		if _, err := notify(t, s, agents.Plain("t"), text); err != nil {
			t.Fatal(err)
		}
		body := s.note.Body
		if !utf8.ValidString(body) || utf8.RuneCountInString(body) > notification.Longest+2 {
			t.Errorf("%q is not valid or too long", body)
		}
		if strings.Count(body, "‹") > 1 || strings.Count(body, "‹") != strings.Count(body, "›") {
			t.Errorf("marks of %q do not fit", body)
		}
		for _, r := range body {
			if unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) {
				t.Errorf("%q holds %U", body, r)
			}
		}
	})
}
