package main_test

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app"
	"github.com/stewardhq/steward/app/api"
	"github.com/stewardhq/steward/store"
)

const besideDunst = "STEWARD_TEST_DUNST"

// quietBus is a session bus that starts nothing by itself.
const quietBus = `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy>
</busconfig>
`

// menu stands for the menu in which dunst offers the buttons: a person who takes the one that $HOME/label names, once they
// have read it, and leaves $HOME/offered behind when it has opened.
const menu = `#!/bin/bash
exec 2>/dev/null 3<>"$HOME/label"
lines=$(cat)
echo "$lines" >"$HOME/read" && mv "$HOME/read" "$HOME/offered"
read -r -t 60 label <&3 || exit 1
grep -m1 -F "#$label " <<<"$lines"
`

// TestTheDesktop runs [TestInsideBell] in a session of its own, with a screen and a real dunst.
func TestTheDesktop(t *testing.T) {
	if testing.Short() {
		t.Skip("it starts a desktop; make test runs it")
	}
	for _, program := range []string{"dbus-run-session", "xvfb-run", "xauth", "dunst", "dunstctl"} {
		if _, err := exec.LookPath(program); err != nil {
			if os.Getenv("STEWARD_ALLOW_SKIP") != "" {
				t.Skipf("%s is missing", program)
			}
			t.Fatalf("%s is missing: apt-get install -y --no-install-recommends dbus dbus-x11 dunst xvfb xauth (or set STEWARD_ALLOW_SKIP=1)", program)
		}
	}
	home := t.TempDir()
	config, bus, chooser := filepath.Join(home, "dunstrc"), filepath.Join(home, "bus.conf"), filepath.Join(home, "menu")
	for path, content := range map[string]string{config: "[global]\nmarkup = full\ndmenu = " + chooser + "\n", bus: quietBus, chooser: menu} {
		if err := os.WriteFile(path, []byte(content), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := exec.Command("mkfifo", filepath.Join(home, "label")).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	script := `dunst -conf "$1" & dunst=$!; trap 'kill $dunst' EXIT; "$0" -test.v -test.run '^TestInsideBell$'`
	run := exec.Command("dbus-run-session", "--config-file="+bus, "--", "xvfb-run", "-a", "bash", "-c", script, os.Args[0], config)
	run.Env = []string{"HOME=" + home, "XDG_RUNTIME_DIR=" + home, "PATH=" + os.Getenv("PATH"), "TMPDIR=" + os.TempDir(), besideDunst + "=1"}
	if out, err := run.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// message is a word between Steward and dunst, as it went over the bus.
type message struct {
	member string // Notify, CloseNotification, ActionInvoked, NotificationClosed
	title  string
	body   string
	labels []string
	id     uint32
	key    string
}

// bus is the private bus, with all that is said to and by dunst.
type bus struct {
	t    *testing.T
	said chan message
}

func listen(t *testing.T) bus {
	t.Helper()
	// It is left open until the process ends: the library may not be closed while it hears of more.
	conn, err := dbus.Connect(os.Getenv("DBUS_SESSION_BUS_ADDRESS"))
	if err != nil {
		t.Fatal(err)
	}
	if err := conn.BusObject().Call("org.freedesktop.DBus.Monitoring.BecomeMonitor", 0, []string{}, uint32(0)).Err; err != nil {
		t.Fatal(err)
	}
	b, all := bus{t, make(chan message, 1000)}, make(chan *dbus.Message, 1000)
	conn.Eavesdrop(all)
	go func() {
		for m := range all {
			if of, _ := m.Headers[dbus.FieldInterface].Value().(string); of != "org.freedesktop.Notifications" {
				continue
			}
			said := message{member: m.Headers[dbus.FieldMember].Value().(string)}
			switch said.member {
			case "Notify":
				said.title, said.body = m.Body[3].(string), m.Body[4].(string)
				for i, word := range m.Body[5].([]string) {
					if i%2 == 1 {
						said.labels = append(said.labels, word)
					}
				}
			case "ActionInvoked":
				said.id, said.key = m.Body[0].(uint32), m.Body[1].(string)
			case "CloseNotification", "NotificationClosed":
				said.id = m.Body[0].(uint32)
			}
			b.said <- said
		}
	}()
	return b
}

func busConn(t *testing.T) *dbus.Conn {
	t.Helper()
	conn, err := dbus.Connect(os.Getenv("DBUS_SESSION_BUS_ADDRESS"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// next is the next word of this kind. A notification without buttons is not waited for.
func (b bus) next(member string) message {
	b.t.Helper()
	deadline := time.After(20 * time.Second)
	for {
		select {
		case m := <-b.said:
			if m.member == member && (member != "Notify" || len(m.labels) > 0) {
				return m
			}
		case <-deadline:
			b.t.Fatalf("no %s came", member)
		}
	}
}

// screen is a screen saver that says whether the screen is locked.
type screen bool

func (s screen) GetActive() (bool, *dbus.Error) { return bool(s), nil }

// screen puts a screen saver on the bus, for this test.
func (b bus) screen(locked bool) {
	b.t.Helper()
	conn := busConn(b.t)
	err := conn.Export(screen(locked), "/org/freedesktop/ScreenSaver", "org.freedesktop.ScreenSaver")
	if err != nil {
		b.t.Fatal(err)
	}
	if reply, err := conn.RequestName("org.freedesktop.ScreenSaver", dbus.NameFlagDoNotQueue); err != nil || reply != dbus.RequestNameReplyPrimaryOwner {
		b.t.Fatal(reply, err)
	}
	b.t.Cleanup(func() { // the next test may want another, or none
		if _, err := conn.ReleaseName("org.freedesktop.ScreenSaver"); err != nil {
			b.t.Error(err)
		}
	})
}

// open opens dunst's menu of the buttons, as a person does, and gives what it offers.
func (b bus) open() string {
	b.t.Helper()
	offered := filepath.Join(os.Getenv("HOME"), "offered")
	if err := os.RemoveAll(offered); err != nil {
		b.t.Fatal(err)
	}
	if out, err := exec.Command("dunstctl", "context").CombinedOutput(); err != nil {
		b.t.Fatalf("%v: %s", err, out)
	}
	var text []byte
	until(b.t, "dunst's menu does not open", func() bool {
		_ = exec.Command("dunstctl", "is-paused").Run() // which takes a while
		raw, err := os.ReadFile(offered)
		text = raw
		return err == nil
	})
	return string(text)
}

// choose takes a button in the menu that is open.
func (b bus) choose(label string) {
	b.t.Helper()
	if err := os.WriteFile(filepath.Join(os.Getenv("HOME"), "label"), []byte(label+"\n"), 0o600); err != nil {
		b.t.Fatal(err)
	}
}

func (b bus) press(label string) {
	b.t.Helper()
	if offered := b.open(); !strings.Contains(offered, "#"+label) {
		b.t.Fatalf("dunst offers %q", offered)
	}
	b.choose(label)
}

// until tries until it is so; each try takes a while by itself.
func until(t *testing.T, otherwise string, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !is(); {
		if time.Now().After(deadline) {
			t.Fatal(otherwise)
		}
	}
}

// bellPlace is a home that is served beside dunst.
type bellPlace struct {
	place
	bus
	served *served
	taken  string
}

func (p *bellPlace) start() {
	p.place.t.Helper()
	p.served = p.serve("DBUS_SESSION_BUS_ADDRESS="+os.Getenv("DBUS_SESSION_BUS_ADDRESS"), "DBUS_SYSTEM_BUS_ADDRESS=unix:path="+filepath.Join(p.root, "none"))
}

// ends waits for the end of a run, and gives its state.
func (p *bellPlace) ends(run string) agents.RunState {
	p.place.t.Helper()
	var state agents.RunState
	until(p.bus.t, run+" does not end", func() bool {
		out, _, _ := p.steward("runs", "show", run, "--json")
		var result struct {
			Run struct{ State agents.RunState }
		}
		if err := json.Unmarshal([]byte(strings.TrimSpace(out)), &result); err != nil {
			p.bus.t.Fatalf("%v: %s", err, out)
		}
		state = result.Run.State
		return state.Over()
	})
	return state
}

// sent is how often this was taken by the mail server.
func (p *bellPlace) sent(words string) int {
	p.place.t.Helper()
	raw, err := os.ReadFile(p.taken)
	if err != nil && !os.IsNotExist(err) {
		p.bus.t.Fatal(err)
	}
	return strings.Count(string(raw), words)
}

// vias ends Steward, and gives by which way each answer came, oldest first.
func (p *bellPlace) vias() []string {
	p.place.t.Helper()
	p.served.stop()
	var vias []string
	p.opened(func(a *app.App) {
		entries, err := a.Store.Ledger(p.bus.t.Context(), store.LedgerFilter{Kind: "approval"})
		if err != nil {
			p.bus.t.Fatal(err)
		}
		for _, e := range entries {
			var content struct{ Via string }
			if err := json.Unmarshal(e.Content, &content); err != nil {
				p.bus.t.Fatal(err)
			}
			vias = append(vias, content.Via)
		}
	})
	return vias
}

func (p *bellPlace) told(run, hash, word string) {
	p.place.t.Helper()
	out, errs, code := p.steward("approvals", "approve", run, "--hash", hash)
	if code == 0 || !strings.Contains(errs, word) {
		p.bus.t.Errorf("afterwards the command line says, with exit %d: %s%s", code, out, errs)
	}
}

const (
	short  = "See you at eight."
	waits  = "One thing waits for your word"
	hidden = "Unlock to see what it is."
)

// first is how a mail that fits is shown, whole, in dunst's markup. The name is the sample's word.
const first = "from: me@tidewater.example\nto: ‹Sam Lin› &lt;sam@lin.example&gt;\nsubject: Hello\nbody: " + short

func newBellPlace(t *testing.T) *bellPlace {
	t.Helper()
	p := &bellPlace{place: newPlace(t), bus: listen(t)}
	address, taken := mailServer(t, func() {})
	p.taken = taken
	p.start()
	p.mailbox(address)
	return p
}

// knows makes Sam Lin somebody whom the user has written to.
func (p *bellPlace) knows() {
	p.place.t.Helper()
	written := filepath.Join(p.root, "written.mbox")
	mail := "From me@tidewater.example Mon Nov 23 10:00:00 2026\nFrom: me@tidewater.example\nTo: Sam Lin <sam@lin.example>\nSubject: Hi\n" +
		"Date: Mon, 23 Nov 2026 10:00:00 +0800\nMessage-ID: <written@tidewater.example>\n\nHi Sam\n"
	if err := os.WriteFile(written, []byte(mail), 0o600); err != nil {
		p.bus.t.Fatal(err)
	}
	p.must("mail", "import", written, "--me", "me@tidewater.example")
}

// shows fails unless this is how a sheet was shown.
func (m message) shows(t *testing.T, body string, labels ...string) {
	t.Helper()
	if m.title != waits || m.body != body || !slices.Equal(m.labels, labels) {
		t.Errorf("shown %+v, want %q with %q", m, body, labels)
	}
}

func TestInsideBell(t *testing.T) {
	if os.Getenv(besideDunst) == "" {
		t.Skip("runs only in the session that TestTheDesktop makes")
	}
	until(t, "dunst does not answer", func() bool { return exec.Command("dunstctl", "is-paused").Run() == nil })
	for name, test := range map[string]func(t *testing.T, p *bellPlace){
		"approve": approvedThere, "deny": deniedThere, "answered elsewhere": answeredElsewhere, "locked": surfaceLocked, "open": openedThere,
	} {
		t.Run(name, func(t *testing.T) {
			p := newBellPlace(t)
			p.knows()
			p.screen(false)
			test(t, p)
		})
	}
	yes, no := true, false
	const stranger = "it goes to a stranger"
	for name, c := range map[string]struct {
		locked *bool // nil: nobody says
		words  string
		body   string
	}{
		"the screen is locked":       {&yes, short, hidden},
		"nobody knows of the screen": {nil, short, hidden},
		"it does not fit":            {&no, strings.Repeat("See you at eight. ", 12), "send.ts"},
		stranger:                     {&no, short, "send.ts"},
	} {
		t.Run(name, func(t *testing.T) {
			p := newBellPlace(t)
			if c.locked != nil {
				p.screen(*c.locked)
			}
			if name != stranger { // about whom there is a warning to be read first
				p.knows()
			}
			p.proposes(c.words)
			p.next("Notify").shows(t, c.body, "Deny")
			if vias := p.vias(); len(vias) > 0 || p.sent("MAIL FROM") > 0 {
				t.Errorf("answered by %q", vias)
			}
		})
	}
}

func approvedThere(t *testing.T, p *bellPlace) {
	run, hash := p.proposes(short)
	p.next("Notify").shows(t, first, "Approve", "Deny")
	p.press("Approve")
	if state := p.ends(run); state != agents.Done {
		t.Errorf("the run is %s", state)
	}
	p.told(run, hash, "answered already")
	if vias := p.vias(); !slices.Equal(vias, []string{"notification"}) {
		t.Errorf("answered by %q", vias)
	}
	if p.sent("MAIL FROM") != 1 || p.sent("RCPT TO ") != 1 || p.sent("RCPT TO sam@lin.example\n") != 1 || p.sent("\r\n\r\n"+short+"\r\n") != 1 {
		raw, _ := os.ReadFile(p.taken)
		t.Errorf("the server took %q", raw)
	}
}

func deniedThere(t *testing.T, p *bellPlace) {
	run, hash := p.proposes(short)
	p.next("Notify").shows(t, first, "Approve", "Deny")
	p.press("Deny")
	p.ends(run)
	p.told(run, hash, "answered already")
	if vias := p.vias(); !slices.Equal(vias, []string{"notification"}) || p.sent("MAIL FROM") > 0 {
		t.Errorf("answered by %q; %d mails", vias, p.sent("MAIL FROM"))
	}
}

// The answer at the command line comes while the menu with Approve is open on the screen.
func answeredElsewhere(t *testing.T, p *bellPlace) {
	run, _ := p.proposes(short)
	p.next("Notify").shows(t, first, "Approve", "Deny")
	if offered := p.open(); !strings.Contains(offered, "#Approve ") {
		t.Fatalf("dunst offers %q", offered)
	}
	p.must("approvals", "deny", run, "--stop")
	p.next("CloseNotification")
	p.choose("Approve")
	// When the next one is answered, the late press has long been heard.
	next, _ := p.proposes("The next one.")
	p.next("Notify")
	p.press("Approve")
	if state := p.ends(next); state != agents.Done {
		t.Errorf("the next run is %s", state)
	}
	if vias := p.vias(); !slices.Equal(vias, []string{"terminal", "notification"}) || p.sent("MAIL FROM") != 1 || p.sent("The next one.") != 1 {
		t.Errorf("answered by %q; %d mails", vias, p.sent("MAIL FROM"))
	}
}

// What is shown when the screen of Steward is locked is taken away, and a start shows no more.
func surfaceLocked(t *testing.T, p *bellPlace) {
	run, _ := p.proposes(short)
	p.next("Notify").shows(t, first, "Approve", "Deny")
	set := p.command("lock", "set")
	set.Env = append(set.Env, "STEWARD_LOCK_NEW_PASSPHRASE_FILE="+p.passphrase())
	if out, err := set.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	p.must("lock", "--screen")
	p.next("CloseNotification")
	p.next("Notify").shows(t, hidden, "Deny")
	p.served.stop()
	p.next("CloseNotification")
	p.start()
	p.next("Notify").shows(t, hidden, "Deny")
	p.press("Deny") // no word is taken from anybody
	p.next("ActionInvoked")
	p.next("Notify").shows(t, hidden, "Deny")
	if vias := p.vias(); len(vias) > 0 || p.sent("MAIL FROM") > 0 {
		t.Errorf("%s was answered by %q", run, vias)
	}
}

// A shell that can show a sheet offers it.
func openedThere(t *testing.T, p *bellPlace) {
	run, _ := p.proposes(short)
	p.next("Notify").shows(t, first, "Approve", "Deny")
	p.served.stop()
	t.Setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path="+filepath.Join(p.root, "none"))
	opened := make(chan string, 1)
	door := api.NewDoor(api.DoorOptions{
		Home: p.home(), Now: time.Now, Open: func(run string) { opened <- run },
		Getenv: func(name string) string {
			return map[string]string{"STEWARD_KEYRING": "file", "STEWARD_PASSPHRASE_FILE": p.passphrase()}[name]
		},
	})
	if _, err := door.TryOpen(t.Context()); err != nil {
		t.Fatal(err)
	}
	p.next("Notify").shows(t, first, "Approve", "Open", "Open", "Deny")
	p.press("Open")
	select {
	case got := <-opened:
		if got != run {
			t.Errorf("opened %q", got)
		}
	case <-time.After(20 * time.Second):
		t.Error("it was not opened")
	}
	if err := door.Close(context.Background()); err != nil {
		t.Error(err)
	}
	if p.sent("MAIL FROM") > 0 {
		t.Error("it was sent")
	}
}
