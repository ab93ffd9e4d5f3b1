package headless

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/api"
)

func TestThePolicyFromTheCommandLine(t *testing.T) {
	surface, _ := home(t)
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	run := func(c command) (string, error) {
		s, out := terminal(surface, false)
		s.streams.In = strings.NewReader("")
		err := c.run(t.Context(), s)
		return out.String(), err
	}
	must := func(c command, wants ...string) {
		t.Helper()
		out, err := run(c)
		if err != nil {
			t.Fatalf("%T: %v", c, err)
		}
		for _, want := range wants {
			if !strings.Contains(out, want) {
				t.Errorf("%T says nothing of %q:\n%s", c, want, out)
			}
		}
	}
	invalid := func(c command, wants string) {
		t.Helper()
		if _, err := run(c); agents.CodeOf(err) != agents.CodeInvalid || !strings.Contains(agents.AsError(err).Message+agents.AsError(err).Hint, wants) {
			t.Errorf("%T: %v", c, err)
		}
	}
	must(&policyShow{}, "balanced", "none", "mail.search", "read")
	must(&policyMode{Mode: "careful"}, "careful")
	invalid(&policyMode{Mode: "lax"}, "careful, balanced or locked")
	must(&rulesShow{}, "You have no rules")
	rules := file("rules.cedar", "permit(principal, action, resource);\n@id(\"no-spending\")\nforbid(principal, action in Action::\"spend\", resource);\n")
	must(&rulesSet{File: rules}, "in force", "1:1", "no effect")
	must(&rulesShow{}, `@id("no-spending")`, "no effect")
	invalid(&rulesSet{File: file("bad.cedar", "forbid(principal,\n action sometimes, resource);")}, "line 2")
	invalid(&rulesSet{File: filepath.Join(dir, "nothing")}, "no file of rules")
	must(&rulesShow{}, `@id("no-spending")`)
	must(&policyExplain{Supposed: file("p.yaml", "agent: email\ncapability: mail.search\neffect: spend\n")}, "now      deny, by rule:no-spending", "floor   ask", "it would be", "without your rules")
	invalid(&policyExplain{Supposed: file("q.yaml", "effect: dance")}, "no effect")
	invalid(&policyExplain{}, "--supposed")
	invalid(&policyExplain{Run: "01JRUN", Supposed: rules}, "one of them")
	if _, err := run(&policyExplain{Run: "01NOBODY", Step: 1}); agents.CodeOf(err) != agents.CodeNotFound {
		t.Error(err)
	}
	must(&policyTest{File: file("good.yaml", "cases: [{name: paying, want: deny, rule: \"rule:no-spending\", proposal: {effect: spend}}]")}, "ok      paying", "1 case, 0 failed")
	out, err := run(&policyTest{File: file("bad.yaml", "cases: [{name: paying, want: allow, proposal: {effect: spend}}]")})
	var code exitCode
	if !errors.As(err, &code) || code != ExitFailed || !strings.Contains(out, "failed  paying: want allow, got deny") {
		t.Errorf("%v\n%s", err, out)
	}
	invalid(&policyTest{File: file("none.yaml", "")}, "empty")
	must(&rulesSet{File: "-"}, "in force")
	must(&rulesShow{}, "You have no rules")
	must(&grantsList{}, "no grants")
	if _, err := run(&grantsRevoke{ID: "01NOBODY"}); agents.CodeOf(err) != agents.CodeNotFound {
		t.Error(err)
	}
}

func TestGrantsAreShownAsTheyAre(t *testing.T) {
	g := api.GrantState{Grant: agents.Grant{Recipients: []string{"p_1", "p_2"}, Names: []agents.Text{agents.Plain("Anna")}, Hosts: []string{"a.example"}, Expires: time.Unix(0, 0)}}
	if got := grantTo(g); got != "Anna (p_1), p_2, a.example" {
		t.Error(got)
	}
}
