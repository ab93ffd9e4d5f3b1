package when

import "strings"

// numeric reads 2026-11-20, 2026/11/20, 20.11.2026, 11/20/2026 and 11/20 (month first, as in the United States and Taiwan).
func (s *scan) numeric(i int) (span, int) {
	a, end := s.digits(i, 4)
	if end < 0 || end >= len(s.r) || !strings.ContainsRune("-/.", s.r[end]) {
		return span{}, -1
	}
	sep, first := s.r[end], end-i
	b, mid := s.digits(end+1, 2)
	if mid < 0 {
		return span{}, -1
	}
	c, last := 0, -1
	if mid < len(s.r) && s.r[mid] == sep {
		c, last = s.digits(mid+1, 4)
	}
	var m span
	var ok bool
	switch {
	case last >= 0 && first == 4 && last-mid <= 3:
		m, ok = s.exact(a, b, c)
	case last >= 0 && first <= 2 && last-mid == 5:
		m, ok = s.dayFirst(a, b, c, sep)
	case last < 0 && sep == '/' && first <= 2:
		m, ok = s.yearless(a, b)
		last = mid
	}
	if !ok || s.runsOn(last) {
		return span{}, -1
	}
	return m, last
}

// dayFirst settles 05/11/2026: with dots it is a day and a month, with slashes a month and a day unless that cannot be.
func (s *scan) dayFirst(a, b, y int, sep rune) (span, bool) {
	if sep != '/' {
		a, b = b, a
	}
	if m, ok := s.exact(y, a, b); ok {
		return m, true
	}
	return s.exact(y, b, a)
}

// runsOn reports whether something that belongs to a longer number or name stands at i. A T with a time is let through.
func (s *scan) runsOn(i int) bool {
	if i >= len(s.r) {
		return false
	}
	if s.r[i] == 't' && i+1 < len(s.r) && s.r[i+1] >= '0' && s.r[i+1] <= '9' {
		return false
	}
	return latin(s.r[i]) || strings.ContainsRune("/_%", s.r[i]) || (s.r[i] == '-' || s.r[i] == '.') && i+1 < len(s.r) && latin(s.r[i+1])
}
