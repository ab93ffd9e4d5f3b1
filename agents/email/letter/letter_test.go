package letter_test

import (
	"bytes"
	"io"
	"mime"
	netmail "net/mail"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/emersion/go-message"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/agents/email/letter"
	"github.com/stewardhq/steward/agents/email/wire"
)

var at = time.Date(2026, 3, 2, 8, 0, 0, 0, time.FixedZone("", 8*3600))

func write(t *testing.T, l letter.Letter) []byte {
	t.Helper()
	raw, err := letter.Write(l, "key", at)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestAWholeLetter(t *testing.T) {
	raw := write(t, letter.Letter{
		From: letter.Address{Name: "Sam Lin", Address: "sam@lin.example"}, To: []letter.Address{{Address: "anna@tidewater.example"}},
		Cc: []letter.Address{{Name: "陳大文", Address: "chan@bücher.example"}}, Subject: "Re: 午餐", Body: "Yes.\n.\nFrom now on =)\n",
		Answers: "two@x.example", References: []string{"one@x.example", "two@x.example"},
	})
	want := "Message-Id: <" + letter.MessageID("key", "sam@lin.example") + ">\r\n" + `Date: Mon, 02 Mar 2026 00:00:00 +0000
From: "Sam Lin" <sam@lin.example>
To: <anna@tidewater.example>
Cc: =?utf-8?b?6Zmz5aSn5paH?= <chan@xn--bcher-kva.example>
Subject: =?utf-8?b?UmU6IOWNiOmkkA==?=
In-Reply-To: <two@x.example>
References: <one@x.example> <two@x.example>
Mime-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

Yes.
.
From now on =3D)
`
	if got := strings.ReplaceAll(string(raw), "\r\n", "\n"); got != strings.ReplaceAll(want, "\r\n", "\n") {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestSameInSameOut(t *testing.T) {
	l := letter.Letter{From: letter.Address{Address: "a@b.example"}, To: []letter.Address{{Address: "c@d.example"}}, Subject: strings.Repeat("長", 500), Body: strings.Repeat("文", 5000)}
	first := write(t, l)
	if !bytes.Equal(first, write(t, l)) {
		t.Error("the same letter twice is not the same")
	}
	if other, err := letter.Write(l, "another", at); err != nil || bytes.Equal(first, other) {
		t.Errorf("another key gives the same letter: %v", err)
	}
	for line := range strings.SplitSeq(string(first), "\r\n") {
		if len(line) > 78 {
			t.Errorf("a line of %d bytes", len(line))
		}
	}
}

func TestWhatIsNoAddress(t *testing.T) {
	for _, a := range []string{
		"", "a", "@b.example", "a@", "a@b@c.example", "a b@c.example", `"a b"@c.example`, "<a@b.example>", "a@b.example>", "a@[127.0.0.1]", "a@127.0.0.1",
		"a@b.example\r\nRCPT TO:<c@d.example>", "a\x00@b.example", "a@b.example ", " a@b.example", "a,b@c.example", "a@b..example", ".a@b.example", "a.@b.example",
		"a..b@c.example", "x:a@b.example;", "a(b)@c.example", "a@b_c.example", "a@-b.example", "a@b.example.", "@x.example:a@b.example", "a@b.example,c@d.example",
		strings.Repeat("a", 65) + "@b.example", "a@" + strings.Repeat("b.", 130) + "example", "a\u202e@b.example", "a\u200b@b.example", "a@exa\u200bmple.example\u202e", "a@b.example\u2028", "\xff@b.example", "a@ｂ.example", "a@b。example", "a@\u212a.example", "a@\u0130b.example", "a@\u017fb.example", "a@exa\u200bmple.example",
	} {
		if got, err := letter.Canonical(a); err == nil {
			t.Errorf("%q is taken as %q", a, got)
		} else if err != nil && agents.CodeOf(err) != agents.CodeInvalid {
			t.Error(err)
		}
	}
	for a, want := range map[string]string{"Anna.Chen+x@B.Example": "Anna.Chen+x@b.example", "a@bücher.example": "a@xn--bcher-kva.example", "陳@b.example": "陳@b.example", "o'neil@b.example": "o'neil@b.example"} {
		if got, err := letter.Canonical(a); got != want {
			t.Errorf("%q = %q, %v", a, got, err)
		}
	}
}

func TestRefused(t *testing.T) {
	good := letter.Letter{From: letter.Address{Address: "a@b.example"}, To: []letter.Address{{Address: "c@d.example"}}}
	for name, change := range map[string]func(*letter.Letter){
		"nobody":             func(l *letter.Letter) { l.To = nil },
		"nobody who writes":  func(l *letter.Letter) { l.From.Address = "" },
		"a subject of lines": func(l *letter.Letter) { l.Subject = "a\r\nBcc: x@y.example" },
		"a subject with LF":  func(l *letter.Letter) { l.Subject = "a\n b" },
		"a subject with NUL": func(l *letter.Letter) { l.Subject = "a\x00" },
		"a name of lines":    func(l *letter.Letter) { l.To[0].Name = "a\r\n\r\nb" },
		"a long subject":     func(l *letter.Letter) { l.Subject = strings.Repeat("a", letter.MaxSubject+1) },
		"a long text":        func(l *letter.Letter) { l.Body = strings.Repeat("a", letter.MaxBody+1) },
		"no Unicode":         func(l *letter.Letter) { l.Body = "\xff" },
		"what it answers":    func(l *letter.Letter) { l.Answers = "a@b>\r\nBcc: <x@y" },
		"its thread":         func(l *letter.Letter) { l.Answers, l.References = "a@b", []string{"a b@c"} },
		"too many":           func(l *letter.Letter) { l.Cc = make([]letter.Address, letter.MaxRecipients) },
	} {
		l := good
		l.To = []letter.Address{good.To[0]}
		change(&l)
		if raw, err := letter.Write(l, "key", at); err == nil || agents.AsError(err).Hint == "" {
			t.Errorf("%s: %v\n%s", name, err, raw)
		}
	}
}

// FuzzLetter: what is put in comes out of it again, through three readers, and nothing else does.
func FuzzLetter(f *testing.F) {
	for _, s := range []string{
		"Lunch?", "午餐 \u202e", "a\r\nBcc: x@y.example", "=?utf-8?q?a?=", "a  b ", strings.Repeat("x", 1200), `q"u\o,te;d <x@y.example>`, "\x00", "é=?\t", " lead", "a@b.example", "\u2028", "(comment)", "\u00a0", "🙂",
	} {
		f.Add(s, s, "sam@lin.example", s)
		f.Add("s", "n", s, "b")
	}
	f.Fuzz(func(t *testing.T, subject, name, address, body string) {
		l := letter.Letter{
			From: letter.Address{Name: name, Address: "sam@lin.example"}, To: []letter.Address{{Name: name, Address: address}, {Address: "c@d.example"}}, Subject: subject, Body: body,
		}
		raw, err := letter.Write(l, "key", at)
		if err != nil {
			bad := func(r rune) bool {
				return unicode.IsControl(r) || r == utf8.RuneError || r == '\u2028' || r == '\u2029'
			}
			_, wrong := letter.Canonical(address)
			if wrong == nil && !strings.ContainsFunc(subject+name, bad) && len(subject) < letter.MaxSubject && utf8.ValidString(subject) && utf8.ValidString(name) && utf8.ValidString(body) {
				t.Fatalf("refused without reason: %v", err)
			}
			return
		}
		to, _ := letter.Canonical(address)
		if again, err := letter.Write(l, "key", at); err != nil || !bytes.Equal(raw, again) {
			t.Fatal("another time it is another letter")
		}
		for line := range bytes.SplitSeq(raw, []byte("\r\n")) {
			if len(line) > 998 || bytes.ContainsAny(line, "\r\n\x00") {
				t.Fatalf("a line that servers refuse: %q", line)
			}
		}
		m, err := message.Read(bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		if fields := m.Header.Len(); fields > 9 || subject != "" && fields != 9-1 || m.Header.Has("Bcc") {
			t.Fatalf("%d fields:\n%s", fields, raw)
		}
		if got, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject")); err != nil || got != subject {
			t.Fatalf("subject %q, %v, want %q", got, err, subject)
		}
		if strings.ContainsFunc(to, func(r rune) bool { return r >= utf8.RuneSelf }) {
			return
		}
		list, err := netmail.ParseAddressList(m.Header.Get("To"))
		if err != nil || len(list) != 2 || list[0].Name != name || list[0].Address != to || list[1].Address != "c@d.example" {
			t.Fatalf("To is read as %+v, %v, of %q", list, err, m.Header.Get("To"))
		}
		if got := wire.ParseAddresses(m.Header.Get("To"), ""); len(got) != 2 || !strings.EqualFold(got[0].Address, to) {
			t.Fatalf("Steward reads To as %+v", got)
		}
		text, err := io.ReadAll(m.Body)
		want := letter.Lines(body)
		if got := letter.Lines(string(text)); err != nil || got != want && got != want+"\n" {
			t.Fatalf("body %q, %v, want %q", got, err, want)
		}
	})
}
