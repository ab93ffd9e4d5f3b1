package engine_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/engine"
	"github.com/stewardhq/steward/app/policy"
)

// folks are the people of the tests: the user, and Anna, whom the user knows.
type folks struct{}

func (folks) Me(context.Context) (agents.Person, error) {
	return agents.Person{ID: "me", Name: agents.Plain("Me"), Known: true, Address: "me@home.example"}, nil
}

func (folks) Known(context.Context) ([]agents.Person, error) {
	return []agents.Person{{ID: "anna", Name: agents.Plain("Anna Chen"), Known: true, Address: "anna@example.com"}}, nil
}

func (folks) PersonFor(_ context.Context, address string) (agents.Person, error) {
	if strings.Count(address, "@") != 1 {
		return agents.Person{}, &agents.Error{Code: agents.CodeInvalid, Message: "no address"}
	}
	id, _, _ := strings.Cut(address, "@")
	return agents.Person{ID: id, Name: agents.Plain(address), Address: address}, nil
}

const aLetter = "const p = await read.page(1); await sink.letter({ to: [p.author], body: t`Dear Anna: ${p.text}` })"

func TestAnEditIsANewProposal(t *testing.T) {
	b := newBench(t)
	id := b.accept(aLetter)
	if run := b.execute(id); run.State != agents.Waiting {
		t.Fatalf("%s %v", run.State, run.Error)
	}
	old := b.sheet(id)
	step := old.Rows[0].Step
	for name, wrong := range map[string]engine.Change{
		"another hash":            {Hash: "x", Step: step, Edits: []agents.Edit{{Path: "letter.body", Text: "hi"}}},
		"a step that is not":      {Hash: old.Hash, Step: 1, Edits: []agents.Edit{{Path: "letter.body", Text: "hi"}}},
		"a field that is not":     {Hash: old.Hash, Step: step, Edits: []agents.Edit{{Path: "letter.nothing", Text: "hi"}}},
		"no address":              {Hash: old.Hash, Step: step, Edits: []agents.Edit{{Path: "letter.to", Text: "Anna"}}},
		"no recipient":            {Hash: old.Hash, Step: step, Edits: []agents.Edit{{Path: "letter.to", Text: ""}}},
		"a header in an address":  {Hash: old.Hash, Step: step, Edits: []agents.Edit{{Path: "letter.to", Text: "a@b.example\r\nBcc: c@d.example"}}},
		"more than anybody types": {Hash: old.Hash, Step: step, Edits: []agents.Edit{{Path: "letter.body", Text: strings.Repeat("x", 65<<10)}}},
	} {
		if _, err := b.eng.Edit(t.Context(), id, wrong); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
	if b.sheet(id).Hash != old.Hash {
		t.Fatal("a refused edit changed the sheet")
	}
	sheet, err := b.eng.Edit(t.Context(), id, engine.Change{Hash: old.Hash, Step: step, Edits: []agents.Edit{
		{Path: "letter.body", Text: "My own words."}, {Path: "letter.to", Text: "bob@example.net\ncarol@example.org"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	if sheet.Hash == old.Hash || !sheet.Rows[0].Edited || strings.Contains(string(sheet.Rows[0].Payload), "words 1") {
		t.Fatalf("edited: %+v", sheet.Rows[0])
	}
	if _, err := b.eng.Answer(t.Context(), id, engine.Answer{Hash: old.Hash, Approve: []int{step}}); agents.CodeOf(err) != agents.CodeConflict {
		t.Errorf("the sheet that was shown before the edit was approved: %v", err)
	}
	b.restart()
	run := b.answer(id, engine.Answer{Hash: sheet.Hash, Approve: []int{step}})
	if run.State != agents.Done || len(b.world.letters) != 1 {
		t.Fatalf("%s %v, %d letters", run.State, run.Error, len(b.world.letters))
	}
	got := b.world.letters[0]
	if got.Body.Raw() != "My own words." || got.Body.Outside() || len(got.To) != 2 || got.To[1].Address != "carol@example.org" {
		t.Errorf("written: %+v", got)
	}
}

// A grant answers exactly what it was given for, as often and as long as was said, and is on no sheet that it may not be on.
func TestAGrantAnswersWhatItWasGivenFor(t *testing.T) {
	b := newBench(t)
	letter := func(source string) agents.Run {
		id := b.accept(source)
		run, err := b.store.Run(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		run.Kind, run.Automation = "automation", "01AUT0000000000000000000001"
		b.keep(run)
		return b.execute(id)
	}
	first := letter(aLetter)
	sheet := b.sheet(first.ID)
	row := sheet.Rows[0]
	if row.Offer == nil || len(row.Offer.Grant.Recipients) != 1 || row.Offer.Grant.Names[0].Raw() != "Anna Chen" {
		t.Fatalf("offered: %+v", row.Offer)
	}
	until := b.now().Add(48 * time.Hour)
	for name, wrong := range map[string]engine.Answer{
		"without approving": {Hash: sheet.Hash, Grants: []engine.Giving{{Step: row.Step, Until: until, Uses: 2}}},
		"for ever":          {Hash: sheet.Hash, Approve: []int{row.Step}, Grants: []engine.Giving{{Step: row.Step, Until: b.now().Add(policy.MaxGrantTime + time.Hour), Uses: 2}}},
		"without an end":    {Hash: sheet.Hash, Approve: []int{row.Step}, Grants: []engine.Giving{{Step: row.Step, Uses: 2}}},
		"without a number":  {Hash: sheet.Hash, Approve: []int{row.Step}, Grants: []engine.Giving{{Step: row.Step, Until: until}}},
		"of another step":   {Hash: sheet.Hash, Approve: []int{row.Step}, Grants: []engine.Giving{{Step: 1, Until: until, Uses: 2}}},
	} {
		if _, err := b.eng.Answer(t.Context(), first.ID, wrong); agents.CodeOf(err) != agents.CodeInvalid {
			t.Errorf("a grant %s: %v", name, err)
		}
	}
	b.answer(first.ID, engine.Answer{Hash: sheet.Hash, Approve: []int{row.Step}, Grants: []engine.Giving{{Step: row.Step, Until: until, Uses: 2}}})
	for i, c := range []struct {
		name, source string
		state        agents.RunState
	}{
		{"the same", aLetter, agents.Done},
		{"to somebody else as well", strings.Replace(aLetter, "[p.author]", "[p.author, p.stranger]", 1), agents.Waiting},
		{"another script", aLetter + "\n", agents.Waiting},
		{"the same again", aLetter, agents.Done},
		{"once more than allowed", aLetter, agents.Waiting},
	} {
		before := len(b.world.letters)
		run := letter(c.source)
		if run.State != c.state || len(b.world.letters)-before != map[agents.RunState]int{agents.Done: 1}[c.state] {
			t.Errorf("%d %s: %s %v, %d letters", i, c.name, run.State, run.Error, len(b.world.letters)-before)
		}
	}
	if grants, err := b.store.Grants(t.Context(), ""); err != nil || len(grants) != 1 || grants[0].Used != 2 {
		t.Errorf("the grants are %+v, %v", grants, err)
	}
	once := b.execute(b.accept(aLetter))
	if b.sheet(once.ID).Rows[0].Offer != nil {
		t.Error("a grant is offered for a run that is no automation's")
	}
}
