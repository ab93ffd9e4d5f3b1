// Package reader is the agent that reads for a script: it summarises, extracts and classifies text that the script itself
// may not look at. It answers only in the schema asked for; free text stays a handle with the label of what was read.
package reader

import (
	"context"
	"fmt"
	"time"

	"github.com/stewardhq/steward/agents"
)

// Reader reads a text that came from outside. It has no capabilities: whatever the text says, it can only answer.
type Reader interface {
	// Summarize gives at most so many sentences.
	Summarize(ctx context.Context, text string, sentences int) (string, error)
	// Extract gives a value for each field, nil where the text has none: time.Time for a date, a struct of amount and
	// currency code for money, float64 for a number, bool, and string for the others. now is what relative dates are
	// relative to.
	Extract(ctx context.Context, text string, fields []Field, now time.Time, zone *time.Location) (map[string]any, error)
	// Classify gives one of the choices, or "" if none fits.
	Classify(ctx context.Context, text string, choices []string) (string, error)
}

// Field is what to look for in a text.
type Field struct {
	Name  string
	Type  string // "date", "money", "number", "phone", "email", "url", "text", "bool"
	About string // what it is, in words
}

type what struct {
	What agents.Text `json:"what"`
}

type summarizeIn struct {
	What    agents.Text `json:"what"`
	Options struct {
		Sentences int `json:"sentences,omitempty" doc:"1 to 20; 3 if not given"`
	} `json:"options,omitempty"`
}

type fieldIn struct {
	Type  string `json:"type" enum:"date|money|number|phone|email|url|text|bool"`
	About string `json:"about,omitempty"`
}

type extractIn struct {
	What   agents.Text        `json:"what"`
	Fields map[string]fieldIn `json:"fields"`
}

type classifyIn struct {
	What    agents.Text `json:"what"`
	Choices []string    `json:"choices"`
}

// New makes the agent.
func New(r Reader) agents.Agent {
	return agents.Agent{
		Name:    "reader",
		Purpose: "reads text from outside: summaries, fields, choices",
		Capabilities: []agents.Capability{
			agents.Define(agents.Capability{
				Name: "read.summarize", Version: 1, Effect: agents.Read, Facts: true,
				Doc: "A summary made of the text's own sentences.",
			}, summarize(r)),
			agents.Define(agents.Capability{
				Name: "read.extract", Version: 1, Effect: agents.Read,
				Doc: "One value for each field; null where the text has none. date: Date, money: { amount: number, currency: string }, number, bool; the others: Handle.",
			}, extract(r)),
			agents.Define(agents.Capability{
				Name: "read.classify", Version: 1, Effect: agents.Read,
				Doc: `The choice that fits best; "" if none does.`,
			}, classify(r)),
			agents.Define(agents.Capability{
				Name: "read.length", Version: 1, Effect: agents.Read,
				Doc: "How many characters the text has.",
			}, func(_ context.Context, call *agents.Call, in what) (int, error) {
				call.Saw(in.What.Label())
				return len([]rune(in.What.Raw())), nil
			}),
			agents.Define(agents.Capability{
				Name: "reveal", Version: 1, Effect: agents.Read,
				Doc: "The raw text behind a handle. From then on everything that the script sends needs approval.",
			}, func(_ context.Context, call *agents.Call, in what) (string, error) {
				call.Saw(in.What.Label())
				return in.What.Raw(), nil
			}),
		},
	}
}

const maxSentences = 20

func summarize(r Reader) func(context.Context, *agents.Call, summarizeIn) (agents.Text, error) {
	return func(ctx context.Context, call *agents.Call, in summarizeIn) (agents.Text, error) {
		n := in.Options.Sentences
		if n == 0 {
			n = 3
		}
		if n < 1 || n > maxSentences {
			return agents.Text{}, &agents.Error{Code: agents.CodeInvalid, Message: "read.summarize: options.sentences must be 1 to 20"}
		}
		label := in.What.Label()
		call.Saw(label)
		short, err := r.Summarize(ctx, in.What.Raw(), n)
		if err != nil {
			return agents.Text{}, fmt.Errorf("summarise: %w", err)
		}
		return agents.Labelled(short, label), nil
	}
}

func extract(r Reader) func(context.Context, *agents.Call, extractIn) (map[string]any, error) {
	return func(ctx context.Context, call *agents.Call, in extractIn) (map[string]any, error) {
		label := in.What.Label()
		call.Saw(label)
		var fields []Field
		for name, f := range in.Fields {
			fields = append(fields, Field{Name: name, Type: f.Type, About: f.About})
		}
		found, err := r.Extract(ctx, in.What.Raw(), fields, call.Now, call.Zone)
		if err != nil {
			return nil, fmt.Errorf("extract: %w", err)
		}
		out := make(map[string]any, len(fields))
		for _, f := range fields {
			switch v := found[f.Name].(type) {
			case string:
				out[f.Name] = agents.Labelled(v, label)
			default:
				out[f.Name] = v
			}
		}
		return out, nil
	}
}

func classify(r Reader) func(context.Context, *agents.Call, classifyIn) (string, error) {
	return func(ctx context.Context, call *agents.Call, in classifyIn) (string, error) {
		if len(in.Choices) < 2 {
			return "", &agents.Error{Code: agents.CodeInvalid, Message: "read.classify needs at least two choices"}
		}
		call.Saw(in.What.Label())
		choice, err := r.Classify(ctx, in.What.Raw(), in.Choices)
		if err != nil {
			return "", fmt.Errorf("classify: %w", err)
		}
		return choice, nil
	}
}
