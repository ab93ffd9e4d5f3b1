package api_test

import (
	"testing"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app"
	"github.com/stewardhq/steward/app/api"
	"github.com/stewardhq/steward/app/vault"
)

// A command that opens a home of the keychain by itself, after the process that dropped its keys has ended, asks as well.
func TestACommandAfterTheKeysWereDroppedIsLockedToo(t *testing.T) {
	keychain, home, passphrase := newShelf(), t.TempDir(), "kx-quiet-otter-4471"
	d := door(t, home, func(o *api.DoorOptions) { o.Keychain = keychain })
	must[api.SetupOpened](t, d.Surface(), "Setup/Open", api.SetupOpen{Mode: api.KeychainMode})
	must[api.LockState](t, d.Surface(), "Lock/Set", api.LockChange{Passphrase: &passphrase})
	must[api.Nothing](t, d.Surface(), "Lock/DropKeys", api.Nothing{})
	if err := d.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	a, err := app.Open(t.Context(), app.Options{
		Home: home, Now: now, Zone: time.UTC, Vault: vault.Options{Dir: home, Mode: vault.OS, Keychain: keychain, Guards: app.VaultGuards},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	}()
	command := api.New(a)
	if _, err := call[api.RunList](t, command, "Runs/List", api.ListRuns{}); agents.CodeOf(err) != agents.CodeLocked {
		t.Errorf("open: %v", err)
	}
	must[api.LockState](t, command, "Lock/Unlock", api.LockProof{Passphrase: passphrase})
	must[api.RunList](t, command, "Runs/List", api.ListRuns{})
}
