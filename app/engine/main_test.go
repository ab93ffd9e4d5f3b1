package engine_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/capability"
	"github.com/stewardhq/steward/app/engine"
	"github.com/stewardhq/steward/app/sandbox"
	"github.com/stewardhq/steward/app/sandbox/script"
	"github.com/stewardhq/steward/app/trust"
	"github.com/stewardhq/steward/store"
)

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == sandbox.ChildArg {
		os.Exit(sandbox.RunChild())
	}
	os.Exit(m.Run())
}

var outside = agents.Label{Integrity: agents.Untrusted, Origins: []string{"mail:m1"}, Readers: agents.Only("me")}

// world is what the test's capabilities touch. It outlives an engine, as the real world does.
type world struct {
	mu      sync.Mutex
	calls   map[string]int // how often each call with its argument happened
	sent    []string
	onCall  func(name string) error // a hook: a crash, an error, a wait
	version int
	found   func(key string) bool // what reconciling finds

	log     []string // every call, in its order
	letters []letter
	scripts []agents.Label // of the scripts that called sink.local
	taken   []agents.Text  // what sink.local was given

	local chan context.Context // if set, gets the context of each call of sink.local
}

func newWorld() *world { return &world{calls: map[string]int{}, version: 1} }

func (w *world) did(name string) error {
	w.mu.Lock()
	w.calls[name]++
	w.log = append(w.log, name)
	hook := w.onCall
	w.mu.Unlock()
	if hook != nil {
		return hook(name)
	}
	return nil
}

type numberIn struct {
	N int `json:"n"`
}

type textIn struct {
	Text agents.Text `json:"text"`
}

type page struct {
	ID       string        `json:"id"`
	Text     agents.Text   `json:"text"`
	N        int           `json:"n"`
	Author   agents.Person `json:"author"`
	Stranger agents.Person `json:"stranger"`
}

type letterIn struct {
	Letter letter `json:"letter"`
}

type letter struct {
	To   []agents.Person `json:"to"`
	Body agents.Text     `json:"body"`
}

func (p page) ObjectRef() agents.Ref { return agents.Ref{Kind: "page", ID: p.ID} }

