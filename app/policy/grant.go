package policy

import (
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/stewardhq/steward/agents"
)

// The widest that a grant can be.
const (
	MaxGrantTime = 90 * 24 * time.Hour
	MaxGrantUses = 1000
)

// What an offered grant is good for. The user may choose otherwise, within the widest.
const (
	offeredTime = 7 * 24 * time.Hour
	offeredUses = 10
)

// Answers reports whether a grant answers the question of a proposal: it is open at that time, and the proposal is exactly
// what it was given for.
func Answers(g agents.Grant, p Proposal, now time.Time) bool {
	return !now.IsZero() && g.Open(now) && bounded(g) == nil &&
		g.Automation == p.Automation && g.Script == p.Hash && g.Capability == p.Capability && g.Effect == p.Effect && grantable(&p) &&
		sameRecipients(g.Recipients, p.Aim.Recipients) && sameSet(g.Hosts, p.Aim.Hosts) && originsWithin(p.Script, g.Origins) && originsWithin(p.Payload, g.Origins)
}

// grantable reports whether a standing answer may exist for a proposal. It is one of an automation, whose every argument
// that decides was issued by the host or typed by the user, and that says who learns of it and what it touches; never one
// of a script that has read raw text.
func grantable(p *Proposal) bool {
	a := p.Aim
	if p.Automation == "" || p.Hash == "" || p.Capability == "" || p.Revealed || a == nil || a.Never != "" || a.Hidden || a.Unsubscribes ||
		len(p.Controls) == 0 || slices.ContainsFunc(p.Controls, doubtful) || len(a.Items) > MaxReversible ||
		slices.ContainsFunc(a.Recipients, func(r agents.Recipient) bool { return !exact(r.Person) }) ||
		slices.ContainsFunc(a.Hosts, func(h string) bool { return !exact(h) }) {
		return false
	}
	switch p.Effect {
	case agents.Send:
		return len(a.Recipients) > 0
	case agents.Egress:
		return len(a.Hosts) > 0
	case agents.RemoteReversible:
		return true
	case agents.Delete, agents.Exec, agents.Spend, agents.Standing: // a grant cannot name their arguments: nobody else may choose them
		return !p.Script.Outside() && !p.Payload.Outside()
	default:
		return false
	}
}

// exact reports whether a name in a grant stands for one thing.
func exact(name string) bool {
	return name != "" && !strings.ContainsAny(name, "*?%[]{}()|\\ \t\r\n\"'")
}

// OfferGrant is the narrowest grant that would have answered this question, or false where none may be given. Its id is not
// set yet, and who asks gives the names of the recipients.
func OfferGrant(p Proposal, now time.Time) (agents.Grant, bool) {
	if now.IsZero() || !grantable(&p) {
		return agents.Grant{}, false
	}
	g := agents.Grant{
		Automation: p.Automation, Script: p.Hash, Capability: p.Capability, Effect: p.Effect, From: p.Run,
		Hosts: set(p.Aim.Hosts), Created: now, Expires: now.Add(offeredTime), Uses: offeredUses,
	}
	people := make([]string, len(p.Aim.Recipients))
	for i, r := range p.Aim.Recipients {
		people[i] = r.Person
	}
	g.Recipients = set(people)
	for _, l := range []agents.Label{p.Script, p.Payload} {
		g.Origins = slices.AppendSeq(g.Origins, kinds(l.Origins))
	}
	g.Origins = set(g.Origins)
	return g, true
}

// CheckGrant refuses a grant that is wider than the one that was offered, or that is good for too long or too often.
func CheckGrant(g, offer agents.Grant, now time.Time) error {
	wide := func(what string) error {
		return &agents.Error{Code: agents.CodeInvalid, Message: "the grant is wider than what was shown: " + what, Hint: "give exactly the one that the sheet offers"}
	}
	switch {
	case now.IsZero() || offer.Automation == "" || offer.Script == "" || offer.Capability == "" || offer.Effect == agents.Undeclared:
		return &agents.Error{Code: agents.CodeInvalid, Message: "no grant was offered for this", Hint: "approve it each time"}
	case g.Automation != offer.Automation:
		return wide("it is for another automation")
	case g.Script != offer.Script:
		return wide("it is for another script")
	case g.Capability != offer.Capability || g.Effect != offer.Effect:
		return wide("it is for another capability")
	case !sameSet(g.Recipients, offer.Recipients):
		return wide("its recipients are others")
	case !sameSet(g.Hosts, offer.Hosts):
		return wide("its hosts are others")
	case slices.ContainsFunc(g.Origins, func(o string) bool { return !slices.Contains(offer.Origins, o) }):
		return wide("what it may carry comes from more than it did")
	case g.From != offer.From:
		return wide("it was given on another sheet")
	case g.Used != 0 || !g.Revoked.IsZero():
		return wide("it is not new")
	case g.Created.After(now) || now.Sub(g.Created) > 24*time.Hour:
		return wide("it was not made now")
	}
	for _, name := range slices.Concat(g.Recipients, g.Hosts, g.Origins, []string{g.Automation, g.Script, g.Capability}) {
		if !exact(name) {
			return wide(fmt.Sprintf("%.60q may stand for more than one", name))
		}
	}
	if err := bounded(g); err != nil {
		return err
	}
	if !g.Expires.After(now) || g.Expires.Sub(now) > MaxGrantTime {
		return tooLong()
	}
	return nil
}

