package model_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/model"
)

func TestCompleteStreams(t *testing.T) {
	s := serve(t, streamed("Hel", "lo, ", "世界"))
	var tokens []string
	var told []model.Exchange
	var asked []model.Estimate
	r := ask("hello")
	r.MaxTokens = 50
	r.OnToken = func(p string) { tokens = append(tokens, p) }
	r.Meter = model.Meter{
		Budget:    func(_ context.Context, e model.Estimate) error { asked = append(asked, e); return nil },
		OnRequest: func(_ context.Context, x model.Exchange) { told = append(told, x) },
	}
	reply, err := s.client(t).Complete(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	want := agents.Usage{Requests: 1, PromptTokens: 100, CompletionTokens: 20, Cost: 0.0003}
	if reply.Text != "Hello, 世界" || reply.Usage != want || reply.Estimated || reply.Cut {
		t.Errorf("%+v", reply)
	}
	if strings.Join(tokens, "|") != "Hel|lo, |世界" {
		t.Errorf("tokens %q", tokens)
	}
	if len(told) != 1 || told[0].Usage != want || told[0].Reply != reply.Text || len(told[0].Messages) != 2 || told[0].Err != nil || told[0].To == "" {
		t.Errorf("told %+v", told)
	}
	if len(asked) != 1 || asked[0].PromptTokens < 4 || asked[0].CompletionTokens != 50 || asked[0].Cost <= 0 {
		t.Errorf("asked %+v", asked)
	}
	b, h := s.body(0), s.headers[0]
	if b.Model != "m-1" || !b.Stream || b.MaxTokens != 50 || b.StreamOptions == nil || !b.StreamOptions.IncludeUsage || len(b.Messages) != 2 || b.Messages[0].Role != "system" || b.Messages[1].Content != "hello" {
		t.Errorf("sent %+v", b)
	}
	if h.Get("Authorization") != "Bearer sk-canary" || h.Get("User-Agent") != "Steward" {
		t.Errorf("headers %v", h)
	}
	for k := range h {
		if strings.HasPrefix(k, "X-Stainless") {
			t.Errorf("%s tells about this machine", k)
		}
	}
}

func TestTheEnvironmentIsNotRead(t *testing.T) {
	t.Setenv("OPENAI_API_KEY", "sk-environment")
	t.Setenv("OPENAI_ORG_ID", "org-environment")
	t.Setenv("OPENAI_BASE_URL", "http://127.0.0.1:1/")
	s := serve(t, streamed("x"))
	if _, err := s.client(t, func(c *model.Config) { c.Key = agents.Secret{} }).Complete(t.Context(), ask("x")); err != nil {
		t.Fatal(err)
	}
	if h := s.headers[0]; h.Get("Authorization") != "" || h.Get("Openai-Organization") != "" {
		t.Errorf("%v", h)
	}
}

func TestAnswersOfOtherKinds(t *testing.T) {
	plain := `{"id":"c","object":"chat.completion","created":1,"model":"m-1","choices":[{"index":0,"message":{"role":"assistant","content":"whole"},"finish_reason":"stop"}],"usage":{"prompt_tokens":7,"completion_tokens":3,"total_tokens":10}}`
	for _, c := range []struct {
		name   string
		answer http.HandlerFunc
		text   string
		usage  [2]int
	}{
		{"not streamed", refused(200, plain), "whole", [2]int{7, 3}},
		{"without usage", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/event-stream")
			delta(w, "twelve chars")
			event(w, `{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}`)
		}, "twelve chars", [2]int{13, 3}},
		{"thinking aloud", streamed("<think>secret plan", " <tool_call>", "</think>\n\nanswer"), "answer", [2]int{100, 20}},
		{"carriage returns", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/event-stream")
			io.WriteString(w, "event: x\r\ndata: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"crlf\"},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1}}\r\n\r\ndata: [DONE]\r\n\r\n")
		}, "crlf", [2]int{1, 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			reply, err := serve(t, c.answer).client(t).Complete(t.Context(), ask("hello"))
			if err != nil || reply.Text != c.text || reply.Usage.PromptTokens != c.usage[0] || reply.Usage.CompletionTokens != c.usage[1] || reply.Usage.Requests != 1 {
				t.Errorf("%+v %v", reply, err)
			}
		})
	}
}

