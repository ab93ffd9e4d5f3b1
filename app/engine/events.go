package engine

import "github.com/stewardhq/steward/app/event"

// What runs tell of themselves, by the names that those who start and watch runs know.
type (
	Event     = event.Event
	EventKind = event.Kind
	Events    = event.Events
)

// The kinds of events.
const (
	StateEvent      = event.StateEvent
	StepEvent       = event.StepEvent
	LogEvent        = event.LogEvent
	ProgressEvent   = event.ProgressEvent
	BrokenEvent     = event.BrokenEvent
	AutomationEvent = event.AutomationEvent
	SheetEvent      = event.SheetEvent
	AlertEvent      = event.AlertEvent
	Gap             = event.Gap
)

// NewEvents makes an empty record of events.
func NewEvents() *Events { return event.New() }
