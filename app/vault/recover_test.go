package vault_test

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/vault"
)

var codeForm = regexp.MustCompile(`^([0-9A-HJKMNP-TV-Z]{4}-){8}[0-9A-HJKMNP-TV-Z]{4}$`)

func TestRecoveryCodeIsShownOnce(t *testing.T) {
	v := mustOpen(t, vault.Options{Dir: t.TempDir(), Keychain: newShelf()})
	if code := v.RecoveryCode(); !codeForm.MatchString(code) {
		t.Errorf("code has another form: %q", code)
	}
	if v.RecoveryCode() != "" {
		t.Error("the code is shown twice")
	}
}

func TestRecoverWithANewPassphrase(t *testing.T) {
	dir := t.TempDir()
	v := mustOpen(t, inFile(dir, "forgotten"))
	master, code := v.Master(), v.RecoveryCode()
	if err := v.Set(t.Context(), "a", []byte("kept")); err != nil {
		t.Fatal(err)
	}
	sloppy := " " + strings.ToLower(strings.ReplaceAll(strings.ReplaceAll(strings.ReplaceAll(code, "-", " "), "0", "O"), "1", "l")) + "\n"
	r, err := vault.Recover(t.Context(), inFile(dir, "new one"), sloppy)
	if err != nil || r.Master() != master {
		t.Fatalf("recover: %v", err)
	}
	_, err = vault.Open(t.Context(), inFile(dir, "forgotten"))
	wantCode(t, err, agents.CodeLocked, "--recover")
	got, err := mustOpen(t, inFile(dir, "new one")).Get(t.Context(), "a")
	if err != nil || string(got) != "kept" {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestWrongCodes(t *testing.T) {
	dir := t.TempDir()
	code := mustOpen(t, vault.Options{Dir: dir, Keychain: newShelf()}).RecoveryCode()
	other := mustOpen(t, vault.Options{Dir: t.TempDir(), Keychain: newShelf()}).RecoveryCode()
	slip := []byte(code)
	slip[7] = map[bool]byte{true: '8', false: '9'}[slip[7] == '9']
	for name, c := range map[string]struct{ code, want string }{
		"empty":     {"", agents.CodeInvalid},
		"short":     {code[:40], agents.CodeInvalid},
		"long":      {code + "0", agents.CodeInvalid},
		"slip":      {string(slip), agents.CodeInvalid},
		"swapped":   {code[5:9] + "-" + code[:4] + code[9:], agents.CodeInvalid},
		"foreign":   {strings.Replace(code, code[:1], "U", 1), agents.CodeInvalid},
		"fullwidth": {strings.Replace(code, code[:1], "７", 1), agents.CodeInvalid},
		"another's": {other, agents.CodeLocked},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := vault.Recover(t.Context(), vault.Options{Dir: dir, Keychain: newShelf()}, c.code)
			wantCode(t, err, c.want, "code")
			if c.code != "" && strings.Contains(err.Error(), c.code) {
				t.Error("the error repeats the code")
			}
		})
	}
	_, err := vault.Recover(t.Context(), vault.Options{Dir: t.TempDir(), Keychain: newShelf()}, code)
	wantCode(t, err, agents.CodeNotFound, "--home")
}

func TestRenewedCodeReplacesTheOld(t *testing.T) {
	dir := t.TempDir()
	v := mustOpen(t, vault.Options{Dir: dir, Keychain: newShelf()})
	old := v.RecoveryCode()
	if err := v.RenewRecoveryCode(); err != nil {
		t.Fatal(err)
	}
	renewed := v.RecoveryCode()
	_, err := vault.Recover(t.Context(), vault.Options{Dir: dir, Keychain: newShelf()}, old)
	wantCode(t, err, agents.CodeLocked, "renewed")
	if _, err := vault.Recover(t.Context(), vault.Options{Dir: dir, Keychain: newShelf()}, renewed); err != nil {
		t.Error(err)
	}
}

