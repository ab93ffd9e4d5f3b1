package notify

import (
	"context"
	"os"

	"github.com/godbus/dbus/v5"
)

// savers are the programs that know whether the screen is locked.
var savers = []struct {
	name   string
	path   dbus.ObjectPath
	method string
}{
	{"org.freedesktop.ScreenSaver", "/org/freedesktop/ScreenSaver", "org.freedesktop.ScreenSaver.GetActive"},
	{"org.freedesktop.ScreenSaver", "/ScreenSaver", "org.freedesktop.ScreenSaver.GetActive"},
	{"org.gnome.ScreenSaver", "/org/gnome/ScreenSaver", "org.gnome.ScreenSaver.GetActive"},
	{"org.cinnamon.ScreenSaver", "/org/cinnamon/ScreenSaver", "org.cinnamon.ScreenSaver.GetActive"},
	{"org.mate.ScreenSaver", "/org/mate/ScreenSaver", "org.mate.ScreenSaver.GetActive"},
}

const (
	login        = "org.freedesktop.login1"
	loginSession = "/org/freedesktop/login1/session/auto"
	systemSocket = "/run/dbus/system_bus_socket"
)

// ScreenLocked reports whether the screen is locked, or may be: it is false only if somebody who knows says that it is
// open, and nobody says that it is locked. A locker that tells nobody, such as a bare one for X, is not known of; where the
// desktop's own program is there it is believed.
func (n *Notifier) ScreenLocked(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	open := false
	if address, err := session(); err == nil {
		if conn, err := dial(ctx, address); err == nil {
			defer func() { _ = conn.Close() }() // it was only for asking
			for _, s := range savers {
				var active bool
				if conn.Object(s.name, s.path).CallWithContext(ctx, s.method, dbus.FlagNoAutoStart).Store(&active) != nil {
					continue // it is not there
				}
				if active {
					return true
				}
				open = true
			}
		}
	}
	locked, known := sessionLocked(ctx)
	return locked || !open && !known
}

// sessionLocked asks the login manager, which desktops tell that they have locked the session.
func sessionLocked(ctx context.Context) (locked, known bool) {
	address := os.Getenv("DBUS_SYSTEM_BUS_ADDRESS")
	if address == "" {
		if _, err := os.Stat(systemSocket); err != nil {
			return false, false
		}
		address = "unix:path=" + systemSocket
	}
	conn, err := dial(ctx, address)
	if err != nil {
		return false, false
	}
	defer func() { _ = conn.Close() }() // it was only for asking
	var value dbus.Variant
	call := conn.Object(login, loginSession).CallWithContext(ctx, "org.freedesktop.DBus.Properties.Get", dbus.FlagNoAutoStart, login+".Session", "LockedHint")
	if call.Store(&value) != nil {
		return false, false
	}
	locked, known = value.Value().(bool)
	return locked, known
}
