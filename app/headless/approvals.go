package headless

import (
	"context"

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
	ID string `arg:""`
}

func (c *approvalsShow) run(ctx context.Context, s *session) error {
	sheet, err := call[engine.Sheet](ctx, s, "Approvals/Show", api.RunID{ID: c.ID})
	if err != nil {
		return err
	}
	s.print.object("result", sheet)
	for _, row := range sheet.Rows {
		s.print.line("step %d: %s (%s)", row.Step, row.Capability, row.Effect)
		for _, reason := range row.Reasons {
			s.print.line("  because %s", clean(reason))
		}
		s.print.line("  %s", clean(string(row.Payload)))
		s.print.line("  sha256 %s", row.Hash)
	}
	s.print.line("sheet %s", sheet.Hash)
	return nil
}

type approvalsApprove struct {
	ID   string `arg:""`
	Hash string `required:"" help:"The sheet's hash, as shown."`
	Step []int  `help:"Only these steps; all if none is named."`
}

func (c *approvalsApprove) run(ctx context.Context, s *session) error {
	if len(c.Step) == 0 {
		sheet, err := call[engine.Sheet](ctx, s, "Approvals/Show", api.RunID{ID: c.ID})
		if err != nil {
			return err
		}
		for _, row := range sheet.Rows {
			c.Step = append(c.Step, row.Step)
		}
	}
	return s.answer(ctx, api.Answered{ID: c.ID, Hash: c.Hash, Approve: c.Step})
}

type approvalsDeny struct {
	ID string `arg:""`
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
