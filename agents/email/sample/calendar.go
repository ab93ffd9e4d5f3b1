package sample

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// taipei is where Sam's meetings are, whatever the time zone of the machine.
var taipei = time.FixedZone("Asia/Taipei", 8*60*60)

// The names of that time zone, as Outlook and as everybody else writes it.
var zoneNames = map[string]string{"windows": "Taipei Standard Time", "iana": "Asia/Taipei"}

// calendar is the event of a letter as iCalendar.
func (c *composer) calendar(l *letter, f []string) []byte {
	method, uid, sequence, start, length, zone, place, summary := f[0], f[1], f[2], f[3], f[4], f[5], f[6], f[7]
	begin := c.eventStart(l, start)
	lines := []string{"BEGIN:VCALENDAR", "PRODID:-//Almanac//Calendar 4.2//EN", "VERSION:2.0", "METHOD:" + method}
	if name := zoneNames[zone]; name != "" && length != "allday" {
		lines = append(lines, "BEGIN:VTIMEZONE", "TZID:"+name, "BEGIN:STANDARD", "DTSTART:16010101T000000", "TZOFFSETFROM:+0800", "TZOFFSETTO:+0800", "END:STANDARD", "END:VTIMEZONE")
	}
	lines = append(lines, "BEGIN:VEVENT", fmt.Sprintf("UID:%s-%s@%s", uid, c.now.Format("20060102"), domain(l.from.address)),
		"SEQUENCE:"+sequence, "DTSTAMP:"+c.sent(l).UTC().Format("20060102T150405Z"))
	if length == "allday" {
		lines = append(lines, "DTSTART;VALUE=DATE:"+begin.Format("20060102"), "DTEND;VALUE=DATE:"+begin.AddDate(0, 0, 1).Format("20060102"))
	} else {
		minutes, _ := strconv.Atoi(length)
		lines = append(lines, "DTSTART"+eventTime(begin, zone), "DTEND"+eventTime(begin.Add(time.Duration(minutes)*time.Minute), zone))
	}
	lines = append(lines, "SUMMARY:"+escapeCalendar(summary))
	if place != "" {
		lines = append(lines, "LOCATION:"+escapeCalendar(place))
	}
	lines = append(lines, fmt.Sprintf("ORGANIZER;CN=%q:mailto:%s", l.from.name, l.from.address),
		"ATTENDEE;CN=\"Sam Lin\";PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:"+Me)
	if method == "CANCEL" {
		lines = append(lines, "STATUS:CANCELLED")
	}
	lines = append(lines, "END:VEVENT", "END:VCALENDAR")
	for i := range lines {
		lines[i] = foldCalendar(lines[i])
	}
	return []byte(strings.Join(lines, "\r\n") + "\r\n")
}

// eventStart reads "w+1 14:00", counted from the letter's day.
func (c *composer) eventStart(l *letter, start string) time.Time {
	date, clock, _ := strings.Cut(start, " ")
	day, err := time.Parse(time.DateOnly, expand("{"+date+" iso}", "en", c.day(l)))
	if err != nil {
		panic("the embedded sample has an event without a date: " + l.key)
	}
	at, err := parseClock(clock)
	if err != nil {
		panic("the embedded sample has an event without a time: " + l.key)
	}
	return onClock(day, at, taipei)
}

func eventTime(t time.Time, zone string) string {
	switch zone {
	case "windows":
		return fmt.Sprintf(";TZID=%q:%s", zoneNames[zone], t.Format("20060102T150405"))
	case "iana":
		return ";TZID=" + zoneNames[zone] + ":" + t.Format("20060102T150405")
	}
	return ":" + t.UTC().Format("20060102T150405Z")
}

func escapeCalendar(text string) string {
	return strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\n", `\n`).Replace(text)
}

// foldCalendar breaks a line before its 75th byte, between characters.
func foldCalendar(line string) string {
	var b strings.Builder
	width := 0
	for _, r := range line {
		if n := len(string(r)); width+n > 74 {
			b.WriteString("\r\n ")
			width = 1
		}
		b.WriteRune(r)
		width += len(string(r))
	}
	return b.String()
}
