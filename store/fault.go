package store

import (
	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/store/database"
)

// fault wraps an error with what was tried, and makes it fit for the user.
func (s *Store) fault(doing string, err error) error { return database.Fault(doing, s.dir, err) }

func (s *Store) damaged(message string, err error) error {
	return database.Damaged(message, s.dir, err)
}

func notFound(what string) error {
	return &agents.Error{
		Code: agents.CodeNotFound, Message: "there is no such " + what,
		Hint: "list what there is and take an id from there",
	}
}

func invalid(message, hint string) error {
	return &agents.Error{Code: agents.CodeInvalid, Message: message, Hint: hint}
}

func erased(what string) error {
	return &agents.Error{
		Code: agents.CodeGone, Message: "this " + what + " was erased with the key of its account",
		Hint: "nothing can bring it back except a backup that still has the key",
	}
}

func keyringMissing(err error) error {
	return &agents.Error{
		Code: agents.CodeDamaged, Message: "the keyring is missing, so the database cannot be read", Err: err,
		Hint: "put the file `keyring` back from a backup of this home",
	}
}
