package sandbox_test

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/sandbox"
	"github.com/stewardhq/steward/app/sandbox/frame"
)

// A hostile child is this test program started through a link whose name says what it is to do instead of serving.
const hostilePrefix = "hostile-"

const readyEngine = "d4c9375f2b1ca4dc95f72c8aa2982a7a9951ac8011490d79c6582df732b4bbd9"

// hostile are children that broke out of their role: each is what it writes after the first frame has come.
var hostile = map[string]func(w io.Writer, r io.Reader){
	"huge":        func(w io.Writer, _ io.Reader) { raw(w, 0xffffffff, "") },
	"garbage":     func(w io.Writer, _ io.Reader) { _, _ = w.Write([]byte("Segmentation fault\n\n\n\n")) },
	"not-json":    func(w io.Writer, _ io.Reader) { ready(w); raw(w, 4, "oops") },
	"two-in-one":  func(w io.Writer, _ io.Reader) { ready(w); raw(w, 24, `{"k":"idle"}{"k":"idle"}`) },
	"unknown":     func(w io.Writer, _ io.Reader) { ready(w); up(w, frame.Up{Kind: "exec"}) },
	"field":       func(w io.Writer, _ io.Reader) { ready(w); raw(w, 24, `{"k":"log","extra":true} `) },
	"cut":         func(w io.Writer, _ io.Reader) { ready(w); raw(w, 100, `{"k":`) },
	"not-ready":   func(w io.Writer, _ io.Reader) { up(w, frame.Up{Kind: frame.Done, Value: []byte("1")}) },
	"ready-twice": func(w io.Writer, _ io.Reader) { ready(w); ready(w) },
	"engine": func(w io.Writer, _ io.Reader) {
		up(w, frame.Up{Kind: frame.Ready, Protocol: frame.Protocol, Engine: "other", Level: &frame.Level{}})
	},
	"seq":       func(w io.Writer, _ io.Reader) { ready(w); call(w, 2, "api.echo", "[]") },
	"seq-again": func(w io.Writer, _ io.Reader) { ready(w); call(w, 1, "api.echo", "[]"); call(w, 1, "api.echo", "[]") },
	"negative":  func(w io.Writer, _ io.Reader) { ready(w); call(w, -1, "api.echo", "[]") },
	"function":  func(w io.Writer, _ io.Reader) { ready(w); call(w, 1, "mail.send", "[]") },
	"args":      func(w io.Writer, _ io.Reader) { ready(w); call(w, 1, "api.echo", `{"length":1}`) },
	"no-args":   func(w io.Writer, _ io.Reader) { ready(w); up(w, frame.Up{Kind: frame.Call, Seq: 1, Name: "api.echo"}) },
	"idle":      func(w io.Writer, _ io.Reader) { ready(w); up(w, frame.Up{Kind: frame.Idle}) },
	"out-of-turn": func(w io.Writer, _ io.Reader) {
		ready(w)
		call(w, 1, "api.echo", "[]")
		up(w, frame.Up{Kind: frame.Idle})
		call(w, 2, "api.echo", "[]")
	},
	"done-early": func(w io.Writer, _ io.Reader) {
		ready(w)
		call(w, 1, "api.echo", "[]")
		up(w, frame.Up{Kind: frame.Done, Value: []byte("1")})
	},
	"no-value": func(w io.Writer, _ io.Reader) { ready(w); up(w, frame.Up{Kind: frame.Done}) },
	"long-stack": func(w io.Writer, _ io.Reader) {
		ready(w)
		up(w, frame.Up{Kind: frame.Call, Seq: 1, Name: "api.echo", Args: []byte("[]"), Stack: strings.Repeat("script.ts:1:1\n", 70_000)})
	},
	"long-failure": func(w io.Writer, _ io.Reader) {
		ready(w)
		up(w, frame.Up{Kind: frame.Failed, Failure: &frame.Failure{Name: "Error", Message: strings.Repeat("x", 900_000)}})
	},
	"no-failure": func(w io.Writer, _ io.Reader) { ready(w); up(w, frame.Up{Kind: frame.Failed}) },
	"deep": func(w io.Writer, _ io.Reader) {
		ready(w)
		b := strings.Repeat("[", 500_000)
		raw(w, uint32(len(b)), b)
	},
	"flood": func(w io.Writer, _ io.Reader) {
		ready(w)
		for {
			if frame.Write(w, frame.Up{Kind: frame.Log, Text: strings.Repeat("x", 1000)}) != nil {
				return
			}
		}
	},
	"empty-flood": func(w io.Writer, _ io.Reader) {
		ready(w)
		for {
			if frame.Write(w, frame.Up{Kind: frame.Log}) != nil {
				return
			}
		}
	},
	"silent":       func(_ io.Writer, r io.Reader) { _, _ = io.Copy(io.Discard, r) },
	"silent-later": func(w io.Writer, r io.Reader) { ready(w); _, _ = io.Copy(io.Discard, r) },
	"exit":         func(io.Writer, io.Reader) { fmt.Fprintln(os.Stderr, "last words") },
	"stderr-flood": func(w io.Writer, _ io.Reader) {
		for range 1000 {
			fmt.Fprintln(os.Stderr, strings.Repeat("last words ", 100))
		}
		ready(w)
		raw(w, 4, "oops")
	},
}

