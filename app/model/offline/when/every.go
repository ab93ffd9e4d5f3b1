package when

import "time"

// Every is what a text says of coming back: on which days of the week, and at what time of day.
type Every struct {
	Days         []time.Weekday // from Monday on
	Hour, Minute int
	Timed        bool // a time of day was named
	Vague        bool // it could be either half of the day: "at 5"
	Twice        bool // more than one time, or more than one set of days
	Other        bool // it comes back otherwise than on days of the week: each month, every other day, with exceptions
	Zoned        bool // the time is said in the time of some place
	Parts        []Part
}

// Part is a stretch of a text, in bytes.
type Part struct{ Start, End int }

// days are the days that an expression names, and how sure it is that they come back.
type recurring struct {
	days   [7]bool
	part   daypart
	other  bool
	weak   bool // only where a time stands beside it, or nothing stands before or behind it
	timely bool // only where a time stands beside it
	start  int
	end    int
}

var (
	allDays  = [7]bool{true, true, true, true, true, true, true}
	workdays = [7]bool{false, true, true, true, true, true, false}
	weekend  = [7]bool{true, false, false, false, false, false, true}
)

// FindEvery finds the expression of a text that says that something comes back, with its time of day, which may stand
// beside it, or at the other end of the text. False means that the text says nothing of the kind.
func FindEvery(text string) (Every, bool) {
	s := newScan(text, time.Time{}, Past)
	r, ok := s.recurring(0)
	if !ok {
		return Every{}, false
	}
	e := Every{Other: r.other}
	for d := 1; d <= 7; d++ {
		if r.days[d%7] {
			e.Days = append(e.Days, time.Weekday(d%7))
		}
	}
	spans := [][2]int{{r.start, r.end}}
	t, ok := s.beside(r)
	if ok {
		spans[0] = [2]int{min(r.start, t.start), max(r.end, t.end)}
	} else if t, ok = s.elsewhere(r); ok {
		spans = append(spans, [2]int{t.start, t.end})
		if t.start < r.start {
			spans[0], spans[1] = spans[1], spans[0]
		}
	}
	if ok {
		e.Other = e.Other || s.exception(t.end)
		e.Timed, e.Hour, e.Minute, e.Vague, e.Zoned = true, t.hour, t.minute, t.vague, t.zoned
		e.Twice = t.more
	}
	if _, again := s.recurring(max(r.end, spans[0][1])); again {
		e.Twice = true
	}
	for _, p := range spans {
		e.Parts = append(e.Parts, Part{s.off[p[0]], s.off[p[1]]})
	}
	return e, true
}

// recurring finds the first expression from a place on.
func (s *scan) recurring(from int) (recurring, bool) {
	for i := from; i < len(s.r); i++ {
		if latin(s.r[i]) && i > 0 && (latin(s.r[i-1]) || s.r[i-1] == '\'') {
			continue
		}
		r, ok := s.everyEnglish(i)
		if !ok {
			r, ok = s.everyChinese(i)
		}
		if !ok || r.end < len(s.r) && s.r[r.end] == '\'' {
			continue
		}
		r.other = r.other || s.exception(r.end)
		if r.weak || r.timely {
			_, timed := s.beside(r)
			if !timed && (r.timely || !s.blank(0, r.start) && !s.blank(r.end, len(s.r))) {
				continue
			}
		}
		return r, true
	}
	return recurring{}, false
}

// exception reports whether some days are taken back.
func (s *scan) exception(i int) bool {
	_, end := s.oneOf(s.maybe(s.sp(i), ","), "except", "but", "excluding", "apart", "除了", "除")
	return end >= 0
}

// blank reports whether nothing is said between two places.
func (s *scan) blank(from, to int) bool {
	for _, c := range s.r[from:to] {
		if latin(c) || Han(c) {
			return false
		}
	}
	return true
}

// found is a time of day in a text.
type found struct {
	timeOfDay
	start, end  int
	zoned, more bool
}

// beside reads the time that stands next to an expression.
func (s *scan) beside(r recurring) (found, bool) {
	j := s.maybe(s.sp(r.end), ",", "的", "、", "都", "-", ":")
	if t, end := s.timeOfDay(j, r.part); end >= 0 {
		return s.whole(t, r.end, end), true
	}
	for i := max(0, r.start-24); i < r.start; i++ { // "at 8:00 every weekday"
		if !s.opens(i) {
			continue
		}
		t, end := s.timeOfDay(i, r.part)
		if end < 0 {
			continue
		}
		next := s.maybe(s.sp(end), ",", "、", "的")
		if next == r.start || s.maybe(next, "on", "在") == r.start {
			f := s.whole(t, i, end)
			f.end = r.start
			return f, true
		}
	}
	return found{}, false
}

// elsewhere finds the only time of a text, where it begins or ends the text.
func (s *scan) elsewhere(r recurring) (found, bool) {
	var all []found
	for i := 0; i < len(s.r); i++ {
		if i >= r.start && i < r.end || !s.opens(i) {
			continue
		}
		if t, end := s.timeOfDay(i, r.part); end >= 0 {
			all = append(all, s.whole(t, i, end))
			i = end - 1
		}
	}
	if len(all) != 1 || !s.blank(0, all[0].start) && !s.blank(all[0].end, len(s.r)) {
		return found{}, false
	}
	return all[0], true
}

// opens reports whether a word can begin here.
func (s *scan) opens(i int) bool {
	return i == 0 || !latin(s.r[i]) && s.r[i] != ':' || !latin(s.r[i-1]) && s.r[i-1] != ':' && s.r[i-1] != '.' && s.r[i-1] != '/'
}

var places = []string{"utc", "gmt", "est", "edt", "cst", "cdt", "mst", "mdt", "pst", "pdt", "et", "pt", "cet", "cest", "bst", "jst", "kst", "ist"}

// whole looks behind a time for what belongs to it.
func (s *scan) whole(t timeOfDay, start, end int) found {
	f := found{timeOfDay: t, start: start, end: end}
	j := s.sp(end)
	if _, e := s.oneOf(j, places...); e >= 0 {
		f.zoned, f.end = true, e
		return f
	}
	for k := j; k < len(s.r) && (latin(s.r[k]) || s.r[k] == ' ' && s.lit(k+1, "time") > 0); k++ { // "8:00 London time"
		if s.lit(k, " time") > 0 {
			f.zoned, f.end = true, s.lit(k, " time")
			return f
		}
	}
	next := j
	for _, word := range []string{",", "、", "and", "or", "&", "和", "跟", "及", "與", "或"} {
		if e := s.lit(next, word); e >= 0 {
			next = s.sp(e)
		}
	}
	if next != j {
		_, e := s.timeOfDay(next, 0)
		if n, ne := s.digits(next, 2); e < 0 && ne >= 0 && n < 24 && s.blank(ne, min(ne+1, len(s.r))) {
			e = ne // "at 8 and 17"
		}
		if e >= 0 {
			f.more, f.end = true, e
			return f
		}
	}
	if _, f.end = s.oneOf(j, "都", "sharp", "準時"); f.end < 0 {
		f.end = end
	}
	return f
}
