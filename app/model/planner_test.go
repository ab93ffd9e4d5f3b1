package model_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/model"
)

const api = `declare const mail: { search(query: string, o?: { limit?: number }): Promise<Mail[]> }`

func planRequest(check func(string) []model.Problem) model.PlanRequest {
	return model.PlanRequest{
		Request: "brief me", API: api, Skills: []string{"daily-briefing: goes through a day's mail"},
		Now: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC), Zone: time.UTC, Lang: "en", Check: check,
	}
}

// refuses says what is wrong with scripts that have a word in them.
func refuses(word string) func(string) []model.Problem {
	return func(source string) []model.Problem {
		for i, line := range strings.Split(source, "\n") {
			if strings.Contains(line, word) {
				return []model.Problem{{Line: i + 1, Message: word + " does not exist", Hint: "use mail.search"}}
			}
		}
		return nil
	}
}

func TestPlanWritesAScript(t *testing.T) {
	s := serve(t, streamed("Here it is:\n```ts\nconst all = await mail.search", "(\"\")\nreturn all.length\n```\n"))
	plan, err := (&model.Planner{Client: s.client(t)}).Plan(t.Context(), planRequest(refuses("mail.find")))
	if err != nil || plan.Source != "const all = await mail.search(\"\")\nreturn all.length" || plan.Answer != "" || plan.Requests != 1 || plan.Usage.PromptTokens != 100 {
		t.Errorf("%+v %v", plan, err)
	}
	system := s.body(0).Messages[0].Content
	for _, want := range []string{strings.TrimPrefix(api, "declare "), "2026-11-22 09:00", "daily-briefing", "Language: en", "Handle"} {
		if !strings.Contains(system, want) {
			t.Errorf("the prompt lacks %q", want)
		}
	}
	if user := s.body(0).Messages[1]; user.Role != "user" || user.Content != "brief me" {
		t.Errorf("%+v", user)
	}
}

func TestTheFixedPromptStaysSmall(t *testing.T) {
	r := planRequest(nil)
	r.API = ""
	if n := model.Tokens([]model.Message{{Text: model.Prompt(r)}}); n > 750 {
		t.Errorf("the rules weigh %d tokens", n)
	}
	r.API = strings.Repeat("declare const x: number\n", 500)
	s := serve(t, streamed("never"))
	if _, err := (&model.Planner{Client: s.client(t)}).Plan(t.Context(), r); agents.CodeOf(err) != agents.CodeLimit || s.count() != 0 {
		t.Errorf("%v after %d requests", err, s.count())
	}
}

func TestPlanRepairsOnce(t *testing.T) {
	bad, good := streamed("```ts\nconst x = 1\nreturn mail.find(x)\n```"), streamed("```ts\nreturn mail.search(\"\")\n```")
	s := serve(t, bad, good)
	plan, err := (&model.Planner{Client: s.client(t)}).Plan(t.Context(), planRequest(refuses("mail.find")))
	if err != nil || plan.Source != `return mail.search("")` || plan.Requests != 2 || plan.Usage.PromptTokens != 200 {
		t.Fatalf("%+v %v", plan, err)
	}
	m := s.body(1).Messages
	complaint := m[len(m)-1].Content
	for _, want := range []string{"line 2", "mail.find does not exist", "use mail.search", "return mail.find(x)"} {
		if !strings.Contains(complaint, want) {
			t.Errorf("%q is missing in %q", want, complaint)
		}
	}
	if len(m) != 4 || m[2].Role != "assistant" || m[3].Role != "user" {
		t.Errorf("%+v", m)
	}

	s = serve(t, bad, bad, good)
	plan, err = (&model.Planner{Client: s.client(t)}).Plan(t.Context(), planRequest(refuses("mail.find")))
	if e := agents.AsError(err); e.Code != agents.CodeScript || !strings.Contains(e.Message, "line 2") || !strings.Contains(e.Hint, "mail.search") || s.count() != 2 || plan.Source != "" || plan.Requests != 2 {
		t.Errorf("%+v %+v after %d requests", plan, e, s.count())
	}

	s = serve(t, bad, streamed("I am sorry."))
	if _, err = (&model.Planner{Client: s.client(t)}).Plan(t.Context(), planRequest(refuses("mail.find"))); agents.CodeOf(err) != agents.CodeScript {
		t.Error(err)
	}
}

func TestPlanInWords(t *testing.T) {
	s := serve(t, streamed("Steward reads your mail; it does not tell the weather."))
	plan, err := (&model.Planner{Client: s.client(t)}).Plan(t.Context(), planRequest(nil))
	if err != nil || plan.Source != "" || !strings.HasPrefix(plan.Answer, "Steward reads") {
		t.Errorf("%+v %v", plan, err)
	}
	s = serve(t, streamed(`{"tool": "mail.search", "parameters": {"query": ""}}`))
	if plan, err := (&model.Planner{Client: s.client(t)}).Plan(t.Context(), planRequest(nil)); agents.CodeOf(err) != agents.CodeUnsupported || plan.Answer != "" {
		t.Errorf("a tool call was shown as an answer: %+v %v", plan, err)
	}
}

