package wire_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/jhillyerd/enmime/v2"

	"github.com/stewardhq/steward/agents/email/wire"
)

func lines(s string) []byte { return []byte(strings.ReplaceAll(s, "\n", "\r\n")) }

// outline writes a message's tree in one line.
func outline(p *wire.Part) string {
	if len(p.Parts) == 0 {
		content, _, _ := wire.Content(p.Body, p.Encoding, 1<<20)
		return fmt.Sprintf("%s(%s)", p.Type, bytes.TrimSpace(content))
	}
	var inner []string
	for _, c := range p.Parts {
		inner = append(inner, outline(c))
	}
	return p.Type + "[" + strings.Join(inner, " ") + "]"
}

func TestRead(t *testing.T) {
	rows := []struct{ name, in, want string }{
		{"one part", "Subject: x\n\nhello\n", "text/plain(hello)"},
		{"two parts", "Content-Type: multipart/mixed; boundary=b\n\npreamble\n--b\n\none\n--b\nContent-Type: text/html\n\ntwo\n--b--\nepilogue\n", "multipart/mixed[text/plain(one) text/html(two)]"},
		{"nested", "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/alternative; boundary=bb\n\n--bb\n\none\n--bb\n\ntwo\n--bb--\n--b\n\nthree\n--b--\n", "multipart/mixed[multipart/alternative[text/plain(one) text/plain(two)] text/plain(three)]"},
		{"inner never closed", "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/alternative; boundary=c\n\n--c\n\none\n--b\n\ntwo\n--b--\n", "multipart/mixed[multipart/alternative[text/plain(one)] text/plain(two)]"},
		{"cut off", "Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b\n\ntw", "multipart/mixed[text/plain(one) text/plain(tw)]"},
		{"no boundary named", "Content-Type: multipart/mixed\n\nhello\n", "multipart/mixed(hello)"},
		{"boundary never comes", "Content-Type: multipart/mixed; boundary=b\n\nhello\n", "multipart/mixed(hello)"},
		{"part without blank line", "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n--b\n\ntwo\n--b--\n", "multipart/mixed[text/plain() text/plain(two)]"},
		{"base64", "Content-Transfer-Encoding: base64\n\naGVsbG8=\n", "text/plain(hello)"},
		{"quoted-printable", "Content-Transfer-Encoding: Quoted-Printable\n\nhel=\nlo =3D =XY\n", "text/plain(hello = =XY)"},
		{"attached message stays closed", "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: message/rfc822\n\nContent-Type: multipart/mixed; boundary=i\n\n--i\n\nin\n--i--\n--b--\n", "multipart/mixed[message/rfc822(Content-Type: multipart/mixed; boundary=i\r\n\r\n--i\r\n\r\nin\r\n--i--)]"},
		{"a boundary that begins like another", "Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: multipart/mixed; boundary=ab\n\n--ab\n\nx\n--ab--\n--a--\n", "multipart/mixed[multipart/mixed[text/plain(x)]]"},
		{"mbox line before", "From x Mon Jan  1 00:00:00 2026\nSubject: x\n\nhello\n", "text/plain(hello)"},
		{"folded and unindented", "Subject: a\n b\nContent-Type: text/html;\ncharset=utf-8\n\nx\n", "text/html(x)"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			p, _ := wire.Read(lines(row.in))
			if got := outline(p); got != row.want {
				t.Errorf("got  %q\nwant %q", got, row.want)
			}
			lf, _ := wire.Read([]byte(row.in))
			if got := outline(lf); got != strings.ReplaceAll(row.want, "\r\n", "\n") {
				t.Errorf("with bare line feeds: %q", got)
			}
		})
	}
}

