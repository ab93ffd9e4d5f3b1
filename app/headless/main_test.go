package headless

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stewardhq/steward/app"
	"github.com/stewardhq/steward/app/api"
	"github.com/stewardhq/steward/app/owner"
	"github.com/stewardhq/steward/app/sandbox"
	"github.com/stewardhq/steward/app/server"
	"github.com/stewardhq/steward/app/vault"
)

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == sandbox.ChildArg {
		os.Exit(sandbox.RunChild())
	}
	os.Exit(m.Run())
}

// home is a new home that this process owns and serves, with a client that is attached to it.
func home(t *testing.T) (*api.Surface, *http.Client) {
	t.Helper()
	dir, passphrase := t.TempDir(), filepath.Join(t.TempDir(), "passphrase")
	if err := os.WriteFile(passphrase, []byte("correct horse battery staple\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	own, err := owner.Acquire(dir)
	if err != nil {
		t.Fatal(err)
	}
	a, err := app.Open(t.Context(), app.Options{
		Home: dir, Vault: vault.Options{Dir: dir, Mode: vault.File, Passphrase: vault.PassphraseFile(passphrase)},
		Notices: &bytes.Buffer{}, Now: time.Now, Zone: time.UTC,
	})
	if err != nil {
		t.Fatal(err)
	}
	surface := api.New(a)
	if err := own.Serve(server.Socket(surface, own.Leaving())); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := own.Drain(t.Context()); err != nil && t.Context().Err() == nil {
			t.Error(err)
		}
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	client, err := owner.Attach(dir)
	if err != nil {
		t.Fatal(err)
	}
	return surface, client
}
