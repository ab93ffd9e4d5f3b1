package policy

import (
	"slices"

	"github.com/stewardhq/steward/agents"
)

// Explanation is why a proposal is decided as it is, and what would change it.
type Explanation struct {
	Verdict agents.Verdict `json:"verdict"`
	Rule    string         `json:"rule"`
	Layers  []Layer        `json:"layers"`
	Changes []Difference   `json:"changes"`
}

// Layer is the word of one layer. Its verdict is "" where it has none.
type Layer struct {
	Layer   string         `json:"layer"` // "floor", "roles", "mode", "rules", "grants", in the order in which they speak
	Verdict agents.Verdict `json:"verdict"`
	Rule    string         `json:"rule"`
	Reasons []string       `json:"reasons"`
	Codes   []string       `json:"codes"`
}

// Difference is something that would have made the decision another one. Each was found by deciding on a proposal that differs
// in nothing else.
type Difference struct {
	Code    string         `json:"code"`
	Text    string         `json:"text"`
	Verdict agents.Verdict `json:"verdict"`
}

// Explain says which layer and rule decide a proposal, what every layer says, and what would change it.
func Explain(p Proposal, s Settings) Explanation {
	d := Decide(p, s)
	e := Explanation{Verdict: d.Verdict, Rule: d.Rule, Changes: []Difference{}}
	add := func(name string, d agents.Decision) {
		l := Layer{Layer: name, Verdict: d.Verdict, Rule: d.Rule, Reasons: d.Reasons, Codes: d.Codes}
		if d.Verdict == "" {
			l.Reasons, l.Codes = []string{}, []string{}
		}
		e.Layers = append(e.Layers, l)
	}
	add("floor", decideFloor(p))
	var roles agents.Decision
	if s.Roles != nil && !slices.Contains(s.Roles[p.Agent], p.Capability) {
		roles = decision(agents.Deny, "role", "role")
	}
	add("roles", roles)
	add("mode", decideMode(p, s.Mode))
	add("rules", s.Rules.decide(p, s.Now))
	var grants agents.Decision
	if d.Rule == "grant" {
		grants = decision(agents.Allow, "grant", "grant")
	}
	add("grants", grants)
	for _, c := range changes {
		q, t := p.copy(), s
		if !c.make(&q, &t) {
			continue
		}
		if v := Decide(q, t).Verdict; v != d.Verdict {
			e.Changes = append(e.Changes, Difference{Code: c.code, Text: c.text, Verdict: v})
		}
	}
	return e
}

// copy is a proposal that can be changed.
func (p Proposal) copy() Proposal {
	p.Controls = slices.Clone(p.Controls)
	if p.Aim != nil {
		aim := *p.Aim
		aim.Recipients, aim.Hosts, aim.Items, aim.Sources = slices.Clone(aim.Recipients), slices.Clone(aim.Hosts), slices.Clone(aim.Items), slices.Clone(aim.Sources)
		p.Aim = &aim
	}
	return p
}

