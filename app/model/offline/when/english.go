package when

import "time"

var monthNames = []string{
	"january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december",
	"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec", "sept",
}

var weekdayNames = []string{
	"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday",
	"sundays", "mondays", "tuesdays", "wednesdays", "thursdays", "fridays", "saturdays",
	"sun", "mon", "tue", "wed", "thu", "fri", "sat", "tues", "weds", "thur", "thurs",
}

func (s *scan) monthName(i int) (m, end int) {
	k, end := s.oneOf(i, monthNames...)
	if end < 0 {
		return 0, -1
	}
	if k == 24 {
		k = 8
	}
	return k%12 + 1, s.abbreviated(end, k >= 12)
}

func (s *scan) weekday(i int) (w time.Weekday, end int) {
	k, end := s.oneOf(i, weekdayNames...)
	if end < 0 {
		return 0, -1
	}
	if k >= 21 {
		k = []int{2, 3, 4, 4}[k-21]
		return time.Weekday(k), s.abbreviated(end, true)
	}
	return time.Weekday(k % 7), s.abbreviated(end, k >= 14)
}

// abbreviated steps over the full stop of "Nov." where a date goes on behind it.
func (s *scan) abbreviated(end int, short bool) int {
	if short && end+1 < len(s.r) && s.r[end] == '.' && (s.r[end+1] == ' ' || s.r[end+1] == ',') {
		if j := s.sp(end + 1); j < len(s.r) && s.r[j] >= '0' && s.r[j] <= '9' {
			return end + 1
		}
	}
	return end
}

// monthDate reads Nov 20th, 2026; 20 November; the 20th of November; November 2026; in November.
func (s *scan) monthDate(i int) (span, int) {
	j := s.maybe(i, "the")
	if d, end := s.digits(j, 2); end >= 0 {
		if _, e := s.oneOf(end, "st", "nd", "rd", "th"); e >= 0 {
			end = e
		}
		end = s.maybe(s.dash(s.sp(end)), "of")
		m, end := s.monthName(end)
		if end < 0 {
			return span{}, -1
		}
		return s.withYear(m, d, end)
	}
	in := s.maybe(i, "in", "during", "for", "from")
	m, end := s.monthName(in)
	if end < 0 {
		return span{}, -1
	}
	if d, e := s.digits(s.dash(s.sp(end)), 2); e >= 0 {
		if _, o := s.oneOf(e, "st", "nd", "rd", "th"); o >= 0 {
			e = o
		}
		if got, e := s.withYear(m, d, e); e >= 0 && (e >= len(s.r) || s.r[e] != ':') {
			return got, e
		}
	}
	if y, e := s.digits(s.maybe(s.sp(end), ",", "of"), 4); e >= 0 && y > 1900 && y < 2200 {
		return month(time.Date(y, time.Month(m), 1, 0, 0, 0, 0, s.now.Location())), e
	}
	if in == i && (m == 3 || m == 5 || s.lean == Future || end-i < 4) { // "may", "march": only where a word says it is a month
		return span{}, -1
	}
	return s.yearlessMonth(m), end
}

func (s *scan) dash(i int) int {
	if i < len(s.r) && s.r[i] == '-' {
		return i + 1
	}
	return i
}

// withYear reads the year behind a day and a month, or leaves it to the leaning.
func (s *scan) withYear(m, d, end int) (span, int) {
	if y, e := s.digits(s.maybe(s.dash(s.sp(end)), ","), 4); e >= 0 && y > 1900 {
		if got, ok := s.exact(y, m, d); ok {
			return got, e
		}
		return span{}, -1
	}
	if end < len(s.r) && latin(s.r[end]) {
		return span{}, -1
	}
	got, ok := s.yearless(m, d)
	if !ok {
		return span{}, -1
	}
	return got, end
}

var parts = []struct {
	word     string
	from, to int // hours
}{{"morning", 0, 12}, {"afternoon", 12, 18}, {"evening", 17, 24}, {"night", 18, 24}, {"lunchtime", 11, 14}}

// part narrows a day to its morning, afternoon or evening, where the words go on so.
func (s *scan) part(d span, end int) (span, int) {
	j := s.sp(end)
	for _, p := range parts {
		if e := s.lit(j, p.word); e >= 0 {
			y, m, n := d.since.Date()
			at := func(h int) time.Time { return time.Date(y, m, n, h, 0, 0, 0, d.since.Location()) }
			return span{since: at(p.from), until: at(p.to)}, e
		}
	}
	return d, end
}

