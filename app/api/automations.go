package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app"
	"github.com/stewardhq/steward/app/schedule"
	"github.com/stewardhq/steward/store"
)

// Automations runs what was asked for once again and again, when it is due.
type Automations struct{ a *app.App }

// Automation is a schedule bound to a pinned script, as it is shown.
type Automation struct {
	ID       string                 `json:"id"` // "" while it is a proposal
	Request  string                 `json:"request"`
	Words    string                 `json:"words"`
	Lang     string                 `json:"lang"`
	Schedule agents.Schedule        `json:"schedule"`
	Skill    string                 `json:"skill"`
	Planner  string                 `json:"planner"`
	Script   string                 `json:"script"` // the pinned script's hash
	Source   string                 `json:"script_source,omitempty"`
	From     string                 `json:"from"` // the run that it came from
	State    agents.AutomationState `json:"state"`
	Created  time.Time              `json:"created"`
	Next     []time.Time            `json:"next"`    // the next due times; none while it is paused
	Overdue  int                    `json:"overdue"` // due times that passed unseen: nothing watched the clock since
	Last     *agents.Occurrence     `json:"last,omitempty"`
	Hash     string                 `json:"hash"` // of what it is: the same for the proposal and what is made of it
}

// Wish is when, and what unless that is what an earlier run did.
type Wish struct {
	Text     string `json:"text"`
	AfterRun string `json:"after_run"`
}

// Proposal is an automation that is not there yet, or why it cannot be.
type Proposal struct {
	Understood bool          `json:"understood"`
	Automation *Automation   `json:"automation,omitempty"`
	Error      *agents.Error `json:"error,omitempty"`
}

// shownDue is how many due times are shown.
const shownDue = 3

// Propose works out an automation from the user's words. Nothing is kept and nothing is asked of a model.
func (s *Automations) Propose(ctx context.Context, in Wish) (Proposal, error) {
	a, source, err := s.propose(ctx, in)
	if err != nil {
		e := agents.AsError(err)
		if e.Code == agents.CodeInternal {
			return Proposal{}, err
		}
		return Proposal{Error: e}, nil
	}
	shown, err := s.show(ctx, a)
	shown.Source = source
	return Proposal{Understood: err == nil, Automation: &shown}, err
}

func (s *Automations) propose(ctx context.Context, in Wish) (agents.Automation, string, error) {
	text := strings.TrimSpace(in.Text)
	if err := checkText(text, `for example: steward automations add "Brief me on today's mail every weekday at 8:00"`); err != nil {
		return agents.Automation{}, "", err
	}
	a, source, err := s.a.Orchestrator.Propose(ctx, text, in.AfterRun)
	if err == nil {
		err = schedule.Check(a.Schedule)
	}
	return a, source, err
}

// NewAutomation is the wish of a proposal, and the hash of what was proposed: what was shown is what is made.
type NewAutomation struct {
	Text     string `json:"text"`
	AfterRun string `json:"after_run"`
	Expect   string `json:"expect"`
}

// Add makes the automation that was proposed.
func (s *Automations) Add(ctx context.Context, in NewAutomation) (Automation, error) {
	a, source, err := s.propose(ctx, Wish{in.Text, in.AfterRun})
	if err != nil {
		return Automation{}, err
	}
	if hash(a) != in.Expect {
		return Automation{}, &agents.Error{
			Code: agents.CodeConflict, Message: "what would be made now is not what you were shown",
			Hint: "look at the proposal again: its skill, its script or the time zone has changed since",
		}
	}
	if a.From == "" { // the script of an earlier run is there
		if _, err := s.a.Orchestrator.Deploy(ctx, a.Skill, source); err != nil {
			return Automation{}, err
		}
	}
	if a, err = s.a.Schedule.Add(ctx, a); err != nil {
		return Automation{}, err
	}
	return s.show(ctx, a)
}

