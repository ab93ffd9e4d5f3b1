package store_test

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/store"
)

func weekdays(id string) agents.Automation {
	return agents.Automation{
		ID: id, Request: "Brief me on today's mail", Words: "every weekday at 8:00", Lang: "en",
		Schedule: agents.Schedule{Days: []string{"mon", "tue", "wed", "thu", "fri"}, Time: "08:00", Zone: "Asia/Taipei"},
		Skill:    "daily-briefing", Planner: "offline", Script: "abc", State: agents.AutomationActive, Created: noon, Since: noon,
	}
}

func occurrence(id, automation string, due time.Time, state agents.OccurrenceState) agents.Occurrence {
	return agents.Occurrence{ID: id, Automation: automation, Due: due, State: state, Note: "note of " + id}
}

func TestAutomationsComeBackAsTheyWere(t *testing.T) {
	dir := t.TempDir()
	s := openAt(t, dir)
	first, second := weekdays("01JAUT0001"), weekdays("01JAUT0002")
	second.Created, second.Params = noon.Add(time.Hour), []byte(`{"n":1}`)
	due := noon.Add(20 * time.Hour)
	done := occurrence("01JOCC0001", first.ID, due, agents.OccurrenceDone)
	done.Run, done.Started, done.Ended, done.Manual = "01JRUN0001", due, due.Add(time.Minute), true
	failed := occurrence("01JOCC0002", first.ID, due.Add(24*time.Hour), agents.OccurrenceFailed)
	failed.Error = &agents.Error{Code: agents.CodeScript, Message: "line 3", Hint: "look"}
	record(t, s, store.Record{Automation: &second})
	record(t, s, store.Record{Automation: &first, Occurrences: []agents.Occurrence{done, failed}, Durable: true})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = openAt(t, dir)
	if all := must[[]agents.Automation](t)(s.Automations(ctx)); len(all) != 2 || !reflect.DeepEqual(all[0], first) || !reflect.DeepEqual(all[1], second) {
		t.Errorf("listed %+v", all)
	}
	if got := must[agents.Automation](t)(s.Automation(ctx, "01JAUT0002")); !reflect.DeepEqual(got, second) {
		t.Errorf("got %+v", got)
	}
	_, err := s.Automation(ctx, "01JAUT")
	wantCode(t, err, agents.CodeInvalid)
	_, err = s.Automation(ctx, "01JAUT0003")
	wantCode(t, err, agents.CodeNotFound)
	all := must[[]agents.Occurrence](t)(s.Occurrences(ctx, store.OccurrenceFilter{Automation: first.ID}))
	if len(all) != 2 || !reflect.DeepEqual(all[0], failed) || !reflect.DeepEqual(all[1], done) {
		t.Errorf("occurrences %+v", all)
	}
}

func TestADueTimeIsThereOnce(t *testing.T) {
	s := open(t)
	a, b := weekdays("01JAUT0001"), weekdays("01JAUT0002")
	record(t, s, store.Record{Automation: &a})
	record(t, s, store.Record{Automation: &b, Occurrences: []agents.Occurrence{occurrence("01JOCC0001", a.ID, noon, agents.OccurrenceDue), occurrence("01JOCC0002", b.ID, noon, agents.OccurrenceDue)}})
	run := agents.Run{ID: "01JRUN0001", Created: noon}
	err := s.Record(ctx, store.Record{Run: &run, Occurrences: []agents.Occurrence{occurrence("01JOCC0003", a.ID, noon, agents.OccurrenceRunning)}})
	wantCode(t, err, agents.CodeConflict)
	_, err = s.Run(ctx, run.ID) // all of a record or nothing
	wantCode(t, err, agents.CodeNotFound)
	wantCode(t, s.Record(ctx, store.Record{Occurrences: []agents.Occurrence{occurrence("01JOCC0004", "01JAUT0009", noon, agents.OccurrenceDue)}}), agents.CodeNotFound)
	for _, o := range []agents.Occurrence{{}, {ID: "x", Automation: a.ID}, {ID: "x", Due: noon}} {
		wantCode(t, s.Record(ctx, store.Record{Occurrences: []agents.Occurrence{o}}), agents.CodeInvalid)
	}
	// The same row may change.
	record(t, s, store.Record{Occurrences: []agents.Occurrence{occurrence("01JOCC0001", a.ID, noon, agents.OccurrenceMissed)}})
	if n := count(t, s, "SELECT count(*) FROM occurrence"); n != 2 {
		t.Errorf("%d rows", n)
	}
}

