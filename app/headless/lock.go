package headless

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"golang.org/x/term"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/api"
	"github.com/stewardhq/steward/app/lock"
	"github.com/stewardhq/steward/app/vault"
)

type lockCommands struct {
	Drop         lockDrop         `cmd:"" default:"withargs" help:"Drop the keys, or with --screen lock the screen alone."`
	Set          lockSet          `cmd:"" help:"Choose the passphrase, or remove it."`
	Idle         lockIdle         `cmd:"" help:"Lock the screen after so many minutes without you."`
	SecondFactor lockSecondFactor `cmd:"" name:"second-factor" help:"Set up codes of an app, or remove them."`
	State        lockState        `cmd:"" help:"See how the lock stands."`
}

type lockDrop struct {
	Screen bool `help:"Lock the window, the page and the commands alone; automations go on."`
}

func (c *lockDrop) needsNoHome() {}

func (c *lockDrop) run(ctx context.Context, s *session) error {
	if c.Screen {
		if err := s.open(ctx); err != nil {
			return err
		}
		if _, err := call[api.LockState](ctx, s, "Lock/Now", api.Nothing{}); err != nil {
			return err
		}
		return s.done("The screen is locked. steward unlock opens it.")
	}
	if err := s.enter(ctx); err != nil {
		return err
	}
	if s.attached == nil {
		return s.done("No Steward has this home open: its keys are in no memory.")
	}
	if _, err := call[api.Nothing](ctx, s, "Lock/DropKeys", api.Nothing{}); err != nil {
		return err
	}
	return s.done("The home is closed and its keys are dropped. No automation runs until steward unlock.")
}

func (s *session) done(text string) error {
	s.print.object("result", map[string]any{"state": "done"})
	s.print.line("%s", text)
	return nil
}

type lockState struct{}

func (c *lockState) run(ctx context.Context, s *session) error {
	st, err := call[api.LockState](ctx, s, "Lock/State", api.Nothing{})
	if err != nil {
		return err
	}
	s.print.object("result", st)
	yes := map[bool]string{true: "yes", false: "no"}
	s.print.line("locked         %s\npassphrase     %s\nsecond factor  %s", yes[st.Locked], yes[st.Passphrase], yes[st.SecondFactor])
	if st.IdleMinutes > 0 {
		s.print.line("locks after    %d minutes", st.IdleMinutes)
	}
	return nil
}

type lockSet struct {
	Remove bool `help:"Remove the passphrase."`
}

func (c *lockSet) run(ctx context.Context, s *session) error {
	chosen := ""
	if !c.Remove {
		// The old one is asked for first, by the elevation.
		if err := s.elevateIfSet(ctx); err != nil {
			return err
		}
		var err error
		if chosen, err = s.choose(ctx); err != nil {
			return err
		}
	}
	if _, err := call[api.LockState](ctx, s, "Lock/Set", api.LockChange{Passphrase: &chosen}); err != nil {
		return err
	}
	if c.Remove {
		return s.done("The passphrase is removed.")
	}
	return s.done("The passphrase is set.")
}

// newPassphraseFile is where a program says the passphrase to be chosen.
const newPassphraseFile = "STEWARD_LOCK_NEW_PASSPHRASE_FILE"

// choose asks for a new passphrase, twice.
func (s *session) choose(ctx context.Context) (string, error) {
	if path := os.Getenv(newPassphraseFile); path != "" {
		chosen, err := vault.PassphraseFile(path)(ctx, true)
		return string(chosen), err
	}
	first, err := s.secret("Choose a passphrase: ", newPassphraseFile)
	if err != nil {
		return "", err
	}
	second, err := s.secret("Once more: ", newPassphraseFile)
	if err == nil && first != second {
		err = &agents.Error{Code: agents.CodeInvalid, Message: "the two passphrases differ", Hint: "try again"}
	}
	return first, err
}

type lockIdle struct {
	Minutes int `arg:"" help:"0 is never."`
}

