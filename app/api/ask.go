package api

import (
	"context"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app"
	"github.com/stewardhq/steward/app/orchestrator"
)

// Ask takes requests.
type Ask struct{ a *app.App }

// Request is what the user typed, and who plans it: "PROVIDER/NAME", "offline", or "" for what is set.
type Request struct {
	Text  string `json:"text"`
	Model string `json:"model,omitempty"`
}

// maxRequest is how long a typed request may be, in bytes.
const maxRequest = 32 << 10

// Start accepts a request. When it returns, the request is on disk; the run goes on in the background.
func (s *Ask) Start(ctx context.Context, in Request) (RunID, error) {
	text := strings.TrimSpace(in.Text)
	if err := checkText(text, `for example: steward ask "Brief me on today's mail"`); err != nil {
		return RunID{}, err
	}
	planner, err := s.a.Models.Resolve(ctx, in.Model)
	if err != nil {
		return RunID{}, err
	}
	run, err := s.a.Orchestrator.Accept(ctx, agents.Run{Kind: orchestrator.KindAsk, Request: text, Planner: planner})
	return RunID{run.ID}, err
}

// checkText refuses what nobody typed.
func checkText(text, example string) error {
	if text == "" || len(text) > maxRequest {
		return &agents.Error{Code: agents.CodeInvalid, Message: "a request is 1 to 32,768 bytes of text", Hint: example}
	}
	if strings.ContainsFunc(text, func(r rune) bool {
		return r == utf8.RuneError || unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t'
	}) {
		return &agents.Error{Code: agents.CodeInvalid, Message: "the request holds characters that are no text, such as a terminal's colours", Hint: "type it anew, or paste it without formatting"}
	}
	return nil
}

// Scripts runs and checks scripts of one's own.
type Scripts struct{ a *app.App }

// Script is a script's file name and source.
type Script struct {
	Name   string `json:"name"`
	Source string `json:"source"`
}

// Run deploys a script and starts it.
func (s *Scripts) Run(ctx context.Context, in Script) (RunID, error) {
	hash, err := s.a.Orchestrator.Deploy(ctx, in.Name, in.Source)
	if err != nil {
		return RunID{}, err
	}
	run, err := s.a.Orchestrator.Accept(ctx, agents.Run{Kind: orchestrator.KindScript, Request: in.Name, Planner: "user", Script: hash})
	return RunID{run.ID}, err
}

// Problem is something wrong with a script.
type Problem struct {
	Line    int    `json:"line"`
	Column  int    `json:"column"`
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`
}

// Checked is what was found.
type Checked struct {
	Problems []Problem `json:"problems"`
}

// Check finds what is wrong with a script without running it.
func (s *Scripts) Check(_ context.Context, in Script) (Checked, error) {
	out := Checked{Problems: []Problem{}}
	for _, p := range s.a.Orchestrator.Check(in.Source) {
		out.Problems = append(out.Problems, Problem{p.Line, p.Column, p.Message, p.Hint})
	}
	return out, nil
}

// Declarations is steward.d.ts.
type Declarations struct {
	Text string `json:"text"`
}

// API gives what scripts can call, generated from the agents' definitions.
func (s *Scripts) API(context.Context, Nothing) (Declarations, error) {
	return Declarations{s.a.Registry.Declarations()}, nil
}
