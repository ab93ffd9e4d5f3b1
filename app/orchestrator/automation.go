package orchestrator

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/model/offline"
	"github.com/stewardhq/steward/app/sandbox/script"
	"github.com/stewardhq/steward/app/skill"
)

// Begin accepts a run of an automation's pinned script for an occurrence. What the words of the request mean is worked
// out for the day that is due, not for the day on which they were typed. The run and the occurrence are on disk when it
// returns, or neither is.
func (o *Orchestrator) Begin(ctx context.Context, a agents.Automation, of agents.Occurrence) (agents.Occurrence, error) {
	run := agents.Run{
		Kind: KindAutomation, Automation: a.ID, Request: a.Request, Skill: a.Skill, Planner: a.Planner, Script: a.Script, Params: a.Params, Zone: a.Schedule.Zone,
	}
	if _, err := o.store.Script(ctx, a.Script); err != nil {
		return of, fmt.Errorf("find the pinned script: %w", err)
	}
	if a.Skill != "" {
		zone, err := time.LoadLocation(a.Schedule.Zone)
		if err != nil {
			return of, &agents.Error{Code: agents.CodeGone, Message: fmt.Sprintf("the time zone %q of this automation is not known here", a.Schedule.Zone), Err: err}
		}
		if run.Params, err = o.paramsFor(a.Skill, a.Request, of.Due, zone); err != nil {
			return of, err
		}
	}
	_, err := o.accept(ctx, run, &of)
	return of, err
}

// paramsFor fills in the parameters of one skill from a request as it is meant on a day.
func (o *Orchestrator) paramsFor(name, request string, day time.Time, zone *time.Location) (json.RawMessage, error) {
	chosen, ok := o.skill(name)
	if !ok {
		return nil, &agents.Error{
			Code: agents.CodeGone, Message: fmt.Sprintf("the skill %q is not there any more, so nothing says what the request means today", name),
			Hint: "make the automation anew from a request that works",
		}
	}
	planned, err := offline.Plan(request, []skill.Skill{chosen}, day, zone)
	if err != nil {
		return nil, err
	}
	return params(planned)
}

// params is a plan's parameters as the script gets them.
func params(planned offline.Planned) (json.RawMessage, error) {
	planned.Params["lang"] = json.RawMessage(fmt.Sprintf("%q", planned.Lang))
	raw, err := json.Marshal(planned.Params)
	if err != nil {
		return nil, fmt.Errorf("write the parameters: %w", err)
	}
	return raw, nil
}

// Propose works out an automation from the user's words, which say when and may say what; what they leave out is that of
// an earlier run. It gives the source of the script that the automation would be pinned to, and changes nothing.
func (o *Orchestrator) Propose(ctx context.Context, text, after string) (a agents.Automation, source string, err error) {
	said, err := offline.Schedule(text)
	if err != nil {
		return a, "", err
	}
	a = agents.Automation{Request: said.Request, Words: said.Words, Lang: said.Lang, Schedule: agents.Schedule{Days: said.Days, Time: said.Time, Zone: o.zone.String()}}
	switch {
	case a.Request != "" && !o.asked(ctx, after, a.Request):
		source, err = o.bindRequest(&a)
	case after != "":
		source, err = o.bindRun(ctx, &a, after)
	default:
		err = inWords(a.Lang, agents.CodeInvalid,
			"this says when, and not what", "say both, as in “Brief me on today's mail every weekday at 8:00”, or name the run to repeat",
			"這裡說了什麼時候，沒有說要做什麼", "請一起說，例如「每個工作日早上八點整理今天的郵件」，或指定要重複的執行")
	}
	return a, source, err
}

// asked reports whether a run was asked for in these words: then it is that run that is to be repeated, with its script.
func (o *Orchestrator) asked(ctx context.Context, after, request string) bool {
	if after == "" {
		return false
	}
	run, err := o.store.Run(ctx, after)
	bare := func(text string) string { return strings.ToLower(strings.Trim(text, " .,!。，！")) }
	return err == nil && bare(run.Request) == bare(request)
}

// bindRequest finds the skill that the request asks for.
func (o *Orchestrator) bindRequest(a *agents.Automation) (string, error) {
	planned, err := offline.Plan(a.Request, o.skills, o.now(), o.zone)
	if err != nil {
		e := *agents.AsError(err)
		e.Hint = inWords(a.Lang, "", "", e.Hint+"; or ask for it once, and then repeat that run: steward automations add “every weekday at 8:00” --from RUN",
			"", e.Hint+"；或先執行一次，再重複那次執行：steward automations add「每個工作日早上八點」--from RUN").Hint
		return "", &e
	}
	chosen, ok := o.skill(planned.Skill)
	if !ok {
		return "", fmt.Errorf("the planner chose the skill %q, which is not there", planned.Skill)
	}
	compiled, err := script.Compile(chosen.Script)
	if err != nil {
		return "", err
	}
	a.Skill, a.Planner, a.Script = chosen.Name, Offline, compiled.Hash
	return chosen.Script, nil
}

// bindRun takes what an earlier run was: its script, and what it was asked for.
func (o *Orchestrator) bindRun(ctx context.Context, a *agents.Automation, id string) (string, error) {
	run, err := o.store.Run(ctx, id)
	if err != nil {
		return "", err
	}
	if run.State != agents.Done || run.Script == "" {
		return "", inWords(a.Lang, agents.CodeInvalid,
			"only a run that is done and came from a script can be repeated", "choose another one: steward runs list",
			"只有已完成、而且由程式執行的項目才能重複", "請選另一個：steward runs list")
	}
	pinned, err := o.store.Script(ctx, run.Script)
	if err != nil {
		return "", fmt.Errorf("find the run's script: %w", err)
	}
	a.Request, a.Skill, a.Planner, a.Script, a.From = run.Request, run.Skill, run.Planner, run.Script, run.ID
	if a.Skill == "" {
		a.Params = run.Params
		return pinned.Source, nil
	}
	_, err = o.paramsFor(a.Skill, a.Request, o.now(), o.zone) // what is not understood then is better said now
	return pinned.Source, err
}

func inWords(lang, code, message, hint, chinese, chineseHint string) *agents.Error {
	if lang == offline.Chinese {
		return &agents.Error{Code: code, Message: chinese, Hint: chineseHint}
	}
	return &agents.Error{Code: code, Message: message, Hint: hint}
}
