package vault_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/vault"
)

func says(words string) vault.Passphrase {
	return func(context.Context, bool) ([]byte, error) { return []byte(words), nil }
}

func inFile(dir, words string) vault.Options {
	return vault.Options{Dir: dir, Mode: vault.File, Passphrase: says(words)}
}

func mustOpen(t *testing.T, o vault.Options) *vault.Vault {
	t.Helper()
	v, err := vault.Open(t.Context(), o)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	return v
}

func wantCode(t *testing.T, err error, code, hint string) {
	t.Helper()
	if agents.CodeOf(err) != code {
		t.Fatalf("got %v (%s), want code %s", err, agents.CodeOf(err), code)
	}
	if !strings.Contains(agents.AsError(err).Hint, hint) {
		t.Errorf("hint %q does not name %q", agents.AsError(err).Hint, hint)
	}
}

func TestFileModeKeepsMasterAndSecrets(t *testing.T) {
	dir := t.TempDir()
	v := mustOpen(t, inFile(dir, "correct horse"))
	master := v.Master()
	if master == [32]byte{} {
		t.Fatal("the master key is zero")
	}
	for name, secret := range map[string]string{"model/local": "sk-canary-1", "imap/sam": "pässwörd", "gone": "x"} {
		if err := v.Set(t.Context(), name, []byte(secret)); err != nil {
			t.Fatal(err)
		}
	}
	if err := v.Delete(t.Context(), "gone"); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(filepath.Join(dir, vault.FileName))
	if err != nil {
		t.Fatal(err)
	}
	for _, canary := range []string{"canary", "imap", "model", "c2stY2FuYXJ5"} {
		if bytes.Contains(raw, []byte(canary)) {
			t.Errorf("vault.json holds %q in the clear", canary)
		}
	}

	again := mustOpen(t, inFile(dir, "correct horse"))
	if again.Master() != master {
		t.Error("another master key after opening again")
	}
	if code := again.RecoveryCode(); code != "" {
		t.Error("a recovery code is shown for a vault that was there before")
	}
	got, err := again.Get(t.Context(), "imap/sam")
	if err != nil || string(got) != "pässwörd" {
		t.Errorf("got %q, %v", got, err)
	}
	_, err = again.Get(t.Context(), "gone")
	wantCode(t, err, agents.CodeNotFound, "enter it")
	names, err := again.Names()
	if err != nil || !slices.Equal(names, []string{"imap/sam", "model/local"}) {
		t.Errorf("names %q, %v", names, err)
	}
}

func TestFilesArePrivateAndWhole(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "vault.json.123.tmp"), []byte("left by a crash"), 0o644); err != nil {
		t.Fatal(err)
	}
	mustOpen(t, inFile(dir, "p"))
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Fatalf("entries %v, %v", entries, err)
	}
	info, err := entries[0].Info()
	if err != nil || info.Name() != vault.FileName || info.Mode() != 0o600 {
		t.Errorf("%v %v, %v", info.Name(), info.Mode(), err)
	}
}

func TestWrongPassphrase(t *testing.T) {
	dir := t.TempDir()
	mustOpen(t, inFile(dir, "right"))
	before, _ := os.ReadFile(filepath.Join(dir, vault.FileName))
	for _, wrong := range []string{"Right", "right "} {
		_, err := vault.Open(t.Context(), inFile(dir, wrong))
		wantCode(t, err, agents.CodeLocked, "--recover")
		if strings.Contains(err.Error()+agents.AsError(err).Hint, wrong) {
			t.Errorf("the error repeats the passphrase: %v", err)
		}
	}
	_, err := vault.Open(t.Context(), inFile(dir, ""))
	wantCode(t, err, agents.CodeInvalid, "choose")
	_, err = vault.Open(t.Context(), vault.Options{Dir: dir, Mode: vault.File})
	wantCode(t, err, agents.CodeLocked, "STEWARD_PASSPHRASE_FILE")
	broken := errors.New("terminal is gone")
	_, err = vault.Open(t.Context(), vault.Options{Dir: dir, Mode: vault.File, Passphrase: func(context.Context, bool) ([]byte, error) { return nil, broken }})
	if !errors.Is(err, broken) {
		t.Errorf("the cause is lost: %v", err)
	}
	after, _ := os.ReadFile(filepath.Join(dir, vault.FileName))
	if !bytes.Equal(before, after) {
		t.Error("a failed opening changed vault.json")
	}
}

