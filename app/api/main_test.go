package api_test

import (
	"context"
	"encoding/json"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/stewardhq/steward/app/api"
	"github.com/stewardhq/steward/app/sandbox"
	"github.com/stewardhq/steward/app/vault"
)

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == sandbox.ChildArg {
		os.Exit(sandbox.RunChild())
	}
	os.Exit(m.Run())
}

// shelf is a keychain in memory.
type shelf struct {
	mu    sync.Mutex
	items map[string]string
	asked int
}

func newShelf() *shelf { return &shelf{items: map[string]string{}} }

func (s *shelf) Get(_ context.Context, service, user string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked++
	secret, ok := s.items[service+" "+user]
	if !ok {
		return "", vault.ErrMissing
	}
	return secret, nil
}

func (s *shelf) Set(_ context.Context, service, user, secret string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked++
	s.items[service+" "+user] = secret
	return nil
}

func (s *shelf) Delete(_ context.Context, service, user string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked++
	delete(s.items, service+" "+user)
	return nil
}

// now is the tests' clock.
func now() time.Time { return time.Date(2026, 11, 24, 9, 30, 0, 0, time.UTC) }

// door is a door to a home, closed at the end of the test.
func door(t *testing.T, home string, change func(*api.DoorOptions)) *api.Door {
	t.Helper()
	o := api.DoorOptions{Home: home, Version: "v1", Now: now, Keychain: newShelf()}
	if change != nil {
		change(&o)
	}
	d := api.NewDoor(o)
	t.Cleanup(func() {
		if err := d.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return d
}

// environment is one for DoorOptions.Getenv, of names and values in turn.
func environment(pairs ...string) func(*api.DoorOptions) {
	return func(o *api.DoorOptions) {
		o.Getenv = func(name string) string {
			for i := 0; i < len(pairs); i += 2 {
				if pairs[i] == name {
					return pairs[i+1]
				}
			}
			return ""
		}
	}
}

// call calls a method, and decodes its answer.
func call[Answer any](t *testing.T, s *api.Surface, method string, request any) (Answer, error) {
	t.Helper()
	var answer Answer
	in, err := json.Marshal(request)
	if err != nil {
		t.Fatal(err)
	}
	out, err := s.Call(t.Context(), method, in)
	if err == nil {
		if err := json.Unmarshal(out, &answer); err != nil {
			t.Fatal(err)
		}
	}
	return answer, err
}

func must[Answer any](t *testing.T, s *api.Surface, method string, request any) Answer {
	t.Helper()
	answer, err := call[Answer](t, s, method, request)
	if err != nil {
		t.Fatalf("%s: %v", method, err)
	}
	return answer
}

func state(t *testing.T, d *api.Door) api.SetupState {
	t.Helper()
	return must[api.SetupState](t, d.Surface(), "Setup/State", api.Nothing{})
}
