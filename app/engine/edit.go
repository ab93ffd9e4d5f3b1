package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"net/mail"
	"slices"
	"strings"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/approval"
	"github.com/stewardhq/steward/app/capability"
	"github.com/stewardhq/steward/app/policy"
	"github.com/stewardhq/steward/store"
)

// People is who the user knows, for what is said about recipients.
type People interface {
	Me(ctx context.Context) (agents.Person, error)
	Known(ctx context.Context) ([]agents.Person, error)
	PersonFor(ctx context.Context, address string) (agents.Person, error) // whoever has that address, or will
}

// Change is what the user wants otherwise on a sheet that was shown with this hash.
type Change struct {
	Hash  string        `json:"hash"`
	Step  int           `json:"step"`
	Edits []agents.Edit `json:"edits"`
	Via   string        `json:"via,omitempty"`
}

// Edit makes a new proposal of a staged step, with the user's words in it. The sheet that was shown before is void.
func (e *Engine) Edit(ctx context.Context, id string, c Change) (Sheet, error) {
	run, err := e.store.Run(ctx, id)
	if err != nil {
		return Sheet{}, err
	}
	ctx, leave, err := e.enter(ctx, run.ID)
	if err != nil {
		return Sheet{}, answered(run.ID)
	}
	defer leave()
	run, old, err := e.shown(ctx, run.ID, c.Hash)
	if err != nil {
		return Sheet{}, err
	}
	steps, err := e.store.Steps(ctx, run.ID)
	if err != nil {
		return Sheet{}, fmt.Errorf("read the journal: %w", err)
	}
	at := slices.IndexFunc(steps, func(s agents.Step) bool {
		return s.Seq == c.Step && s.State == agents.StepStaged && s.Capability != askName
	})
	if at < 0 {
		return Sheet{}, &agents.Error{Code: agents.CodeInvalid, Message: fmt.Sprintf("step %d cannot be edited", c.Step), Hint: "name a step that the sheet shows"}
	}
	s, err := e.edited(ctx, run, steps, steps[at], c.Edits)
	if err != nil {
		return Sheet{}, err
	}
	paths := make([]string, len(c.Edits))
	for i, edit := range c.Edits {
		paths[i] = edit.Path
	}
	entry := ledgerEntry("approval", run.ID, s.Seq, map[string]any{"sheet": old.Hash, "edited": paths, "payload": s.Receipt.ID, "via": c.Via})
	if err := e.store.Record(ctx, store.Record{Steps: []agents.Step{s}, Ledger: []agents.Entry{entry, decisionEntry(s)}, Durable: true}); err != nil {
		return Sheet{}, fmt.Errorf("write the edit: %w", err)
	}
	e.events.Tell(Event{Run: run.ID, Kind: SheetEvent})
	return e.Sheet(ctx, run.ID)
}

// edited is a staged step with the user's edits, decided on anew. What policy now denies is refused; what it now would
// allow still waits for the user's word.
func (e *Engine) edited(ctx context.Context, run agents.Run, steps []agents.Step, s agents.Step, edits []agents.Edit) (agents.Step, error) {
	var err error
	total := 0
	for i := range edits {
		if total += len(edits[i].Text); total > maxTyped {
			return s, &agents.Error{Code: agents.CodeLimit, Message: "the edit is too long", Hint: fmt.Sprintf("at most %d bytes", maxTyped)}
		}
		if edits[i].People, err = e.named(ctx, edits[i].Text); err != nil {
			return s, err
		}
	}
	s.Edits = merged(s.Edits, edits)
	c, err := e.recall(run, steps, s)
	if err != nil {
		return s, err
	}
	zone, err := time.LoadLocation(run.Zone)
	if err != nil {
		return s, fmt.Errorf("load the run's time zone: %w", err)
	}
	x := &execution{e: e, run: run, zone: zone, typed: c.typed, earlier: map[agents.Effect]int{}}
	c.step.Decision = agents.Decision{}
	if err := x.decide(ctx, c); err != nil {
		return s, err
	}
	if d := c.step.Decision; d.Verdict != agents.Ask {
		if d.Verdict != agents.Allow {
			return s, denied(c.step)
		}
		c.step.Decision.Verdict, c.step.Decision.Grant = agents.Ask, ""
	}
	payload, err := canonical(c)
	if err != nil {
		return s, err
	}
	c.step.Receipt = &agents.Receipt{Kind: "staged", ID: payloadHash(payload)}
	return c.step, nil
}

// merged is earlier edits and later ones, the later in place of an earlier one of the same path.
func merged(before, after []agents.Edit) []agents.Edit {
	all := slices.DeleteFunc(slices.Clone(before), func(b agents.Edit) bool {
		return slices.ContainsFunc(after, func(a agents.Edit) bool { return a.Path == b.Path })
	})
	return append(all, after...)
}

// named is the persons of the addresses in what the user typed, as they are when it is typed: so the payload stays what
// it is whatever becomes known of them.
func (e *Engine) named(ctx context.Context, text string) ([]agents.Person, error) {
	var people []agents.Person
	for line := range strings.Lines(text) {
		address := agents.FoldAddress(line)
		if parsed, err := mail.ParseAddress(address); e.people == nil || err != nil || parsed.Address != address || len(people) >= maxTypedPeople {
			continue // it is no address; whether it should be one is for the field to say
		}
		p, err := e.people.PersonFor(ctx, address)
		if err != nil {
			return nil, fmt.Errorf("find whoever has a typed address: %w", err)
		}
		p.Name = agents.Plain(address)
		people = append(people, p)
	}
	return people, nil
}

const maxTypedPeople = 100

// applied is a call with the user's edits in its arguments, which the user typed.
func applied(c *call) error {
	if len(c.step.Edits) == 0 || c.err != nil {
		return c.err
	}
	in, err := approval.Apply(c.in, c.step.Edits, func(address string) (agents.Person, error) {
		for _, e := range c.step.Edits {
			for _, p := range e.People {
				if agents.SameAddress(p.Address, address) {
					return p, nil
				}
			}
		}
		return agents.Person{}, &agents.Error{Code: agents.CodeInvalid, Message: fmt.Sprintf("%s is no address", approval.Visible(address)), Hint: "write addresses such as anna@example.com, one a line"}
	})
	if err != nil {
		return err
	}
	before := c.typed
	c.in, c.typed = in, func(words string) bool {
		return before(words) || slices.ContainsFunc(c.step.Edits, func(e agents.Edit) bool { return capability.Whole(e.Text, words) })
	}
	return nil
}

// proposal is what policy was asked of a step.
func proposal(s agents.Step) (policy.Proposal, error) {
	var p policy.Proposal
	if len(s.Proposal) == 0 {
		return p, &agents.Error{Code: agents.CodeGone, Message: "what policy was asked of this step was not kept", Hint: "it was recorded by an older Steward"}
	}
	if err := json.Unmarshal(s.Proposal, &p); err != nil {
		return p, &agents.Error{Code: agents.CodeDamaged, Message: "the recorded proposal cannot be read", Err: err}
	}
	return p, nil
}
