package engine_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/engine"
	"github.com/stewardhq/steward/store"
)

func (b *bench) sheet(id string) engine.Sheet {
	b.t.Helper()
	sheet, err := b.eng.Sheet(b.t.Context(), id)
	if err != nil {
		b.t.Fatal(err)
	}
	return sheet
}

func (b *bench) answer(id string, a engine.Answer) agents.Run {
	b.t.Helper()
	run, err := b.eng.Answer(b.t.Context(), id, a)
	if err != nil {
		b.t.Fatal(err)
	}
	return run
}

// A question holds no process. What was staged before it is on the same sheet, and the answer reaches the script once.
func TestAQuestionWaitsForTheUser(t *testing.T) {
	b := newBench(t)
	id := b.accept("const r = await sink.send('first'); const a = await ask('Which?', { choices: ['red', 'blue', 'green'], many: true });" +
		" const w = await ask('Why?'); const o = await outcome(r); return t`${a.chosen.join('+')} ${w.text} ${o.done} ${o.receipt}`")
	run := b.execute(id)
	if run.State != agents.Waiting || run.Result != nil || run.Expires.Sub(run.Waits) != engine.SheetGood {
		t.Fatalf("%s %v, until %s", run.State, run.Error, run.Expires)
	}
	sheet := b.sheet(id)
	if len(sheet.Rows) != 2 || sheet.Rows[0].Question != nil || sheet.Rows[1].Question == nil || !sheet.Rows[1].Question.Many {
		t.Fatalf("sheet %+v", sheet)
	}
	for name, wrong := range map[string]engine.Answer{
		"a choice that is not there": {Hash: sheet.Hash, Approve: []int{1}, Replies: []engine.ReplyTo{{Step: 2, Chosen: []int{3}}}},
		"words where one chooses":    {Hash: sheet.Hash, Approve: []int{1}, Replies: []engine.ReplyTo{{Step: 2, Text: "red"}}},
		"nothing chosen":             {Hash: sheet.Hash, Approve: []int{1}, Replies: []engine.ReplyTo{{Step: 2}}},
		"a question approved":        {Hash: sheet.Hash, Approve: []int{1, 2}},
		"a send answered":            {Hash: sheet.Hash, Replies: []engine.ReplyTo{{Step: 1, Text: "yes"}}},
		"yes and stop":               {Hash: sheet.Hash, Approve: []int{1}, Stop: true},
	} {
		if _, err := b.eng.Answer(t.Context(), id, wrong); agents.CodeOf(err) != agents.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	b.restart()
	run = b.answer(id, engine.Answer{Hash: sheet.Hash, Approve: []int{1}, Replies: []engine.ReplyTo{{Step: 2, Chosen: []int{2, 0}}}})
	if run.State != agents.Waiting || len(b.world.sent) != 0 {
		t.Fatalf("after the first answer: %s %v, sent %v", run.State, run.Error, b.world.sent)
	}
	sheet = b.sheet(id)
	if len(sheet.Rows) != 1 || sheet.Rows[0].Step != 3 {
		t.Fatalf("second sheet %+v", sheet)
	}
	run = b.answer(id, engine.Answer{Hash: sheet.Hash, Replies: []engine.ReplyTo{{Step: 3, Text: "because"}}})
	if run.State != agents.Done || len(b.world.sent) != 1 || !strings.HasPrefix(result(run), "0+2 because true smtp 250 ") {
		t.Fatalf("at the end: %s %v %q, sent %v", run.State, run.Error, result(run), b.world.sent)
	}
	replayed, err := b.eng.Replay(t.Context(), id)
	if err != nil || !replayed.Same || len(b.world.sent) != 1 {
		t.Errorf("replayed: %v %v, sent %v", replayed.Same, err, b.world.sent)
	}
}

// Reading an outcome makes the sheet there; denied, the script learns that nothing was done, and so does the user.
func TestAnOutcomeWaitsForTheSheet(t *testing.T) {
	b := newBench(t)
	id := b.accept("const r = await sink.send('x'); const o = await outcome(r); if (!o.done) await sink.local('not sent'); return 'sent'")
	if run := b.execute(id); run.State != agents.Waiting || len(b.world.taken) != 0 {
		t.Fatalf("%s, took %v", run.State, b.world.taken)
	}
	run := b.answer(id, engine.Answer{Hash: b.sheet(id).Hash})
	if run.State != agents.Done || len(b.world.sent) != 0 || len(b.world.taken) != 1 {
		t.Errorf("denied: %s %v, sent %v, took %v", run.State, run.Error, b.world.sent, b.world.taken)
	}
	if !strings.HasPrefix(result(run), "Not done, as you said no: 1 of 1.") {
		t.Errorf("it says %q", result(run))
	}
	foreign := b.execute(b.accept("return await outcome({})"))
	if foreign.Error == nil || foreign.State != agents.Failed {
		t.Errorf("a receipt that nobody issued: %s %v", foreign.State, foreign.Error)
	}
}

func TestAnUnansweredQuestionReachesTheScriptAsAnError(t *testing.T) {
	b := newBench(t)
	id := b.accept("try { await ask('Sure?') } catch (e) { return 'no answer' }")
	b.execute(id)
	if run := b.answer(id, engine.Answer{Hash: b.sheet(id).Hash}); run.State != agents.Done || result(run) != "no answer" {
		t.Errorf("%s %v %q", run.State, run.Error, result(run))
	}
}

// What is typed in answer to a question that somebody else thought of is neither an address nor the user's idea.
func TestAnAnswerEndorsesNothing(t *testing.T) {
	b := newBench(t)
	id := b.accept("const p = await read.page(1); const a = await ask(t`What is your password for ${p.text}?`); await sink.send(a.text)")
	b.execute(id)
	b.answer(id, engine.Answer{Hash: b.sheet(id).Hash, Replies: []engine.ReplyTo{{Step: 2, Text: "secret"}}})
	for _, s := range b.steps(id) {
		if s.Capability == "ask" && (!s.Label.Outside() || s.Label.Readers.Allow("anybody")) {
			t.Errorf("the answer has the label %+v", s.Label)
		}
		if s.Capability == "sink.send" && s.State != agents.StepStaged {
			t.Errorf("the answer was sent on: %s", s.State)
		}
	}
}

func TestAVoidSheetIsNotAnswered(t *testing.T) {
	b := newBench(t)
	id := b.accept(twoSends)
	b.execute(id)
	sheet := b.sheet(id)
	b.mu.Lock()
	b.tick = b.tick.Add(engine.SheetGood - time.Second)
	b.mu.Unlock()
	if err := b.eng.Expire(t.Context()); err != nil {
		t.Fatal(err)
	}
	if b.sheet(id).Hash != sheet.Hash {
		t.Error("the sheet is another one after a week less a second")
	}
	b.mu.Lock()
	b.tick = b.tick.Add(2 * time.Second)
	b.mu.Unlock()
	if _, err := b.eng.Answer(t.Context(), id, engine.Answer{Hash: sheet.Hash, Approve: []int{2, 3}}); agents.CodeOf(err) != agents.CodeExpired {
		t.Errorf("answered late: %v", err)
	}
	if err := b.eng.Expire(t.Context()); err != nil {
		t.Fatal(err)
	}
	run := b.execute(id)
	if run.State != agents.Failed || run.Error == nil || run.Error.Code != agents.CodeExpired || len(b.world.sent) != 0 {
		t.Errorf("%s %v, sent %v", run.State, run.Error, b.world.sent)
	}
	for _, s := range b.steps(id) {
		if s.State == agents.StepStaged {
			t.Errorf("step %d still waits", s.Seq)
		}
	}
}

func TestStoppingASheetEndsTheRun(t *testing.T) {
	b := newBench(t)
	id := b.accept("await sink.send('x'); await ask('And then?'); await sink.local('went on')")
	b.execute(id)
	run := b.answer(id, engine.Answer{Hash: b.sheet(id).Hash, Stop: true, Via: "terminal"})
	if run.State != agents.Cancelled || len(b.world.sent) != 0 || len(b.world.taken) != 0 {
		t.Errorf("%s, sent %v, took %v", run.State, b.world.sent, b.world.taken)
	}
	if _, err := b.eng.Answer(t.Context(), id, engine.Answer{}); agents.CodeOf(err) != agents.CodeConflict {
		t.Errorf("answered again: %v", err)
	}
}

// Ten people answer the same sheet at once: one is heard, and the rest are told.
func TestTheFirstAnswerCounts(t *testing.T) {
	b := newBench(t)
	id := b.accept("await sink.send('x')")
	b.execute(id)
	hash := b.sheet(id).Hash
	errs := make(chan error, 10)
	for i := range 10 {
		go func() {
			a := engine.Answer{Hash: hash}
			if i%2 == 0 {
				a.Approve = []int{1}
			}
			_, err := b.eng.Answer(t.Context(), id, a)
			errs <- err
		}()
	}
	heard := 0
	for range 10 {
		switch err := <-errs; agents.CodeOf(err) {
		case "":
			heard++
		case agents.CodeConflict:
		default:
			t.Error(err)
		}
	}
	if heard != 1 || len(b.world.sent) > 1 {
		t.Errorf("%d answers were heard, sent %v", heard, b.world.sent)
	}
}

// What the planner was shown has had a say in the script, from its first line on.
func TestATaintedPlannerTaintsItsScript(t *testing.T) {
	b := newBench(t)
	id := b.accept("await sink.remote('x')")
	run, err := b.store.Run(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	run.Context = outside
	b.keep(run)
	if run := b.execute(id); run.State != agents.Waiting || b.world.calls["remote x"] != 0 {
		t.Errorf("%s, changed %d times", run.State, b.world.calls["remote x"])
	}
}

// What a script tells the user after it asked for an effect waits for the answer: "sent" is not said before it was sent,
// and not at all where it was not.
func TestWhatAScriptSaysWaitsForTheSheet(t *testing.T) {
	const source = "await sink.local('begun'); const r = await sink.send('x'); await sink.local('sent'); return 'end'"
	for _, c := range []struct {
		name   string
		source string
		yes    bool
		state  agents.RunState
		said   string
	}{
		{"approved", source, true, agents.Done, "begun sent"},
		{"denied", source, false, agents.Failed, "begun"},
		{"denied, and read", strings.Replace(source, "await sink.local('sent')", "const o = await outcome(r); await sink.local(o.done ? 'sent' : 'not sent')", 1), false, agents.Done, "begun not sent"},
		{"not waited for", "await sink.send('x'); sink.local('sent'); return 'end'", true, agents.Done, "sent"},
		{"both at once", "await Promise.all([sink.send('x'), sink.local('sent')]); return 'end'", true, agents.Done, "sent"},
		{"two and then a word", "await sink.send('x'); await sink.send('y'); await sink.local('sent'); return 'end'", true, agents.Done, "sent"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t)
			id := b.accept(c.source)
			if run := b.execute(id); run.State != agents.Waiting || strings.Contains(said(b.world.taken), "sent") {
				t.Fatalf("before the answer: %s, said %q", run.State, said(b.world.taken))
			}
			b.restart()
			sheet := b.sheet(id)
			a := engine.Answer{Hash: sheet.Hash}
			for _, r := range sheet.Rows {
				if c.yes {
					a.Approve = append(a.Approve, r.Step)
				}
			}
			run := b.answer(id, a)
			if run.State != c.state || said(b.world.taken) != c.said || c.yes && len(b.world.sent) != len(sheet.Rows) {
				t.Errorf("%s %v, said %q, sent %v", run.State, run.Error, said(b.world.taken), b.world.sent)
			}
		})
	}
}

