package model

import (
	"context"
	"errors"
	"math"
	"time"
	"unicode/utf8"

	"github.com/stewardhq/steward/agents"
)

const (
	defaultMax = 4096             // tokens of an answer
	longest    = 60 * time.Second // that a server may ask to wait; beyond it, the user decides
)

// Complete continues a conversation. What may pass (429, 5xx, a connection that broke before any text came) is tried again,
// after as long as the server says, up to Config.Attempts. Errors are *agents.Error: CodeLimit (budget, quota, context
// length), CodeDenied (key), CodeNotFound (model or address), CodeUnavailable, CodeCancelled, CodeUnsupported (the answer was
// meant for a tool). The reply's usage is what was spent even where there is an error.
func (c *Client) Complete(ctx context.Context, r Request) (Reply, error) {
	if r.MaxTokens <= 0 {
		r.MaxTokens = defaultMax
	}
	sent := r.Messages
	if r.System != "" {
		sent = append([]Message{{Role: "system", Text: r.System}}, r.Messages...)
	}
	var spent agents.Usage
	for attempt := 1; ; attempt++ {
		if err := c.allowed(ctx, r, sent); err != nil {
			return Reply{Usage: spent}, err
		}
		reply, err := c.once(ctx, r, sent)
		reply.Usage.Requests = 1
		spent = spent.Add(reply.Usage)
		err = c.explain(ctx, err)
		raw := reply.Text
		if err == nil {
			reply.Text, err = c.answer(reply.Text)
		}
		if r.Meter.OnRequest != nil {
			r.Meter.OnRequest(ctx, Exchange{Model: c.config.Name, To: c.host, Messages: sent, Reply: raw, Usage: reply.Usage, Err: err})
		}
		reply.Usage = spent
		pause, again := c.again(err, attempt, raw != "")
		if !again {
			return reply, shown(err)
		}
		if e := c.config.Wait(ctx, pause); e != nil {
			return reply, shown(c.explain(ctx, e))
		}
	}
}

// allowed asks the budget.
func (c *Client) allowed(ctx context.Context, r Request, sent []Message) error {
	if r.Meter.Budget == nil {
		return nil
	}
	e := Estimate{PromptTokens: Tokens(sent), CompletionTokens: r.MaxTokens}
	e.Cost = c.config.Price.cost(e.PromptTokens, e.CompletionTokens)
	err := r.Meter.Budget(ctx, e)
	if err == nil {
		return nil
	}
	if known := (*agents.Error)(nil); errors.As(err, &known) {
		return err
	}
	return &agents.Error{Code: agents.CodeLimit, Message: "the budget does not allow another request to the model", Hint: "raise the budget, or ask for less", Err: err}
}

// Tokens estimates what messages weigh: a quarter of their characters, Chinese ones one each, and a little for each message.
func Tokens(messages []Message) int {
	n := 0
	for _, m := range messages {
		n += 4 + textTokens(m.Text)
	}
	return n
}

func textTokens(text string) int {
	narrow, wide := 0, 0
	for _, c := range text {
		if c >= 0x2E80 {
			wide++
		} else {
			narrow++
		}
	}
	return wide + (narrow+3)/4
}

// retryable is a failure that may pass, with how long the server wants to be left alone; after is -1 where it does not say.
type retryable struct {
	err   error
	after time.Duration
}

func (e *retryable) Error() string { return e.err.Error() }
func (e *retryable) Unwrap() error { return e.err }

// shown takes the wrapping off that only the retries need.
func shown(err error) error {
	if r := (*retryable)(nil); errors.As(err, &r) {
		return r.err
	}
	return err
}

// again decides whether to try once more, and after how long.
func (c *Client) again(err error, attempt int, began bool) (time.Duration, bool) {
	r := (*retryable)(nil)
	if !errors.As(err, &r) || attempt >= c.config.Attempts || began || r.after > longest {
		return 0, false
	}
	if r.after >= 0 {
		return r.after, true
	}
	return time.Duration(math.Pow(2, float64(attempt-1))) * time.Second, true
}

// usage fills in what the server did not say.
func (c *Client) usage(reply *Reply, prompt, completion int, sent []Message) {
	if prompt <= 0 {
		prompt, reply.Estimated = Tokens(sent), true
	}
	if completion <= 0 && utf8.RuneCountInString(reply.Text) > 0 {
		completion, reply.Estimated = textTokens(reply.Text), true
	}
	reply.Usage = agents.Usage{PromptTokens: prompt, CompletionTokens: completion, Cost: c.config.Price.cost(prompt, completion)}
}
