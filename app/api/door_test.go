package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/api"
	"github.com/stewardhq/steward/app/vault"
	"github.com/stewardhq/steward/store"
)

const passphrase = "kx-quiet-otter-4471"

func TestANewHomeWaitsForTheFirstStart(t *testing.T) {
	d := door(t, t.TempDir(), nil)
	if code, err := d.TryOpen(t.Context()); code != "" || err != nil {
		t.Fatal(code, err)
	}
	if s := state(t, d); s.State != api.HomeNew || s.Mode != "" || !s.Keychain || s.Version != "v1" || s.Home == "" || s.Error != nil {
		t.Errorf("%+v", s)
	}
	for _, method := range d.Surface().Methods() {
		_, err := d.Surface().Call(t.Context(), method, nil)
		if locked := agents.CodeOf(err) == agents.CodeLocked; locked == strings.HasPrefix(method, "Setup/") {
			t.Errorf("%s answers a closed home with %v", method, err)
		}
	}
	if _, err := os.Stat(filepath.Join(state(t, d).Home, vault.FileName)); err == nil {
		t.Error("a vault was made")
	}
	if _, err := call[api.SetupOpened](t, d.Surface(), "Setup/Open", api.SetupOpen{}); agents.CodeOf(err) != agents.CodeInvalid {
		t.Errorf("no mode: %v", err)
	}
	opened := must[api.SetupOpened](t, d.Surface(), "Setup/Open", api.SetupOpen{Mode: api.KeychainMode})
	if opened.State != api.HomeOpen || len(opened.RecoveryCode) < 40 {
		t.Fatalf("%+v", opened)
	}
	if again := must[api.SetupOpened](t, d.Surface(), "Setup/Open", api.SetupOpen{Mode: api.KeychainMode}); again.State != api.HomeOpen || again.RecoveryCode != "" {
		t.Errorf("told twice: %+v", again)
	}
	if s := state(t, d); s.State != api.HomeOpen || s.Mode != api.KeychainMode {
		t.Errorf("%+v", s)
	}
	must[api.RunList](t, d.Surface(), "Runs/List", api.ListRuns{})
}

func TestAWrongPassphraseLeavesTheHomeLocked(t *testing.T) {
	home := t.TempDir()
	first := door(t, home, nil)
	must[api.SetupOpened](t, first.Surface(), "Setup/Open", api.SetupOpen{Mode: api.PassphraseMode, Passphrase: passphrase})
	if err := first.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	d := door(t, home, nil)
	if code, err := d.TryOpen(t.Context()); code != "" || err != nil {
		t.Fatal(code, err)
	}
	for _, wrong := range []string{"", "wrong", passphrase + "\n", strings.Repeat("p", 1025)} {
		_, err := call[api.SetupOpened](t, d.Surface(), "Setup/Open", api.SetupOpen{Passphrase: wrong})
		if e := agents.AsError(err); err == nil || e.Hint == "" || wrong == "wrong" && e.Code != agents.CodeLocked {
			t.Errorf("%.20q: %v", wrong, err)
		}
		if s := state(t, d); s.State != api.HomeLocked || s.Mode != api.PassphraseMode {
			t.Errorf("%.20q: %+v", wrong, s)
		}
	}
	if s := state(t, d); s.Error == nil || s.Error.Code != agents.CodeInvalid && s.Error.Code != agents.CodeLocked {
		t.Errorf("the state does not say why: %+v", s.Error)
	}
	if _, err := call[api.SetupOpened](t, d.Surface(), "Setup/Open", api.SetupOpen{Mode: api.KeychainMode}); agents.CodeOf(err) != agents.CodeInvalid {
		t.Errorf("the other mode: %v", err)
	}
	opened := must[api.SetupOpened](t, d.Surface(), "Setup/Open", api.SetupOpen{Passphrase: passphrase})
	if s := state(t, d); opened.RecoveryCode != "" || s.State != api.HomeOpen || s.Error != nil {
		t.Errorf("%+v %+v", opened, s)
	}
}

func TestOnlyOneOfManyMakesTheVault(t *testing.T) {
	d := door(t, t.TempDir(), nil)
	answers := make(chan api.SetupOpened, 12)
	var all sync.WaitGroup
	for i := range cap(answers) {
		all.Go(func() {
			answer, err := call[api.SetupOpened](t, d.Surface(), "Setup/Open", api.SetupOpen{Mode: api.PassphraseMode, Passphrase: passphrase + string(rune('a'+i))})
			if err != nil || answer.State != api.HomeOpen {
				t.Error(answer, err)
			}
			answers <- answer
		})
	}
	all.Wait()
	close(answers)
	codes := 0
	for answer := range answers {
		if answer.RecoveryCode != "" {
			codes++
		}
	}
	if codes != 1 {
		t.Errorf("%d of them were told the recovery code", codes)
	}
}

