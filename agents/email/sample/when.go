package sample

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// A moment of a letter counts back from the day of import, in one of these units:
//
//	w-3 09:14   on the third working day before it
//	d-5 21:40   five days before it
//	sat-1 10:05, sun-2 18:00   on the last Saturday before it, the last Sunday but one
//	today 0.4   on the day itself, at 0.4 of the part of it that has passed (the night left out)
type moment struct {
	unit     string
	count    int
	clock    time.Duration
	fraction float64
}

const today = "today"

// farthest is how far back each unit reaches without leaving the three weeks, whatever day it is.
var farthest = map[string]int{"d": 20, "w": 14, "sat": 2, "sun": 2}

func parseMoment(s string) (moment, error) {
	unit, clock, _ := strings.Cut(s, " ")
	if unit == today {
		fraction, err := strconv.ParseFloat(clock, 64)
		if err != nil || fraction <= 0 || fraction >= 1 {
			return moment{}, fmt.Errorf("%q is no fraction of the day", s)
		}
		return moment{unit: today, fraction: fraction}, nil
	}
	m := moment{}
	name, count, ok := strings.Cut(unit, "-")
	if !ok {
		return moment{}, fmt.Errorf("%q is no moment", s)
	}
	n, err := strconv.Atoi(count)
	if err != nil || n < 1 || n > farthest[name] {
		return moment{}, fmt.Errorf("%q is not within three weeks", s)
	}
	m.unit, m.count = name, n
	if m.clock, err = parseClock(clock); err != nil {
		return moment{}, err
	}
	return m, nil
}

func parseClock(s string) (time.Duration, error) {
	t, err := time.Parse("15:04", s)
	if err != nil {
		return 0, fmt.Errorf("%q is no time of day: %w", s, err)
	}
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute, nil
}

func midnight(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())
}

func onClock(day time.Time, clock time.Duration, zone *time.Location) time.Time {
	return time.Date(day.Year(), day.Month(), day.Day(), 0, int(clock/time.Minute), 0, 0, zone)
}

// on is the day and time of a moment that is not today's.
func (m moment) on(now time.Time) time.Time {
	day := midnight(now)
	switch m.unit {
	case "w":
		day = workdays(day, -m.count)
	case "sat", "sun":
		want := time.Saturday
		if m.unit == "sun" {
			want = time.Sunday
		}
		back := (int(day.Weekday())-int(want)+6)%7 + 1
		day = day.AddDate(0, 0, -back-7*(m.count-1))
	default:
		day = day.AddDate(0, 0, -m.count)
	}
	return onClock(day, m.clock, now.Location())
}

// workdays goes a number of working days forth or back.
func workdays(day time.Time, n int) time.Time {
	step := 1
	if n < 0 {
		step, n = -1, -n
	}
	for n > 0 {
		day = day.AddDate(0, 0, step)
		if day.Weekday() != time.Saturday && day.Weekday() != time.Sunday {
			n--
		}
	}
	return day
}

// arrived is when a letter reached the mailbox.
func (c *composer) arrived(l *letter) time.Time {
	if l.when.unit != today {
		return l.when.on(c.now).Add(seconds(l.key))
	}
	start := midnight(c.now)
	passed := c.now.Sub(start)
	// People sleep: nothing before six, unless little more than the night has passed.
	start = start.Add(min(6*time.Hour, passed*6/10))
	return start.Add(time.Duration(l.when.fraction * float64(c.now.Sub(start)))).Truncate(time.Second)
}

// sent is the Date header's time. Today's letters have one that holds all day, or a second import would find new mail.
func (c *composer) sent(l *letter) time.Time {
	at := c.arrived(l)
	if l.when.unit != today {
		if l.mine() {
			return at
		}
		return at.Add(-seconds(l.key) / 10).Truncate(time.Second)
	}
	fixed := midnight(c.now).Add(time.Duration(l.position%60) * time.Second)
	if fixed.After(at) {
		return at
	}
	return fixed
}

// day is the day of a letter, from which the dates in it count.
func (c *composer) day(l *letter) time.Time {
	if l.when.unit == today {
		return midnight(c.now)
	}
	return midnight(l.when.on(c.now))
}

// seconds is a stable number of seconds under a minute, so that mail does not all arrive on the minute.
func seconds(key string) time.Duration {
	return time.Duration(hash(key)%60) * time.Second
}

var datePattern = regexp.MustCompile(`\{(w|d|m)([+-]\d+)(?: (day|short|iso|slash))?\}`)

var (
	weekdaysZh = [7]string{"日", "一", "二", "三", "四", "五", "六"}
	charPoint  = regexp.MustCompile(`\{u\+([0-9a-f]{2,5})\}`)
)

// expand puts dates and unseen characters into a text. {w+2} is two working days after the letter, {d-1} the day before
// it, {m-1} the month before its own; "day" is the weekday alone, "short" and "iso" and "slash" are what they say.
func expand(text, lang string, day time.Time) string {
	text = datePattern.ReplaceAllStringFunc(text, func(found string) string {
		m := datePattern.FindStringSubmatch(found)
		n, _ := strconv.Atoi(m[2])
		switch m[1] {
		case "w":
			return writeDate(workdays(day, n), lang, m[3])
		case "d":
			return writeDate(day.AddDate(0, 0, n), lang, m[3])
		}
		return writeMonth(time.Date(day.Year(), day.Month()+time.Month(n), 1, 0, 0, 0, 0, time.UTC), lang)
	})
	return charPoint.ReplaceAllStringFunc(text, func(found string) string {
		point, _ := strconv.ParseInt(charPoint.FindStringSubmatch(found)[1], 16, 32)
		return string(rune(point))
	})
}

func writeMonth(t time.Time, lang string) string {
	if lang == "zh" {
		return fmt.Sprintf("%d 月", t.Month())
	}
	return t.Format("January")
}

func writeDate(t time.Time, lang, style string) string {
	switch {
	case style == "iso":
		return t.Format("2006-01-02")
	case style == "slash":
		return t.Format("2006/01/02")
	case lang == "zh" && style == "day":
		return "週" + weekdaysZh[t.Weekday()]
	case lang == "zh" && style == "short":
		return fmt.Sprintf("%d/%d", t.Month(), t.Day())
	case lang == "zh":
		return fmt.Sprintf("%d 月 %d 日（週%s）", t.Month(), t.Day(), weekdaysZh[t.Weekday()])
	case style == "day":
		return t.Format("Monday")
	case style == "short":
		return t.Format("2 January")
	}
	return t.Format("Monday, 2 January")
}
