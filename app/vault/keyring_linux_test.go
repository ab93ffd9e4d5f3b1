package vault_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/vault"
)

const insideVariable = "STEWARD_TEST_KEYRING"

// TestRealKeyring runs TestInside… below in sessions of their own, each with a real gnome-keyring.
func TestRealKeyring(t *testing.T) {
	for _, program := range []string{"dbus-run-session", "gnome-keyring-daemon"} {
		if _, err := exec.LookPath(program); err != nil {
			if os.Getenv("STEWARD_ALLOW_SKIP") != "" {
				t.Skipf("%s is missing", program)
			}
			t.Fatalf("%s is missing: apt-get install -y --no-install-recommends dbus dbus-x11 gnome-keyring (or set STEWARD_ALLOW_SKIP=1)", program)
		}
	}
	unlocked := `printf pw | gnome-keyring-daemon --unlock --components=secrets >/dev/null && `
	for name, c := range map[string]struct{ before, test string }{
		"unlocked":   {unlocked, "TestInsideUnlocked"},
		"no keyring": {"", "TestInsideWithoutDefault"},
	} {
		t.Run(name, func(t *testing.T) {
			home := t.TempDir()
			run := exec.Command("dbus-run-session", "--", "bash", "-c", c.before+`exec "$0" -test.v -test.run "^$1\$"`, os.Args[0], c.test)
			run.Env = []string{
				"HOME=" + home, "XDG_RUNTIME_DIR=" + home, "PATH=" + os.Getenv("PATH"), "TMPDIR=" + os.TempDir(), insideVariable + "=1",
			}
			out, err := run.CombinedOutput()
			if err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}

func inside(t *testing.T) {
	t.Helper()
	if os.Getenv(insideVariable) == "" {
		t.Skip("runs only in the session that TestRealKeyring makes")
	}
}

func TestInsideUnlocked(t *testing.T) {
	inside(t)
	o := vault.Options{Dir: t.TempDir()}
	if !vault.HasKeychain(t.Context()) {
		t.Error("the keychain is not seen")
	}
	v := mustOpen(t, o)
	master, code := v.Master(), v.RecoveryCode()
	if err := v.Set(t.Context(), "model/local", []byte("sk\x00\xff")); err != nil {
		t.Fatal(err)
	}
	again := mustOpen(t, o)
	got, err := again.Get(t.Context(), "model/local")
	if again.Master() != master || err != nil || string(got) != "sk\x00\xff" {
		t.Fatalf("got %q, %v", got, err)
	}

	if err := again.Delete(t.Context(), "model/local"); err != nil {
		t.Fatal(err)
	}
	_, err = again.Get(t.Context(), "model/local")
	wantCode(t, err, agents.CodeNotFound, "enter it")

	file := inFile(o.Dir, "p")
	if _, err := vault.Recover(t.Context(), file, code); err != nil {
		t.Fatal(err)
	}
	if n := items(t); n != 0 {
		t.Errorf("%d items are left in the keychain after moving away from it", n)
	}
	back, err := vault.Recover(t.Context(), o, code)
	if err != nil || back.Master() != master {
		t.Fatalf("move back: %v", err)
	}
	if n := items(t); n != 1 {
		t.Errorf("%d items in the keychain, want 1", n)
	}
	forgetItems(t)
	_, err = vault.Open(t.Context(), o)
	wantCode(t, err, agents.CodeLocked, "steward unlock --recover")

	other := vault.Options{Dir: t.TempDir()}
	mustOpen(t, other)
	lockKeyring(t)
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	_, err = vault.Open(ctx, other)
	wantCode(t, err, agents.CodeLocked, "unlock it")
	_, err = vault.Open(ctx, vault.Options{Dir: t.TempDir()})
	wantCode(t, err, agents.CodeLocked, "unlock it")
}

// TestInsideWithoutDefault has a session bus, and a keychain daemon that was never given a keyring.
func TestInsideWithoutDefault(t *testing.T) {
	inside(t)
	dir := t.TempDir()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	_, err := vault.Open(ctx, vault.Options{Dir: dir})
	wantCode(t, err, agents.CodeUnavailable, "STEWARD_KEYRING=file")
	if _, err := os.Stat(filepath.Join(dir, vault.FileName)); !os.IsNotExist(err) {
		t.Error("a vault was made all the same")
	}
}

func TestNoBusStartsNothing(t *testing.T) {
	bin, trace := t.TempDir(), filepath.Join(t.TempDir(), "started")
	script := "#!/bin/sh\necho started >>" + trace + "\nexit 1\n"
	for _, name := range []string{"dbus-launch", "dbus-daemon"} {
		if err := os.WriteFile(filepath.Join(bin, name), []byte(script), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", bin)
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	for _, address := range []string{"", "autolaunch:", "autolaunch:scope=*user"} {
		t.Setenv("DBUS_SESSION_BUS_ADDRESS", address)
		_, err := vault.Open(t.Context(), vault.Options{Dir: t.TempDir()})
		wantCode(t, err, agents.CodeUnavailable, "STEWARD_PASSPHRASE_FILE")
		if vault.HasKeychain(t.Context()) {
			t.Error("a keychain is seen without a bus")
		}
	}
	if _, err := os.Stat(trace); !os.IsNotExist(err) {
		t.Error("a dbus-daemon was started")
	}
}

// TestSilentBus has a bus that accepts and never answers: the call ends with its context.
func TestSilentBus(t *testing.T) {
	address := silentBus(t)
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", address)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := vault.Open(ctx, vault.Options{Dir: t.TempDir()})
	wantCode(t, err, agents.CodeUnavailable, "window")
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the cause is lost: %v", err)
	}
	if vault.HasKeychain(ctx) {
		t.Error("a keychain is seen behind a bus that never answers")
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	_, err = vault.Open(stopped, vault.Options{Dir: t.TempDir()})
	wantCode(t, err, agents.CodeCancelled, "")
}

func bus(t *testing.T) (*dbus.Conn, dbus.BusObject) {
	t.Helper()
	conn, err := dbus.ConnectSessionBus()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn, conn.Object("org.freedesktop.secrets", "/org/freedesktop/secrets")
}

const login = dbus.ObjectPath("/org/freedesktop/secrets/collection/login")

func lockKeyring(t *testing.T) {
	t.Helper()
	_, secrets := bus(t)
	if err := secrets.Call("org.freedesktop.Secret.Service.Lock", 0, []dbus.ObjectPath{login}).Err; err != nil {
		t.Fatal(err)
	}
}

func found(t *testing.T) (*dbus.Conn, []dbus.ObjectPath) {
	t.Helper()
	conn, secrets := bus(t)
	var open, locked []dbus.ObjectPath
	if err := secrets.Call("org.freedesktop.Secret.Service.SearchItems", 0, map[string]string{"service": "steward"}).Store(&open, &locked); err != nil {
		t.Fatal(err)
	}
	return conn, append(open, locked...)
}

func items(t *testing.T) int {
	t.Helper()
	_, all := found(t)
	return len(all)
}

func forgetItems(t *testing.T) {
	t.Helper()
	conn, all := found(t)
	for _, item := range all {
		if err := conn.Object("org.freedesktop.secrets", item).Call("org.freedesktop.Secret.Item.Delete", 0).Err; err != nil {
			t.Fatal(err)
		}
	}
}
