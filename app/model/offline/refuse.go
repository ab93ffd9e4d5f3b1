package offline

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/model/offline/when"
)

// The languages.
const (
	English = "en"
	Chinese = "zh-Hant"
)

// Language tells by the script whether a text is Chinese. Two Chinese characters weigh as much as a word of letters, one is
// enough where the text begins with it.
func Language(text string) string {
	han, latin, inWord, first := 0, 0, false, rune(0)
	for _, c := range text {
		letter := unicode.IsLetter(c)
		switch {
		case when.Han(c):
			han++
		case letter && !inWord:
			latin++
		}
		if first == 0 && letter {
			first = c
		}
		inWord = letter && !when.Han(c)
	}
	if han > 2*latin || han >= latin && when.Han(first) {
		return Chinese
	}
	return English
}

// deed finds a word that asks for something to be done which the match does not account for: left over by it, or beginning
// a sentence or a second request within what it took for somebody's own words.
func deed(tokens []token, m match, request string) (string, bool) {
	opens := true  // the next word that counts begins a request
	quest := false // what follows is what somebody looks for: it may be anything
	for j, t := range tokens {
		took := m.used[j]
		literal := took >= 0 && m.edges[took].slot == ""
		second := opens && j > 0 && slices.ContainsFunc(tokens[:j], func(t token) bool { return t.sort == and })
		switch {
		case literal:
		case t.sort == stop && (took < 0 || opens),
			t.deed == act && (took < 0 || opens || !quest && m.used[j-1] != took),
			t.deed == noun && opens && (took < 0 || !quest || ordered(tokens[j+1:])),
			t.deed == place && took >= 0 && m.used[max(j-1, 0)] != took && alone(tokens[j+1:], m.used[j+1:], took),
			second && t.sort == meaning && (t.text == "SUM" || t.text == "FIND"):
			return request[t.start:t.end], true
		}
		quest = quest || literal && slices.Contains([]string{"FIND", "ABOUT", "FROM", "SHOW"}, t.text)
		switch t.sort {
		case and, gap:
			opens = true
		case fill, pad, small, soft, open:
		default:
			opens = false
		}
	}
	return "", false
}

// ordered reports whether what follows makes a deed of the word before it: "and order it", "and book a table".
func ordered(rest []token) bool {
	return len(rest) == 0 || rest[0].sort == small || rest[0].han && rest[0].sort != plain
}

// alone reports whether nothing says more of a place: "search the web for …", but not "web hosting".
func alone(rest []token, used []int, took int) bool {
	return len(rest) == 0 || used[0] != took || rest[0].sort != plain && rest[0].sort != meaning
}

func (p *Planner) cannot(lang, word string, ranking []int) error {
	return p.refusal(lang, ranking,
		fmt.Sprintf("no model is set up, and without one Steward cannot do that (“%s”): it can only do what its skills do", word),
		fmt.Sprintf("目前沒有設定語言模型，Steward 無法「%s」，只能做現有技能會做的事", word))
}

func (p *Planner) unsupported(lang string, ranking []int) error {
	return p.refusal(lang, ranking,
		"no model is set up, and without one Steward does not understand this request: it can only do what its skills do",
		"目前沒有設定語言模型，Steward 看不懂這個請求，只能做現有技能會做的事")
}

// refusal says what is not possible, and in the hint what is: the nearest skills, three at most.
func (p *Planner) refusal(lang string, ranking []int, english, chinese string) error {
	if ranking == nil {
		for i := range p.skills {
			ranking = append(ranking, i)
		}
	}
	var near []string
	for _, i := range ranking[:min(3, len(ranking))] {
		if s := p.skills[i]; s.Examples[lang] != "" {
			near = append(near, s.Examples[lang])
		} else if s.Titles[lang] != "" {
			near = append(near, s.Titles[lang])
		} else {
			near = append(near, s.Name)
		}
	}
	en, zh := "add a model with `steward models add`", "用 `steward models add` 加入一個語言模型"
	if len(near) > 0 {
		en = "try “" + strings.Join(near, "” or “") + "”, or " + en
		zh = "可以試試「" + strings.Join(near, "」或「") + "」，或" + zh
	}
	return say(agents.CodeUnsupported, lang, english, chinese, en, zh)
}

func say(code, lang, message, chinese, hint, chineseHint string) error {
	if lang == Chinese {
		return &agents.Error{Code: code, Message: chinese, Hint: chineseHint}
	}
	return &agents.Error{Code: code, Message: message, Hint: hint}
}
