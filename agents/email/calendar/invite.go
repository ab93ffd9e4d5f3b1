// Package calendar reads the invitations that mail carries (iCalendar, RFC 5545), as the programs of this world write them.
package calendar

import (
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // a calendar's zones must be known on machines without a zone database
)

const (
	maxCalendarLines = 20_000
	maxWords         = 1_000 // bytes of a summary or a location
)

// Invite is what a calendar part says.
type Invite struct {
	Method   string    `json:"method"` // REQUEST, CANCEL, …
	Summary  string    `json:"summary"`
	Location string    `json:"location,omitempty"`
	Start    time.Time `json:"start"`
	End      time.Time `json:"end"`
	AllDay   bool      `json:"all_day,omitempty"`
}

// Parse reads the first event of an iCalendar text (RFC 5545). Only what is shown is read; a line that makes no
// sense is passed over, since calendars of other programs are full of them. ok is false if there is no event with a
// time.
func Parse(text string) (invite Invite, ok bool) {
	var path []string // open components
	var end property
	var duration string
	done := false
	for _, line := range unfold(text) {
		p, fine := parseProperty(line)
		if !fine {
			continue
		}
		switch {
		case p.name == "BEGIN":
			if len(path) < 20 {
				path = append(path, strings.ToUpper(p.value))
			}
		case p.name == "END":
			if len(path) > 0 {
				done = done || path[len(path)-1] == "VEVENT"
				path = path[:len(path)-1]
			}
		case p.name == "METHOD" && len(path) <= 1:
			invite.Method = strings.ToUpper(strings.TrimSpace(p.value))
		case done || len(path) == 0 || path[len(path)-1] != "VEVENT":
		case p.name == "SUMMARY":
			invite.Summary = p.text()
		case p.name == "LOCATION":
			invite.Location = p.text()
		case p.name == "DTSTART":
			invite.Start, invite.AllDay, ok = p.time()
		case p.name == "DTEND":
			end = p
		case p.name == "DURATION":
			duration = p.value
		}
	}
	invite.finish(end, duration)
	return invite, ok
}

// finish sets the end: as given, from the duration, or, as RFC 5545 says, a day for whole days and nothing for times.
func (i *Invite) finish(end property, duration string) {
	if t, _, ok := end.time(); ok && !t.Before(i.Start) {
		i.End = t
		return
	}
	i.End = i.Start.Add(parseDuration(duration))
	if i.AllDay && !i.End.After(i.Start) {
		i.End = i.Start.AddDate(0, 0, 1)
	}
}

// unfold joins the lines that were broken for length.
func unfold(text string) []string {
	var lines []string
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimRight(line, "\r")
		if line != "" && (line[0] == ' ' || line[0] == '\t') && len(lines) > 0 {
			if last := &lines[len(lines)-1]; len(*last) < 8<<10 {
				*last += line[1:]
			}
			continue
		}
		if len(lines) == maxCalendarLines {
			break
		}
		lines = append(lines, line)
	}
	return lines
}

type property struct {
	name, zone, kind, value string
}

func parseProperty(line string) (p property, ok bool) {
	quoted := false
	colon := -1
	for i := 0; i < len(line) && colon < 0; i++ {
		switch {
		case line[i] == '"':
			quoted = !quoted
		case line[i] == ':' && !quoted:
			colon = i
		}
	}
	if colon <= 0 {
		return property{}, false
	}
	p.value = line[colon+1:]
	name, params, _ := strings.Cut(line[:colon], ";")
	p.name = strings.ToUpper(strings.TrimSpace(name))
	for param := range strings.SplitSeq(params, ";") {
		key, value, _ := strings.Cut(param, "=")
		value = strings.Trim(value, `" `)
		switch strings.ToUpper(strings.TrimSpace(key)) {
		case "TZID":
			p.zone = value
		case "VALUE":
			p.kind = strings.ToUpper(value)
		}
	}
	return p, true
}

var textEscapes = strings.NewReplacer(`\n`, "\n", `\N`, "\n", `\,`, ",", `\;`, ";", `\\`, `\`)

func (p property) text() string {
	text := strings.TrimSpace(textEscapes.Replace(p.value))
	return strings.ToValidUTF8(text[:min(len(text), maxWords)], "")
}

// time reads a date or a time. A time in a zone that nobody knows, or in none, is taken as UTC.
func (p property) time() (t time.Time, allDay, ok bool) {
	value := strings.TrimSpace(p.value)
	switch {
	case p.kind == "DATE" || len(value) == 8:
		t, err := time.ParseInLocation("20060102", value[:min(len(value), 8)], zone(p.zone))
		return t, true, err == nil && t.Year() > 1900
	case strings.HasSuffix(value, "Z"):
		t, err := time.Parse("20060102T150405Z", value)
		return t, false, err == nil && t.Year() > 1900
	default:
		t, err := time.ParseInLocation("20060102T150405", value, zone(p.zone))
		return t.UTC(), false, err == nil && t.Year() > 1900
	}
}

// parseDuration reads P1DT2H30M and its like, at most a year.
func parseDuration(s string) time.Duration {
	s = strings.TrimPrefix(strings.ToUpper(strings.TrimSpace(s)), "+")
	if !strings.HasPrefix(s, "P") {
		return 0
	}
	var total time.Duration
	units := map[byte]time.Duration{'W': 7 * 24 * time.Hour, 'D': 24 * time.Hour, 'H': time.Hour, 'M': time.Minute, 'S': time.Second}
	number := ""
	for i := 1; i < len(s); i++ {
		if s[i] >= '0' && s[i] <= '9' {
			number += s[i : i+1]
			continue
		}
		if n, err := strconv.Atoi(number); err == nil && n < 1_000_000 {
			total += time.Duration(n) * units[s[i]]
		}
		number = ""
	}
	return min(max(total, 0), 366*24*time.Hour)
}
