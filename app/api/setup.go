package api

import (
	"context"
	"strings"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app"
	"github.com/stewardhq/steward/app/lock"
	"github.com/stewardhq/steward/app/vault"
)

// Setup tells how the home stands, and opens it. It is the one service that answers while the home is closed.
type Setup struct{ door *Door }

// HomeState is how a home stands.
type HomeState string

// The states of a home.
const (
	HomeNew    HomeState = "new" // it has no vault yet
	HomeLocked HomeState = "locked"
	HomeOpen   HomeState = "open"
)

// VaultMode is what locks a vault.
type VaultMode string

// The modes of a vault, as app/vault has them. The zero value is none, or that of the vault that is there.
const (
	NoMode         VaultMode = ""
	KeychainMode   VaultMode = "os"
	PassphraseMode VaultMode = "file"
)

// SetupState is how the home stands, and what its vault is or could be.
type SetupState struct {
	State    HomeState     `json:"state"`
	Mode     VaultMode     `json:"mode"`     // of the vault; of a new home what the environment chooses, or ""
	Keychain bool          `json:"keychain"` // this session has a keychain
	Home     string        `json:"home"`
	Version  string        `json:"version"`
	Error    *agents.Error `json:"error,omitempty"` // why the home could not be opened at the latest attempt

	// What opens a home of the keychain whose keys were dropped: what the lock of the surface asks for, too.
	AsksPassphrase bool `json:"asks_passphrase,omitempty"`
	AsksCode       bool `json:"asks_code,omitempty"`
}

// State tells how the home stands.
func (s *Setup) State(ctx context.Context, _ Nothing) (SetupState, error) {
	d := s.door
	out := SetupState{State: HomeLocked, Home: d.options.Home, Version: d.options.Version}
	d.mu.Lock()
	open, failure := d.home, d.failure
	if d.dropped != nil {
		out.AsksPassphrase, out.AsksCode = d.dropped.passphrase, d.dropped.code
	}
	d.mu.Unlock()
	if open != nil {
		out.State, out.Mode = HomeOpen, VaultMode(open.app.Vault.Mode())
		out.Keychain = out.Mode == KeychainMode || s.keychain(ctx)
		return out, nil
	}
	out.Keychain = s.keychain(ctx)
	mode, err := vault.Look(d.options.Home, app.VaultGuards)
	if out.Mode = VaultMode(mode); mode == "" && err == nil {
		out.State = HomeNew
		if name := d.options.Getenv("STEWARD_KEYRING"); name != "" {
			mode, _ = vault.ParseMode(name) // that it is neither was the failure already
			out.Mode = VaultMode(mode)
		}
	}
	if failure == nil {
		failure = err
	}
	if failure != nil {
		out.Error = agents.AsError(failure)
	}
	return out, nil
}

func (s *Setup) keychain(ctx context.Context) bool {
	return s.door.options.Keychain != nil || vault.HasKeychain(ctx)
}

// SetupOpen says what opens the home. A new one is made in this mode; for one that has a vault the mode may be left out.
type SetupOpen struct {
	Mode       VaultMode `json:"mode"`
	Passphrase string    `json:"passphrase,omitempty"`
	Code       string    `json:"code,omitempty"` // of the second factor, where the keys were dropped
}

// SetupOpened is the answer: the home is open. The recovery code is that of a vault that this call made; it is told once.
type SetupOpened struct {
	State        HomeState `json:"state"`
	RecoveryCode string    `json:"recovery_code"`
}

// longestPassphrase is what a passphrase file may hold, in bytes, so that the same passphrase can be given either way.
const longestPassphrase = 1024

// Open opens the home, and makes its vault if it has none. A home that is open stays so.
func (s *Setup) Open(ctx context.Context, in SetupOpen) (SetupOpened, error) {
	d := s.door
	if d.App() != nil {
		return SetupOpened{State: HomeOpen}, nil
	}
	mode, err := vault.Look(d.options.Home, app.VaultGuards)
	if err != nil {
		return SetupOpened{}, err
	}
	switch in.Mode {
	case KeychainMode, PassphraseMode:
		mode = vault.Mode(in.Mode)
	case NoMode:
		if mode == "" {
			return SetupOpened{}, &agents.Error{Code: agents.CodeInvalid, Message: "say what is to lock this home: the keychain or a passphrase", Hint: `"mode" is "os" or "file"`}
		}
	default:
		return SetupOpened{}, &agents.Error{Code: agents.CodeInvalid, Message: "a vault is locked by the keychain or a passphrase", Hint: `"mode" is "os" or "file"`}
	}
	if len(in.Passphrase) > longestPassphrase || strings.ContainsAny(in.Passphrase, "\r\n\x00") {
		return SetupOpened{}, &agents.Error{Code: agents.CodeInvalid, Message: "a passphrase is one line of at most 1,024 bytes", Hint: "choose one that you can remember and nobody can guess"}
	}
	proved, err := d.prove(ctx, mode, in)
	if err != nil {
		return SetupOpened{}, err
	}
	code, err := d.begin(mode, func(context.Context, bool) ([]byte, error) { return []byte(in.Passphrase), nil }, proved)(ctx)
	if err != nil {
		return SetupOpened{}, err
	}
	return SetupOpened{State: HomeOpen, RecoveryCode: code}, nil
}

// prove asks for what the lock asks for, before a home of the keychain opens again whose keys were dropped. The vault alone
// is opened for it.
func (d *Door) prove(ctx context.Context, mode vault.Mode, in SetupOpen) (proved bool, err error) {
	d.wait(ctx) // for the keys to be dropped
	d.mu.Lock()
	asks := d.dropped != nil && (d.dropped.passphrase || d.dropped.code)
	d.mu.Unlock()
	if !asks || mode != vault.OS {
		return false, nil
	}
	v, err := vault.Open(ctx, vault.Options{Dir: d.options.Home, Mode: mode, Keychain: d.options.Keychain, Guards: app.VaultGuards})
	if err != nil {
		return false, err
	}
	defer v.Close()
	l, err := lock.Open(ctx, v, d.options.Now)
	if err == nil {
		err = l.Reopen(ctx, in.Passphrase, in.Code)
	}
	d.login(ctx, "opened", err)
	return err == nil, err
}
