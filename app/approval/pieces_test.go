package approval_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/approval"
)

func from(origin, text string) agents.Text {
	return agents.Labelled(text, agents.Label{Integrity: agents.Untrusted, Origins: []string{origin}, Readers: agents.Only("me")})
}

func TestWhatCannotBeSeenIsSpelt(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"plain", "Hello,\n\tworld – “quoted” €5 naïve", "Hello,\n\tworld – “quoted” €5 naïve"},
		{"chinese", "您好，\n　　這是　測試。", "您好，\n　　這是　測試。"},
		{"wide space in latin", "pay　now", "pay⟦U+3000 IDEOGRAPHIC SPACE⟧now"},
		{"null", "a\x00b", "a⟦U+0000 NULL⟧b"},
		{"escape", "\x1b[31mred", "⟦U+001B ESCAPE⟧[31mred"},
		{"delete", "a\x7f", "a⟦U+007F DELETE⟧"},
		{"c1", "\u009b31m", "⟦U+009B CONTROL SEQUENCE INTRODUCER⟧31m"},
		{"unnamed c1", "\u0081", "⟦U+0081 CONTROL⟧"},
		{"carriage return", "pay 1\rpay 9", "pay 1⟦U+000D CARRIAGE RETURN⟧pay 9"},
		{"next line", "a\u0085b", "a⟦U+0085 NEXT LINE⟧b"},
		{"override", "invoice\u202efdp.exe", "invoice⟦U+202E RIGHT-TO-LEFT OVERRIDE⟧fdp.exe"},
		{"isolate", "\u2067x\u2069", "⟦U+2067 RIGHT-TO-LEFT ISOLATE⟧x⟦U+2069 POP DIRECTIONAL ISOLATE⟧"},
		{"mark", "a\u200fb\u061cc", "a⟦U+200F RIGHT-TO-LEFT MARK⟧b⟦U+061C ARABIC LETTER MARK⟧c"},
		{"zero width", "pass\u200bword", "pass⟦U+200B ZERO WIDTH SPACE⟧word"},
		{"bom", "\ufeffa", "⟦U+FEFF ZERO WIDTH NO-BREAK SPACE⟧a"},
		{"word joiner", "a\u2060\u2060\u2060b", "a⟦U+2060 WORD JOINER, 3 times⟧b"},
		{"joiner in latin", "a\u200db\u200cc", "a⟦U+200D ZERO WIDTH JOINER⟧b⟦U+200C ZERO WIDTH NON-JOINER⟧c"},
		{"family", "👨‍👩‍👧‍👦 🏳️‍🌈 👩🏽‍💻", "👨‍👩‍👧‍👦 🏳️‍🌈 👩🏽‍💻"},
		{"joiner after emoji", "👍\u200d5", "👍⟦U+200D ZERO WIDTH JOINER⟧5"},
		{"two joiners", "👨\u200d\u200d👩", "👨⟦U+200D ZERO WIDTH JOINER, 2 times⟧👩"},
		{"hindi", "क्\u200dष", "क्\u200dष"},
		{"persian", "می\u200cخواهم", "می\u200cخواهم"},
		{"joiner before an emoji", "a\u200d👩", "a⟦U+200D ZERO WIDTH JOINER⟧👩"},
		{"joiner between scripts", "क्\u200da", "क्⟦U+200D ZERO WIDTH JOINER⟧a"},
		{"joiner without need", "क\u200dष", "क⟦U+200D ZERO WIDTH JOINER⟧ष"},
		{"joiner at an end", "می\u200c", "می⟦U+200C ZERO WIDTH NON-JOINER⟧"},
		{"heart", "❤️ 1️⃣ ☎︎", "❤️ 1️⃣ ☎︎"},
		{"selector on a letter", "a\ufe0f", "a⟦U+FE0F VARIATION SELECTOR-16⟧"},
		{"selectors on an emoji", "😀\ufe0f\ufe0f\U000e0101", "😀\ufe0f⟦U+FE0F VARIATION SELECTOR-16⟧⟦U+E0101 VARIATION SELECTOR-18⟧"},
		{"soft hyphen", "trans\u00adfer", "trans⟦U+00AD SOFT HYPHEN⟧fer"},
		{"tags", "hi\U000e0073\U000e0065\U000e006e\U000e0064", "hi⟦4 tag characters from U+E0073 on, which spell \"send\"⟧"},
		{"one tag", "hi\U000e0041", "hi⟦U+E0041 TAG LATIN CAPITAL LETTER A⟧"},
		{"private", "\ue000\U000f0001", "⟦U+E000 PRIVATE USE⟧⟦U+F0001 PRIVATE USE⟧"},
		{"unassigned", "\u0378", "⟦U+0378 UNASSIGNED⟧"},
		{"noncharacter", "\uffff\U0001fffe", "⟦U+FFFF UNASSIGNED⟧⟦U+1FFFE UNASSIGNED⟧"},
		{"filler", "a\u3164b\u115f\uffa0", "a⟦U+3164 HANGUL FILLER⟧b⟦U+115F HANGUL CHOSEONG FILLER⟧⟦U+FFA0 HALFWIDTH HANGUL FILLER⟧"},
		{"blank braille", "\u2800", "⟦U+2800 BRAILLE PATTERN BLANK⟧"},
		{"khmer vowel", "\u17b4", "⟦U+17B4 KHMER VOWEL INHERENT AQ⟧"},
		{"grapheme joiner", "a\u034fb", "a⟦U+034F COMBINING GRAPHEME JOINER⟧b"},
		{"no-break space", "10\u00a0€", "10⟦U+00A0 NO-BREAK SPACE⟧€"},
		{"thin spaces", "a\u2009b\u202fc\u205fd\u1680e", "a⟦U+2009 THIN SPACE⟧b⟦U+202F NARROW NO-BREAK SPACE⟧c⟦U+205F MEDIUM MATHEMATICAL SPACE⟧d⟦U+1680 OGHAM SPACE MARK⟧e"},
		{"separators", "a\u2028b\u2029c", "a⟦U+2028 LINE SEPARATOR⟧b⟦U+2029 PARAGRAPH SEPARATOR⟧c"},
		{"accents", "e\u0301 Việt Nam", "e\u0301 Việt Nam"},
		{"eight marks", "z" + strings.Repeat("\u0310", 8), "z" + strings.Repeat("\u0310", 8)},
		{"zalgo", "z" + strings.Repeat("\u0310", 30) + "y", "z" + strings.Repeat("\u0310", 8) + "⟦U+0310 COMBINING CANDRABINDU, 22 times⟧y"},
		{"mark on nothing", "\u0336a b \u0336", "⟦U+0336 COMBINING LONG STROKE OVERLAY⟧a b ⟦U+0336 COMBINING LONG STROKE OVERLAY⟧"},
		{"broken", "a\xff\xfeb\xc3", "a⟦the bytes FF FE, which are no text⟧b⟦the byte C3, which is no text⟧"},
		{"blank lines", "seen\n" + strings.Repeat("\n", 38) + "unseen", "seen\n⟦38 blank lines⟧unseen"},
		{"blank lines with spaces", "\n \n\t\n\n\n\n" + " end", "⟦6 blank lines⟧ end"},
		{"five lines", "a\n\n\n\n\n\nb", "a\n\n\n\n\n\nb"},
		{"spaces", "a" + strings.Repeat(" ", 40) + "b", "a⟦40 spaces⟧b"},
		{"39 spaces", "a" + strings.Repeat(" ", 39) + "b", "a" + strings.Repeat(" ", 39) + "b"},
		{"tabs", "a\t\t\t\t\t  b", "a⟦2 spaces and 5 tabs⟧b"},
		{"wide spaces", "字" + strings.Repeat("　", 20) + "字", "字⟦20 wide spaces⟧字"},
		{"its own marks", "⟦38 blank lines⟧ ›", "⟦U+27E6 MATHEMATICAL LEFT WHITE SQUARE BRACKET⟧38 blank lines⟦U+27E7 MATHEMATICAL RIGHT WHITE SQUARE BRACKET⟧ ⟦U+203A SINGLE RIGHT-POINTING ANGLE QUOTATION MARK⟧"},
	} {
		if got := approval.Visible(c.text); got != c.want {
			t.Errorf("%s: got  %s\nwant %s", c.name, got, c.want)
		}
		if got := joined(approval.Pieces(agents.Plain(c.text))); got != c.text {
			t.Errorf("%s: the pieces make %q", c.name, got)
		}
	}
}

