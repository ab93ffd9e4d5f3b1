// Package policy decides. Decide is a pure function of a proposal; its floor is the table below, which nothing overrides.
package policy

import "github.com/stewardhq/steward/agents"

// Proposal is what a step wants, and what the host knows of how it came to want it.
type Proposal struct {
	Run        string `json:"run,omitempty"`
	Automation string `json:"automation,omitempty"` // whose occurrence the run is
	Hash       string `json:"hash,omitempty"`       // of the pinned script
	Agent      string `json:"agent,omitempty"`
	Capability string `json:"capability,omitempty"`

	Effect   agents.Effect    `json:"effect"`
	Script   agents.Label     `json:"script"`             // the script's own label: everything it has read so far
	Revealed bool             `json:"revealed,omitempty"` // the script has read raw text from outside
	Payload  agents.Label     `json:"payload"`            // the join of the labels of what is carried
	Controls []agents.Control `json:"controls,omitempty"` // where the arguments that decide came from
	Aim      *agents.Aim      `json:"aim,omitempty"`      // nil where the capability does not say
	Earlier  int              `json:"earlier,omitempty"`  // items of this effect that the root run has already changed silently
}

// MaxReversible is how many reversible changes a root run may make without a sheet.
const MaxReversible = 20

// row is one line of the floor.
type row struct {
	rule   string
	reason string
	decide func(Proposal) agents.Verdict
}

func always(v agents.Verdict) func(Proposal) agents.Verdict {
	return func(Proposal) agents.Verdict { return v }
}

// floor has a row for every effect. An effect without one is denied.
var floor = map[agents.Effect]row{
	agents.Read:  {"read", "it only looks, and what it saw is joined into the script's label", always(agents.Allow)},
	agents.Local: {"local", "it changes only what you see on this machine; text from outside stays inert and marked", always(agents.Allow)},
	agents.RemoteReversible: {"reversible", "it changes something elsewhere", func(p Proposal) agents.Verdict {
		if p.Earlier >= MaxReversible || p.Script.Outside() || p.Revealed {
			return agents.Ask
		}
		return agents.Allow
	}},
	agents.Egress: {"egress", "something would leave this machine", func(p Proposal) agents.Verdict {
		private := p.Script.Readers.Limited || p.Payload.Readers.Limited
		if private || p.Script.Outside() || p.Payload.Outside() || p.Revealed {
			return agents.Ask
		}
		return agents.Allow
	}},
	agents.Send:     {"send", "somebody would be told something", always(agents.Ask)},
	agents.Delete:   {"delete", "something would be removed", always(agents.Ask)},
	agents.Exec:     {"exec", "a program would be started", always(agents.Ask)},
	agents.Spend:    {"spend", "it would cost money", always(agents.Ask)},
	agents.Standing: {"standing", "it would change how later runs behave", always(agents.Ask)},
}

// Decide is the decision on a proposal, with the rule that made it and why.
func Decide(p Proposal) agents.Decision {
	r, known := floor[p.Effect]
	if !known {
		return agents.Decision{Verdict: agents.Deny, Rule: "undeclared", Reasons: []string{"its effect is not declared"}}
	}
	d := agents.Decision{Verdict: r.decide(p), Rule: r.rule, Reasons: []string{r.reason}}
	if d.Verdict == agents.Ask {
		if p.Revealed {
			d.Reasons = append(d.Reasons, "the script has read text from outside")
		} else if p.Script.Outside() {
			d.Reasons = append(d.Reasons, "something from outside has had a say in what the script does")
		}
		if p.Payload.Outside() {
			d.Reasons = append(d.Reasons, "it carries text from outside")
		}
	}
	return d
}
