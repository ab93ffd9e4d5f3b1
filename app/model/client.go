package model

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/stewardhq/steward/agents"
)

// Config is a model and where it is.
type Config struct {
	Name    string        // what the user calls it, for messages
	BaseURL string        // up to and with /v1, as in http://127.0.0.1:11434/v1
	Model   string        // the model's id there
	Key     agents.Secret // empty where the server wants none
	Client  *http.Client
	Price   Price

	Attempts int // at most, for one request; 0 means 3

	// Now and Wait are the clock of the retries; nil means the machine's.
	Now  func() time.Time
	Wait func(ctx context.Context, d time.Duration) error
}

// Price is what a million tokens cost, in the currency of the user's price table.
type Price struct {
	Prompt     float64
	Completion float64
}

// cost of so many tokens.
func (p Price) cost(prompt, completion int) float64 {
	return (float64(prompt)*p.Prompt + float64(completion)*p.Completion) / 1e6
}

// Message is one turn of a conversation.
type Message struct {
	Role string `json:"role"` // "system", "user" or "assistant"
	Text string `json:"text"`
}

// Request is one conversation to be continued.
type Request struct {
	System    string
	Messages  []Message
	MaxTokens int               // of the answer; 0 means 4096
	OnToken   func(text string) // called with each piece as it comes; nil for none. A piece may be part of what is later refused
	Meter     Meter
}

// Reply is what came back.
type Reply struct {
	Text      string
	Usage     agents.Usage
	Estimated bool // the server did not say how many tokens; a quarter of the characters was taken
	Cut       bool // the answer reached MaxTokens and is not whole
	Model     string
}

// Estimate is what a request is about to cost at most.
type Estimate struct {
	PromptTokens     int
	CompletionTokens int // MaxTokens
	Cost             float64
}

// Exchange is one request that left the machine, and what became of it.
type Exchange struct {
	Model    string // Config.Name
	To       string // host and port
	Messages []Message
	Reply    string // what came back, whole or not
	Usage    agents.Usage
	Err      error
}

// Meter is asked before each attempt of a request and told after it. Both functions may be nil.
type Meter struct {
	Budget    func(ctx context.Context, e Estimate) error // an error stops the request; any but an *agents.Error becomes CodeLimit
	OnRequest func(ctx context.Context, x Exchange)       // for the ledger
}

// Client speaks to one model. It is safe for concurrent use.
type Client struct {
	config    Config
	http      http.Client
	authorize func(http.Header) // holds the key, so that nothing that prints a client finds it
	endpoint  string
	host      string
	quirks    quirks
}

// New checks a config. Nothing is sent. The error is CodeInvalid.
func New(c Config) (*Client, error) {
	u, err := url.Parse(strings.TrimSpace(c.BaseURL))
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		return nil, &agents.Error{Code: agents.CodeInvalid, Message: "the model's address is not a URL", Hint: "give the base URL of an OpenAI-compatible server, as in http://127.0.0.1:11434/v1"}
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return nil, &agents.Error{Code: agents.CodeInvalid, Message: "the model's address has a password, a query or a fragment in it", Hint: "give the plain base URL, and the key with --key-stdin"}
	case !c.Key.Empty() && u.Scheme == "http" && !local(u.Hostname()):
		return nil, &agents.Error{Code: agents.CodeInvalid, Message: "a key would be sent in the clear", Hint: "use https, or a server on this machine"}
	case strings.ContainsFunc(string(c.Key.Reveal()), func(r rune) bool { return r <= ' ' || r > '~' }):
		return nil, &agents.Error{Code: agents.CodeInvalid, Message: "the key has a space, a line break or another character in it that no key has", Hint: "give the key alone, on one line"}
	case c.Model == "":
		return nil, &agents.Error{Code: agents.CodeInvalid, Message: "no model is named", Hint: "add --model ID; the server's documentation, or GET /models, lists the ids"}
	case c.Client == nil:
		return nil, &agents.Error{Code: agents.CodeInternal, Message: "the model was given no HTTP client"}
	}
	if c.Attempts <= 0 {
		c.Attempts = 3
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Wait == nil {
		c.Wait = wait
	}
	if c.Name == "" {
		c.Name = c.Model
	}
	client := &Client{config: c, http: *c.Client, authorize: bearer(c.Key), endpoint: endpoint(u), host: u.Host}
	client.config.Key = agents.Secret{}
	client.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse } // the key goes nowhere else
	return client, nil
}

// endpoint is where requests go. Some give the base URL with it.
func endpoint(base *url.URL) string {
	if strings.HasSuffix(strings.TrimRight(base.Path, "/"), "/chat/completions") {
		return base.String()
	}
	return base.JoinPath("chat", "completions").String()
}

func bearer(key agents.Secret) func(http.Header) {
	return func(h http.Header) {
		if !key.Empty() {
			h.Set("Authorization", "Bearer "+string(key.Reveal()))
		}
	}
}

func local(host string) bool {
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || strings.HasPrefix(host, "127.") || host == "::1"
}

func wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
