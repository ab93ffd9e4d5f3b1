package model

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
	"github.com/openai/openai-go/v3/packages/param"
)

const (
	maxBody   = 16 << 20 // bytes of one answer as it comes over the wire
	maxAnswer = 1 << 20  // bytes of text
	maxError  = 64 << 10
)

var (
	errHuge = errors.New("the answer is larger than allowed")
	errCut  = errors.New("the answer broke off")
	errTool = errors.New("the model called a tool that it was not given")
)

// statusError is an answer that is none.
type statusError struct {
	status     int
	code, text string // as the server wrote them; not shown to anybody but for what they are recognised by
	header     http.Header
}

func (e *statusError) Error() string { return "HTTP status " + strconv.Itoa(e.status) }

// guard stands between the vendor's client and ours: it bounds every body, and turns refusals into statusError, which the
// vendor's client cannot do for those that are not its own JSON.
func guard(req *http.Request, next option.MiddlewareNext) (*http.Response, error) {
	res, err := next(req)
	if err != nil || res == nil {
		return res, err
	}
	if res.StatusCode < 300 {
		res.Body = &bounded{res.Body, maxBody}
		return res, nil
	}
	body, _ := io.ReadAll(io.LimitReader(res.Body, maxError)) // what came of it is enough
	res.Body.Close()
	e := &statusError{status: res.StatusCode, header: res.Header}
	var said struct {
		Error struct {
			Message string
			Code    any
			Type    string
		}
	}
	if json.Unmarshal(body, &said) == nil && said.Error.Message != "" {
		e.text = said.Error.Message + " " + said.Error.Type
		e.code, _ = said.Error.Code.(string)
	} else {
		e.text = string(body)
	}
	return nil, e
}

type bounded struct {
	io.ReadCloser
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errHuge
	}
	n, err := b.ReadCloser.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	return n, err
}

// once sends one request and reads its answer, streamed or not. What came is in the reply even where there is an error.
func (c *Client) once(ctx context.Context, r Request, sent []Message) (Reply, error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var res *http.Response
	stream := c.service.NewStreaming(ctx, c.params(r, sent), option.WithResponseInto(&res))
	defer stream.Close()
	reply := Reply{Model: c.config.Model}
	if err := stream.Err(); err != nil {
		return reply, err
	}
	if kind, _, _ := mime.ParseMediaType(res.Header.Get("Content-Type")); kind != "text/event-stream" {
		return c.whole(res, r, sent)
	}
	var a assembly
	for a.err == nil && stream.Next() {
		a.take(stream.Current(), r.OnToken)
	}
	reply.Text, reply.Cut = a.text.String(), a.finish == "length"
	c.usage(&reply, a.prompt, a.completion, sent)
	switch {
	case a.err != nil:
		return reply, a.err
	case stream.Err() != nil:
		return reply, stream.Err()
	case a.finish == "":
		return reply, errCut
	}
	return reply, nil
}

// assembly puts a streamed answer together.
type assembly struct {
	text               strings.Builder
	finish             string
	prompt, completion int
	err                error
}

func (a *assembly) take(chunk openai.ChatCompletionChunk, onToken func(string)) {
	if u := chunk.Usage; u.PromptTokens > 0 {
		a.prompt, a.completion = int(u.PromptTokens), int(u.CompletionTokens)
	}
	for _, choice := range chunk.Choices {
		if choice.Index != 0 {
			continue
		}
		if choice.FinishReason != "" {
			a.finish = choice.FinishReason
		}
		if len(choice.Delta.ToolCalls) > 0 || choice.Delta.FunctionCall.Name != "" {
			a.err = errTool
			return
		}
		piece := choice.Delta.Content
		if a.text.Len()+len(piece) > maxAnswer {
			a.err = errHuge
			return
		}
		a.text.WriteString(piece)
		if piece != "" && onToken != nil {
			onToken(piece)
		}
	}
}

// quirks are what a server turned out not to take.
type quirks struct {
	newMax  atomic.Bool // wants max_completion_tokens
	noUsage atomic.Bool // knows no stream_options
}

// learn notes from a refusal what the server does not take, and reports whether that is worth another try.
func (q *quirks) learn(s *statusError) bool {
	if s.status != http.StatusBadRequest && s.status != http.StatusUnprocessableEntity {
		return false
	}
	return strings.Contains(s.text, "max_completion_tokens") && q.newMax.CompareAndSwap(false, true) ||
		strings.Contains(s.text, "stream_options") && q.noUsage.CompareAndSwap(false, true)
}

func (c *Client) params(r Request, sent []Message) openai.ChatCompletionNewParams {
	p := openai.ChatCompletionNewParams{Model: c.config.Model, Messages: wire(sent)}
	if c.quirks.newMax.Load() {
		p.MaxCompletionTokens = param.NewOpt(int64(r.MaxTokens))
	} else {
		p.MaxTokens = param.NewOpt(int64(r.MaxTokens))
	}
	if !c.quirks.noUsage.Load() {
		p.StreamOptions.IncludeUsage = param.NewOpt(true)
	}
	return p
}

// whole reads the answer of a server that does not stream.
func (c *Client) whole(res *http.Response, r Request, sent []Message) (Reply, error) {
	reply := Reply{Model: c.config.Model}
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return reply, err
	}
	var said openai.ChatCompletion
	if err := json.Unmarshal(body, &said); err != nil || len(said.Choices) == 0 {
		return reply, &statusError{status: res.StatusCode, text: "not a chat completion", header: res.Header}
	}
	first := said.Choices[0]
	reply.Text, reply.Cut = first.Message.Content, first.FinishReason == "length"
	c.usage(&reply, int(said.Usage.PromptTokens), int(said.Usage.CompletionTokens), sent)
	switch {
	case len(reply.Text) > maxAnswer:
		return reply, errHuge
	case len(first.Message.ToolCalls) > 0:
		return reply, errTool
	}
	if r.OnToken != nil && reply.Text != "" {
		r.OnToken(reply.Text)
	}
	return reply, nil
}

func wire(messages []Message) []openai.ChatCompletionMessageParamUnion {
	all := make([]openai.ChatCompletionMessageParamUnion, 0, len(messages))
	for _, m := range messages {
		switch m.Role {
		case "system":
			all = append(all, openai.SystemMessage(m.Text))
		case "assistant":
			all = append(all, openai.AssistantMessage(m.Text))
		default:
			all = append(all, openai.UserMessage(m.Text))
		}
	}
	return all
}

// retryAfter is what a server says about when to come again: seconds, milliseconds or a date; -1 where it says nothing.
func retryAfter(h http.Header, now time.Time) time.Duration {
	if ms, err := strconv.ParseFloat(h.Get("Retry-After-Ms"), 64); err == nil && ms >= 0 {
		return seconds(ms / 1000)
	}
	v := strings.TrimSpace(h.Get("Retry-After"))
	if s, err := strconv.ParseFloat(v, 64); err == nil && s >= 0 {
		return seconds(s)
	}
	if t, err := http.ParseTime(v); err == nil {
		return max(0, t.Sub(now))
	}
	return -1
}

// seconds keeps a figure of a server's within what a Duration can hold.
func seconds(s float64) time.Duration {
	if s > 1e9 {
		s = 1e9
	}
	return time.Duration(s * float64(time.Second))
}
