package when

import "time"

var (
	eachEnglish  = []string{"every single", "every", "each"}
	workEnglish  = []string{"weekday", "week day", "workday", "work day", "working day", "business day", "weekdays", "workdays", "working days", "business days", "work days"}
	otherEnglish = []string{
		"other", "second", "third", "fourth", "first", "last", "two", "three", "four", "five", "six", "few", "couple", "half", "hour", "minute", "month", "year", "quarter", "fortnight",
	}
)

// titled are things whose name begins with how often they come.
var titled = []string{
	"briefing", "brief", "digest", "summary", "report", "mail", "email", "e-mail", "overview", "newsletter", "newsletters", "update", "recap", "news", "standup", "meeting", "email briefing", "mail briefing",
	"簡報", "摘要", "報告", "郵件", "彙整", "晨報", "重點", "信件", "電子報", "新聞", "郵件簡報",
}

// everyEnglish reads every weekday; each Monday and Thursday; on weekends; daily; Monday to Friday.
func (s *scan) everyEnglish(i int) (recurring, bool) {
	r := recurring{start: i}
	j := s.maybe(i, "on", "from")
	_, each := s.oneOf(j, eachEnglish...)
	if each >= 0 {
		return s.eachEnglish(r, s.sp(each))
	}
	plain := j == i
	r.weak = true
	if _, end := s.oneOf(j, workEnglish[6:]...); end >= 0 {
		r.days, r.end = workdays, end
		return s.withPart(r), true
	}
	if _, end := s.oneOf(j, "weekday", "workday"); end >= 0 { // "weekday mornings"
		r.days, r.end = workdays, end
		if got := s.withPart(r); got.end > r.end {
			return got, true
		}
		return r, false
	}
	if end := s.lit(j, "weekends"); end >= 0 {
		r.days, r.end = weekend, end
		return s.withPart(r), true
	}
	if k, end := s.oneOf(i, "daily", "hourly", "weekly", "biweekly", "monthly", "yearly"); k >= 0 {
		_, titled := s.oneOf(s.sp(end), titled...) // "my daily briefing"
		r.end, r.weak, r.timely = end, false, titled >= 0 || k > 0 && !s.blank(end, len(s.r))
		if r.other = k > 0; k == 0 {
			r.days = allDays
		}
		return r, true
	}
	days, end, plural, ranged := s.weekdayList(j)
	if end < 0 || !plural && !ranged {
		return r, false
	}
	r.days, r.end = days, end
	r.timely = ranged && !plural || plain // "mail from Monday to Friday" is a stretch of time
	return s.withPart(r), true
}

// eachEnglish reads what stands behind "every".
func (s *scan) eachEnglish(r recurring, j int) (recurring, bool) {
	if end := s.lit(j, "day"); end >= 0 {
		r.days, r.end = allDays, end
		if of := s.words(s.sp(end), "of", "the", "week"); of >= 0 {
			r.end = of
		}
		if days, e, _, ranged := s.weekdayList(s.maybe(s.maybe(s.sp(end), ","), "from")); e >= 0 && ranged { // "every day from Monday to Friday"
			r.days, r.end = days, e
		}
		return r, true
	}
	if _, end := s.oneOf(j, workEnglish...); end >= 0 {
		r.days, r.end = workdays, end
		return s.withPart(r), true
	}
	if _, end := s.oneOf(j, "weekend day", "weekend", "weekends"); end >= 0 {
		r.days, r.end = weekend, end
		return s.withPart(r), true
	}
	if p, end := s.partEnglish(j); end >= 0 {
		r.days, r.part, r.end = allDays, p, end
		return r, true
	}
	if end := s.lit(j, "week"); end >= 0 {
		if days, e, _, _ := s.weekdayList(s.maybe(s.sp(end), "on")); e >= 0 {
			r.days, r.end = days, e
			return s.withPart(r), true
		}
		r.other, r.end = true, end
		return r, true
	}
	if days, end, _, _ := s.weekdayList(j); end >= 0 {
		r.days, r.end = days, end
		return s.withPart(r), true
	}
	_, end := s.oneOf(j, otherEnglish...)
	if end < 0 {
		_, end = s.digits(j, 3)
	}
	if end < 0 {
		return r, false
	}
	// "every other day", "every two weeks", "every hour"; but not "every other mail"
	if _, e := s.oneOf(s.sp(end), "day", "days", "week", "weeks", "month", "months", "hour", "hours", "minute", "minutes", "weekday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"); e >= 0 {
		r.other, r.end = true, e
		return r, true
	}
	k, _ := s.oneOf(j, "hour", "minute", "month", "year", "quarter", "fortnight")
	r.other, r.end = true, end
	return r, k >= 0
}

// withPart reads "mornings" behind the days.
func (s *scan) withPart(r recurring) recurring {
	if p, end := s.partEnglish(s.sp(r.end)); end >= 0 {
		r.part, r.end = p, end
	}
	return r
}

func (s *scan) partEnglish(i int) (daypart, int) {
	k, end := s.oneOf(i, "morning", "mornings", "afternoon", "afternoons", "evening", "evenings", "night", "nights")
	if end < 0 {
		return 0, -1
	}
	return []daypart{inMorning, afterNoon, inEvening, atNight}[k/2], end
}

