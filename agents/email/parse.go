package email

import (
	"net/mail"
	"strings"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/agents/email/body"
	"github.com/stewardhq/steward/agents/email/dmarc"
	"github.com/stewardhq/steward/agents/email/wire"
)

// Flags is what the place that a message came from says of it.
type Flags struct {
	Seen     bool
	Flagged  bool
	Answered bool
	Draft    bool
	Sent     bool // it lay in a folder of sent mail
}

// ParseOptions is what a message itself does not say.
type ParseOptions struct {
	Account string
	Now     time.Time // when it was imported: for messages without a date, and against dates in the future
	Flags   Flags
	Me      []string // the user's addresses
}

// Limits of what is kept beside the raw message.
const (
	maxReferences = 200
	maxProblems   = 20
)

// Parse reads a raw message. It never fails: what cannot be read is named in Problems, and Raw is always the message as
// it came. Time and memory are linear in its size.
func Parse(raw []byte, o ParseOptions) Parsed {
	root, problems := wire.Read(raw)
	h := &root.Header
	b := body.Read(root)
	p := Parsed{Raw: raw, Text: b.Text}
	m := &p.Message
	m.Account, m.Size = o.Account, int64(len(raw))
	m.Unread, m.Starred = !o.Flags.Seen && !o.Flags.Draft, o.Flags.Flagged
	m.Sent = headerDate(h)
	m.Received = received(h, m.Sent, o.Now)
	m.MessageID = messageID(h.Get("Message-Id"))
	m.References = references(h)
	readPeople(m, h)
	m.Subject = clip(h.Text("Subject"), 2_000)
	m.Bulk = bulk(h)
	m.Verified, m.Forged = dmarc.Verdict(h, m.From.Address)
	m.Mine = mine(h, m, o)
	m.Unread = m.Unread && !m.Mine
	m.HiddenText = b.Hidden
	m.Attachments = b.Attachments
	m.Invitation = b.Invite()
	m.Kind = kindOf(h, m, b.Text)
	m.NeedsAnswer = needsAnswer(h, m, b.Text, o.Me)
	note(m, append(append(problems, b.Problems...), headerProblems(raw, root, m)...))
	p.DedupeKey = dedupeKey(h, m, root, raw)
	return p
}

// Text is the readable text of a raw message, as it stands in Parsed.Text.
func Text(raw []byte) string {
	root, _ := wire.Read(raw)
	return body.Read(root).Text
}

func note(m *Message, problems []wire.Problem) {
	for _, p := range problems {
		m.Damaged = m.Damaged || p.Lost
		if len(m.Problems) < maxProblems {
			m.Problems = append(m.Problems, p.Text)
		}
	}
}

func headerProblems(raw []byte, root *wire.Part, m *Message) []wire.Problem {
	var all []wire.Problem
	if len(root.Header.Fields) == 0 {
		text := "it has no header"
		if len(raw) == 0 {
			text = "it is empty"
		}
		return append(all, wire.Problem{Text: text, Lost: true})
	}
	if m.From.Address == "" {
		all = append(all, wire.Problem{Text: "it does not say who it is from"})
	}
	if m.Sent.IsZero() {
		all = append(all, wire.Problem{Text: "its date is missing or makes no sense"})
	}
	return all
}

func readPeople(m *Message, h *wire.Header) {
	if from := h.Addresses("From"); len(from) > 0 {
		m.From = Address(from[0])
	} else if sender := h.Addresses("Sender"); len(sender) > 0 {
		m.From = Address(sender[0])
	} else {
		m.From.Name = clip(h.Text("From"), 200)
	}
	m.ReplyTo = addresses(h, "Reply-To")
	m.To = addresses(h, "To")
	m.Cc = addresses(h, "Cc")
}

func addresses(h *wire.Header, field string) []Address {
	var all []Address
	for _, a := range h.Addresses(field) {
		all = append(all, Address{Name: clip(a.Name, 200), Address: a.Address})
	}
	return all
}

