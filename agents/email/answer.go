package email

import (
	"strings"
	"unicode/utf8"

	"github.com/stewardhq/steward/agents/email/content"
	"github.com/stewardhq/steward/agents/email/wire"
)

// needsAnswer reports whether a person wrote to the user directly and wants something. It is a sender's doing, never a
// fact: anybody can ask.
func needsAnswer(h *wire.Header, m *Message, text string, me []string) bool {
	if m.Mine || m.Bulk || robot(m.From.Address) || m.From.Address == "" || !direct(h, m, me) {
		return false
	}
	switch m.Kind {
	case Invitation:
		return true
	case Personal:
		own := clip(Fold(text), 6_000)
		return asks(m.Subject) || asks(own) || answersMe(m, text, own, me)
	default:
		return false // what programs send asks nobody
	}
}

// direct reports whether the user is among those to whom the message is addressed. Where nobody said who the user is,
// the address that it was delivered to counts, then a short list of recipients.
func direct(h *wire.Header, m *Message, me []string) bool {
	if len(me) == 0 {
		if to := h.Addresses("Delivered-To"); len(to) > 0 {
			me = []string{to[0].Address}
		} else {
			return len(m.To) > 0 && len(m.To) <= 3
		}
	}
	for _, to := range m.To {
		if isOneOf(to.Address, me) {
			return true
		}
	}
	return false
}

var (
	// courtesies hold words of asking, and ask nothing.
	courtesies = strings.NewReplacer(
		"please find", "", "please see attached", "", "please note", "", "please do not reply", "", "please ignore", "",
		"請見附件", "", "請參閱", "", "請參考", "", "請查收", "", "請勿", "", "申請", "", "邀請", "", "請假", "", "請客", "", "聘請", "",
		"how are you?", "", "你好嗎？", "", "最近好嗎？", "", "最近好嗎", "",
	)
	asking = []string{
		"could you", "can you", "would you", "will you", "please", "let me know", "waiting for your", "get back to me", "your thoughts", "do you ", "are you ",
		"what do you think", "rsvp", "asap", "need your", "need you to",
		"請", "麻煩", "可以嗎", "好嗎", "嗎", "能否", "可否", "是否", "方便", "等你", "等您", "回覆我", "告訴我", "告知", "拜託", "幫我", "幫忙",
	}
)

func asks(text string) bool {
	text = courtesies.Replace(strings.ToLower(text))
	if hasAny(text, asking) {
		return true
	}
	for line := range strings.SplitSeq(text, "\n") {
		if strings.Contains(content.WithoutURLs(line), "?") || strings.Contains(line, "？") {
			return true
		}
	}
	return false
}

var closings = []string{"thank", "thx", "got it", "great", "perfect", "ok", "sounds good", "will do", "see you", "cheers", "謝", "收到", "好的", "沒問題", "了解", "辛苦", "感謝", "太好了"}

// answersMe reports whether the message answers one of the user's and is more than a closing word.
func answersMe(m *Message, text, own string, me []string) bool {
	if len(m.References) == 0 || !isReply(m) || len(own) == len(text) {
		return false
	}
	quoted := strings.ToLower(clip(text[min(len(text), len(own)):], 4_000))
	mentioned := false
	for _, address := range me {
		mentioned = mentioned || strings.Contains(quoted, strings.ToLower(address))
	}
	if !mentioned || utf8.RuneCountInString(own) < 40 {
		return false
	}
	return !hasAny(strings.ToLower(clip(own, 60)), closings)
}
