package api_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/api"
)

// What is told of a panic says where, and nothing of what was panicked with.
func TestDefectsTellNothing(t *testing.T) {
	const canary = "sk-canary-7391"
	for name, cause := range map[string]func(){
		"text":       func() { panic("key " + canary) },
		"error":      func() { panic(fmt.Errorf("key %s: %w", canary, errors.New(canary))) },
		"bytes":      func() { panic([]byte(canary)) },
		"struct":     func() { panic(struct{ Key string }{canary}) },
		"conversion": func() { var v any = canary; _ = v.(fmt.Stringer) },
		"index":      func() { _ = canary[len(name(canary))+99:] },
	} {
		t.Run(name, func(t *testing.T) {
			var e *agents.Error
			func() {
				defer func() { e = api.Defect(recover()) }()
				cause()
			}()
			told := fmt.Sprintf("%v %+v %s %s", e, e, e.Message, e.Hint)
			if e.Code != agents.CodeInternal || strings.Contains(told, "canary") || !strings.Contains(told, "defect_test.go:") {
				t.Errorf("told %s", told)
			}
		})
	}
}

func name(s string) string { return s }
