package headless

import (
	"context"
	"fmt"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/api"
)

type alertsCommands struct {
	List    alertsList    `cmd:"" help:"List what was noticed and should be looked at."`
	Dismiss alertsDismiss `cmd:"" help:"Put an alert away."`
}

type alertsList struct {
	All bool `help:"Those that were put away, too."`
}

func (c *alertsList) run(ctx context.Context, s *session) error {
	list, err := call[api.AlertList](ctx, s, "Alerts/List", api.AlertsAsked{OpenOnly: !c.All})
	if err != nil {
		return err
	}
	for _, a := range list.Alerts {
		s.print.object("alert", a)
		again := ""
		if a.Count > 1 {
			again = fmt.Sprintf("  (%d times)", a.Count)
		}
		s.print.line("%s  %s  %s%s", a.ID, a.Created.Local().Format("2006-01-02 15:04"), clean(a.Title), again)
		s.print.line("    %s\n    %s", clean(a.Text), clean(a.Advice))
		if a.Run != "" {
			s.print.line("    run: %s", a.Run)
		}
	}
	s.print.object("result", map[string]any{"count": len(list.Alerts), "open": list.Open})
	if len(list.Alerts) == 0 {
		s.print.line("Nothing was noticed.")
	}
	return nil
}

type alertsDismiss struct {
	ID  string `arg:"" optional:"" help:"The alert's id."`
	All bool   `help:"All of them."`
}

func (c *alertsDismiss) run(ctx context.Context, s *session) error {
	if (c.ID == "") != c.All {
		return &agents.Error{Code: agents.CodeInvalid, Message: "say which alert, or --all", Hint: "steward alerts list"}
	}
	return s.simple(ctx, "Alerts/Dismiss", api.DismissAlert{ID: c.ID, All: c.All}, "Put away.")
}
