package engine_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/engine"
	"github.com/stewardhq/steward/app/policy"
)

const twoSends = `
const p = await read.page(1)
const a = await sink.send(t` + "`first ${p.text}`" + `)
const b = await sink.send("second")
return t` + "`staged ${a.pending} ${b.pending}`" + `
`

func TestASendWaitsForTheWordAndThenHappensOnce(t *testing.T) {
	b := newBench(t)
	id := b.accept(twoSends)
	run := b.execute(id)
	if run.State != agents.Waiting || run.Verified || len(b.world.sent) != 0 {
		t.Fatalf("before the answer: %s, sent %v", run.State, b.world.sent)
	}
	sheet, err := b.eng.Sheet(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if len(sheet.Rows) != 2 || !strings.Contains(string(sheet.Rows[0].Payload), "words 1") {
		t.Fatalf("sheet %+v", sheet)
	}
	if _, err := b.eng.Answer(t.Context(), id, engine.Answer{Hash: "x", Approve: []int{2, 3}}); agents.CodeOf(err) != agents.CodeConflict {
		t.Errorf("another sheet's hash was taken: %v", err)
	}
	b.restart()
	answer := engine.Answer{Hash: sheet.Hash, Approve: []int{sheet.Rows[0].Step}}
	run, err = b.eng.Answer(t.Context(), id, answer)
	if err != nil || run.State != agents.Done || !run.Verified {
		t.Fatalf("after the answer: %s %v %v %v", run.State, run.Verified, run.Error, err)
	}
	if len(b.world.sent) != 1 || !strings.HasSuffix(b.world.sent[0], "first words 1") {
		t.Errorf("sent %v", b.world.sent)
	}
	if _, err := b.eng.Answer(t.Context(), id, answer); err == nil {
		t.Error("the same answer was taken twice")
	}
	if again := b.execute(id); again.State != agents.Done || len(b.world.sent) != 1 {
		t.Errorf("executing it again: %s, sent %v", again.State, b.world.sent)
	}
}

func TestADeniedSheetSendsNothing(t *testing.T) {
	b := newBench(t)
	id := b.accept(twoSends)
	b.execute(id)
	sheet, err := b.eng.Sheet(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	run, err := b.eng.Answer(t.Context(), id, engine.Answer{Hash: sheet.Hash})
	if err != nil || run.State != agents.Done || len(b.world.sent) != 0 {
		t.Errorf("got %s, sent %v, %v", run.State, b.world.sent, err)
	}
}

// A crash after the intent and before the outcome: what happened is found out, never guessed and never done again.
func TestASendBrokenOffIsReconciledNotRepeated(t *testing.T) {
	for _, tc := range []struct {
		name       string
		capability string
		found      func(string) bool
		state      agents.StepState
		verified   bool
	}{
		{"it had happened", "sink.send", func(string) bool { return true }, agents.StepDone, true},
		{"it had not", "sink.send", func(string) bool { return false }, agents.StepFailed, false},
		{"nobody can tell", "sink.send", nil, agents.StepUnknown, false},
		{"there is no way to tell", "sink.blind", nil, agents.StepUnknown, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			b := newBench(t)
			id := b.accept("await " + tc.capability + "('hello')\nreturn 'ok'")
			b.execute(id)
			sheet, err := b.eng.Sheet(t.Context(), id)
			if err != nil {
				t.Fatal(err)
			}
			ctx, crash := context.WithCancelCause(t.Context())
			b.world.onCall = func(string) error { crash(errCrash); return errCrash }
			if _, err := b.eng.Answer(ctx, id, engine.Answer{Hash: sheet.Hash, Approve: []int{1}}); !errors.Is(err, errCrash) {
				t.Fatalf("broken off: %v", err)
			}
			b.world.onCall, b.world.found = nil, tc.found
			b.restart()
			run := b.execute(id)
			step := b.steps(id)[0]
			if step.State != tc.state || run.Verified != tc.verified || b.world.calls["send hello"] != 1 {
				t.Errorf("step %s, verified %v, called %d times", step.State, run.Verified, b.world.calls["send hello"])
			}
			if !tc.verified && run.State != agents.Failed {
				t.Errorf("the run is %s although its send is %s", run.State, step.State)
			}
		})
	}
}

func TestTheIntentIsOnDiskBeforeTheEffect(t *testing.T) {
	b := newBench(t)
	id := b.accept("await sink.local('x')")
	b.world.onCall = func(string) error {
		steps := b.steps(id)
		if len(steps) != 1 || steps[0].State != agents.StepIntent || steps[0].Attempt != 1 {
			t.Errorf("when the effect began, the journal had %+v", steps)
		}
		return nil
	}
	if run := b.execute(id); run.State != agents.Done {
		t.Fatalf("%s %v", run.State, run.Error)
	}
	kinds := []string{}
	rows, err := b.store.Ledger(t.Context(), ledgerOf(id))
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		kinds = append(kinds, r.Kind)
	}
	if !slices.Equal(kinds, []string{"run", "decision", "intent", "outcome", "run"}) {
		t.Errorf("ledger: %v", kinds)
	}
}

