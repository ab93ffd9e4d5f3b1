package schedule

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/agents/notification"
	"github.com/stewardhq/steward/app/engine"
)

// words are what is said of automations, in the language of who made them.
type words struct {
	chinese                               bool
	closed, paused, older                 string
	missed, failed, running, waits, guide string
}

var english = words{
	closed:  "nothing ran then: Steward was closed, or the machine slept",
	paused:  "the automation was paused before it began",
	older:   "so are all before it",
	missed:  "Missed",
	failed:  "Failed",
	running: "Running late",
	waits:   "Waits for your word",
	guide:   "look at what it wants to do: steward approvals show ",
}

var chinese = words{
	chinese: true,
	closed:  "當時沒有執行：Steward 沒有開啟，或電腦在休眠",
	paused:  "開始之前，這項自動化已暫停",
	older:   "更早的也都錯過了",
	missed:  "錯過",
	failed:  "失敗",
	running: "延後執行",
	waits:   "等待你的同意",
	guide:   "請看它想做什麼：steward approvals show ",
}

func wordsOf(a agents.Automation) words {
	if a.Lang == "zh-Hant" {
		return chinese
	}
	return english
}

// late is the note of an occurrence that runs later than it was due.
func (w words) late(by time.Duration) string {
	hours, minutes := int(by.Hours()), int(by.Minutes())%60
	if w.chinese {
		return fmt.Sprintf("晚了 %d 小時 %d 分鐘才執行：到期時 Steward 沒有開啟，或電腦在休眠", hours, minutes)
	}
	return fmt.Sprintf("it runs %d h %d min late: Steward was closed when it was due, or the machine slept", hours, minutes)
}

// overlap is the note of an occurrence whose automation still ran.
func (w words) overlap(run string) string {
	if w.chinese {
		return "上一次還在執行（" + run + "），所以這次沒有執行"
	}
	return "not run: the one before is still under way (run " + run + ")"
}

// count says how many due times were missed, and the last of them.
func (w words) count(n int, last time.Time) string {
	switch {
	case w.chinese && n == 1:
		return "到期時間：" + last.Format("1月2日 15:04")
	case w.chinese:
		return fmt.Sprintf("共 %d 次，最近一次是 %s", n, last.Format("1月2日 15:04"))
	case n == 1:
		return "it was due " + last.Format("Mon 2 Jan, 15:04")
	}
	return fmt.Sprintf("%d due times, the last %s", n, last.Format("Mon 2 Jan, 15:04"))
}

// join puts two remarks together.
func (w words) join(first, second string) string {
	switch {
	case first == "" || second == "" || first == second:
		return first + strings.TrimPrefix(second, first)
	case w.chinese:
		return first + "；" + second
	}
	return first + "; " + second
}

// notifyOf tells of occurrences that ended badly, all in one note: of the last, and how many.
func (s *Scheduler) notifyOf(ctx context.Context, a agents.Automation, ended []agents.Occurrence) {
	last := ended[len(ended)-1]
	if last.State != agents.OccurrenceMissed {
		s.notify(ctx, a, last)
		return
	}
	due := last.Due
	if zone, err := time.LoadLocation(a.Schedule.Zone); err == nil {
		due = due.In(zone)
	}
	w := wordsOf(a)
	s.show(ctx, w.note(last.ID, w.missed, a, agents.Plain(w.join(w.count(len(ended), due), last.Note))))
}

// notify tells of one occurrence.
func (s *Scheduler) notify(ctx context.Context, a agents.Automation, o agents.Occurrence) {
	w := wordsOf(a)
	switch o.State {
	case agents.OccurrenceFailed:
		text := agents.Plain(o.Note)
		if o.Error != nil {
			text = agents.Plain(o.Error.Message)
			if o.Error.Code == agents.CodeScript { // a script may put into its error what it has read
				text = agents.Labelled(o.Error.Message, agents.Label{Integrity: agents.Untrusted})
			}
		}
		s.show(ctx, w.note(o.ID, w.failed, a, text))
	case agents.OccurrenceWaiting:
		s.show(ctx, w.note(o.ID, w.waits, a, agents.Plain(w.guide+o.Run)))
	default:
		s.show(ctx, w.note(o.ID, w.running, a, agents.Plain(o.Note)))
	}
}

func (w words) note(key, what string, a agents.Automation, body agents.Text) notification.Note {
	colon := ": "
	if w.chinese {
		colon = "："
	}
	return notification.Note{Key: key, Title: notification.Clean(agents.Plain(what + colon + a.Request)), Body: notification.Clean(body)}
}

// show shows a note. One that can be shown nowhere is tried again at each look at the clock.
func (s *Scheduler) show(ctx context.Context, note notification.Note) {
	if _, err := s.Notifier.Notify(ctx, note); err != nil && len(s.untold) < mostUntold {
		s.untold = append(s.untold, note)
	}
}

func (s *Scheduler) tellAgain(ctx context.Context) {
	waiting := s.untold
	s.untold = nil
	for _, note := range waiting {
		s.show(ctx, note)
	}
}

// complain says that the scheduler itself cannot do its work, once while it lasts.
func (s *Scheduler) complain(ctx context.Context, err error, said *string) {
	if err == nil || errors.Is(err, context.Canceled) {
		if err == nil {
			*said = ""
		}
		return
	}
	e := agents.AsError(err)
	if e.Message == *said {
		return
	}
	*said = e.Message
	s.Events.Tell(engine.Event{Kind: "automation", Error: e})
	s.show(ctx, notification.Note{
		Key: "schedule", Title: "Automations cannot be looked after", Body: notification.Clean(agents.Plain(english.join(e.Message, e.Hint))),
	})
}