func (w *world) agent() agents.Agent {
	read := func(name string, facts bool) agents.Capability {
		return agents.Define(agents.Capability{Name: name, Version: w.version, Effect: agents.Read, Facts: facts},
			func(_ context.Context, call *agents.Call, in numberIn) (page, error) {
				call.Saw(outside)
				anna, stranger := agents.Person{ID: "anna", Name: agents.Plain("Anna Chen"), Known: true, Address: "anna@example.com"}, agents.Person{ID: "eve", Name: agents.Plain("Eve"), Address: "eve@example.net"}
				return page{ID: fmt.Sprint(in.N), N: in.N * in.N, Author: anna, Stranger: stranger, Text: agents.Labelled(fmt.Sprintf("words %d", in.N), outside)}, w.did(fmt.Sprintf("%s %d", name, in.N))
			})
	}
	send := func(_ context.Context, call *agents.Call, in textIn) (agents.Pending, error) {
		if err := w.did("send " + in.Text.Raw()); err != nil {
			return agents.Pending{}, err
		}
		w.mu.Lock()
		defer w.mu.Unlock()
		w.sent = append(w.sent, call.Key+" "+in.Text.Raw())
		call.Prove(agents.Receipt{Kind: "smtp", ID: "250 " + call.Key})
		return agents.Pending{ID: call.Key}, nil
	}
	sink := agents.Define(agents.Capability{Name: "sink.send", Version: 1, Effect: agents.Send}, send)
	reconcile := func(_ context.Context, call *agents.Call, _ any) (any, error) {
		if w.found == nil {
			return nil, agents.ErrUnknown
		}
		if !w.found(call.Key) {
			return nil, errors.New("it did not happen")
		}
		call.Prove(agents.Receipt{Kind: "provider", ID: "found " + call.Key})
		return agents.Pending{ID: call.Key}, nil
	}
	sink.Reconcile = reconcile
	remote := agents.Define(agents.Capability{Name: "sink.remote", Version: 1, Effect: agents.RemoteReversible, Facts: true},
		func(_ context.Context, call *agents.Call, in textIn) (agents.Pending, error) {
			call.Prove(agents.Receipt{Kind: "provider", ID: call.Key})
			return agents.Pending{ID: call.Key}, w.did("remote " + in.Text.Raw())
		})
	remote.Reconcile = reconcile
	remote = agents.Aiming(remote, func(context.Context, *agents.Call, textIn) (agents.Aim, error) {
		return agents.Aim{Change: agents.ChangeEntry}, nil // an entry of a calendar: silent unless something from outside has a say
	})
	label := agents.Aiming(agents.Define(agents.Capability{Name: "sink.label", Version: 1, Effect: agents.RemoteReversible, Facts: true, Repeatable: true},
		func(_ context.Context, call *agents.Call, in textIn) (agents.Nothing, error) {
			call.Prove(agents.Receipt{Kind: "provider", ID: call.Key})
			return agents.Nothing{}, w.did("label " + in.Text.Raw())
		}), func(context.Context, *agents.Call, textIn) (agents.Aim, error) {
		return agents.Aim{Change: agents.ChangeLabel, Items: []agents.Item{{Kind: "mail", ID: "1"}}}, nil
	})
	write := agents.Aiming(agents.Define(agents.Capability{Name: "sink.letter", Version: 1, Effect: agents.Send, Facts: true},
		func(_ context.Context, call *agents.Call, in letterIn) (agents.Nothing, error) {
			w.mu.Lock()
			w.letters = append(w.letters, in.Letter)
			w.mu.Unlock()
			call.Prove(agents.Receipt{Kind: "smtp", ID: "250 " + call.Key})
			return agents.Nothing{}, w.did("letter")
		}), func(_ context.Context, _ *agents.Call, in letterIn) (agents.Aim, error) {
		aim := agents.Aim{Composed: true}
		for _, p := range in.Letter.To {
			aim.Recipients = append(aim.Recipients, agents.Recipient{Person: p.ID, Known: p.Known})
		}
		return aim, nil
	})
	egress := agents.Aiming(agents.Define(agents.Capability{Name: "sink.egress", Version: 1, Effect: agents.Egress, Facts: true},
		func(_ context.Context, call *agents.Call, in textIn) (agents.Nothing, error) {
			call.Prove(agents.Receipt{Kind: "http", ID: "200"})
			return agents.Nothing{}, w.did("egress " + in.Text.Raw())
		}), func(context.Context, *agents.Call, textIn) (agents.Aim, error) {
		return agents.Aim{Hosts: []string{"example.com:443"}}, nil
	})
	blind := agents.Define(agents.Capability{Name: "sink.blind", Version: 1, Effect: agents.Send}, send)
	local := agents.Define(agents.Capability{Name: "sink.local", Version: 1, Effect: agents.Local, Facts: true, Repeatable: true},
		func(ctx context.Context, call *agents.Call, in textIn) (agents.Nothing, error) {
			if w.local != nil {
				w.local <- ctx
			}
			w.mu.Lock()
			w.taken = append(w.taken, in.Text)
			w.scripts = append(w.scripts, call.Script)
			w.mu.Unlock()
			call.Prove(agents.Receipt{Kind: "hash", ID: call.Key})
			return agents.Nothing{}, w.did("local " + in.Text.Raw())
		})
	reveal := agents.Define(agents.Capability{Name: "reveal", Version: 1, Effect: agents.Read},
		func(_ context.Context, call *agents.Call, in textIn) (string, error) {
			call.Saw(in.Text.Label())
			return in.Text.Raw(), nil
		})
	return agents.Agent{Name: "test", Capabilities: []agents.Capability{read("read.page", false), read("read.fact", true), sink, blind, local, remote, egress, label, write, reveal}}
}