func joined(pieces []approval.Piece) string {
	var b strings.Builder
	for _, p := range pieces {
		b.WriteString(p.Text)
	}
	return b.String()
}

func TestPiecesKeepWhereTheyCameFrom(t *testing.T) {
	text := agents.Concat(agents.Plain("Hi "), from("mail:1", "An"), from("mail:1", "na\u202e"), from("mail:2", "x"), agents.Plain("."))
	pieces := approval.Pieces(text)
	want := []approval.Piece{
		{Text: "Hi "},
		{Text: "Anna", Outside: true, Origins: []string{"mail:1"}},
		{Text: "\u202e", Spelt: "U+202E RIGHT-TO-LEFT OVERRIDE", Outside: true, Origins: []string{"mail:1"}},
		{Text: "x", Outside: true, Origins: []string{"mail:2"}},
		{Text: "."},
	}
	if !slices.EqualFunc(pieces, want, func(a, b approval.Piece) bool {
		return a.Text == b.Text && a.Spelt == b.Spelt && a.Outside == b.Outside && slices.Equal(a.Origins, b.Origins)
	}) {
		t.Errorf("got %+v", pieces)
	}
	if got := approval.Marked(pieces); got != "Hi ‹Anna⟦U+202E RIGHT-TO-LEFT OVERRIDE⟧›‹x›." {
		t.Errorf("marked %s", got)
	}
	if p := approval.Pieces(agents.Text{}); p == nil || len(p) != 0 {
		t.Errorf("of nothing: %#v", p)
	}
	// What hides over a border of two origins does not get away.
	border := agents.Concat(from("mail:1", "a\n\n\n\n"), from("mail:2", "\n\n\n\nb"), from("mail:1", "\xc3"), from("mail:2", "\xa9"))
	if got := approval.Marked(approval.Pieces(border)); got != "‹a\n⟦3 blank lines⟧›‹⟦4 blank lines⟧b›‹⟦the byte C3, which is no text⟧›‹⟦the byte A9, which is no text⟧›" {
		t.Errorf("over a border: %s", got)
	}
}

