package model_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/model"
)

// server is an OpenAI-compatible server whose answers are given as handlers, one a request; the last one repeats.
type server struct {
	*httptest.Server
	mu      sync.Mutex
	bodies  []body
	headers []http.Header
	waited  []time.Duration
	answers []http.HandlerFunc
}

type body struct {
	Model               string
	Stream              bool
	MaxTokens           int `json:"max_tokens"`
	MaxCompletionTokens int `json:"max_completion_tokens"`
	StreamOptions       *struct {
		IncludeUsage bool `json:"include_usage"`
	} `json:"stream_options"`
	Messages []struct{ Role, Content string }
}

func serve(t *testing.T, answers ...http.HandlerFunc) *server {
	t.Helper()
	s := &server{answers: answers}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var b body
		raw, _ := io.ReadAll(r.Body)
		if err := json.Unmarshal(raw, &b); err != nil || r.URL.Path != "/v1/chat/completions" || r.Method != http.MethodPost {
			t.Errorf("%s %s: %s", r.Method, r.URL.Path, raw)
		}
		s.mu.Lock()
		n := min(len(s.bodies), len(s.answers)-1)
		s.bodies, s.headers = append(s.bodies, b), append(s.headers, r.Header.Clone())
		s.mu.Unlock()
		s.answers[n](w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

// count is how many requests came.
func (s *server) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.bodies)
}

// body is the nth request, from 0.
func (s *server) body(n int) body {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.bodies[n]
}

// client is a client of the server whose waits are noted, not waited.
func (s *server) client(t *testing.T, change ...func(*model.Config)) *model.Client {
	t.Helper()
	c := model.Config{
		Name: "mine", BaseURL: s.URL + "/v1", Model: "m-1", Key: agents.NewSecret([]byte("sk-canary")), Client: s.Client(), Price: model.Price{Prompt: 1, Completion: 10},
		Now: func() time.Time { return time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC) },
		Wait: func(ctx context.Context, d time.Duration) error {
			s.waited = append(s.waited, d)
			return ctx.Err()
		},
	}
	for _, f := range change {
		f(&c)
	}
	client, err := model.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// streamed answers as OpenAI does: a role, pieces, a finish reason, the usage, and the end.
func streamed(pieces ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
		event(w, `{"id":"c1","object":"chat.completion.chunk","created":1,"model":"m-1","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}],"usage":null}`)
		io.WriteString(w, ": keep-alive\n\n")
		for _, p := range pieces {
			delta(w, p)
		}
		event(w, `{"id":"c1","object":"chat.completion.chunk","created":1,"model":"m-1","choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":null}`)
		event(w, `{"id":"c1","object":"chat.completion.chunk","created":1,"model":"m-1","choices":[],"usage":{"prompt_tokens":100,"completion_tokens":20,"total_tokens":120}}`)
		event(w, "[DONE]")
	}
}

func event(w io.Writer, data string) {
	fmt.Fprintf(w, "data: %s\n\n", data)
	if f, ok := w.(http.Flusher); ok {
		f.Flush()
	}
}

func delta(w io.Writer, text string) {
	piece, _ := json.Marshal(text)
	event(w, `{"id":"c1","object":"chat.completion.chunk","created":1,"model":"m-1","choices":[{"index":0,"delta":{"content":`+string(piece)+`},"finish_reason":null}]}`)
}

func refused(status int, body string, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		if strings.HasPrefix(body, "{") {
			w.Header().Set("Content-Type", "application/json")
		}
		w.WriteHeader(status)
		io.WriteString(w, body)
	}
}

func ask(text string) model.Request {
	return model.Request{System: "You help.", Messages: []model.Message{{Role: "user", Text: text}}}
}
