package vault_test

import (
	"context"
	"sync"

	"github.com/stewardhq/steward/app/vault"
)

// shelf is a keychain in memory, for what a real one cannot be made to do at will.
type shelf struct {
	mu    sync.Mutex
	items map[string]string
	fail  error // what every call gives, if set
	asked int
}

func newShelf() *shelf { return &shelf{items: map[string]string{}} }

func (s *shelf) Get(_ context.Context, service, user string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked++
	if s.fail != nil {
		return "", s.fail
	}
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
	if s.fail != nil {
		return s.fail
	}
	s.items[service+" "+user] = secret
	return nil
}

func (s *shelf) Delete(_ context.Context, service, user string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked++
	if s.fail != nil {
		return s.fail
	}
	if _, ok := s.items[service+" "+user]; !ok {
		return vault.ErrMissing
	}
	delete(s.items, service+" "+user)
	return nil
}
