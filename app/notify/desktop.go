package notify

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

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
	markup  bool // the body is read as markup
	bodies  bool // bodies are shown at all
	actions bool // buttons are shown

	mu     sync.Mutex
	owner  string                 // the connection of the program that shows notifications: only it is believed
	hears  bool                   // somebody listens for what is chosen
	asking map[uint32]chan string // who waits for a choice, by the desktop's number
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
	d := &desktop{Conn: conn, asking: map[uint32]chan string{}}
	var can []string
	if err := conn.Object(name, path).CallWithContext(ctx, notes+"GetCapabilities", 0).Store(&can); err != nil {
		return nil, errors.Join(fmt.Errorf("ask what the desktop can show: %w", err), conn.Close())
	}
	d.markup = slices.Contains(can, "body-markup")
	d.bodies = slices.Contains(can, "body")
	d.actions = slices.Contains(can, "actions")
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
	return d.display(ctx, note, replaces, nil, -1)
}

// display shows a note with buttons; expires is in milliseconds, 0 for never and -1 for as the desktop likes.
func (d *desktop) display(ctx context.Context, note notification.Note, replaces uint32, actions []Action, expires int32) (uint32, error) {
	title, body := note.Title, note.Body
	if !d.bodies && body != "" {
		title, body = title+": "+body, ""
	}
	if d.markup {
		body = escape.Replace(body)
	}
	buttons := []string{}
	for _, a := range actions {
		buttons = append(buttons, a.Key, a.Label)
	}
	var id uint32
	call := d.Object(name, path).CallWithContext(ctx, notes+"Notify", 0, "Steward", replaces, "", title, body, buttons,
		map[string]dbus.Variant{"desktop-entry": dbus.MakeVariant("steward")}, expires)
	if err := call.Store(&id); err != nil {
		return 0, fmt.Errorf("show on the desktop: %w", err)
	}
	return id, nil
}

// escape leaves quotes alone: they mean nothing outside a tag, and some desktops do not know their entities.
var escape = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
