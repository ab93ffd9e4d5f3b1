package engine

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/approval"
	"github.com/stewardhq/steward/app/policy"
)

// shower knows what a sheet says about the people on it.
type shower struct {
	e     *Engine
	run   agents.Run
	known approval.Options
	names map[string]agents.Text // of persons, by id
}

func (e *Engine) shower(ctx context.Context, run agents.Run) (*shower, error) {
	zone, err := time.LoadLocation(run.Zone)
	if err != nil {
		return nil, fmt.Errorf("load the run's time zone: %w", err)
	}
	w := &shower{e: e, run: run, known: approval.Options{Zone: zone, KnownNames: map[string]string{}}, names: map[string]agents.Text{}}
	if e.people == nil {
		return w, nil
	}
	me, err := e.people.Me(ctx)
	if err != nil {
		return nil, fmt.Errorf("find out who the user is: %w", err)
	}
	w.known.Me = me.ID
	known, err := e.people.Known(ctx)
	if err != nil {
		return nil, fmt.Errorf("find out whom the user knows: %w", err)
	}
	for _, p := range append(known, me) {
		w.names[p.ID] = p.Name
		_, domain, _ := strings.Cut(p.Address, "@")
		if domain != "" && !slices.Contains(w.known.KnownDomains, domain) {
			w.known.KnownDomains = append(w.known.KnownDomains, domain)
		}
		if name := approval.FoldName(p.Name.Raw()); name != "" {
			w.known.KnownNames[name] = p.Address
		}
	}
	w.known = w.known.Ready()
	return w, nil
}

// fill says what a person sees of a row.
func (w *shower) fill(c *call, row *Row) error {
	if in, ok := c.in.(askIn); ok {
		row.Question = questionOf(in)
		return nil
	}
	p, err := proposal(c.step)
	if err != nil {
		return err
	}
	o := w.known
	o.Typed, o.Readers = c.typed, p.Script.Join(p.Payload).Readers
	o.Recipients = []string{}
	if p.Aim == nil {
		o.Recipients = nil
	} else {
		for _, r := range p.Aim.Recipients {
			o.Recipients = append(o.Recipients, r.Person)
		}
	}
	row.Fields = approval.Fields(c.in, o)
	ruled := strings.HasPrefix(c.step.Decision.Rule, "rule:") // what the user's own rule says to be asked, no grant answers
	if g, ok := policy.OfferGrant(p, w.e.now()); ok && !ruled && len(c.step.Edits) == 0 {
		for _, id := range g.Recipients {
			g.Names = append(g.Names, w.called(id))
		}
		now := w.e.now()
		row.Offer = &approval.Offer{Grant: g, Latest: now.Add(policy.MaxGrantTime), Most: policy.MaxGrantUses}
	}
	return nil
}

// called is what a person on a row is called.
func (w *shower) called(id string) agents.Text {
	if name, known := w.names[id]; known {
		return name
	}
	return agents.Plain(id)
}

func questionOf(in askIn) *approval.Question {
	q := &approval.Question{Text: approval.Pieces(in.Question)}
	if in.Options == nil {
		return q
	}
	q.Many = in.Options.Many
	for _, choice := range in.Options.Choices {
		q.Choices = append(q.Choices, approval.Pieces(choice))
	}
	return q
}