// named reads today, yesterday morning, the day before yesterday, tonight, the weekend.
func (s *scan) named(i int) (span, int) {
	today := days(day(s.now), 1)
	if e := s.words(s.maybe(i, "the"), "day", "before", "yesterday"); e >= 0 {
		return days(today.since.AddDate(0, 0, -2), 1), e
	}
	if e := s.words(s.maybe(i, "the"), "day", "after", "tomorrow"); e >= 0 {
		return days(today.since.AddDate(0, 0, 2), 1), e
	}
	if e := s.words(i, "last", "night"); e >= 0 {
		return span{since: today.since.Add(-6 * time.Hour), until: today.since.Add(6 * time.Hour)}, e
	}
	for k, of := range []string{"today", "yesterday", "tomorrow", "tmrw", "overnight", "tonight", "recently", "lately", "recent", "these days"} {
		e := s.lit(i, of)
		if e < 0 {
			continue
		}
		switch k {
		case 0:
			return s.part(today, e)
		case 1:
			return s.part(days(today.since.AddDate(0, 0, -1), 1), e)
		case 2, 3:
			return s.part(days(today.since.AddDate(0, 0, 1), 1), e)
		case 4:
			return span{since: today.since.Add(-6 * time.Hour), until: today.since.Add(9 * time.Hour)}, e
		case 5:
			return span{since: today.since.Add(17 * time.Hour), until: today.until}, e
		}
		if s.lean == Future {
			break
		}
		return s.lately(7, daily), e
	}
	if e := s.words(s.maybe(i, "over", "on", "at"), "the", "weekend"); e >= 0 {
		return s.weekend(0), e
	}
	if e := s.words(s.maybe(i, "by"), "eod"); e >= 0 {
		return today, e
	}
	if e := s.words(s.maybe(i, "by"), "end", "of", "day"); e >= 0 {
		return today, e
	}
	return span{}, -1
}

var unitNames = []string{"minutes", "minute", "hours", "hour", "days", "day", "weeks", "week", "months", "month", "years", "year"}

func (s *scan) unit(i int) (unit, int) {
	k, end := s.oneOf(i, unitNames...)
	return unit(max(k, 0) / 2), end
}

// relative reads last week, this Monday, the past three days, 2 weeks ago, in 10 days, next month.
func (s *scan) relative(i int) (span, int) {
	j := s.maybe(i, "the")
	which, end := s.oneOf(j, "last", "past", "previous", "this", "current", "next", "coming")
	if end >= 0 {
		return s.which([]int{-1, -1, -1, 0, 0, 1, 1}[which], which == 1, s.sp(end))
	}
	in := s.maybe(i, "in", "within")
	n, end := s.count(in)
	if end < 0 {
		return span{}, -1
	}
	u, end := s.unit(s.sp(end))
	if end < 0 {
		return span{}, -1
	}
	if e := s.lit(s.sp(end), "ago"); e >= 0 {
		return s.at(-n, u), e
	}
	if e := s.words(s.sp(end), "from", "now"); e >= 0 {
		return s.at(n, u), e
	}
	if in != i && s.lean == Future {
		return s.at(n, u), end
	}
	return span{}, -1
}

// which reads what follows last (-1), this (0) and next (1).
func (s *scan) which(n int, past bool, i int) (span, int) {
	if c, end := s.count(i); end >= 0 && n != 0 {
		u, end := s.unit(s.sp(end))
		if end < 0 {
			return span{}, -1
		}
		if n < 0 {
			return s.lately(c, u), end
		}
		return s.soon(c, u), end
	}
	if w, end := s.weekday(i); end >= 0 {
		d := s.weekdayOf(n, w)
		if n < 0 {
			d = s.lastBefore(w)
		}
		return s.part(d, end)
	}
	if m, end := s.monthName(i); end >= 0 {
		got := s.yearlessMonth(m)
		if n < 0 && !got.since.Before(month(s.now).since) {
			got = month(got.since.AddDate(-1, 0, 0))
		}
		return got, end
	}
	if end := s.lit(i, "few"); end >= 0 {
		if u, e := s.unit(s.sp(end)); e >= 0 && n < 0 {
			return s.lately(3, u), e
		}
	}
	if end := s.lit(i, "weekend"); end >= 0 {
		return days(s.week(n).since.AddDate(0, 0, 5), 2), end
	}
	if n == 0 {
		if d, end := s.part(days(day(s.now), 1), i); end > i {
			return d, end
		}
	}
	u, end := s.unit(i)
	if end < 0 {
		return span{}, -1
	}
	return s.whichUnit(n, past, u), end
}

