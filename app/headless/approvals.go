package headless

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"strings"

	"golang.org/x/term"

	"github.com/stewardhq/steward/agents"

	"github.com/stewardhq/steward/app/api"
	"github.com/stewardhq/steward/app/engine"
)

type approvalsCommands struct {
	List    approvalsList    `cmd:"" help:"List what waits for your word."`
	Show    approvalsShow    `cmd:"" help:"Show everything that a run wants to do."`
	Approve approvalsApprove `cmd:"" help:"Let it be done, exactly as shown."`
	Deny    approvalsDeny    `cmd:"" help:"Do not let it be done."`
}

type approvalsList struct{}

func (c *approvalsList) run(ctx context.Context, s *session) error {
	list, err := call[api.SheetList](ctx, s, "Approvals/List", api.Nothing{})
	if err != nil {
		return err
	}
	for _, sheet := range list.Sheets {
		s.print.object("sheet", sheet)
		s.print.line("%s  %d %s", sheet.Run, len(sheet.Rows), plural(len(sheet.Rows), "step"))
	}
	s.print.object("result", map[string]any{"count": len(list.Sheets)})
	if len(list.Sheets) == 0 {
		s.print.line("Nothing waits for your word.")
	}
	return nil
}

type approvalsShow struct {
	ID string `arg:"" help:"The run's id, or its beginning."`
}

func (c *approvalsShow) run(ctx context.Context, s *session) error {
	sheet, err := call[engine.Sheet](ctx, s, "Approvals/Show", api.RunID{ID: c.ID})
	if err != nil {
		return err
	}
	s.print.object("result", sheet)
	s.showSheet(sheet)
	s.print.line("To let exactly this be done: steward approvals approve %s --hash %s", sheet.Run, sheet.Hash)
	return nil
}

// showSheet prints everything that a run wants to do, to the last byte.
func (s *session) showSheet(sheet engine.Sheet) {
	for _, row := range sheet.Rows {
		s.print.line("step %d: %s (%s)", row.Step, row.Capability, row.Effect)
		for _, reason := range row.Reasons {
			s.print.line("  because %s", clean(reason))
		}
		s.print.line("  %s", clean(string(row.Payload)))
		s.print.line("  sha256 %s", row.Hash)
	}
	s.print.line("sheet %s", sheet.Hash)
}

type approvalsApprove struct {
	ID   string `arg:"" help:"The run's id, or its beginning."`
	Hash string `help:"The hash of the sheet that you saw. Without it the sheet is shown, and you are asked at the terminal."`
	Step []int  `help:"Only these steps; all if none is named."`
}

func (c *approvalsApprove) run(ctx context.Context, s *session) error {
	sheet, err := call[engine.Sheet](ctx, s, "Approvals/Show", api.RunID{ID: c.ID})
	if err != nil {
		return err
	}
	if len(c.Step) == 0 {
		for _, row := range sheet.Rows {
			c.Step = append(c.Step, row.Step)
		}
	}
	if c.Hash == "" {
		if c.Hash, err = s.confirm(sheet, c.Step); err != nil {
			return err
		}
	}
	return s.answer(ctx, api.Answered{ID: sheet.Run, Hash: c.Hash, Approve: c.Step})
}

// confirm shows a sheet and asks a person whether it is to be done. It gives the hash of what was shown, so that nothing
// else is done, even if the sheet has changed by then.
func (s *session) confirm(sheet engine.Sheet, steps []int) (string, error) {
	ask := s.ask
	if in, ok := s.streams.In.(*os.File); ask == nil && ok && term.IsTerminal(int(in.Fd())) {
		ask = func(question string) (string, error) {
			fmt.Fprint(s.print.err, question)
			return bufio.NewReader(in).ReadString('\n')
		}
	}
	if ask == nil || s.print.json {
		return "", &agents.Error{
			Code: agents.CodeInvalid, Message: "nobody is there who could be shown the sheet and asked",
			Hint: fmt.Sprintf("look at it with `steward approvals show %s`, then say which you saw: steward approvals approve %s --hash HASH", sheet.Run, sheet.Run),
		}
	}
	s.showSheet(sheet)
	answer, err := ask(fmt.Sprintf("Let %d of %d %s be done, exactly as shown? Type yes: ", len(steps), len(sheet.Rows), plural(len(sheet.Rows), "step")))
	if strings.TrimSpace(strings.ToLower(answer)) != "yes" {
		return "", &agents.Error{Code: agents.CodeCancelled, Message: "nothing was done, and it still waits", Hint: "to say no for good: steward approvals deny " + sheet.Run, Err: err}
	}
	return sheet.Hash, nil
}

type approvalsDeny struct {
	ID string `arg:"" help:"The run's id, or its beginning."`
}

func (c *approvalsDeny) run(ctx context.Context, s *session) error {
	sheet, err := call[engine.Sheet](ctx, s, "Approvals/Show", api.RunID{ID: c.ID})
	if err != nil {
		return err
	}
	return s.answer(ctx, api.Answered{ID: c.ID, Hash: sheet.Hash, Approve: []int{}})
}

func (s *session) answer(ctx context.Context, in api.Answered) error {
	run, err := call[api.RunID](ctx, s, "Approvals/Answer", in)
	if err != nil {
		return err
	}
	return s.outcome(ctx, run.ID)
}