// changes are the ways in which a proposal or the settings could have been otherwise. One that does not apply gives false.
var changes = []struct {
	code, text string
	make       func(p *Proposal, s *Settings) bool
}{
	{"without.influence", "if nothing from outside had had a say in what the script does", func(p *Proposal, _ *Settings) bool {
		changed := p.Script.Outside() || p.Revealed
		p.Script.Integrity, p.Revealed = min(p.Script.Integrity, agents.FromHost), false
		return changed
	}},
	{"without.reveal", "if the script had not read raw text", func(p *Proposal, _ *Settings) bool {
		changed := p.Revealed
		p.Revealed = false
		return changed
	}},
	{"without.private", "if nothing private had been read or were carried", func(p *Proposal, _ *Settings) bool {
		changed := private(p)
		p.Script.Readers, p.Payload.Readers = agents.Readers{}, agents.Readers{}
		return changed
	}},
	{"without.payload", "if it carried nothing from outside", func(p *Proposal, _ *Settings) bool {
		changed := p.Payload.Outside() || p.Payload.Readers.Limited
		p.Payload = agents.Label{}
		return changed
	}},
	{"typed", "if you had typed where it goes, word for word, or Steward had issued it", func(p *Proposal, _ *Settings) bool {
		changed := slices.ContainsFunc(p.Controls, doubtful)
		for i := range p.Controls {
			if doubtful(p.Controls[i]) {
				p.Controls[i].Source = agents.SourceTyped
			}
		}
		return changed
	}},
	{"first", "if it were the first of its kind that this request did", func(p *Proposal, _ *Settings) bool {
		changed := p.Earlier != 0
		p.Earlier = 0
		return changed
	}},
	{"fewer", "if it touched fewer things at once", func(p *Proposal, _ *Settings) bool {
		if p.Aim == nil || len(p.Aim.Items) < 2 {
			return false
		}
		p.Aim.Items = p.Aim.Items[:1]
		return true
	}},
	{"strangers.only", "if nothing among it were from a person you know", func(p *Proposal, _ *Settings) bool {
		if p.Aim == nil || !slices.ContainsFunc(p.Aim.Items, mayBeKnown) {
			return false
		}
		p.Aim.Items = slices.DeleteFunc(p.Aim.Items, mayBeKnown)
		if len(p.Aim.Items) == 0 {
			p.Aim.Items = []agents.Item{{Author: "-"}}
		}
		return true
	}},
	{"known.sources", "if all that it was made from were from people you know", func(p *Proposal, _ *Settings) bool {
		if p.Aim == nil || p.Aim.Change != agents.ChangeEntry {
			return false
		}
		p.Aim.Sources = []agents.Item{{Author: "-", Known: true}}
		return true
	}},
	{"to.self", "if it went to your own address alone", func(p *Proposal, _ *Settings) bool {
		if p.Aim == nil || len(p.Aim.Recipients) == 0 {
			return false
		}
		p.Aim.Recipients = []agents.Recipient{{Person: "-", Me: true, Known: true, Participant: true}}
		return true
	}},
	{"to.thread", "if it went only to who is in the conversation, and was a reader of all that was read", func(p *Proposal, _ *Settings) bool {
		if p.Aim == nil || p.Aim.Change != agents.ChangeDraft {
			return false
		}
		p.Script.Readers, p.Payload.Readers = agents.Readers{}, agents.Readers{}
		p.Aim.Recipients = []agents.Recipient{{Person: "-", Participant: true}}
		return true
	}},
	{"author.knows", "if who wrote the item proved it, may know everything that was read, and the link led to their own site", func(p *Proposal, _ *Settings) bool {
		if p.Aim == nil || p.Effect != agents.Egress {
			return false
		}
		p.Script.Readers, p.Payload.Readers = agents.Only("-"), agents.Only("-")
		p.Aim.Author = &agents.Recipient{Person: "-"}
		if len(p.Aim.Hosts) > 0 {
			p.Aim.Hosts = p.Aim.Hosts[:1]
			p.Aim.Author.Address = "-@" + p.Aim.Hosts[0]
		}
		return true
	}},
	{"more.private", "if something private had been read", func(p *Proposal, _ *Settings) bool {
		p.Script = p.Script.Join(agents.Label{Integrity: agents.Untrusted, Readers: agents.Only()})
		return true
	}},
	{"more.reveal", "if the script had read raw text", func(p *Proposal, _ *Settings) bool {
		changed := !p.Revealed
		p.Revealed = true
		return changed
	}},
	{"more.people", "if it went to somebody else too", func(p *Proposal, _ *Settings) bool {
		if p.Aim == nil {
			return false
		}
		p.Aim.Recipients = append(p.Aim.Recipients, agents.Recipient{Person: "-"})
		return true
	}},
	{"more.before", "if this request had done twenty of its kind already", func(p *Proposal, _ *Settings) bool {
		p.Earlier += MaxReversible
		return true
	}},
	{"script.chose", "if the script had written where it goes", func(p *Proposal, _ *Settings) bool {
		p.Controls = append(p.Controls, agents.Control{Source: agents.SourceScript})
		return true
	}},
	{"mode.balanced", "if the mode were balanced", func(_ *Proposal, s *Settings) bool {
		changed := s.Mode != "" && s.Mode != Balanced
		s.Mode = Balanced
		return changed
	}},
	{"mode.careful", "if the mode were careful", func(_ *Proposal, s *Settings) bool {
		changed := s.Mode != Careful
		s.Mode = Careful
		return changed
	}},
	{"mode.locked", "if Steward were locked", func(_ *Proposal, s *Settings) bool {
		changed := s.Mode != Locked
		s.Mode = Locked
		return changed
	}},
	{"no.rules", "without your rules", func(_ *Proposal, s *Settings) bool {
		changed := s.Rules != nil
		s.Rules = nil
		return changed
	}},
	{"no.roles", "if the agent might use this capability", func(_ *Proposal, s *Settings) bool {
		changed := s.Roles != nil
		s.Roles = nil
		return changed
	}},
	{"no.grants", "without the grant that you gave", func(_ *Proposal, s *Settings) bool {
		changed := len(s.Grants) > 0
		s.Grants = nil
		return changed
	}},
	{"grant", "if you gave the automation a grant for exactly this", func(p *Proposal, s *Settings) bool {
		g, ok := OfferGrant(*p, s.Now)
		s.Grants = append(slices.Clone(s.Grants), g)
		return ok
	}},
	{"automation", "if an automation did it, and had a grant for exactly this", func(p *Proposal, s *Settings) bool {
		if p.Automation != "" {
			return false
		}
		p.Automation, p.Hash = "-", "-"
		g, ok := OfferGrant(*p, s.Now)
		s.Grants = append(slices.Clone(s.Grants), g)
		return ok
	}},
}
