package offline_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/model/offline"
)

const letter = `Hi Sam,

Thanks for coming by yesterday. The roofer looked at the roof on Monday and found that the tiles above the kitchen
are broken. The repair will cost NT$ 18,500, and he needs our decision by 30 November.
I had a lovely weekend by the way, the weather was great.
Could you tell me whether I should book the roofer for the repair?

Best regards,
Ming Wang
Tel. 02-2345-6789

On Tue, Nov 17, 2026 at 9:12 AM Sam Lin <sam@home.example> wrote:
> The kitchen is wet again. SECRETQUOTE
> Is it the roof?
`

const brief1 = `林先生您好：

上週跟您提到的屋頂維修，師傅星期一已經來看過，廚房上方的瓦片破了。維修費用是新台幣 18,500 元，師傅需要我們在11月30日前決定。
週末天氣很好，我們去了陽明山。
請問您要我預約師傅來維修嗎？

敬上
王明

林聖 於 2026年11月17日 寫道：
> 廚房又漏水了
`

func TestSummarize(t *testing.T) {
	got := offline.Reader{}.Summarize(letter, offline.Options{Sentences: 2})
	for _, want := range []string{"30 November", "roof"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in %q", want, got)
		}
	}
	for _, no := range []string{"Hi Sam", "Best regards", "SECRETQUOTE", "wrote:", "weather", "Tel."} {
		if strings.Contains(got, no) {
			t.Errorf("%q should not be in %q", no, got)
		}
	}
	got = offline.Reader{}.Summarize(brief1, offline.Options{Sentences: 2})
	if !strings.Contains(got, "維修") || strings.Contains(got, "您好") || strings.Contains(got, "敬上") || strings.Contains(got, "又漏水") || strings.Contains(got, "陽明山") {
		t.Errorf("got %q", got)
	}
}

func TestSummarizeIsCutFromTheText(t *testing.T) {
	for _, text := range []string{letter, brief1} {
		flat := strings.Join(strings.Fields(text), " ")
		for n := 1; n < 6; n++ {
			got := offline.Reader{}.Summarize(text, offline.Options{Sentences: n, Lang: "zh-Hant"})
			for _, s := range strings.SplitAfter(got, "。") {
				if !strings.Contains(strings.Join(strings.Fields(flat), ""), strings.Join(strings.Fields(s), "")) && n == 1 {
					t.Errorf("%q is not of the text", s)
				}
			}
		}
	}
}

func TestSummarizeBounds(t *testing.T) {
	for name, text := range map[string]string{
		"empty": "", "spaces": " \n\t ", "only a greeting": "Hi Sam,", "only quotes": "> a\n> b", "no letters": "123 !!! ###", "bad UTF-8": "\xff\xfe hello there \xff",
	} {
		if got := (offline.Reader{}).Summarize(text, offline.Options{}); len(got) > len(text)+10 {
			t.Errorf("%s grew to %q", name, got)
		}
	}
	long := strings.Repeat("The committee decided that the budget grows every single year without end ", 20000)
	if got := (offline.Reader{}).Summarize(long, offline.Options{Chars: 200}); len(got) > 700 || got == "" {
		t.Errorf("%d bytes", len(got))
	}
	for _, text := range []string{
		strings.Repeat("a", 4<<20), strings.Repeat("今天", 1<<20), strings.Repeat("> ", 1<<20), strings.Repeat("1 Nov 2026 ", 1<<18), strings.Repeat("NT$", 1<<20), strings.Repeat("Hi\n", 1<<19),
		strings.Repeat("1,", 1<<20), strings.Repeat("a@", 1<<20), strings.Repeat("http://", 1<<18), strings.Repeat("+1 ", 1<<20),
	} {
		r := offline.Reader{Now: now}
		r.Summarize(text, offline.Options{})
		r.Extract(text, []offline.Field{{Name: "a", Type: "date"}, {Name: "b", Type: "money"}, {Name: "c", Type: "phone"}, {Name: "d", Type: "text"}, {Name: "e", Type: "email"}, {Name: "f", Type: "url"}, {Name: "g", Type: "bool"}, {Name: "h", Type: "number"}})
		r.Classify(text, []string{"a", "b"})
	}
}

