package app

import (
	"context"
	"fmt"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/sandbox"
	"github.com/stewardhq/steward/app/sandbox/script"
)

// HealthCheck is one thing that Steward stands on, and how it was found.
type HealthCheck struct {
	Name  string `json:"name"`
	OK    bool   `json:"ok"`
	Found string `json:"found"`
	Hint  string `json:"hint,omitempty"`
}

// Examine looks at everything that Steward stands on.
func (a *App) Examine(ctx context.Context) []HealthCheck {
	return []HealthCheck{
		{Name: "home", OK: true, Found: a.Home},
		{Name: "vault", OK: true, Found: "open, mode " + string(a.Vault.Mode())},
		outcome("database", "checks out", a.Store.Integrity(ctx)),
		a.examineLedger(ctx),
		a.examineSandbox(ctx),
	}
}

func outcome(name, good string, err error) HealthCheck {
	if err == nil {
		return HealthCheck{Name: name, OK: true, Found: good}
	}
	e := agents.AsError(err)
	return HealthCheck{Name: name, Found: e.Message, Hint: e.Hint}
}

func (a *App) examineLedger(ctx context.Context) HealthCheck {
	v, err := a.Store.VerifyLedger(ctx)
	if err != nil || v.OK {
		return outcome("ledger", fmt.Sprintf("%d rows in order", v.Rows), err)
	}
	return HealthCheck{Name: "ledger", Found: fmt.Sprintf("row %d: %s", v.FirstBad, v.Problem), Hint: "do not trust later rows; look at your snapshots"}
}

// examineSandbox runs a script that does nothing, and tells how far its process could be locked.
func (a *App) examineSandbox(ctx context.Context) HealthCheck {
	compiled, err := script.Compile("return 1")
	if err != nil {
		return outcome("sandbox", "", err)
	}
	child, err := a.Sandbox.Start(ctx, sandbox.Program{
		JS: compiled.JS, SourceMap: compiled.SourceMap, Name: "doctor.ts", Now: a.Now(), Zone: time.UTC, Limits: sandbox.DefaultLimits(),
	})
	if err != nil {
		return outcome("sandbox", "", err)
	}
	defer child.Close()
	for {
		event, err := child.Next(ctx)
		if err != nil {
			return outcome("sandbox", "", err)
		}
		if event.Kind == sandbox.Done {
			return outcome("sandbox", "scripts run, "+child.Level().String(), nil)
		}
	}
}
