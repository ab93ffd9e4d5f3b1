package headless

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"
	"unicode"
	"unicode/utf16"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/agents/reports"
)

// printer writes what a person or a program reads: results to out, everything else to err.
type printer struct {
	out, err io.Writer
	json     bool
}

// line prints a line for people; with --json nothing.
func (p *printer) line(format string, args ...any) {
	if !p.json {
		fmt.Fprintf(p.out, format+"\n", args...)
	}
}

// note tells something beside the result.
func (p *printer) note(format string, args ...any) { fmt.Fprintf(p.err, format+"\n", args...) }

// object prints a JSON object with its type; without --json nothing.
func (p *printer) object(kind string, value any) {
	if !p.json {
		return
	}
	var raw strings.Builder
	e := json.NewEncoder(&raw)
	e.SetEscapeHTML(false) // an address stands in angle brackets
	if err := e.Encode(value); err != nil {
		panic("headless: an answer cannot be written: " + err.Error())
	}
	head := fmt.Sprintf(`{"type":%q`, kind)
	if rest := strings.TrimPrefix(strings.TrimSuffix(raw.String(), "\n"), "{"); rest != "}" {
		head += "," + rest
	} else {
		head += "}"
	}
	fmt.Fprintln(p.out, inert(head))
}

// outlet is where a command writes its answer. It keeps the first failure: a command goes on to its end even where nobody
// reads on, as in steward … | head.
type outlet struct {
	io.Writer
	failed error
}

func (o *outlet) Write(p []byte) (int, error) {
	if o.failed == nil {
		_, o.failed = o.Writer.Write(p)
	}
	return len(p), nil
}

// trouble is what kept the answer from being written; that its reader had enough is none.
func (o *outlet) trouble() error {
	if o.failed == nil || errors.Is(o.failed, syscall.EPIPE) {
		return nil
	}
	return &agents.Error{Code: agents.CodeUnavailable, Message: "the answer could not be written", Hint: "look whether there is room where it goes", Err: o.failed}
}

// inert escapes, in JSON, the characters that a terminal may obey or that nobody sees: JSON itself escapes only those
// below the space. The value stays the same.
func inert(json string) string {
	harmless := func(r rune) bool { return r < 0x7f || !unicode.IsControl(r) && !unicode.Is(unicode.Cf, r) }
	if !strings.ContainsFunc(json, func(r rune) bool { return !harmless(r) }) {
		return json
	}
	var b strings.Builder
	for _, r := range json {
		switch {
		case harmless(r):
			b.WriteRune(r)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&b, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}

// fail tells what went wrong and what would help.
func (p *printer) fail(err error, code int) int {
	e := agents.AsError(err)
	p.object("result", map[string]any{"state": "failed", "error": e})
	p.error(e)
	return code
}

func (p *printer) error(e *agents.Error) { p.trouble("error", e) }

// warn tells of trouble that came after what was asked for had been done.
func (p *printer) warn(err error) { p.trouble("warning", agents.AsError(err)) }

func (p *printer) trouble(kind string, e *agents.Error) {
	fmt.Fprintf(p.err, "%s: %s\n", kind, clean(e.Message))
	if cause := cause(e.Err); cause != "" {
		fmt.Fprintf(p.err, "  cause: %s\n", cause)
	}
	for i, line := range strings.Split(strings.TrimSpace(e.Hint), "\n") {
		if i == 0 && line != "" {
			fmt.Fprintf(p.err, "hint: %s\n", clean(line))
		} else if line != "" {
			fmt.Fprintf(p.err, "      %s\n", clean(line))
		}
	}
}

// cause is what the system said of an error, such as "permission denied". The words of other errors are not shown: they may
// quote what they were about, a key that was mistyped among them.
func cause(err error) string {
	var number syscall.Errno
	var lookup *net.DNSError
	switch {
	case errors.As(err, &number):
		return number.Error()
	case errors.As(err, &lookup) && lookup.IsNotFound:
		return "no such host"
	case errors.Is(err, context.DeadlineExceeded):
		return "it took too long"
	}
	return ""
}

// clean makes words that may have come from outside harmless for a terminal.
func clean(text string) string { return reports.TerminalLine(agents.Plain(text), 0) }

// quote is clean, marked as somebody else's words.
func quote(text string) string { return quoteIn(text, 0) }

func quoteIn(text string, columns int) string {
	return reports.TerminalLine(agents.Labelled(text, agents.Label{Integrity: agents.Untrusted}), columns)
}

func plural(n int, word string) string {
	if n == 1 {
		return word
	}
	return word + "s"
}

// cleanBlock is quote for text of several lines.
func cleanBlock(text string) string {
	return reports.Terminal(agents.Labelled(text, agents.Label{Integrity: agents.Untrusted}))
}

// pad fills a text up to so many columns, counting Chinese characters as two.
func pad(text string, columns int) string {
	return text + strings.Repeat(" ", max(0, columns-reports.Columns(text)))
}
