package offline_test

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/model/offline"
)

const (
	work = "mon tue wed thu fri"
	all  = "mon tue wed thu fri sat sun"
	ends = "sat sun"
)

func TestSchedules(t *testing.T) {
	for _, c := range []struct{ text, days, time, request string }{
		{"every weekday at 8:00", work, "08:00", ""},
		{"Every weekday at 8:00", work, "08:00", ""},
		{"EVERY WEEKDAY AT 8:00.", work, "08:00", ""},
		{"every weekday at 8", work, "08:00", ""},
		{"every weekday, 8:00", work, "08:00", ""},
		{"each weekday at 8 am", work, "08:00", ""},
		{"at 8:00 every weekday", work, "08:00", ""},
		{"every day at 7:30 pm", all, "19:30", ""},
		{"every day at 7.30pm", all, "19:30", ""},
		{"every single day at 19:30", all, "19:30", ""},
		{"daily at noon", all, "12:00", ""},
		{"daily at 6am", all, "06:00", ""},
		{"every day at midnight", all, "00:00", ""},
		{"every day at 05:30", all, "05:30", ""},
		{"every morning at 7", all, "07:00", ""},
		{"every evening at 6", all, "18:00", ""},
		{"every night at 11", all, "23:00", ""},
		{"every afternoon at half past three", all, "15:30", ""},
		{"every day at quarter to nine in the evening", all, "20:45", ""},
		{"every day at eight o'clock", all, "08:00", ""},
		{"every Monday and Thursday at 9", "mon thu", "09:00", ""},
		{"every Mon, Wed and Fri at 9:15", "mon wed fri", "09:15", ""},
		{"every Thursday and every Monday at 9 a.m.", "mon thu", "09:00", ""},
		{"Mondays and Thursdays at 9am", "mon thu", "09:00", ""},
		{"on Mondays at 10", "mon", "10:00", ""},
		{"every Sunday at 9 in the morning", "sun", "09:00", ""},
		{"every Monday to Thursday at 8:00", "mon tue wed thu", "08:00", ""},
		{"Monday through Friday at 8am", work, "08:00", ""},
		{"Mon-Fri 8:00", work, "08:00", ""},
		{"every day from Monday to Friday at 8:00", work, "08:00", ""},
		{"on weekends at 10am", ends, "10:00", ""},
		{"every weekend at 10:00", ends, "10:00", ""},
		{"weekdays at 8:00", work, "08:00", ""},
		{"weekday mornings at 8", work, "08:00", ""},
		{"every working day at 17:00", work, "17:00", ""},
		{"every week on Friday at 4 pm", "fri", "16:00", ""},
		{"every Friday to Sunday at 21:00", "fri sat sun", "21:00", ""},
		{"do this every weekday at 8:00", work, "08:00", ""},
		{"Please repeat it every day at 9 am", all, "09:00", ""},
		{"run this again every Monday at 9:00, please", "mon", "09:00", ""},
		{"Brief me on today's mail every weekday at 8:00", work, "08:00", "Brief me on today's mail"},
		{"Every weekday at 8:00, brief me on today’s mail.", work, "08:00", "brief me on today’s mail"},
		{"Every weekday brief me on today's mail at 8:00", work, "08:00", "brief me on today's mail"},
		{"At 8:00 every weekday: brief me on today's mail", work, "08:00", "brief me on today's mail"},
		{"brief me daily at 8:00", all, "08:00", "brief me"},
		{"Find mail from Anna every Monday at 9 and thank you", "mon", "09:00", "Find mail from Anna and thank you"},
		{"find the mail about the 3pm meeting every Friday at 8:00", "fri", "08:00", "find the mail about the 3pm meeting"},
		{"brief me at 8am on weekdays", work, "08:00", "brief me"},
		{"Can you brief me on my mail each morning at 7:45?", all, "07:45", "Can you brief me on my mail"},
		{"every day at 8 pm sharp", all, "20:00", ""},
		{"我想要每天早上 8 點收到郵件簡報", all, "08:00", "我想要收到郵件簡報"},
		{"每週六日 9點", ends, "09:00", ""},
		{"每天二十點零五分", all, "20:05", ""},
		{"每個工作日早上八點", work, "08:00", ""},
		{"每個工作日 8:00", work, "08:00", ""},
		{"每個工作日的早上八點鐘", work, "08:00", ""},
		{"每天晚上七點半", all, "19:30", ""},
		{"每天19:30", all, "19:30", ""},
		{"每日上午９：１５", all, "09:15", ""},
		{"每天早上8點", all, "08:00", ""},
		{"每晚七點半", all, "19:30", ""},
		{"每早七點", all, "07:00", ""},
		{"天天中午", all, "12:00", ""},
		{"每天中午十二點", all, "12:00", ""},
		{"每天十點十五分", all, "10:15", ""},
		{"每天二十點", all, "20:00", ""},
		{"每天午夜", all, "00:00", ""},
		{"每週一、四上午九點", "mon thu", "09:00", ""},
		{"每週一三五早上七點", "mon wed fri", "07:00", ""},
		{"每週一和週四下午三點", "mon thu", "15:00", ""},
		{"每週一到週五早上八點", work, "08:00", ""},
		{"週一至週五 8:30", work, "08:30", ""},
		{"每個星期日早上十點", "sun", "10:00", ""},
		{"每逢禮拜天早上十點", "sun", "10:00", ""},
		{"平日 8:00", work, "08:00", ""},
		{"平日早上八點", work, "08:00", ""},
		{"每星期三下午三點", "wed", "15:00", ""},
		{"每周五晚上六點", "fri", "18:00", ""},
		{"每個週末早上十點", ends, "10:00", ""},
		{"每個上班日下午五點三刻", work, "17:45", ""},
		{"每天早上八點做一次", all, "08:00", ""},
		{"請每個工作日早上八點幫我執行這件事", work, "08:00", ""},
		{"每個工作日早上八點整理今天的郵件", work, "08:00", "整理今天的郵件"},
		{"整理今天的郵件，每個工作日早上八點。", work, "08:00", "整理今天的郵件"},
		{"在每個工作日早上八點都整理今天的郵件", work, "08:00", "整理今天的郵件"},
		{"每個工作日整理今天的郵件，早上八點", work, "08:00", "整理今天的郵件"},
		{"每週五下午四點找房東的信", "fri", "16:00", "找房東的信"},
		{"平日8點 brief me", work, "08:00", "brief me"},
	} {
		got, err := offline.Schedule(c.text)
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		if strings.Join(got.Days, " ") != c.days || got.Time != c.time || got.Request != c.request {
			t.Errorf("%s: %v at %s, request %q", c.text, got.Days, got.Time, got.Request)
		}
		if got.Words == "" || got.Lang != offline.Language(c.text) {
			t.Errorf("%s: words %q, language %s", c.text, got.Words, got.Lang)
		}
		// The words alone say the same.
		again, err := offline.Schedule(got.Words)
		if err != nil || strings.Join(again.Days, " ") != c.days || again.Time != c.time || again.Request != "" {
			t.Errorf("%s: its words %q give %+v, %v", c.text, got.Words, again, err)
		}
	}
}

