package sandbox_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/sandbox"
	"github.com/stewardhq/steward/app/sandbox/script"
)

const probeArg = "sandbox-probe"

// probe is the main of a process that locks itself down and tries to get out, where there is a lock-down.
var probe func() int

// TestMain is also the main of the children that the tests start.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == sandbox.ChildArg {
		if wd, err := os.Getwd(); len(os.Environ()) > 0 || len(os.Args) > 2 || err != nil || filepath.Dir(wd) != wd {
			fmt.Fprintf(os.Stderr, "a child was started with %q in %s, with %d variables\n", os.Args, wd, len(os.Environ()))
			os.Exit(3)
		}
		os.Exit(sandbox.RunChild())
	}
	if len(os.Args) > 2 && os.Args[1] == "hostile" && beHostile() {
		os.Exit(0)
	}
	if len(os.Args) > 1 && os.Args[1] == probeArg && probe != nil {
		os.Exit(probe())
	}
	code := m.Run()
	if cacheRoot != "" {
		_ = os.RemoveAll(cacheRoot)
	}
	os.Exit(code)
}

var cacheRoot string

// box is one sandbox for all tests, so that the engine is compiled once.
var box = sync.OnceValues(func() (*sandbox.Sandbox, error) {
	dir, err := os.MkdirTemp("", "steward-sandbox-test")
	if err != nil {
		return nil, err
	}
	cacheRoot = dir
	return sandbox.New(sandbox.Config{CacheDir: filepath.Join(dir, "engine")})
})

var epoch = time.Date(2026, 11, 22, 9, 5, 0, 0, time.UTC)

// world is what the tests' scripts find: functions that answer at once.
type world struct {
	functions map[string]func(args []any) (any, error)
	globals   map[string]string
	limits    sandbox.Limits
	zone      *time.Location
	seed      uint64
	last      bool // deliver the latest open call first
}

// outcome is all that a script did.
type outcome struct {
	value  string
	logs   []string
	calls  []string
	err    *agents.Error
	line   int
	events []string // one line each, for comparison
}

func (w world) program(t testing.TB, source string) sandbox.Program {
	t.Helper()
	compiled, err := script.Compile(source)
	if err != nil {
		t.Fatalf("compile: %v", err)
	}
	p := sandbox.Program{
		JS: compiled.JS, SourceMap: compiled.SourceMap, Seed: w.seed, Now: epoch, Zone: w.zone, Limits: w.limits,
		Globals: map[string]json.RawMessage{},
	}
	for name := range w.functions {
		p.Functions = append(p.Functions, name)
	}
	for name, v := range w.globals {
		p.Globals[name] = json.RawMessage(v)
	}
	return p
}

// run runs a script to its end.
func (w world) run(t testing.TB, source string) outcome {
	t.Helper()
	s, err := box()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	c, err := s.Start(ctx, w.program(t, source))
	if err != nil {
		t.Fatalf("start: %v", err)
	}
	defer c.Close()
	return w.serve(ctx, c)
}

func (w world) serve(ctx context.Context, c *sandbox.Child) outcome {
	var o outcome
	var open []sandbox.Event
	now := epoch
	for {
		e, err := c.Next(ctx)
		if err != nil {
			if !errors.Is(err, io.EOF) {
				o.err = agents.AsError(err)
			}
			return o
		}
		o.events = append(o.events, fmt.Sprintf("%s %d %s %s %s %s", e.Kind, e.Seq, e.Name, e.Args, e.Value, e.Text))
		switch e.Kind {
		case sandbox.Call:
			o.calls = append(o.calls, e.Name+string(e.Args))
			open = append(open, e)
		case sandbox.Log:
			o.logs = append(o.logs, e.Text)
		case sandbox.Done:
			o.value = string(e.Value)
		case sandbox.Failed:
			o.err, o.line = e.Error, e.Line
		case sandbox.Idle:
			i := 0
			if w.last {
				i = len(open) - 1
			}
			next := open[i]
			open = append(open[:i:i], open[i+1:]...)
			now = now.Add(time.Minute)
			if err := c.Deliver(w.answer(next, now)); err != nil {
				o.err = agents.AsError(err)
				return o
			}
		}
	}
}

func (w world) answer(call sandbox.Event, now time.Time) sandbox.Delivery {
	d := sandbox.Delivery{Seq: call.Seq, Now: now}
	var args []any
	if err := json.Unmarshal(call.Args, &args); err != nil {
		d.Error = agents.AsError(err)
		return d
	}
	v, err := w.functions[call.Name](args)
	if err != nil {
		d.Error = agents.AsError(err)
		return d
	}
	switch v := v.(type) {
	case json.RawMessage:
		d.Value = v
	default:
		d.Value, _ = json.Marshal(v)
	}
	return d
}

// echo gives back its first argument as it came.
func echo(args []any) (any, error) {
	if len(args) == 0 {
		return nil, nil
	}
	return args[0], nil
}

func wantError(t *testing.T, o outcome, code string, words ...string) {
	t.Helper()
	if o.err == nil {
		t.Fatalf("no error; value %s", o.value)
	}
	if o.err.Code != code {
		t.Errorf("code %s, want %s (%v)", o.err.Code, code, o.err)
	}
	for _, w := range words {
		if !strings.Contains(o.err.Message+" "+o.err.Hint, w) {
			t.Errorf("error %q, hint %q: no %q", o.err.Message, o.err.Hint, w)
		}
	}
}

func globalsOf(m map[string][]byte) map[string]json.RawMessage {
	globals := map[string]json.RawMessage{}
	for k, v := range m {
		globals[k] = v
	}
	return globals
}

func contextWithCause(t *testing.T) (context.Context, context.CancelFunc) {
	t.Helper()
	return context.WithCancel(t.Context())
}