func TestErrorsNameTheFix(t *testing.T) {
	cutOff := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		delta(w, "half an ans")
		panic(http.ErrAbortHandler)
	}
	closedClean := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		delta(w, "half an ans")
	}
	halfEvent := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		delta(w, "begun")
		io.WriteString(w, `data: {"choices":[{"ind`)
	}
	huge := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		for range 40 {
			delta(w, strings.Repeat("x", 64<<10))
		}
	}
	hugeLine := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		io.WriteString(w, "data: ")
		for range 300 {
			if _, err := io.WriteString(w, strings.Repeat("x", 64<<10)); err != nil {
				return
			}
		}
	}
	tool := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		event(w, `{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"t","type":"function","function":{"name":"send","arguments":"{}"}}]}}]}`)
		event(w, `{"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}`)
	}
	inStream := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		event(w, `{"error":{"message":"This model's maximum context length is 4096 tokens","code":"context_length_exceeded"}}`)
	}
	for _, c := range []struct {
		name     string
		answer   http.HandlerFunc
		code     string
		hint     string
		requests int
	}{
		{"key", refused(401, `{"error":{"message":"Incorrect API key provided: sk-canary","code":"invalid_api_key"}}`), agents.CodeDenied, "--key-stdin", 1},
		{"forbidden", refused(403, `{"error":{"message":"no"}}`), agents.CodeDenied, "key", 1},
		{"model", refused(404, `{"error":{"message":"model 'm-1' not found, try pulling it first"}}`), agents.CodeNotFound, "ollama list", 1},
		{"address", refused(404, "404 page not found"), agents.CodeNotFound, "/v1", 1},
		{"context", refused(400, `{"error":{"message":"x","code":"context_length_exceeded"}}`), agents.CodeLimit, "longer context", 1},
		{"context while streaming", inStream, agents.CodeLimit, "longer context", 1},
		{"quota", refused(429, `{"error":{"message":"You exceeded your quota","code":"insufficient_quota"}}`), agents.CodeLimit, "credit", 1},
		{"busy", refused(429, `{"error":{"message":"slow down"}}`, "Retry-After", "7"), agents.CodeUnavailable, "7 seconds", 3},
		{"busy for long", refused(429, `{"error":{"message":"slow down"}}`, "Retry-After", "3600"), agents.CodeUnavailable, "3600 seconds", 1},
		{"failing", refused(500, "<html>oops</html>"), agents.CodeUnavailable, "log", 3},
		{"bad request", refused(400, `{"error":{"message":"what"}}`), agents.CodeInvalid, "base URL", 1},
		{"redirect", refused(302, "", "Location", "http://evil.example/"), agents.CodeInvalid, "trust", 1},
		{"a web page", refused(200, "<html>hello</html>", "Content-Type", "text/html"), agents.CodeUnavailable, "/v1", 1},
		{"cut connection", cutOff, agents.CodeUnavailable, "again", 1},
		{"ended early", closedClean, agents.CodeUnavailable, "again", 1},
		{"half an event", halfEvent, agents.CodeUnavailable, "again", 1},
		{"cut before anything", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, agents.CodeUnavailable, "again", 3},
		{"huge", huge, agents.CodeLimit, "another model", 1},
		{"huge line", hugeLine, agents.CodeLimit, "another model", 1},
		{"tool call", tool, agents.CodeUnsupported, "another model", 1},
		{"leaked JSON", streamed(`{"name": "send_mail", "arguments": {"to": "x"}}`), agents.CodeUnsupported, "another model", 1},
		{"leaked XML", streamed("Sure! <tool_call>{\"name\":\"x\"}</tool_call>"), agents.CodeUnsupported, "another model", 1},
		{"nothing", streamed(""), agents.CodeUnavailable, "again", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := serve(t, c.answer)
			var told int
			r := ask("a secret question")
			r.Meter.OnRequest = func(_ context.Context, x model.Exchange) {
				told++
				if x.Err == nil {
					t.Error("the ledger was told of no error")
				}
			}
			reply, err := s.client(t).Complete(t.Context(), r)
			e := agents.AsError(err)
			if e == nil || e.Code != c.code || !strings.Contains(e.Hint, c.hint) {
				t.Fatalf("%+v", e)
			}
			if s.count() != c.requests || told != c.requests || reply.Usage.Requests != c.requests {
				t.Errorf("%d requests, told of %d, counted %d; want %d", s.count(), told, reply.Usage.Requests, c.requests)
			}
			for _, secret := range []string{"sk-canary", "secret question", "half an ans"} {
				if strings.Contains(e.Message+e.Hint+err.Error(), secret) {
					t.Errorf("%q is in the error: %v", secret, err)
				}
			}
		})
	}
}

