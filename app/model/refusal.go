package model

import (
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// statusError is an answer that is none.
type statusError struct {
	status     int
	code, text string // as the server wrote them; not shown to anybody but for what they are recognised by
	header     http.Header
}

func (e *statusError) Error() string { return "HTTP status " + strconv.Itoa(e.status) }

// trouble is how servers say in JSON what went wrong.
type trouble struct {
	Message string `json:"message"`
	Code    any    `json:"code"` // a word, or a number
	Type    string `json:"type"`
}

// refusal reads an answer that is none.
func refusal(res *http.Response) *statusError {
	body, _ := io.ReadAll(io.LimitReader(res.Body, maxError)) // what came of it is enough
	e := &statusError{status: res.StatusCode, header: res.Header, text: string(body)}
	var said struct {
		Error trouble `json:"error"`
	}
	if json.Unmarshal(body, &said) == nil && said.Error.Message != "" {
		e.text = said.Error.Message + " " + said.Error.Type
		e.code, _ = said.Error.Code.(string)
	}
	return e
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