func TestExtract(t *testing.T) {
	day := func(m time.Month, d, h int) time.Time { return time.Date(2026, m, d, h, 0, 0, 0, taipei) }
	twd := func(f float64) offline.Money { return offline.Money{Amount: f, Currency: "TWD"} }
	for _, c := range []struct {
		text, kind, about string
		want              any
	}{
		{letter, "date", "when the decision is due", day(11, 30, 0)},
		{letter, "money", "cost of the repair", twd(18500)},
		{letter, "phone", "", "02-2345-6789"},
		{letter, "email", "", "sam@home.example"},
		{letter, "url", "", nil},
		{letter, "text", "what the roofer found: tiles", "The roofer looked at the roof on Monday and found that the tiles above the kitchen are broken."},
		{brief1, "date", "決定的期限", day(11, 30, 0)},
		{brief1, "money", "維修費用", twd(18500)},
		{"Let's meet next Friday at 3pm.", "date", "meeting", day(11, 27, 15)},
		{"我們下週三下午三點開會", "date", "會議", day(11, 25, 15)},
		{"會議改到11月30日下午三點", "date", "會議時間", day(11, 30, 15)},
		{"Invoice date: 2026-11-01\nDue date: 2026-12-01", "date", "due", day(12, 1, 0)},
		{"帳單日期 2026/11/01，繳費期限 2026/12/15", "date", "繳費期限", day(12, 15, 0)},
		{"no date here", "date", "", nil},
		{"Subtotal $40.00\nTax $5.00\nTotal: $45.00", "money", "total", offline.Money{Amount: 45, Currency: "$"}},
		{"Subtotal $40.00\nTax $5.00\nTotal: $45.00", "money", "tax", offline.Money{Amount: 5, Currency: "$"}},
		{"a $5 coffee and a $50 dinner", "money", "", offline.Money{Amount: 50, Currency: "$"}},
		{"€1.234,50 incl. VAT", "money", "", offline.Money{Amount: 1234.5, Currency: "EUR"}},
		{"1,234.50 USD", "money", "", offline.Money{Amount: 1234.5, Currency: "USD"}},
		{"共１，２００元整", "money", "", twd(1200)},
		{"NT$1,200", "money", "", twd(1200)},
		{"新台幣 1,200 元", "money", "", twd(1200)},
		{"version 1.200 of the file", "money", "", nil},
		{"Order no. 4711, 3 pieces", "number", "order number", 4711.0},
		{"call +886 912 345 678 please", "phone", "", "+886 912 345 678"},
		{"order 20261120", "phone", "", nil},
		{"see https://a.example/b?c=d.", "url", "", "https://a.example/b?c=d"},
		{"The meeting is cancelled.", "bool", "meeting takes place", nil},
		{"The office will be open on Friday.", "bool", "office open", true},
		{"The office will not be open on Friday.", "bool", "office open", false},
		{"x", "colour", "", nil},
	} {
		got := offline.Reader{Now: now}.Extract(c.text, []offline.Field{{Name: "it", Type: c.kind, About: c.about}})["it"]
		if g, ok := got.(time.Time); ok {
			if w, ok := c.want.(time.Time); !ok || !g.Equal(w) {
				t.Errorf("%.40q %s %s: got %v, want %v", c.text, c.kind, c.about, got, c.want)
			}
		} else if got != c.want {
			t.Errorf("%.40q %s %s: got %#v, want %#v", c.text, c.kind, c.about, got, c.want)
		}
	}
}

func TestWithoutAClockRelativeDatesAreNotGuessed(t *testing.T) {
	for text, want := range map[string]bool{"tomorrow": false, "20 Nov": false, "20 Nov 2026": true} {
		got := offline.Reader{}.Extract(text, []offline.Field{{Name: "d", Type: "date"}})["d"]
		if (got != nil) != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}

func TestClassify(t *testing.T) {
	for _, c := range []struct {
		text    string
		choices []string
		want    string
		ok      bool
	}{
		{"Your invoice for November is attached, please pay it.", []string{"invoice to pay", "invitation to a party"}, "invoice to pay", true},
		{"敬請於期限內繳交電費帳單", []string{"帳單", "會議邀請"}, "帳單", true},
		{"nothing of that", []string{"invoice", "party"}, "", false},
		{"invoice party", []string{"invoice", "party"}, "", false},
		{"x", nil, "", false},
	} {
		if got, ok := (offline.Reader{}).Classify(c.text, c.choices); got != c.want || ok != c.ok {
			t.Errorf("%q: %q %v", c.text, got, ok)
		}
	}
}

func TestWhatItCannotDo(t *testing.T) {
	_, a := offline.Reader{}.Compose("a poem")
	_, b := offline.Reader{}.Translate("text", "en")
	for _, err := range []error{a, b} {
		if e := agents.AsError(err); e.Code != agents.CodeUnsupported || e.Hint == "" || !strings.Contains(e.Message, "model") {
			t.Error(err)
		}
	}
}

func FuzzReader(f *testing.F) {
	for _, s := range []string{letter, brief1, "１２．３４元", "。！？", "a. b. c.", "\xf0\x9f", ">", "-- \n", "$1,,,,2", "1'000 CHF"} {
		f.Add(s, "due date", "date")
	}
	f.Fuzz(func(t *testing.T, text, about, kind string) {
		r := offline.Reader{Now: now}
		if got := r.Summarize(text, offline.Options{Chars: 100}); len([]rune(got)) > 700 {
			t.Fatalf("%d characters", len([]rune(got)))
		}
		for _, k := range []string{kind, "date", "money", "number", "phone", "email", "url", "text", "bool"} {
			r.Extract(text, []offline.Field{{Name: "x", Type: k, About: about}})
		}
		if c, ok := r.Classify(text, []string{about, kind}); ok && c != about && c != kind {
			t.Fatal(c)
		}
	})
}

func BenchmarkSummarize(b *testing.B) {
	for b.Loop() {
		offline.Reader{}.Summarize(letter, offline.Options{})
	}
}

func BenchmarkExtract(b *testing.B) {
	fields := []offline.Field{{Name: "a", Type: "date"}, {Name: "b", Type: "money"}, {Name: "c", Type: "phone"}, {Name: "d", Type: "email"}, {Name: "e", Type: "text", About: "repair"}}
	for b.Loop() {
		offline.Reader{Now: now}.Extract(letter, fields)
	}
}
