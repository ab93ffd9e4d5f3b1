// Package notification is the notification agent: it tells the user something on the desktop, or in the terminal where
// there is no desktop. It shows plain text only, in which whatever came from outside stands between ‹ and ›.
package notification

import (
	"context"
	"fmt"

	"github.com/stewardhq/steward/agents"
)

// Longest is how many characters a title or a body has at most; what is longer is cut.
const Longest = 200

// Note is one notification: clean plain text, one line each.
type Note struct {
	Key   string // the same at every attempt to show the same note
	Title string
	Body  string // may be empty
}

// Notifier shows a note to the user, and says where it was shown, such as "desktop:7" or "terminal".
type Notifier interface {
	Notify(ctx context.Context, note Note) (shown string, err error)
}

// New is the notification agent, with n to show its notes.
func New(n Notifier) agents.Agent {
	return agents.Agent{
		Name:         "notification",
		Purpose:      "tells the user something, on the desktop or in the terminal",
		Capabilities: []agents.Capability{user(n)},
	}
}

type userIn struct {
	Title agents.Text `json:"title" doc:"a few words"`
	Body  agents.Text `json:"body,omitempty" doc:"a sentence or two; at most 200 characters are shown"`
}

func user(n Notifier) agents.Capability {
	return agents.Define(agents.Capability{
		Name:    "notify.user",
		Doc:     "Shows the user a notification.",
		Version: 1,
		Effect:  agents.Local,
		Facts:   true, // it returns nothing

		Repeatable: true, // after a crash the user may see it twice, which is better than being asked whether they saw it
	}, func(ctx context.Context, call *agents.Call, in userIn) (agents.Nothing, error) {
		note := Note{Key: call.Key, Title: Clean(in.Title), Body: Clean(in.Body)}
		if note.Title == "" {
			return agents.Nothing{}, &agents.Error{Code: agents.CodeInvalid, Message: "a notification needs a title", Hint: `notify.user("Title", "body")`}
		}
		shown, err := n.Notify(ctx, note)
		if err != nil {
			return agents.Nothing{}, fmt.Errorf("show notification: %w", err)
		}
		call.Prove(agents.Receipt{Kind: "shown", ID: shown})
		return agents.Nothing{}, nil
	})
}
