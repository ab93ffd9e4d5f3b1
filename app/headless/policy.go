package headless

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/api"
	"github.com/stewardhq/steward/app/policy"
)

type policyCommands struct {
	Show    policyShow    `cmd:"" help:"Show the mode, your rules, and what each agent may use."`
	Mode    policyMode    `cmd:"" help:"Choose how careful Steward is."`
	Rules   rulesCommands `cmd:"" help:"Show or set your rules."`
	Explain policyExplain `cmd:"" help:"Say which rule decides a step, and what would change it."`
	Test    policyTest    `cmd:"" help:"Decide a file of cases, and say which are not decided as they want."`
}

type rulesCommands struct {
	Show rulesShow `cmd:"" help:"Print your rules."`
	Set  rulesSet  `cmd:"" help:"Put a file in the place of your rules."`
}

type grantsCommands struct {
	List   grantsList   `cmd:"" help:"List what you allowed automations to do without asking."`
	Revoke grantsRevoke `cmd:"" help:"End one."`
}

type policyShow struct{}

func (c *policyShow) run(ctx context.Context, s *session) error {
	state, err := call[api.PolicyState](ctx, s, "Policy/Get", api.Nothing{})
	if err != nil {
		return err
	}
	s.print.object("result", state)
	s.print.line("mode     %s", state.Mode)
	s.print.line("rules    %s", map[bool]string{true: "none", false: "see `steward policy rules show`"}[strings.TrimSpace(state.Rules) == ""])
	s.showProblems(state.Problems)
	for _, a := range state.Agents {
		s.print.line("\n%s", clean(a.Name))
		for _, k := range a.Capabilities {
			s.print.line("  %s %s", pad(clean(k.Name), 28), k.Effect)
		}
	}
	return nil
}

func (s *session) showProblems(all []policy.Problem) {
	for _, p := range all {
		s.print.line("  %d:%d: %s (%s)", p.Line, p.Column, clean(p.Message), clean(p.Hint))
	}
}

type policyMode struct {
	Mode string `arg:"" help:"careful, balanced or locked."`
}

func (c *policyMode) run(ctx context.Context, s *session) error {
	state, err := call[api.PolicyState](ctx, s, "Policy/SetMode", api.PolicyMode{Mode: policy.Mode(c.Mode)})
	if err != nil {
		return err
	}
	s.print.object("result", state)
	s.print.line("The mode is %s.", state.Mode)
	return nil
}

type rulesShow struct{}

func (c *rulesShow) run(ctx context.Context, s *session) error {
	state, err := call[api.PolicyState](ctx, s, "Policy/Get", api.Nothing{})
	if err != nil {
		return err
	}
	s.print.object("result", map[string]any{"rules": state.Rules, "problems": state.Problems})
	if strings.TrimSpace(state.Rules) == "" {
		s.print.line("You have no rules. docs/policy.md shows how they are written.")
	}
	for line := range strings.Lines(state.Rules) {
		s.print.line("%s%s", indentation(line), clean(strings.TrimRight(line, "\r\n")))
	}
	s.showProblems(state.Problems)
	return nil
}

type rulesSet struct {
	File string `arg:"" help:"A file of rules in Cedar; - is standard input, an empty one takes them away."`
}

func (c *rulesSet) run(ctx context.Context, s *session) error {
	text, err := s.readText(c.File, "rules")
	if err != nil {
		return err
	}
	state, err := call[api.PolicyState](ctx, s, "Policy/SetRules", api.PolicyRules{Rules: string(text)})
	if err != nil {
		return err
	}
	s.print.object("result", map[string]any{"rules": state.Rules, "problems": state.Problems})
	s.print.line("Your rules are in force.")
	s.showProblems(state.Problems)
	return nil
}

// maxText is how long a file of rules or cases may be. What is in it is checked where it is used.
const maxText = 1 << 20

func (s *session) readText(path, what string) ([]byte, error) {
	unreadable := func(err error) error {
		return &agents.Error{Code: agents.CodeInvalid, Message: fmt.Sprintf("there is no file of %s %q that can be read", what, path), Hint: "give the path of a file, or - for standard input", Err: err}
	}
	in := s.streams.In
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return nil, unreadable(err)
		}
		defer f.Close()
		in = f
	}
	text, err := io.ReadAll(io.LimitReader(in, maxText+1))
	if err != nil {
		return nil, unreadable(err)
	}
	if len(text) > maxText {
		return nil, &agents.Error{Code: agents.CodeInvalid, Message: "the file is larger than 1 MiB", Hint: "split it"}
	}
	return text, nil
}

type policyExplain struct {
	Run      string `arg:"" optional:"" help:"The run's id, or its beginning."`
	Step     int    `arg:"" optional:"" help:"The step's number: steward runs show RUN."`
	Supposed string `help:"A file with a proposal, in YAML, instead of a run and a step; - is standard input." placeholder:"FILE"`
}

