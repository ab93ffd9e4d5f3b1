package policy_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stewardhq/steward/app/policy"
)

// blocks are the examples of a language in a page.
func blocks(page, language string) []string {
	var all []string
	for _, part := range strings.Split(page, "```"+language+"\n")[1:] {
		block, _, _ := strings.Cut(part, "```")
		all = append(all, block)
	}
	return all
}

// The page that people copy from is right.
func TestTheExamplesOfThePage(t *testing.T) {
	raw, err := os.ReadFile("../../docs/policy.md")
	if err != nil {
		t.Fatal(err)
	}
	page := string(raw)
	sources, files := blocks(page, "cedar"), blocks(page, "yaml")
	if len(sources) != 1 || len(files) != 1 {
		t.Fatalf("it has %d examples of rules and %d of cases", len(sources), len(files))
	}
	r, problems := policy.ParseRules(sources[0])
	if len(problems) != 0 || !r.Readable() {
		t.Errorf("%+v", problems)
	}
	results, err := policy.RunCases([]byte(files[0]), policy.Settings{Rules: r, Now: noon})
	if err != nil || len(results) == 0 {
		t.Fatal(results, err)
	}
	for _, one := range results {
		if !one.OK {
			t.Errorf("%+v", one)
		}
	}
	for _, name := range policy.Known {
		if !strings.Contains(page, "`"+name+"`") {
			t.Errorf("the page says nothing of context.%s", name)
		}
	}
}
