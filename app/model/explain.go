package model

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"syscall"

	"github.com/stewardhq/steward/agents"
)

// explain turns whatever went wrong into an error for the user, wrapped as retryable where it may pass.
func (c *Client) explain(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	name := c.config.Name
	e := func(code, message, hint string) *agents.Error {
		return &agents.Error{Code: code, Message: message, Hint: hint, Err: err}
	}
	if ctx.Err() != nil {
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			return e(agents.CodeLimit, "the time for this request ran out while "+name+" was answering", "allow more time, or use a faster model")
		}
		return e(agents.CodeCancelled, "the request to "+name+" was stopped", "ask again if that was not meant")
	}
	if s := (*statusError)(nil); errors.As(err, &s) {
		return c.explainStatus(s)
	}
	if known := (*agents.Error)(nil); errors.As(err, &known) {
		return err // the host's own client refused: it has said why
	}
	var dns *net.DNSError
	var cert *x509.UnknownAuthorityError
	switch {
	case errors.Is(err, errTool):
		return e(agents.CodeUnsupported, name+" tried to call a tool instead of answering", "ask again; if it goes on, use another model")
	case errors.Is(err, errHuge):
		return e(agents.CodeLimit, "the answer of "+name+" is larger than allowed", "ask again, or use another model")
	case errors.Is(err, syscall.ECONNREFUSED):
		return e(agents.CodeUnavailable, "nothing answers at "+c.host, "is the server running? Start it, or correct the address with `steward models add`")
	case errors.As(err, &dns):
		return e(agents.CodeUnavailable, "there is no host "+c.host, "check the address and the network")
	case errors.As(err, &cert):
		return e(agents.CodeDenied, "the certificate of "+c.host+" is not trusted", "check the address, or install the server's certificate authority")
	}
	return &retryable{e(agents.CodeUnavailable, "the connection to "+name+" broke off before the answer was whole", "try again; if it goes on, look at the server's own log"), -1}
}

func (c *Client) explainStatus(s *statusError) error {
	name, text := c.config.Name, strings.ToLower(s.text+" "+s.code)
	e := func(code, message, hint string) *agents.Error {
		return &agents.Error{Code: code, Message: message, Hint: hint, Err: s}
	}
	if c.quirks.learn(s) {
		return &retryable{e(agents.CodeInvalid, name+" does not take this request", "try again"), 0}
	}
	switch {
	case has(text, "context_length", "context length", "maximum context", "too many tokens", "context window", "prompt is too long"):
		return e(agents.CodeLimit, "the request is too long for "+name, "ask for less at once, or use a model with a longer context")
	case has(text, "insufficient_quota", "billing", "credit balance") || s.status == http.StatusPaymentRequired:
		return e(agents.CodeLimit, "the account at "+name+" has no credit left", "add credit there, or use another model")
	case s.status == http.StatusUnauthorized || has(text, "invalid_api_key"):
		return e(agents.CodeDenied, name+" does not accept the key", "give it again with `steward models add … --key-stdin`")
	case s.status == http.StatusForbidden:
		return e(agents.CodeDenied, name+" refuses this key the model "+quoted(c.config.Model), "use a key or a model that the account may use")
	case s.status == http.StatusNotFound && has(text, "model"):
		return e(agents.CodeNotFound, name+" has no model "+quoted(c.config.Model), "list what it has (`ollama list`, or GET /models), and name one with `steward models add`")
	case s.status == http.StatusNotFound || s.status == http.StatusMethodNotAllowed:
		return e(agents.CodeNotFound, "there is no OpenAI-compatible server at this address of "+c.host, "the base URL mostly ends in /v1")
	case s.status >= 300 && s.status < 400:
		return e(agents.CodeInvalid, c.host+" sends requests on to another address", "give the address that it sends them to, if you trust it")
	case s.status == http.StatusTooManyRequests:
		after := retryAfter(s.header, c.config.Now())
		hint := "try again in a while, or use another model"
		if after > 0 {
			hint = fmt.Sprintf("try again in %d seconds, or use another model", int(after.Seconds()+0.5))
		}
		return &retryable{e(agents.CodeUnavailable, name+" takes no more requests for now", hint), after}
	case s.status >= 500 || s.status == http.StatusRequestTimeout:
		return &retryable{e(agents.CodeUnavailable, fmt.Sprintf("%s failed (HTTP %d)", name, s.status), "try again; if it goes on, look at the server's own log"), retryAfter(s.header, c.config.Now())}
	case s.status < 300:
		return e(agents.CodeUnavailable, "what "+c.host+" answered is not a chat completion", "check that the base URL is that of an OpenAI-compatible server; it mostly ends in /v1")
	}
	return e(agents.CodeInvalid, fmt.Sprintf("%s does not take this request (HTTP %d)", name, s.status), "check the model's id and the base URL")
}

func has(text string, parts ...string) bool {
	for _, p := range parts {
		if strings.Contains(text, p) {
			return true
		}
	}
	return false
}

// quoted is a model's id, fit to be shown.
func quoted(id string) string {
	if r := []rune(id); len(r) > 80 {
		id = string(r[:80]) + "…"
	}
	return fmt.Sprintf("%q", id)
}
