package vault_test

import (
	"net"
	"path/filepath"
	"testing"
)

// silentBus listens as a session bus would, and says nothing.
func silentBus(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "bus")
	listener, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	return "unix:path=" + path
}
