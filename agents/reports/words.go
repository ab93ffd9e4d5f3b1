package reports

import (
	"fmt"
	"time"
	"unicode"

	"github.com/stewardhq/steward/agents"
)

const (
	english = "en"
	chinese = "zh-Hant"
)

// words are a report's own words in one language.
type words struct {
	lang     string
	nothing  string
	from     string            // before the origins of a quotation
	madeBy   string            // date
	sources  string            // date, number of mails
	oneMail  string            // date, of one mail
	quoted   [3]string         // what marked text is: its middle is shown marked, as an example
	kinds    map[string]string // what an origin or object is called
	weekdays [7]string
	date     func(w words, t time.Time) string
}

var languages = map[string]words{
	english: {
		lang: english, nothing: "Nothing here.", from: "from: ",
		madeBy:   "Made by Steward on %s.",
		oneMail:  "Made by Steward on %s, from one mail.",
		sources:  "Made by Steward on %s, from %d mails.",
		quoted:   [3]string{"Text marked ", "like this", " is quoted: others wrote it, and Steward has not checked it."},
		kinds:    map[string]string{"mail": "mail", "file": "file", "web": "page", "account": "mailbox"},
		weekdays: [7]string{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"},
		date: func(w words, t time.Time) string {
			return w.weekdays[t.Weekday()] + t.Format(" 2 January 2006")
		},
	},
	chinese: {
		lang: chinese, nothing: "沒有項目。", from: "來自：",
		madeBy:   "由 Steward 製作於 %s。",
		oneMail:  "由 Steward 製作於 %s，取材自一封郵件。",
		sources:  "由 Steward 製作於 %s，取材自 %d 封郵件。",
		quoted:   [3]string{"標示為", "這樣", "的是引用文字：由他人所寫，Steward 並未查證。"},
		kinds:    map[string]string{"mail": "郵件", "file": "檔案", "web": "網頁", "account": "信箱"},
		weekdays: [7]string{"日", "一", "二", "三", "四", "五", "六"},
		date: func(w words, t time.Time) string {
			return fmt.Sprintf("%d年%d月%d日（%s）", t.Year(), t.Month(), t.Day(), w.weekdays[t.Weekday()])
		},
	},
}

// wordsFor are the words of the language that was asked for, else of the title's.
func wordsFor(c ReportContent) words {
	if c.Lang != "" {
		return languages[c.Lang]
	}
	for _, r := range c.Title.Raw() {
		if unicode.Is(unicode.Han, r) {
			return languages[chinese]
		}
	}
	return languages[english]
}

// kind is what to call an object or origin; its own name where there is no other word.
func (w words) kind(name string) string {
	if word, ok := w.kinds[name]; ok {
		return word
	}
	return cleanLine(name)
}

// moment is a date and time of day.
func (w words) moment(t time.Time) string {
	if w.lang == chinese {
		return w.date(w, t) + t.Format("15:04")
	}
	return w.date(w, t) + t.Format(", 15:04")
}

// when is a date beside an item: short, without the year if it is the report's, without a time of day at midnight.
func (w words) when(t, made time.Time) string {
	day := w.weekdays[t.Weekday()] + t.Format(" 2 Jan")
	if w.lang == chinese {
		day = fmt.Sprintf("%d月%d日（%s）", t.Month(), t.Day(), w.weekdays[t.Weekday()])
	}
	if t.Year() != made.Year() {
		if w.lang == chinese {
			day = fmt.Sprintf("%d年", t.Year()) + day
		} else {
			day += t.Format(" 2006")
		}
	}
	if t.Hour() == 0 && t.Minute() == 0 {
		return day
	}
	if w.lang == chinese {
		return day + t.Format("15:04")
	}
	return day + t.Format(" 15:04")
}

// maker says who made a report, when, and from what.
func (w words) maker(made time.Time, mails int) string {
	switch mails {
	case 0:
		return fmt.Sprintf(w.madeBy, w.moment(made))
	case 1:
		return fmt.Sprintf(w.oneMail, w.moment(made))
	}
	return fmt.Sprintf(w.sources, w.moment(made), mails)
}

// footer is the end of every form: who made it, and, where something is quoted, what the marks mean.
func (e edition) footer(between string) agents.Text {
	maker := agents.Plain(e.words.maker(e.made.In(e.zone), e.mails()))
	if !e.label().Outside() {
		return maker
	}
	q := e.words.quoted
	example := agents.Labelled(q[1], agents.Label{Integrity: agents.Untrusted})
	return agents.Concat(maker, agents.Plain(between+q[0]), example, agents.Plain(q[2]))
}
