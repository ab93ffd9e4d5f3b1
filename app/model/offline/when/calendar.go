package when

import "time"

func day(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, t.Location())
}

func monday(t time.Time) time.Time { return day(t).AddDate(0, 0, -(int(t.Weekday())+6)%7) }

func days(from time.Time, n int) span { return span{since: from, until: from.AddDate(0, 0, n)} }

func month(t time.Time) span {
	first := time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, t.Location())
	return span{since: first, until: first.AddDate(0, 1, 0)}
}

func year(y int, zone *time.Location) span {
	first := time.Date(y, 1, 1, 0, 0, 0, 0, zone)
	return span{since: first, until: first.AddDate(1, 0, 0)}
}

// unit is a length of time that people count in.
type unit uint8

const (
	minutes unit = iota
	hours
	daily
	weekly
	monthly
	yearly
)

// shift moves a day by n units; hours and minutes move the moment itself.
func (s *scan) shift(n int, u unit) time.Time {
	switch u {
	case minutes:
		return s.now.Add(time.Duration(n) * time.Minute)
	case hours:
		return s.now.Add(time.Duration(n) * time.Hour)
	case weekly:
		return day(s.now).AddDate(0, 0, 7*n)
	case monthly:
		return addMonths(day(s.now), n)
	case yearly:
		return addMonths(day(s.now), 12*n)
	default:
		return day(s.now).AddDate(0, 0, n)
	}
}

// addMonths moves by calendar months and stays inside the month it lands in: 31 March less a month is the last of February.
func addMonths(t time.Time, n int) time.Time {
	first := time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, t.Location()).AddDate(0, n, 0)
	last := first.AddDate(0, 1, -1).Day()
	return first.AddDate(0, 0, min(t.Day(), last)-1)
}

// lately is the stretch of the last n units up to the end of today; short of a day it is exact.
func (s *scan) lately(n int, u unit) span {
	if u <= hours {
		return span{since: s.shift(-n, u), until: s.now.Add(time.Minute)}
	}
	return span{since: s.shift(-n, u), until: day(s.now).AddDate(0, 0, 1)}
}

// soon is the stretch of the next n units from today on.
func (s *scan) soon(n int, u unit) span {
	return span{since: day(s.now), until: s.shift(n, u).AddDate(0, 0, boolInt(u > hours))}
}

// at is the single day, hour or minute that lies n units away.
func (s *scan) at(n int, u unit) span {
	t := s.shift(n, u)
	switch u {
	case minutes, hours:
		return span{since: t, until: t.Add(time.Minute), timed: true}
	case weekly:
		if s.lean == Past {
			return days(monday(t), 7) // mail "two weeks ago" is that week's
		}
	case monthly:
		if s.lean == Past {
			return month(t)
		}
	case daily, yearly:
	}
	return days(t, 1)
}

// week is the calendar week n weeks away.
func (s *scan) week(n int) span { return days(monday(s.now).AddDate(0, 0, 7*n), 7) }

// weekdayOf is a day of the calendar week n weeks away.
func (s *scan) weekdayOf(n int, w time.Weekday) span {
	return days(monday(s.now).AddDate(0, 0, 7*n+(int(w)+6)%7), 1)
}

// nearest is the undecided weekday: today or before it, or today or after it.
func (s *scan) nearest(w time.Weekday) span {
	ahead := (int(w) - int(s.now.Weekday()) + 7) % 7
	if s.lean == Past && ahead > 0 {
		ahead -= 7
	}
	return days(day(s.now).AddDate(0, 0, ahead), 1)
}

// lastBefore is the weekday before today.
func (s *scan) lastBefore(w time.Weekday) span {
	return days(day(s.now).AddDate(0, 0, -((int(s.now.Weekday())-int(w)+6)%7+1)), 1)
}

// weekend is the one that is on or was last; n weeks away.
func (s *scan) weekend(n int) span {
	if n == 0 && s.lean == Past && s.now.Weekday() != time.Saturday && s.now.Weekday() != time.Sunday {
		n = -1
	}
	return days(monday(s.now).AddDate(0, 0, 7*n+5), 2)
}

// exact is one calendar day, if there is such a day.
func (s *scan) exact(y, m, d int) (span, bool) {
	if y < 1900 || y > 2200 || m < 1 || m > 12 || d < 1 {
		return span{}, false
	}
	t := time.Date(y, time.Month(m), d, 0, 0, 0, 0, s.now.Location())
	if t.Day() != d || int(t.Month()) != m {
		return span{}, false
	}
	return days(t, 1), true
}

// yearless is a day without its year: the last one that has come, or one not much in the past.
func (s *scan) yearless(m, d int) (span, bool) {
	from, to := -8, 0
	limit := day(s.now).AddDate(0, 0, 1)
	if s.lean == Future {
		from, to = 8, -1
	}
	for y := to; y != from; y += sign(from - to) {
		got, ok := s.exact(s.now.Year()+y, m, d)
		if ok && (s.lean == Past && got.since.Before(limit) || s.lean == Future && got.since.After(limit.AddDate(0, -4, 0))) {
			return got, true
		}
	}
	return span{}, false
}

// yearlessMonth is a month without its year, by the same leaning.
func (s *scan) yearlessMonth(m int) span {
	y := s.now.Year()
	if s.lean == Past && m > int(s.now.Month()) {
		y--
	}
	if s.lean == Future && m < int(s.now.Month())-3 {
		y++
	}
	return month(time.Date(y, time.Month(m), 1, 0, 0, 0, 0, s.now.Location()))
}

// dayOfMonth is "the 20th": this month's, or the last or next that has such a day.
func (s *scan) dayOfMonth(d int) (span, bool) {
	step := -1
	if s.lean == Future {
		step = 1
	}
	for n := 0; n != 3*step; n += step {
		m := addMonths(month(s.now).since, n)
		got, ok := s.exact(m.Year(), int(m.Month()), d)
		if ok && (s.lean == Past && !got.since.After(s.now) || s.lean == Future && got.until.After(s.now)) {
			return got, true
		}
	}
	return span{}, false
}

func sign(n int) int {
	if n < 0 {
		return -1
	}
	return 1
}