// mine is strict: a stranger may write anything into From, and whom the user has written to is known from then on. So a
// message counts as the user's own only if it lay among the sent ones, was never delivered, or was checked on arrival.
func mine(h *wire.Header, m *Message, o ParseOptions) bool {
	if o.Flags.Sent || o.Flags.Draft {
		return true
	}
	return isOneOf(m.From.Address, o.Me) && (m.Verified || !m.Forged && !delivered(h))
}

func isOneOf(address string, of []string) bool {
	for _, a := range of {
		if agents.SameAddress(a, address) {
			return true
		}
	}
	return false
}

// delivered reports whether a receiving server has handled the message.
func delivered(h *wire.Header) bool {
	for _, field := range [...]string{"Return-Path", "Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "Authentication-Results", "Received-Spf"} {
		if h.Has(field) {
			return true
		}
	}
	return false
}

// received is the time of the last hop, which no sender can choose; then the sender's date; then the time of import.
func received(h *wire.Header, sent, now time.Time) time.Time {
	latest := now.Add(24 * time.Hour)
	if hop := h.Get("Received"); hop != "" {
		if i := strings.LastIndexByte(hop, ';'); i >= 0 {
			if t, ok := parseDate(hop[i+1:]); ok && !t.After(latest) {
				return t
			}
		}
	}
	if !sent.IsZero() && !sent.After(latest) {
		return sent
	}
	return now
}

func headerDate(h *wire.Header) time.Time {
	t, _ := parseDate(h.Text("Date"))
	return t
}

var dateLayouts = [...]string{
	"Mon, 2 Jan 2006 15:04:05", "2 Jan 2006 15:04:05", "Mon Jan 2 15:04:05 2006", "Mon Jan 2 15:04:05 MST 2006", time.RFC3339,
	"2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05", "Mon, 2 Jan 2006 15:04:05 MST", "02-Jan-06 15:04", "Mon, 02 Jan 06 15:04:05 -0700",
	"Mon, 2 January 2006 15:04:05 -0700", "Monday, 2 January 2006 15:04:05 -0700", "Mon, Jan 2 2006 15:04:05 -0700",
}

// parseDate reads a date between 1971 and 2199, as standards and old programs write it.
func parseDate(s string) (time.Time, bool) {
	if i := strings.IndexByte(s, '('); i > 0 {
		s = s[:i] // the zone's name in a comment
	}
	s = strings.Join(strings.Fields(s), " ")
	if s == "" || len(s) > 100 {
		return time.Time{}, false
	}
	t, err := mail.ParseDate(s)
	for i := 0; err != nil && i < len(dateLayouts); i++ {
		t, err = time.Parse(dateLayouts[i], s)
	}
	if err != nil || t.Year() < 1971 || t.Year() > 2199 {
		return time.Time{}, false
	}
	return t.UTC(), true
}

// messageID takes the brackets off. What holds blanks or is too long to be one is none.
func messageID(s string) string {
	if opening := strings.IndexByte(s, '<'); opening >= 0 {
		s = s[opening+1:]
		if closing := strings.IndexByte(s, '>'); closing >= 0 {
			s = s[:closing]
		}
	}
	s = strings.TrimSpace(s)
	if len(s) > 500 || strings.ContainsAny(s, " \t<>") {
		return ""
	}
	return s
}

// references is the ids of the messages before this one in its thread, oldest first, what it answers last.
func references(h *wire.Header) []string {
	var all []string
	seen := map[string]bool{}
	add := func(field string) {
		for rest := field; ; {
			opening := strings.IndexByte(rest, '<')
			if opening < 0 {
				return
			}
			closing := strings.IndexByte(rest[opening:], '>')
			if closing < 0 {
				return
			}
			id := messageID(rest[opening : opening+closing+1])
			if id != "" && !seen[id] {
				seen[id] = true
				all = append(all, id)
			}
			rest = rest[opening+closing+1:]
		}
	}
	add(h.Get("References"))
	add(h.Get("In-Reply-To"))
	if len(all) > maxReferences { // the first is the thread's root; the last ones are the nearest
		all = append(all[:1:1], all[len(all)-maxReferences+1:]...)
	}
	return all
}

// clip cuts a text at a number of bytes, between characters.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "")
}