// hash is over what an automation does and when, not over when it was made.
func hash(a agents.Automation) string {
	a.ID, a.State, a.Created, a.Since = "", "", time.Time{}, time.Time{}
	raw, err := json.Marshal(a)
	if err != nil {
		panic("api: an automation cannot be written: " + err.Error())
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}

// show gives an automation with its next due times and what became of the last.
func (s *Automations) show(ctx context.Context, a agents.Automation) (Automation, error) {
	out := Automation{
		ID: a.ID, Request: a.Request, Words: a.Words, Lang: a.Lang, Schedule: a.Schedule, Skill: a.Skill, Planner: a.Planner, Script: a.Script,
		From: a.From, State: a.State, Created: a.Created, Next: []time.Time{}, Hash: hash(a),
	}
	if a.State != agents.AutomationPaused {
		next, err := schedule.Next(a.Schedule, s.a.Now(), shownDue)
		if err != nil {
			return out, err
		}
		out.Next = next
	}
	if a.ID == "" {
		return out, nil
	}
	var err error
	if out.Overdue, err = s.a.Schedule.Overdue(ctx, a); err != nil {
		return out, fmt.Errorf("look for due times that passed: %w", err)
	}
	last, err := s.a.Store.Occurrences(ctx, store.OccurrenceFilter{Automation: a.ID, Limit: 1})
	if err != nil {
		return out, fmt.Errorf("read the last occurrence: %w", err)
	}
	if len(last) > 0 {
		out.Last = &last[0]
	}
	return out, nil
}

// AutomationList is the automations, oldest first.
type AutomationList struct {
	Automations []Automation `json:"automations"`
}

// List lists the automations.
func (s *Automations) List(ctx context.Context, _ Nothing) (AutomationList, error) {
	out := AutomationList{Automations: []Automation{}}
	all, err := s.a.Store.Automations(ctx)
	for _, a := range all {
		shown, showErr := s.show(ctx, a)
		if showErr != nil {
			return out, showErr
		}
		out.Automations = append(out.Automations, shown)
	}
	return out, err
}

// AutomationID names an automation: its id, or a prefix that fits one only.
type AutomationID struct {
	ID string `json:"id"`
}

// AutomationDetail is an automation with its script and what became of its due times, the latest first.
type AutomationDetail struct {
	Automation  Automation          `json:"automation"`
	Occurrences []agents.Occurrence `json:"occurrences"`
}

// Show gives an automation with everything that is known of it.
func (s *Automations) Show(ctx context.Context, in AutomationID) (AutomationDetail, error) {
	a, err := s.a.Store.Automation(ctx, in.ID)
	if err != nil {
		return AutomationDetail{}, err
	}
	out := AutomationDetail{}
	if out.Automation, err = s.show(ctx, a); err != nil {
		return out, err
	}
	pinned, err := s.a.Store.Script(ctx, a.Script)
	if err != nil {
		return out, fmt.Errorf("read the pinned script: %w", err)
	}
	out.Automation.Source = pinned.Source
	all, err := s.a.Store.Occurrences(ctx, store.OccurrenceFilter{Automation: a.ID})
	out.Occurrences = list(all)
	return out, err
}

// Pause lets an automation be due for nothing until it is resumed.
func (s *Automations) Pause(ctx context.Context, in AutomationID) (Automation, error) {
	return s.change(ctx, in, s.a.Schedule.Pause)
}

// Resume lets a paused automation be due again, from now on.
func (s *Automations) Resume(ctx context.Context, in AutomationID) (Automation, error) {
	return s.change(ctx, in, s.a.Schedule.Resume)
}

func (s *Automations) change(ctx context.Context, in AutomationID, how func(context.Context, string) (agents.Automation, error)) (Automation, error) {
	a, err := how(ctx, in.ID)
	if err != nil {
		return Automation{}, err
	}
	return s.show(ctx, a)
}

// Remove removes an automation and its occurrences. Its runs stay.
func (s *Automations) Remove(ctx context.Context, in AutomationID) (Nothing, error) {
	_, err := s.a.Schedule.Remove(ctx, in.ID)
	return Nothing{}, err
}

// Run runs an automation now. When it returns, the run is on disk; it goes on in the background.
func (s *Automations) Run(ctx context.Context, in AutomationID) (agents.Occurrence, error) {
	return s.a.Schedule.Run(ctx, in.ID)
}
