package api_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/api"
	"github.com/stewardhq/steward/app/policy"
	"github.com/stewardhq/steward/store"
)

// refused calls a method that must fail, and gives the error's code.
func refused(t *testing.T, s *api.Surface, method string, in any) string {
	t.Helper()
	raw, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.Call(t.Context(), method, raw)
	if err != nil && agents.AsError(err).Hint == "" {
		t.Errorf("%s: %v has no hint", method, err)
	}
	return agents.CodeOf(err)
}

func TestThePolicyIsSeenAndChosen(t *testing.T) {
	d := opened(t)
	s := d.Surface()
	state := must[api.PolicyState](t, s, "Policy/Get", api.Nothing{})
	if state.Mode != policy.Balanced || state.Rules != "" || len(state.Problems) != 0 || len(state.Agents) < 3 || state.Agents[0].Capabilities[0].Effect == "" {
		t.Errorf("%+v", state)
	}
	if state = must[api.PolicyState](t, s, "Policy/SetMode", api.PolicyMode{Mode: policy.Careful}); state.Mode != policy.Careful {
		t.Errorf("%+v", state)
	}
	if code := refused(t, s, "Policy/SetMode", api.PolicyMode{Mode: "lax"}); code != agents.CodeInvalid {
		t.Error(code)
	}
	const source = `forbid(principal, action == Action::"mail.teleport", resource);`
	state = must[api.PolicyState](t, s, "Policy/SetRules", api.PolicyRules{Rules: source})
	if state.Rules != source || len(state.Problems) != 1 || !strings.Contains(state.Problems[0].Message, "mail.teleport") || !state.Problems[0].Harmless {
		t.Errorf("%+v", state)
	}
	if code := refused(t, s, "Policy/SetRules", api.PolicyRules{Rules: "forbid"}); code != agents.CodeInvalid {
		t.Error(code)
	}
	if state = must[api.PolicyState](t, s, "Policy/Get", api.Nothing{}); state.Rules != source || state.Mode != policy.Careful {
		t.Errorf("%+v", state)
	}
	results := must[api.PolicyResults](t, s, "Policy/Test", api.PolicyCases{Cases: "cases: [{name: a, want: ask, rule: mode.careful, proposal: {effect: egress, hosts: [a.example], controls: [typed]}}]"})
	if len(results.Results) != 1 || !results.Results[0].OK {
		t.Errorf("%+v", results)
	}
	if code := refused(t, s, "Policy/Test", api.PolicyCases{}); code != agents.CodeInvalid {
		t.Error(code)
	}
}

func TestARecordedStepIsExplained(t *testing.T) {
	d := opened(t)
	s := d.Surface()
	p := policy.Proposal{
		Run: "01JRUN0001", Automation: "01JAUT0001", Hash: "h1", Agent: "email", Capability: "mail.search", Effect: agents.Send,
		Controls: []agents.Control{{Path: "to", Source: agents.SourceHost}}, Aim: &agents.Aim{Recipients: []agents.Recipient{{Person: "p_anna"}}},
	}
	raw, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	decided := policy.Decide(p, policy.Settings{})
	step := func(seq int, proposal []byte) agents.Step {
		return agents.Step{Run: p.Run, Seq: seq, Capability: p.Capability, Effect: p.Effect, State: agents.StepStaged, Decision: decided, Proposal: proposal, Key: "k", Issued: now()}
	}
	err = d.App().Store.Record(t.Context(), store.Record{
		Run: &agents.Run{ID: p.Run, Kind: "script", State: agents.Done, Created: now()}, Steps: []agents.Step{step(1, raw), step(2, nil), step(3, []byte(`{"effect":"x"}`))},
	})
	if err != nil {
		t.Fatal(err)
	}
	e := must[api.Explained](t, s, "Policy/Explain", api.Supposed{Run: p.Run[:8], Step: 1})
	if e.Verdict != agents.Ask || e.Rule != "send" || e.Decided == nil || e.Decided.Rule != "send" || len(e.Layers) != 5 || len(e.Changes) == 0 {
		t.Errorf("%+v", e)
	}
	must[api.PolicyState](t, s, "Policy/SetMode", api.PolicyMode{Mode: policy.Locked})
	if e = must[api.Explained](t, s, "Policy/Explain", api.Supposed{Run: p.Run, Step: 1}); e.Verdict != agents.Deny || e.Rule != "mode.locked" || e.Decided.Verdict != agents.Ask {
		t.Errorf("after the mode was changed: %+v", e)
	}
	if e = must[api.Explained](t, s, "Policy/Explain", api.Supposed{Proposal: &p}); e.Verdict != agents.Deny || e.Decided != nil {
		t.Errorf("supposed: %+v", e)
	}
	for _, c := range []struct {
		in   api.Supposed
		want string
	}{
		{api.Supposed{}, agents.CodeInvalid},
		{api.Supposed{Run: p.Run, Step: 1, Proposal: &p}, agents.CodeInvalid},
		{api.Supposed{Step: 1}, agents.CodeInvalid},
		{api.Supposed{Run: "01NOBODY", Step: 1}, agents.CodeNotFound},
		{api.Supposed{Run: p.Run, Step: 9}, agents.CodeNotFound},
		{api.Supposed{Run: p.Run, Step: 2}, agents.CodeNotFound},
		{api.Supposed{Run: p.Run, Step: 3}, agents.CodeDamaged},
	} {
		if code := refused(t, s, "Policy/Explain", c.in); code != c.want {
			t.Errorf("%+v: %s", c.in, code)
		}
	}

	offer, ok := policy.OfferGrant(p, now())
	if !ok {
		t.Fatal("none is offered")
	}
	given, err := d.App().Trust.Give(t.Context(), offer, offer)
	if err != nil {
		t.Fatal(err)
	}
	list := must[api.GrantList](t, s, "Grants/List", api.Nothing{})
	if len(list.Grants) != 1 || !list.Grants[0].Open || list.Grants[0].EffectName != "send" || !strings.Contains(list.Grants[0].Text, `Automation::"01JAUT0001"`) {
		t.Errorf("%+v", list)
	}
	must[api.Nothing](t, s, "Grants/Revoke", api.GrantID{ID: given.ID})
	if list = must[api.GrantList](t, s, "Grants/List", api.Nothing{}); list.Grants[0].Open {
		t.Errorf("%+v", list)
	}
	if code := refused(t, s, "Grants/Revoke", api.GrantID{ID: "01NOBODY"}); code != agents.CodeNotFound {
		t.Error(code)
	}
}
