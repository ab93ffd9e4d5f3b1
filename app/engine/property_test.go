package engine_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/store"
)

// scripter writes random scripts that read, compute and send, in every way in which a value can travel: as a handle, in a
// template, as a number, as a branch, as an error's text, revealed, or not at all.
type scripter struct {
	r      *rand.Rand
	values []string
	lines  []string
}

func (s *scripter) pick(of ...string) string { return of[s.r.IntN(len(of))] }

func (s *scripter) value() string {
	if len(s.values) == 0 {
		return `{ text: "nothing", n: 4, id: "x" }`
	}
	return s.values[s.r.IntN(len(s.values))]
}

func (s *scripter) expression() string {
	v := s.value()
	return s.pick(
		`"a literal"`, v+".text", "t`see ${"+v+".text}`", "t`n is ${"+v+".n}`", "String("+v+".n)", "join(["+v+".text, 'and'], ', ')",
		"await reveal("+v+".text)", "'x'.repeat("+v+".n)", "("+v+".n > 3 ? 'yes' : 'no')", v+".id", "['a','b','c']["+v+".n % 3]",
	)
}

func (s *scripter) sink() string {
	call := fmt.Sprintf("await sink.%s(%s)", s.pick("send", "egress", "remote", "local", "send", "egress"), s.expression())
	switch s.r.IntN(6) {
	case 0:
		return fmt.Sprintf("if (%s.n %% 2) { %s }", s.value(), call)
	case 1:
		return fmt.Sprintf("try { ('' + %s.text).length; %s } catch (e) { await sink.egress(String(e.message)) }", s.value(), call)
	case 2:
		return fmt.Sprintf("for (let i = 0; i < %s.n %% 3; i++) { %s }", s.value(), call)
	case 3:
		return fmt.Sprintf("try { await read.page('no number') } catch (e) { %s }", call)
	default:
		return call
	}
}

func (s *scripter) script() string {
	for i := range 3 + s.r.IntN(8) {
		if s.r.IntN(3) == 0 {
			name := fmt.Sprintf("v%d", i)
			s.lines = append(s.lines, fmt.Sprintf("const %s = await read.%s(%d)", name, s.pick("page", "fact"), s.r.IntN(9)))
			s.values = append(s.values, name)
			continue
		}
		s.lines = append(s.lines, s.sink())
	}
	return strings.Join(s.lines, "\n")
}

// Over random scripts, nothing that came from outside, or that is private, reaches a sink without a recorded decision of a
// person: not as a text, not as a number, and not as the mere fact that it was called.
func TestNoRandomScriptSendsWithoutADecision(t *testing.T) {
	scripts := 150
	if testing.Short() {
		scripts = 30
	}
	r := rand.New(rand.NewPCG(20261125, 4))
	b := newBench(t)
	asked, silent := 0, 0
	for n := range scripts {
		source := (&scripter{r: r}).script()
		b.world.reset()
		id := b.accept(source)
		run := b.execute(id)
		if run.State == agents.Failed && run.Error.Code != agents.CodeScript {
			t.Fatalf("script %d ended as %v\n%s", n, run.Error, source)
		}
		read := false
		for _, what := range b.world.log {
			switch kind, _, _ := strings.Cut(what, " "); kind {
			case "read.page", "read.fact":
				read = true
			case "send":
				t.Fatalf("script %d sent without a word of the user: %s\n%s", n, what, source)
			case "egress":
				silent++
				if read {
					t.Fatalf("script %d let something leave after it had read: %s\n%s", n, what, source)
				}
			}
		}
		decided := map[int]bool{}
		rows, err := b.store.Ledger(t.Context(), store.LedgerFilter{Run: run.ID, Kind: "decision"})
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			decided[row.Step] = true
		}
		for _, s := range b.steps(id) {
			if s.Effect.Changes() && s.Error == nil && !decided[s.Seq] {
				t.Fatalf("script %d: step %d (%s) has no decision in the ledger\n%s", n, s.Seq, s.Capability, source)
			}
			if s.State == agents.StepStaged {
				asked++
			}
		}
	}
	if asked < scripts/3 || silent == 0 {
		t.Errorf("only %d steps were asked for and %d were silent: the scripts prove nothing", asked, silent)
	}
}

func (w *world) reset() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.log = nil
}

// Handles of another run, of no run, altered ones and look-alikes are all refused, at every sink.
func TestHandlesAreGoodInTheirRunOnly(t *testing.T) {
	b := newBench(t)
	first := b.accept("const p = await read.page(1); await sink.local(p.text); return 'x'")
	b.execute(first)
	var stolen string
	for _, s := range b.steps(first) {
		if s.Capability == "sink.local" {
			stolen = string(s.Input)
		}
	}
	at := strings.Index(stolen, `"$h":"`)
	if at < 0 {
		t.Fatalf("no handle in %s", stolen)
	}
	handle := stolen[at+6 : at+6+24]
	flipped := []byte(handle)
	flipped[0] ^= 1
	for name, forged := range map[string]string{
		"another run's": handle, "an altered one": string(flipped), "an empty one": "", "a long one": strings.Repeat("a", 500), "a step's": "1", "in capitals": strings.ToUpper(handle),
	} {
		for _, form := range []string{`{ "$h": %q }`, `{ "$o": %q }`, `{ "$t": [ { "$h": %q } ] }`, `{ text: { "$h": %q } }`} {
			id := b.accept("await read.page(1); await sink.local(" + fmt.Sprintf(form, forged) + ")")
			if run := b.execute(id); run.State != agents.Failed {
				t.Errorf("%s as %s: the run is %s", name, form, run.State)
			}
		}
	}
	if n := len(b.world.taken); n != 1 {
		t.Errorf("the sink took %d texts: %v", n, slices.Collect(texts(b.world.taken)))
	}
}

func texts(all []agents.Text) func(func(string) bool) {
	return func(yield func(string) bool) {
		for _, t := range all {
			if !yield(t.Raw()) {
				return
			}
		}
	}
}
