package headless

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stewardhq/steward/agents"
)

func TestDays(t *testing.T) {
	today := time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)
	for text, want := range map[string]string{
		"today": "2026-11-24", "yesterday": "2026-11-23", "7d": "2026-11-17", "0d": "2026-11-24", "2026-01-31": "2026-01-31",
		"": "", "7": "", "d": "", "-7d": "", "7days": "", "2026-02-30": "", "1e3d": "", "999999999999d": "",
	} {
		at, err := day(text, today)
		if want == "" && agents.CodeOf(err) != agents.CodeInvalid || want != "" && (err != nil || at.Format("2006-01-02") != want) {
			t.Errorf("%q is %v, %v", text, at, err)
		}
	}
}

// An export is checked where there is no home, and where there is none an answer says so.
func TestVerifyFileNeedsNoHome(t *testing.T) {
	file := filepath.Join(t.TempDir(), "export.jsonl")
	run := func(content string) (string, int) {
		t.Helper()
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		var out strings.Builder
		code := Main([]string{"--home", "/nonexistent/home", "--json", "ledger", "verify", "--file", file}, Streams{In: strings.NewReader(""), Out: &out, Err: &out})
		return out.String(), code
	}
	const empty = `{"type":"checkpoint","rows":0,"seq":0,"hash":"` + "0000000000000000000000000000000000000000000000000000000000000000" + `"}`
	if out, code := run(empty); code != ExitDone || !strings.Contains(out, `"ok":true`) {
		t.Errorf("%d: %s", code, out)
	}
	if out, code := run(strings.Replace(empty, `"rows":0`, `"rows":1`, 1)); code != ExitFailed || !strings.Contains(out, `"ok":false`) {
		t.Errorf("%d: %s", code, out)
	}
	if out, code := run("hello"); code != ExitUsage || strings.Contains(out, "hello") {
		t.Errorf("%d: %s", code, out)
	}
}

// The cause of an error is shown in the system's own words alone: others may quote what they were about.
func TestCausesAreNotQuoted(t *testing.T) {
	var out strings.Builder
	p := &printer{out: &out, err: &out}
	p.error(&agents.Error{Code: agents.CodeInvalid, Message: "the key does not fit", Err: fmt.Errorf("parse %q: %w", "sk-canary", errors.New("sk-canary"))})
	_, missing := os.Open("/nonexistent/sk-canary")
	p.error(&agents.Error{Code: agents.CodeNotFound, Message: "the file cannot be read", Err: missing})
	if strings.Contains(out.String(), "canary") || !strings.Contains(out.String(), "cause: no such file or directory") {
		t.Error(out.String())
	}
}

type trap struct{}

func (trap) Read([]byte) (int, error) { panic("sk-canary") }

// A panic of the program prints where it was, and nothing of its value.
func TestMainTellsNothingOfAPanic(t *testing.T) {
	home := t.TempDir()
	file := filepath.Join(home, "passphrase")
	if err := os.WriteFile(file, []byte("a passphrase of a test"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("STEWARD_KEYRING", "file")
	t.Setenv("STEWARD_PASSPHRASE_FILE", file)
	var out strings.Builder
	code := Main([]string{"--home", filepath.Join(home, "home"), "models", "add", "openai-compatible", "--name", "x", "--base-url", "http://127.0.0.1:1/v1", "--model", "m", "--key-stdin"},
		Streams{In: trap{}, Out: &out, Err: &out})
	if code != exitDefect || strings.Contains(out.String(), "canary") || !strings.Contains(out.String(), "ledger_test.go:") {
		t.Errorf("%d: %s", code, out.String())
	}
}
