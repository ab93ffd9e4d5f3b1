package when

import "slices"

// daypart is a part of the day that says which half of it an hour is in.
type daypart uint8

const (
	inMorning daypart = iota + 1
	atNoon
	afterNoon
	inEvening
	atNight
	beforeDawn // 凌晨
	amHalf     // am
	pmHalf     // pm
)

// timeOfDay is an hour and a minute, and whether they may be of either half of the day.
type timeOfDay struct {
	hour, minute int
	vague        bool
}

// of says which hour of the day is meant. Where it could be another as well, the time is vague, and a person is asked.
func (p daypart) of(h, m int, exact bool) timeOfDay {
	t := timeOfDay{hour: h % 24, minute: m}
	half := func(from, to int) { // these hours are after noon; later ones are said as they are
		switch {
		case h >= from && h <= to && h < 12:
			t.hour = h + 12
		case h < from || h == 12:
			t.vague = true
		}
	}
	switch p {
	case inMorning:
		t.vague = h >= 12 || h == 0 && !exact
	case beforeDawn:
		t.hour, t.vague = h%12, h > 12 || h > 6 && h < 12
	case atNoon:
		if h < 11 {
			t.hour, t.vague = h+12, h < 1 || h > 2
		}
	case afterNoon:
		if h != 12 {
			half(1, 11)
		}
	case inEvening:
		half(4, 11)
	case atNight:
		half(6, 11)
	case amHalf:
		t.hour, t.vague = h%12, h > 12
	case pmHalf:
		t.hour, t.vague = h%12+12, h > 12
	default:
		t.vague = h >= 1 && h <= 6 && !exact || h == 24
	}
	return t
}

var hourNames = []string{"one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"}

// timeOfDay reads a time for a schedule: at 8; 7:30 pm; at half past seven; 早上八點半; 20:15. The part of the day may have
// been said before.
func (s *scan) timeOfDay(i int, part daypart) (timeOfDay, int) {
	if i < 0 || i >= len(s.r) {
		return timeOfDay{}, -1
	}
	if t, end := s.timeChinese(i); end >= 0 {
		return t, end
	}
	at := s.maybe(i, "at", "@")
	announced := at != i
	at = s.maybe(at, "about", "around", "exactly")
	switch k, end := s.oneOf(at, "noon", "midday", "midnight"); k {
	case 0, 1:
		return timeOfDay{hour: 12}, end
	case 2:
		return timeOfDay{}, end
	}
	minute, j := 0, at
	if k, end := s.oneOf(at, "half past", "quarter past", "a quarter past", "quarter to", "a quarter to"); end >= 0 {
		minute, j, announced = []int{30, 15, 15, -15, -15}[k], s.sp(end), true
	}
	h, end := s.digits(j, 2)
	exact := end >= 0 && s.r[j] == '0'
	if end < 0 {
		if h, end = s.oneOf(j, hourNames...); end < 0 || !announced {
			return timeOfDay{}, -1
		}
		h++
	}
	said := announced
	if end < len(s.r) && (s.r[end] == ':' || s.r[end] == '.' && announced) && minute == 0 {
		m, e := s.digits(end+1, 2)
		if e != end+3 || m > 59 {
			return timeOfDay{}, -1
		}
		minute, end, said = m, e, true
	}
	switch k, e := s.oneOf(s.sp(end), "am", "a.m.", "a.m", "pm", "p.m.", "p.m", "o'clock"); {
	case k >= 0 && k < 3:
		part, end, said = amHalf, e, true
	case k >= 3 && k < 6:
		part, end, said = pmHalf, e, true
	case k == 6:
		end, said = e, true
	}
	if k, e := s.oneOf(s.sp(end), "in the morning", "in the afternoon", "in the evening", "at night"); k >= 0 {
		part, end, said = []daypart{inMorning, afterNoon, inEvening, atNight}[k], e, true
	}
	if !said || h > 23 || end < len(s.r) && (latin(s.r[end]) || s.r[end] == ':' || s.r[end] == '/' || s.r[end] == '%') {
		return timeOfDay{}, -1
	}
	if (part == amHalf || part == pmHalf) && h == 0 {
		return timeOfDay{}, -1
	}
	t := part.of(h, max(minute, 0), exact)
	if minute < 0 {
		t.hour, t.minute = (t.hour+23)%24, 60+minute
	}
	return t, end
}

var (
	partsOfDay = []string{"凌晨", "清晨", "早上", "早晨", "上午", "中午", "正午", "下午", "午後", "傍晚", "晚上", "晚間", "夜晚", "夜裡", "夜間", "半夜", "深夜", "早", "晚", "午夜"}
	partsMean  = []daypart{beforeDawn, inMorning, inMorning, inMorning, inMorning, atNoon, atNoon, afterNoon, afterNoon, inEvening, inEvening, inEvening, inEvening, inEvening, inEvening, atNight, atNight, inMorning, inEvening, atNight}
)

// timeChinese reads 早上八點, 下午三點半, 晚上7:30, 中午, 20點15分.
func (s *scan) timeChinese(i int) (timeOfDay, int) {
	k, j := s.oneOf(i, partsOfDay...)
	part := daypart(0)
	if j >= 0 {
		part, j = partsMean[k], s.sp(s.maybe(j, "的"))
	} else {
		j = i
	}
	h, end := s.hanCount(j)
	if end < 0 {
		word := ""
		if k >= 0 {
			word = partsOfDay[k]
		}
		switch {
		case slices.Contains([]string{"中午", "正午"}, word):
			return timeOfDay{hour: 12}, j
		case word == "午夜":
			return timeOfDay{}, j
		}
		return timeOfDay{}, -1
	}
	if h > 24 || h == 24 && part != 0 {
		return timeOfDay{}, -1
	}
	exact := s.r[j] == '0'
	minute := 0
	if end < len(s.r) && s.r[end] == ':' && part != 0 {
		m, e := s.digits(end+1, 2)
		if e != end+3 || m > 59 {
			return timeOfDay{}, -1
		}
		return part.of(h, m, exact), e
	}
	end = s.sp(end)
	_, end = s.oneOf(end, "點鐘", "點", "時")
	if end < 0 || s.lit(end, "候") >= 0 {
		return timeOfDay{}, -1
	}
	if k, e := s.oneOf(end, "半", "整", "一刻", "三刻"); e >= 0 && (k != 1 || s.lit(e, "理") < 0 && s.lit(e, "合") < 0) { // 八點整理郵件 is no 八點整
		minute, end = []int{30, 0, 15, 45}[k], e
	} else if m, e := s.hanCount(s.sp(end)); e >= 0 && m < 60 {
		if unit := s.lit(s.sp(e), "分"); unit >= 0 {
			minute, end = m, s.maybe(unit, "鐘")
		} else if m >= 10 || e-end >= 2 {
			minute, end = m, e
		}
	}
	return part.of(h, minute, exact), end
}
