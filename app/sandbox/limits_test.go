package sandbox_test

import (
	"testing"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/sandbox"
)

// TestExhaustion runs what eats time, memory, stack or pipes. Each must end by the limit that is named.
func TestExhaustion(t *testing.T) {
	small := sandbox.Limits{Wall: 5 * time.Second, CPU: 150 * time.Millisecond, Memory: 16 << 20, Output: 1 << 20, Calls: 100}
	slow := small // for what the engine itself does not interrupt: only the parent's clock or the kernel's ends it
	slow.Wall = 700 * time.Millisecond
	slow.Memory = 512 << 20
	roomy := small
	roomy.CPU = 10 * time.Second
	tests := []struct {
		name   string
		limits sandbox.Limits
		source string
		want   string
	}{
		{"loop", small, "while (true);", "CPU time limit"},
		{"loop that catches", small, "for (;;) { try { for (;;); } catch { } finally { continue } }", "CPU time limit"},
		{"loop in a getter of the result", small, "return { get x() { for (;;); } }", "CPU time limit"},
		{"loop in a thrown error", small, "throw { get message() { for (;;); } }", "CPU time limit"},
		{"loop after await", small, "await null; while (true);", "CPU time limit"},
		{"loop in then of a result", small, "return { then() { for (;;); } }", "CPU time limit"},
		{"microtasks", small, "const f = () => Promise.resolve().then(f); await f();", "limit"},
		{"microtasks by await", small, "for (;;) await null;", "CPU time limit"},
		{"microtasks by queueMicrotask", small, "const f = () => queueMicrotask(f); f(); await new Promise(() => {});", "CPU time limit"},
		{"bad regex", small, `return /^(a+)+$/.test("a".repeat(40) + "b");`, "CPU time limit"},
		{"sort", small, "const a = []; for (;;) a.sort(() => { for (;;); }), a.push(1, 2);", "CPU time limit"},
		{"proxy chain", small, "let p = {}; for (;;) { p = new Proxy({}, { get: () => { for (;;); } }); p.x; }", "CPU time limit"},
		{"recursion", roomy, "const f = (): number => f() + 1; return f();", "recursion limit"},
		{"recursion by toString", roomy, "const o = { toString() { return `${o}`; } }; return `${o}`;", "recursion limit"},
		{"allocation", roomy, "const a: unknown[] = []; for (;;) a.push(new Array(1000).fill({}));", "memory limit"},
		{"allocation that catches", small, "const a: unknown[] = []; for (;;) try { a.push(new Array(1000).fill({})) } catch { }", "limit"},
		{"string growth", roomy, `const a: string[] = []; for (;;) a.push("x".repeat(1e5) + a.length);`, "memory limit"},
		{"string that doubles", roomy, `let s = "x"; for (;;) s += s;`, "memory limit"},
		{"array buffers", roomy, "const a: unknown[] = []; for (;;) a.push(new Uint8Array(1 << 20));", "memory limit"},
		{"closures", roomy, "let f: any = () => 0; for (;;) { const g = f; f = () => g; }", "memory limit"},
		{"promises", roomy, "const a: unknown[] = []; for (;;) a.push(new Promise(() => {}));", "memory limit"},
		{"rejections", roomy, "for (;;) { Promise.reject(1); await null; }", "limit"},
		{"join that the engine cannot interrupt", slow, "return Array(2e8).join().length;", "limit"},
		{"logs", roomy, `for (;;) console.log("spam ".repeat(100));`, "output limit"},
		{"small logs", roomy, `for (;;) console.log("");`, "output limit"},
		{"one log", roomy, `console.log("x".repeat(5e6));`, "output limit"},
		{"result", roomy, `return "x".repeat(5e6);`, "output limit"},
		{"argument", roomy, `await api.echo("x".repeat(5e6));`, "output limit"},
		{"calls", roomy, "for (let i = 0; i < 1e6; i++) api.echo(i);", "limit of 100 calls"},
		{"calls in turn", roomy, "for (let i = 0; i < 1e6; i++) await api.echo(i);", "limit of 100 calls"},
		{"templates that double", roomy, "let x: any = t`${h}${h}`; for (;;) x = t`${x}${x}`;", "limit"},
	}
	w := world{functions: map[string]func([]any) (any, error){"api.echo": echo}, globals: map[string]string{"h": `{"$h":"a"}`}}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := w
			w.limits = tt.limits
			wantError(t, w.run(t, tt.source), agents.CodeLimit, tt.want)
		})
	}
}

// TestCatchable shows that a script goes on after it caught what the engine lets it catch, still within its limits.
func TestCatchable(t *testing.T) {
	source := `
		let n = 0;
		const deep = (): number => deep() + 1;
		try { deep() } catch { n++ }
		try { new Array(1e9).fill(0) } catch { n++ }
		return n;`
	o := world{limits: sandbox.Limits{Memory: 16 << 20}}.run(t, source)
	if o.value != "2" {
		t.Errorf("value %s, error %v", o.value, o.err)
	}
}

// TestWaitsForever fails what nothing can wake, at once and not at the time limit.
func TestWaitsForever(t *testing.T) {
	o := world{}.run(t, "await new Promise(() => {});")
	wantError(t, o, agents.CodeScript, "never comes")
}
