package capability_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/capability"
)

func handleOf(t *testing.T, view json.RawMessage) string {
	t.Helper()
	var v map[string]string
	if err := json.Unmarshal(view, &v); err != nil || v["$h"] == "" {
		t.Fatalf("%s is no handle: %v", view, err)
	}
	return string(view)
}

// A few bytes of a script name much text many times. The host must not build it.
func TestATextThatIsNamedTooOftenIsRefused(t *testing.T) {
	table := capability.NewTable([]byte("key"))
	big := agents.Labelled(strings.Repeat("x", 1<<20), agents.Label{Integrity: agents.Untrusted, Origins: []string{"mail:a"}})
	h := handleOf(t, table.Issue(1, big))
	var page, numbers map[string]any
	if err := json.Unmarshal(table.Issue(4, &capability.Object{Kind: "n", Fields: []capability.Field{{Name: "n", Value: make([]capability.Value, 10_000)}}}), &numbers); err != nil {
		t.Fatal(err)
	}
	object := &capability.Object{Kind: "page", ID: "p", Fields: []capability.Field{{Name: "text", Value: big}}}
	if err := json.Unmarshal(table.Issue(3, object), &page); err != nil {
		t.Fatal(err)
	}
	for name, raw := range map[string]string{
		"a template": `[{"$t":[` + strings.TrimSuffix(strings.Repeat(h+",", 5000), ",") + `]}]`,
		"templates":  `[` + strings.TrimSuffix(strings.Repeat(`{"$t":["a",`+h+`]},`, 5000), ",") + `]`,
		"a list":     `[` + strings.TrimSuffix(strings.Repeat(h+",", 5000), ",") + `]`,
		"records":    `[` + strings.TrimSuffix(strings.Repeat(`{"a":`+h+`},`, 5000), ",") + `]`,
		"numbers":    `[` + strings.TrimSuffix(strings.Repeat(`{"$o":"`+numbers["$o"].(string)+`"},`, 5000), ",") + `]`,
		"objects":    `[` + strings.TrimSuffix(strings.Repeat(`{"$o":"`+page["$o"].(string)+`"},`, 5000), ",") + `]`,
	} {
		if _, err := table.Resolve(json.RawMessage(raw)); agents.CodeOf(err) != agents.CodeLimit {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := table.Resolve(json.RawMessage(`[{"$t":[` + h + "," + h + `]},` + h + `]`)); err != nil {
		t.Errorf("what fits is refused: %v", err)
	}
	huge := handleOf(t, table.Issue(2, agents.Labelled(strings.Repeat("x", 40<<20), big.Spans[0].Label)))
	if _, err := table.Resolve(json.RawMessage(`[` + huge + `]`)); err != nil {
		t.Errorf("one text, passed on as it is, is refused: %v", err)
	}
}

// Joining the labels of very many texts must not take longer than making them.
func BenchmarkLabelOfManyTexts(b *testing.B) {
	table := capability.NewTable([]byte("key"))
	var parts []string
	for i := range 1000 {
		label := agents.Label{Integrity: agents.Untrusted, Origins: []string{fmt.Sprintf("mail:%d", i)}, Readers: agents.Only("me", fmt.Sprint("p", i))}
		parts = append(parts, string(table.Issue(i, agents.Labelled("x", label))))
	}
	raw := json.RawMessage(`[{"$t":[` + strings.Join(parts, ",") + strings.Repeat(","+parts[0], 19_000) + `]}]`)
	for b.Loop() {
		v, err := table.Resolve(raw)
		if err != nil {
			b.Fatal(err)
		}
		capability.LabelOf(v)
	}
}

// Names that a script chose, such as the fields to extract, must not make two places of a result into one.
func TestEachPlaceOfAResultHasItsOwnHandle(t *testing.T) {
	table := capability.NewTable([]byte("key"))
	text := func(s string) agents.Text { return agents.Labelled(s, agents.Label{Integrity: agents.Untrusted}) }
	view := table.Issue(1, capability.Encode(map[string]any{
		"a/b": text("one"), "a": map[string]any{"b": text("two"), "~1b": text("three")}, "a~1b": text("four"),
	}))
	var v map[string]any
	if err := json.Unmarshal(view, &v); err != nil {
		t.Fatal(err)
	}
	a := v["a"].(map[string]any)
	for want, place := range map[string]any{"one": v["a/b"], "two": a["b"], "three": a["~1b"], "four": v["a~1b"]} {
		raw, err := json.Marshal(place)
		if err != nil {
			t.Fatal(err)
		}
		got, err := table.Resolve(raw)
		if err != nil || got.(agents.Text).Raw() != want {
			t.Errorf("%s stands for %v, want %s (%v)", raw, got, want, err)
		}
	}
}

// A definition that takes anything would have nothing to check, and an argument for it would bring the program down.
func TestADefinitionThatTakesAnythingIsRefused(t *testing.T) {
	type in struct {
		List []map[string]any `json:"list"`
	}
	c := agents.Define(agents.Capability{Name: "x.y", Version: 1, Effect: agents.Read},
		func(_ context.Context, _ *agents.Call, _ in) (agents.Nothing, error) { return agents.Nothing{}, nil })
	if _, err := capability.NewRegistry(agents.Agent{Name: "x", Capabilities: []agents.Capability{c}}); err == nil {
		t.Error("it was taken")
	}
}
