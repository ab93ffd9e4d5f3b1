package app

import (
	"github.com/stewardhq/steward/app/alert"
	"github.com/stewardhq/steward/app/capability"
	"github.com/stewardhq/steward/app/notify"
)

// describe is what the capabilities say of themselves: what a person or a model is told of them.
func describe(r *capability.Registry) []alert.Described {
	var all []alert.Described
	for _, name := range r.Names() {
		c, _ := r.Lookup(name)
		all = append(all, alert.Described{Agent: c.Agent, Capability: c.Name, Words: []string{c.Name, c.Doc, c.Effect.String(), c.Signature()}})
	}
	return all
}

// Desktop is where notifications are shown.
func (a *App) Desktop() *notify.Notifier { return a.notes }
