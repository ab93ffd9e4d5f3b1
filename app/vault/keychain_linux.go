package vault

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/godbus/dbus/v5"
	"github.com/stewardhq/steward/agents"
)

const busVariable = "DBUS_SESSION_BUS_ADDRESS"

// reachable makes sure that there is a session bus before the library looks for one: where it finds none it starts a
// dbus-daemon of its own at every call, and leaves it running.
func reachable() error {
	if address := os.Getenv(busVariable); address != "" && !strings.HasPrefix(address, "autolaunch:") {
		return nil
	}
	for _, dir := range []string{os.Getenv("XDG_RUNTIME_DIR"), "/run/user/" + strconv.Itoa(os.Getuid())} {
		if dir == "" {
			continue
		}
		socket := filepath.Join(dir, "bus")
		if info, err := os.Stat(socket); err == nil && info.Mode()&os.ModeSocket != 0 {
			// The library reads this variable and knows nothing of XDG_RUNTIME_DIR.
			if err := os.Setenv(busVariable, "unix:path="+dbus.EscapeBusAddressValue(socket)); err != nil {
				return fmt.Errorf("name the session bus: %w", err)
			}
			return nil
		}
	}
	return noKeychain(nil)
}

const (
	secrets     = "org.freedesktop.secrets"
	secretsPath = "/org/freedesktop/secrets"
	collection  = "org.freedesktop.Secret.Collection"
)

// diagnose finds out why the keychain did not do as it was asked. The library's own errors do not tell.
func diagnose(ctx context.Context, cause error) error {
	conn, err := dbus.SessionBusPrivateNoAutoStartup(dbus.WithContext(ctx))
	if err != nil {
		return noKeychain(cause)
	}
	defer func() { _ = conn.Close() }() // nothing more is said on it
	if conn.Auth(nil) != nil || conn.Hello() != nil {
		return noKeychain(cause)
	}
	if isLocked(cause) {
		return lockedKeychain(cause)
	}
	var standard dbus.ObjectPath
	call := conn.Object(secrets, secretsPath).CallWithContext(ctx, "org.freedesktop.Secret.Service.ReadAlias", 0, "default")
	if err := call.Store(&standard); err != nil {
		return noKeychain(cause)
	}
	if standard == "/" {
		return &agents.Error{
			Code: agents.CodeUnavailable, Message: "the keychain has no default keyring",
			Hint: "make one (in GNOME: Passwords and Keys, then New, Password keyring) and try again; " + fileHint, Err: cause,
		}
	}
	property, err := conn.Object(secrets, standard).GetProperty(collection + ".Locked")
	if err == nil && property.Value() == true {
		return lockedKeychain(cause)
	}
	return unwilling(cause)
}

// present looks on the session bus for who answers for secrets, or would be started to.
func present(ctx context.Context) bool {
	if reachable() != nil {
		return false
	}
	conn, err := dbus.SessionBusPrivateNoAutoStartup(dbus.WithContext(ctx))
	if err != nil {
		return false
	}
	defer func() { _ = conn.Close() }() // nothing more is said on it
	answers := make(chan bool, 1)
	go func() { // the greeting knows no context
		if conn.Auth(nil) != nil || conn.Hello() != nil {
			answers <- false
			return
		}
		var names, startable []string
		bus := conn.BusObject()
		err := errors.Join(
			bus.CallWithContext(ctx, "org.freedesktop.DBus.ListNames", 0).Store(&names),
			bus.CallWithContext(ctx, "org.freedesktop.DBus.ListActivatableNames", 0).Store(&startable))
		answers <- err == nil && slices.Contains(append(names, startable...), secrets)
	}()
	select {
	case answer := <-answers:
		return answer
	case <-ctx.Done():
		return false
	}
}

func isLocked(err error) bool {
	var e dbus.Error
	return errors.As(err, &e) && e.Name == "org.freedesktop.Secret.Error.IsLocked"
}
