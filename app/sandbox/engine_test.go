package sandbox_test

import (
	"strings"
	"testing"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/sandbox"
)

func TestAnotherEngineIsRefused(t *testing.T) {
	err := sandbox.CheckEngine([]byte("\x00asm\x01\x00\x00\x00"))
	if agents.CodeOf(err) != agents.CodeDamaged || !strings.Contains(agents.AsError(err).Hint, "make engine") {
		t.Error(err)
	}
}

func TestEngineVersion(t *testing.T) {
	if v := sandbox.EngineVersion(); !strings.HasPrefix(v, "quickjs-wasi 3.6.2, prelude ") || v != sandbox.EngineVersion() {
		t.Error(v)
	}
}
