package policy_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/policy"
)

// loud says why a proposal must not be silent, in the design's words and without the floor's code; "" if it may be.
func loud(p policy.Proposal) string {
	if p.Aim != nil && p.Aim.Never != "" {
		return "it must never be"
	}
	switch p.Effect {
	case agents.Read, agents.Local:
		return ""
	case agents.Send, agents.Egress, agents.RemoteReversible:
	default:
		return "its effect always asks"
	}
	if p.Aim == nil {
		return "it says nothing of itself"
	}
	a := p.Aim
	for _, c := range p.Controls {
		if !slices.Contains([]agents.Source{"host", "typed", "listed"}, c.Source) {
			return "the script or content decided where it goes"
		}
	}
	for _, r := range a.Recipients {
		for _, l := range []agents.Label{p.Script, p.Payload} {
			if !r.Me && l.Readers.Limited && !slices.Contains(l.Readers.People, r.Person) {
				return "a recipient may not know it"
			}
		}
	}
	outside := p.Script.Integrity == agents.Untrusted || p.Payload.Integrity == agents.Untrusted
	switch p.Effect {
	case agents.Send:
		if len(a.Recipients) == 0 || len(a.Hosts) > 0 || p.Revealed || a.Unsubscribes || slices.ContainsFunc(a.Recipients, func(r agents.Recipient) bool { return !r.Me }) {
			return "it is not to oneself alone"
		}
	case agents.Egress:
		if p.Revealed || a.Hidden || a.Unsubscribes || len(a.Hosts) == 0 {
			return "raw text was read, or the link is hidden"
		}
		knows := a.Author != nil && slices.Contains(p.Script.Readers.People, a.Author.Person) && (!p.Payload.Readers.Limited || slices.Contains(p.Payload.Readers.People, a.Author.Person)) ||
			a.Author != nil && !p.Script.Readers.Limited && slices.Contains(p.Payload.Readers.People, a.Author.Person)
		if knows && p.Script.Integrity > agents.FromUser { // which link it follows says something to whoever is there
			_, domain, _ := strings.Cut(a.Author.Address, "@")
			for _, h := range a.Hosts {
				knows = knows && domain != "" && (h == domain || strings.HasSuffix(h, "."+domain))
			}
		}
		byUser := slices.ContainsFunc(p.Controls, func(c agents.Control) bool { return c.Source == agents.SourceTyped }) &&
			!slices.ContainsFunc(p.Controls, func(c agents.Control) bool { return c.Source == agents.SourceHost }) && !outside && p.Earlier == 0 && !p.Payload.Readers.Limited
		if (p.Script.Readers.Limited || p.Payload.Readers.Limited) && !knows && !byUser {
			return "something private could leave"
		}
	default:
		return loudChange(p, outside)
	}
	return ""
}

func loudChange(p policy.Proposal, outside bool) string {
	a := p.Aim
	if p.Earlier+max(1, len(a.Items)) > 20 {
		return "it is too much for one request"
	}
	known := slices.ContainsFunc(a.Items, func(i agents.Item) bool { return i.Known || i.Author == "" })
	strange := slices.ContainsFunc(a.Sources, func(i agents.Item) bool { return !i.Known })
	switch a.Change {
	case agents.ChangeLabel:
		if len(a.Items) == 0 {
			return "what is labelled is not said"
		}
	case agents.ChangeArchive, agents.ChangeSnooze:
		if len(a.Items) == 0 || known {
			return "somebody known is among it"
		}
	case agents.ChangeEntry:
		if len(a.Recipients) > 0 || strange || outside && len(a.Sources) == 0 || p.Revealed {
			return "a guest, or a stranger's entry"
		}
	case agents.ChangeDraft:
		if len(a.Recipients) == 0 || p.Revealed || slices.ContainsFunc(a.Recipients, func(r agents.Recipient) bool { return !r.Participant && !r.Me }) {
			return "a draft to who was not in the conversation"
		}
	default:
		return "it is another change"
	}
	return ""
}

// What is silent under the floor is exactly what the design lets be silent, whatever is proposed.
func TestWhatIsSilentMayBe(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 8))
	silent := map[agents.Effect]int{}
	for range rounds * 6 {
		p := random(r)
		if r.IntN(3) == 0 {
			p.Effect = pick(r, agents.Send, agents.Egress, agents.RemoteReversible)
		}
		got, why := policy.Decide(p, policy.Settings{}), loud(p)
		if (got.Verdict == agents.Allow) != (why == "") {
			t.Fatalf("%s by %s %v, although %q\n%+v %+v", got.Verdict, got.Rule, got.Codes, why, p, p.Aim)
		}
		if got.Verdict == agents.Allow {
			silent[p.Effect]++
		}
	}
	for _, e := range []agents.Effect{agents.Send, agents.Egress, agents.RemoteReversible} {
		if silent[e] < 200 {
			t.Errorf("only %d of %s were silent: the property is hardly tried", silent[e], e)
		}
	}
}