// alphabet is what random texts are made of: ordinary letters and everything that hides.
var alphabet = append([]string{
	"a", "B", "é", "中", "　", " ", "  ", "\t", "\n", "\n\n\n\n\n\n\n", strings.Repeat(" ", 45), "\r\n", "\x00", "\x1b[2J", "\u202e", "\u200b", "\u200d", "👩", "👩\u200d💻",
	"\ufe0f", "\u0301", strings.Repeat("\u0301", 12), "\U000e0041\U000e0042", "\ue000", "\u3164", "\u00a0", "\u2028", "\xff", "\xe2\x80", "\xae", "⟦", "⟧", "‹", "›", "ש", "क्", "\u200c", "\ufffd", "\U000e0100",
}, strings.Split("the quick brown fox pays anna@example.com", " ")...)

func randomText(r *rand.Rand) agents.Text {
	var all []agents.Text
	for range r.IntN(6) {
		var b strings.Builder
		for range r.IntN(8) {
			b.WriteString(alphabet[r.IntN(len(alphabet))])
		}
		switch r.IntN(3) {
		case 0:
			all = append(all, agents.Plain(b.String()))
		default:
			all = append(all, from([]string{"mail:1", "mail:2"}[r.IntN(2)], b.String()))
		}
	}
	return agents.Concat(all...)
}

func TestPiecesAreExactlyTheText(t *testing.T) {
	for seed := range uint64(5000) {
		text := randomText(rand.New(rand.NewPCG(seed, 7)))
		checkPieces(t, text)
		if t.Failed() {
			t.Fatalf("seed %d: %q", seed, text.Raw())
		}
	}
}

func checkPieces(t *testing.T, text agents.Text) {
	t.Helper()
	pieces := approval.Pieces(text)
	if got := joined(pieces); got != text.Raw() {
		t.Errorf("the pieces make %q of %q", got, text.Raw())
	}
	at := 0
	for _, p := range pieces {
		if p.Text == "" {
			t.Error("an empty piece")
		}
		for _, s := range spansOf(text, at, at+len(p.Text)) { // each byte of it has its origin
			if s.Label.Outside() != p.Outside || !slices.Equal(s.Label.Origins, p.Origins) {
				t.Errorf("%q is of %v", p.Text, p.Origins)
			}
		}
		at += len(p.Text)
		if p.Spelt == "" && (!utf8.ValidString(p.Text) || strings.ContainsAny(p.Text, "\x00\x1b\r\u202e\u200b\u3164\u00a0\u2028\U000e0041\ue000\U000e0100")) {
			t.Errorf("%q would not be seen", p.Text)
		}
		if p.Spelt != "" && (!utf8.ValidString(p.Spelt) || strings.ContainsFunc(p.Spelt, func(r rune) bool { return r < ' ' || r > 0x7e })) {
			t.Errorf("%q is spelt %q", p.Text, p.Spelt)
		}
	}
	plain := approval.Marked(pieces)
	if !utf8.ValidString(plain) || strings.Count(plain, "⟦") != strings.Count(plain, "⟧") || strings.Count(plain, "‹") != strings.Count(plain, "›") {
		t.Errorf("marked %q", plain)
	}
}

func spansOf(text agents.Text, from, to int) []agents.Span {
	var all []agents.Span
	at := 0
	for _, s := range text.Spans {
		if at < to && at+len(s.Content) > from && s.Content != "" {
			all = append(all, s)
		}
		at += len(s.Content)
	}
	return all
}

func FuzzPieces(f *testing.F) {
	for _, a := range alphabet {
		f.Add("x"+a, a+"y", true)
	}
	f.Fuzz(func(t *testing.T, a, b string, outside bool) {
		text := agents.Plain(a)
		if outside {
			text = agents.Concat(text, from("mail:1", b), agents.Plain(a), from("mail:2", a))
		}
		checkPieces(t, text)
	})
}
