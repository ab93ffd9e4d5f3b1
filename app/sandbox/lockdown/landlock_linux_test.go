package lockdown

import (
	"encoding/json"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	ll "github.com/landlock-lsm/go-landlock/landlock/syscall"
)

const probeArg = "landlock-probe"

// TestMain is also the main of the process that shuts itself in.
func TestMain(m *testing.M) {
	if len(os.Args) > 4 && os.Args[1] == probeArg {
		os.Exit(probe(os.Args[2], os.Args[3], os.Args[4]))
	}
	os.Exit(m.Run())
}

// probe tells what still works behind landlock alone.
func probe(file, folder, address string) int {
	if _, err := restrict(); err != nil {
		return 1
	}
	results := map[string]string{}
	for name, try := range map[string]func() error{
		"read":    func() error { _, err := os.ReadFile(file); return err },
		"list":    func() error { _, err := os.ReadDir(folder); return err },
		"create":  func() error { return os.WriteFile(filepath.Join(folder, "new"), nil, 0o600) },
		"remove":  func() error { return os.Remove(file) },
		"execute": func() error { return syscall.Exec("/bin/true", []string{"true"}, nil) },
		"connect": func() error { _, err := net.Dial("tcp", address); return err },
		"signal":  func() error { return syscall.Kill(os.Getppid(), 0) },
	} {
		switch err := try(); {
		case err == nil:
			results[name] = "went through"
		case errors.Is(err, syscall.EACCES), errors.Is(err, syscall.EPERM):
		default:
			results[name] = err.Error()
		}
	}
	if json.NewEncoder(os.Stdout).Encode(results) != nil {
		return 1
	}
	return 0
}

// TestLandlockAlone takes the system call filter away: landlock has to hold by itself.
func TestLandlockAlone(t *testing.T) {
	abi, err := ll.LandlockGetABIVersion()
	if err != nil {
		t.Skip("this kernel has no landlock:", err)
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	server, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(self, probeArg, file, dir, server.Addr().String()).Output()
	if err != nil {
		t.Fatal(err)
	}
	var results map[string]string
	if err := json.Unmarshal(out, &results); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if abi < 4 {
		delete(results, "connect") // ports came with version 4
	}
	if abi < 6 {
		delete(results, "signal") // other processes with version 6
	}
	for name, result := range results {
		t.Errorf("%s: %s, behind landlock %d", name, result, abi)
	}
}
