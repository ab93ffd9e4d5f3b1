package store

import "context"

// MyAddresses is the user's own addresses, as given to SetMe.
func (s *Store) MyAddresses(ctx context.Context) ([]string, error) { return s.mine(ctx) }