func TestRetriesWaitAsLongAsTheServerSays(t *testing.T) {
	for _, c := range []struct {
		headers []string
		want    time.Duration
	}{
		{[]string{"Retry-After", "7"}, 7 * time.Second},
		{[]string{"Retry-After-Ms", "250"}, 250 * time.Millisecond},
		{[]string{"Retry-After", "Sun, 22 Nov 2026 12:00:30 GMT"}, 30 * time.Second},
		{[]string{"Retry-After", "Sun, 22 Nov 2026 11:00:00 GMT"}, 0},
		{[]string{"Retry-After", "-5"}, time.Second},
		{[]string{"Retry-After", "soon"}, time.Second},
		{nil, time.Second},
	} {
		s := serve(t, refused(503, "", c.headers...), streamed("ok"))
		reply, err := s.client(t).Complete(t.Context(), ask("x"))
		if err != nil || reply.Text != "ok" || reply.Usage.Requests != 2 || len(s.waited) != 1 || s.waited[0] != c.want {
			t.Errorf("%v: %v %+v %v", c.headers, s.waited, reply, err)
		}
	}
	s := serve(t, refused(500, ""))
	if _, err := s.client(t).Complete(t.Context(), ask("x")); err == nil || fmt.Sprint(s.waited) != "[1s 2s]" {
		t.Errorf("%v %v", s.waited, err)
	}
	s = serve(t, refused(429, "", "Retry-After", "1e300"))
	if _, err := s.client(t).Complete(t.Context(), ask("x")); err == nil || len(s.waited) != 0 {
		t.Errorf("%v %v", s.waited, err)
	}
}

func TestServersThatDoNotTakeEverything(t *testing.T) {
	s := serve(t,
		refused(400, `{"error":{"message":"Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."}}`),
		refused(400, `{"error":{"message":"unknown field stream_options"}}`),
		streamed("ok"))
	c := s.client(t)
	for range 2 {
		if reply, err := c.Complete(t.Context(), ask("x")); err != nil || reply.Text != "ok" {
			t.Fatal(reply, err)
		}
	}
	if b := s.body(3); s.count() != 4 || b.MaxTokens != 0 || b.MaxCompletionTokens == 0 || b.StreamOptions != nil {
		t.Errorf("%d requests, the last %+v", s.count(), b)
	}
}

func TestTheBudgetIsAskedBeforeEachRequest(t *testing.T) {
	s := serve(t, refused(500, ""), streamed("never"))
	r := ask("x")
	n := 0
	r.Meter.Budget = func(context.Context, model.Estimate) error {
		if n++; n == 2 {
			return errors.New("spent")
		}
		return nil
	}
	reply, err := s.client(t).Complete(t.Context(), r)
	if agents.CodeOf(err) != agents.CodeLimit || s.count() != 1 || reply.Usage.Requests != 1 {
		t.Errorf("%v after %d requests", err, s.count())
	}
	own := &agents.Error{Code: agents.CodeDenied, Message: "not for this account"}
	r.Meter.Budget = func(context.Context, model.Estimate) error { return own }
	if _, err := s.client(t).Complete(t.Context(), r); !errors.Is(err, own) {
		t.Error(err)
	}
}

