package sandbox

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/sandbox/frame"
	"github.com/stewardhq/steward/app/sandbox/guest"
)

// ChildArg is the first argument of a process that is to be a sandbox's child.
const ChildArg = "sandbox-child"

// RunChild is the main of the child: it serves one program on standard input and output and returns the exit code. It locks
// the process down, so it must be all that the process does.
func RunChild() int {
	wasm, err := loadEngine()
	if err != nil {
		_ = frame.Write(os.Stdout, frame.Up{Kind: frame.Broken, Text: err.Error()})
		return 1
	}
	return guest.Run(wasm)
}

// Config says how to start children. The zero value works, slowly.
type Config struct {
	Executable string // the program whose main calls RunChild; "" is this one
	CacheDir   string // for the compiled engine; made if missing; must be only the user's. "" compiles at each start
}

// Sandbox starts children. It is safe for concurrent use.
type Sandbox struct {
	executable string
	cacheDir   string
}

// New checks the engine, the executable and the cache folder.
func New(c Config) (*Sandbox, error) {
	if _, err := loadEngine(); err != nil {
		return nil, err
	}
	s := &Sandbox{executable: c.Executable}
	if s.executable == "" {
		path, err := ownExecutable()
		if err != nil {
			return nil, fmt.Errorf("find own executable: %w", err)
		}
		s.executable = path
	}
	if c.CacheDir != "" {
		dir, err := filepath.Abs(c.CacheDir)
		if err != nil {
			return nil, fmt.Errorf("find cache folder: %w", err)
		}
		if err := privateDir(dir); err != nil {
			return nil, err
		}
		s.cacheDir = dir
	}
	return s, nil
}

// privateDir makes sure that nobody else can put code into the folder: what is found there will be executed.
func privateDir(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make cache folder: %w", err)
	}
	info, err := os.Lstat(dir)
	if err != nil {
		return fmt.Errorf("look at cache folder: %w", err)
	}
	if !info.IsDir() || !onlyUsers(info) {
		return &agents.Error{
			Code: agents.CodeDenied, Message: "the folder for the compiled script engine can be written by others: " + dir,
			Hint: "remove it, or make it yours alone: chmod 700",
		}
	}
	return nil
}

// Start starts a child for one program. The child lives until the program ends, a limit is reached, [Child.Close] is
// called, or ctx is done.
func (s *Sandbox) Start(ctx context.Context, p Program) (*Child, error) {
	first, err := p.init(s.cacheDir)
	if err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	c := &Child{limits: p.Limits.filled(), functions: map[string]bool{}, open: map[int]bool{}, name: p.Name, sourceMap: p.SourceMap}
	for _, f := range p.Functions {
		c.functions[f] = true
	}
	if err := c.spawn(ctx, s.executable, first); err != nil {
		return nil, err
	}
	return c, nil
}