func TestOccurrencesAreChosen(t *testing.T) {
	s := open(t)
	a, b := weekdays("01JAUT0001"), weekdays("01JAUT0002")
	record(t, s, store.Record{Automation: &a})
	record(t, s, store.Record{Automation: &b})
	states := []agents.OccurrenceState{
		agents.OccurrenceDue, agents.OccurrenceRunning, agents.OccurrenceWaiting, agents.OccurrenceDone, agents.OccurrenceFailed, agents.OccurrenceMissed, agents.OccurrenceCancelled,
	}
	var all []agents.Occurrence
	for i, state := range states {
		all = append(all, occurrence(fmt.Sprintf("01JOCC000%d", i), a.ID, noon.Add(time.Duration(i)*time.Hour), state))
	}
	all = append(all, occurrence("01JOCC0009", b.ID, noon, agents.OccurrenceDue))
	record(t, s, store.Record{Occurrences: all})
	for _, c := range []struct {
		filter store.OccurrenceFilter
		want   []string
	}{
		{store.OccurrenceFilter{}, []string{"6", "5", "4", "3", "2", "1", "9", "0"}},
		{store.OccurrenceFilter{Automation: a.ID, Limit: 2}, []string{"6", "5"}},
		{store.OccurrenceFilter{Open: true}, []string{"2", "1", "9", "0"}},
		{store.OccurrenceFilter{Open: true, Automation: b.ID}, []string{"9"}},
		{store.OccurrenceFilter{Automation: a.ID, Since: noon.Add(5 * time.Hour)}, []string{"6", "5"}},
	} {
		var got []string
		for _, o := range must[[]agents.Occurrence](t)(s.Occurrences(ctx, c.filter)) {
			got = append(got, o.ID[9:])
			if o.State.Over() == (o.State == agents.OccurrenceDue || o.State == agents.OccurrenceRunning || o.State == agents.OccurrenceWaiting) {
				t.Errorf("over: %s", o.State)
			}
		}
		if !reflect.DeepEqual(got, c.want) {
			t.Errorf("%+v gives %v, want %v", c.filter, got, c.want)
		}
	}
	record(t, s, store.Record{Removed: a.ID, Ledger: []agents.Entry{{Kind: "setting", Content: []byte(`{}`)}}})
	if left := must[[]agents.Occurrence](t)(s.Occurrences(ctx, store.OccurrenceFilter{})); len(left) != 1 || left[0].Automation != b.ID {
		t.Errorf("after the removal: %+v", left)
	}
	wantCode(t, s.Record(ctx, store.Record{Removed: a.ID}), agents.CodeNotFound)
}

func TestMovedAutomationsDoNotOpen(t *testing.T) {
	for _, query := range []string{
		"UPDATE automation SET sealed = (SELECT sealed FROM automation a WHERE a.id <> automation.id)",
		"UPDATE occurrence SET sealed = (SELECT sealed FROM occurrence o WHERE o.id <> occurrence.id)",
		"UPDATE occurrence SET due = due + 60000",
		"UPDATE occurrence SET automation = '01JAUT0002' WHERE id = '01JOCC0001'",
	} {
		dir := t.TempDir()
		s := openAt(t, dir)
		for i := 1; i <= 2; i++ {
			a := weekdays(fmt.Sprintf("01JAUT000%d", i))
			record(t, s, store.Record{Automation: &a, Occurrences: []agents.Occurrence{occurrence(fmt.Sprintf("01JOCC000%d", i), a.ID, noon.Add(time.Duration(i)*time.Hour), agents.OccurrenceDone)}})
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		tamper(t, dir, query)
		s = openAt(t, dir)
		_, first := s.Automations(ctx)
		_, second := s.Occurrences(ctx, store.OccurrenceFilter{})
		if agents.CodeOf(first) != agents.CodeDamaged && agents.CodeOf(second) != agents.CodeDamaged {
			t.Errorf("%s: %v, %v", query, first, second)
		}
	}
}

// A home of the first version gets the new tables, after a snapshot of how it was.
func TestAHomeFromBeforeAutomationsIsUpdated(t *testing.T) {
	dir := t.TempDir()
	first := fstest.MapFS{"0001_begin.sql": shipped(t)["0001_begin.sql"]}
	s := must[*store.Store](t)(store.OpenWith(ctx, store.Options{Dir: dir, Master: master, Now: at}, first))
	add(t, s, letter("1", "anna@example.org", "me@example.org", "dinner", noon))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = openAt(t, dir)
	a := weekdays("01JAUT0001")
	record(t, s, store.Record{Automation: &a, Occurrences: []agents.Occurrence{occurrence("01JOCC0001", a.ID, noon, agents.OccurrenceDue)}})
	if n := count(t, s, "SELECT count(*) FROM mail"); n != 1 {
		t.Errorf("%d mails", n)
	}
	if _, err := os.Stat(filepath.Join(dir, "snapshots", "20261122T120000.000Z-v1.db")); err != nil {
		t.Error(err)
	}
}
