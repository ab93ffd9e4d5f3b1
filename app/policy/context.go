package policy

import (
	"slices"
	"strings"
	"time"

	"github.com/cedar-policy/cedar-go"

	"github.com/stewardhq/steward/agents"
)

// known are the attributes of the context that rules can name.
var known = []string{
	"automation", "change", "composed", "controls", "domains", "earlier", "effect", "grantable", "hosts", "hour", "items", "known", "now", "origins",
	"people", "private", "recipients", "revealed", "script", "strangers", "toMe", "untrusted", "weekday",
}

// words are the attributes that have but a few values.
var words = map[string][]string{
	"effect":  {"read", "local", "remote-reversible", "egress", "send", "delete", "exec", "spend", "standing"},
	"change":  {"", "label", "archive", "snooze", "draft", "entry"},
	"weekday": {"mon", "tue", "wed", "thu", "fri", "sat", "sun"},
}

// requestOf is a proposal in the words of Cedar. What is not known is left out, so that a rule that needs it cannot be
// judged, and asks.
func requestOf(p *Proposal, now time.Time) cedar.Request {
	c := make(cedar.RecordMap, len(known))
	c["effect"], c["script"], c["automation"] = cedar.String(p.Effect.String()), cedar.String(p.Hash), cedar.Boolean(p.Automation != "")
	c["untrusted"] = cedar.Boolean(p.Script.Outside() || p.Payload.Outside())
	c["private"], c["revealed"] = cedar.Boolean(private(p)), cedar.Boolean(p.Revealed)
	c["origins"], c["controls"] = kindsOf(p), sourcesOf(p)
	c["grantable"], c["earlier"] = cedar.Boolean(grantable(p)), cedar.Long(p.Earlier)
	if !now.IsZero() {
		c["now"], c["hour"], c["weekday"] = cedar.NewDatetime(now), cedar.Long(now.Hour()), cedar.String(strings.ToLower(now.Weekday().String()[:3]))
	}
	aim := p.Aim
	if aim == nil && (p.Effect == agents.Read || p.Effect == agents.Local) {
		aim = &agents.Aim{} // nobody learns of it, and nothing elsewhere is touched
	}
	if aim != nil {
		describe(c, aim)
	}
	return cedar.Request{
		Principal: cedar.NewEntityUID("Agent", cedar.String(p.Agent)), Action: cedar.NewEntityUID("Action", cedar.String(p.Capability)),
		Resource: cedar.NewEntityUID("Run", cedar.String(p.Run)), Context: cedar.NewRecord(c),
	}
}

func describe(c cedar.RecordMap, a *agents.Aim) {
	people, addresses, domains := make([]cedar.Value, 0, len(a.Recipients)), make([]cedar.Value, 0, len(a.Recipients)), make([]cedar.Value, 0, len(a.Recipients))
	strangers, me, addressed := false, len(a.Recipients) > 0, true
	for _, r := range a.Recipients {
		people = append(people, cedar.String(r.Person))
		strangers, me = strangers || !r.Known && !r.Me, me && r.Me
		address := agents.FoldAddress(r.Address)
		at := strings.LastIndexByte(address, '@')
		if at < 0 {
			addressed = false
			continue
		}
		addresses, domains = append(addresses, cedar.String(address)), append(domains, cedar.String(address[at+1:]))
	}
	c["people"], c["strangers"], c["toMe"] = cedar.NewSet(people...), cedar.Boolean(strangers), cedar.Boolean(me)
	if addressed {
		c["recipients"], c["domains"] = cedar.NewSet(addresses...), cedar.NewSet(domains...)
	}
	hosts := make([]cedar.Value, len(a.Hosts))
	for i, h := range a.Hosts {
		hosts[i] = cedar.String(strings.ToLower(h))
	}
	c["hosts"], c["change"], c["composed"] = cedar.NewSet(hosts...), cedar.String(a.Change), cedar.Boolean(a.Composed)
	c["items"], c["known"] = cedar.Long(len(a.Items)), cedar.Boolean(slices.ContainsFunc(a.Items, mayBeKnown))
}

func kindsOf(p *Proposal) cedar.Set {
	var all []cedar.Value
	for _, l := range [...][]string{p.Script.Origins, p.Payload.Origins} {
		for kind := range kinds(l) {
			all = append(all, cedar.String(kind))
		}
	}
	return cedar.NewSet(all...)
}

func sourcesOf(p *Proposal) cedar.Set {
	all := make([]cedar.Value, len(p.Controls))
	for i, c := range p.Controls {
		all[i] = cedar.String(c.Source)
	}
	return cedar.NewSet(all...)
}

// entities are the two that have parents: an action stands in its effect, a run in its automation.
type entities struct{ action, run cedar.Entity }

func entitiesOf(p *Proposal) *entities {
	e := &entities{
		action: cedar.Entity{
			UID:     cedar.NewEntityUID("Action", cedar.String(p.Capability)),
			Parents: cedar.NewEntityUIDSet(cedar.NewEntityUID("Action", cedar.String(p.Effect.String()))),
		},
		run: cedar.Entity{UID: cedar.NewEntityUID("Run", cedar.String(p.Run))},
	}
	if p.Automation != "" {
		e.run.Parents = cedar.NewEntityUIDSet(cedar.NewEntityUID("Automation", cedar.String(p.Automation)))
	}
	return e
}

// Get gives an entity by its name.
func (e *entities) Get(uid cedar.EntityUID) (cedar.Entity, bool) {
	switch uid {
	case e.action.UID:
		return e.action, true
	case e.run.UID:
		return e.run, true
	}
	return cedar.Entity{}, false
}
