package store_test

import (
	"reflect"
	"testing"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/store"
)

func grant(id, automation string) agents.Grant {
	return agents.Grant{
		ID: id, Automation: automation, Script: "hash", Capability: "mail.send", Effect: agents.Send, Recipients: []string{"p_anna"},
		Names: []agents.Text{agents.Plain("Anna")}, Created: noon, Expires: noon.Add(time.Hour), Uses: 3, From: "01JRUN0001",
	}
}

func TestGrantsAndAlertsAreKept(t *testing.T) {
	dir := t.TempDir()
	s := openAt(t, dir)
	g, other := grant("01JGRA0001", "01JAUT0001"), grant("01JGRA0002", "01JAUT0002")
	old := agents.Alert{ID: "01JALE0001", Kind: agents.AlertEgress, Created: noon.Add(-time.Hour), Facts: map[string]string{"host": "evil.example"}, Count: 1}
	open := agents.Alert{ID: "01JALE0002", Kind: agents.AlertBurst, Created: noon, Run: "01JRUN0001", Count: 2}
	record(t, s, store.Record{Grants: []agents.Grant{g, other}, Alerts: []agents.Alert{old, open}})
	g.Used, old.Seen = 1, noon
	record(t, s, store.Record{Grants: []agents.Grant{g}, Alerts: []agents.Alert{old}})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = openAt(t, dir)
	if got := must[[]agents.Grant](t)(s.Grants(ctx, "01JAUT0001")); !reflect.DeepEqual(got, []agents.Grant{g}) {
		t.Errorf("the automation's grants are %+v", got)
	}
	if got := must[[]agents.Grant](t)(s.Grants(ctx, "")); len(got) != 2 {
		t.Errorf("all grants are %+v", got)
	}
	if got := must[agents.Grant](t)(s.Grant(ctx, "01JGRA0002")); !reflect.DeepEqual(got, other) {
		t.Errorf("the other grant is %+v", got)
	}
	for _, c := range []struct {
		f    store.AlertFilter
		want []agents.Alert
	}{
		{store.AlertFilter{}, []agents.Alert{open, old}},
		{store.AlertFilter{Open: true}, []agents.Alert{open}},
		{store.AlertFilter{Since: noon}, []agents.Alert{open}},
		{store.AlertFilter{Kind: agents.AlertEgress}, []agents.Alert{old}},
	} {
		if got := must[[]agents.Alert](t)(s.Alerts(ctx, c.f)); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%+v gives %+v, want %+v", c.f, got, c.want)
		}
	}
}
