package guest

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/stewardhq/steward/app/sandbox/frame"
	"github.com/stewardhq/steward/app/sandbox/lockdown"
)

// session is one program in the engine.
type session struct {
	in      io.Reader
	out     *bufio.Writer
	vm      *vm
	imports *imports

	budget  time.Duration // of CPU time, for the script
	base    time.Duration // the process' CPU time when the script began
	stopped bool          // the budget is used up; sticky

	watch, settle, fail, track, firstLost value // the prelude's functions

	issued, open int
	rejections   []rejection
	done         json.RawMessage // what the script returned, once it has
	failed       *frame.Failure  // what it threw, once it has
	broken       error           // writing failed, or the engine did, inside a call of the host
}

// rejection is news of a promise that was rejected with nobody listening, or that somebody listens to at last.
type rejection struct {
	promise, reason value
	handled         bool
}

var errStopped = errors.New("stopped at a limit")

// prepare evaluates the prelude.
func (s *session) prepare(init *frame.Init) error {
	settings, err := json.Marshal(map[string]any{
		"functions": init.Functions, "globals": init.Globals, "seed": seedWords(init.Seed),
	})
	if err != nil {
		return fmt.Errorf("encode settings: %w", err)
	}
	s.begin()
	factory, thrown, err := s.vm.eval(Prelude(), "prelude.js", evalStrict)
	if err := s.must("evaluate prelude", thrown, err); err != nil {
		return err
	}
	host, err := s.vm.withText("host", func(p uint64) (uint64, error) { return s.vm.call("qjs_new_host_function", p, 4, 0) })
	if err != nil {
		return err
	}
	text, err := s.vm.text(string(settings))
	if err != nil {
		return err
	}
	functions, thrown, err := s.vm.invoke(factory, host, text)
	if err := s.must("run prelude", thrown, err); err != nil {
		return err
	}
	for name, f := range map[string]*value{"watch": &s.watch, "settle": &s.settle, "fail": &s.fail, "track": &s.track, "firstLost": &s.firstLost} {
		if *f, err = s.vm.property(functions, name); err != nil {
			return err
		}
	}
	return nil
}

// seedWords stretches the seed to the state of the script's generator (splitmix64).
func seedWords(seed uint64) [4]uint32 {
	var w [4]uint32
	for i := range w {
		seed += 0x9e3779b97f4a7c15
		z := seed
		z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
		z = (z ^ z>>27) * 0x94d049bb133111eb
		w[i] = uint32((z ^ z>>31) >> 32)
	}
	return w
}

// must turns an exception of our own code into an error.
func (s *session) must(what string, thrown value, err error) error {
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	if thrown == 0 {
		return nil
	}
	text, err := s.vm.read(thrown)
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return fmt.Errorf("%s: %s", what, clip(text))
}

// run evaluates the script and serves it to its end.
func (s *session) run(js string) error {
	err := s.evaluate(js)
	for err == nil {
		if err = s.drain(); err != nil {
			break
		}
		var over bool
		if over, err = s.over(); over || err != nil {
			break
		}
		err = s.exchange()
	}
	switch {
	case s.stopped:
		return s.send(frame.Up{Kind: frame.Limit, Name: "cpu"}, true)
	case errors.Is(err, errMemory):
		return s.send(frame.Up{Kind: frame.Limit, Name: "memory"}, true)
	case s.broken != nil:
		return s.broken
	}
	return err
}

// evaluate starts the script, whose value is the promise of its result.
func (s *session) evaluate(js string) error {
	promise, thrown, err := s.vm.eval(js, ScriptFile, evalStrict|evalBarrier)
	if err != nil {
		return err
	}
	if thrown != 0 {
		return s.failWith(thrown)
	}
	result, thrown, err := s.vm.invoke(s.watch, promise)
	if err != nil {
		return err
	}
	if thrown != 0 {
		return s.failWith(thrown)
	}
	return s.vm.free(result)
}

// failWith ends the script with what was thrown. If not even that can be described, memory is out.
func (s *session) failWith(thrown value) error {
	if s.stopped {
		return errStopped
	}
	result, again, err := s.vm.invoke(s.fail, thrown)
	if err != nil {
		return err
	}
	if again != 0 || s.failed == nil {
		return errMemory
	}
	return s.vm.free(result)
}

// drain runs microtasks until none is left.
func (s *session) drain() error {
	for n := 0; ; n++ {
		// A chain of small microtasks never reaches the engine's own polls.
		if s.stopped || s.broken != nil || n%256 == 255 && s.interrupt() {
			return errStopped
		}
		more, thrown, err := s.vm.job()
		if err != nil {
			return err
		}
		if thrown != 0 {
			if err := s.failWith(thrown); err != nil {
				return err
			}
		}
		if len(s.rejections) > 0 {
			if err := s.note(); err != nil {
				return err
			}
		}
		if !more || s.failed != nil {
			return nil
		}
	}
}

