package api

import (
	"context"

	"github.com/stewardhq/steward/app"
)

// Agents lists who can do what.
type Agents struct{ a *app.App }

// AgentInfo is one agent.
type AgentInfo struct {
	Name         string           `json:"name"`
	Purpose      string           `json:"purpose"`
	Capabilities []CapabilityInfo `json:"capabilities"`
}

// CapabilityInfo is one capability with its line of steward.d.ts.
type CapabilityInfo struct {
	Name      string `json:"name"`
	Effect    string `json:"effect"`
	Doc       string `json:"doc"`
	Signature string `json:"signature"`
}

// AgentList is all agents.
type AgentList struct {
	Agents []AgentInfo `json:"agents"`
	Skills []SkillInfo `json:"skills"`
}

// SkillInfo is one skill.
type SkillInfo struct {
	Name        string            `json:"name"`
	Description string            `json:"description"`
	Examples    map[string]string `json:"examples"`
}

// List gives agents and skills.
func (s *Agents) List(context.Context, Nothing) (AgentList, error) {
	out := AgentList{}
	for _, agent := range s.a.Registry.Agents() {
		info := AgentInfo{Name: agent.Name, Purpose: agent.Purpose}
		for _, c := range agent.Capabilities {
			bound, _ := s.a.Registry.Lookup(c.Name)
			info.Capabilities = append(info.Capabilities, CapabilityInfo{c.Name, c.Effect.String(), c.Doc, bound.Signature()})
		}
		out.Agents = append(out.Agents, info)
	}
	for _, sk := range s.a.Orchestrator.Skills() {
		out.Skills = append(out.Skills, SkillInfo{sk.Name, sk.Description, sk.Examples})
	}
	return out, nil
}

// System tells how Steward itself is doing.
type System struct{ a *app.App }

// Health is what doctor found.
type Health struct {
	Checks []app.HealthCheck `json:"checks"`
	OK     bool              `json:"ok"`
}

// Doctor looks at everything that Steward stands on.
func (s *System) Doctor(ctx context.Context, _ Nothing) (Health, error) {
	h := Health{Checks: s.a.Examine(ctx), OK: true}
	for _, c := range h.Checks {
		h.OK = h.OK && c.OK
	}
	return h, nil
}