func raw(w io.Writer, size uint32, payload string) {
	_, _ = w.Write(append(binary.BigEndian.AppendUint32(nil, size), payload...))
}

func up(w io.Writer, m frame.Up) { _ = frame.Write(w, m) }

func ready(w io.Writer) {
	up(w, frame.Up{Kind: frame.Ready, Protocol: frame.Protocol, Engine: readyEngine, Level: &frame.Level{OS: "linux"}})
}

func call(w io.Writer, seq int, name, args string) {
	up(w, frame.Up{Kind: frame.Call, Seq: seq, Name: name, Args: json.RawMessage(args)})
}

// beHostile does what the name of the program says, if it is one of ours.
func beHostile() bool {
	name, ok := strings.CutPrefix(filepath.Base(os.Args[2]), hostilePrefix)
	if !ok || hostile[name] == nil {
		return false
	}
	if _, err := frame.Read(os.Stdin, frame.MaxDown); err != nil {
		return true
	}
	hostile[name](os.Stdout, os.Stdin)
	return true
}

// hostileExecutable makes a program that starts this program as a hostile child.
func hostileExecutable(t *testing.T, name string) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "child")
	text := fmt.Sprintf("#!/bin/sh\nexec '%s' hostile '%s%s'\n", self, hostilePrefix, name)
	if err := os.WriteFile(path, []byte(text), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestHostileChild has every hostile child end in an error, soon, with nothing taken over.
func TestHostileChild(t *testing.T) {
	codes := map[string]string{
		"huge": agents.CodeLimit, "flood": agents.CodeLimit, "empty-flood": agents.CodeLimit, "silent-later": agents.CodeLimit, "garbage": agents.CodeLimit,
		"cut": agents.CodeInternal, "exit": agents.CodeInternal, "engine": agents.CodeConflict, "silent": agents.CodeCancelled,
	}
	w := world{functions: apiEcho, limits: sandbox.Limits{Wall: 1500 * time.Millisecond, Output: 1 << 20, Calls: 10}}
	for name := range hostile {
		t.Run(name, func(t *testing.T) {
			s, err := sandbox.New(sandbox.Config{Executable: hostileExecutable(t, name)})
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			defer cancel()
			c, err := s.Start(ctx, w.program(t, "return 1"))
			if err == nil {
				defer c.Close()
				if name == "silent" { // it would be killed after the time for a start; a user may lose patience before
					c.Close()
				}
				for err == nil {
					var e sandbox.Event
					if e, err = c.Next(ctx); err == nil && e.Kind == sandbox.Done {
						t.Fatalf("it was taken for done: %+v", e)
					}
					if e.Kind == sandbox.Idle && name != "out-of-turn" {
						t.Fatal("it was taken for idle")
					} else if e.Kind == sandbox.Idle {
						err = untilEnd(ctx, c)
					}
				}
			}
			want := codes[name]
			if want == "" {
				want = agents.CodeDenied
			}
			if agents.CodeOf(err) != want {
				t.Errorf("%v (%s), want %s", err, agents.CodeOf(err), want)
			}
			if name == "exit" && !strings.Contains(err.Error(), "last words") {
				t.Errorf("its last words are lost: %v", err)
			}
		})
	}
}

// untilEnd asks an idle child until the reader has seen what it did out of turn.
func untilEnd(ctx context.Context, c *sandbox.Child) error {
	for {
		if _, err := c.Next(ctx); agents.CodeOf(err) != agents.CodeInternal {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
}

func TestMissingExecutable(t *testing.T) {
	s, err := sandbox.New(sandbox.Config{Executable: filepath.Join(t.TempDir(), "none")})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Start(t.Context(), world{}.program(t, "return 1")); agents.CodeOf(err) != agents.CodeUnavailable {
		t.Error(err)
	}
}

func TestCacheDir(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	if _, err := sandbox.New(sandbox.Config{CacheDir: dir}); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(dir)
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Fatal(info, err)
	}
	if err := os.Chmod(dir, 0o770); err != nil {
		t.Fatal(err)
	}
	if _, err := sandbox.New(sandbox.Config{CacheDir: dir}); agents.CodeOf(err) != agents.CodeDenied {
		t.Errorf("a folder that others can write: %v", err)
	}
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(t.TempDir(), link); err != nil {
		t.Fatal(err)
	}
	if _, err := sandbox.New(sandbox.Config{CacheDir: link}); agents.CodeOf(err) != agents.CodeDenied {
		t.Errorf("a link: %v", err)
	}
}
