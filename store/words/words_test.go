package words_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stewardhq/steward/store/words"
)

func TestTokens(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"nothing", " \t—!? ", nil},
		{"lower case", "Invoice No. 42", []string{"invoice", "no", "42"}},
		{"full width and ligatures", "ＡＢＣ ﬁn", []string{"abc", "fin"}},
		{"an address", "Anna.Lee@Example.com", []string{"anna", "lee", "example", "com"}},
		{"accents composed", "cafe\u0301", []string{"café"}},
		{"Greek", "ΑΘΗΝΑ", []string{"αθηνα"}},
		{"pairs, the last alone, then each alone", "會議記錄", []string{"會議", "議記", "記錄", "錄", "會", "議", "記"}},
		{"a single character", "會", []string{"會"}},
		{"scripts side by side", "Q3報告x", []string{"q3", "報告", "告", "x", "報"}},
		{"Japanese with its long vowel", "メール", []string{"メー", "ール", "ル", "メ", "ー"}},
		{"Korean", "회의", []string{"회의", "의", "회"}},
		{"invalid bytes split", "a\xffb", []string{"a", "b"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := words.Tokens(c.text, 100); !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestPhraseIsFoundInTokens(t *testing.T) {
	text := "明天下午的會議記錄 report 已經寄給 Anna.Lee@example.com 了，Q3 メール送信。Thanks!"
	for _, part := range []string{
		"會議", "會", "議", "錄", "會議記", "會議記錄 report", "記錄 REPORT", "anna.lee@example.com", "lee@example", "メール", "送", "thanks",
		"給 Anna", "Q3",
	} {
		if !contains(words.Tokens(text, 1000), words.Phrase(part)) {
			t.Errorf("%q is not found: %q in %q", part, words.Phrase(part), words.Tokens(text, 1000))
		}
	}
	for _, part := range []string{"議會", "rep", "report記", "annalee"} {
		if contains(words.Tokens(text, 1000), words.Phrase(part)) {
			t.Errorf("%q is found but not there", part)
		}
	}
}

func TestLimits(t *testing.T) {
	if got := words.Tokens(strings.Repeat("word ", 1000), 10); len(got) != 10 {
		t.Errorf("%d words, want 10", len(got))
	}
	if got := words.Tokens(strings.Repeat("會議", 100_000), 50); len(got) != 50 {
		t.Errorf("%d words, want 50", len(got))
	}
	long := strings.Repeat("x", 5000)
	got := words.Tokens(long, 10)
	if len(got) != 1 || len(got[0]) > 64 || !slices.Equal(got, words.Phrase(long)) {
		t.Errorf("a long word became %d words, the first of %d bytes", len(got), len(got[0]))
	}
}

func FuzzTokens(f *testing.F) {
	for _, s := range []string{"", "Hello 會議 x@y.z", "\xff\xfe", "ー々〆", "e\u0301\u0301\u0301", strings.Repeat("議", 5000)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		all := words.Tokens(text, 200)
		if len(all) > 200 {
			t.Fatalf("%d words", len(all))
		}
		for _, w := range all {
			if w == "" || !utf8.ValidString(w) || utf8.RuneCountInString(w) > 64 || strings.ContainsAny(w, "\"' *:^()") {
				t.Fatalf("bad word %q", w)
			}
		}
		if p := words.Phrase(text); (len(p) == 0) != (len(words.Tokens(text, 1)) == 0) {
			t.Fatalf("phrase %q of a text with tokens %q", p, all)
		}
	})
}

func contains(all, part []string) bool {
	for i := 0; i+len(part) <= len(all); i++ {
		if len(part) > 0 && slices.Equal(all[i:i+len(part)], part) {
			return true
		}
	}
	return false
}