func TestTheScriptsLabelOnlyRises(t *testing.T) {
	for _, tc := range []struct {
		name, source string
		integrity    agents.Integrity
		limited      bool
		revealed     bool
	}{
		{"nothing read", "return 1", agents.FromUser, false, false},
		{"host facts of something private", "await read.fact(1)", agents.FromHost, true, false},
		{"plain values that content decides", "await read.page(1)", agents.Untrusted, true, false},
		{"revealed", "return await reveal((await read.fact(1)).text)", agents.Untrusted, true, true},
		{"facts after content", "await read.page(1); await read.fact(2)", agents.Untrusted, true, false},
	} {
		b := newBench(t)
		run := b.execute(b.accept(tc.source))
		if run.State != agents.Done || run.Label.Integrity != tc.integrity || run.Label.Readers.Limited != tc.limited || run.Revealed != tc.revealed {
			t.Errorf("%s: %s, label %+v, revealed %v, %v", tc.name, run.State, run.Label, run.Revealed, run.Error)
		}
	}
}

func TestWhatAScriptMayNotDoEndsInAClearError(t *testing.T) {
	for _, tc := range []struct{ name, source, code, says string }{
		{"forged handle", "const p = await read.page(1); await sink.local({$h: 'abc'} as any)", agents.CodeScript, ""},
		{"coerced handle", "const p = await read.page(1); return 'x' + p.text", agents.CodeScript, "outside"},
		{"wrong argument", "await read.page('one' as any)", agents.CodeInvalid, "whole number"},
		{"the same call for ever", "while (true) await read.fact(1)", agents.CodeLimit, "same arguments"},
		{"calls without end", "for (let i = 0; ; i++) await read.fact(i)", "", "calls"},
		{"a loop", "while (true);", agents.CodeLimit, ""},
		{"thrown", "throw new Error('no')", agents.CodeScript, "no"},
	} {
		b := newBench(t)
		run := b.execute(b.accept(tc.source))
		if run.State != agents.Failed || run.Error == nil || tc.code != "" && run.Error.Code != tc.code || !strings.Contains(run.Error.Message, tc.says) {
			t.Errorf("%s: %s %+v", tc.name, run.State, run.Error)
		}
	}
}

func TestAFailureCanBeCaughtByTheScript(t *testing.T) {
	b := newBench(t)
	b.world.onCall = func(string) error {
		return &agents.Error{Code: agents.CodeUnavailable, Message: "the page is down"}
	}
	run := b.execute(b.accept("try { await read.page(1) } catch (e) { return 'caught: ' + e.message }"))
	if run.State != agents.Done || !strings.Contains(result(run), "the page is down") {
		t.Errorf("%s %q %v", run.State, result(run), run.Error)
	}
}

func TestACapabilityThatBreaksFailsItsStepAlone(t *testing.T) {
	b := newBench(t)
	b.world.onCall = func(string) error { panic("a defect") }
	run := b.execute(b.accept("try { await read.page(1) } catch { return 'went on' }"))
	if run.State != agents.Done || result(run) != "went on" {
		t.Errorf("%s %q %v", run.State, result(run), run.Error)
	}
}

func TestCancelStopsAndPauseKeeps(t *testing.T) {
	for _, tc := range []struct {
		name string
		act  func(*bench, string) error
		want agents.RunState
	}{
		{"cancel", func(b *bench, id string) error { return b.eng.Cancel(b.t.Context(), id) }, agents.Cancelled},
		{"pause", func(b *bench, id string) error { return b.eng.Pause(b.t.Context(), id) }, agents.Paused},
	} {
		t.Run(tc.name, func(t *testing.T) {
			b := newBench(t)
			id := b.accept("await read.page(1); await read.page(2); return 'end'")
			first := true
			b.world.onCall = func(name string) error {
				if name == "read.page 2" && first {
					first = false
					if err := tc.act(b, id); err != nil {
						t.Error(err)
					}
					return errors.New("stopped")
				}
				return nil
			}
			if run := b.execute(id); run.State != tc.want {
				t.Fatalf("got %s", run.State)
			}
			again := b.execute(id)
			if tc.want == agents.Paused && (again.State != agents.Done || b.world.calls["read.page 1"] != 1) {
				t.Errorf("resumed to %s; the first step ran %d times", again.State, b.world.calls["read.page 1"])
			}
			if tc.want == agents.Cancelled && again.State != agents.Cancelled {
				t.Errorf("a cancelled run went on: %s", again.State)
			}
		})
	}
}

// What policy denies is not done, not staged either, and the script learns it as an error.
func TestWhatIsDeniedIsNotDone(t *testing.T) {
	b := newBench(t)
	if err := b.trust.SetMode(t.Context(), policy.Locked); err != nil {
		t.Fatal(err)
	}
	id := b.accept("let said = ''; for (const f of [sink.send, sink.egress, sink.remote, sink.label]) { try { await f('x') } catch (e) { said += 'no ' } } return said")
	run := b.execute(id)
	if run.State != agents.Done || result(run) != "no no no no " || len(b.world.log) != 0 {
		t.Errorf("%s %v, says %q, did %v", run.State, run.Error, result(run), b.world.log)
	}
}
