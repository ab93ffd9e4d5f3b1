package when

import "time"

var (
	nearDays   = []string{"大前天", "前天", "前日", "昨天", "昨日", "昨", "今天", "今日", "今", "當天", "明天", "明日", "明", "大後天", "後天"}
	nearOffset = []int{-3, -2, -2, -1, -1, -1, 0, 0, 0, 0, 1, 1, 1, 3, 2}
)

// partsChinese are the stretches of a day; hours.
var partsChinese = []struct {
	word     string
	from, to int
}{{"凌晨", 0, 6}, {"清晨", 4, 9}, {"早上", 0, 12}, {"上午", 0, 12}, {"中午", 11, 14}, {"下午", 12, 18}, {"傍晚", 17, 19}, {"晚上", 17, 24}, {"早", 0, 12}, {"晚", 17, 24}, {"夜", 17, 24}}

// dateChinese reads a date written in Chinese.
func (s *scan) dateChinese(i int) (span, int) {
	if i >= len(s.r) || !Han(s.r[i]) && (s.r[i] < '0' || s.r[i] > '9') {
		return span{}, -1
	}
	for _, read := range []func(int) (span, int){s.nearDay, s.whichChinese, s.countedChinese, s.calendarChinese, s.weekdayChinese, s.partOnly} {
		if m, end := read(i); end >= 0 {
			return m, end
		}
	}
	return span{}, -1
}

// nearDay reads 今天, 昨晚, 前天早上.
func (s *scan) nearDay(i int) (span, int) {
	k, end := s.oneOf(i, nearDays...)
	if end < 0 {
		return span{}, -1
	}
	d := days(day(s.now).AddDate(0, 0, nearOffset[k]), 1)
	got, e := s.partChinese(d, end)
	if e == end && s.r[end-1] != '天' && s.r[end-1] != '日' {
		return span{}, -1 // 今 and 明 mean a day only with a part of it: 今早, 明晚
	}
	return got, e
}

// partChinese narrows a day, unless a time of day follows, which says it more exactly.
func (s *scan) partChinese(d span, end int) (span, int) {
	j := s.maybe(s.sp(end), "的")
	for _, p := range partsChinese {
		e := s.lit(j, p.word)
		if e < 0 {
			continue
		}
		y, m, n := d.since.Date()
		if c, ce := s.clockChinese(j); ce >= 0 {
			return c.on(d.since), ce
		}
		at := func(h int) time.Time { return time.Date(y, m, n, h, 0, 0, 0, d.since.Location()) }
		return span{since: at(p.from), until: at(p.to)}, e
	}
	return d, end
}

// partOnly reads 早上, 下午 without a day as today's, and 這幾天, 最近, 週末.
func (s *scan) partOnly(i int) (span, int) {
	switch k, end := s.oneOf(i, "這幾天", "最近這幾天", "最近幾天", "過去幾天", "前幾天", "這陣子", "最近", "近期", "週末", "周末"); {
	case k < 0 || s.lean == Future && k < 8:
	case k <= 4:
		return s.lately(3, daily), end
	case k <= 7:
		return s.lately(7, daily), end
	default:
		return s.weekend(0), end
	}
	if s.lean == Future {
		return span{}, -1
	}
	if got, end := s.partChinese(days(day(s.now), 1), i); end > i {
		return got, end
	}
	return span{}, -1
}

// whichChinese reads 這週, 上上週, 上個月, 下星期三, 今年, 去年十月.
func (s *scan) whichChinese(i int) (span, int) {
	if k, end := s.oneOf(i, "前年", "去年", "今年", "本年", "明年"); end >= 0 {
		y := s.now.Year() + []int{-2, -1, 0, 0, 1}[k]
		if got, e := s.monthDay(y, end); e >= 0 {
			return got, e
		}
		return year(y, s.now.Location()), end
	}
	k, end := s.oneOf(i, "上上", "上", "這", "本", "下下", "下")
	if end < 0 {
		return span{}, -1
	}
	n := []int{-2, -1, 0, 0, 2, 1}[k]
	j := s.maybe(end, "一個", "個", "一")
	if e := s.lit(j, "月"); e >= 0 {
		m := month(addMonths(month(s.now).since, n))
		if d, ne := s.hanCount(e); ne >= 0 {
			if got, ok := s.exact(m.since.Year(), int(m.since.Month()), d); ok {
				if _, ue := s.oneOf(ne, "日", "號"); ue >= 0 {
					return s.partChinese(got, ue)
				}
			}
		}
		return m, e
	}
	e := s.weekWord(j)
	if e < 0 {
		return span{}, -1
	}
	if w, we := s.weekdayChar(e); we >= 0 {
		return s.partChinese(s.weekdayOf(n, w), we)
	}
	if we := s.lit(e, "末"); we >= 0 {
		return days(s.week(n).since.AddDate(0, 0, 5), 2), we
	}
	return s.week(n), e
}

func (s *scan) weekWord(i int) int {
	_, end := s.oneOf(i, "週", "周", "星期", "禮拜")
	return end
}

func (s *scan) weekdayChar(i int) (time.Weekday, int) {
	k, end := s.oneOf(i, "日", "一", "二", "三", "四", "五", "六", "天")
	return time.Weekday(max(k, 0) % 7), end
}

// weekdayChinese reads 星期五, 禮拜天晚上.
func (s *scan) weekdayChinese(i int) (span, int) {
	end := s.weekWord(i)
	if end < 0 {
		return span{}, -1
	}
	w, end := s.weekdayChar(end)
	if end < 0 {
		return span{}, -1
	}
	return s.partChinese(s.nearest(w), end)
}