func (s *scan) whichUnit(n int, past bool, u unit) span {
	switch {
	case past || u <= daily && n < 0:
		return s.lately(1, u)
	case u == weekly:
		return s.week(n)
	case u == monthly:
		return month(addMonths(month(s.now).since, n))
	case u == yearly:
		return year(s.now.Year()+n, s.now.Location())
	default:
		return s.soon(n, u)
	}
}

// weekdayDate reads Friday, and Friday, 28 November.
func (s *scan) weekdayDate(i int) (span, int) {
	w, end := s.weekday(s.maybe(i, "on"))
	if end < 0 {
		return span{}, -1
	}
	j := s.maybe(s.sp(end), ",", "(")
	j = s.maybe(j, "the")
	for _, read := range []func(int) (span, int){s.numeric, s.monthDate, s.ordinal} {
		if got, e := read(j); e >= 0 && got.until.Sub(got.since) < 26*time.Hour {
			return got, e
		}
	}
	if end-i <= 3 && s.ambiguous(i, end) {
		return span{}, -1
	}
	return s.part(s.nearest(w), end)
}

// ambiguous tells "sun" and "sat" the words from Sun and Sat the days: alone they are not read as days in a mail.
func (s *scan) ambiguous(i, end int) bool {
	return s.lean == Future && (s.lit(i, "sun") == end || s.lit(i, "sat") == end || s.lit(i, "wed") == end)
}

// ordinal reads "the 20th", "on the 3rd".
func (s *scan) ordinal(i int) (span, int) {
	j := s.maybe(s.maybe(i, "on"), "the")
	if j == i && s.lean == Future {
		return span{}, -1
	}
	d, end := s.digits(j, 2)
	if end < 0 {
		return span{}, -1
	}
	_, end = s.oneOf(end, "st", "nd", "rd", "th")
	if end < 0 {
		return span{}, -1
	}
	got, ok := s.dayOfMonth(d)
	if !ok {
		return span{}, -1
	}
	return got, end
}

// rangeEnglish reads since, after, before and until a date, and from one date to another.
func (s *scan) rangeEnglish(i int) (span, int) {
	k, end := s.oneOf(i, "between", "from", "since", "after", "before", "until", "till", "up to")
	if end < 0 {
		return s.pair(i)
	}
	a, end := s.moment(s.sp(end))
	if end < 0 {
		return span{}, -1
	}
	tomorrow := day(s.now).AddDate(0, 0, 1)
	switch {
	case k <= 1:
		if _, to := s.oneOf(s.sp(end), "and", "to", "until", "till", "through", "-"); to >= 0 {
			if b, e := s.moment(s.sp(to)); e >= 0 && b.until.After(a.since) {
				return span{since: a.since, until: b.until}, e
			}
		}
		if k == 1 {
			if e := s.maybe(s.sp(end), "on", "onwards"); e > s.sp(end) && s.lean == Past {
				return span{since: a.since, until: tomorrow}, e
			}
			return a, end
		}
		return span{}, -1
	case s.lean == Future:
		return a, end // a deadline: "before Friday" is about Friday
	case k == 2 && a.since.Before(tomorrow):
		return span{since: a.since, until: tomorrow}, end
	case k == 3 && a.until.Before(tomorrow):
		return span{since: a.until, until: tomorrow}, end
	case k >= 4:
		return span{until: a.since}, end
	}
	return span{}, -1
}

// pair reads two dates that follow each other: yesterday and today, Monday to Wednesday.
func (s *scan) pair(i int) (span, int) {
	if s.lean == Future || !latin(s.r[i]) {
		return span{}, -1
	}
	a, end := s.moment(i)
	if end < 0 {
		return span{}, -1
	}
	_, to := s.oneOf(s.sp(end), "and", "to", "through", "till", "until", "-", "or")
	if to < 0 {
		return span{}, -1
	}
	b, e := s.moment(s.sp(to))
	if e < 0 || b.since.Before(a.since) {
		return span{}, -1
	}
	return span{since: a.since, until: b.until}, e
}
