package headless

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/api"
)

// terminal is a session over a home, with what it printed.
func terminal(surface *api.Surface, asJSON bool) (*session, *strings.Builder) {
	out := &strings.Builder{}
	return &session{surface: surface, print: &printer{out: out, err: out, json: asJSON}}, out
}

func TestAutomationsFromTheCommandLine(t *testing.T) {
	surface, _ := home(t)
	run := func(asJSON bool, c command) (string, error) {
		s, out := terminal(surface, asJSON)
		err := c.run(t.Context(), s)
		return out.String(), err
	}
	must := func(c command, wants ...string) {
		t.Helper()
		out, err := run(false, c)
		if err != nil {
			t.Fatalf("%T: %v", c, err)
		}
		for _, want := range wants {
			if !strings.Contains(out, want) {
				t.Errorf("%T says nothing of %q:\n%s", c, want, out)
			}
		}
	}
	must(&automationsList{}, "No automations yet", "automations add")
	_, err := run(false, &automationsAdd{Text: "Brief me on today's mail every weekday"})
	if agents.CodeOf(err) != agents.CodeInvalid || !strings.Contains(agents.AsError(err).Hint, "at 8:00") {
		t.Errorf("without a time: %v", err)
	}
	_, err = run(false, &automationsAdd{Text: "every weekday at 8:00", From: "01NOBODY"})
	if agents.CodeOf(err) != agents.CodeNotFound {
		t.Errorf("from nothing: %v", err)
	}
	out, err := run(true, &automationsAdd{Text: "Brief me on today's mail every weekday at 8:00"})
	if err != nil {
		t.Fatal(err)
	}
	var made struct {
		Type string
		api.Automation
	}
	if err := json.Unmarshal([]byte(out), &made); err != nil || made.Type != "result" || made.ID == "" || len(made.Next) != 3 {
		t.Fatalf("%v\n%s", err, out)
	}
	must(&automationsAdd{Text: "每週一、四上午九點整理今天的郵件"}, "整理今天的郵件", "mon thu at 09:00, UTC", "next", "Added. It runs when it is due while Steward stays open")
	must(&automationsList{}, made.ID, "next ", "every weekday at 8:00", "每週一、四上午九點")
	must(&automationsHistory{ID: made.ID}, "It was not due yet")
	must(&automationsRun{ID: made.ID}, "Done; what was done")
	must(&automationsHistory{ID: made.ID}, "by hand", "run 01")
	must(&automationsPause{ID: made.ID}, "Paused")
	must(&automationsShow{ID: made.ID}, "(paused)", "of the skill daily-briefing", "lately", "by hand", "report.create")
	must(&automationsResume{ID: made.ID}, "from now on")
	out, err = run(true, &automationsHistory{ID: made.ID})
	if lines := strings.Split(strings.TrimSpace(out), "\n"); err != nil || len(lines) != 2 || !strings.Contains(lines[0], `{"type":"occurrence"`) || !strings.Contains(lines[1], `"count":1`) {
		t.Errorf("%v\n%s", err, out)
	}
	must(&automationsRemove{ID: made.ID}, "Removed")
	if _, err := run(false, &automationsShow{ID: made.ID}); agents.CodeOf(err) != agents.CodeNotFound {
		t.Errorf("after its removal: %v", err)
	}
}

func TestAStandingRequestPointsToAutomations(t *testing.T) {
	surface, _ := home(t)
	for _, text := range []string{"Every weekday at 8:00 brief me on today's mail", "每個工作日早上八點整理今天的郵件"} {
		s, out := terminal(surface, false)
		err := (&askCommand{Text: text}).run(t.Context(), s)
		if err == nil || !strings.Contains(out.String(), "steward automations add") || !strings.Contains(out.String(), text) {
			t.Errorf("%v\n%s", err, out)
		}
	}
}