func TestModesAreNotMixed(t *testing.T) {
	file, chain := t.TempDir(), t.TempDir()
	keychain := newShelf()
	mustOpen(t, inFile(file, "p"))
	mustOpen(t, vault.Options{Dir: chain, Keychain: keychain})
	_, err := vault.Open(t.Context(), vault.Options{Dir: file, Keychain: keychain})
	wantCode(t, err, agents.CodeInvalid, "STEWARD_KEYRING=file")
	_, err = vault.Open(t.Context(), inFile(chain, "p"))
	wantCode(t, err, agents.CodeInvalid, "unset STEWARD_KEYRING")
	_, err = vault.Open(t.Context(), vault.Options{Dir: chain, Mode: "plain"})
	wantCode(t, err, agents.CodeInvalid, "STEWARD_KEYRING")
}

func TestDamagedAndNewerFiles(t *testing.T) {
	dir := t.TempDir()
	mustOpen(t, inFile(dir, "p"))
	path := filepath.Join(dir, vault.FileName)
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	edit := func(field string, value any) []byte {
		var m map[string]any
		if err := json.Unmarshal(good, &m); err != nil {
			t.Fatal(err)
		}
		m[field] = value
		b, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	cases := map[string]struct {
		content []byte
		code    string
	}{
		"empty":            {nil, agents.CodeDamaged},
		"cut":              {good[:len(good)/2], agents.CodeDamaged},
		"not JSON":         {[]byte("hello"), agents.CodeDamaged},
		"another's":        {[]byte(`{"format":"ssh","version":1}`), agents.CodeDamaged},
		"version zero":     {edit("version", 0), agents.CodeDamaged},
		"master replaced":  {edit("master", "AAAA"), agents.CodeDamaged},
		"mode replaced":    {edit("mode", "os"), agents.CodeDamaged},
		"mode unknown":     {edit("mode", "plain"), agents.CodeDamaged},
		"without recovery": {edit("recovery", ""), agents.CodeDamaged},
		"greedy kdf":       {edit("kdf", map[string]any{"name": "argon2id", "memory_kib": 1 << 31, "time": 1000, "threads": 1, "salt": "AAAAAAAAAAAAAAAAAAAAAA=="}), agents.CodeDamaged},
		"newer":            {edit("version", 2), agents.CodeNewer},
		"newer, other":     {[]byte(`{"format":"steward vault","version":9,"mode":7}`), agents.CodeNewer},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if err := os.WriteFile(path, c.content, 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := vault.Open(t.Context(), inFile(dir, "p"))
			if agents.CodeOf(err) != c.code || agents.AsError(err).Hint == "" {
				t.Errorf("got %v (%s)", err, agents.CodeOf(err))
			}
			if now, _ := os.ReadFile(path); !bytes.Equal(now, c.content) {
				t.Error("the damaged file was overwritten")
			}
		})
	}
}

func TestNoNewVaultBesideAnOldDatabase(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "steward.db"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	o := inFile(dir, "p")
	o.Guards = []string{"steward.db", "keyring"}
	_, err := vault.Open(t.Context(), o)
	wantCode(t, err, agents.CodeDamaged, "backup")
	if _, err := os.Stat(filepath.Join(dir, vault.FileName)); !os.IsNotExist(err) {
		t.Error("a vault was made all the same")
	}
}

func TestRefusedSecrets(t *testing.T) {
	v := mustOpen(t, vault.Options{Dir: t.TempDir(), Keychain: newShelf()})
	for name, c := range map[string]struct {
		name   string
		secret []byte
		code   string
	}{
		"no name":      {"", []byte("x"), agents.CodeInvalid},
		"long name":    {strings.Repeat("n", 201), []byte("x"), agents.CodeInvalid},
		"control":      {"a\x1b[31m", []byte("x"), agents.CodeInvalid},
		"not UTF-8":    {"a\xff", []byte("x"), agents.CodeInvalid},
		"no secret":    {"a", nil, agents.CodeLimit},
		"large secret": {"a", make([]byte, 64*1024+1), agents.CodeLimit},
	} {
		t.Run(name, func(t *testing.T) {
			wantCode(t, v.Set(t.Context(), c.name, c.secret), c.code, "")
		})
	}
	if err := v.Set(t.Context(), "largest", make([]byte, 64*1024)); err != nil {
		t.Error(err)
	}
}