// countedChinese reads 最近三天, 過去兩週, 三天前, 兩小時內, 10天後.
func (s *scan) countedChinese(i int) (span, int) {
	k, end := s.oneOf(i, "最近這", "最近", "過去", "前", "近", "這", "未來", "接下來")
	j := i
	if k >= 0 {
		j = s.sp(end)
	}
	n, u, end := s.amount(j)
	if end < 0 {
		return span{}, -1
	}
	switch {
	case k >= 6:
		return s.soon(n, u), end
	case k >= 0:
		return s.lately(n, u), s.maybe(end, "內", "裡", "以內", "之內")
	}
	switch k, e := s.oneOf(end, "前", "以前", "之前", "後", "以後", "之後", "以來", "來", "內", "以內", "之內"); {
	case k < 0:
		return span{}, -1
	case k <= 2:
		return s.at(-n, u), e
	case k <= 5:
		return s.at(n, u), e
	case s.lean == Future:
		return s.soon(n, u), e
	default:
		return s.lately(n, u), e
	}
}

func (s *scan) amount(i int) (int, unit, int) {
	n, end := s.hanCount(i)
	if end < 0 {
		if end = s.lit(i, "幾"); end < 0 {
			return 0, 0, -1
		}
		n = 3
	}
	bare := s.sp(end)
	end = s.maybe(bare, "個")
	k, end := s.oneOf(end, "分鐘", "小時", "鐘頭", "天", "日", "週", "周", "星期", "禮拜", "月", "年")
	if end < 0 || n > 999 || k == 9 && s.lit(bare, "個") < 0 { // 三月 is March, 三個月 a stretch
		return 0, 0, -1
	}
	return n, [...]unit{minutes, hours, hours, daily, daily, weekly, weekly, weekly, weekly, monthly, yearly}[k], end
}

// calendarChinese reads 2026年11月20日, 民國115年11月20日, 十一月二十日, 十月, 20號.
func (s *scan) calendarChinese(i int) (span, int) {
	roc := s.maybe(i, "民國")
	n, end := s.hanCount(s.sp(roc))
	if end < 0 {
		return span{}, -1
	}
	if e := s.lit(s.sp(end), "年"); e >= 0 {
		if roc != i {
			n += 1911
		}
		if n < 1900 || n > 2200 {
			return span{}, -1
		}
		if got, me := s.monthDay(n, s.sp(e)); me >= 0 {
			return got, me
		}
		return year(n, s.now.Location()), e
	}
	if roc != i {
		return span{}, -1
	}
	if got, e := s.monthDay(0, i); e >= 0 {
		return got, e
	}
	if _, e := s.oneOf(end, "號", "日"); e >= 0 && n >= 1 && n <= 31 {
		if got, ok := s.dayOfMonth(n); ok {
			return s.partChinese(got, e)
		}
	}
	return span{}, -1
}

// monthDay reads 11月20日（五）, and 11月 alone. Year 0 is left to the leaning.
func (s *scan) monthDay(y, i int) (span, int) {
	m, end := s.hanCount(s.sp(i))
	if end < 0 || m < 1 || m > 12 {
		return span{}, -1
	}
	end = s.lit(s.sp(end), "月")
	if end < 0 {
		return span{}, -1
	}
	d, e := s.hanCount(s.sp(end))
	if e >= 0 {
		_, e = s.oneOf(s.sp(e), "日", "號")
	}
	if e < 0 {
		if y == 0 {
			return s.yearlessMonth(m), s.maybe(end, "份")
		}
		return month(time.Date(y, time.Month(m), 1, 0, 0, 0, 0, s.now.Location())), s.maybe(end, "份")
	}
	got, ok := s.exact(y, m, d)
	if y == 0 {
		got, ok = s.yearless(m, d)
	}
	if !ok {
		return span{}, -1
	}
	return s.partChinese(got, s.bracketed(e))
}

// bracketed steps over the weekday in 11月20日（五）.
func (s *scan) bracketed(end int) int {
	j := s.sp(end)
	if j >= len(s.r) || s.r[j] != '(' {
		return end
	}
	j++
	if e := s.weekWord(j); e >= 0 {
		j = e
	}
	if _, e := s.weekdayChar(j); e >= 0 {
		if e = s.lit(e, ")"); e >= 0 {
			return e
		}
	}
	return end
}

// rangeChinese reads 從週一到週三, 11月1日至11月5日, 週二以來, 十月以前.
func (s *scan) rangeChinese(i int) (span, int) {
	from := s.maybe(i, "從", "自")
	if from == i && (i >= len(s.r) || !Han(s.r[i]) && (s.r[i] < '0' || s.r[i] > '9')) {
		return span{}, -1
	}
	a, end := s.moment(from)
	if end < 0 {
		return span{}, -1
	}
	tomorrow := day(s.now).AddDate(0, 0, 1)
	if _, to := s.oneOf(s.sp(end), "到現在", "至今", "到目前"); to >= 0 {
		return span{since: a.since, until: tomorrow}, to
	}
	if _, to := s.oneOf(s.sp(end), "到", "至", "~", "-", "和"); to >= 0 {
		if b, e := s.moment(s.sp(to)); e >= 0 && b.until.After(a.since) {
			return span{since: a.since, until: b.until}, e
		}
	}
	switch k, e := s.oneOf(end, "以來", "以後", "之後", "開始", "起", "以前", "之前"); {
	case k < 0 && from != i, s.lean == Future:
		return a, end
	case k < 0:
	case k <= 4 && a.since.Before(tomorrow):
		return span{since: a.since, until: tomorrow}, e
	case k >= 5:
		return span{until: a.since}, e
	}
	return span{}, -1
}
