// Package policy decides. [Decide] is a pure function of a proposal and the user's settings, in layers: the floor, which
// nothing overrides; what each agent may do at all; the mode and the user's rules in Cedar, which only tighten; and last a
// grant that a person gave, which is the only thing that answers a question of the floor in the user's place.
package policy

import (
	"slices"
	"time"

	"github.com/stewardhq/steward/agents"
)

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

// Mode is how careful Steward is beyond its floor.
type Mode string

// The modes. The zero value is Balanced; one that is not known here counts as Locked.
const (
	Balanced Mode = "balanced" // the floor as it is
	Careful  Mode = "careful"  // reversible changes and requests ask too
	Locked   Mode = "locked"   // nothing beyond reading and this machine
)

// Modes are all of them, from the loosest.
var Modes = []Mode{Balanced, Careful, Locked}

// Settings are what the user chose. The zero value is the floor alone.
type Settings struct {
	Mode   Mode
	Rules  *Rules // nil for none
	Grants []agents.Grant
	Now    time.Time           // in the user's zone; while it is zero no grant is open
	Roles  map[string][]string // agent to the names of its capabilities; nil checks none
}

// Decide is the decision on a proposal, with the rule that made it and why.
func Decide(p Proposal, s Settings) agents.Decision {
	d := decideFloor(p)
	if d.Verdict == agents.Deny {
		return d
	}
	if s.Roles != nil && !slices.Contains(s.Roles[p.Agent], p.Capability) {
		return decision(agents.Deny, "role", "role")
	}
	tighten(&d, decideMode(p, s.Mode))
	ruled := s.Rules.decide(p, s.Now)
	tighten(&d, ruled)
	if d.Verdict != agents.Ask || ruled.Verdict == agents.Ask { // what the user said to be asked, a grant does not answer
		return d
	}
	for i := range s.Grants {
		if Answers(s.Grants[i], p, s.Now) {
			return agents.Decision{
				Verdict: agents.Allow, Rule: "grant", Grant: s.Grants[i].ID,
				Reasons: append([]string{reasons["grant"]}, d.Reasons...), Codes: append([]string{"grant"}, d.Codes...),
			}
		}
	}
	return d
}

// strictness orders the verdicts; one that is not known is a denial.
func strictness(v agents.Verdict) int {
	switch v {
	case agents.Allow:
		return 0
	case agents.Ask:
		return 1
	default:
		return 2
	}
}

// tighten takes a layer's word where it is stricter, and its reasons where it says the same. A layer without a word has
// the zero verdict.
func tighten(d *agents.Decision, layer agents.Decision) {
	switch {
	case layer.Verdict == "" || strictness(layer.Verdict) < strictness(d.Verdict):
	case strictness(layer.Verdict) > strictness(d.Verdict):
		if d.Verdict != agents.Allow { // why it was allowed no longer matters
			layer.Reasons, layer.Codes = append(layer.Reasons, d.Reasons...), append(layer.Codes, d.Codes...)
		}
		*d = layer
	case layer.Verdict != agents.Allow:
		d.Reasons, d.Codes = append(d.Reasons, layer.Reasons...), append(d.Codes, layer.Codes...)
	}
}

// decideMode is the mode's word; the zero decision where it has none.
func decideMode(p Proposal, m Mode) agents.Decision {
	switch m {
	case "", Balanced:
		return agents.Decision{}
	case Careful:
		if p.Effect == agents.RemoteReversible || p.Effect == agents.Egress {
			return decision(agents.Ask, "mode.careful", "mode.careful")
		}
		return agents.Decision{}
	default:
		if p.Effect == agents.Read || p.Effect == agents.Local {
			return agents.Decision{}
		}
		return decision(agents.Deny, "mode.locked", "mode.locked")
	}
}

func decision(v agents.Verdict, rule string, codes ...string) agents.Decision {
	d := agents.Decision{Verdict: v, Rule: rule, Codes: codes, Reasons: make([]string, len(codes))}
	for i, c := range codes {
		d.Reasons[i] = reasons[c]
	}
	return d
}