func TestCloseForgets(t *testing.T) {
	v := mustOpen(t, vault.Options{Dir: t.TempDir(), Keychain: newShelf()})
	if err := v.Set(t.Context(), "a", []byte("secret")); err != nil {
		t.Fatal(err)
	}
	if err := v.Close(); err != nil {
		t.Fatal(err)
	}
	if v.Master() != [32]byte{} || v.RecoveryCode() != "" {
		t.Error("a closed vault still gives its keys")
	}
	_, err := v.Get(t.Context(), "a")
	wantCode(t, err, agents.CodeLocked, "unlock")
	wantCode(t, v.Set(t.Context(), "a", []byte("b")), agents.CodeLocked, "unlock")
	wantCode(t, v.RenewRecoveryCode(), agents.CodeLocked, "unlock")
}

func TestDestroyLeavesNothing(t *testing.T) {
	dir, keychain := t.TempDir(), newShelf()
	v := mustOpen(t, vault.Options{Dir: dir, Keychain: keychain})
	for _, name := range []string{"a", "b"} {
		if err := v.Set(t.Context(), name, []byte("secret")); err != nil {
			t.Fatal(err)
		}
	}
	if len(keychain.items) != 3 {
		t.Fatalf("%d items in the keychain", len(keychain.items))
	}
	if err := v.Destroy(t.Context()); err != nil {
		t.Fatal(err)
	}
	left, err := os.ReadDir(dir)
	if len(keychain.items) != 0 || len(left) != 0 || err != nil {
		t.Errorf("left: %d items, %v, %v", len(keychain.items), left, err)
	}
}

func TestUnwritableHomeIsPlain(t *testing.T) {
	_, err := vault.Open(t.Context(), vault.Options{Dir: filepath.Join(t.TempDir(), "nowhere"), Keychain: newShelf()})
	wantCode(t, err, agents.CodeUnavailable, "written")
}

func FuzzOpenForeignFile(f *testing.F) {
	f.Add([]byte(`{"format":"steward vault","version":1}`))
	f.Add([]byte(`{"format":"steward vault","version":1,"home":"aaaaaaaaaaaaaaaa","mode":"os","recovery":"AA==","contents":"AA==","sum":""}`))
	f.Add([]byte("\x00"))
	f.Fuzz(func(t *testing.T, content []byte) {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, vault.FileName), content, 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := vault.Open(t.Context(), vault.Options{Dir: dir, Keychain: newShelf()})
		if e := agents.AsError(err); err == nil || e.Code == agents.CodeInternal || e.Hint == "" {
			t.Errorf("opened or unclear: %v", err)
		}
	})
}

func TestLookTellsTheModeAndOpensNothing(t *testing.T) {
	guards := []string{"steward.db"}
	look := func(dir string, want vault.Mode) {
		t.Helper()
		if mode, err := vault.Look(dir, guards); mode != want || err != nil {
			t.Errorf("got %q, %v; want %q", mode, err, want)
		}
	}
	dir := t.TempDir()
	look(dir, "")
	keychain := newShelf()
	mustOpen(t, vault.Options{Dir: dir, Keychain: keychain})
	asked := keychain.asked
	look(dir, vault.OS)
	if keychain.asked != asked {
		t.Error("the keychain was asked")
	}
	file := t.TempDir()
	mustOpen(t, inFile(file, "a passphrase"))
	look(file, vault.File)
	if err := os.WriteFile(filepath.Join(file, vault.FileName), []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := vault.Look(file, guards)
	wantCode(t, err, agents.CodeDamaged, "backup")
	orphan := t.TempDir()
	if err := os.WriteFile(filepath.Join(orphan, "steward.db"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = vault.Look(orphan, guards)
	wantCode(t, err, agents.CodeDamaged, "backup")
}
