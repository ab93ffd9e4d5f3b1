package orchestrator

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/connect/web"
	"github.com/stewardhq/steward/app/engine"
	"github.com/stewardhq/steward/app/model"
	"github.com/stewardhq/steward/app/model/offline"
	"github.com/stewardhq/steward/app/skill"
)

// Offline is the planner that needs no model.
const Offline = "offline"

// plan finds out how a request is carried out, and pins the script for it. The planner sees the user's typed words and
// what can be called, and nothing that came from outside.
func (o *Orchestrator) plan(ctx context.Context, run agents.Run) (agents.Run, error) {
	if run.Planner == Offline {
		return o.planOffline(ctx, run)
	}
	return o.planWithModel(ctx, run)
}

// planOffline matches the request to a skill and fills in its parameters.
func (o *Orchestrator) planOffline(ctx context.Context, run agents.Run) (agents.Run, error) {
	zone, err := time.LoadLocation(run.Zone)
	if err != nil {
		return run, fmt.Errorf("load the run's time zone: %w", err)
	}
	planned, err := offline.Plan(run.Request, o.skills, run.Created, zone)
	if err != nil {
		return run, err
	}
	if run.Params, err = params(planned); err != nil {
		return run, err
	}
	chosen, ok := o.skill(planned.Skill)
	if !ok {
		return run, fmt.Errorf("the planner chose the skill %q, which is not there", planned.Skill)
	}
	run.Skill = chosen.Name
	run.Script, err = o.Deploy(ctx, chosen.Name, chosen.Script)
	return run, err
}

func (o *Orchestrator) skill(name string) (skill.Skill, bool) {
	for _, s := range o.skills {
		if s.Name == name {
			return s, true
		}
	}
	return skill.Skill{}, false
}

// planWithModel has a model write the script. An answer in words is kept as what it is: nothing was done, and nothing
// vouches for it.
func (o *Orchestrator) planWithModel(ctx context.Context, run agents.Run) (agents.Run, error) {
	zone, err := time.LoadLocation(run.Zone)
	if err != nil {
		return run, fmt.Errorf("load the run's time zone: %w", err)
	}
	client, err := o.models.open(ctx, run.Planner)
	if err != nil {
		return run, err
	}
	o.engine.Events().Tell(engine.Event{Run: run.ID, Kind: "progress", Text: run.Planner + " is asked to write a script"})
	planner := model.Planner{Client: client, Meter: o.models.meter(run.ID)}
	planned, err := planner.Plan(web.WithPurpose(ctx, run.ID, "plan the request"), model.PlanRequest{
		Request: run.Request, API: o.registry.Declarations(), Skills: o.index(), Now: run.Created, Zone: zone, Check: o.problems,
	})
	run.Usage = run.Usage.Add(planned.Usage)
	if err != nil {
		return run, err
	}
	if planned.Source == "" {
		answer := agents.Plain(planned.Answer)
		run.Result, run.State, run.Ended = &answer, agents.Done, o.now()
		return run, nil
	}
	run.Script, err = o.Deploy(ctx, "written by "+run.Planner, planned.Source)
	return run, err
}

// index is a line for each skill: its name and what a person would type for it.
func (o *Orchestrator) index() []string {
	lines := make([]string, len(o.skills))
	for i, s := range o.skills {
		what := s.Examples[offline.English]
		if what == "" {
			what, _, _ = strings.Cut(s.Description, ". ")
		}
		lines[i] = s.Name + ": " + what
	}
	return lines
}

func (o *Orchestrator) problems(source string) []model.Problem {
	found := o.Check(source)
	problems := make([]model.Problem, len(found))
	for i, p := range found {
		problems[i] = model.Problem{Line: p.Line, Message: p.Message, Hint: p.Hint}
	}
	return problems
}