func (c *lockIdle) run(ctx context.Context, s *session) error {
	if _, err := call[api.LockState](ctx, s, "Lock/Set", api.LockChange{IdleMinutes: &c.Minutes}); err != nil {
		return err
	}
	if c.Minutes == 0 {
		return s.done("The screen does not lock by itself.")
	}
	return s.done(fmt.Sprintf("The screen locks after %d %s without you.", c.Minutes, plural(c.Minutes, "minute")))
}

type lockSecondFactor struct {
	Remove bool `help:"Remove the second factor."`
}

func (c *lockSecondFactor) run(ctx context.Context, s *session) error {
	if c.Remove {
		if _, err := call[api.LockState](ctx, s, "Lock/RemoveSecondFactor", api.Nothing{}); err != nil {
			return err
		}
		return s.done("The second factor is removed.")
	}
	made, err := call[api.SecondFactor](ctx, s, "Lock/BeginSecondFactor", api.Nothing{})
	if err != nil {
		return err
	}
	s.print.object("second-factor", map[string]string{"secret": made.Secret, "uri": made.URI})
	picture, err := lock.Blocks(made.URI)
	if err != nil {
		return err
	}
	s.print.line("%s\n%s\n", picture, made.URI)
	s.print.note("Let an app that makes codes read this, and give the code that it shows then.")
	code, err := s.lineOf("Code: ")
	if err != nil {
		return err
	}
	if _, err := call[api.LockState](ctx, s, "Lock/FinishSecondFactor", api.LockCode{Code: code}); err != nil {
		return err
	}
	return s.done("The second factor is set.")
}

// lineOf takes a line from standard input.
func (s *session) lineOf(question string) (string, error) {
	if in, ok := s.streams.In.(*os.File); ok && term.IsTerminal(int(in.Fd())) {
		fmt.Fprint(s.print.err, question)
	}
	line, err := bufio.NewReaderSize(s.streams.In, maxCode).ReadString('\n')
	if line = strings.TrimSpace(line); line == "" {
		return "", &agents.Error{Code: agents.CodeInvalid, Message: "no code was given", Hint: "give the six digits on standard input", Err: err}
	}
	return line, nil
}

// unlock opens the home of an owner that dropped its keys, and the screen.
func (s *session) unlock(ctx context.Context) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	if s.attached == nil {
		if err := s.own(ctx); err != nil {
			return err
		}
	} else if err := s.reopen(ctx); err != nil {
		return err
	}
	st, err := call[api.LockState](ctx, s, "Lock/State", api.Nothing{})
	if err != nil {
		return err
	}
	if st.Locked {
		proof, err := s.proof(st.Passphrase, st.SecondFactor)
		if err != nil {
			return err
		}
		if _, err := call[api.LockState](ctx, s, "Lock/Unlock", proof); err != nil {
			return err
		}
	}
	return s.done("Steward is unlocked.")
}

// reopen opens the home that the owner has closed, if it has.
func (s *session) reopen(ctx context.Context) error {
	at, err := call[api.SetupState](ctx, s, "Setup/State", api.Nothing{})
	if err != nil || at.State != api.HomeLocked {
		return err
	}
	in := api.SetupOpen{}
	if at.Mode == api.PassphraseMode {
		unlocking, err := s.unlocking()
		if err != nil {
			return err
		}
		if unlocking.Passphrase == nil {
			return &agents.Error{Code: agents.CodeLocked, Message: "this home needs a passphrase", Hint: "set STEWARD_KEYRING=file and STEWARD_PASSPHRASE_FILE=FILE, or give it at a terminal"}
		}
		passphrase, err := unlocking.Passphrase(ctx, false)
		if err != nil {
			return err
		}
		in.Passphrase = string(passphrase)
		clear(passphrase)
	} else if at.AsksPassphrase || at.AsksCode {
		proof, err := s.proof(at.AsksPassphrase, at.AsksCode)
		if err != nil {
			return err
		}
		in.Passphrase, in.Code = proof.Passphrase, proof.Code
	}
	_, err = call[api.SetupOpened](ctx, s, "Setup/Open", in)
	return err
}

