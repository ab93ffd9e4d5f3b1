package when_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stewardhq/steward/app/model/offline/when"
)

var (
	taipei = time.FixedZone("CST", 8*3600)
	// A Sunday.
	now = time.Date(2026, 11, 22, 20, 29, 0, 0, taipei)
)

const layout = "2006-01-02 15:04"

func show(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return strings.TrimSuffix(t.Format(layout), " 00:00")
}

func TestPast(t *testing.T) {
	for _, c := range []struct{ text, since, until string }{
		{"today", "2026-11-22", "2026-11-23"},
		{"Today", "2026-11-22", "2026-11-23"},
		{"ｔｏｄａｙ", "2026-11-22", "2026-11-23"},
		{"this morning", "2026-11-22", "2026-11-22 12:00"},
		{"this afternoon", "2026-11-22 12:00", "2026-11-22 18:00"},
		{"tonight", "2026-11-22 17:00", "2026-11-23"},
		{"last night", "2026-11-21 18:00", "2026-11-22 06:00"},
		{"yesterday", "2026-11-21", "2026-11-22"},
		{"yesterday afternoon", "2026-11-21 12:00", "2026-11-21 18:00"},
		{"the day before yesterday", "2026-11-20", "2026-11-21"},
		{"this week", "2026-11-16", "2026-11-23"},
		{"last week", "2026-11-09", "2026-11-16"},
		{"the past week", "2026-11-15", "2026-11-23"},
		{"this month", "2026-11-01", "2026-12-01"},
		{"last month", "2026-10-01", "2026-11-01"},
		{"last year", "2025-01-01", "2026-01-01"},
		{"last 3 days", "2026-11-19", "2026-11-23"},
		{"the last three days", "2026-11-19", "2026-11-23"},
		{"past two weeks", "2026-11-08", "2026-11-23"},
		{"last 24 hours", "2026-11-21 20:29", "2026-11-22 20:30"},
		{"the last few days", "2026-11-19", "2026-11-23"},
		{"3 days ago", "2026-11-19", "2026-11-20"},
		{"two weeks ago", "2026-11-02", "2026-11-09"},
		{"a month ago", "2026-10-01", "2026-11-01"},
		{"monday", "2026-11-16", "2026-11-17"},
		{"on Sunday", "2026-11-22", "2026-11-23"},
		{"last monday", "2026-11-16", "2026-11-17"},
		{"last Sunday", "2026-11-15", "2026-11-16"},
		{"this Friday", "2026-11-20", "2026-11-21"},
		{"since Tuesday", "2026-11-17", "2026-11-23"},
		{"since last Tuesday", "2026-11-17", "2026-11-23"},
		{"after 1 November", "2026-11-02", "2026-11-23"},
		{"before October", "-", "2026-10-01"},
		{"between Monday and Wednesday", "2026-11-16", "2026-11-19"},
		{"from 1 Nov to 5 Nov", "2026-11-01", "2026-11-06"},
		{"over the weekend", "2026-11-21", "2026-11-23"},
		{"last weekend", "2026-11-14", "2026-11-16"},
		{"2026-11-20", "2026-11-20", "2026-11-21"},
		{"2026/11/20", "2026-11-20", "2026-11-21"},
		{"20.11.2026", "2026-11-20", "2026-11-21"},
		{"11/20/2026", "2026-11-20", "2026-11-21"},
		{"20/11/2026", "2026-11-20", "2026-11-21"},
		{"11/20", "2026-11-20", "2026-11-21"},
		{"12/24", "2025-12-24", "2025-12-25"},
		{"20 Nov", "2026-11-20", "2026-11-21"},
		{"Nov 20th", "2026-11-20", "2026-11-21"},
		{"November 20, 2025", "2025-11-20", "2025-11-21"},
		{"the 20th of November", "2026-11-20", "2026-11-21"},
		{"the 20th", "2026-11-20", "2026-11-21"},
		{"the 30th", "2026-10-30", "2026-10-31"},
		{"October", "2026-10-01", "2026-11-01"},
		{"in December", "2025-12-01", "2026-01-01"},
		{"in May", "2026-05-01", "2026-06-01"},
		{"November 2025", "2025-11-01", "2025-12-01"},
		{"last October", "2026-10-01", "2026-11-01"},
		{"29 Feb", "2024-02-29", "2024-03-01"},
		{"今天", "2026-11-22", "2026-11-23"},
		{"今日", "2026-11-22", "2026-11-23"},
		{"今早", "2026-11-22", "2026-11-22 12:00"},
		{"今天早上", "2026-11-22", "2026-11-22 12:00"},
		{"今天下午", "2026-11-22 12:00", "2026-11-22 18:00"},
		{"昨天", "2026-11-21", "2026-11-22"},
		{"昨晚", "2026-11-21 17:00", "2026-11-22"},
		{"前天", "2026-11-20", "2026-11-21"},
		{"大前天", "2026-11-19", "2026-11-20"},
		{"這週", "2026-11-16", "2026-11-23"},
		{"這個星期", "2026-11-16", "2026-11-23"},
		{"本週", "2026-11-16", "2026-11-23"},
		{"上週", "2026-11-09", "2026-11-16"},
		{"上星期", "2026-11-09", "2026-11-16"},
		{"上禮拜", "2026-11-09", "2026-11-16"},
		{"上個禮拜", "2026-11-09", "2026-11-16"},
		{"上上週", "2026-11-02", "2026-11-09"},
		{"週一", "2026-11-16", "2026-11-17"},
		{"星期天", "2026-11-22", "2026-11-23"},
		{"上星期五", "2026-11-13", "2026-11-14"},
		{"這禮拜五", "2026-11-20", "2026-11-21"},
		{"這個月", "2026-11-01", "2026-12-01"},
		{"上個月", "2026-10-01", "2026-11-01"},
		{"上個月三號", "2026-10-03", "2026-10-04"},
		{"今年", "2026-01-01", "2027-01-01"},
		{"去年", "2025-01-01", "2026-01-01"},
		{"去年十月", "2025-10-01", "2025-11-01"},
		{"最近三天", "2026-11-19", "2026-11-23"},
		{"最近 3 天", "2026-11-19", "2026-11-23"},
		{"過去兩週", "2026-11-08", "2026-11-23"},
		{"最近兩個星期", "2026-11-08", "2026-11-23"},
		{"這兩天", "2026-11-20", "2026-11-23"},
		{"這幾天", "2026-11-19", "2026-11-23"},
		{"最近", "2026-11-15", "2026-11-23"},
		{"三天前", "2026-11-19", "2026-11-20"},
		{"兩個月前", "2026-09-01", "2026-10-01"},
		{"十一月二十日", "2026-11-20", "2026-11-21"},
		{"11月20日", "2026-11-20", "2026-11-21"},
		{"11 月 20 號", "2026-11-20", "2026-11-21"},
		{"２０２６年１１月２０日", "2026-11-20", "2026-11-21"},
		{"二〇二六年十一月二十日", "2026-11-20", "2026-11-21"},
		{"民國115年11月20日", "2026-11-20", "2026-11-21"},
		{"十月", "2026-10-01", "2026-11-01"},
		{"十月份", "2026-10-01", "2026-11-01"},
		{"20號", "2026-11-20", "2026-11-21"},
		{"週二以來", "2026-11-17", "2026-11-23"},
		{"從上週五到現在", "2026-11-13", "2026-11-23"},
		{"從週一到週三", "2026-11-16", "2026-11-19"},
		{"11月1日至11月5日", "2026-11-01", "2026-11-06"},
		{"十月以前", "-", "2026-10-01"},
		{"週末", "2026-11-21", "2026-11-23"},
		{"上週末", "2026-11-14", "2026-11-16"},
		{"早上", "2026-11-22", "2026-11-22 12:00"},
	} {
		f, ok := when.Parse(c.text, now, when.Past)
		if !ok || show(f.Since) != c.since || show(f.Until) != c.until {
			t.Errorf("%q = %v %s … %s, want %s … %s", c.text, ok, show(f.Since), show(f.Until), c.since, c.until)
		}
	}
}

