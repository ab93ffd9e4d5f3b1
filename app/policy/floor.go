package policy

import (
	"slices"

	"github.com/stewardhq/steward/agents"
)

// MaxReversible is how many reversible changes a root run may make without a sheet.
const MaxReversible = 20

// row is one line of the floor: what the effect means, and what speaks against doing it silently. Where nothing does it
// is allowed; otherwise the user is asked.
type row struct {
	rule    string
	against func(p *Proposal, why *objections)
}

// floor has a row for every effect. An effect without one is denied.
var floor = map[agents.Effect]row{
	agents.Read:             {"read", nothing},
	agents.Local:            {"local", nothing},
	agents.RemoteReversible: {"reversible", againstChange},
	agents.Egress:           {"egress", againstEgress},
	agents.Send:             {"send", againstSend},
	agents.Delete:           {"delete", always},
	agents.Exec:             {"exec", always},
	agents.Spend:            {"spend", always},
	agents.Standing:         {"standing", always},
}

// objections are the codes of what speaks against doing something silently.
type objections struct {
	codes []string
	ask   bool // even where no code says why: the effect itself asks
}

func (o *objections) when(holds bool, code string) {
	if holds {
		o.codes, o.ask = append(o.codes, code), true
	}
}

// decideFloor is the floor's word.
func decideFloor(p Proposal) agents.Decision {
	r, known := floor[p.Effect]
	if !known {
		return decision(agents.Deny, "undeclared", "undeclared")
	}
	if why := never(&p); why != "" {
		d := decision(agents.Deny, "denied.never", "denied.never")
		d.Reasons[0] = why
		return d
	}
	if toSelf(&p) {
		return decision(agents.Allow, "self", "self")
	}
	why := objections{codes: append(make([]string, 0, 6), r.rule)}
	r.against(&p, &why)
	if why.ask {
		return decision(agents.Ask, r.rule, why.codes...)
	}
	return decision(agents.Allow, r.rule, r.rule)
}

// never is why something must not be done, whoever says yes: what its agent says of it, and a request by which somebody
// learns that a mail is read.
func never(p *Proposal) string {
	switch {
	case p.Aim == nil:
		return ""
	case p.Aim.Never != "":
		return p.Aim.Never
	case p.Aim.Unsubscribes && p.Effect == agents.Egress:
		return reasons["send.unsubscribe"]
	}
	return ""
}

func nothing(*Proposal, *objections) {}

// always asks: nothing but an exact grant answers in the user's place.
func always(p *Proposal, why *objections) {
	why.ask = true
	why.when(p.Aim == nil, "no-aim")
	controls(p, why)
	past(p, why)
}

// toSelf is a mail to the user's own confirmed address and to nobody else. That is local, unless the script has read raw
// text: from then on every send asks.
func toSelf(p *Proposal) bool {
	return p.Effect == agents.Send && p.Aim != nil && len(p.Aim.Recipients) > 0 && len(p.Aim.Hosts) == 0 &&
		!slices.ContainsFunc(p.Aim.Recipients, func(r agents.Recipient) bool { return !r.Me }) &&
		!p.Aim.Unsubscribes && !p.Revealed && !slices.ContainsFunc(p.Controls, doubtful)
}

// againstSend: telling a third person something is always shown, and so is unsubscribing.
func againstSend(p *Proposal, why *objections) {
	why.ask = true
	if p.Aim == nil || len(p.Aim.Recipients) == 0 {
		why.when(true, "no-aim")
	} else {
		why.when(p.Aim.Composed, "send.composed")
		why.when(p.Aim.Unsubscribes, "send.unsubscribe")
	}
	audience(p, why, "readers")
	controls(p, why)
	past(p, why)
}

// againstEgress: influence matters once something private is joined. The recipient of a link is the author of the item it
// stands in, if the link leads to the author's own domain. Where it leads elsewhere, whoever is there learns which of the
// links was followed, and so only a script in whose choice nothing but the user had a say follows it silently. An address or a query that the user typed whole is silent once a run while influence is none.
func againstEgress(p *Proposal, why *objections) {
	controls(p, why)
	if p.Aim == nil || len(p.Aim.Hosts) == 0 {
		why.when(true, "no-aim")
		past(p, why)
		return
	}
	a := p.Aim
	why.when(a.Hidden, "egress.hidden")
	audience(p, why, "readers")
	why.when(p.Revealed, "revealed")
	knows := a.Author != nil && mayKnow(p, *a.Author)
	if !private(p) || knows && (p.Script.Integrity == agents.FromUser || toAuthor(a)) {
		return
	}
	typed := whollyTyped(p) && !p.Script.Outside() && !p.Payload.Outside() && !p.Payload.Readers.Limited
	if typed && p.Earlier == 0 {
		return
	}
	why.when(typed, "egress.again")
	why.when(!typed, "egress.private")
	why.when(!typed && a.Author != nil && !knows, "egress.author")
	why.when(!typed && knows, "egress.elsewhere")
	why.when(p.Script.Outside() && !p.Revealed, "influence")
	why.when(p.Payload.Outside(), "outside")
}