// bench is a home with an engine that can be thrown away and made anew, as a crash does.
type bench struct {
	t     *testing.T
	world *world
	store *store.Store
	box   *sandbox.Sandbox
	eng   *engine.Engine
	trust *trust.Book
	tick  time.Time
	mu    sync.Mutex
}

func (b *bench) now() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.tick = b.tick.Add(time.Millisecond)
	return b.tick
}

func newBench(t *testing.T) *bench {
	t.Helper()
	return benchIn(t, t.TempDir())
}

// benchIn opens the home in a folder that may have been used before.
func benchIn(t *testing.T, dir string) *bench {
	t.Helper()
	b := &bench{t: t, world: newWorld(), tick: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)}
	var err error
	if b.store, err = store.Open(t.Context(), store.Options{Dir: dir, Master: [32]byte{1}, Now: b.now}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.store.Close(); err != nil {
			t.Error(err)
		}
	})
	if b.box, err = sandbox.New(sandbox.Config{CacheDir: cacheDir()}); err != nil {
		t.Fatal(err)
	}
	b.restart()
	return b
}

// cacheDir is shared by the tests, so that the script engine is compiled once.
var cacheDir = sync.OnceValue(func() string {
	dir := filepath.Join(os.TempDir(), fmt.Sprintf("steward-test-cache-%d", os.Getuid()))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		panic(err)
	}
	return dir
})

// restart makes a new engine, with the capabilities as the world now has them.
func (b *bench) restart() {
	b.t.Helper()
	registry, err := capability.NewRegistry(b.world.agent(), engine.Agent())
	if err != nil {
		b.t.Fatal(err)
	}
	limits := sandbox.DefaultLimits()
	limits.CPU = 2 * time.Second // a loop is stopped soon; the wall time stays generous, for a busy machine
	b.trust = trust.New(b.store, b.now)
	b.eng = engine.New(engine.Options{Store: b.store, Registry: registry, Sandbox: b.box, Now: b.now, Limits: limits, Trust: b.trust, People: folks{}})
}

func (b *bench) accept(source string) string { return b.acceptFor(source, "") }

// acceptFor accepts a run that another one started.
func (b *bench) acceptFor(source, parent string) string {
	b.t.Helper()
	compiled, err := script.Compile(source)
	if err != nil {
		b.t.Fatal(err)
	}
	ctx := b.t.Context()
	if err := b.store.SaveScript(ctx, agents.Script{Hash: compiled.Hash, Name: "test", Source: source, Created: b.now()}); err != nil {
		b.t.Fatal(err)
	}
	created := b.now()
	run := agents.Run{
		ID: fmt.Sprintf("01RUN%021d", created.UnixNano()), Kind: "script", State: agents.Queued, Engine: engine.Version, Seed: 42,
		Zone: "Asia/Taipei", Created: created, Script: compiled.Hash, Parent: parent,
	}
	if err := b.store.Record(ctx, store.Record{Run: &run, Durable: true}); err != nil {
		b.t.Fatal(err)
	}
	return run.ID
}

func (b *bench) keep(run agents.Run) {
	b.t.Helper()
	if err := b.store.Record(b.t.Context(), store.Record{Run: &run, Durable: true}); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) execute(id string) agents.Run {
	b.t.Helper()
	run, err := b.eng.Execute(b.t.Context(), id)
	if err != nil {
		b.t.Fatal(err)
	}
	return run
}

func (b *bench) steps(id string) []agents.Step {
	b.t.Helper()
	steps, err := b.store.Steps(b.t.Context(), id)
	if err != nil {
		b.t.Fatal(err)
	}
	return steps
}

func result(run agents.Run) string {
	if run.Result == nil {
		return ""
	}
	return run.Result.Raw()
}
