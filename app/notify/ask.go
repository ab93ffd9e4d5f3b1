package notify

import (
	"context"
	"fmt"

	"github.com/godbus/dbus/v5"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/agents/notification"
)

// Action is a button of a notification.
type Action struct {
	Key   string // what is told when it is pressed
	Label string
}

// DefaultAction is the key that is told when the notification itself is clicked, where it has an action with this key.
const DefaultAction = "default"

// Ask shows a note with buttons, which stays until it is answered. The channel tells the key of the button that was
// pressed, and is closed then, and also when the note is closed or withdrawn or the desktop ends. A note with the same key
// is taken away first and never replaced in place: a press that was meant for the old one must not answer the new one.
// The error is CodeUnavailable where there is no desktop that shows buttons.
func (n *Notifier) Ask(ctx context.Context, note notification.Note, actions []Action) (<-chan string, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	n.withdraw(ctx, note.Key)
	var err error
	for range 2 { // once more on a new connection if the old one has died meanwhile
		old := n.desktop != nil
		if !old {
			if n.desktop, err = connect(ctx); err != nil {
				n.desktop = nil
				return nil, noButtons(err)
			}
		}
		if !n.desktop.actions {
			return nil, noButtons(nil)
		}
		id, chosen, failed := n.desktop.ask(ctx, note, actions)
		if failed == nil {
			n.asked[note.Key] = id
			return chosen, nil
		}
		n.leave()
		if err = failed; !old {
			break
		}
	}
	return nil, noButtons(err)
}

func noButtons(err error) error {
	return &agents.Error{Code: agents.CodeUnavailable, Message: "there is no desktop here that shows notifications with buttons", Hint: "answer in the window, or with `steward approvals`", Err: err}
}

// Withdraw takes away the note that was asked with a key, if it is still shown.
func (n *Notifier) Withdraw(ctx context.Context, key string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	n.withdraw(ctx, key)
}

func (n *Notifier) withdraw(ctx context.Context, key string) {
	id, there := n.asked[key]
	if !there || n.desktop == nil {
		return
	}
	delete(n.asked, key)
	n.desktop.answered(id, "") // a press that comes now is for nobody
	n.desktop.Object(name, path).CallWithContext(ctx, notes+"CloseNotification", 0, id)
}

// ask shows a note with buttons and waits for what is chosen, in the background.
func (d *desktop) ask(ctx context.Context, note notification.Note, actions []Action) (uint32, <-chan string, error) {
	d.mu.Lock() // a press is not looked at before the number is known
	defer d.mu.Unlock()
	if !d.hears {
		if err := d.AddMatchSignalContext(ctx, dbus.WithMatchSender(name), dbus.WithMatchInterface(name), dbus.WithMatchObjectPath(path)); err != nil {
			return 0, nil, fmt.Errorf("listen for what is chosen: %w", err)
		}
		signals := make(chan *dbus.Signal, 64)
		d.Signal(signals)
		go d.hear(signals)
		d.hears = true
	}
	if err := d.BusObject().CallWithContext(ctx, "org.freedesktop.DBus.GetNameOwner", 0, name).Store(&d.owner); err != nil {
		return 0, nil, fmt.Errorf("find who shows notifications: %w", err)
	}
	id, err := d.display(ctx, note, 0, actions, 0)
	if err != nil {
		return 0, nil, err
	}
	chosen := make(chan string, 1)
	d.asking[id] = chosen
	return id, chosen, nil
}

// hear passes on what is chosen until the connection ends.
func (d *desktop) hear(signals <-chan *dbus.Signal) {
	for s := range signals {
		d.mu.Lock()
		ours := s.Sender == d.owner
		d.mu.Unlock()
		if !ours { // anybody on the bus can send us a signal of this name
			continue
		}
		var id uint32
		if len(s.Body) > 0 {
			id, _ = s.Body[0].(uint32)
		}
		switch s.Name {
		case notes + "ActionInvoked":
			if len(s.Body) > 1 {
				key, _ := s.Body[1].(string)
				d.answered(id, key)
			}
		case notes + "NotificationClosed":
			d.answered(id, "")
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for id, chosen := range d.asking {
		close(chosen)
		delete(d.asking, id)
	}
}

// answered tells who waits for a choice, once; "" is none.
func (d *desktop) answered(id uint32, key string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	chosen, there := d.asking[id]
	if !there {
		return
	}
	delete(d.asking, id)
	if key != "" {
		chosen <- key
	}
	close(chosen)
}
