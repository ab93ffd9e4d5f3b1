// Package event keeps what happened in runs, in memory, for those who watch.
package event

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"slices"
	"sync"

	"github.com/stewardhq/steward/agents"
)

// Event is something that happened in a run, in the order of No; Seq is its place among the events of all runs. It says
// that and what kind, never what a mail says.
type Event struct {
	Seq        int              `json:"seq"`
	No         int              `json:"no"`
	Run        string           `json:"run"`
	Kind       Kind             `json:"kind"`
	State      agents.RunState  `json:"state,omitempty"`
	Step       int              `json:"step,omitempty"`
	Capability string           `json:"capability,omitempty"`
	Effect     string           `json:"effect,omitempty"`
	StepState  agents.StepState `json:"step_state,omitempty"`
	Automation string           `json:"automation,omitempty"` // one that changed, or an occurrence of it
	Text       string           `json:"text,omitempty"`       // the script's own words, cleaned by who shows them
	Error      *agents.Error    `json:"error,omitempty"`      // why the run was broken off, where not even that could be kept
}

// Kind is what kind of thing happened.
type Kind string

// The kinds of events.
const (
	StateEvent      Kind = "state"
	StepEvent       Kind = "step"
	LogEvent        Kind = "log"
	ProgressEvent   Kind = "progress"
	BrokenEvent     Kind = "broken"     // a run was broken off, and not even that could be kept
	AutomationEvent Kind = "automation" // something changed about an automation
	SheetEvent      Kind = "sheet"      // a sheet was made, changed or answered: who shows it looks again
	AlertEvent      Kind = "alert"      // something was noticed that the user should look at
	Gap             Kind = "gap"        // in a stream: events are missing before it
)

const (
	maxEvents   = 1000 // of one run that are kept for those who come late
	maxStreamed = 4000 // of all runs together that are kept for a stream that was interrupted
	maxRuns     = 200  // whose events are kept
)

// Events keeps the latest events of each run in memory, and of all runs in one order, and wakes those who wait for more.
// It can be made before there is an engine, so that a stream may begin while the home is closed.
type Events struct {
	boot string

	mu      sync.Mutex
	runs    map[string]*history
	touched []string // the runs of that map, the one that something happened in last at the end
	all     history
}

type history struct {
	last   int
	events []Event
	more   chan struct{}
}

// New makes an empty record of events.
func New() *Events {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails: the program is ended instead
	return &Events{boot: hex.EncodeToString(b[:]), runs: map[string]*history{}, all: history{more: make(chan struct{})}}
}

// Boot names this process's count of sequence numbers: those of another boot mean nothing in this one.
func (e *Events) Boot() string { return e.boot }

// Last is the sequence number of the latest event.
func (e *Events) Last() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.all.last
}

func (e *Events) history(run string) *history {
	h := e.runs[run]
	if h == nil {
		h = &history{more: make(chan struct{})}
		e.runs[run] = h
		e.touched = append(e.touched, run)
	}
	if len(e.touched) > maxRuns {
		e.forget(e.touched[0])
	}
	return h
}

// forget drops a run's events. Who waits for more of them is woken, and waits anew.
func (e *Events) forget(run string) {
	close(e.runs[run].more)
	delete(e.runs, run)
	e.touched = slices.DeleteFunc(e.touched, func(r string) bool { return r == run })
}

// Tell adds an event from outside the engine, such as an import's progress.
func (e *Events) Tell(event Event) {
	e.mu.Lock()
	defer e.mu.Unlock()
	h := e.history(event.Run)
	if at := slices.Index(e.touched, event.Run); at < len(e.touched)-1 {
		e.touched = append(slices.Delete(e.touched, at, at+1), event.Run)
	}
	event.No, event.Seq = h.last+1, e.all.last+1
	h.add(event, event.No, maxEvents)
	e.all.add(event, event.Seq, maxStreamed)
}

func (h *history) add(event Event, number, most int) {
	h.last = number
	h.events = append(h.events, event)
	if len(h.events) > most {
		h.events = append([]Event(nil), h.events[len(h.events)-most/2:]...)
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

// Stream gives the events of all runs with sequence numbers above after, in their order, waiting for one if there is none
// yet. Where some of them are no longer kept, or after was never given, it gives one event of kind [Gap] instead, whose
// Seq is the number to go on from: whoever reads the state anew once that has come has missed nothing.
func (e *Events) Stream(ctx context.Context, after int) ([]Event, error) {
	for {
		e.mu.Lock()
		last, more := e.all.last, e.all.more
		kept := e.all.events
		e.mu.Unlock()
		if after < last-len(kept) || after > last {
			return []Event{{Seq: last, Kind: Gap}}, nil
		}
		if after < last {
			return slices.Clone(kept[len(kept)-(last-after):]), nil
		}
		select {
		case <-more:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}