func TestFuture(t *testing.T) {
	for _, c := range []struct {
		text, since string
		timed       bool
	}{
		{"tomorrow", "2026-11-23", false},
		{"next Friday", "2026-11-27", false},
		{"Friday", "2026-11-27", false},
		{"by 30 Nov", "2026-11-30", false},
		{"before 30 November 2026", "2026-11-30", false},
		{"15 Jan", "2027-01-15", false},
		{"20 Nov", "2026-11-20", false},
		{"in two weeks", "2026-12-06", false},
		{"Friday, 28 November at 3pm", "2026-11-28 15:00", true},
		{"tomorrow at 15:30", "2026-11-23 15:30", true},
		{"tomorrow at 3", "2026-11-23 15:00", true},
		{"Tuesday 09:05", "2026-11-24 09:05", true},
		{"3:30 pm on Tuesday", "2026-11-24 15:30", true},
		{"by 5pm", "2026-11-22 17:00", true},
		{"2026-11-30T14:00", "2026-11-30", false},
		{"Nov. 30", "2026-11-30", false},
		{"noon tomorrow", "2026-11-23 12:00", true},
		{"the 25th", "2026-11-25", false},
		{"下週三", "2026-11-25", false},
		{"下星期三下午三點", "2026-11-25 15:00", true},
		{"11月30日下午三點", "2026-11-30 15:00", true},
		{"11月30日（一）下午3點半", "2026-11-30 15:30", true},
		{"11月30日 15:20", "2026-11-30 15:20", true},
		{"明天上午10:30", "2026-11-23 10:30", true},
		{"明晚八點", "2026-11-23 20:00", true},
		{"後天", "2026-11-24", false},
		{"三天後", "2026-11-25", false},
		{"民國116年1月5日", "2027-01-05", false},
		{"12月5日前", "2026-12-05", false},
	} {
		found := when.Find(c.text, now, when.Future)
		if len(found) == 0 || show(found[0].Since) != c.since || found[0].Timed != c.timed {
			t.Errorf("%q = %+v, want %s", c.text, found, c.since)
		}
	}
}