func TestSchedulesThatAreNotUnderstoodSaySo(t *testing.T) {
	for _, c := range []struct{ text, code, want string }{
		{"every weekday", agents.CodeInvalid, "at 8:00"},
		{"Brief me on today's mail every weekday", agents.CodeInvalid, "names no time"},
		{"on weekdays", agents.CodeInvalid, "names no time"},
		{"brief me daily", agents.CodeInvalid, "names no time"},
		{"every Monday morning", agents.CodeInvalid, "names no time"},
		{"每個工作日", agents.CodeInvalid, "早上八點"},
		{"每天早上", agents.CodeInvalid, "沒有說幾點"},
		{"每晚", agents.CodeInvalid, "「每晚」沒有說幾點"},
		{"every weekday at 8:00, except holidays", agents.CodeUnsupported, "days of the week"},
		{"每天早上八點，除了週日", agents.CodeUnsupported, "重複方式"},
		{"每週一、四整理郵件", agents.CodeInvalid, "沒有說幾點"},
		{"every weekday at 1730", agents.CodeInvalid, "names no time"},
		{"every weekday at 25:00", agents.CodeInvalid, "names no time"},
		{"every day at 5", agents.CodeInvalid, "5 pm"},
		{"every day at 5:30", agents.CodeInvalid, "17:30"},
		{"每天三點", agents.CodeInvalid, "下午 3 點"},
		{"每天晚上十二點", agents.CodeInvalid, "上午"},
		{"every night at 12", agents.CodeInvalid, "12 pm"},
		{"every day at 8 and 17:00", agents.CodeUnsupported, "more than one"},
		{"每天八點和二十點", agents.CodeUnsupported, "不只一個"},
		{"every Monday at 9 and every Friday at 10", agents.CodeUnsupported, "more than one"},
		{"each morning at 8:00 on weekdays", agents.CodeUnsupported, "set of days"},
		{"every other day at 8:00", agents.CodeUnsupported, "days of the week"},
		{"every two weeks on Monday at 8:00", agents.CodeUnsupported, "days of the week"},
		{"every hour", agents.CodeUnsupported, "days of the week"},
		{"every month at 8:00", agents.CodeUnsupported, "days of the week"},
		{"monthly at 9:00", agents.CodeUnsupported, "days of the week"},
		{"every first Monday at 9:00", agents.CodeUnsupported, "days of the week"},
		{"every day except Sunday at 8:00", agents.CodeUnsupported, "days of the week"},
		{"brief me every weekday at 8:00 until June", agents.CodeUnsupported, "until you pause it"},
		{"brief me every weekday at 8:00 starting tomorrow", agents.CodeUnsupported, "until you pause it"},
		{"每小時", agents.CodeUnsupported, "重複方式"},
		{"每個月早上八點", agents.CodeUnsupported, "重複方式"},
		{"每兩天早上八點", agents.CodeUnsupported, "重複方式"},
		{"每週早上八點", agents.CodeUnsupported, "重複方式"},
		{"從明天開始每天早上八點整理郵件", agents.CodeUnsupported, "重複方式"},
		{"every weekday at 8:00 UTC", agents.CodeUnsupported, "another place"},
		{"every weekday at 8:00 London time", agents.CodeUnsupported, "another place"},
		{"Brief me on today's mail", agents.CodeInvalid, "every weekday at 8:00"},
		{"at 8:00", agents.CodeInvalid, "on which days"},
		{"on Monday at 9", agents.CodeInvalid, "on which days"},
		{"星期三下午三點", agents.CodeInvalid, "哪幾天"},
		{"every mail from Anna", agents.CodeInvalid, "on which days"},
		{"每封郵件", agents.CodeInvalid, "哪幾天"},
		{"my daily briefing please", agents.CodeInvalid, "on which days"},
		{"every day's mail", agents.CodeInvalid, "on which days"},
		{"", agents.CodeInvalid, "on which days"},
		{"\xff every weekday at 8:00", agents.CodeInvalid, "on which days"},
		{strings.Repeat("x", 3000) + " every weekday at 8:00", agents.CodeInvalid, "on which days"},
	} {
		got, err := offline.Schedule(c.text)
		if agents.CodeOf(err) != c.code {
			t.Errorf("%.60s: %v (%+v)", c.text, err, got)
			continue
		}
		e := agents.AsError(err)
		if e.Hint == "" || !strings.Contains(e.Message+" / "+e.Hint, c.want) {
			t.Errorf("%.60s: %s / %s", c.text, e.Message, e.Hint)
		}
	}
}

