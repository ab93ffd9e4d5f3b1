package orchestrator

import (
	"context"
	"fmt"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/model"
	"github.com/stewardhq/steward/store"
)

// Budget is how many tokens models may be sent and asked for. It is the setting "budget"; zero means the default.
type Budget struct {
	Run int `json:"run"` // in one run
	Day int `json:"day"` // in all runs of a day
}

const budgetSetting = "budget"

var defaultBudget = Budget{Run: 50_000, Day: 500_000}

// meter checks the budget before each request to a model, and writes each one into the ledger with what was sent.
func (b *Book) meter(run string) model.Meter {
	spent := 0
	return model.Meter{
		Budget: func(ctx context.Context, e model.Estimate) error { return b.afford(ctx, spent, e) },
		OnRequest: func(ctx context.Context, x model.Exchange) {
			spent += x.Usage.PromptTokens + x.Usage.CompletionTokens
			content := map[string]any{"model": x.Model, "to": x.To, "sent": x.Messages, "reply": x.Reply, "usage": x.Usage, "error": agents.CodeOf(x.Err)}
			// The request has left already, and its egress is in the ledger; a failure here shows at the next write.
			_ = b.store.Record(context.WithoutCancel(ctx), store.Record{Ledger: []agents.Entry{entry("model", run, content)}, Durable: true})
		},
	}
}

func (b *Book) afford(ctx context.Context, spent int, e model.Estimate) error {
	budget := defaultBudget
	if _, err := b.store.Setting(ctx, budgetSetting, &budget); err != nil {
		return fmt.Errorf("read the budget: %w", err)
	}
	next := e.PromptTokens + e.CompletionTokens
	if spent+next > budget.Run {
		return overBudget("this run", spent, next, budget.Run)
	}
	today, err := b.spentToday(ctx)
	if err != nil {
		return err
	}
	if today+spent+next > budget.Day {
		return overBudget("today", today+spent, next, budget.Day)
	}
	return nil
}

func overBudget(what string, spent, next, limit int) error {
	return &agents.Error{
		Code: agents.CodeLimit, Message: fmt.Sprintf("the next request to the model may take %d tokens; %s has used %d of %d", next, what, spent, limit),
		Hint: "ask for less at once, wait until tomorrow, or use the offline planner: --model offline",
	}
}

// spentToday is the tokens of all runs that were accepted since midnight.
func (b *Book) spentToday(ctx context.Context) (int, error) {
	runs, err := b.store.Runs(ctx, store.RunFilter{Limit: 1000})
	if err != nil {
		return 0, fmt.Errorf("add up today's tokens: %w", err)
	}
	y, m, d := b.now().Date()
	midnight := time.Date(y, m, d, 0, 0, 0, 0, b.now().Location())
	sum := 0
	for _, run := range runs {
		if !run.Created.Before(midnight) {
			sum += run.Usage.PromptTokens + run.Usage.CompletionTokens
		}
	}
	return sum, nil
}
