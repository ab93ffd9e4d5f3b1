package notify_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/agents/notification"
	"github.com/stewardhq/steward/app/notify"
)

var _ notification.Notifier = (*notify.Notifier)(nil)

func alone(t *testing.T) {
	t.Helper()
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "")
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
}

func TestWithoutABusItIsALine(t *testing.T) {
	alone(t)
	for name, c := range map[string]struct {
		note notification.Note
		want string
	}{
		"title and body": {notification.Note{Title: "Briefing", Body: "3 mails"}, "notice: Briefing: 3 mails\n"},
		"title":          {notification.Note{Title: "簡報"}, "notice: 簡報\n"},
		"not clean":      {notification.Note{Title: "a\nnotice: b", Body: "c\x1b[2J\u009b31m"}, "notice: a notice: b: c [2J 31m\n"},
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			shown, err := notify.New(&out).Notify(t.Context(), c.note)
			if err != nil || shown != "terminal" || out.String() != c.want {
				t.Errorf("%q shown %q, %v", out.String(), shown, err)
			}
		})
	}
}

func TestDeadBusIsALine(t *testing.T) {
	for name, address := range map[string]string{
		"nobody there": "unix:path=" + t.TempDir() + "/bus",
		"nonsense":     "carrier-pigeon:coo",
		"autolaunch":   "autolaunch:",
	} {
		t.Run(name, func(t *testing.T) {
			alone(t)
			t.Setenv("DBUS_SESSION_BUS_ADDRESS", address)
			var out bytes.Buffer
			if shown, err := notify.New(&out).Notify(t.Context(), notification.Note{Title: "a"}); err != nil || shown != "terminal" {
				t.Errorf("shown %q, %v", shown, err)
			}
		})
	}
}

type shut struct{}

var errShut = errors.New("closed pipe")

func (shut) Write([]byte) (int, error) { return 0, errShut }

func TestNowhere(t *testing.T) {
	alone(t)
	_, err := notify.New(shut{}).Notify(t.Context(), notification.Note{Title: "private", Body: "words"})
	if agents.CodeOf(err) != agents.CodeUnavailable || !errors.Is(err, errShut) || strings.Contains(err.Error(), "private") {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out bytes.Buffer
	_, err = notify.New(&out).Notify(ctx, notification.Note{Title: "a"})
	if agents.CodeOf(err) != agents.CodeCancelled || out.Len() != 0 {
		t.Errorf("got %v, wrote %q", err, out.String())
	}
}
