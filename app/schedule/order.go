package schedule

import (
	"context"
	"fmt"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/engine"
	"github.com/stewardhq/steward/store"
)

// Add keeps a new automation, which is due from now on.
func (s *Scheduler) Add(ctx context.Context, a agents.Automation) (agents.Automation, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := Check(a.Schedule); err != nil {
		return a, err
	}
	now := s.now()
	a.ID, a.Created, a.Since, a.State = newID(now), now, now, agents.AutomationActive
	return a, s.change(ctx, "add", a)
}

// Pause lets an automation be due for nothing until it is resumed.
func (s *Scheduler) Pause(ctx context.Context, id string) (agents.Automation, error) {
	return s.set(ctx, id, agents.AutomationPaused)
}

// Resume lets a paused automation be due again, from now on.
func (s *Scheduler) Resume(ctx context.Context, id string) (agents.Automation, error) {
	return s.set(ctx, id, agents.AutomationActive)
}

func (s *Scheduler) set(ctx context.Context, id string, state agents.AutomationState) (agents.Automation, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a, err := s.Store.Automation(ctx, id)
	if err != nil || a.State == state {
		return a, err
	}
	what := "pause"
	if state == agents.AutomationActive {
		what, a.Since = "resume", s.now()
	}
	a.State = state
	return a, s.change(ctx, what, a)
}

// change keeps an automation, with the row of the ledger that says so.
func (s *Scheduler) change(ctx context.Context, what string, a agents.Automation) error {
	err := s.Store.Record(ctx, store.Record{Automation: &a, Ledger: []agents.Entry{entry(what, a)}, Durable: true})
	if err != nil {
		return fmt.Errorf("keep the automation: %w", err)
	}
	s.changed(a)
	return nil
}

func (s *Scheduler) changed(a agents.Automation) {
	s.Events.Tell(engine.Event{Kind: "automation", Automation: a.ID})
	s.nudge()
}

// Remove removes an automation and the rows of its occurrences. Its runs stay, and one that is under way goes on.
func (s *Scheduler) Remove(ctx context.Context, id string) (agents.Automation, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a, err := s.Store.Automation(ctx, id)
	if err != nil {
		return a, err
	}
	err = s.Store.Record(ctx, store.Record{Removed: a.ID, Ledger: []agents.Entry{entry("remove", a)}, Durable: true})
	if err != nil {
		return a, fmt.Errorf("remove the automation: %w", err)
	}
	s.changed(a)
	return a, nil
}

// Run runs an automation now, at the user's word, paused or not.
func (s *Scheduler) Run(ctx context.Context, id string) (agents.Occurrence, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a, err := s.Store.Automation(ctx, id)
	if err != nil {
		return agents.Occurrence{}, err
	}
	open, err := s.Store.Occurrences(ctx, store.OccurrenceFilter{Automation: a.ID, Open: true, Limit: 1000})
	if err != nil {
		return agents.Occurrence{}, err
	}
	for _, o := range open {
		if o.Run != "" {
			return o, &agents.Error{Code: agents.CodeConflict, Message: "this automation is running already", Hint: "see `steward runs show " + o.Run + "`"}
		}
	}
	now := s.now()
	o := agents.Occurrence{ID: newID(now), Automation: a.ID, Due: now, Manual: true, State: agents.OccurrenceDue, Started: now}
	if err := s.Store.Record(ctx, store.Record{Occurrences: []agents.Occurrence{o}, Durable: true}); err != nil {
		return o, fmt.Errorf("write down that the automation is to run: %w", err)
	}
	begun, err := s.Runner.Begin(ctx, a, o)
	if err != nil {
		o.State, o.Ended, o.Error, o.Note = agents.OccurrenceFailed, s.now(), agents.AsError(err), agents.AsError(err).Message
		if keepErr := s.Store.Record(ctx, store.Record{Occurrences: []agents.Occurrence{o}, Durable: true}); keepErr != nil {
			return o, fmt.Errorf("keep that the automation failed: %w", keepErr)
		}
		s.told(o)
		return o, err
	}
	s.told(begun)
	s.follow(begun)
	return begun, nil
}

// Overdue says how many due times of an automation have passed for which no Steward that stays was there. The next one that
// does records them as missed, and runs the latest late if it is not too old.
func (s *Scheduler) Overdue(ctx context.Context, a agents.Automation) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a.State != agents.AutomationActive {
		return 0, nil
	}
	due, _, err := s.unwritten(ctx, a, s.now())
	return len(due), err
}