// needsElevation reports whether a call wants one: the error says so in its hint.
func needsElevation(err error) bool {
	return agents.CodeOf(err) == agents.CodeLocked && strings.Contains(agents.AsError(err).Hint, "elevation")
}

// elevate asks for passphrase and code, and gets an elevation for them.
func (s *session) elevate(ctx context.Context) error {
	st, err := call[api.LockState](ctx, s, "Lock/State", api.Nothing{})
	if err != nil {
		return err
	}
	proof, err := s.proof(st.Passphrase, st.SecondFactor)
	if err != nil {
		return err
	}
	in, err := json.Marshal(proof)
	if err != nil {
		return fmt.Errorf("write the request: %w", err)
	}
	out, err := s.reachOnce(ctx, "Lock/Elevate", in)
	if err != nil {
		return err
	}
	var e api.Elevated
	if err := json.Unmarshal(out, &e); err != nil {
		return fmt.Errorf("read the elevation: %w", err)
	}
	s.elevation = e.Elevation
	return nil
}

func (s *session) elevateIfSet(ctx context.Context) error {
	st, err := call[api.LockState](ctx, s, "Lock/State", api.Nothing{})
	if err != nil || !st.Passphrase && !st.SecondFactor {
		return err
	}
	return s.elevate(ctx)
}

// passphraseFile is where a program says the lock's passphrase and the code: never in arguments, which others can read.
const passphraseFile = "STEWARD_LOCK_PASSPHRASE_FILE"

// proof takes passphrase and code from the file that the environment names, or asks at the terminal.
func (s *session) proof(passphrase, code bool) (proof api.LockProof, err error) {
	if path := os.Getenv(passphraseFile); path != "" {
		return proofOf(path)
	}
	if passphrase {
		if proof.Passphrase, err = s.secret("Passphrase of the lock: ", passphraseFile); err != nil {
			return proof, err
		}
	}
	if code {
		proof.Code, err = s.secret("Code: ", passphraseFile)
	}
	return proof, err
}

func proofOf(path string) (proof api.LockProof, err error) {
	unreadable := func(message, hint string, err error) error {
		return &agents.Error{Code: agents.CodeLocked, Message: message, Hint: hint, Err: err}
	}
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() || info.Size() > 4<<10 {
		return proof, unreadable("the lock's passphrase file cannot be read", passphraseFile+" names a small file that you can read", err)
	}
	if info.Mode().Perm()&(fs.ModePerm&0o077) != 0 {
		return proof, unreadable("others may read or change the lock's passphrase file", "chmod 600 "+path, nil)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return proof, unreadable("the lock's passphrase file cannot be read", passphraseFile+" names a small file that you can read", err)
	}
	defer clear(raw)
	lines := strings.Split(strings.ReplaceAll(string(raw), "\r\n", "\n"), "\n")
	proof.Passphrase = lines[0]
	if len(lines) > 1 {
		proof.Code = strings.TrimSpace(lines[1])
	}
	return proof, nil
}

// secret asks at the terminal without showing what is typed.
func (s *session) secret(question, file string) (string, error) {
	in, ok := s.streams.In.(*os.File)
	if !ok || !term.IsTerminal(int(in.Fd())) {
		return "", &agents.Error{Code: agents.CodeLocked, Message: "this needs your passphrase, and there is no terminal to ask for it", Hint: "set " + file + "=FILE (chmod 600)"}
	}
	fmt.Fprint(s.print.err, question)
	defer fmt.Fprintln(s.print.err)
	answer, err := term.ReadPassword(int(in.Fd()))
	if err != nil {
		return "", &agents.Error{Code: agents.CodeLocked, Message: "the passphrase could not be read", Err: err}
	}
	defer clear(answer)
	return string(answer), nil
}
