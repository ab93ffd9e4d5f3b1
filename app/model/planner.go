package model

import (
	"context"
	_ "embed"
	"fmt"
	"strings"
	"time"

	"github.com/stewardhq/steward/agents"
)

// MaxPrompt is what the fixed part of a plan's prompt may weigh, in estimated tokens: the rules, the declarations and the
// skills. A host that declares more must choose.
const MaxPrompt = 2000

//go:embed prompt.md
var rules string

// Planner has a model turn requests into scripts. What it is shown is the user's typed words and the declarations alone.
type Planner struct {
	Client    *Client
	MaxTokens int // of one answer; 0 means 2048
	Meter     Meter
}

// PlanRequest is what a plan is made from.
type PlanRequest struct {
	Request string   // as typed
	API     string   // the part of steward.d.ts that the request needs
	Skills  []string // "name: what it does", one line each
	Now     time.Time
	Zone    *time.Location
	Lang    string // to answer in; "" means that of the request
	OnToken func(string)

	// Check says what is wrong with a script; none means that it may run. Lines count from 1.
	Check func(source string) []Problem
}

// Problem is something wrong with a script.
type Problem struct {
	Line    int
	Message string
	Hint    string
}

// Planned is a script that passed the check, or an answer in words. Nothing vouches for an answer: show it as unverified.
type Planned struct {
	Source   string
	Answer   string
	Usage    agents.Usage
	Requests int
}

// Plan asks for a script, has it checked, and gives the model one chance to repair it. The usage is what was spent even
// where there is an error, which is one of [Client.Complete], or CodeScript where the repaired script is still wrong, or
// CodeLimit where the declarations are too long.
func (p *Planner) Plan(ctx context.Context, r PlanRequest) (Planned, error) {
	system := Prompt(r)
	if n := textTokens(system); n > MaxPrompt {
		return Planned{}, &agents.Error{Code: agents.CodeLimit, Message: fmt.Sprintf("the declarations for the planner weigh %d tokens, more than %d", n, MaxPrompt), Hint: "turn off agents that this request does not need"}
	}
	messages := []Message{{Role: "user", Text: r.Request}}
	var plan Planned
	for round := 0; ; round++ {
		reply, err := p.ask(ctx, r, system, messages)
		plan.Usage = plan.Usage.Add(reply.Usage)
		plan.Requests = plan.Usage.Requests
		if err != nil {
			return plan, err
		}
		source, ok := Script(reply.Text)
		if !ok && round == 0 {
			plan.Answer = reply.Text
			return plan, nil
		}
		problems := p.problems(r, source, ok, reply.Cut)
		if len(problems) == 0 {
			plan.Source = source
			return plan, nil
		}
		if round == 1 {
			return plan, unrepaired(p.Client.config.Name, problems)
		}
		messages = append(messages, Message{Role: "assistant", Text: reply.Text}, Message{Role: "user", Text: complaint(source, problems)})
	}
}

func (p *Planner) ask(ctx context.Context, r PlanRequest, system string, messages []Message) (Reply, error) {
	most := p.MaxTokens
	if most <= 0 {
		most = 2048
	}
	return p.Client.Complete(ctx, Request{System: system, Messages: messages, MaxTokens: most, OnToken: r.OnToken, Meter: p.Meter})
}

func (p *Planner) problems(r PlanRequest, source string, found, cut bool) []Problem {
	switch {
	case !found:
		return []Problem{{Message: "the answer has no script", Hint: "answer with one ts block"}}
	case cut:
		return []Problem{{Line: strings.Count(source, "\n") + 1, Message: "the script broke off: the answer was too long", Hint: "write a shorter one"}}
	case r.Check == nil:
		return nil
	}
	return r.Check(source)
}

// Prompt is the fixed part of what the planner sends: the rules, the time, the skills and the declarations.
func Prompt(r PlanRequest) string {
	var b strings.Builder
	b.WriteString(rules)
	zone := r.Zone
	if zone == nil {
		zone = time.UTC
	}
	fmt.Fprintf(&b, "\nNow: %s, zone %s.", r.Now.In(zone).Format("Monday 2006-01-02 15:04"), zone)
	if r.Lang != "" {
		fmt.Fprintf(&b, " Language: %s.", r.Lang)
	}
	if len(r.Skills) > 0 {
		b.WriteString("\n\nSkills that Steward has already, for you to mention where one fits:\n- " + strings.Join(r.Skills, "\n- "))
	}
	b.WriteString("\n\nDeclared:\n```ts\n" + compact(r.API) + "\n```\n")
	return b.String()
}

// compact writes declarations without indentation, "declare" and remarks, and each interface on one line: every token of
// the prompt is paid for with each request.
func compact(api string) string {
	var b strings.Builder
	inside := false
	for line := range strings.Lines(strings.TrimSpace(api)) {
		line = strings.TrimPrefix(strings.TrimSpace(line), "declare ")
		if strings.HasPrefix(line, "//") {
			continue
		}
		inside = inside || strings.HasPrefix(line, "interface ")
		if inside = inside && !strings.HasSuffix(line, "}"); inside {
			b.WriteString(line + " ")
		} else {
			b.WriteString(line + "\n")
		}
	}
	return strings.TrimSpace(b.String())
}

const maxProblems = 8

// complaint tells the model what was wrong, with the lines it stands in.
func complaint(source string, problems []Problem) string {
	lines := strings.Split(source, "\n")
	var b strings.Builder
	b.WriteString("The script was refused:\n")
	for _, p := range problems[:min(len(problems), maxProblems)] {
		if p.Line > 0 {
			fmt.Fprintf(&b, "- line %d: %s", p.Line, p.Message)
		} else {
			fmt.Fprintf(&b, "- %s", p.Message)
		}
		if p.Hint != "" {
			fmt.Fprintf(&b, " (%s)", p.Hint)
		}
		if p.Line > 0 && p.Line <= len(lines) {
			fmt.Fprintf(&b, "\n    %s", clip(strings.TrimSpace(lines[p.Line-1]), 160))
		}
		b.WriteByte('\n')
	}
	b.WriteString("Answer with the whole corrected script in one ts block.")
	return b.String()
}

func unrepaired(name string, problems []Problem) error {
	first := problems[0]
	where := ""
	if first.Line > 0 {
		where = fmt.Sprintf(" in line %d", first.Line)
	}
	hint := "say it in other words, or use another model"
	if first.Hint != "" {
		hint = first.Hint + "; or " + hint
	}
	return &agents.Error{Code: agents.CodeScript, Message: fmt.Sprintf("%s could not write a script that works:%s %s", name, where, first.Message), Hint: hint}
}

func clip(text string, n int) string {
	if r := []rune(text); len(r) > n {
		return string(r[:n]) + "…"
	}
	return text
}
