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

// Name is the notifier's name on the bus.
func Name(n *Notifier) string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.desktop.Names()[0]
}
