package when

import "time"

// clock is a time of day.
type clock struct{ hour, minute int }

func (c clock) on(d time.Time) span {
	y, m, n := d.Date()
	t := time.Date(y, m, n, c.hour, c.minute, 0, 0, d.Location())
	return span{since: t, until: t.Add(time.Minute), timed: true}
}

// clockAfter reads the time that stands behind a date: "at 3pm", ", 15:00", 下午三點.
func (s *scan) clockAfter(i int) (clock, int) {
	j := s.sp(i)
	j = s.maybe(j, ",", "的")
	j = s.maybe(j, "(")
	at := s.maybe(j, "at", "@", "by", "before", "from", "around")
	return s.clock(at, at != j)
}

// clockFirst reads a time with its date behind it ("3pm on Friday"), or, in a mail, a time that means today.
func (s *scan) clockFirst(i int) (span, int) {
	at := s.maybe(i, "at", "by", "before", "until")
	c, end := s.clock(at, at != i)
	if end < 0 {
		return span{}, -1
	}
	j := s.maybe(s.sp(end), ",", "on")
	if d, e := s.date(j); e >= 0 && d.until.Sub(d.since) <= 26*time.Hour {
		return c.on(d.since), e
	}
	if s.lean == Future && at != i {
		return c.on(s.now), end
	}
	return span{}, -1
}

// clock reads a time of day. A bare hour ("at 3") counts only where a word announced it.
func (s *scan) clock(i int, announced bool) (clock, int) {
	if c, end := s.clockChinese(i); end >= 0 {
		return c, end
	}
	switch k, end := s.oneOf(i, "noon", "midday", "midnight"); k {
	case 0, 1:
		return clock{12, 0}, end
	case 2:
		return clock{0, 0}, end
	}
	h, end := s.digits(i, 2)
	if end < 0 || h > 24 {
		return clock{}, -1
	}
	minute, colon := 0, false
	if end < len(s.r) && (s.r[end] == ':' || s.r[end] == '.' && announced) {
		m, e := s.digits(end+1, 2)
		if e != end+3 || m > 59 {
			return clock{}, -1
		}
		minute, end, colon = m, e, true
	}
	switch k, e := s.oneOf(s.sp(end), "am", "a.m.", "pm", "p.m.", "o'clock"); {
	case k >= 0 && k < 4 && (h < 1 || h > 12):
		return clock{}, -1
	case k == 0 || k == 1:
		return clock{h % 12, minute}, e
	case k == 2 || k == 3:
		return clock{h%12 + 12, minute}, e
	case k == 4:
		return clock{afternoon(h), minute}, e
	}
	if !colon && !announced || h == 24 || end < len(s.r) && (latin(s.r[end]) || s.r[end] == ':' || Han(s.r[end]) && !colon) {
		return clock{}, -1
	}
	if end-i <= 4 && s.r[i] != '0' { // "3:30" and "3", not "03:30"
		h = afternoon(h)
	}
	return clock{h, minute}, end
}

// afternoon takes a bare hour as people mean it: one to six are after noon.
func afternoon(h int) int {
	if h >= 1 && h <= 6 {
		return h + 12
	}
	return h
}

var dayparts = []string{"凌晨", "清晨", "早上", "上午", "中午", "下午", "傍晚", "晚上", "早", "晚"}

// clockChinese reads 下午三點半, 15點20分, 上午10:30.
func (s *scan) clockChinese(i int) (clock, int) {
	part, j := s.oneOf(i, dayparts...)
	if j < 0 {
		part, j = -1, i
	} else {
		j = s.sp(j)
	}
	h, end := s.hanCount(j)
	if end < 0 || h > 24 {
		return clock{}, -1
	}
	end = s.sp(end)
	minute := 0
	switch _, e := s.oneOf(end, "點", "時"); {
	case e >= 0:
		end = e
		if half := s.lit(end, "半"); half >= 0 {
			minute, end = 30, half
		} else if m, e := s.hanCount(end); e >= 0 && m < 60 {
			minute, end = m, s.maybe(e, "分")
		} else {
			end = s.maybe(end, "整", "鐘")
		}
	case part >= 0 && s.lit(end, ":") >= 0:
		m, e := s.digits(end+1, 2)
		if e < 0 || m > 59 {
			return clock{}, -1
		}
		minute, end = m, e
	default:
		return clock{}, -1
	}
	switch {
	case part == 4 && h < 11, part >= 5 && part != 8 && h < 12:
		h = h%12 + 12
	case part < 0 && h != 0:
		h = afternoon(h)
	}
	return clock{h % 24, minute}, end
}
