package headless

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/api"
)

type automationsCommands struct {
	Add     automationsAdd     `cmd:"" help:"Have something done again and again."`
	List    automationsList    `cmd:"" help:"List the automations, and when they are due next."`
	Show    automationsShow    `cmd:"" help:"Show an automation: its schedule, its script, what became of it lately."`
	Run     automationsRun     `cmd:"" help:"Run one now."`
	Pause   automationsPause   `cmd:"" help:"Let one be due for nothing until it is resumed."`
	Resume  automationsResume  `cmd:"" help:"Let a paused one be due again, from now on."`
	Remove  automationsRemove  `cmd:"" help:"Remove one for good; its runs and reports stay."`
	History automationsHistory `cmd:"" help:"List what became of its due times."`
}

type automationsAdd struct {
	Text string `arg:"" help:"When, and what: \"Brief me on today's mail every weekday at 8:00\"."`
	From string `help:"Repeat what this run did; the text then says only when." placeholder:"RUN"`
}

func (c *automationsAdd) run(ctx context.Context, s *session) error {
	p, err := call[api.Proposal](ctx, s, "Automations/Propose", api.Wish{Text: c.Text, AfterRun: c.From})
	if err != nil {
		return err
	}
	if p.Error != nil {
		return p.Error
	}
	made, err := call[api.Automation](ctx, s, "Automations/Add", api.NewAutomation{Text: c.Text, AfterRun: c.From, Expect: p.Automation.Hash})
	if err != nil {
		return err
	}
	s.print.object("result", made)
	s.showAutomation(made)
	s.print.line("\nAdded. It runs when it is due while Steward stays open; what is due otherwise is listed as missed.")
	return nil
}

func (s *session) showAutomation(a api.Automation) {
	p := s.print
	p.line("automation  %s (%s)", a.ID, a.State)
	p.line("request     %s", clean(a.Request))
	p.line("schedule    %s: %s at %s, %s", clean(a.Words), strings.Join(a.Schedule.Days, " "), a.Schedule.Time, a.Schedule.Zone)
	if a.Skill != "" {
		p.line("script      %s, of the skill %s", short(a.Script), clean(a.Skill))
	} else {
		p.line("script      %s, written by %s", short(a.Script), clean(a.Planner))
	}
	for i, due := range a.Next {
		p.line("%-11s %s", map[bool]string{true: "next"}[i == 0], dueAt(due))
	}
	if a.Overdue > 0 {
		p.line("overdue     %s", overdue(a.Overdue))
	}
	if a.Last != nil {
		p.line("last        %s", occurrenceLine(*a.Last))
	}
}

func overdue(n int) string {
	return fmt.Sprintf("%d due %s passed, and nothing ran: Steward was closed", n, plural(n, "time"))
}

// dueAt is a due time in the automation's own zone.
func dueAt(at time.Time) string { return at.Format("Mon 2006-01-02 15:04 MST") }

func occurrenceLine(o agents.Occurrence) string {
	line := dueAt(o.Due.Local()) + "  " + pad(string(o.State), 9)
	if o.Manual {
		line += "  by hand"
	}
	if o.Run != "" {
		line += "  run " + o.Run
	}
	if o.Note != "" {
		line += "  " + clean(o.Note)
	}
	return strings.TrimRight(line, " ")
}

type automationsList struct{}

func (c *automationsList) run(ctx context.Context, s *session) error {
	list, err := call[api.AutomationList](ctx, s, "Automations/List", api.Nothing{})
	if err != nil {
		return err
	}
	for _, a := range list.Automations {
		s.print.object("automation", a)
		next := "paused"
		if len(a.Next) > 0 {
			next = "next " + dueAt(a.Next[0])
		}
		s.print.line("%s  %s  %s  %s", a.ID, pad(next, 30), pad(clean(a.Words), 26), clean(a.Request))
		if a.Overdue > 0 {
			s.print.line("%28s%s", "", overdue(a.Overdue))
		}
		if a.Last != nil {
			s.print.line("%28slast %s", "", occurrenceLine(*a.Last))
		}
	}
	s.print.object("result", map[string]any{"count": len(list.Automations)})
	if len(list.Automations) == 0 {
		s.print.line("No automations yet. Try: steward automations add \"Brief me on today's mail every weekday at 8:00\"")
	}
	return nil
}

type automationsShow struct {
	ID string `arg:"" help:"The automation's id, or its beginning."`
}

// shownLately is how many occurrences stand beside an automation.
const shownLately = 10

func (c *automationsShow) run(ctx context.Context, s *session) error {
	d, err := call[api.AutomationDetail](ctx, s, "Automations/Show", api.AutomationID{ID: c.ID})
	if err != nil {
		return err
	}
	s.print.object("result", d)
	if s.print.json {
		return nil
	}
	s.showAutomation(d.Automation)
	if len(d.Occurrences) > 0 {
		s.print.line("\nlately")
	}
	for _, o := range d.Occurrences[:min(len(d.Occurrences), shownLately)] {
		s.print.line("  %s", occurrenceLine(o))
	}
	s.print.line("\nscript")
	for _, line := range strings.Split(strings.TrimRight(d.Automation.Source, "\n"), "\n") {
		s.print.line("  %s%s", indentation(line), clean(line))
	}
	return nil
}

type automationsHistory struct {
	ID string `arg:"" help:"The automation's id, or its beginning."`
}

func (c *automationsHistory) run(ctx context.Context, s *session) error {
	d, err := call[api.AutomationDetail](ctx, s, "Automations/Show", api.AutomationID{ID: c.ID})
	if err != nil {
		return err
	}
	for _, o := range d.Occurrences {
		s.print.object("occurrence", o)
		s.print.line("%s", occurrenceLine(o))
	}
	s.print.object("result", map[string]any{"count": len(d.Occurrences)})
	if len(d.Occurrences) == 0 {
		s.print.line("It was not due yet.")
	}
	return nil
}

type automationsRun struct {
	ID string `arg:"" help:"The automation's id, or its beginning."`
}

func (c *automationsRun) run(ctx context.Context, s *session) error {
	begun, err := call[agents.Occurrence](ctx, s, "Automations/Run", api.AutomationID{ID: c.ID})
	if err != nil {
		return err
	}
	return s.follow(ctx, begun.Run)
}

type automationsPause struct {
	ID string `arg:"" help:"The automation's id, or its beginning."`
}

func (c *automationsPause) run(ctx context.Context, s *session) error {
	return s.simple(ctx, "Automations/Pause", api.AutomationID{ID: c.ID}, "Paused. It is due again after: steward automations resume "+c.ID)
}

type automationsResume struct {
	ID string `arg:"" help:"The automation's id, or its beginning."`
}

func (c *automationsResume) run(ctx context.Context, s *session) error {
	return s.simple(ctx, "Automations/Resume", api.AutomationID{ID: c.ID}, "It is due again from now on.")
}

type automationsRemove struct {
	ID string `arg:"" help:"The automation's id, or its beginning."`
}

func (c *automationsRemove) run(ctx context.Context, s *session) error {
	return s.simple(ctx, "Automations/Remove", api.AutomationID{ID: c.ID}, "Removed. Its runs and reports stay.")
}
