package wire_test

import (
	"net/mail"
	"reflect"
	"strings"
	"testing"

	"github.com/stewardhq/steward/agents/email/wire"
)

func TestParseAddresses(t *testing.T) {
	rows := []struct {
		name, in string
		want     []wire.Address
	}{
		{"bare", "anna@example.test", []wire.Address{{"", "anna@example.test"}}},
		{"named", "Anna Chen <Anna@Example.TEST>", []wire.Address{{"Anna Chen", "Anna@example.test"}}},
		{"quoted comma", `"Chen, Anna" <anna@example.test>, bob@example.test`, []wire.Address{{"Chen, Anna", "anna@example.test"}, {"", "bob@example.test"}}},
		{"bare comma in a name", "Chen, Anna <anna@example.test>", []wire.Address{{"Chen, Anna", "anna@example.test"}}},
		{"semicolons", "a@example.test; b@example.test", []wire.Address{{"", "a@example.test"}, {"", "b@example.test"}}},
		{"a group", "Team: a@example.test, B <b@example.test>;", []wire.Address{{"", "a@example.test"}, {"B", "b@example.test"}}},
		{"nobody", "undisclosed-recipients:;", nil},
		{"comment", "anna@example.test (Anna Chen)", []wire.Address{{"Anna Chen", "anna@example.test"}}},
		{"encoded", "=?UTF-8?B?6Zmz5a6J5aic?= <anna@example.test>", []wire.Address{{"陳安娜", "anna@example.test"}}},
		{"encoded in quotes", `"=?UTF-8?B?6Zmz5a6J5aic?=" <anna@example.test>`, []wire.Address{{"陳安娜", "anna@example.test"}}},
		{"no brackets", "Anna Chen anna@example.test", []wire.Address{{"Anna Chen", "anna@example.test"}}},
		{"mailto", "<mailto:anna@example.test>", []wire.Address{{"", "anna@example.test"}}},
		{"an open quote", `"Anna <anna@example.test>`, []wire.Address{{"Anna", "anna@example.test"}}},
		{"an address as a name", `"ceo@bank.test" <thief@evil.test>`, []wire.Address{{"ceo@bank.test", "thief@evil.test"}}},
		{"two in brackets", "<ceo@bank.test> <thief@evil.test>", []wire.Address{{"<ceo@bank.test>", "thief@evil.test"}}},
		{"a line break in a name", "\"Anna\r\nBcc: x\" <anna@example.test>", []wire.Address{{"Anna Bcc: x", "anna@example.test"}}},
		{"empty", " , ,", nil},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			if got := wire.ParseAddresses(row.in, ""); !reflect.DeepEqual(got, row.want) {
				t.Errorf("ParseAddresses(%q) = %+v, want %+v", row.in, got, row.want)
			}
		})
	}
}

// Where the standard library can read a list of ordinary addresses, both must read the same: whoever sees another sender
// than everybody else can be deceived.
func FuzzAddresses(f *testing.F) {
	for _, seed := range []string{
		"Anna <anna@example.test>", `"Chen, Anna" <anna@example.test>, bob@example.test`, "a@b.test (c)", "Team: a@b.test;", "=?utf-8?q?x?= <a@b.test>",
		`"a\"b" <c@d.test>`, "((((", `"""`, "<<<>>>", "a@b@c", ",;:",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := wire.ParseAddresses(s, "")
		for _, a := range got {
			if !strings.Contains(a.Address, "@") || strings.ContainsAny(a.Address+a.Name, "\r\n\x00") {
				t.Errorf("ParseAddresses(%q) gives %+v", s, a)
			}
		}
		if len(s) > 300 || strings.ContainsAny(s, "()\\:;[]=\"") {
			return
		}
		for i := range len(s) {
			if s[i] < ' ' || s[i] >= 0x7f {
				return
			}
		}
		std, err := mail.ParseAddress(s)
		if err != nil {
			return
		}
		at := strings.LastIndexByte(std.Address, '@')
		if want := std.Address[:at] + strings.ToLower(std.Address[at:]); len(got) != 1 || got[0].Address != want {
			t.Errorf("ParseAddresses(%q) = %+v, the standard library reads %q", s, got, want)
		}
	})
}

func TestParseMediaType(t *testing.T) {
	rows := []struct {
		name, in, value, param, want string
	}{
		{"plain", "text/plain; charset=utf-8", "text/plain", "charset", "utf-8"},
		{"quoted", `Text/HTML; charset="big5"`, "text/html", "charset", "big5"},
		{"rfc 2231", "attachment; filename*=UTF-8''%E6%9C%83%E8%AD%B0.pdf", "attachment", "filename", "會議.pdf"},
		{"rfc 2231 in big5", "attachment; filename*=big5''%B7%7C%C4%B3.pdf", "attachment", "filename", "會議.pdf"},
		{"continued", `attachment; filename*0="long "; filename*1="name.pdf"`, "attachment", "filename", "long name.pdf"},
		{"continued and encoded", "attachment; filename*0*=utf-8''%E6%9C; filename*1*=%83.pdf", "attachment", "filename", "會.pdf"},
		{"rfc 2047", `attachment; filename="=?UTF-8?B?5pyD6K2w?=.pdf"`, "attachment", "filename", "會議.pdf"},
		{"blanks without quotes", "attachment; filename=my big file.pdf", "attachment", "filename", "my big file.pdf"},
		{"missing semicolon", "text/plain charset=utf-8 format=flowed", "text/plain", "format", "flowed"},
		{"twice", "text/plain; charset=a; charset=b", "text/plain", "charset", "a"},
		{"an open quote", `text/plain; charset="utf-8`, "text/plain", "charset", "utf-8"},
		{"a windows path", `attachment; filename="C:\docs\a.pdf"`, "attachment", "filename", `C:\docs\a.pdf`},
		{"nonsense", "=;=;;", "", "charset", ""},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			got := wire.ParseMediaType(row.in, "")
			if got.Value != row.value || got.Params[row.param] != row.want {
				t.Errorf("ParseMediaType(%q) = %+v; want %q, %s=%q", row.in, got, row.value, row.param, row.want)
			}
		})
	}
}
