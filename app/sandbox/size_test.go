package sandbox_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/sandbox"
)

// TestHugeDeliveries has capabilities return what is too large or too deep for a script. The run ends with the limit that
// is named, and the parent lives.
func TestHugeDeliveries(t *testing.T) {
	text := func(n int) json.RawMessage { return json.RawMessage(`"` + strings.Repeat("x", n) + `"`) }
	nested := func(n int) json.RawMessage {
		return json.RawMessage(strings.Repeat("[", n) + strings.Repeat("]", n))
	}
	for _, tc := range []struct {
		name  string
		value json.RawMessage
		want  string
	}{
		{"more than a frame holds", text(65 << 20), "too large"},
		{"as much as a frame holds", text(63 << 20), "memory limit"},
		{"more than the script's memory", text(40 << 20), "memory limit"},
		{"many small values", json.RawMessage("[" + strings.Repeat("{},", 3_000_000) + "1]"), "limit"},
		{"deep", nested(5000), "recursion limit"},
		{"deeper", nested(1_000_000), "too deep"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := world{functions: map[string]func([]any) (any, error){"api.big": func([]any) (any, error) { return tc.value, nil }}}
			wantError(t, w.run(t, "await api.big(); return 1"), agents.CodeLimit, tc.want)
		})
	}
}

// TestHugeErrors shows that what a person reads of an error stays short, whatever a script throws.
func TestHugeErrors(t *testing.T) {
	for name, source := range map[string]string{
		"message": `throw new Error("x".repeat(1e6))`,
		"name":    `const e = new Error("x"); e.name = "y".repeat(1e6); throw e`,
		"stack":   `const e = new Error("x"); (e as any).stack = "script.ts:1:1 ".repeat(1e5); throw e`,
		"string":  `throw "x".repeat(1e6)`,
		"deep":    `const f = (n: number): number => n ? f(n - 1) + 0 : (() => { throw new Error("x".repeat(1e6)) })(); return f(500)`,
	} {
		t.Run(name, func(t *testing.T) {
			o := world{limits: sandbox.Limits{Output: 1 << 20}}.run(t, source)
			wantError(t, o, agents.CodeScript)
			if n := len(o.err.Message) + len(o.err.Hint); n > 4000 {
				t.Errorf("%d bytes to read", n)
			}
		})
	}
}
