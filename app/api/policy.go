package api

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app"
	"github.com/stewardhq/steward/app/policy"
)

// Policy shows and changes what the user chose of what Steward may do, and explains its decisions.
type Policy struct{ a *app.App }

// PolicyState is the mode, the rules, and what each agent may use at all.
type PolicyState struct {
	Mode     policy.Mode      `json:"mode"`
	Rules    string           `json:"rules"`
	Problems []policy.Problem `json:"problems"` // with the rules; all of them harmless, unless what is stored was damaged
	Agents   []Role           `json:"agents"`
}

// Role is what an agent may use.
type Role struct {
	Name         string           `json:"name"`
	Capabilities []RoleCapability `json:"capabilities"`
}

// RoleCapability is a capability and what it does to the world.
type RoleCapability struct {
	Name   string `json:"name"`
	Effect string `json:"effect"`
}

// Get gives the policy as it is.
func (s *Policy) Get(ctx context.Context, _ Nothing) (PolicyState, error) {
	settings, err := s.a.Trust.Settings(ctx)
	if err != nil {
		return PolicyState{}, err
	}
	source, problems, err := s.a.Trust.Rules(ctx)
	if err != nil {
		return PolicyState{}, err
	}
	out := PolicyState{Mode: settings.Mode, Rules: source, Agents: []Role{}}
	if out.Mode == "" {
		out.Mode = policy.Balanced
	}
	for _, a := range s.a.Registry.Agents() {
		role := Role{Name: a.Name, Capabilities: []RoleCapability{}}
		for _, c := range a.Capabilities {
			role.Capabilities = append(role.Capabilities, RoleCapability{Name: c.Name, Effect: c.Effect.String()})
		}
		out.Agents = append(out.Agents, role)
	}
	out.Problems = list(append(slices.Clone(problems), s.strange(settings.Rules)...))
	return out, nil
}

// strange tells of capabilities that rules name and nobody has: such a rule has no effect now.
func (s *Policy) strange(rules *policy.Rules) []policy.Problem {
	var all []policy.Problem
	for _, name := range rules.Capabilities() {
		if _, there := s.a.Registry.Lookup(name); !there {
			all = append(all, policy.Problem{
				Line: 1, Column: 1, Harmless: true, Message: fmt.Sprintf("no agent has a capability %q", name), Hint: "see `steward policy show`",
			})
		}
	}
	return all
}

// PolicyMode is a mode to choose.
type PolicyMode struct {
	Mode policy.Mode `json:"mode"`
}

// SetMode chooses how careful Steward is.
func (s *Policy) SetMode(ctx context.Context, in PolicyMode) (PolicyState, error) {
	if err := s.a.Trust.SetMode(ctx, in.Mode); err != nil {
		return PolicyState{}, err
	}
	return s.Get(ctx, Nothing{})
}

// PolicyRules are rules in Cedar; none are "".
type PolicyRules struct {
	Rules string `json:"rules"`
}

// SetRules puts the user's rules in the place of the old ones. Rules that cannot be read are refused.
func (s *Policy) SetRules(ctx context.Context, in PolicyRules) (PolicyState, error) {
	if _, err := s.a.Trust.SetRules(ctx, in.Rules); err != nil {
		return PolicyState{}, err
	}
	return s.Get(ctx, Nothing{})
}

// Supposed is what to explain: a step of a run as it was decided, or a proposal that somebody supposes.
type Supposed struct {
	Run      string           `json:"run,omitempty"`
	Step     int              `json:"step,omitempty"`
	Proposal *policy.Proposal `json:"proposal,omitempty"`
}

// Explained is why something is decided as it is under the settings of now. For a recorded step it tells what was decided
// then.
type Explained struct {
	policy.Explanation

	Decided *agents.Decision `json:"decided,omitempty"`
}

