package email

import (
	"strconv"
	"strings"
	"time"
)

// condition reads an operator that is no search for words.
func (p *queryParser) condition(operator string, w queryWord) error {
	value := strings.ToLower(w.text)
	switch operator {
	case "is", "has", "in":
		return p.state(operator, value, w)
	case "kind":
		kind, ok := ParseKind(value)
		if !ok {
			return badQuery("%q is not a kind of mail; the kinds are personal, newsletter, notification, invitation, invoice, receipt", w.text)
		}
		if w.not {
			return badQuery("a kind cannot be excluded")
		}
		if p.q.Kind != "" && p.q.Kind != kind {
			return badQuery("a mail has one kind, not both %s and %s", p.q.Kind, kind)
		}
		p.q.Kind = kind
		return nil
	}
	if w.not {
		return badQuery("a time cannot be excluded; use before: or after:")
	}
	var t time.Time
	var ok bool
	if operator == "newer_than" || operator == "older_than" {
		t, ok = p.ago(value)
	} else {
		t, ok = p.day(value)
	}
	if !ok {
		return badQuery("%q is not a time; write 7d, 2w, 3m or 1y to count back, or a day such as 2026-01-31, today or yesterday", w.text)
	}
	if operator == "newer_than" || operator == "since" {
		if t.After(p.q.Since) {
			p.q.Since = t
		}
	} else if p.q.Until.IsZero() || t.Before(p.q.Until) {
		p.q.Until = t
	}
	return nil
}

// state reads is:unread and its like.
func (p *queryParser) state(operator, value string, w queryWord) error {
	yes := !w.not
	no := !yes
	switch operator + ":" + strings.TrimSuffix(value, "s") {
	case "is:unread", "is:未讀":
		p.q.Unread = &yes
	case "is:read", "is:已讀":
		p.q.Unread = &no
	case "is:starred", "is:flagged", "is:星號", "is:已加星號", "has:star":
		p.q.Starred = &yes
	case "is:sent", "is:mine", "in:sent":
		p.q.Mine = &yes
	case "is:received", "in:inbox":
		p.q.Mine = &no
	case "has:attachment", "has:附件", "has:file", "附有:附件":
		p.q.Attached = &yes
	default:
		if kind, ok := ParseKind(value); ok && operator == "is" && yes {
			p.q.Kind = kind
			return nil
		}
		return badQuery("%q is not understood; there are is:unread, is:read, is:starred, is:sent, is:received and has:attachment", w.operator+":"+w.text)
	}
	return nil
}

// ParseKind reads a kind's name in English or Chinese, singular or plural.
func ParseKind(name string) (Kind, bool) {
	switch strings.ToLower(strings.TrimSuffix(name, "s")) {
	case "personal", "person", "個人":
		return Personal, true
	case "newsletter", "new", "電子報", "promotion":
		return Newsletter, true
	case "notification", "update", "通知":
		return Notification, true
	case "invitation", "invite", "邀請", "會議":
		return Invitation, true
	case "invoice", "bill", "發票", "帳單":
		return Invoice, true
	case "receipt", "收據", "訂單":
		return Receipt, true
	}
	return "", false
}

// ago reads 30d as thirty days before now; h, d, w, m and y are understood.
func (p *queryParser) ago(value string) (time.Time, bool) {
	if value == "" {
		return time.Time{}, false
	}
	n, err := strconv.Atoi(value[:len(value)-1])
	if err != nil || n < 0 || n > 100_000 {
		return time.Time{}, false
	}
	now := p.now.In(p.zone)
	switch value[len(value)-1] {
	case 'h':
		return now.Add(-time.Duration(n) * time.Hour), true
	case 'd':
		return now.AddDate(0, 0, -n), true
	case 'w':
		return now.AddDate(0, 0, -7*n), true
	case 'm':
		return now.AddDate(0, -min(n, 12_000), 0), true
	case 'y':
		return now.AddDate(-min(n, 1_000), 0, 0), true
	}
	return time.Time{}, false
}

var dayLayouts = [...]string{"2006-01-02", "2006/01/02", "2006/1/2", "2006-1-2", "20060102", "2006-01", "2006"}

// day reads a day as the moment at which it begins for the user.
func (p *queryParser) day(value string) (time.Time, bool) {
	now := p.now.In(p.zone)
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, p.zone)
	switch value {
	case "today", "今天":
		return today, true
	case "yesterday", "昨天":
		return today.AddDate(0, 0, -1), true
	case "tomorrow", "明天":
		return today.AddDate(0, 0, 1), true
	}
	for _, layout := range dayLayouts {
		if t, err := time.ParseInLocation(layout, value, p.zone); err == nil && t.Year() >= 1970 && t.Year() < 2200 {
			return t, true
		}
	}
	return p.ago(value)
}
