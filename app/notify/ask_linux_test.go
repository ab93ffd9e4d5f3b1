package notify_test

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/agents/notification"
	"github.com/stewardhq/steward/app/notify"
)

// saver is a screen saver that says what a test wants.
type saver struct {
	active chan bool
	conn   *dbus.Conn
}

func (s *saver) GetActive() (bool, *dbus.Error) {
	is := <-s.active
	s.active <- is
	return is, nil
}

// locker puts a screen saver on the bus of the test. Its state is what was last put into the channel.
func locker(t *testing.T, active bool) *saver {
	t.Helper()
	conn, err := dbus.Connect(os.Getenv("DBUS_SESSION_BUS_ADDRESS"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	s := &saver{make(chan bool, 1), conn}
	s.active <- active
	if err := conn.Export(s, "/org/freedesktop/ScreenSaver", "org.freedesktop.ScreenSaver"); err != nil {
		t.Fatal(err)
	}
	if reply, err := conn.RequestName("org.freedesktop.ScreenSaver", dbus.NameFlagDoNotQueue); err != nil || reply != dbus.RequestNameReplyPrimaryOwner {
		t.Fatal(reply, err)
	}
	return s
}

func (s *saver) set(active bool) {
	<-s.active
	s.active <- active
}

// forge says in the desktop's place that something was pressed, to everybody and to the notifier's connection alone.
func (s *saver) forge(t *testing.T, n *notify.Notifier) {
	t.Helper()
	for id := range uint32(50) {
		for _, to := range []string{"", notify.Name(n)} {
			m := &dbus.Message{Type: dbus.TypeSignal, Headers: map[dbus.HeaderField]dbus.Variant{
				dbus.FieldPath: dbus.MakeVariant(dbus.ObjectPath("/org/freedesktop/Notifications")), dbus.FieldInterface: dbus.MakeVariant("org.freedesktop.Notifications"),
				dbus.FieldMember: dbus.MakeVariant("ActionInvoked"), dbus.FieldSignature: dbus.MakeVariant(dbus.SignatureOf(uint32(0), "")),
			}, Body: []any{id, "deny"}}
			if to != "" {
				m.Headers[dbus.FieldDestination] = dbus.MakeVariant(to)
			}
			s.conn.Send(m, nil)
		}
	}
	if err := s.conn.BusObject().Call("org.freedesktop.DBus.GetId", 0).Err; err != nil { // all of them have been sent by now
		t.Fatal(err)
	}
}

func next(t *testing.T, chosen <-chan string) (string, bool) {
	t.Helper()
	select {
	case key, ok := <-chosen:
		return key, ok
	case <-time.After(20 * time.Second):
		t.Fatal("nothing was chosen")
		return "", false
	}
}

// press presses a button of the notification as dunst does when it is clicked.
func press(t *testing.T, id string) {
	t.Helper()
	if out, err := exec.Command("dunstctl", "action", id).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

func TestInsideAsk(t *testing.T) {
	inside(t)
	n := notify.New(&bytes.Buffer{})
	defer n.Close()
	if !n.ScreenLocked(t.Context()) {
		t.Error("where nobody knows, the screen counts as open")
	}
	s := locker(t, false)
	if n.ScreenLocked(t.Context()) {
		t.Error("the screen is open and counts as locked")
	}
	s.set(true)
	if !n.ScreenLocked(t.Context()) {
		t.Error("the screen is locked and counts as open")
	}
	ask := func(key string) <-chan string {
		chosen, err := n.Ask(t.Context(), notification.Note{Key: key, Title: "One thing waits", Body: hostile}, []notify.Action{{Key: notify.DefaultAction, Label: "Approve"}, {Key: "deny", Label: "Deny"}})
		if err != nil {
			t.Fatal(err)
		}
		return chosen
	}
	chosen := ask("a")
	s.forge(t, n)
	press(t, "0")
	if key, ok := next(t, chosen); !ok || key != notify.DefaultAction {
		t.Errorf("chose %q, %v", key, ok)
	}
	if _, ok := next(t, chosen); ok {
		t.Error("a second choice came")
	}
	// One with the same key takes the first away; its button answers nobody.
	first := ask("b")
	second := ask("b")
	if key, ok := next(t, first); ok {
		t.Errorf("the one that was taken away says %q", key)
	}
	press(t, "0")
	if key, _ := next(t, second); key != notify.DefaultAction {
		t.Errorf("chose %q", key)
	}
	third := ask("c")
	n.Withdraw(t.Context(), "c")
	if key, ok := next(t, third); ok {
		t.Errorf("a withdrawn one says %q", key)
	}
	fourth := ask("d")
	if out, err := exec.Command("dunstctl", "close-all").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if key, ok := next(t, fourth); ok {
		t.Errorf("a closed one says %q", key)
	}
	fifth := ask("e")
	if err := n.Close(); err != nil { // as when the desktop ends
		t.Fatal(err)
	}
	if key, ok := next(t, fifth); ok {
		t.Errorf("one whose desktop ended says %q", key)
	}
}

func TestAskWithoutADesktop(t *testing.T) {
	alone(t)
	t.Setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path="+filepath.Join(t.TempDir(), "none"))
	n := notify.New(&bytes.Buffer{})
	if _, err := n.Ask(t.Context(), notification.Note{Key: "a", Title: "b"}, nil); agents.CodeOf(err) != agents.CodeUnavailable {
		t.Errorf("got %v", err)
	}
	n.Withdraw(t.Context(), "a")
	if !n.ScreenLocked(context.Background()) {
		t.Error("where there is no bus the screen counts as open")
	}
}