func TestWhatTheEnvironmentOpensIsOpenedAtStart(t *testing.T) {
	file := filepath.Join(t.TempDir(), "passphrase")
	if err := os.WriteFile(file, []byte(passphrase+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	chosen := environment("STEWARD_KEYRING", "file", "STEWARD_PASSPHRASE_FILE", file)
	home := t.TempDir()
	first := door(t, home, chosen)
	if code, err := first.TryOpen(t.Context()); len(code) < 40 || err != nil {
		t.Fatal(code, err)
	}
	if code, err := first.TryOpen(t.Context()); code != "" || err != nil {
		t.Error(code, err)
	}
	if err := first.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	again := door(t, home, chosen)
	if code, err := again.TryOpen(t.Context()); code != "" || err != nil || state(t, again).State != api.HomeOpen {
		t.Error(code, err)
	}

	keychain, home := newShelf(), t.TempDir()
	kept := func(o *api.DoorOptions) { o.Keychain = keychain }
	first = door(t, home, kept)
	must[api.SetupOpened](t, first.Surface(), "Setup/Open", api.SetupOpen{Mode: api.KeychainMode})
	if err := first.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	again = door(t, home, kept)
	if _, err := again.TryOpen(t.Context()); err != nil || state(t, again).State != api.HomeOpen {
		t.Error(err)
	}
	if err := again.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	clear(keychain.items)
	lost := door(t, home, kept)
	if _, err := lost.TryOpen(t.Context()); agents.CodeOf(err) != agents.CodeLocked {
		t.Error(err)
	}
	if s := state(t, lost); s.State != api.HomeLocked || s.Error == nil || s.Error.Hint == "" {
		t.Errorf("%+v", s)
	}
	odd := door(t, t.TempDir(), environment("STEWARD_KEYRING", "cloud"))
	if _, err := odd.TryOpen(t.Context()); agents.CodeOf(err) != agents.CodeInvalid || state(t, odd).Error == nil {
		t.Error(err)
	}
}

func TestClosingEndsWhatIsBeingCalled(t *testing.T) {
	d := door(t, t.TempDir(), nil)
	must[api.SetupOpened](t, d.Surface(), "Setup/Open", api.SetupOpen{Mode: api.KeychainMode})
	run := must[api.RunID](t, d.Surface(), "Mail/Import", api.Import{Paths: []string{filepath.Join(t.TempDir(), "none")}})
	ended := make(chan error)
	go func() {
		for after := 0; ; {
			watched, err := call[api.Watched](t, d.Surface(), "Runs/Watch", api.Watch{ID: run.ID, After: after})
			if err != nil {
				ended <- err
				return
			}
			for _, e := range watched.Events {
				after = e.No
			}
		}
	}()
	if err := d.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; agents.CodeOf(err) != agents.CodeUnavailable {
		t.Errorf("a call that was broken off says: %v", err)
	}
	if err := d.Close(t.Context()); err != nil {
		t.Error(err)
	}
	if _, err := call[api.SetupState](t, d.Surface(), "Setup/State", api.Nothing{}); agents.CodeOf(err) != agents.CodeUnavailable {
		t.Error(err)
	}
	if _, err := d.TryOpen(t.Context()); agents.CodeOf(err) == agents.CodeInternal {
		t.Error(err)
	}
}

func TestWhoAskedAndLeftDoesNotBreakTheOpeningOff(t *testing.T) {
	d := door(t, t.TempDir(), nil)
	gone, leave := context.WithCancel(t.Context())
	leave()
	request, err := json.Marshal(api.SetupOpen{Mode: api.PassphraseMode, Passphrase: passphrase})
	if err != nil {
		t.Fatal(err)
	}
	_, _ = d.Surface().Call(gone, "Setup/Open", request) // either answer will do
	must[api.SetupOpened](t, d.Surface(), "Setup/Open", api.SetupOpen{Mode: api.PassphraseMode, Passphrase: passphrase})
}

func TestThePassphraseIsKeptNowhere(t *testing.T) {
	home := t.TempDir()
	var notices bytes.Buffer
	d := door(t, home, func(o *api.DoorOptions) { o.Notices = &notices })
	opened := must[api.SetupOpened](t, d.Surface(), "Setup/Open", api.SetupOpen{Mode: api.PassphraseMode, Passphrase: passphrase})
	rows := must[api.LedgerRows](t, d.Surface(), "Ledger/Show", store.LedgerFilter{})
	said, err := json.Marshal([]any{rows, state(t, d), notices.String()})
	if err != nil {
		t.Fatal(err)
	}
	_, failed := d.Surface().Call(t.Context(), "Setup/Open", []byte(`{"mode":"file","passphrase":"`+passphrase+`"`))
	said = append(said, agents.AsError(failed).Error()...)
	for _, secret := range []string{passphrase, opened.RecoveryCode} {
		if bytes.Contains(said, []byte(secret)) {
			t.Errorf("%s is told", secret)
		}
		err := filepath.WalkDir(home, func(path string, e fs.DirEntry, err error) error {
			if err != nil || !e.Type().IsRegular() {
				return err
			}
			content, err := os.ReadFile(path)
			if bytes.Contains(content, []byte(secret)) {
				t.Errorf("%s is in %s", secret, path)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
