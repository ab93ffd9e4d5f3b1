package engine

import (
	"context"
	"sync"

	"github.com/stewardhq/steward/agents"
)

// Event is something that happened in a run, in the order of No. It says that and what kind, never what a mail says.
type Event struct {
	No         int              `json:"no"`
	Run        string           `json:"run"`
	Kind       string           `json:"kind"` // "state", "step", "log", "progress", "broken", "automation"
	State      agents.RunState  `json:"state,omitempty"`
	Step       int              `json:"step,omitempty"`
	Capability string           `json:"capability,omitempty"`
	Effect     string           `json:"effect,omitempty"`
	StepState  agents.StepState `json:"step_state,omitempty"`
	Automation string           `json:"automation,omitempty"` // one that changed, or an occurrence of it
	Text       string           `json:"text,omitempty"`       // the script's own words, cleaned by who shows them
	Error      *agents.Error    `json:"error,omitempty"`      // why the run was broken off, where not even that could be kept
}

// maxEvents is how many events of one run are kept for those who come late.
const maxEvents = 1000

// Events keeps the latest events of each run in memory and wakes those who wait for more.
type Events struct {
	mu   sync.Mutex
	runs map[string]*history
}

type history struct {
	last   int
	events []Event
	more   chan struct{}
}

func newEvents() *Events { return &Events{runs: map[string]*history{}} }

func (e *Events) history(run string) *history {
	h := e.runs[run]
	if h == nil {
		h = &history{more: make(chan struct{})}
		e.runs[run] = h
	}
	return h
}

// Tell adds an event from outside the engine, such as an import's progress.
func (e *Events) Tell(event Event) { e.emit(event) }

func (e *Events) emit(event Event) {
	e.mu.Lock()
	defer e.mu.Unlock()
	h := e.history(event.Run)
	h.last++
	event.No = h.last
	h.events = append(h.events, event)
	if len(h.events) > maxEvents {
		h.events = append([]Event(nil), h.events[len(h.events)-maxEvents/2:]...)
	}
	close(h.more)
	h.more = make(chan struct{})
}

// After gives the run's events with numbers above no, waiting for one if there is none yet. A number that was never given
// is one of an earlier process: it counts as 0.
func (e *Events) After(ctx context.Context, run string, no int) ([]Event, error) {
	for {
		e.mu.Lock()
		h := e.history(run)
		if no > h.last {
			no = 0
		}
		var found []Event
		for _, event := range h.events {
			if event.No > no {
				found = append(found, event)
			}
		}
		more := h.more
		e.mu.Unlock()
		if len(found) > 0 {
			return found, nil
		}
		select {
		case <-more:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}
