package store

// Derive is a secret for a purpose of the program's, the same whenever this store is open: a key for hashes that must not
// be guessable from the outside.
func (s *Store) Derive(purpose string) []byte {
	sum := s.sum("derived", []string{purpose})
	return sum[:]
}