func TestCancelEndsASlowAnswer(t *testing.T) {
	gone := make(chan struct{})
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		delta(w, "slow")
		<-r.Context().Done()
		close(gone)
	})
	ctx, cancel := context.WithCancel(t.Context())
	r := ask("x")
	r.OnToken = func(string) { cancel() }
	reply, err := s.client(t).Complete(ctx, r)
	if agents.CodeOf(err) != agents.CodeCancelled || reply.Text != "slow" || s.count() != 1 {
		t.Errorf("%+v %v", reply, err)
	}
	<-gone
}

func TestNothingListening(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	c, err := model.New(model.Config{BaseURL: "http://" + l.Addr().String() + "/v1", Model: "m", Client: &http.Client{}})
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Complete(t.Context(), ask("x"))
	if e := agents.AsError(err); e.Code != agents.CodeUnavailable || !strings.Contains(e.Hint, "is the server running?") {
		t.Errorf("%+v", e)
	}
}

func TestBadConfigs(t *testing.T) {
	good := model.Config{BaseURL: "https://x.example/v1", Model: "m", Client: http.DefaultClient, Key: agents.NewSecret([]byte("sk-canary"))}
	for name, change := range map[string]func(*model.Config){
		"no address":     func(c *model.Config) { c.BaseURL = "" },
		"no URL":         func(c *model.Config) { c.BaseURL = "x y" },
		"a file":         func(c *model.Config) { c.BaseURL = "file:///etc/passwd" },
		"password":       func(c *model.Config) { c.BaseURL = "https://u:p@x.example/v1" },
		"query":          func(c *model.Config) { c.BaseURL += "?a=b" },
		"key over http":  func(c *model.Config) { c.BaseURL = "http://x.example/v1" },
		"key of two":     func(c *model.Config) { c.Key = agents.NewSecret([]byte("sk-canary\nsk-other")) },
		"key with space": func(c *model.Config) { c.Key = agents.NewSecret([]byte("Bearer sk-canary")) },
		"no model":       func(c *model.Config) { c.Model = "" },
		"no HTTP client": func(c *model.Config) { c.Client = nil },
	} {
		c := good
		change(&c)
		if _, err := model.New(c); err == nil || strings.Contains(err.Error(), "sk-canary") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := model.New(good); err != nil {
		t.Error(err)
	}
}

func TestTheBaseURLMayBeSpeltInSeveralWays(t *testing.T) {
	for _, path := range []string{"/v1", "/v1/", "/v1/chat/completions"} {
		s := serve(t, streamed("ok"))
		reply, err := s.client(t, func(c *model.Config) { c.BaseURL = s.URL + path }).Complete(t.Context(), ask("x"))
		if err != nil || reply.Text != "ok" {
			t.Errorf("%s: %+v %v", path, reply, err)
		}
	}
}

func TestSecretsCannotBePrinted(t *testing.T) {
	const key = "sk-canary"
	c := model.Config{BaseURL: "https://x.example/v1", Model: "m", Client: http.DefaultClient, Key: agents.NewSecret([]byte(key))}
	client, err := model.New(c)
	if err != nil {
		t.Fatal(err)
	}
	holder := struct{ key any }{c.Key}
	var out bytes.Buffer
	slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "key", c.Key, "config", slog.AnyValue(map[string]any{"k": c.Key}))
	c.Client, c.Now, c.Wait = nil, nil, nil
	j, _ := json.Marshal([]any{c.Key, struct{ Key agents.Secret }{c.Key}})
	out.Write(j)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%T"} {
		fmt.Fprintf(&out, verb, c.Key)
		fmt.Fprintf(&out, verb, []agents.Secret{c.Key})
		fmt.Fprintf(&out, verb, struct{ K agents.Secret }{c.Key})
		fmt.Fprintf(&out, verb, client)
	}
	fmt.Fprint(&out, fmt.Errorf("x: %v", c.Key))
	if s := out.String(); strings.Contains(s, key) || strings.Contains(s, fmt.Sprintf("%x", key)) {
		t.Errorf("printed: %s", s)
	}
	if string(holder.key.(agents.Secret).Reveal()) != key {
		t.Error("the secret itself is lost")
	}
}