// againstChange: a root run may make 20 reversible changes, each kind within its own bounds.
func againstChange(p *Proposal, why *objections) {
	controls(p, why)
	why.when(p.Earlier < 0 || p.Earlier > MaxReversible-Items(*p), "reversible.many")
	if p.Aim == nil {
		why.when(true, "no-aim")
		past(p, why)
		return
	}
	a := p.Aim
	switch a.Change {
	case agents.ChangeLabel, agents.ChangeArchive, agents.ChangeSnooze: // also under influence: they carry no text to anybody
		why.when(len(a.Items) == 0, "no-aim")
		why.when(a.Change != agents.ChangeLabel && slices.ContainsFunc(a.Items, mayBeKnown), "reversible.known")
		audience(p, why, "reversible.audience")
	case agents.ChangeEntry: // without guests, and its sources are people whom the user knows
		why.when(len(a.Recipients) > 0, "reversible.audience")
		outside := p.Script.Outside() || p.Payload.Outside()
		why.when(slices.ContainsFunc(a.Sources, unknown) || outside && len(a.Sources) == 0, "reversible.source")
		why.when(p.Revealed, "revealed")
	case agents.ChangeDraft: // to those who are in the conversation, and who were readers of all that is in it
		stranger := func(r agents.Recipient) bool { return !r.Participant && !r.Me }
		if len(a.Recipients) == 0 || slices.ContainsFunc(a.Recipients, stranger) {
			why.when(true, "reversible.audience")
		} else {
			audience(p, why, "reversible.audience")
		}
		why.when(p.Revealed, "revealed")
	default:
		why.when(true, "reversible.kind")
		past(p, why)
	}
}

// Items is how many things a reversible change counts for: what it touches, and one where it does not say.
func Items(p Proposal) int {
	if p.Aim == nil {
		return 1
	}
	return max(1, len(p.Aim.Items))
}

// controls objects to an argument that decides and is neither an object of the host, nor typed whole by the user, nor one
// of the capability's own choices.
func controls(p *Proposal, why *objections) {
	script, content := false, false
	for _, c := range p.Controls {
		if doubtful(c) {
			script, content = script || c.Source == agents.SourceScript, content || c.Source != agents.SourceScript
		}
	}
	why.when(script, "control.script")
	why.when(content, "control.content")
}

func doubtful(c agents.Control) bool {
	return c.Source != agents.SourceHost && c.Source != agents.SourceTyped && c.Source != agents.SourceListed
}

// whollyTyped reports whether the user typed every argument that decides.
func whollyTyped(p *Proposal) bool {
	typed := false
	for _, c := range p.Controls {
		if c.Source != agents.SourceTyped && c.Source != agents.SourceListed {
			return false
		}
		typed = typed || c.Source == agents.SourceTyped
	}
	return typed
}

// audience objects if a recipient may not know everything that the script has read and that is carried. The user may.
func audience(p *Proposal, why *objections, code string) {
	if p.Aim != nil {
		why.when(slices.ContainsFunc(p.Aim.Recipients, func(r agents.Recipient) bool { return !r.Me && !mayKnow(p, r) }), code)
	}
}

func mayKnow(p *Proposal, r agents.Recipient) bool {
	return r.Person != "" && p.Script.Readers.Allow(r.Person) && p.Payload.Readers.Allow(r.Person)
}

// past says what of the script's past a person should know before saying yes.
func past(p *Proposal, why *objections) {
	why.when(p.Revealed, "revealed")
	why.when(!p.Revealed && p.Script.Outside(), "influence")
	why.when(p.Payload.Outside(), "outside")
}

func private(p *Proposal) bool { return p.Script.Readers.Limited || p.Payload.Readers.Limited }

func mayBeKnown(i agents.Item) bool { return i.Known || i.Author == "" }
func unknown(i agents.Item) bool    { return !i.Known }
