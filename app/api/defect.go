package api

import (
	"errors"
	"fmt"
	"path"
	"runtime"
	"strings"

	"github.com/stewardhq/steward/agents"
)

// Defect is what a person is told of a panic: where it happened and what kind it was, and none of its values, which may be
// anything, a key or a mail among them. It is called while recovering, in the function that does.
func Defect(recovered any) *agents.Error {
	what := fmt.Sprintf("%T", recovered)
	if err, is := recovered.(runtime.Error); is {
		what = kindOf(err)
	}
	return &agents.Error{
		Code: agents.CodeInternal, Message: "Steward met a defect of its own and stopped what it was doing (" + what + " at " + where() + ")",
		Hint: "what was accepted is not lost: start it again; if it happens again, report this line",
	}
}

// kindOf is the kind of a panic of the language, without the values that it names.
func kindOf(err runtime.Error) string {
	text := err.Error()
	for _, kind := range []string{"index out of range", "slice bounds out of range", "nil pointer dereference", "nil map", "divide by zero", "interface conversion", "makeslice"} {
		if strings.Contains(text, kind) {
			return kind
		}
	}
	return "runtime error"
}

// where names the functions of Steward that led to a panic, the innermost first, three at most.
func where() string {
	var pcs [64]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs[:])])
	var names []string
	for panicked := false; len(names) < 3; {
		frame, more := frames.Next()
		switch {
		case frame.Function == "runtime.gopanic" || frame.Function == "runtime.sigpanic":
			panicked = true
		case panicked && strings.Contains(frame.Function, "stewardhq/"):
			names = append(names, fmt.Sprintf("%s:%d", path.Base(frame.File), frame.Line))
		}
		if !more {
			break
		}
	}
	if len(names) == 0 {
		return "an unknown place"
	}
	return strings.Join(names, " < ")
}

// errDefect is the cause of a call that panicked.
var errDefect = errors.New("the method panicked")
