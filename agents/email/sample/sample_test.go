package sample_test

import (
	"bytes"
	"fmt"
	"io"
	"mime"
	"net/mail"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/jhillyerd/enmime/v2"

	"github.com/stewardhq/steward/agents/email/sample"
)

var (
	taipei = time.FixedZone("Asia/Taipei", 8*3600)
	monday = time.Date(2026, 11, 23, 14, 5, 6, 789, taipei)
)

// moments are times of import: every hour that could go wrong, and every day of the week.
func moments(t *testing.T) map[string]time.Time {
	t.Helper()
	york, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]time.Time{
		"midnight":           time.Date(2026, 11, 23, 0, 0, 0, 0, taipei),
		"a second past":      time.Date(2026, 11, 23, 0, 0, 1, 0, taipei),
		"half past midnight": time.Date(2026, 11, 23, 0, 30, 0, 0, taipei),
		"eight":              time.Date(2026, 11, 23, 8, 0, 0, 0, taipei),
		"last second":        time.Date(2026, 11, 23, 23, 59, 59, 0, taipei),
		"clocks go back":     time.Date(2026, 11, 1, 9, 0, 0, 0, york),
		"clocks go forward":  time.Date(2026, 3, 8, 3, 1, 0, 0, york),
		"leap day":           time.Date(2028, 2, 29, 12, 0, 0, 0, time.UTC),
		"New Year":           time.Date(2027, 1, 1, 7, 0, 0, 0, taipei),
	}
	for n := range 7 {
		day := monday.AddDate(0, 0, n)
		all[day.Weekday().String()] = day
	}
	return all
}

type read struct {
	sample.Message
	head     mail.Header
	id       string
	date     time.Time
	received time.Time
	subject  string
	envelope *enmime.Envelope
}

// words is everything that a reader could see or a parser could find.
func (r read) words() string {
	all := r.subject + "\n" + r.envelope.Text + "\n" + r.envelope.HTML
	for _, a := range r.envelope.Attachments {
		all += "\n" + a.FileName
	}
	return all
}

func open(t *testing.T, m sample.Message) read {
	t.Helper()
	parsed, err := mail.ReadMessage(bytes.NewReader(m.Raw))
	if err != nil {
		t.Fatalf("no message: %v\n%.300s", err, m.Raw)
	}
	r := read{Message: m, head: parsed.Header, id: parsed.Header.Get("Message-ID")}
	if r.date, err = parsed.Header.Date(); err != nil {
		t.Fatalf("%s: date: %v", r.id, err)
	}
	r.received = r.date
	if hops := parsed.Header["Received"]; len(hops) > 0 {
		when := hops[0][strings.LastIndex(hops[0], ";")+1:]
		if r.received, err = mail.ParseDate(strings.TrimSpace(when)); err != nil {
			t.Fatalf("%s: received: %v", r.id, err)
		}
	} else if !m.Mine {
		t.Errorf("%s: no Received header", r.id)
	}
	if r.envelope, err = enmime.ReadEnvelope(bytes.NewReader(m.Raw)); err != nil {
		t.Fatalf("%s: %v", r.id, err)
	}
	r.subject = r.envelope.GetHeader("Subject")
	return r
}

// opened keeps what was parsed: the tests look at the same samples again and again.
var opened = map[time.Time][]read{}

func openAll(t *testing.T, now time.Time) []read {
	t.Helper()
	if all, ok := opened[now.UTC()]; ok {
		return all
	}
	var all []read
	for _, m := range sample.Messages(now) {
		all = append(all, open(t, m))
	}
	opened[now.UTC()] = all
	return all
}

func TestEveryMessageAtEveryMoment(t *testing.T) {
	for name, now := range moments(t) {
		t.Run(name, func(t *testing.T) {
			first := time.Date(now.Year(), now.Month(), now.Day()-20, 0, 0, 0, 0, now.Location())
			all, last, ids := openAll(t, now), time.Time{}, map[string]read{}
			if len(all) < 190 || len(all) > 210 {
				t.Errorf("%d messages, want about 200", len(all))
			}
			for _, m := range all {
				if m.received.After(now) || m.date.After(now) || m.date.After(m.received) {
					t.Errorf("%s: sent %v, received %v, and now is %v", m.id, m.date, m.received, now)
				}
				if m.date.Before(first) {
					t.Errorf("%s: sent %v, before the three weeks", m.id, m.date)
				}
				if m.received.Before(last) {
					t.Errorf("%s stands after a later message", m.id)
				}
				last = m.received
				if _, twice := ids[m.id]; twice || m.id == "" {
					t.Errorf("the Message-ID %q is not its own", m.id)
				}
				if parent := m.head.Get("In-Reply-To"); parent != "" {
					if p, ok := ids[parent]; !ok || !strings.HasSuffix(m.head.Get("References"), parent) {
						t.Errorf("%s answers %s, which did not come before it (%v)", m.id, parent, p.id)
					}
				}
				ids[m.id] = m
			}
		})
	}
}

