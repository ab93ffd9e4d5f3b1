package headless

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/api"
)

type scriptCommands struct {
	Run   scriptRun   `cmd:"" help:"Run a script."`
	Check scriptCheck `cmd:"" help:"Check a script without running it."`
	API   scriptAPI   `cmd:"" name:"api" help:"Print steward.d.ts: everything that a script can call."`
}

type scriptRun struct {
	File string `arg:"" help:"A TypeScript file; - is standard input."`
}

const maxScript = 1 << 20

func (s *session) readScript(path string) (api.Script, error) {
	in, name := s.streams.In, "script.ts"
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return api.Script{}, &agents.Error{Code: agents.CodeInvalid, Message: fmt.Sprintf("there is no script %q that can be read", path), Hint: "give the path of a TypeScript file, or - for standard input", Err: err}
		}
		defer f.Close()
		in, name = f, filepath.Base(path)
	}
	source, err := io.ReadAll(io.LimitReader(in, maxScript+1))
	if err != nil {
		return api.Script{}, &agents.Error{Code: agents.CodeInvalid, Message: fmt.Sprintf("%q cannot be read as a script", path), Hint: "give the path of a TypeScript file, or - for standard input", Err: err}
	}
	if len(source) > maxScript {
		return api.Script{}, &agents.Error{Code: agents.CodeInvalid, Message: "the script is larger than 1 MiB", Hint: "leave data out of it"}
	}
	return api.Script{Name: name, Source: string(source)}, nil
}

func (c *scriptRun) run(ctx context.Context, s *session) error {
	script, err := s.readScript(c.File)
	if err != nil {
		return err
	}
	started, err := call[api.RunID](ctx, s, "Scripts/Run", script)
	if err != nil {
		return err
	}
	return s.follow(ctx, started.ID)
}

type scriptCheck struct {
	File string `arg:"" help:"A TypeScript file; - is standard input."`
}

func (c *scriptCheck) run(ctx context.Context, s *session) error {
	script, err := s.readScript(c.File)
	if err != nil {
		return err
	}
	checked, err := call[api.Checked](ctx, s, "Scripts/Check", script)
	if err != nil {
		return err
	}
	for _, p := range checked.Problems {
		s.print.line("%s:%d:%d: %s", script.Name, p.Line, p.Column, clean(p.Message))
		if p.Hint != "" {
			s.print.line("  %s", clean(p.Hint))
		}
	}
	s.print.object("result", checked)
	if len(checked.Problems) > 0 {
		return exitCode(ExitFailed)
	}
	s.print.line("%s: nothing wrong found", script.Name)
	return nil
}

type scriptAPI struct{}

func (c *scriptAPI) run(ctx context.Context, s *session) error {
	d, err := call[api.Declarations](ctx, s, "Scripts/API", api.Nothing{})
	if err != nil {
		return err
	}
	s.print.object("result", d)
	s.print.line("%s", strings.TrimRight(d.Text, "\n"))
	return nil
}
