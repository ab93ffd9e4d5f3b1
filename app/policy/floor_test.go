package policy_test

import (
	"testing"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/policy"
)

func TestFloor(t *testing.T) {
	outside := agents.Label{Integrity: agents.Untrusted}
	private := agents.Label{Integrity: agents.FromHost, Readers: agents.Only("me")}
	for _, tc := range []struct {
		name string
		in   policy.Proposal
		want agents.Verdict
	}{
		{"undeclared", policy.Proposal{}, agents.Deny},
		{"an effect of the future", policy.Proposal{Effect: 200}, agents.Deny},
		{"read", policy.Proposal{Effect: agents.Read, Script: outside, Revealed: true}, agents.Allow},
		{"local, from outside", policy.Proposal{Effect: agents.Local, Script: outside, Payload: outside}, agents.Allow},
		{"reversible, clean", policy.Proposal{Effect: agents.RemoteReversible}, agents.Allow},
		{"reversible, the 21st", policy.Proposal{Effect: agents.RemoteReversible, Earlier: 20}, agents.Ask},
		{"reversible, influenced", policy.Proposal{Effect: agents.RemoteReversible, Script: outside}, agents.Ask},
		{"egress, clean", policy.Proposal{Effect: agents.Egress}, agents.Allow},
		{"egress, private read before", policy.Proposal{Effect: agents.Egress, Script: private}, agents.Ask},
		{"egress, private payload", policy.Proposal{Effect: agents.Egress, Payload: private}, agents.Ask},
		{"send, clean", policy.Proposal{Effect: agents.Send}, agents.Ask},
		{"delete", policy.Proposal{Effect: agents.Delete}, agents.Ask},
		{"exec", policy.Proposal{Effect: agents.Exec}, agents.Ask},
		{"spend", policy.Proposal{Effect: agents.Spend}, agents.Ask},
		{"standing", policy.Proposal{Effect: agents.Standing}, agents.Ask},
	} {
		got := policy.Decide(tc.in)
		if got.Verdict != tc.want || got.Rule == "" || len(got.Reasons) == 0 {
			t.Errorf("%s: got %+v, want %s with a rule and a reason", tc.name, got, tc.want)
		}
	}
}

// Whatever is added to a proposal, the verdict never becomes looser.
func TestMoreInfluenceNeverLoosens(t *testing.T) {
	rank := map[agents.Verdict]int{agents.Allow: 0, agents.Ask: 1, agents.Deny: 2}
	labels := []agents.Label{{}, {Integrity: agents.FromHost}, {Integrity: agents.Untrusted}, {Readers: agents.Only("me")}, {Integrity: agents.Untrusted, Readers: agents.Only()}}
	for effect := agents.Undeclared; effect <= agents.Standing+1; effect++ {
		for _, a := range labels {
			for _, b := range labels {
				for _, revealed := range []bool{false, true} {
					less := policy.Decide(policy.Proposal{Effect: effect, Script: a, Payload: b})
					more := policy.Decide(policy.Proposal{Effect: effect, Script: a.Join(b), Payload: b, Revealed: revealed, Earlier: 5})
					if rank[more.Verdict] < rank[less.Verdict] {
						t.Errorf("%s: %s became %s", effect, less.Verdict, more.Verdict)
					}
				}
			}
		}
	}
}

func BenchmarkDecide(b *testing.B) {
	p := policy.Proposal{Effect: agents.Send, Script: agents.Label{Integrity: agents.Untrusted}}
	for b.Loop() {
		policy.Decide(p)
	}
}
