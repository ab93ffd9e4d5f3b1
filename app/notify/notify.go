package notify

import (
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/agents/notification"
)

// Notifier shows notes. Make one with [New]; its methods may be called from several goroutines.
type Notifier struct {
	terminal io.Writer

	mu      sync.Mutex
	desktop *desktop          // nil until needed, and after it failed
	ids     map[string]uint32 // the desktop's number for a note's key, so that a second attempt replaces the first
	keys    []string          // of ids, oldest first
	asked   map[string]uint32 // the desktop's number for a question's key
}

const remembered = 256 // notes that can be replaced

// patience is how long the desktop has to answer.
var patience = 5 * time.Second

// New makes a notifier that falls back to writing lines to terminal. Nothing is opened before the first note.
func New(terminal io.Writer) *Notifier {
	return &Notifier{terminal: terminal, ids: map[string]uint32{}, asked: map[string]uint32{}}
}

// Notify shows a note, and says where: "desktop:" with the desktop's number for it, or "terminal". The same key again
// replaces the earlier note. The error is CodeUnavailable if it could be shown nowhere.
func (n *Notifier) Notify(ctx context.Context, note notification.Note) (string, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	id, err := n.show(ctx, note)
	if err == nil {
		n.remember(note.Key, id)
		return fmt.Sprintf("desktop:%d", id), nil
	}
	if ctx.Err() != nil {
		return "", &agents.Error{Code: agents.CodeCancelled, Message: "stopped before the notification was shown", Err: ctx.Err()}
	}
	if _, writeErr := io.WriteString(n.terminal, line(note)); writeErr != nil {
		return "", &agents.Error{
			Code: agents.CodeUnavailable, Message: "the notification could be shown nowhere",
			Hint: "start Steward in a desktop session or a terminal", Err: fmt.Errorf("desktop: %w; terminal: %w", err, writeErr),
		}
	}
	return "terminal", nil
}

// show asks the desktop, and once more on a new connection if the old one has died meanwhile.
func (n *Notifier) show(ctx context.Context, note notification.Note) (uint32, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if n.desktop != nil {
		id, err := n.desktop.show(ctx, note, n.ids[note.Key])
		if err == nil {
			return id, nil
		}
		n.leave()
	}
	d, err := connect(ctx)
	if err != nil {
		return 0, err
	}
	n.desktop = d
	id, err := d.show(ctx, note, n.ids[note.Key])
	if err != nil {
		n.leave()
		return 0, err
	}
	return id, nil
}

func (n *Notifier) leave() {
	_ = n.desktop.Close() // it was only for asking
	n.desktop = nil
	clear(n.ids) // another desktop has other numbers
	n.keys = nil
	clear(n.asked)
}

func (n *Notifier) remember(key string, id uint32) {
	if key == "" {
		return
	}
	if _, there := n.ids[key]; !there {
		n.keys = append(n.keys, key)
	}
	n.ids[key] = id
	if len(n.keys) > remembered {
		delete(n.ids, n.keys[0])
		n.keys = n.keys[1:]
	}
}

// Close ends the connection to the desktop. Notes that are shown stay, and a later note opens it again.
func (n *Notifier) Close() error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.desktop != nil {
		n.leave()
	}
	return nil
}

// line is a note in the terminal: one line, whatever the note holds.
func line(note notification.Note) string {
	text := note.Title
	if note.Body != "" {
		text += ": " + note.Body
	}
	text = strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 {
			return ' '
		}
		return r
	}, text)
	return "notice: " + text + "\n"
}
