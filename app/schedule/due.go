package schedule

import (
	"fmt"
	"slices"
	"time"

	"github.com/stewardhq/steward/agents"
)

// Days are the names of the days, in the order of the week.
var Days = []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}

// plan is a schedule that was checked.
type plan struct {
	days         [7]bool // by time.Weekday
	hour, minute int
	zone         *time.Location
}

// Check says what is wrong with a schedule.
func Check(s agents.Schedule) error {
	_, err := read(s)
	return err
}

func read(s agents.Schedule) (plan, error) {
	var p plan
	last := -1
	for _, name := range s.Days {
		n := slices.Index(Days, name)
		if n <= last {
			return p, invalid(fmt.Sprintf("%q is no day of the week, or not in its place", name), `days are "mon" to "sun", in this order, each once`)
		}
		p.days[(n+1)%7], last = true, n
	}
	if last < 0 {
		return p, invalid("the schedule has no days", `name one at least, "mon" to "sun"`)
	}
	at, err := time.Parse("15:04", s.Time)
	if err != nil || len(s.Time) != len("15:04") {
		return p, invalid(fmt.Sprintf("%q is no time of day", s.Time), "write it like 08:00")
	}
	p.hour, p.minute = at.Hour(), at.Minute()
	if p.zone, err = time.LoadLocation(s.Zone); err != nil || s.Zone == "" || s.Zone == "Local" {
		return p, invalid(fmt.Sprintf("the time zone %q is not known here", s.Zone), "write it like Asia/Taipei")
	}
	return p, nil
}

func invalid(message, hint string) error {
	return &agents.Error{Code: agents.CodeInvalid, Message: message, Hint: hint}
}

// Next gives the first n due times after a moment.
func Next(s agents.Schedule, after time.Time, n int) ([]time.Time, error) {
	p, err := read(s)
	if err != nil {
		return nil, err
	}
	var all []time.Time
	p.each(after, func(due time.Time) bool {
		if n > 0 {
			all = append(all, due)
		}
		return len(all) < n
	})
	return all, nil
}

// Between gives the due times after from, up to and including to.
func Between(s agents.Schedule, from, to time.Time) ([]time.Time, error) {
	p, err := read(s)
	if err != nil {
		return nil, err
	}
	var all []time.Time
	p.each(from, func(due time.Time) bool {
		if due.After(to) {
			return false
		}
		all = append(all, due)
		return true
	})
	return all, nil
}

// each gives the due times after a moment to f, each later than the one before, until f has enough.
func (p plan) each(after time.Time, f func(time.Time) bool) {
	y, m, d := after.In(p.zone).Date()
	last := after
	for i := -2; ; i++ { // a day that was left out on the island's calendar is due on the next
		date := time.Date(y, m, d+i, 0, 0, 0, 0, time.UTC)
		if !p.days[date.Weekday()] {
			continue
		}
		due := p.on(date)
		if !due.After(last) {
			continue
		}
		last = due
		if !f(due) {
			return
		}
	}
}

// on is the moment at which the time of day comes on a date: the first one, where clocks are set back over it; the first
// moment after the gap, where they are set forward over it.
func (p plan) on(date time.Time) time.Time {
	wall := date.Add(time.Duration(p.hour)*time.Hour + time.Duration(p.minute)*time.Minute).Unix() // as if the zone were UTC
	at := time.Unix(wall, 0).In(p.zone).Add(-26 * time.Hour)                                       // before it, in every zone
	for {
		_, offset := at.Zone()
		_, end := at.ZoneBounds()
		moment := time.Unix(wall-int64(offset), 0).In(p.zone)
		switch {
		case end.IsZero() || moment.Before(end):
			if moment.Before(at) { // the clocks went from before it to after it
				return at
			}
			return moment
		default:
			at = end
		}
	}
}
