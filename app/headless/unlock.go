package headless

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"

	"golang.org/x/term"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app"
	"github.com/stewardhq/steward/app/lock"
	"github.com/stewardhq/steward/app/vault"
)

// unlocking says what opens the vault: the environment's choice, and a question where a person can answer it.
func (s *session) unlocking() (vault.Options, error) {
	mode, passphrase, err := vault.Environment(os.Getenv)
	if err != nil {
		return vault.Options{}, err
	}
	if mode == vault.File && passphrase == nil {
		if in, ok := s.streams.In.(*os.File); ok && term.IsTerminal(int(in.Fd())) {
			passphrase = s.askPassphrase(in)
		}
	}
	return vault.Options{Dir: s.home, Mode: mode, Passphrase: passphrase, Guards: app.VaultGuards}, nil
}

// askPassphrase asks at the terminal, twice where a new one is chosen.
func (s *session) askPassphrase(in *os.File) vault.Passphrase {
	read := func(question string) ([]byte, error) {
		fmt.Fprint(s.print.err, question)
		defer fmt.Fprintln(s.print.err)
		answer, err := term.ReadPassword(int(in.Fd()))
		if err != nil {
			return nil, &agents.Error{Code: agents.CodeLocked, Message: "the passphrase could not be read", Err: err}
		}
		return answer, nil
	}
	return func(_ context.Context, confirm bool) ([]byte, error) {
		if !confirm {
			return read("Passphrase: ")
		}
		first, err := read("Choose a passphrase for this home: ")
		if err != nil {
			return nil, err
		}
		second, err := read("Once more: ")
		if err != nil {
			return nil, err
		}
		if !bytes.Equal(first, second) {
			return nil, &agents.Error{Code: agents.CodeInvalid, Message: "the two passphrases differ", Hint: "try again"}
		}
		return first, nil
	}
}

type unlockCommand struct {
	Recover bool `help:"Read the recovery code from standard input, and set the passphrase or keychain entry anew."`
}

func (c *unlockCommand) needsNoHome() {}

const maxCode = 1 << 10

func (c *unlockCommand) run(ctx context.Context, s *session) error {
	if !c.Recover {
		return s.unlock(ctx)
	}
	if err := s.enter(ctx); err != nil {
		return err
	}
	if s.attached != nil {
		return &agents.Error{Code: agents.CodeConflict, Message: "this home is open", Hint: "it needs no recovery; close Steward first if it does"}
	}
	unlocking, err := s.unlocking()
	if err != nil {
		return err
	}
	line, err := bufio.NewReaderSize(s.streams.In, maxCode).ReadString('\n')
	if line == "" {
		return &agents.Error{Code: agents.CodeInvalid, Message: "no recovery code was given", Hint: "steward unlock --recover < FILE", Err: err}
	}
	opened, err := vault.Recover(ctx, unlocking, line)
	if err != nil {
		return err
	}
	if err := errors.Join(lock.Forget(ctx, opened), opened.Close()); err != nil {
		return err
	}
	s.print.object("result", map[string]any{"state": "done"})
	s.print.line("The home opens again.")
	return nil
}