func (c *policyExplain) run(ctx context.Context, s *session) error {
	in := api.Supposed{Run: c.Run, Step: c.Step}
	if c.Supposed != "" {
		if c.Run != "" {
			return &agents.Error{Code: agents.CodeInvalid, Message: "this names a run and supposes something too", Hint: "give one of them"}
		}
		text, err := s.readText(c.Supposed, "a proposal")
		if err != nil {
			return err
		}
		p, err := policy.ReadProposal(text)
		if err != nil {
			return err
		}
		in.Proposal = &p
	} else if c.Run == "" || c.Step < 1 {
		return &agents.Error{Code: agents.CodeInvalid, Message: "say what to explain", Hint: "steward policy explain RUN STEP, or steward policy explain --supposed FILE"}
	}
	e, err := call[api.Explained](ctx, s, "Policy/Explain", in)
	if err != nil {
		return err
	}
	s.print.object("result", e)
	if e.Decided != nil {
		s.print.line("decided  %s, by %s", e.Decided.Verdict, clean(e.Decided.Rule))
	}
	s.print.line("now      %s, by %s", e.Verdict, clean(e.Rule))
	for _, l := range e.Layers {
		word := string(l.Verdict)
		if word == "" {
			word = "-"
		}
		s.print.line("  %s %s %s", pad(l.Layer, 7), pad(word, 6), clean(strings.Join(l.Reasons, "; ")))
	}
	for i, d := range e.Changes {
		if i == 0 {
			s.print.line("it would be")
		}
		s.print.line("  %s %s", pad(string(d.Verdict), 6), d.Text)
	}
	if len(e.Changes) == 0 {
		s.print.line("nothing would change it")
	}
	return nil
}

type policyTest struct {
	File string `arg:"" help:"A file of cases, in YAML; - is standard input."`
}

func (c *policyTest) run(ctx context.Context, s *session) error {
	text, err := s.readText(c.File, "cases")
	if err != nil {
		return err
	}
	out, err := call[api.PolicyResults](ctx, s, "Policy/Test", api.PolicyCases{Cases: string(text)})
	if err != nil {
		return err
	}
	failed := 0
	for _, r := range out.Results {
		s.print.object("case", r)
		if r.OK {
			s.print.line("ok      %s: %s by %s", clean(r.Name), r.Got, clean(r.Rule))
			continue
		}
		failed++
		s.print.line("failed  %s: want %s, got %s by %s (%s)", clean(r.Name), r.Want, r.Got, clean(r.Rule), strings.Join(r.Codes, ", "))
	}
	s.print.object("result", map[string]any{"count": len(out.Results), "failed": failed})
	s.print.line("%d %s, %d failed", len(out.Results), plural(len(out.Results), "case"), failed)
	if failed > 0 {
		return exitCode(ExitFailed)
	}
	return nil
}

type grantsList struct{}

func (c *grantsList) run(ctx context.Context, s *session) error {
	list, err := call[api.GrantList](ctx, s, "Grants/List", api.Nothing{})
	if err != nil {
		return err
	}
	for _, g := range list.Grants {
		s.print.object("grant", g)
		state := "open"
		switch {
		case !g.Revoked.IsZero():
			state = "revoked"
		case g.Used >= g.Uses:
			state = "used up"
		case !g.Open:
			state = "ran out"
		}
		s.print.line("%s  %s  automation %s may %s %s", g.ID, pad(state, 7), g.Automation, clean(g.Capability), clean(grantTo(g)))
		s.print.line("%28s%d of %d times used, until %s", "", g.Used, g.Uses, g.Expires.Local().Format(time.DateTime))
	}
	s.print.object("result", map[string]any{"count": len(list.Grants)})
	if len(list.Grants) == 0 {
		s.print.line("You gave no grants. A sheet of an automation offers one where one may be given.")
	}
	return nil
}

// grantTo says whom a grant is about.
func grantTo(g api.GrantState) string {
	var names []string
	for i, id := range g.Recipients {
		if i < len(g.Names) {
			id = g.Names[i].Raw() + " (" + id + ")"
		}
		names = append(names, id)
	}
	return strings.Join(append(names, g.Hosts...), ", ")
}

type grantsRevoke struct {
	ID string `arg:"" help:"The grant's id, or its beginning."`
}

func (c *grantsRevoke) run(ctx context.Context, s *session) error {
	return s.simple(ctx, "Grants/Revoke", api.GrantID{ID: c.ID}, "Revoked. The automation asks from now on.")
}

// Help is shown by steward policy explain --help.
func (*policyExplain) Help() string {
	return `A step as it was decided, or something that you suppose:

  steward policy explain 01JRUN 3
  steward policy explain --supposed proposal.yaml

What is explained is how it would be decided now; for a recorded step it says too what was decided then. Each change
that is named was tried: it differs in nothing else.`
}

// Help is shown by steward policy rules set --help.
func (*rulesSet) Help() string {
	return `Rules are written in Cedar. They only tighten what Steward does: a forbid denies, or asks where it says @ask.

  @ask("it is late")
  forbid (principal, action in Action::"send", resource) when { context.hour >= 22 };

Rules that cannot be read are refused, and those in force stay. A permit has no effect.`
}