func TestTodaysMix(t *testing.T) {
	for name, now := range moments(t) {
		midnight := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())
		var bulk, invitations, money, hostile, questions, total int
		for _, m := range openAll(t, now) {
			if m.received.Before(midnight) {
				continue
			}
			total++
			switch {
			case m.Seen || m.Mine:
				t.Errorf("%s: %s is from today and seen", name, m.id)
			case strings.HasSuffix(m.head.Get("From"), ".test>"):
				hostile++
			case m.head.Get("List-Id") != "":
				bulk++
			case bytes.Contains(m.Raw, []byte("text/calendar")):
				invitations++
			case len(m.head["Auto-Submitted"]) > 0 || strings.Contains(m.subject, "帳單"):
				money++
			case strings.ContainsAny(m.envelope.Text, "?？"):
				questions++
			}
		}
		got := fmt.Sprint(total, questions, invitations, money, bulk, hostile)
		if want := "14 4 2 2 3 2"; got != want {
			t.Errorf("%s: messages, questions, invitations, money, bulk, hostile: %s, want %s", name, got, want)
		}
	}
}

func TestTodayIsSpreadOverTheDay(t *testing.T) {
	for _, now := range []time.Time{time.Date(2026, 11, 23, 8, 0, 0, 0, taipei), monday} {
		var first, last time.Time
		for _, m := range openAll(t, now) {
			if m.received.Day() == now.Day() && m.received.Month() == now.Month() {
				if first.IsZero() {
					first = m.received
				}
				last = m.received
			}
		}
		if last.Sub(first) < 2*time.Hour || first.Hour() < 4 {
			t.Errorf("at %v today's mail is from %v to %v", now, first, last)
		}
	}
}

func TestWorkKeepsToTheWeek(t *testing.T) {
	for name, now := range moments(t) {
		for _, m := range openAll(t, now) {
			weekend := m.date.Weekday() == time.Saturday || m.date.Weekday() == time.Sunday
			before := m.date.Before(time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location()))
			office := strings.HasSuffix(m.head.Get("From"), "<office@tidewater.example>") || strings.Contains(m.head.Get("From"), "priya@")
			if office && weekend && before {
				t.Errorf("%s: %s is from a %v", name, m.id, m.date.Weekday())
			}
		}
	}
}

// A second import on the same day must find nothing new, whatever a store compares but the trace of the servers.
func TestSameDayIsTheSameMail(t *testing.T) {
	trace := regexp.MustCompile(`(?m)^Received:.*\r\n(\t.*\r\n)*`)
	at := func(hour int) []sample.Message {
		return sample.Messages(time.Date(2026, 11, 23, hour, 10, 0, 0, taipei))
	}
	morning, evening, again := at(0), at(21), at(21)
	for i := range morning {
		if a, b := trace.ReplaceAll(morning[i].Raw, nil), trace.ReplaceAll(evening[i].Raw, nil); !bytes.Equal(a, b) {
			t.Errorf("in the morning\n%.600s\nin the evening\n%.600s", a, b)
		}
		if !bytes.Equal(again[i].Raw, evening[i].Raw) || again[i].Seen != evening[i].Seen || again[i].Flagged != evening[i].Flagged {
			t.Errorf("one moment has two samples: %.600s", again[i].Raw)
		}
	}
}

func TestMine(t *testing.T) {
	mine, answered := 0, map[string]bool{}
	for _, m := range openAll(t, monday) {
		if got := strings.Contains(m.head.Get("From"), "<"+sample.Me+">"); got != m.Mine {
			t.Errorf("%s: Mine = %v, from %s", m.id, m.Mine, m.head.Get("From"))
		}
		if m.Mine {
			mine++
			answered[m.head.Get("In-Reply-To")] = true
			if !m.Seen || m.head.Get("Delivered-To") != "" || m.head.Get("Authentication-Results") != "" {
				t.Errorf("%s was sent by the owner, not received", m.id)
			}
		}
	}
	if mine < 25 || len(answered) < 20 {
		t.Errorf("%d messages of the owner's that answer %d others", mine, len(answered))
	}
}

func body(t *testing.T, raw []byte) string {
	t.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(m.Body)
	if err != nil {
		t.Fatal(err)
	}
	if media, _, err := mime.ParseMediaType(m.Header.Get("Content-Type")); err != nil || media == "" {
		return ""
	}
	return string(text)
}

func TestLinesAreRFC5322(t *testing.T) {
	for _, m := range openAll(t, monday) {
		for line := range strings.SplitSeq(string(m.Raw), "\r\n") {
			if len(line) > 998 || strings.ContainsAny(line, "\r\n") {
				t.Errorf("%s: a line of %d bytes, or with a bare line end: %.80q", m.id, len(line), line)
			}
		}
		if body(t, m.Raw) == "" {
			t.Errorf("%s: no body, or no type", m.id)
		}
	}
}