// note tells the prelude of rejections, now that no code runs.
func (s *session) note() error {
	news := s.rejections
	s.rejections = nil
	for _, r := range news {
		handled := "qjs_get_false"
		if r.handled {
			handled = "qjs_get_true"
		}
		flag, err := s.vm.call(handled)
		if err != nil {
			return err
		}
		result, thrown, err := s.vm.invoke(s.track, r.promise, r.reason, value(flag))
		if err != nil {
			return err
		}
		if thrown != 0 {
			return errMemory
		}
		if err := s.vm.free(result); err != nil {
			return err
		}
	}
	return nil
}

// over reports the end, if it is reached: a failure at once, a result when no call is open anymore.
func (s *session) over() (bool, error) {
	if s.stopped {
		return true, errStopped
	}
	if s.failed == nil && s.open == 0 {
		if s.done == nil {
			s.failed = &frame.Failure{Name: "Error", Message: "the script waits for something that never comes: no call is open, and nothing else can wake it"}
		} else if err := s.checkLost(); err != nil {
			return true, err
		}
	}
	switch {
	case s.failed != nil:
		return true, s.send(frame.Up{Kind: frame.Failed, Failure: s.failed}, true)
	case s.done != nil && s.open == 0:
		return true, s.send(frame.Up{Kind: frame.Done, Value: s.done}, true)
	}
	return false, nil
}

// checkLost fails a script that ended well, but of which something failed that it never looked at.
func (s *session) checkLost() error {
	result, thrown, err := s.vm.invoke(s.firstLost)
	if err != nil {
		return err
	}
	if thrown != 0 {
		return errMemory
	}
	text, err := s.vm.read(result)
	if err != nil || text == "" {
		return err
	}
	return json.Unmarshal([]byte(text), &s.failed)
}

// exchange says idle and gives the script the one result that comes.
func (s *session) exchange() error {
	if err := s.send(frame.Up{Kind: frame.Idle}, true); err != nil {
		return err
	}
	var d frame.Delivery
	if err := receive(s.in, &d); err != nil {
		return err
	}
	s.imports.now = d.Now
	s.open--
	failure := ""
	if d.Error != nil {
		b, err := json.Marshal(d.Error)
		if err != nil {
			return fmt.Errorf("encode error: %w", err)
		}
		failure = string(b)
	}
	if len(d.Value) == 0 {
		d.Value = json.RawMessage("null")
	}
	var args []value
	for _, text := range []string{fmt.Sprint(d.Seq), string(d.Value), failure} {
		v, err := s.vm.text(text)
		if err != nil {
			return err
		}
		args = append(args, v)
	}
	result, thrown, err := s.vm.invoke(s.settle, args...)
	if err != nil {
		return err
	}
	if thrown != 0 {
		return s.failWith(thrown)
	}
	return s.vm.free(result)
}

// begin starts the script's CPU budget.
func (s *session) begin() { s.base = lockdown.CPUTime() }

// interrupt reports whether the script has to stop.
func (s *session) interrupt() bool {
	if !s.stopped && s.budget > 0 && lockdown.CPUTime()-s.base > s.budget {
		s.stopped = true
	}
	return s.stopped || s.broken != nil
}

// reject keeps a rejection until no code runs.
func (s *session) reject(promise, reason value, handled bool) {
	s.rejections = append(s.rejections, rejection{promise, reason, handled})
}

// host is the one function that the prelude has: host(what, a, b, c), all strings.
func (s *session) host(_ context.Context, argc, argv uint32) uint32 {
	var args [4]string
	for i := range min(argc, 4) {
		p, _ := s.vm.mem.ReadUint32Le(argv + 4*i)
		text, err := s.vm.read(value(p))
		if err != nil {
			s.broken = err
			break
		}
		args[i] = text
	}
	if s.broken == nil {
		s.broken = s.hostCall(args)
	}
	r, err := s.vm.call("qjs_dup_value", uint64(s.vm.undefined))
	if err != nil {
		s.broken = err
	}
	return uint32(r)
}

func (s *session) hostCall(args [4]string) error {
	switch args[0] {
	case "call":
		s.issued++
		s.open++
		return s.send(frame.Up{Kind: frame.Call, Seq: s.issued, Name: args[1], Args: json.RawMessage(args[2]), Stack: clip(args[3])}, false)
	case "log":
		return s.send(frame.Up{Kind: frame.Log, Name: args[1], Text: strings.ToValidUTF8(args[2], "\uFFFD")}, true)
	case "done":
		s.done = json.RawMessage(args[1])
		return nil
	case "failed":
		return json.Unmarshal([]byte(args[1]), &s.failed)
	}
	return fmt.Errorf("the prelude asked for %q", args[0])
}

// send writes a frame; flush makes sure that the parent sees it now.
func (s *session) send(m frame.Up, flush bool) error {
	if err := frame.Write(s.out, m); err != nil {
		return err
	}
	if !flush {
		return nil
	}
	if err := s.out.Flush(); err != nil {
		return fmt.Errorf("%w: %w", errGone, err)
	}
	return nil
}
