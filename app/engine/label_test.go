package engine_test

import (
	"strings"
	"testing"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/engine"
)

// What a failed call looked at has had its say: a script that catches the error knows of it.
func TestAFailedCallRaisesTheScriptsLabel(t *testing.T) {
	private := agents.Label{Integrity: agents.Untrusted, Origins: []string{"mail:m1"}, Readers: agents.Only("me")}
	for _, tc := range []struct {
		name, source string
		fails        string // the call that fails
		want         agents.Label
	}{
		{"content", "try { await read.page(1) } catch { }", "read.page 1", private},
		{"facts of something from outside", "try { await read.fact(1) } catch { }", "read.fact 1", private},
		{"a text from outside that was passed on", "const p = await read.fact(1); try { await sink.local(p.text) } catch { }", "local words 1", private},
		{"the user's own text", "try { await sink.local('x') } catch { }", "local x", agents.Label{Integrity: agents.FromHost}},
		{"arguments that do not fit", "try { await read.page('x' as any) } catch { }", "", agents.Label{}},
		{"nobody waited for it", "read.page(1); throw new Error('no')", "read.page 1", private},
	} {
		b := newBench(t)
		b.world.onCall = func(name string) error {
			if name == tc.fails {
				return &agents.Error{Code: agents.CodeInvalid, Message: "several fit"}
			}
			return nil
		}
		run := b.execute(b.accept(tc.source))
		if got := run.Label; got.Integrity != tc.want.Integrity || got.Readers.Limited != tc.want.Readers.Limited || len(got.Origins) != len(tc.want.Origins) {
			t.Errorf("%s: %s, label %+v, want %+v", tc.name, run.State, got, tc.want)
		}
	}
}

// The label decides what happens next: a change that would be silent asks after a call that failed over content.
func TestAfterAFailureOverContentAChangeAsks(t *testing.T) {
	const source = "try { await read.page(1) } catch { await sink.remote('x') }"
	b := newBench(t)
	b.world.onCall = func(name string) error {
		if name == "read.page 1" {
			return &agents.Error{Code: agents.CodeNotFound, Message: "there is none"}
		}
		return nil
	}
	run := b.execute(b.accept(source))
	if run.State != agents.Waiting || b.world.calls["remote x"] != 0 {
		t.Errorf("%s; changed %d times", run.State, b.world.calls["remote x"])
	}
}

// Once a script has read raw text, what it writes may be that text: wherever it goes, it is from outside.
func TestWhatARevealingScriptWritesIsFromOutside(t *testing.T) {
	b := newBench(t)
	const source = "await sink.local('before'); const p = await read.page(1); const s = await reveal(p.text);" +
		" await sink.local('now ' + s); await sink.local(t`${p.text} and ${s}`); await sink.send('to ' + s); return 'Result: ' + s"
	id := b.accept(source)
	run := b.execute(id)
	if run.State != agents.Waiting {
		t.Fatalf("%s %v", run.State, run.Error)
	}
	for _, taken := range b.world.taken {
		outside := strings.Contains(taken.Raw(), "words")
		for _, s := range taken.Spans {
			if s.Label.Outside() != outside || outside && s.Label.Readers.Allow("anybody") {
				t.Errorf("%q of %q has the label %+v", s.Content, taken.Raw(), s.Label)
			}
		}
	}
	if len(b.world.taken) != 3 {
		t.Errorf("took %d texts", len(b.world.taken))
	}
	if run.Result != nil {
		t.Errorf("before the answer it says %+v", run.Result)
	}
	sheet, err := b.eng.Sheet(t.Context(), id)
	if err != nil || !strings.Contains(string(sheet.Rows[0].Payload), "mail:m1") {
		t.Fatalf("sheet %+v %v", sheet, err)
	}
	b.restart()
	if run, err = b.eng.Answer(t.Context(), id, engine.Answer{Hash: sheet.Hash, Approve: []int{sheet.Rows[0].Step}}); err != nil || run.State != agents.Done || len(b.world.sent) != 1 {
		t.Fatalf("after the answer: %s %v %v, sent %v", run.State, run.Error, err, b.world.sent)
	}
	if !run.Result.Outside() || run.Result.Raw() != "Result: words 1" {
		t.Errorf("result %+v", run.Result)
	}

	thrown := b.execute(b.accept("const p = await read.page(1); throw new Error(await reveal(p.text))"))
	if thrown.Error == nil || !strings.Contains(thrown.Error.Message, "‹") {
		t.Errorf("its error is not marked: %v", thrown.Error)
	}
}
