package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/api"
)

// committed is where the page finds the surface.
const committed = "frontend/src/lib/backend/api.gen.ts"

func TestThePageHasTheSurfaceAsItIs(t *testing.T) {
	want, err := generate(".")
	if err != nil {
		t.Fatal(err)
	}
	root, err := find(".")
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(root, committed))
	if err != nil || string(got) != want {
		t.Fatalf("%s is old (%v): go run ./app/api/typescript > %s", committed, err, committed)
	}
}

func TestEveryMethodAndTypeIsThere(t *testing.T) {
	text, err := generate(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, method := range api.NewDoor(api.DoorOptions{}).Surface().Methods() {
		if !strings.Contains(text, `  "`+method+`": { request: `) {
			t.Errorf("%s is not in Methods", method)
		}
	}
	for _, want := range []string{
		`"Runs/List": { request: ListRuns; answer: RunList };`,
		`"Setup/State": { request: Nothing; answer: SetupState };`,
		"export type RunState = \"queued\" | \"running\" | \"waiting\" | \"paused\" | \"done\" | \"failed\" | \"cancelled\";",
		"export type VaultMode = \"\" | \"os\" | \"file\";",
		"  document: ReportDocument | null;", // a pointer that is not left out
		"  error?: ApiError;",
		"  payload: unknown;",
		"  created: string;",
		"  examples: Record<string, string>;",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("missing: %s", want)
		}
	}
	if strings.Contains(text, "interface MailDetail extends") || !strings.Contains(text, "export interface MailDetail {\n  id: string;") {
		t.Error("what is embedded does not stand in its place")
	}
}

func TestTypesThatHaveNoTypeScriptAreAnError(t *testing.T) {
	fresh := func() *generator {
		root, err := find(".")
		if err != nil {
			t.Fatal(err)
		}
		return &generator{sources: &sources{root: root, read: map[string]*source{}}, known: map[reflect.Type]string{}, taken: map[string]reflect.Type{}}
	}
	for want, v := range map[string]any{
		"string": time.Time{}, "unknown": json.RawMessage{}, "number": uint64(1), "boolean": true, "string[]": []string{}, "RunState[]": []agents.RunState{},
		"Record<string, number[]>": map[string][]int{}, "Nothing": struct{}{}, "Label": &agents.Label{},
	} {
		if got := fresh().typeOf(reflect.TypeOf(v)); got != want {
			t.Errorf("%T is %s, want %s", v, got, want)
		}
	}
	if got := fresh().typeOf(reflect.TypeFor[[]byte]()); got != "string" {
		t.Errorf("bytes are %s", got)
	}
	g := fresh()
	if g.typeOf(reflect.TypeFor[chan int]()); g.failed == nil {
		t.Error("a channel passed")
	}
	g = fresh()
	g.typeOf(reflect.TypeFor[agents.Report]())
	if g.typeOf(reflect.TypeFor[Report]()); g.failed == nil {
		t.Error("two types of one name passed")
	}
}

// Report has the name of another package's type.
type Report struct{ ID string }
