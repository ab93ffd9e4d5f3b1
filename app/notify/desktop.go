package notify

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/godbus/dbus/v5"
	"github.com/stewardhq/steward/agents/notification"
)

const (
	name  = "org.freedesktop.Notifications"
	path  = "/org/freedesktop/Notifications"
	notes = name + "."
)

// desktop is a connection to the program that shows notifications. It stays open, because some desktops take a
// program's notifications away when it leaves the bus.
type desktop struct {
	*dbus.Conn
	markup bool // the body is read as markup
	bodies bool // bodies are shown at all
}

func connect(ctx context.Context) (*desktop, error) {
	address, err := session()
	if err != nil {
		return nil, err
	}
	conn, err := dial(ctx, address)
	if err != nil {
		return nil, err
	}
	d := &desktop{Conn: conn}
	var can []string
	if err := conn.Object(name, path).CallWithContext(ctx, notes+"GetCapabilities", 0).Store(&can); err != nil {
		return nil, errors.Join(fmt.Errorf("ask what the desktop can show: %w", err), conn.Close())
	}
	d.markup = slices.Contains(can, "body-markup")
	d.bodies = slices.Contains(can, "body")
	return d, nil
}

// dial connects without waiting longer than ctx for a bus that accepts and says nothing.
func dial(ctx context.Context, address string) (*dbus.Conn, error) {
	conn, err := dbus.Dial(address)
	if err != nil {
		return nil, fmt.Errorf("find the session bus: %w", err)
	}
	greeted := make(chan error, 1)
	go func() {
		err := conn.Auth(nil)
		if err == nil {
			err = conn.Hello()
		}
		greeted <- err
	}()
	select {
	case err = <-greeted:
	case <-ctx.Done():
		err = ctx.Err()
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("greet the session bus: %w", err), conn.Close())
	}
	return conn, nil
}

// session finds the session bus. The library would start one where there is none, and leave it running.
func session() (string, error) {
	if address := os.Getenv("DBUS_SESSION_BUS_ADDRESS"); address != "" && !strings.HasPrefix(address, "autolaunch:") {
		return address, nil
	}
	if dir := os.Getenv("XDG_RUNTIME_DIR"); dir != "" {
		socket := filepath.Join(dir, "bus")
		if info, err := os.Stat(socket); err == nil && info.Mode()&os.ModeSocket != 0 {
			return "unix:path=" + dbus.EscapeBusAddressValue(socket), nil
		}
	}
	return "", errors.New("there is no session bus")
}

// show shows a note in place of the one with the number replaces; 0 for none.
func (d *desktop) show(ctx context.Context, note notification.Note, replaces uint32) (uint32, error) {
	title, body := note.Title, note.Body
	if !d.bodies && body != "" {
		title, body = title+": "+body, ""
	}
	if d.markup {
		body = escape.Replace(body)
	}
	var id uint32
	call := d.Object(name, path).CallWithContext(ctx, notes+"Notify", 0, "Steward", replaces, "", title, body, []string{},
		map[string]dbus.Variant{"desktop-entry": dbus.MakeVariant("steward")}, int32(-1))
	if err := call.Store(&id); err != nil {
		return 0, fmt.Errorf("show on the desktop: %w", err)
	}
	return id, nil
}

// escape leaves quotes alone: they mean nothing outside a tag, and some desktops do not know their entities.
var escape = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
