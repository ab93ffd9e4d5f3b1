package agents

import (
	"encoding/json"
	"time"
)

// Schedule is a time of day on some days of the week, in a zone of its own: it stays where it is when the machine travels.
type Schedule struct {
	Days []string `json:"days"` // "mon" to "sun", in the order of the week, each once
	Time string   `json:"time"` // "08:00"
	Zone string   `json:"zone"` // "Asia/Taipei"
}

// AutomationState says whether an automation runs when it is due.
type AutomationState string

// The states of an automation.
const (
	AutomationActive AutomationState = "active"
	AutomationPaused AutomationState = "paused"
)

// Automation is a schedule bound to a pinned script.
type Automation struct {
	ID       string          `json:"id"`
	Request  string          `json:"request"` // the user's typed words, without those of the schedule
	Words    string          `json:"words"`   // those of the schedule
	Lang     string          `json:"lang"`    // of the words, for what is said about it
	Schedule Schedule        `json:"schedule"`
	Skill    string          `json:"skill,omitempty"`  // whose parameters are filled in anew for each due day
	Planner  string          `json:"planner"`          // who wrote or chose the script
	Script   string          `json:"script"`           // the pinned script's hash
	Params   json.RawMessage `json:"params,omitempty"` // of a script that is of no skill
	From     string          `json:"from,omitempty"`   // the run that it came from
	State    AutomationState `json:"state"`
	Created  time.Time       `json:"created"`
	Since    time.Time       `json:"since"` // due times after this count: its making, or the last time it was resumed
}

// OccurrenceState is where an occurrence stands.
type OccurrenceState string

// The states of an occurrence.
const (
	OccurrenceDue       OccurrenceState = "due"     // written down, and no run accepted for it yet
	OccurrenceRunning   OccurrenceState = "running" // its run was accepted
	OccurrenceWaiting   OccurrenceState = "waiting" // its run waits for the user's word
	OccurrenceDone      OccurrenceState = "done"
	OccurrenceFailed    OccurrenceState = "failed"
	OccurrenceMissed    OccurrenceState = "missed" // nothing was run for it; the note says why
	OccurrenceCancelled OccurrenceState = "cancelled"
)

// Over reports whether nothing more comes of the occurrence.
func (s OccurrenceState) Over() bool {
	return s != OccurrenceDue && s != OccurrenceRunning && s != OccurrenceWaiting
}

// Occurrence is one due time of an automation. There is one at most for a due time.
type Occurrence struct {
	ID         string          `json:"id"`
	Automation string          `json:"automation"`
	Due        time.Time       `json:"due"`
	Manual     bool            `json:"manual,omitempty"` // the user's word made it due, not the schedule
	State      OccurrenceState `json:"state"`
	Run        string          `json:"run"` // "" while none was accepted
	Started    time.Time       `json:"started"`
	Ended      time.Time       `json:"ended"` // of a missed one: when that was noticed
	Note       string          `json:"note"`
	Error      *Error          `json:"error,omitempty"`
}