// Explain says which layer and rule decide, and what would change it.
func (s *Policy) Explain(ctx context.Context, in Supposed) (Explained, error) {
	settings, err := s.a.Trust.Settings(ctx)
	if err != nil {
		return Explained{}, err
	}
	switch {
	case in.Proposal != nil && in.Run == "" && in.Step == 0:
		return Explained{Explanation: policy.Explain(*in.Proposal, settings)}, nil
	case in.Proposal != nil || in.Run == "":
		return Explained{}, &agents.Error{Code: agents.CodeInvalid, Message: "say what to explain", Hint: "a run and a step, or a proposal"}
	}
	step, err := s.step(ctx, in.Run, in.Step)
	if err != nil {
		return Explained{}, err
	}
	var p policy.Proposal
	if len(step.Proposal) == 0 {
		return Explained{}, &agents.Error{Code: agents.CodeNotFound, Message: fmt.Sprintf("nothing was decided for step %d, or it was not written down why", in.Step), Hint: "see `steward runs show " + step.Run + "`"}
	}
	if err := json.Unmarshal(step.Proposal, &p); err != nil {
		return Explained{}, &agents.Error{Code: agents.CodeDamaged, Message: "what was decided on cannot be read any more", Hint: "see `steward doctor`", Err: err}
	}
	return Explained{Explanation: policy.Explain(p, settings), Decided: &step.Decision}, nil
}

func (s *Policy) step(ctx context.Context, id string, seq int) (agents.Step, error) {
	run, err := s.a.Store.Run(ctx, id)
	if err != nil {
		return agents.Step{}, err
	}
	steps, err := s.a.Store.Steps(ctx, run.ID)
	if err != nil {
		return agents.Step{}, err
	}
	i := slices.IndexFunc(steps, func(s agents.Step) bool { return s.Seq == seq })
	if i < 0 {
		return agents.Step{}, &agents.Error{Code: agents.CodeNotFound, Message: fmt.Sprintf("the run has no step %d", seq), Hint: "see `steward runs show " + run.ID + "`"}
	}
	return steps[i], nil
}

// PolicyCases is a file of cases, in YAML.
type PolicyCases struct {
	Cases string `json:"cases"`
}

// PolicyResults is what became of the cases.
type PolicyResults struct {
	Results []policy.CaseResult `json:"results"`
}

// Test decides cases under the settings of now, and says which are not decided as they want. It changes nothing.
func (s *Policy) Test(ctx context.Context, in PolicyCases) (PolicyResults, error) {
	settings, err := s.a.Trust.Settings(ctx)
	if err != nil {
		return PolicyResults{}, err
	}
	settings.Roles = nil // a case is about a decision, and need not name an agent
	results, err := policy.RunCases([]byte(in.Cases), settings)
	return PolicyResults{list(results)}, err
}

// Grants lists and ends what the user allowed automations.
type Grants struct{ a *app.App }

// GrantList is grants, oldest first.
type GrantList struct {
	Grants []GrantState `json:"grants"`
}

// GrantState is a grant, and whether it can still be used.
type GrantState struct {
	agents.Grant

	EffectName string `json:"effect_name"`
	Open       bool   `json:"open"`
	Text       string `json:"text"` // as a rule in Cedar
}

// List lists all grants, those that ran out included.
func (s *Grants) List(ctx context.Context, _ Nothing) (GrantList, error) {
	all, err := s.a.Trust.Grants(ctx)
	if err != nil {
		return GrantList{}, err
	}
	settings, err := s.a.Trust.Settings(ctx)
	if err != nil {
		return GrantList{}, err
	}
	out := GrantList{Grants: []GrantState{}}
	for _, g := range all {
		g.Recipients, g.Hosts, g.Origins, g.Names = list(g.Recipients), list(g.Hosts), list(g.Origins), list(g.Names)
		out.Grants = append(out.Grants, GrantState{Grant: g, EffectName: g.Effect.String(), Open: g.Open(settings.Now), Text: policy.RenderGrant(g)})
	}
	return out, nil
}

// GrantID names a grant: its id, or a prefix that fits one only.
type GrantID struct {
	ID string `json:"id"`
}

// Revoke ends a grant; what it allowed before stays done.
func (s *Grants) Revoke(ctx context.Context, in GrantID) (Nothing, error) {
	return Nothing{}, s.a.Trust.Revoke(ctx, in.ID)
}
