package notify

import (
	"testing"
	"time"
)

// SetPatience shortens the wait for a desktop that does not answer, for one test.
func SetPatience(t *testing.T, d time.Duration) {
	old := patience
	patience = d
	t.Cleanup(func() { patience = old })
}
