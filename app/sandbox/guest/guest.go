// Package guest is the child's half of the sandbox: it takes a program from its standard input, locks the process down,
// runs the program in QuickJS on WebAssembly, and speaks frames until the program ends.
//
// It runs in a process of its own and never in the parent's: [Run] locks down the process that calls it.
//
// A run goes in lockstep, so that it can be repeated from its record. The guest evaluates, drains the microtasks, says
// what was called, and says idle; it is given exactly one result and the time; and so on. A script's clock is the time of
// the last delivery, its randomness comes from the seed, and it sees nothing else that could differ.
package guest

import (
	"bufio"
	"context"
	"crypto/sha256"
	_ "embed" // the prelude
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"runtime"
	"strings"
	"time"

	"github.com/stewardhq/steward/app/sandbox/frame"
	"github.com/stewardhq/steward/app/sandbox/lockdown"
)

// ScriptFile is the name under which the script's code stands in stack traces.
const ScriptFile = "script.ts"

// What the guest cuts its words to, in bytes.
const (
	MaxText    = 4000      // a stack of a call, or why the engine broke off
	MaxFailure = 3 * 16000 // each part of what a script threw: the prelude counts UTF-16 units, of three bytes at most
)

//go:embed prelude.js
var preludeJS string

//go:embed dates.js
var datesJS string

// Prelude is the code that runs before every script.
func Prelude() string { return strings.Replace(preludeJS, "  /*DATES*/\n", datesJS, 1) }

// EngineHash is the engine's sha256 in hex.
func EngineHash(wasm []byte) string {
	sum := sha256.Sum256(wasm)
	return hex.EncodeToString(sum[:])
}

// Run is the child's main: it serves one program and returns the process' exit code.
func Run(wasm []byte) int {
	runtime.GOMAXPROCS(2) // also ends the runtime's looks at the cgroup, which would fail after the lock-down
	lockdown.CloseInherited()
	out := bufio.NewWriterSize(os.Stdout, 64<<10)
	err := serve(os.Stdin, out, wasm, lockdown.Apply)
	if err != nil && !errors.Is(err, errGone) {
		_ = frame.Write(out, frame.Up{Kind: frame.Broken, Text: clip(err.Error())})
	}
	if out.Flush() != nil || err != nil {
		return 1
	}
	return 0
}

// errGone says that the parent is not there anymore, so that there is nobody to tell.
var errGone = errors.New("the parent is gone")

// serve runs one program, start to end.
func serve(in io.Reader, out *bufio.Writer, wasm []byte, lock func(lockdown.Limits) (frame.Level, error)) error {
	var init frame.Init
	if err := receive(in, &init); err != nil {
		return err
	}
	if init.Protocol != frame.Protocol {
		return fmt.Errorf("the parent speaks protocol %d, this program %d", init.Protocol, frame.Protocol)
	}
	ctx := context.Background()
	var seed [32]byte
	for i := range 8 {
		seed[i] = byte(init.Seed >> (8 * i))
	}
	h := &imports{now: init.Now, zone: init.Zone, random: rand.NewChaCha8(seed)}
	s := &session{in: in, out: out, imports: h, budget: time.Duration(init.CPU) * time.Millisecond}
	h.interrupt, h.rejection, h.host = s.interrupt, s.reject, s.host
	engine, err := loadEngine(ctx, wasm, init.CacheDir, init.Memory, h)
	if err != nil {
		return err
	}
	level, err := lock(lockdown.Limits{CPU: s.budget, Memory: init.Memory + engineSlack})
	if err != nil {
		return fmt.Errorf("lock down: %w", err)
	}
	if s.vm, err = engine.start(ctx, init.Memory); err != nil {
		return err
	}
	ready := frame.Up{Kind: frame.Ready, Protocol: frame.Protocol, Engine: EngineHash(wasm), Level: &level}
	if err := s.send(ready, true); err != nil {
		return err
	}
	if err := s.prepare(&init); err != nil {
		return fmt.Errorf("prepare the script's world: %w", err)
	}
	return s.run(init.JS)
}

// receive reads one frame of the parent.
func receive(in io.Reader, into any) error {
	payload, err := frame.Read(in, frame.MaxDown)
	if err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return errGone
		}
		return fmt.Errorf("read from parent: %w", err)
	}
	return frame.Decode(payload, into)
}

func clip(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if len(s) > MaxText {
		s = strings.ToValidUTF8(s[:MaxText], "")
	}
	return s
}
