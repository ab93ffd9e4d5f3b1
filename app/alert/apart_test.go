package alert_test

import (
	"os/exec"
	"strings"
	"testing"
)

// No decision rests on an alert: nothing that decides can even see one.
func TestNobodyWhoDecidesImportsIt(t *testing.T) {
	const module = "github.com/stewardhq/steward/"
	for _, decides := range []string{"app/policy", "app/engine", "app/approval", "app/sandbox", "app/capability"} {
		out, err := exec.Command("go", "list", "-deps", module+decides).Output()
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(out), module+"app/alert") {
			t.Errorf("%s imports app/alert", decides)
		}
	}
}
