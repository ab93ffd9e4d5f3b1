package skill_test

import (
	"strings"
	"testing"

	"github.com/stewardhq/steward/app/skill"
)

// Each of these once took the parser seconds, or could.
func TestHostileYAML(t *testing.T) {
	for name, head := range map[string]string{
		"brackets": strings.Repeat("[", 60000), "braces": strings.Repeat("{a: ", 15000), "dashes": strings.Repeat("- ", 30000), "questions": strings.Repeat("? ", 30000),
		"indents": func() string {
			var b strings.Builder
			for i := range 340 {
				b.WriteString(strings.Repeat(" ", i) + "a:\n")
			}
			return b.String()
		}(),
		"quotes": strings.Repeat("\"", 60001), "many keys": strings.Repeat("a: b\n", 12000), "anchors": strings.Repeat("&a ", 20000), "colons": strings.Repeat(":", 60000), "comments": strings.Repeat("#\n", 30000),
	} {
		_, err := skill.Parse("x", []byte("---\n"+head+"\n---\n"))
		if err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