// bounded checks how long and how often a grant is good for.
func bounded(g agents.Grant) error {
	if g.Expires.IsZero() || g.Created.IsZero() || !g.Expires.After(g.Created) || g.Expires.Sub(g.Created) > MaxGrantTime {
		return tooLong()
	}
	if g.Uses < 1 || g.Uses > MaxGrantUses || g.Used < 0 {
		return &agents.Error{Code: agents.CodeInvalid, Message: "a grant says how often it may be used", Hint: "from once to 1000 times"}
	}
	return nil
}

func tooLong() error {
	return &agents.Error{Code: agents.CodeInvalid, Message: "a grant ends", Hint: "choose a day from tomorrow to 90 days from now"}
}

// kinds are the kinds of origins, such as "mail" of "mail:01J…", each once where the origins are sorted.
func kinds(origins []string) iter.Seq[string] {
	return func(yield func(string) bool) {
		last, any := "", false
		for _, o := range origins {
			if any && strings.HasPrefix(o, last) && len(o) > len(last) && o[len(last)] == ':' {
				continue
			}
			last, _, _ = strings.Cut(o, ":")
			if any = true; !yield(last) {
				return
			}
		}
	}
}

func originsWithin(l agents.Label, allowed []string) bool {
	for kind := range kinds(l.Origins) {
		if !slices.Contains(allowed, kind) {
			return false
		}
	}
	return true
}

func set(words []string) []string {
	if len(words) == 0 {
		return nil
	}
	s := slices.Clone(words)
	slices.Sort(s)
	return slices.Compact(s)
}

// sameSet reports whether both have the same words; none of them has many.
func sameSet(a, b []string) bool {
	for _, w := range a {
		if !slices.Contains(b, w) {
			return false
		}
	}
	for _, w := range b {
		if !slices.Contains(a, w) {
			return false
		}
	}
	return true
}

func sameRecipients(people []string, all []agents.Recipient) bool {
	for _, r := range all {
		if !slices.Contains(people, r.Person) {
			return false
		}
	}
	for _, p := range people {
		if !slices.ContainsFunc(all, func(r agents.Recipient) bool { return r.Person == p }) {
			return false
		}
	}
	return true
}

// RenderGrant writes a grant as a Cedar rule, to be read and compared. What decides is [Answers]; a test holds the two
// together.
func RenderGrant(g agents.Grant) string {
	var b strings.Builder
	fmt.Fprintf(&b, "@id(%s)\n", quote(g.ID))
	fmt.Fprintf(&b, "permit (\n  principal,\n  action == Action::%s,\n  resource in Automation::%s\n)\nwhen {\n", quote(g.Capability), quote(g.Automation))
	fmt.Fprintf(&b, "  context.effect == %s &&\n", quote(g.Effect.String()))
	fmt.Fprintf(&b, "  context.script == %s &&\n", quote(g.Script))
	fmt.Fprintf(&b, "  context.people == %s &&\n", quotes(g.Recipients))
	fmt.Fprintf(&b, "  context.hosts == %s &&\n", quotes(g.Hosts))
	fmt.Fprintf(&b, "  %s.containsAll(context.origins) &&\n", quotes(g.Origins))
	fmt.Fprintf(&b, "  context.grantable &&\n")
	fmt.Fprintf(&b, "  context.now < datetime(%s)\n};\n", quote(g.Expires.UTC().Format("2006-01-02T15:04:05.000Z")))
	fmt.Fprintf(&b, "// used %d of %d times", g.Used, g.Uses)
	if !g.Revoked.IsZero() {
		fmt.Fprintf(&b, "; revoked %s", g.Revoked.UTC().Format(time.RFC3339))
	}
	b.WriteString("\n")
	return b.String()
}

func quotes(words []string) string {
	all := make([]string, len(words))
	for i, w := range set(words) {
		all[i] = quote(w)
	}
	return "[" + strings.Join(all, ", ") + "]"
}

// quote writes a string as Cedar reads it.
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < 0x20 || r >= 0x7f:
			b.WriteString(`\u{` + strconv.FormatInt(int64(r), 16) + `}`)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
