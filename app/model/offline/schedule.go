package offline

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/model/offline/when"
)

// Scheduled is a text that says when something is to be done again and again.
type Scheduled struct {
	Days    []string // "mon" to "sun", in the order of the week
	Time    string   // "08:00"
	Words   string   // those that say so
	Request string   // the others: what is to be done; "" where they only point back, as in "do this"
	Lang    string   // of the text
}

// Schedule reads a text that says on which days of the week, and at what time, something is to be done: "every weekday at
// 8:00", 「每週一、四上午九點」, alone or with what is to be done. A text that says otherwise is refused, and the hint says what
// would be understood: what was not understood is never left out in silence.
func Schedule(text string) (Scheduled, error) {
	lang := Language(text)
	if !utf8.ValidString(text) || len(text) > maxRequest {
		return Scheduled{}, noSchedule(lang)
	}
	found, ok := when.FindEvery(text)
	if !ok {
		return Scheduled{}, noSchedule(lang)
	}
	said := Scheduled{Lang: lang, Time: fmt.Sprintf("%02d:%02d", found.Hour, found.Minute)}
	for _, d := range found.Days {
		said.Days = append(said.Days, strings.ToLower(d.String()[:3]))
	}
	said.Words, said.Request = apart(text, found.Parts)
	switch {
	case found.Other || ending.MatchString(said.Request):
		return said, say(agents.CodeUnsupported, lang,
			fmt.Sprintf("“%s”: this way of coming back is not understood; an automation runs on days of the week, at one time, until you pause it", strings.TrimSpace(text)),
			fmt.Sprintf("「%s」這種重複方式看不懂；自動化會在一週的某幾天、同一個時間執行，直到你暫停它", strings.TrimSpace(text)),
			"say it like “every weekday at 8:00” or “every Monday and Thursday at 9 am”", "請這樣說：「每個工作日早上八點」或「每週一、四上午九點」")
	case found.Twice:
		return said, say(agents.CodeUnsupported, lang, "this names more than one time or set of days; an automation has one", "這裡說了不只一個時間或不只一組日子；一項自動化只有一個",
			"make one automation for each time", "請為每個時間各建立一項自動化")
	case found.Zoned:
		return said, say(agents.CodeUnsupported, lang, "the time of another place is not understood; an automation runs in this machine's time zone", "看不懂其他地方的時間；自動化使用這台電腦的時區",
			"say the time as it is here, as in “every weekday at 8:00”", "請說這裡的時間，例如「每個工作日早上八點」")
	case !found.Timed:
		return said, say(agents.CodeInvalid, lang, "“"+said.Words+"” names no time of day", "「"+said.Words+"」沒有說幾點",
			"add one, as in “"+said.Words+" at 8:00”", "請加上時間，例如「"+said.Words+"早上八點」")
	case found.Vague:
		return said, say(agents.CodeInvalid, lang, "“"+said.Words+"” can be before noon or after it", "「"+said.Words+"」可能是上午，也可能是下午",
			fmt.Sprintf("say which, as in “%d am”, “%d pm” or “%02d:%02d”", twelve(found.Hour), twelve(found.Hour), found.Hour%12+12, found.Minute),
			fmt.Sprintf("請說清楚，例如「早上 %d 點」、「下午 %d 點」或「%02d:%02d」", twelve(found.Hour), twelve(found.Hour), found.Hour%12+12, found.Minute))
	}
	return said, nil
}

func twelve(hour int) int { return (hour+11)%12 + 1 }

func noSchedule(lang string) error {
	return say(agents.CodeInvalid, lang, "nothing here says on which days and at what time", "這裡沒有說在哪幾天、幾點執行",
		"say it like “every weekday at 8:00”, “every Monday and Thursday at 9 am” or “on weekends at 10 am”", "請這樣說：「每個工作日早上八點」、「每週一、四上午九點」或「每天晚上七點半」")
}

// ending are words that give a schedule a beginning or an end, which it cannot have.
var ending = regexp.MustCompile(`(?i)\b(starting|beginning|until|till|for the next|for (one|two|three|four|\d+|a) (days?|weeks?|months?|years?))\b|從.{1,6}(開始|起)|自.{1,6}起|為止|直到`)

// pointing are requests that only point back at what was done before.
var pointing = regexp.MustCompile(`(?i)^((please|just|now|and|then|so|can you|could you|i want you to|i want to|let's) )*((do|run|repeat|schedule|automate|keep doing|make|execute|have)( (this|that|it|the same|the same thing|this one))?|this|that|the same)?( (again|please|for me|automatically|run|done|too))*$` +
	`|^(請|請你|麻煩|麻煩你|幫我|都|就|也|把|要|再|自動|定期)*(這個|這件事|同樣的事|它|這項工作)?(做|執行|跑|重複|排程|這樣做|照做|安排|重做)?(一次|一遍|一樣的事|這個|這件事|同樣的事|這項工作)?(吧|喔|就好)?$`)

// apart takes the parts that say when out of a text: their words, and what is left.
func apart(text string, parts []when.Part) (words, rest string) {
	at := 0
	var said, left []string
	for _, p := range parts {
		left = append(left, text[at:p.Start])
		said = append(said, strings.Trim(text[p.Start:p.End], marks))
		at = p.End
	}
	left = append(left, text[at:])
	for _, piece := range left {
		piece = strings.Trim(piece, marks)
		switch {
		case piece == "":
		case rest == "", han(rest, false) && han(piece, true):
			rest += piece
		default:
			rest += " " + piece
		}
	}
	if pointing.MatchString(rest) {
		rest = ""
	}
	sep := " "
	if len(said) > 1 && han(said[0], false) && han(said[1], true) {
		sep = ""
	}
	return strings.Join(said, sep), rest
}

// marks are what stands between a request and its schedule.
const marks = " \t\r\n,，.。;；:：、!！?？-–—"

// han reports whether a text begins, or ends, with a Chinese character.
func han(text string, begins bool) bool {
	r, _ := utf8.DecodeLastRuneInString(text)
	if begins {
		r, _ = utf8.DecodeRuneInString(text)
	}
	return when.Han(r)
}

// sought are words before what somebody looks for, which may be anything.
var sought = regexp.MustCompile(`(?i)\b(about|find|search|look|titled|subject|called|named|mention\w*|says?)\b|["“「『]|關於|找|搜|查|主旨|提到`)

// standing reports whether a request says that it is to be carried out again and again, which is not to be mistaken for
// once and now.
func standing(request string) bool {
	found, ok := when.FindEvery(request)
	if !ok || found.Timed {
		return ok
	}
	before, behind := strings.Trim(request[:found.Parts[0].Start], marks), strings.Trim(request[found.Parts[0].End:], marks)
	return before == "" || behind == "" || !sought.MatchString(before) // "find the mail that says every day is a gift"
}

// automate points to where a standing request is made.
func automate(lang, request string) error {
	return say(agents.CodeUnsupported, lang,
		"this is to be done again and again, and asking does it once, now", "這是要定期做的事，而「ask」只會現在做一次",
		"make an automation of it: steward automations add “"+request+"”", "請建立自動化：steward automations add「"+request+"」")
}