func TestLostKeychainEntry(t *testing.T) {
	dir, keychain := t.TempDir(), newShelf()
	o := vault.Options{Dir: dir, Keychain: keychain}
	v := mustOpen(t, o)
	master, code := v.Master(), v.RecoveryCode()
	if err := v.Set(t.Context(), "a", []byte("x")); err != nil {
		t.Fatal(err)
	}
	clear(keychain.items)
	_, err := vault.Open(t.Context(), o)
	wantCode(t, err, agents.CodeLocked, "steward unlock --recover")
	r, err := vault.Recover(t.Context(), o, code)
	if err != nil || r.Master() != master {
		t.Fatalf("recover: %v", err)
	}
	if mustOpen(t, o).Master() != master {
		t.Error("the keychain has another key after recovering")
	}
	_, err = r.Get(t.Context(), "a")
	wantCode(t, err, agents.CodeNotFound, "again")
	if err := r.Set(t.Context(), "a", []byte("y")); err != nil {
		t.Fatal(err)
	}
	if got, err := r.Get(t.Context(), "a"); err != nil || string(got) != "y" {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestForeignKeychainEntry(t *testing.T) {
	for name, entry := range map[string]string{"another key": strings.Repeat("A", 43) + "=", "no key": "hunter2"} {
		t.Run(name, func(t *testing.T) {
			keychain := newShelf()
			o := vault.Options{Dir: t.TempDir(), Keychain: keychain}
			mustOpen(t, o)
			for key := range keychain.items {
				keychain.items[key] = entry
			}
			_, err := vault.Open(t.Context(), o)
			wantCode(t, err, agents.CodeLocked, "--recover")
			if strings.Contains(err.Error(), entry) {
				t.Error("the error repeats the entry")
			}
		})
	}
}

func TestMoveBetweenModes(t *testing.T) {
	dir, keychain := t.TempDir(), newShelf()
	inChain := vault.Options{Dir: dir, Keychain: keychain}
	v := mustOpen(t, inChain)
	master, code := v.Master(), v.RecoveryCode()
	for _, name := range []string{"a", "b"} {
		if err := v.Set(t.Context(), name, []byte("secret "+name)); err != nil {
			t.Fatal(err)
		}
	}
	toFile := inFile(dir, "p")
	toFile.Keychain = keychain
	for _, o := range []vault.Options{toFile, inChain} {
		if _, err := vault.Recover(t.Context(), o, code); err != nil {
			t.Fatalf("to %s: %v", o.Mode, err)
		}
		if want := map[bool]int{true: 0, false: 3}[o.Mode == vault.File]; len(keychain.items) != want {
			t.Errorf("to %q: %d items in the keychain, want %d", o.Mode, len(keychain.items), want)
		}
		again := mustOpen(t, o)
		got, err := again.Get(t.Context(), "b")
		if again.Master() != master || err != nil || string(got) != "secret b" {
			t.Errorf("to %q: %q, %v", o.Mode, got, err)
		}
	}
}

func TestMoveAwayFromALostKeychain(t *testing.T) {
	dir, keychain := t.TempDir(), newShelf()
	v := mustOpen(t, vault.Options{Dir: dir, Keychain: keychain})
	code := v.RecoveryCode()
	for _, name := range []string{"a", "b", "c"} {
		if err := v.Set(t.Context(), name, []byte("x")); err != nil {
			t.Fatal(err)
		}
	}
	keychain.fail, keychain.asked = errors.New("no bus"), 0
	o := inFile(dir, "p")
	o.Keychain = keychain
	r, err := vault.Recover(t.Context(), o, code)
	if err != nil {
		t.Fatal(err)
	}
	if keychain.asked > 2 {
		t.Errorf("a keychain that does not answer was asked %d times", keychain.asked)
	}
	names, err := r.Names()
	if err != nil || !slices.Equal(names, []string{"a", "b", "c"}) {
		t.Errorf("names %q, %v", names, err)
	}
	_, err = r.Get(t.Context(), "a")
	wantCode(t, err, agents.CodeNotFound, "again")
}

func TestKeychainThatFailsMakesNoVault(t *testing.T) {
	dir, keychain := t.TempDir(), newShelf()
	keychain.fail = &agents.Error{Code: agents.CodeUnavailable, Message: "there is no keychain here"}
	_, err := vault.Open(t.Context(), vault.Options{Dir: dir, Keychain: keychain})
	wantCode(t, err, agents.CodeUnavailable, "")
	if _, err := os.Stat(filepath.Join(dir, vault.FileName)); !os.IsNotExist(err) {
		t.Error("vault.json was made without a key in the keychain")
	}
}

func FuzzRecoveryCode(f *testing.F) {
	dir := f.TempDir()
	v, err := vault.Open(f.Context(), vault.Options{Dir: dir, Keychain: newShelf()})
	if err != nil {
		f.Fatal(err)
	}
	code := v.RecoveryCode()
	f.Add("0000-0000-0000-0000-0000-0000-0000-0000-0000")
	f.Add("ZZZZ ZZZZ ZZZZ ZZZZ ZZZZ ZZZZ ZZZZ ZZZZ ZZZZ")
	f.Add("\xff–—０")
	f.Fuzz(func(t *testing.T, written string) {
		if written == code {
			t.Skip()
		}
		_, err := vault.Recover(t.Context(), vault.Options{Dir: dir, Keychain: newShelf()}, written)
		if c := agents.CodeOf(err); c != agents.CodeInvalid && c != agents.CodeLocked {
			t.Errorf("%q: %v", written, err)
		}
	})
}