func TestAStandingRequestIsNotCarriedOutOnce(t *testing.T) {
	p := planner(t)
	for _, request := range []string{
		"Every weekday at 8:00 brief me on today's mail", "Brief me on today's mail every weekday at 8:00", "brief me every morning", "brief me every day on my mail", "please every day brief me", "每個工作日早上八點整理今天的郵件", "每天整理郵件", "every hour find mail from Anna",
	} {
		plan, err := p.Plan(request, now, taipei)
		if agents.CodeOf(err) != agents.CodeUnsupported || !strings.Contains(agents.AsError(err).Hint, "steward automations add") || !strings.Contains(agents.AsError(err).Hint, request) {
			t.Errorf("%s: %+v %v", request, plan, err)
		}
	}
	for _, request := range []string{"my daily briefing please", "每日簡報", "Summarise every mail from Anna", "catch me up on my mail from Monday to Friday", "find the mail that says every day is a gift", "找提到每天運動的信"} {
		if _, err := p.Plan(request, now, taipei); err != nil && strings.Contains(agents.AsError(err).Hint, "automations") {
			t.Errorf("%s: %v", request, err)
		}
	}
}

func FuzzSchedule(f *testing.F) {
	for _, s := range []string{
		"every weekday at 8:00", "每週一、四上午九點整理郵件", "at 8 every every every day", "週一到", "每每每", "Mon-", "every Monday,", "每週一三五三點", "daily at", "8:", "\xff", "every day at half past", "每天十", "at 8:00 on", "every\u00a0day at 8",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		said, err := offline.Schedule(text)
		if err != nil {
			if agents.AsError(err).Hint == "" || agents.CodeOf(err) == agents.CodeInternal {
				t.Errorf("%q: %v", text, err)
			}
			return
		}
		if _, err := time.Parse("15:04", said.Time); err != nil || len(said.Days) == 0 || len(said.Days) > 7 {
			t.Errorf("%q: %+v", text, said)
		}
		if !utf8.ValidString(said.Request) || !utf8.ValidString(said.Words) || len(said.Request)+len(said.Words) > len(text)+2 {
			t.Errorf("%q: %+v", text, said)
		}
	})
}
