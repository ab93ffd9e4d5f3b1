package headless

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app"
	"github.com/stewardhq/steward/app/api"
)

type reportsCommands struct {
	List   reportsList   `cmd:"" help:"List reports."`
	Export reportsExport `cmd:"" help:"Write a report to a file of your choice."`
}

type reportsList struct{}

func (c *reportsList) run(ctx context.Context, s *session) error {
	list, err := call[api.ReportList](ctx, s, "Reports/List", api.RunID{})
	if err != nil {
		return err
	}
	for _, r := range list.Reports {
		s.print.object("report", r)
		s.print.line("%s  %s", r.ID, clean(r.Title))
	}
	s.print.object("result", map[string]any{"count": len(list.Reports)})
	return nil
}

type reportsExport struct {
	ID   string `arg:""`
	File string `arg:"" help:"Ends in .html or .md; must not exist yet."`
}

func (c *reportsExport) run(ctx context.Context, s *session) error {
	path, err := filepath.Abs(c.File)
	if err != nil {
		return fmt.Errorf("find %s: %w", c.File, err)
	}
	return s.simple(ctx, "Reports/Export", api.ExportReport{ID: c.ID, Path: path}, "Written to "+path+". It is no longer sealed there.")
}

type agentsCommands struct {
	List agentsList `cmd:"" help:"List agents and skills."`
	Show agentsShow `cmd:"" help:"Show what one agent can do."`
}

type agentsList struct{}

func (c *agentsList) run(ctx context.Context, s *session) error {
	list, err := call[api.AgentList](ctx, s, "Agents/List", api.Nothing{})
	if err != nil {
		return err
	}
	s.print.object("result", list)
	for _, a := range list.Agents {
		s.print.line("%-14s %s", a.Name, a.Purpose)
	}
	s.print.line("\nskills")
	for _, sk := range list.Skills {
		s.print.line("%-18s %s", sk.Name, sk.Description)
		for _, example := range sk.Examples {
			s.print.line("%-18s   steward ask %q", "", example)
		}
	}
	return nil
}

type agentsShow struct {
	Name string `arg:""`
}

func (c *agentsShow) run(ctx context.Context, s *session) error {
	list, err := call[api.AgentList](ctx, s, "Agents/List", api.Nothing{})
	if err != nil {
		return err
	}
	for _, a := range list.Agents {
		if a.Name != c.Name {
			continue
		}
		s.print.object("result", a)
		s.print.line("%s: %s", a.Name, a.Purpose)
		for _, capability := range a.Capabilities {
			s.print.line("  %s\n      %s (%s)", capability.Signature, capability.Doc, capability.Effect)
		}
		return nil
	}
	return &agents.Error{Code: agents.CodeNotFound, Message: fmt.Sprintf("there is no agent %q", c.Name), Hint: "steward agents list"}
}

type dataCommands struct {
	Report dataReport `cmd:"" help:"List every kind of data that is kept: where, why, how long, sealed or not."`
}

type dataReport struct{}

func (c *dataReport) run(ctx context.Context, s *session) error {
	report, err := call[api.DataReport](ctx, s, "Data/Report", api.Nothing{})
	if err != nil {
		return err
	}
	s.print.object("result", report)
	for _, k := range report.Kinds {
		sealed := "in the clear"
		if k.Sealed {
			sealed = "sealed"
		}
		s.print.line("%s (%s%s), %s: %s\n    why: %s. kept: %s. export: %s. erase: %s.", k.Name, k.Table, k.File, sealed, k.Holds, k.Why, k.Retention, k.Export, k.Erase)
	}
	return nil
}

type modelsCommands struct {
	Add  modelsAdd  `cmd:"" help:"Connect a model server."`
	List modelsList `cmd:"" help:"List the models."`
	Test modelsTest `cmd:"" help:"Ask a model for one word."`
	Use  modelsUse  `cmd:"" help:"Let this model write scripts from now on; \"offline\" for none."`
}

type modelsAdd struct {
	Kind     string `arg:"" enum:"openai-compatible" help:"openai-compatible."`
	Name     string `required:"" help:"What to call it."`
	BaseURL  string `name:"base-url" required:"" help:"For example http://127.0.0.1:11434/v1"`
	Model    string `required:"" help:"The model's id there."`
	KeyStdin bool   `name:"key-stdin" help:"Read the API key from standard input."`
}

const maxKey = 8 << 10

func (c *modelsAdd) run(ctx context.Context, s *session) error {
	in := api.NewModel{Name: c.Name, BaseURL: c.BaseURL, Model: c.Model}
	if c.KeyStdin {
		key, err := io.ReadAll(io.LimitReader(s.streams.In, maxKey))
		if err != nil {
			return fmt.Errorf("read the key: %w", err)
		}
		in.Key = strings.TrimSpace(string(key))
	}
	return s.simple(ctx, "Models/Add", in, "Added. Let it write scripts with: steward models use "+c.Name)
}

type modelsList struct{}

func (c *modelsList) run(ctx context.Context, s *session) error {
	list, err := call[api.ModelList](ctx, s, "Models/List", api.Nothing{})
	if err != nil {
		return err
	}
	for _, m := range list.Models {
		s.print.object("model", m)
		s.print.line("%-16s %s  %s", m.Name, m.Model, m.BaseURL)
	}
	s.print.object("result", map[string]any{"count": len(list.Models), "used": list.Used})
	s.print.line("Scripts are written by: %s", list.Used)
	return nil
}

type modelsTest struct {
	Name string `arg:""`
}

func (c *modelsTest) run(ctx context.Context, s *session) error {
	return s.simple(ctx, "Models/Test", api.ModelName{Name: c.Name}, "It answers.")
}

type modelsUse struct {
	Name string `arg:""`
}

func (c *modelsUse) run(ctx context.Context, s *session) error {
	return s.simple(ctx, "Models/Use", api.ModelName{Name: c.Name}, "Scripts are written by "+c.Name+" from now on.")
}

type doctorCommand struct{}

func (c *doctorCommand) run(ctx context.Context, s *session) error {
	h, err := call[api.Health](ctx, s, "System/Doctor", api.Nothing{})
	if err != nil {
		return err
	}
	s.print.object("result", h)
	for _, check := range h.Checks {
		mark := "ok  "
		if !check.OK {
			mark = "BAD "
		}
		s.print.line("%s %-10s %s", mark, check.Name, clean(check.Found))
	}
	if !h.OK {
		return exitCode(ExitFailed)
	}
	return nil
}

// Version is set when the program is built.
var Version = "development"

type versionCommand struct{}

func (c *versionCommand) needsNoHome() {}

func (c *versionCommand) run(_ context.Context, s *session) error { //nolint:unparam // commands may fail
	s.print.object("result", map[string]any{"version": Version, "build": app.Build})
	s.print.line("steward %s", Version)
	return nil
}
