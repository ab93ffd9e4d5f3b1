package sandbox

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/sandbox/frame"
	"github.com/stewardhq/steward/app/sandbox/guest"
	"github.com/stewardhq/steward/app/sandbox/script"
)

var scriptFrame = regexp.MustCompile(`\b` + regexp.QuoteMeta(guest.ScriptFile) + `:(\d{1,9}):(\d{1,9})`)

// line finds the TypeScript line of the innermost frame that is the script's, 0 if there is none.
func (c *Child) line(stack string) int {
	m := scriptFrame.FindStringSubmatch(stack)
	if m == nil {
		return 0
	}
	line, _ := strconv.Atoi(m[1])
	column, _ := strconv.Atoi(m[2])
	if c.sourceMap == nil {
		return line
	}
	if c.mapping == nil {
		c.mapping, _ = script.ParseMap(c.sourceMap) // nil maps nothing
	}
	original, _ := c.mapping.Position(line, column)
	return original
}

// engineLimit recognises the engine's own limits by what it throws. A script can throw the same, and only fools itself.
func engineLimit(f *frame.Failure) string {
	switch {
	case f.Name == "InternalError" && (f.Message == "out of memory" || f.Message == "string too long"):
		return limitMemory
	case (f.Name == "RangeError" || f.Name == "InternalError") &&
		(f.Message == "Maximum call stack size exceeded" || f.Message == "stack overflow"):
		return limitRecursion
	}
	return ""
}

// scriptError is what the user reads when a script failed.
func (c *Child) scriptError(f *frame.Failure, line int) *agents.Error {
	where := ""
	if line > 0 {
		where = fmt.Sprintf("line %d: ", line)
	}
	if c.name != "" {
		where = c.name + ", " + where
		if line == 0 {
			where = c.name + ": "
		}
	}
	if delivered := c.errors[f.Seq]; delivered != nil {
		return &agents.Error{Code: delivered.Code, Message: where + delivered.Message, Hint: delivered.Hint, Err: delivered}
	}
	message := readable(f.Message, 2000)
	if f.Name != "Error" && f.Name != "" {
		message = readable(f.Name, 100) + ": " + message
	}
	return &agents.Error{Code: agents.CodeScript, Message: where + message, Hint: script.Hint(f.Name, f.Message)}
}

// readable is what somebody should have to read of a script's words: the beginning, of at most so many characters.
func readable(s string, most int) string {
	runes := []rune(printable(s))
	if len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return string(runes)
}

// printable takes out what could play tricks on a terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' {
			return ' '
		}
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, s)
}
