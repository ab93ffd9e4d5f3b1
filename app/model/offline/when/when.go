package when

import "time"

// Lean says which way an undecided expression leans: "Monday" in a search is the last one, in a mail the next one.
type Lean uint8

// The leanings.
const (
	Past Lean = iota
	Future
)

// Found is one expression in a text.
type Found struct {
	Since time.Time // inclusive; zero for "before …"
	Until time.Time // exclusive
	Start int       // byte offsets in the text as it was given
	End   int
	Text  string // the words themselves
	Timed bool   // a time of day was named; Since is that moment
}

// span is what an expression means.
type span struct {
	since, until time.Time
	timed        bool
}

// Find gives all expressions of a text in the order of the text, none overlapping another.
func Find(text string, now time.Time, lean Lean) []Found {
	s := newScan(text, now, lean)
	var all []Found
	for i := 0; i < len(s.r); {
		if !s.mayStart(i) {
			i++
			continue
		}
		meant, end := s.expression(i)
		if end < 0 {
			i = s.skipWord(i)
			continue
		}
		from, to := s.off[i], s.off[end]
		all = append(all, Found{meant.since, meant.until, from, to, text[from:to], meant.timed})
		i = end
	}
	return all
}

// Parse reads a text that is an expression as a whole. It reports false for anything else.
func Parse(text string, now time.Time, lean Lean) (Found, bool) {
	s := newScan(text, now, lean)
	i := s.sp(0)
	if !s.mayStart(i) {
		return Found{}, false
	}
	meant, end := s.expression(i)
	if end < 0 || s.sp(end) != len(s.r) {
		return Found{}, false
	}
	from, to := s.off[i], s.off[end]
	return Found{meant.since, meant.until, from, to, text[from:to], meant.timed}, true
}

// expression reads a range, or a single date or time. The end is -1 where there is none.
func (s *scan) expression(i int) (span, int) {
	if m, end := s.rangeEnglish(i); end >= 0 {
		return m, end
	}
	if m, end := s.rangeChinese(i); end >= 0 {
		return m, end
	}
	return s.moment(i)
}

// moment reads a date with or without a time, or a time before a date.
func (s *scan) moment(i int) (span, int) {
	d, end := s.date(i)
	if end < 0 {
		return s.clockFirst(i)
	}
	if t, e := s.clockAfter(end); e >= 0 && d.until.Sub(d.since) <= 26*time.Hour {
		return t.on(d.since), e
	}
	return d, end
}

func (s *scan) date(i int) (span, int) {
	for _, read := range []func(int) (span, int){s.numeric, s.dateChinese, s.monthDate, s.named, s.relative, s.weekdayDate, s.ordinal} {
		if m, end := read(i); end >= 0 {
			return m, end
		}
	}
	return span{}, -1
}
