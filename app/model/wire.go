package model

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
)

const (
	maxBody   = 16 << 20 // bytes of one answer as it comes over the wire
	maxAnswer = 1 << 20  // bytes of text
	maxError  = 64 << 10
)

var (
	errHuge = errors.New("the answer is larger than allowed")
	errCut  = errors.New("the answer broke off")
	errDone = errors.New("the answer is whole")
	errTool = errors.New("the model called a tool that it was not given")
)

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

// post sends one request. An answer other than a success is a *statusError.
func (c *Client) post(ctx context.Context, r Request, sent []Message) (*http.Response, error) {
	var body bytes.Buffer
	e := json.NewEncoder(&body)
	e.SetEscapeHTML(false) // a program reads it, and \u003c is six characters for one
	if err := e.Encode(c.params(r, sent)); err != nil {
		return nil, fmt.Errorf("write the request: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.endpoint, bytes.NewReader(body.Bytes()))
	if err != nil {
		return nil, fmt.Errorf("make the request: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "text/event-stream, application/json")
	req.Header.Set("User-Agent", "Steward")
	c.authorize(req.Header)
	res, err := c.http.Do(req)
	if err != nil {
		return nil, err
	}
	if res.StatusCode >= 300 {
		defer res.Body.Close()
		return nil, refusal(res)
	}
	res.Body = &bounded{res.Body, maxBody}
	return res, nil
}

// once sends one request and reads its answer, streamed or not. What came is in the reply even where there is an error.
func (c *Client) once(ctx context.Context, r Request, sent []Message) (Reply, error) {
	reply := Reply{Model: c.config.Model}
	res, err := c.post(ctx, r, sent)
	if err != nil {
		return reply, err
	}
	defer res.Body.Close()
	if kind, _, _ := mime.ParseMediaType(res.Header.Get("Content-Type")); kind != "text/event-stream" {
		return c.whole(res, r, sent)
	}
	var a assembly
	err = events(res.Body, func(data []byte) error { return a.take(data, r.OnToken) })
	reply.Text, reply.Cut = a.text.String(), a.finish == "length"
	c.usage(&reply, a.prompt, a.completion, sent)
	switch {
	case err != nil && !errors.Is(err, errDone):
		return reply, err
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
}

// chunk is one event of a streamed answer.
type chunk struct {
	Error   *trouble `json:"error"`
	Choices []struct {
		Index  int    `json:"index"`
		Delta  said   `json:"delta"`
		Finish string `json:"finish_reason"`
	} `json:"choices"`
	Usage tokens `json:"usage"`
}

// said is what a model said, or a piece of it. Of calls it matters only that there is one.
type said struct {
	Content      string            `json:"content"`
	ToolCalls    []json.RawMessage `json:"tool_calls"`
	FunctionCall json.RawMessage   `json:"function_call"`
}

func (s said) calls() bool {
	return len(s.ToolCalls) > 0 || len(s.FunctionCall) > 0 && string(s.FunctionCall) != "null"
}

type tokens struct {
	Prompt     int `json:"prompt_tokens"`
	Completion int `json:"completion_tokens"`
}

// take adds an event to the answer; errDone ends it.
func (a *assembly) take(data []byte, onToken func(string)) error {
	if string(bytes.TrimSpace(data)) == "[DONE]" {
		return errDone
	}
	var c chunk
	if err := json.Unmarshal(data, &c); err != nil {
		return fmt.Errorf("read a piece of the answer: %w", err)
	}
	if c.Error != nil {
		return &statusError{status: http.StatusBadGateway, text: c.Error.Message + " " + c.Error.Type}
	}
	if c.Usage.Prompt > 0 {
		a.prompt, a.completion = c.Usage.Prompt, c.Usage.Completion
	}
	for _, choice := range c.Choices {
		if choice.Index != 0 {
			continue
		}
		if choice.Finish != "" {
			a.finish = choice.Finish
		}
		if choice.Delta.calls() {
			return errTool
		}
		piece := choice.Delta.Content
		if a.text.Len()+len(piece) > maxAnswer {
			return errHuge
		}
		a.text.WriteString(piece)
		if piece != "" && onToken != nil {
			onToken(piece)
		}
	}
	return nil
}

// completion is the request, as POST /chat/completions takes it.
type completion struct {
	Model         string         `json:"model"`
	Messages      []turn         `json:"messages"`
	Stream        bool           `json:"stream"`
	StreamOptions *streamOptions `json:"stream_options,omitempty"`
	MaxTokens     int            `json:"max_tokens,omitempty"`
	NewMaxTokens  int            `json:"max_completion_tokens,omitempty"`
}

type streamOptions struct {
	IncludeUsage bool `json:"include_usage"`
}

type turn struct {
	Role    string `json:"role"`
	Content string `json:"content"`
}

func (c *Client) params(r Request, sent []Message) completion {
	p := completion{Model: c.config.Model, Stream: true, MaxTokens: r.MaxTokens}
	for _, m := range sent {
		p.Messages = append(p.Messages, turn{m.Role, m.Text})
	}
	if c.quirks.newMax.Load() {
		p.MaxTokens, p.NewMaxTokens = 0, r.MaxTokens
	}
	if !c.quirks.noUsage.Load() {
		p.StreamOptions = &streamOptions{IncludeUsage: true}
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
	var came struct {
		Choices []struct {
			Message said   `json:"message"`
			Finish  string `json:"finish_reason"`
		} `json:"choices"`
		Usage tokens `json:"usage"`
	}
	if err := json.Unmarshal(body, &came); err != nil || len(came.Choices) == 0 {
		return reply, &statusError{status: res.StatusCode, text: "not a chat completion", header: res.Header}
	}
	first := came.Choices[0]
	reply.Text, reply.Cut = first.Message.Content, first.Finish == "length"
	c.usage(&reply, came.Usage.Prompt, came.Usage.Completion, sent)
	switch {
	case len(reply.Text) > maxAnswer:
		return reply, errHuge
	case first.Message.calls():
		return reply, errTool
	}
	if r.OnToken != nil && reply.Text != "" {
		r.OnToken(reply.Text)
	}
	return reply, nil
}