func TestNotADate(t *testing.T) {
	for _, text := range []string{
		"", " ", "the", "a day", "may I ask", "march on", "1,200", "NT$1,200", "24/7", "13/13/2026", "2026-13-01", "2026-02-30", "v1.2.3", "10.0.0.1",
		"room 11", "the sun", "3", "99999", "Mondayish", "todays1", "三", "三個", "日月潭", "上", "一月二月三月四", "000000000000000000", "user20nov@x.example",
		"上海", "前往", "早餐", "民國", "週", "from", "since", "between today", "12月32日", "25:99",
	} {
		if f, ok := when.Parse(text, now, when.Past); ok {
			t.Errorf("%q was read as %s … %s", text, show(f.Since), show(f.Until))
		}
	}
}

func TestFindGivesTheWordsAsTyped(t *testing.T) {
	for text, want := range map[string]string{
		"what's in my inbox This Morning?":              "This Morning",
		"mail from ＬＡＳＴ　ＷＥＥＫ please":                    "from ＬＡＳＴ　ＷＥＥＫ",
		"找上週房東的信":                                       "上週",
		"整理今天的郵件":                                       "今天",
		"see you on 3 Dec; bring 2026-12-04's list":     "3 Dec|2026-12-04",
		"due by Friday, or the 30th at the latest 😀 今天": "Friday|the 30th|今天",
	} {
		var got []string
		for _, f := range when.Find(text, now, when.Past) {
			if text[f.Start:f.End] != f.Text {
				t.Errorf("%q: offsets %d-%d do not give %q", text, f.Start, f.End, f.Text)
			}
			got = append(got, f.Text)
		}
		if strings.Join(got, "|") != want {
			t.Errorf("%q gave %q, want %q", text, got, want)
		}
	}
}

func TestDaysFollowTheZoneThroughClockChanges(t *testing.T) {
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	f, ok := when.Parse("yesterday", time.Date(2026, 10, 26, 0, 30, 0, 0, london), when.Past)
	if !ok || f.Until.Sub(f.Since) != 25*time.Hour {
		t.Errorf("the day that winter time began has %v hours", f.Until.Sub(f.Since))
	}
}

func FuzzFind(f *testing.F) {
	for _, s := range []string{"since last Tuesday at 3pm", "上星期五下午三點半", "11月30日（一）", "from 1 Nov to", "民國115年", "20 Nov.", "\xff\xfe今", "９９９９年９９月", "in 999 years", "999年前"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, lean := range []when.Lean{when.Past, when.Future} {
			last := 0
			for _, e := range when.Find(text, now, lean) {
				if e.Start < last || e.End <= e.Start || e.End > len(text) || text[e.Start:e.End] != e.Text {
					t.Fatalf("%q: bad offsets %+v after %d", text, e, last)
				}
				if !e.Until.After(e.Since) {
					t.Fatalf("%q: empty stretch %+v", text, e)
				}
				last = e.End
			}
		}
	})
}
