package engine_test

import (
	"strings"
	"testing"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/store"
)

// A script makes the host's work out of a few bytes of its own. Each run ends, and the program goes on.
func TestExhaustionOfTheHostEndsTheRunAlone(t *testing.T) {
	for _, tc := range []struct{ name, source, code, says string }{
		{"a text that doubles", "let x: any = (await read.page(1)).text; for (let i = 0; i < 40; i++) x = t`${x}${x}`; await sink.local(x)", agents.CodeLimit, ""},
		{"a result that names one text many times", "const p = await read.page(1); await sink.local(join(Array(50000).fill(p.text)))", "", ""},
		{"a list of one object", "const p = await read.page(1); return Array(50000).fill(p)", "", ""},
		{"calls at once", "await Promise.all(Array.from({length: 100000}, (_, i) => read.page(i)))", agents.CodeLimit, "calls"},
		{"a result of many megabytes", "await read.page(1); return 'x'.repeat(30e6)", agents.CodeLimit, "limit"},
		{"a huge message", "throw new Error('x'.repeat(3e6))", agents.CodeScript, "xxx"},
	} {
		b := newBench(t)
		run := b.execute(b.accept(tc.source))
		if !run.State.Over() || tc.code != "" && (run.State != agents.Failed || agents.CodeOf(run.Error) != tc.code || !strings.Contains(run.Error.Message, tc.says)) {
			t.Errorf("%s: %s %v", tc.name, run.State, run.Error)
		}
		b.world.onCall = nil
		if after := b.execute(b.accept("return (await read.page(1)).n")); after.State != agents.Done {
			t.Errorf("%s: the next run is %s: %v", tc.name, after.State, after.Error)
		}
	}
}

// However many calls a script makes at once, only so many capabilities work at the same time.
func TestFewCapabilitiesWorkAtOnce(t *testing.T) {
	b := newBench(t)
	now, most := 0, 0
	b.world.onCall = func(string) error {
		b.world.mu.Lock()
		now++
		most = max(most, now)
		b.world.mu.Unlock()
		for range 50 {
			if _, err := b.store.Runs(t.Context(), store.RunFilter{}); err != nil {
				t.Error(err)
			}
		}
		b.world.mu.Lock()
		now--
		b.world.mu.Unlock()
		return nil
	}
	run := b.execute(b.accept("const all = await Promise.all(Array.from({length: 100}, (_, i) => read.page(i))); return all.length"))
	if result(run) != "100" || most > 16 || most < 2 {
		t.Errorf("%s %q: %d at once", run.State, result(run), most)
	}
}