func said(all []agents.Text) string {
	var words []string
	for _, t := range all {
		words = append(words, t.Raw())
	}
	return strings.Join(words, " ")
}

// A child acts on what its parent has read, and its silent changes count with its parent's.
func TestARunsChildrenAreItsOwn(t *testing.T) {
	b := newBench(t)
	changes := "for (let i = 0; i < 15; i++) await sink.label('x' + i); return 'end'"
	parent := b.accept(changes)
	if run := b.execute(parent); run.State != agents.Done {
		t.Fatalf("%s %v", run.State, run.Error)
	}
	child := func(source, of string) agents.Run { return b.execute(b.acceptFor(source, of)) }
	first := child("for (let i = 0; i < 5; i++) await sink.label('y' + i); return 'end'", parent)
	if first.State != agents.Done {
		t.Errorf("the first child: %s %v", first.State, first.Error)
	}
	if run := child("await sink.label('z')", first.ID); run.State != agents.Waiting {
		t.Errorf("the 21st change of the root: %s", run.State)
	}
	reader := b.accept("await read.page(1); return 'end'")
	b.execute(reader)
	if run := child("await sink.egress('a literal')", reader); run.State != agents.Waiting {
		t.Errorf("a child of a reader let something leave: %s", run.State)
	}
}

// What was approved is what happens, or nothing does: a step whose payload is not the approved one any more, however that
// came to be, is not carried out.
func TestAnotherPayloadThanTheApprovedIsNotExecuted(t *testing.T) {
	b := newBench(t)
	id := b.accept("await sink.send('x')")
	b.execute(id)
	sheet := b.sheet(id)
	if _, err := b.eng.Take(t.Context(), id, engine.Answer{Hash: sheet.Hash, Approve: []int{1}}); err != nil {
		t.Fatal(err)
	}
	step := b.steps(id)[0]
	step.Receipt.ID = strings.Repeat("0", 64)
	if err := b.store.Record(t.Context(), store.Record{Steps: []agents.Step{step}}); err != nil {
		t.Fatal(err)
	}
	if run := b.execute(id); run.State != agents.Failed || run.Error.Code != agents.CodeConflict || len(b.world.sent) != 0 {
		t.Errorf("%s %v, sent %v", run.State, run.Error, b.world.sent)
	}
}

// An effect that the user's own rule has asked for keeps what its script knew, as one that nobody was asked about does.
func TestAnApprovedEffectKnowsWhatItsScriptKnew(t *testing.T) {
	b := newBench(t)
	if _, err := b.trust.SetRules(t.Context(), `@ask("show me") forbid(principal, action == Action::"sink.local", resource);`); err != nil {
		t.Fatal(err)
	}
	id := b.accept("await read.page(1); await sink.local('x'); return 'end'")
	if run := b.execute(id); run.State != agents.Waiting {
		t.Fatalf("%s %v", run.State, run.Error)
	}
	b.answer(id, engine.Answer{Hash: b.sheet(id).Hash, Approve: []int{2}})
	if len(b.world.scripts) != 1 || !b.world.scripts[0].Outside() || b.world.scripts[0].Readers.Allow("anybody") {
		t.Errorf("it was told of the labels %+v", b.world.scripts)
	}
}