// weekdayList reads Monday; Mon, Wed and Fri; Mondays and Thursdays; Monday to Friday.
func (s *scan) weekdayList(i int) (days [7]bool, end int, plural, ranged bool) {
	end = -1
	var last time.Weekday
	for j := i; ; {
		w, e := s.weekday(j)
		if e < 0 {
			return days, end, plural, ranged
		}
		plural = plural || s.r[e-1] == 's' && e-j > 5
		days[w], last, end = true, w, e
		j = s.sp(end)
		if _, to := s.oneOf(j, "to", "through", "thru", "till", "until", "-"); to >= 0 {
			if until, e := s.weekday(s.sp(to)); e >= 0 {
				for d := last; d != until; d = (d + 1) % 7 {
					days[d] = true
				}
				days[until], end, ranged = true, e, true
				j = s.sp(end)
			}
		}
		next := s.maybe(s.maybe(j, ","), "and", "&", "/", "or", "+")
		if next == j {
			return days, end, plural, ranged
		}
		j = s.maybe(next, "on")
		if _, each := s.oneOf(j, eachEnglish...); each >= 0 {
			j = s.sp(each)
		}
	}
}

var (
	eachChinese = []string{"每逢", "每一個", "每個", "每一", "每到", "每"}
	workChinese = []string{"工作日", "工作天", "上班日", "上班天", "平日", "平常日", "週間", "周間", "週一到週五都"}
)

// everyChinese reads 每個工作日, 每天, 每晚, 每週一、四, 平日, 週一到週五.
func (s *scan) everyChinese(i int) (recurring, bool) {
	r := recurring{start: i}
	if end := s.lit(i, "天天"); end >= 0 {
		r.days, r.end = allDays, end
		return s.reach(r), true
	}
	if _, end := s.oneOf(i, "隔天", "隔日", "隔週", "隔周"); end >= 0 {
		r.other, r.end, r.timely = true, end, true
		return r, true
	}
	_, each := s.oneOf(i, eachChinese...)
	j := i
	if each >= 0 {
		j = s.sp(each)
	}
	if _, end := s.oneOf(j, workChinese...); end >= 0 {
		r.days, r.end, r.weak = workdays, end, each < 0
		return s.reach(r), true
	}
	week := s.weekWord(j)
	if each < 0 {
		if week < 0 {
			return r, false
		}
		days, end, ranged := s.weekdaysChinese(week)
		r.days, r.end, r.timely = days, end, true
		return s.reach(r), end >= 0 && ranged
	}
	if week >= 0 {
		if end := s.lit(week, "末"); end >= 0 {
			r.days, r.end = weekend, end
			return s.reach(r), true
		}
		if days, end, _ := s.weekdaysChinese(s.maybe(week, "的")); end >= 0 {
			r.days, r.end = days, end
			return s.reach(r), true
		}
		r.other, r.end = true, week
		return r, true
	}
	if _, end := s.oneOf(j, "天", "日"); end >= 0 {
		_, titled := s.oneOf(end, titled...) // 每日簡報
		r.days, r.end, r.timely = allDays, end, titled >= 0
		return s.reach(r), true
	}
	if _, end := s.oneOf(j, "早", "晚", "上午", "中午", "下午", "傍晚", "凌晨", "清晨", "夜"); end >= 0 { // 每晚七點: the part is the time's
		if r.days, r.end = allDays, j; s.noTime(j) {
			r.end = end
		}
		return s.reach(r), true
	}
	_, end := s.oneOf(j, "隔", "月", "年", "季", "小時", "鐘頭", "分鐘", "半", "兩", "幾")
	if end < 0 {
		if _, n := s.hanCount(j); n >= 0 {
			_, end = s.oneOf(s.maybe(n, "個"), "天", "日", "週", "周", "星期", "禮拜", "月", "小時", "鐘頭", "分鐘")
		}
	}
	r.other, r.end = true, end
	return r, end >= 0
}

func (s *scan) noTime(i int) bool {
	_, end := s.timeChinese(i)
	return end < 0
}

// reach takes the 在 before an expression with it.
func (s *scan) reach(r recurring) recurring {
	if r.start > 0 && (s.r[r.start-1] == '在' || s.r[r.start-1] == '於') {
		r.start--
	}
	return r
}

// weekdaysChinese reads 一; 一、四; 一和週四; 一三五; 一到五, behind 週.
func (s *scan) weekdaysChinese(i int) (days [7]bool, end int, ranged bool) {
	end = -1
	for j := i; ; {
		w, e := s.weekdayChar(j)
		if e < 0 || end >= 0 && s.countsOn(e) {
			return days, end, ranged
		}
		days[w], end = true, e
		if _, to := s.oneOf(s.sp(end), "到", "至", "~", "-"); to >= 0 {
			if until, e := s.weekdayChar(s.skipWeek(s.sp(to))); e >= 0 && !s.countsOn(e) {
				for d := w; d != until; d = (d + 1) % 7 {
					days[d] = true
				}
				days[until], end, ranged = true, e, true
			}
		}
		j = s.maybe(s.sp(end), "、", ",", "和", "跟", "與", "及", "以及", "還有", "/")
		if _, each := s.oneOf(j, eachChinese...); each >= 0 {
			j = each
		}
		j = s.skipWeek(j)
	}
}

func (s *scan) skipWeek(i int) int {
	if e := s.weekWord(i); e >= 0 {
		return e
	}
	return i
}

// countsOn reports whether what stands here makes a number of the character before it: 三點, not 週三.
func (s *scan) countsOn(i int) bool {
	_, end := s.oneOf(i, "點", "時", "十", "月", "號", ":", "封", "個", "天", "次", "件")
	return end >= 0
}
