package vault_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/vault"
)

func TestPassphraseFile(t *testing.T) {
	long := strings.Repeat("x", 1024)
	for name, c := range map[string]struct {
		content string
		mode    os.FileMode
		want    string // "" means refused
		hint    string
	}{
		"one line":         {"open sesame\n", 0o600, "open sesame", ""},
		"no newline":       {"open sesame", 0o400, "open sesame", ""},
		"windows":          {"open sesame\r\nmore", 0o600, "open sesame", ""},
		"first line only":  {"a\nb\n", 0o640, "a", ""},
		"spaces are words": {" a b \n", 0o600, " a b ", ""},
		"chinese":          {"芝麻開門\n", 0o600, "芝麻開門", ""},
		"longest":          {long + "\n", 0o600, long, ""},
		"too long":         {long + "y\n", 0o600, "", "1024"},
		"far too long":     {long + long + long, 0o600, "", "1024"},
		"empty":            {"", 0o600, "", "first line"},
		"empty first line": {"\nsecret\n", 0o600, "", "first line"},
		"world-readable":   {"secret\n", 0o644, "", "chmod 600"},
		"world-writable":   {"secret\n", 0o602, "", "chmod 600"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "pass")
			if err := os.WriteFile(path, []byte(c.content), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.Chmod(path, c.mode); err != nil {
				t.Fatal(err)
			}
			got, err := vault.PassphraseFile(path)(t.Context(), false)
			if c.want == "" {
				wantCode(t, err, agents.CodeInvalid, c.hint)
				if strings.Contains(err.Error(), "secret") {
					t.Error("the error repeats the passphrase")
				}
			} else if err != nil || string(got) != c.want {
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
	for _, path := range []string{filepath.Join(t.TempDir(), "none"), t.TempDir()} {
		if err := os.Chmod(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		_ = os.Chmod(path, 0o700)
		_, err := vault.PassphraseFile(path)(t.Context(), false)
		wantCode(t, err, agents.CodeInvalid, "file")
	}
}

func TestEnvironment(t *testing.T) {
	for name, c := range map[string]struct {
		env   map[string]string
		mode  vault.Mode
		asks  bool
		wrong bool
	}{
		"nothing said": {nil, vault.OS, false, false},
		"os":           {map[string]string{"STEWARD_KEYRING": "os"}, vault.OS, false, false},
		"file":         {map[string]string{"STEWARD_KEYRING": "file", "STEWARD_PASSPHRASE_FILE": "/p"}, vault.File, true, false},
		"file, asked":  {map[string]string{"STEWARD_KEYRING": "file"}, vault.File, false, false},
		"plain":        {map[string]string{"STEWARD_KEYRING": "none"}, "", false, true},
	} {
		t.Run(name, func(t *testing.T) {
			mode, ask, err := vault.Environment(func(key string) string { return c.env[key] })
			if mode != c.mode || (ask != nil) != c.asks || (err != nil) != c.wrong {
				t.Errorf("got %q, asks %v, %v", mode, ask != nil, err)
			}
		})
	}
}
