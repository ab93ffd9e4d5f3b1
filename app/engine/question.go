package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/capability"
)

// Names of the capabilities for which the engine itself answers, as they wait for the user.
const (
	askName     = "ask"
	outcomeName = "outcome"
)

// maxChoices is how many answers a question may offer.
const maxChoices = 50

type askIn struct {
	Question agents.Text `json:"question"`
	Options  *askOptions `json:"options,omitempty"`
}

type askOptions struct {
	Choices []agents.Text `json:"choices,omitempty" doc:"without them the user types"`
	Many    bool          `json:"many,omitempty"`
}

// Reply is what the user answered to a question. It endorses nothing: what was chosen is the choice's, and what was typed
// is no address that the user gave for this.
type Reply struct {
	Chosen []int       `json:"chosen" doc:"places, from 0"`
	Text   agents.Text `json:"text"`
}

type outcomeIn struct {
	Receipt agents.Pending `json:"receipt"`
}

type outcomeOut struct {
	Done    bool   `json:"done"`
	Receipt string `json:"receipt"`
}

// errHeld says that a call waits for the user and holds no process.
var errHeld = errors.New("the run waits for the user's word")

// Agent is the engine's own capabilities: those that wait for the user.
func Agent() agents.Agent {
	ask := agents.Define(agents.Capability{
		Name: askName, Version: 1, Effect: agents.Read, Facts: true,
		Doc: "Asks the user; never for permission, which is asked by itself.",
	}, func(context.Context, *agents.Call, askIn) (Reply, error) { return Reply{}, errHeld })
	outcome := agents.Define(agents.Capability{
		Name: outcomeName, Version: 1, Effect: agents.Read, Facts: true,
		Doc: "Waits for the user's answer. Rarely needed.",
	}, func(context.Context, *agents.Call, outcomeIn) (outcomeOut, error) { return outcomeOut{}, errHeld })
	return agents.Agent{
		Name: "steward", Purpose: "asks the user, and waits for the user's word",
		Capabilities: []agents.Capability{ask, outcome},
	}
}

// hold takes a call that waits for the user. It reports false for any other, and for one that need not wait any more.
func (x *execution) hold(ctx context.Context, c *call) (bool, error) {
	switch c.step.Capability {
	case askName:
		return true, x.holdQuestion(ctx, c)
	case outcomeName:
		return x.holdOutcome(ctx, c)
	default:
		if c.bound.Effect == agents.Local {
			return x.holdWords(ctx, c)
		}
		return false, nil
	}
}

func (x *execution) holdQuestion(ctx context.Context, c *call) error {
	in, _ := c.in.(askIn)
	switch {
	case len(in.Question.Spans) == 0:
		return &agents.Error{Code: agents.CodeInvalid, Message: "ask: the question is empty", Hint: `ask("Which of these?", { choices: [ … ] })`}
	case in.Options != nil && len(in.Options.Choices) > maxChoices:
		return &agents.Error{Code: agents.CodeInvalid, Message: fmt.Sprintf("ask: at most %d choices", maxChoices), Hint: "offer fewer, or let the user type"}
	}
	payload, err := canonical(c)
	if err != nil {
		return err
	}
	c.step.State = agents.StepStaged
	c.step.Receipt = &agents.Receipt{Kind: "staged", ID: payloadHash(payload)}
	x.held++
	return x.record(ctx, c.step)
}

// holdOutcome waits while the step behind the receipt is staged; what the user approved meanwhile is done first.
func (x *execution) holdOutcome(ctx context.Context, c *call) (bool, error) {
	in, _ := c.in.(outcomeIn)
	steps, err := x.e.store.Steps(ctx, x.run.ID)
	if err != nil {
		return false, fmt.Errorf("read the journal: %w", err)
	}
	at := slices.IndexFunc(steps, func(s agents.Step) bool { return pendingID(s) == in.Receipt.ID })
	if at < 0 {
		return false, &agents.Error{Code: agents.CodeInvalid, Message: "outcome: this is no receipt of this run", Hint: "pass what mail.send returned"}
	}
	if steps[at].State == agents.StepStaged {
		x.held++
		return true, nil
	}
	if err := x.e.settleApproved(ctx, x.run, steps); err != nil {
		return false, err
	}
	c.answer = func() (any, error) { return outcomeOf(steps[at]), nil }
	x.known[in.Receipt.ID] = true
	return false, nil
}

func outcomeOf(s agents.Step) outcomeOut {
	if s.State != agents.StepDone || s.Receipt == nil {
		return outcomeOut{}
	}
	return outcomeOut{Done: true, Receipt: s.Receipt.Kind + " " + s.Receipt.ID}
}

// pendingID is what the receipt of a staged step is called.
func pendingID(s agents.Step) string {
	if len(s.Key) < 16 {
		return ""
	}
	return s.Key[:16]
}

// reply is the step of a question with the user's answer as its result.
func reply(s agents.Step, in askIn, r ReplyTo) (agents.Step, error) {
	var choices []agents.Text
	many := false
	if in.Options != nil {
		choices, many = in.Options.Choices, in.Options.Many
	}
	switch {
	case len(choices) == 0 && len(r.Chosen) > 0, len(choices) > 0 && r.Text != "", len(choices) > 0 && len(r.Chosen) == 0, !many && len(r.Chosen) > 1, len(choices) == 0 && r.Text == "":
		return s, &agents.Error{Code: agents.CodeInvalid, Message: fmt.Sprintf("the answer to step %d does not fit its question", s.Seq), Hint: "choose what is offered, or type where nothing is"}
	case len(r.Text) > maxTyped:
		return s, &agents.Error{Code: agents.CodeLimit, Message: "the answer is too long", Hint: fmt.Sprintf("at most %d bytes", maxTyped)}
	}
	for _, n := range r.Chosen {
		if n < 0 || n >= len(choices) {
			return s, &agents.Error{Code: agents.CodeInvalid, Message: fmt.Sprintf("there is no choice %d", n), Hint: fmt.Sprintf("choices are 0 to %d", len(choices)-1)}
		}
	}
	chosen := slices.Clone(r.Chosen)
	slices.Sort(chosen)
	// What the user typed is the user's, and nobody else's to know. What was asked may have been anybody's idea, and so the
	// answer counts as influenced by whoever wrote the question.
	asked := in.Question.Label()
	for _, c := range choices {
		asked = asked.Join(c.Label())
	}
	label := asked.Join(agents.Label{Integrity: agents.FromHost, Readers: agents.Only(), Origins: []string{"answer"}})
	out := Reply{Chosen: append([]int{}, slices.Compact(chosen)...)}
	if r.Text != "" {
		out.Text = agents.Labelled(r.Text, label)
	}
	raw, err := capability.Marshal(capability.Encode(out))
	if err != nil {
		return s, fmt.Errorf("write the answer: %w", err)
	}
	s.State, s.Result, s.Label = agents.StepDone, raw, label
	s.Receipt = nil
	return s, nil
}

// maxTyped is how long a typed answer or edit may be, in bytes.
const maxTyped = 64 << 10