func TestPlanKeepsToTheBudget(t *testing.T) {
	s := serve(t, streamed("```ts\nreturn mail.find()\n```"))
	var estimates []int
	var told int
	p := &model.Planner{Client: s.client(t), Meter: model.Meter{
		Budget: func(_ context.Context, e model.Estimate) error {
			if estimates = append(estimates, e.PromptTokens); len(estimates) == 2 {
				return &agents.Error{Code: agents.CodeLimit, Message: "the day's budget is spent"}
			}
			return nil
		},
		OnRequest: func(context.Context, model.Exchange) { told++ },
	}}
	plan, err := p.Plan(t.Context(), planRequest(refuses("mail.find")))
	if agents.CodeOf(err) != agents.CodeLimit || plan.Requests != 1 || s.count() != 1 || told != 1 {
		t.Errorf("%+v %v", plan, err)
	}
	if len(estimates) != 2 || estimates[1] <= estimates[0] {
		t.Errorf("estimates %v", estimates)
	}
}

func TestPlanDoesNotRunHalfAScript(t *testing.T) {
	cut := func(finish string) string {
		return `{"choices":[{"index":0,"delta":{},"finish_reason":"` + finish + `"}]}`
	}
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		delta(w, "```ts\nawait mail.search(\"\")\n")
		event(w, cut("length"))
	}, streamed("```ts\nreturn 1\n```"))
	plan, err := (&model.Planner{Client: s.client(t)}).Plan(t.Context(), planRequest(nil))
	if err != nil || plan.Source != "return 1" || plan.Requests != 2 {
		t.Errorf("%+v %v", plan, err)
	}
}

func TestScript(t *testing.T) {
	const code = "const a = await mail.search(\"x\")\nreturn a.length"
	for name, text := range map[string]string{
		"ts":               "```ts\n" + code + "\n```",
		"typescript":       "Sure:\n\n```typescript\n" + code + "\n```\nDone.",
		"no language":      "```\n" + code + "\n```",
		"tildes":           "~~~js\n" + code + "\n~~~",
		"four backticks":   "````ts\n" + code + "\n````",
		"title":            "```ts title=\"a.ts\"\n" + code + "\n```",
		"braces":           "```{.ts}\n" + code + "\n```",
		"indented":         "1. So:\n   ```ts\n   " + strings.ReplaceAll(code, "\n", "\n   ") + "\n   ```",
		"not closed":       "```ts\n" + code,
		"carriage returns": "```ts\r\n" + strings.ReplaceAll(code, "\n", "\r\n") + "\r\n```\r\n",
		"no fence":         code,
		"two blocks":       "```sh\nsteward ask something long here to be longer than the script, much longer\n```\n```ts\n" + code + "\n```",
		"a smaller one":    "```ts\nmail.search\n```\nin full:\n```ts\n" + code + "\n```",
		"wrapped":          "```ts\nasync function main() {\n" + code + "\n}\nreturn await main();\n```",
		"exported":         "```ts\nexport default async function () {\n" + code + "\n}\n```",
		"called":           "```ts\n(async () => {\n" + code + "\n})();\n```",
	} {
		got, ok := model.Script(text)
		if got = strings.ReplaceAll(got, "\r\n", "\n"); !ok || got != code {
			t.Errorf("%s: %v %q", name, ok, got)
		}
	}
	for name, text := range map[string]string{
		"nothing": "", "prose": "I cannot do that.", "JSON": "```json\n{\"a\": 1}\n```", "an empty block": "```ts\n\n```",
		"prose with code words": "You should await the reply; then return to it.\nLet me know if that is fine.\nIt is (mostly) good.",
	} {
		if got, ok := model.Script(text); ok {
			t.Errorf("%s was taken for a script: %q", name, got)
		}
	}
}

func TestLeaked(t *testing.T) {
	for text, want := range map[string]bool{
		`{"name":"a","arguments":{}}`: true, `[{"name":"a","parameters":{}}]`: true, `{"type":"function","function":{"name":"a","arguments":"{}"}}`: true,
		`{"tool_calls":[]}`: true, "```json\n{\"name\":\"a\",\"arguments\":{}}\n```": true, "<tool_call>x": true, "<function=search>": true, "[TOOL_CALLS] [{}]": true,
		`Sure, let me look. {"name":"mail.search","arguments":{"q":"x"}}`: true, "Looking.\n```json\n{\"tool\":\"a\",\"parameters\":{}}\n```\nDone.": true,
		"<｜tool▁calls▁begin｜>": true, `<invoke name="x">`: true, "<|python_tag|>x": true, "Sure.\n<function_calls>": true,
		"hello": false, `{"name":"Anna","age":3}`: false, `Write {"name": "x"} there, or {} or { "`: false, "use a function (of x)": false, "```ts\nconst x = '<tool_call>'\n```": false, "the tool is 5 < 6": false, "": false,
	} {
		if got := model.Leaked(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func FuzzScript(f *testing.F) {
	for _, s := range []string{"```ts\nreturn 1\n```", "```", "~~~\n```\n~~~", "(async () => {\n})()", "{\"name\":", "<think>", "await x()\nreturn y"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		model.Leaked(text)
		if source, ok := model.Script(text); ok && (strings.TrimSpace(source) == "" && strings.TrimSpace(text) == "" || len(source) > len(text)) {
			t.Fatalf("%q from %q", source, text)
		}
	})
}
