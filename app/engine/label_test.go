package engine_test

import (
	"testing"

	"github.com/stewardhq/steward/agents"
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
