package calendar_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stewardhq/steward/agents/email/calendar"
)

func event(lines ...string) string {
	return "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\n" + strings.Join(lines, "\r\n") + "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
}

func TestParseTimes(t *testing.T) {
	rows := []struct {
		name, calendar, start, end string
		allDay                     bool
	}{
		{"utc", event("DTSTART:20261124T060000Z", "DTEND:20261124T070000Z"), "2026-11-24T06:00:00Z", "2026-11-24T07:00:00Z", false},
		{"iana", event("DTSTART;TZID=Asia/Taipei:20261124T140000", "DURATION:PT1H30M"), "2026-11-24T06:00:00Z", "2026-11-24T07:30:00Z", false},
		{"windows", event("DTSTART;TZID=Taipei Standard Time:20261124T140000"), "2026-11-24T06:00:00Z", "2026-11-24T06:00:00Z", false},
		{"windows, quoted, in summer", event(`DTSTART;TZID="W. Europe Standard Time":20260701T140000`), "2026-07-01T12:00:00Z", "2026-07-01T12:00:00Z", false},
		{"a path", event("DTSTART;TZID=/freeassociation.sourceforge.net/Tzfile/Asia/Taipei:20261124T140000"), "2026-11-24T06:00:00Z", "2026-11-24T06:00:00Z", false},
		{"an offset", event(`DTSTART;TZID="(UTC+08:00) Somewhere":20261124T140000`), "2026-11-24T06:00:00Z", "2026-11-24T06:00:00Z", false},
		{"an unknown zone", event("DTSTART;TZID=Narnia:20261124T140000"), "2026-11-24T14:00:00Z", "2026-11-24T14:00:00Z", false},
		{"a trick zone", event("DTSTART;TZID=../../etc/passwd:20261124T140000"), "2026-11-24T14:00:00Z", "2026-11-24T14:00:00Z", false},
		{"all day", event("DTSTART;VALUE=DATE:20261124"), "2026-11-24T00:00:00Z", "2026-11-25T00:00:00Z", true},
		{"an end before the start", event("DTSTART:20261124T060000Z", "DTEND:20251124T070000Z"), "2026-11-24T06:00:00Z", "2026-11-24T06:00:00Z", false},
		{"lines that make no sense", event("X-Y;;;=", "nonsense", "DTSTART:20261124T060000Z"), "2026-11-24T06:00:00Z", "2026-11-24T06:00:00Z", false},
		{"the zone's own definition", "BEGIN:VCALENDAR\nBEGIN:VTIMEZONE\nBEGIN:STANDARD\nDTSTART:16010101T000000\nEND:STANDARD\nEND:VTIMEZONE\nBEGIN:VEVENT\nDTSTART:20261124T060000Z\nBEGIN:VALARM\nSUMMARY:alarm\nEND:VALARM\nEND:VEVENT\nEND:VCALENDAR", "2026-11-24T06:00:00Z", "2026-11-24T06:00:00Z", false},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			i, ok := calendar.Parse(row.calendar)
			if !ok || i.Start.UTC().Format(time.RFC3339) != row.start || i.End.UTC().Format(time.RFC3339) != row.end || i.AllDay != row.allDay {
				t.Errorf("ParseInvite = %+v, %v", i, ok)
			}
		})
	}
}

func TestParseWords(t *testing.T) {
	i, ok := calendar.Parse(event("DTSTART:20261124T060000Z", "SUMMARY;LANGUAGE=zh-TW:第二次審查\\, 港", " 灣館", "LOCATION:Room 2\\; upstairs\\nleft"))
	if !ok || i.Summary != "第二次審查, 港灣館" || i.Location != "Room 2; upstairs\nleft" || i.Method != "REQUEST" {
		t.Errorf("ParseInvite = %+v, %v", i, ok)
	}
}

func FuzzInvite(f *testing.F) {
	f.Add(event("DTSTART;TZID=Asia/Taipei:20261124T140000", "DURATION:P1DT2H"))
	f.Add(event("DTSTART;VALUE=DATE:20261124", "SUMMARY:a\\", " b"))
	f.Add("BEGIN:VEVENT\nDTSTART:\nDURATION:-P")
	f.Fuzz(func(t *testing.T, text string) {
		i, ok := calendar.Parse(text)
		if ok && (i.Start.IsZero() || i.End.Before(i.Start)) {
			t.Errorf("Parse(%q) = %+v", text, i)
		}
	})
}