func TestHeaderKeepsOrder(t *testing.T) {
	p, _ := wire.Read(lines("Received: two\nReceived: one\nSUBJECT : a =?utf-8?q?=C3=A9?=\n : no name\nX: y\n\n"))
	if got := p.Header.All("received"); len(got) != 2 || got[0] != "two" {
		t.Errorf("Received = %q", got)
	}
	if got := p.Header.Text("Subject"); got != "a é : no name" {
		t.Errorf("Subject = %q", got)
	}
}

// A second reader, made by others, must find the same texts in ordinary messages.
func TestAgreesWithEnmime(t *testing.T) {
	for _, name := range []string{"mixed", "alternative", "related"} {
		raw := lines("From: a@b.test\nMIME-Version: 1.0\nContent-Type: multipart/" + name + "; boundary=\"=_b\"\n\n--=_b\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\nna=C3=AFve =\ntext\n--=_b\nContent-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: base64\n\nPGI+aGk8L2I+\n--=_b--\n")
		theirs, err := enmime.ReadParts(bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		ours, problems := wire.Read(raw)
		if len(problems) > 0 {
			t.Errorf("%s: problems %v", name, problems)
		}
		their := []*enmime.Part{theirs.FirstChild, theirs.FirstChild.NextSibling}
		for i, p := range ours.Parts {
			content, whole, damaged := wire.Content(p.Body, p.Encoding, 1<<20)
			if !whole || damaged || string(content) != string(their[i].Content) || p.Type != their[i].ContentType {
				t.Errorf("%s, part %d: %s %q; enmime reads %s %q", name, i, p.Type, content, their[i].ContentType, their[i].Content)
			}
		}
	}
}

func nested(levels int) []byte {
	var b strings.Builder
	for i := range levels {
		fmt.Fprintf(&b, "Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i)
	}
	b.WriteString("\ndeep\n")
	for i := levels - 1; i >= 0; i-- {
		fmt.Fprintf(&b, "--b%d--\n", i)
	}
	return []byte(b.String())
}

func TestLimits(t *testing.T) {
	tests := []struct {
		name string
		raw  []byte
		lost bool
	}{
		{"500 levels", nested(500), true},
		{"90 levels", nested(90), false},
		{"10,001 parts", append([]byte("Content-Type: multipart/mixed; boundary=b\n\n"), bytes.Repeat([]byte("--b\n\nx\n"), 10_001)...), true},
		{"a header without end", append([]byte("Subject: "), bytes.Repeat([]byte("x"), 2<<20)...), true},
		{"100,000 fields", bytes.Repeat([]byte("X: y\n"), 100_000), true},
		{"4 MB of continuation", append([]byte("X: y\n"), bytes.Repeat([]byte(" z\n"), 1<<20)...), true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p, problems := wire.Read(test.raw)
			lost := false
			for _, problem := range problems {
				lost = lost || problem.Lost
			}
			parts := 0
			p.Walk(func(*wire.Part) { parts++ })
			if lost != test.lost || parts > wire.MaxParts || len(p.Header.Fields) > wire.MaxFields {
				t.Errorf("problems %v, %d parts, %d fields", problems, parts, len(p.Header.Fields))
			}
		})
	}
}

func FuzzRead(f *testing.F) {
	f.Add(nested(5))
	f.Add(lines("Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/x; boundary=b\n\n--b\n\n--b--\n"))
	f.Add([]byte("Subject: =?utf-8?b?=?=?=\nContent-Type: ;;=;*0*=''%;boundary=\n\n--\n----\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		p, _ := wire.Read(raw)
		total := 0
		p.Walk(func(p *wire.Part) {
			total += len(p.Body)
			content, _, _ := wire.Content(p.Body, p.Encoding, 1000)
			if len(content) > 1000 {
				t.Errorf("%d bytes beyond the limit", len(content))
			}
			for i := range p.Header.Fields {
				wire.DecodeWords(p.Header.Fields[i].Value, p.Header.Charset)
			}
		})
		if total > len(raw) {
			t.Errorf("bodies of %d bytes in a message of %d", total, len(raw))
		}
	})
}
