package capability

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/stewardhq/steward/agents"
)

// Typed gives the test for words that the user typed in the request that a run is for. A script that the user wrote has no
// request: what stands in it was not typed as an answer to what is done with it.
func Typed(run agents.Run) func(words string) bool {
	if run.Kind == "script" || run.Planner == "user" {
		return func(string) bool { return false }
	}
	return func(words string) bool { return Whole(run.Request, words) }
}

// Whole reports whether words stand in a text as they are, letters of ASCII in any case, and not as a part of something longer,
// such as the address anna@example.com in joanna@example.com.evil.net. Other letters must be those that were typed: what is
// typed may be an address, and folding would take another one for it.
func Whole(text, words string) bool {
	text, words = agents.FoldASCII(text), agents.FoldASCII(strings.TrimSpace(words))
	if words == "" {
		return false
	}
	for from := 0; ; {
		at := strings.Index(text[from:], words)
		if at < 0 {
			return false
		}
		at += from
		before, _ := utf8.DecodeLastRuneInString(text[:at])
		if !joins(before, words) && !continues(text[at+len(words):], words) {
			return true
		}
		from = at + 1
		for from < len(text) && !utf8.RuneStart(text[from]) {
			from++
		}
	}
}

// joins reports whether a rune beside words belongs to the same token. Chinese and Japanese write without spaces, so there a
// letter beside a word ends it only where the word is of another script.
func joins(r rune, words string) bool {
	if r == utf8.RuneError || !(unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || strings.ContainsRune("_@.%+-/:=&?#~", r)) {
		return false
	}
	return !unicode.Is(unicode.Han, r) || strings.ContainsFunc(words, func(w rune) bool { return unicode.Is(unicode.Han, w) })
}

// continues reports whether what follows belongs to the same token: a full stop or another sign does only if something
// comes after it.
func continues(rest, words string) bool {
	trimmed := strings.TrimLeft(rest, ".:?-/")
	next, _ := utf8.DecodeRuneInString(trimmed)
	if trimmed == "" {
		return false
	}
	if len(trimmed) < len(rest) && (unicode.IsSpace(next) || !joins(next, words)) {
		return false
	}
	return joins(next, words)
}
