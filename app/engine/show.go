package engine

import (
	"context"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/approval"
)

// show fills in what a person sees of a row.
func (e *Engine) show(_ context.Context, _ agents.Run, c *call, row *Row) error {
	if in, ok := c.in.(askIn); ok {
		row.Question = &approval.Question{}
		if in.Options != nil {
			row.Question.Many = in.Options.Many
		}
		return nil
	}
	return nil
}
