package email

import (
	"strings"
	"unicode"

	"github.com/stewardhq/steward/agents/email/wire"
)

// bulk reports whether the headers say that the message went to many or was written by a program.
func bulk(h *wire.Header) bool {
	if h.Has("List-Unsubscribe") || h.Has("List-Id") || h.Has("List-Post") || h.Has("Feedback-Id") || automatic(h) {
		return true
	}
	switch strings.ToLower(strings.TrimSpace(h.Get("Precedence"))) {
	case "bulk", "list", "junk":
		return true
	}
	return false
}

// automatic reports whether a program wrote the message.
func automatic(h *wire.Header) bool {
	auto := strings.ToLower(strings.TrimSpace(h.Get("Auto-Submitted")))
	return auto != "" && !strings.HasPrefix(auto, "no") || strings.TrimSpace(h.Get("Return-Path")) == "<>" || h.Has("X-Autoreply")
}

// robots are the beginnings of addresses behind which nobody reads.
var robots = []string{
	"noreply", "no-reply", "no_reply", "donotreply", "do-not-reply", "notification", "notify", "alert", "mailer-daemon",
	"postmaster", "automated", "bounce", "system@", "service@", "billing@", "invoice", "receipt", "auto-confirm", "news@", "newsletter",
}

func robot(address string) bool {
	address = strings.ToLower(address)
	for _, r := range robots {
		if strings.HasPrefix(address, r) {
			return true
		}
	}
	return strings.Contains(address, "noreply") || strings.Contains(address, "no-reply")
}

var (
	invoiceWords = []string{
		"invoice", "bill", "your statement", "billing statement", "account statement", "outstanding payment", "payment due", "amount due", "payment reminder", "overdue",
		"發票", "帳單", "繳費", "請款", "繳款", "應繳", "對帳單", "催繳", "賬單",
	}
	receiptWords = []string{
		"receipt", "order confirmation", "order confirmed", "your order", "payment received", "payment confirmation", "thank you for your payment", "thanks for your order", "thank you for your order", "purchase confirmation",
		"收據", "訂單", "付款成功", "付款完成", "已付款", "購買明細", "交易明細", "消費明細", "收款通知", "訂購成功", "訂票成功",
	}
	money = []string{"nt$", "ntd", "twd", "usd", "us$", "$", "€", "£", "¥", "元", "eur", "gbp", "jpy"}
)

// kindOf sorts by headers, then by the subject, then by the first words. It is a sender's claim, never a fact.
func kindOf(h *wire.Header, m *Message, text string) Kind {
	if m.Invitation != nil && m.Invitation.Method == "REQUEST" {
		return Invitation
	}
	program := automatic(h) || robot(m.From.Address)
	reply := isReply(m)
	if !reply && !m.Mine {
		if kind := moneyKind(m, text, program); kind != "" {
			return kind
		}
	}
	list := h.Has("List-Unsubscribe") || h.Has("List-Id")
	switch {
	case automatic(h), m.Invitation != nil:
		return Notification
	case list && program && !strings.HasPrefix(strings.ToLower(m.From.Address), "news"):
		if strings.Contains(strings.ToLower(h.Get("List-Id")+m.Subject), "news") || strings.Contains(m.Subject, "電子報") || strings.Contains(m.Subject, "週報") {
			return Newsletter
		}
		if h.Has("Precedence") || h.Has("X-Github-Reason") || strings.HasPrefix(m.From.Address, "notif") || strings.HasPrefix(m.From.Address, "alert") {
			return Notification
		}
		return Newsletter
	case m.Bulk:
		return Newsletter
	case program:
		return Notification
	}
	return Personal
}

// moneyKind tells invoices and receipts. Between people the words come up in talk, so that a person's message counts only
// if it says so in the subject and names a sum or carries a file.
func moneyKind(m *Message, text string, program bool) Kind {
	subject := strings.ToLower(m.Subject)
	start := strings.ToLower(clip(text, 1_500))
	hasMoney := hasAny(start, money) || hasAny(subject, money) || len(m.Attachments) > 0
	list := m.Bulk && !program
	switch {
	case hasWord(subject, receiptWords) && (program || hasMoney) && !list:
		return Receipt
	case hasWord(subject, invoiceWords) && (program || hasMoney) && !list:
		return Invoice
	case program && !m.Bulk && hasAny(start, money) && hasWord(clip(start, 400), receiptWords):
		return Receipt
	case program && !m.Bulk && hasAny(start, money) && hasWord(clip(start, 400), invoiceWords):
		return Invoice
	}
	return ""
}

func hasAny(s string, of []string) bool {
	for _, w := range of {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}

// hasWord looks for whole words; Chinese is written without gaps, so there a part of the text is enough.
func hasWord(s string, of []string) bool {
	for _, w := range of {
		for rest, at := s, 0; ; {
			i := strings.Index(rest, w)
			if i < 0 {
				break
			}
			at += i
			if w[0] >= 0x80 || (at == 0 || !isASCIILetter(s[at-1])) && (at+len(w) == len(s) || !isASCIILetter(s[at+len(w)]) || s[at+len(w)] == 's') {
				return true
			}
			at += len(w)
			rest = s[at:]
		}
	}
	return false
}

func isASCIILetter(c byte) bool { return c < 0x80 && unicode.IsLetter(rune(c)) }

var replyMarks = []string{"re:", "re：", "aw:", "sv:", "回覆:", "回覆：", "回复:", "回复：", "答覆:", "答覆：", "答复:", "回信:", "回信："}

func isReply(m *Message) bool {
	subject := strings.ToLower(strings.TrimSpace(m.Subject))
	for _, mark := range replyMarks {
		if strings.HasPrefix(subject, mark) {
			return true
		}
	}
	return false
}
