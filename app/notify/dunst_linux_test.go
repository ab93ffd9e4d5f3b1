package notify_test

import (
	"bytes"
	"encoding/json"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stewardhq/steward/agents/notification"
	"github.com/stewardhq/steward/app/notify"
)

const insideVariable = "STEWARD_TEST_DUNST"

// quietBus is a session bus that starts nothing by itself: asked for a notification service before the test's dunst is
// there, it would start another, without a screen.
const quietBus = `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy>
</busconfig>
`

// TestRealDesktop runs the tests named TestInside… in a session of its own, with a screen and a real dunst.
func TestRealDesktop(t *testing.T) {
	for _, program := range []string{"dbus-run-session", "xvfb-run", "xauth", "dunst", "dunstctl", "busctl"} {
		if _, err := exec.LookPath(program); err != nil {
			if os.Getenv("STEWARD_ALLOW_SKIP") != "" {
				t.Skipf("%s is missing", program)
			}
			t.Fatalf("%s is missing: apt-get install -y --no-install-recommends dbus dbus-x11 dunst xvfb xauth libnotify-bin systemd (or set STEWARD_ALLOW_SKIP=1)", program)
		}
	}
	for name, markup := range map[string]string{"TestInsideMarkup": "full", "TestInsidePlain": "no", "TestInsideAsk": "full"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			home := t.TempDir()
			config, bus := filepath.Join(home, "dunstrc"), filepath.Join(home, "bus.conf")
			for path, content := range map[string]string{config: "[global]\nmarkup = " + markup + "\n", bus: quietBus} {
				if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			script := `dunst -conf "$1" & dunst=$!; trap 'kill $dunst' EXIT; "$0" -test.v -test.run "^$2\$"`
			run := exec.Command("dbus-run-session", "--config-file="+bus, "--", "xvfb-run", "-a", "bash", "-c", script, os.Args[0], config, name)
			run.Env = []string{"HOME=" + home, "XDG_RUNTIME_DIR=" + home, "PATH=" + os.Getenv("PATH"), "TMPDIR=" + os.TempDir(), insideVariable + "=1"}
			if out, err := run.CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}

func inside(t *testing.T) {
	t.Helper()
	if os.Getenv(insideVariable) == "" {
		t.Skip("runs only in the session that TestRealDesktop makes")
	}
	deadline := time.Now().Add(20 * time.Second)
	for exec.Command("dunstctl", "is-paused").Run() != nil { // each try asks the bus, and takes a while
		if time.Now().After(deadline) {
			t.Fatal("dunst does not answer")
		}
	}
}

// seen is what dunst shows or has shown, newest first.
func seen(t *testing.T) []map[string]any {
	t.Helper()
	if out, err := exec.Command("dunstctl", "close-all").CombinedOutput(); err != nil { // what is closed is history
		t.Fatalf("%v\n%s", err, out)
	}
	out, err := exec.Command("dunstctl", "history").Output()
	if err != nil {
		t.Fatal(err)
	}
	var history struct {
		Data [][]map[string]struct {
			Data any `json:"data"`
		} `json:"data"`
	}
	if err := json.Unmarshal(out, &history); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	var all []map[string]any
	for _, list := range history.Data {
		for _, entry := range list {
			note := map[string]any{}
			for field, value := range entry {
				note[field] = value.Data
			}
			all = append(all, note)
		}
	}
	return all
}

func show(t *testing.T, n *notify.Notifier, note notification.Note) string {
	t.Helper()
	shown, err := n.Notify(t.Context(), note)
	if err != nil || !strings.HasPrefix(shown, "desktop:") {
		t.Fatalf("shown %q, %v", shown, err)
	}
	return shown
}

const hostile = `‹<b>x</b> &amp; <img src="/etc/passwd"> 會議›`

func TestInsideMarkup(t *testing.T) {
	inside(t)
	var terminal bytes.Buffer
	n := notify.New(&terminal)
	show(t, n, notification.Note{Key: "k1", Title: "Briefing", Body: hostile})
	notes := seen(t)
	if len(notes) != 1 {
		t.Fatalf("dunst saw %v", notes)
	}
	got := notes[0]
	if got["appname"] != "Steward" || got["summary"] != "Briefing" || got["body"] != `‹&lt;b&gt;x&lt;/b&gt; &amp;amp; &lt;img src="/etc/passwd"&gt; 會議›` {
		t.Errorf("dunst shows %q", got)
	}

	first := show(t, n, notification.Note{Key: "k2", Title: "first attempt"})
	if again := show(t, n, notification.Note{Key: "k2", Title: "second attempt"}); again != first {
		t.Errorf("a second attempt is %s beside %s", again, first)
	}
	if err := n.Close(); err != nil {
		t.Fatal(err)
	}
	show(t, n, notification.Note{Key: "k3", Title: "after closing"})
	if terminal.Len() != 0 {
		t.Errorf("the terminal got %q", terminal.String())
	}
}

func TestInsidePlain(t *testing.T) {
	inside(t)
	n := notify.New(&bytes.Buffer{})
	show(t, n, notification.Note{Key: "k1", Title: "Briefing", Body: hostile})
	if notes := seen(t); len(notes) != 1 || notes[0]["summary"] != "Briefing" || notes[0]["body"] != hostile {
		t.Errorf("dunst saw %q", notes)
	}
}

// TestSilentBus has a bus that accepts and never answers.
func TestSilentBus(t *testing.T) {
	alone(t)
	address := filepath.Join(t.TempDir(), "bus")
	listener, err := net.Listen("unix", address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+address)
	var out bytes.Buffer
	notify.SetPatience(t, 50*time.Millisecond)
	if shown, err := notify.New(&out).Notify(t.Context(), notification.Note{Title: "a"}); err != nil || shown != "terminal" {
		t.Errorf("shown %q, %v", shown, err)
	}
}
