package schedule

import (
	"context"
	"fmt"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/store"
)

// Follow takes up the occurrences whose run had not ended when Steward last did: what becomes of the run is what becomes
// of them.
func (s *Scheduler) Follow(ctx context.Context) error {
	open, err := s.Store.Occurrences(ctx, store.OccurrenceFilter{Open: true, Limit: 1000})
	if err != nil {
		return fmt.Errorf("look for automations that were running: %w", err)
	}
	for _, o := range open {
		if o.Run != "" {
			s.follow(o)
		}
	}
	return nil
}

// follow has the end of an occurrence's run kept as the occurrence's.
func (s *Scheduler) follow(o agents.Occurrence) {
	if _, already := s.following.LoadOrStore(o.ID, true); already {
		return
	}
	s.work.Go(func() {
		defer s.following.Delete(o.ID)
		for no := 0; ; {
			over, err := s.settle(s.base, &o)
			if s.base.Err() == nil {
				s.mu.Lock()
				s.complain(s.base, err, &s.astray)
				s.mu.Unlock()
			}
			if err != nil || over {
				return // what could not be kept is tried again at the next look
			}
			events, err := s.Events.After(s.base, o.Run, no)
			if err != nil {
				return
			}
			for _, e := range events {
				no = e.No
				if e.Kind == "broken" && e.Error != nil {
					s.broken(s.base, o, e.Error)
				}
			}
		}
	})
}

// settle makes an occurrence what its run is, and reports whether that is over.
func (s *Scheduler) settle(ctx context.Context, o *agents.Occurrence) (bool, error) {
	run, err := s.Store.Run(ctx, o.Run)
	if err != nil && agents.CodeOf(err) != agents.CodeNotFound {
		return false, fmt.Errorf("look after the run of an automation: %w", err)
	}
	is := *o
	switch {
	case err != nil:
		is.State, is.Ended, is.Error = agents.OccurrenceFailed, s.now(), agents.AsError(err)
	case run.State == agents.Done:
		is.State, is.Ended = agents.OccurrenceDone, run.Ended
	case run.State == agents.Cancelled:
		is.State, is.Ended = agents.OccurrenceCancelled, run.Ended
	case run.State == agents.Failed:
		is.State, is.Ended, is.Error = agents.OccurrenceFailed, run.Ended, run.Error
	case run.State == agents.Waiting:
		is.State = agents.OccurrenceWaiting
	default:
		is.State = agents.OccurrenceRunning
	}
	if is.State == o.State {
		return is.State.Over(), nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	a, err := s.Store.Automation(ctx, is.Automation)
	if agents.CodeOf(err) == agents.CodeNotFound { // it was removed meanwhile, and its occurrences with it
		return true, nil
	}
	if is.Error != nil {
		is.Note = wordsOf(a).join(is.Error.Message, o.Note)
	}
	if err == nil {
		err = s.Store.Record(ctx, store.Record{Occurrences: []agents.Occurrence{is}, Durable: true})
	}
	if err != nil {
		return false, fmt.Errorf("keep what became of an automation: %w", err)
	}
	*o = is
	s.told(is)
	if is.State == agents.OccurrenceFailed || is.State == agents.OccurrenceWaiting && !s.Rings {
		s.notify(ctx, a, is)
	}
	return is.State.Over(), nil
}

// broken says that a run cannot go on in this process.
func (s *Scheduler) broken(ctx context.Context, o agents.Occurrence, e *agents.Error) {
	a, err := s.Store.Automation(ctx, o.Automation)
	if err != nil {
		return // the run itself has said so
	}
	o.State, o.Error = agents.OccurrenceFailed, e // in what is said only: it goes on at the next start
	s.mu.Lock()
	defer s.mu.Unlock()
	s.notify(ctx, a, o)
}
