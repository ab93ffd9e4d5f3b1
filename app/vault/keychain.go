package vault

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/zalando/go-keyring"
)

// Keychain is a store of the operating system for small secrets, kept by service and user. Get and Delete give
// [ErrMissing] for what is not there. A call may wait for the person at the screen, and ends with its context.
type Keychain interface {
	Get(ctx context.Context, service, user string) (string, error)
	Set(ctx context.Context, service, user, secret string) error
	Delete(ctx context.Context, service, user string) error
}

// ErrMissing is a keychain's answer for an item that it does not have.
var ErrMissing = errors.New("not in the keychain")

// service is what Steward's items are filed under in the keychain.
const service = "steward"

// patience is how long a keychain may take when the context sets no limit: time enough to type a password.
const patience = 2 * time.Minute

// system is the operating system's keychain.
type system struct{}

func (system) Get(ctx context.Context, service, user string) (string, error) {
	return bounded(ctx, func() (string, error) { return keyring.Get(service, user) })
}

func (system) Set(ctx context.Context, service, user, secret string) error {
	_, err := bounded(ctx, func() (string, error) { return "", keyring.Set(service, user, secret) })
	return err
}

func (system) Delete(ctx context.Context, service, user string) error {
	_, err := bounded(ctx, func() (string, error) { return "", keyring.Delete(service, user) })
	return err
}

// bounded makes a call that knows no context end with one. The call itself may go on waiting for a prompt that nobody
// answers; what it brings then is dropped.
func bounded(ctx context.Context, call func() (string, error)) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", silent(err)
	}
	if err := reachable(); err != nil {
		return "", err
	}
	if _, limited := ctx.Deadline(); !limited {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, patience)
		defer cancel()
	}
	type answer struct {
		value string
		err   error
	}
	answers := make(chan answer, 1)
	go func() {
		var a answer
		defer func() {
			if p := recover(); p != nil { // the library reads answers of a foreign program without checking their types
				a.err = fmt.Errorf("keychain answered out of form: %v", p)
			}
			answers <- a
		}()
		a.value, a.err = call()
	}()
	select {
	case a := <-answers:
		return a.value, translate(ctx, a.err)
	case <-ctx.Done():
		return "", silent(ctx.Err())
	}
}

func silent(cause error) error {
	if errors.Is(cause, context.Canceled) {
		return &agents.Error{Code: agents.CodeCancelled, Message: "stopped while the keychain was being asked", Err: cause}
	}
	return &agents.Error{
		Code: agents.CodeUnavailable, Message: "the keychain does not answer",
		Hint: "see whether it waits for your password in a window, then try again; " + fileHint, Err: cause,
	}
}

const fileHint = "where there is no keychain, set STEWARD_KEYRING=file and STEWARD_PASSPHRASE_FILE=FILE"

func translate(ctx context.Context, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, keyring.ErrNotFound):
		return ErrMissing
	case errors.Is(err, keyring.ErrSetDataTooBig):
		return &agents.Error{Code: agents.CodeLimit, Message: "this secret is too long for the keychain", Hint: "use a shorter one, or a home with STEWARD_KEYRING=file", Err: err}
	case errors.Is(err, keyring.ErrUnsupportedPlatform):
		return noKeychain(err)
	}
	return diagnose(ctx, err)
}

func noKeychain(cause error) error {
	return &agents.Error{
		Code: agents.CodeUnavailable, Message: "there is no keychain here",
		Hint: "set STEWARD_KEYRING=file and STEWARD_PASSPHRASE_FILE=FILE, whose first line is a passphrase of your choice", Err: cause,
	}
}

func lockedKeychain(cause error) error {
	return &agents.Error{Code: agents.CodeLocked, Message: "the keychain is locked", Hint: "unlock it (log in to the desktop, or answer its prompt) and try again", Err: cause}
}

func unwilling(cause error) error {
	return &agents.Error{Code: agents.CodeUnavailable, Message: "the keychain did not do what it was asked", Hint: "see whether other programs can use it; " + fileHint, Err: cause}
}
