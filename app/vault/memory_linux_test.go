//go:build !race

package vault_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stewardhq/steward/app/vault"
	"golang.org/x/crypto/argon2"
)

func TestMain(m *testing.M) {
	if os.Getenv(rememberVariable) != "" {
		remember()
		return
	}
	os.Exit(m.Run())
}

// TestMemoryForgetsPassphrase opens a vault in a child and reads the child's memory from outside: neither the passphrase
// nor the key derived from it may be there, and the 64 MiB must be given back. It does not run under the race detector,
// whose own memory is many times what is looked for.
func TestMemoryForgetsPassphrase(t *testing.T) {
	dir, words := t.TempDir(), "a-rare-passphrase-73912"
	pass := filepath.Join(t.TempDir(), "pass")
	if err := os.WriteFile(pass, []byte(words+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	master := mustOpen(t, inFile(dir, words)).Master()

	child := exec.Command(os.Args[0])
	child.Env = []string{rememberVariable + "=" + dir, "STEWARD_KEYRING=file", "STEWARD_PASSPHRASE_FILE=" + pass}
	in, out := pipes(t, child)
	line, err := bufio.NewReader(out).ReadString('\n')
	if line != "open\n" {
		t.Fatalf("child says %q, %v", line, err)
	}
	memory, resident := look(t, child.Process.Pid)
	for name, c := range map[string]struct {
		needle []byte
		want   bool
	}{
		"passphrase":  {[]byte(words), false},
		"derived key": {derivedKey(t, dir, words), false},
		"master key":  {master[:], true}, // or the search proves nothing
	} {
		if got := bytes.Contains(memory, c.needle); got != c.want {
			t.Errorf("%s in memory: %v, want %v", name, got, c.want)
		}
	}
	if resident > 48<<10 {
		t.Errorf("%d KiB resident after opening: the memory of Argon2id was not given back", resident)
	}
	_ = in.Close()
	if err := child.Wait(); err != nil {
		t.Error(err)
	}
}

const rememberVariable = "STEWARD_TEST_REMEMBER"

// remember is the child: it opens a vault and holds it until its input ends.
func remember() {
	mode, ask, err := vault.Environment(os.Getenv)
	if err != nil {
		panic(err)
	}
	v, err := vault.Open(context.Background(), vault.Options{Dir: os.Getenv(rememberVariable), Mode: mode, Passphrase: ask})
	if err != nil {
		panic(err)
	}
	fmt.Println("open")
	_, _ = io.Copy(io.Discard, os.Stdin)
	_ = v.Close()
}

func pipes(t *testing.T, child *exec.Cmd) (io.WriteCloser, io.Reader) {
	t.Helper()
	in, err := child.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	child.Stderr = os.Stderr
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	return in, out
}

func derivedKey(t *testing.T, dir, words string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, vault.FileName))
	if err != nil {
		t.Fatal(err)
	}
	var r struct {
		KDF struct {
			Memory uint32 `json:"memory_kib"`
			Time   uint32 `json:"time"`
			Lanes  uint8  `json:"threads"`
			Salt   []byte `json:"salt"`
		} `json:"kdf"`
	}
	if err := json.Unmarshal(b, &r); err != nil {
		t.Fatal(err)
	}
	if r.KDF.Memory != 64*1024 || r.KDF.Time != 3 || r.KDF.Lanes != 4 {
		t.Errorf("other parameters: %+v", r.KDF)
	}
	return argon2.IDKey([]byte(words), r.KDF.Salt, r.KDF.Time, r.KDF.Memory, r.KDF.Lanes, 32)
}

// look reads all private writable memory of a process, and its resident size in KiB.
func look(t *testing.T, pid int) ([]byte, int) {
	t.Helper()
	maps, err := os.ReadFile(fmt.Sprintf("/proc/%d/maps", pid))
	if err != nil {
		t.Fatal(err)
	}
	mem, err := os.Open(fmt.Sprintf("/proc/%d/mem", pid))
	if err != nil {
		t.Fatalf("read the child's memory: %v", err)
	}
	defer func() { _ = mem.Close() }()
	var all []byte
	for line := range strings.Lines(string(maps)) {
		var from, to int64
		var rights string
		if _, err := fmt.Sscanf(line, "%x-%x %s", &from, &to, &rights); err != nil || !strings.HasPrefix(rights, "rw") {
			continue
		}
		part := make([]byte, min(to-from, 256<<20))
		n, _ := mem.ReadAt(part, from) // a hole ends a part early
		all = append(all, part[:n]...)
	}
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	resident := 0
	for line := range strings.Lines(string(status)) {
		_, _ = fmt.Sscanf(line, "VmRSS: %d kB", &resident)
	}
	return all, resident
}
