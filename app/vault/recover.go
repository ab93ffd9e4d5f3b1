package vault

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/stewardhq/steward/agents"
)

// RecoveryCode gives the code of a vault that was just made, or whose code was just renewed: nine groups of four
// characters. It gives it once; after that, and for a vault that was there before, it is "".
func (v *Vault) RecoveryCode() string {
	v.mu.Lock()
	defer v.mu.Unlock()
	code := v.code
	v.code = ""
	return code
}

// RenewRecoveryCode makes a new recovery code, which [Vault.RecoveryCode] then gives; the old one opens nothing any more
// but backups of vault.json.
func (v *Vault) RenewRecoveryCode() error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if _, err := v.contents(); err != nil {
		return err
	}
	old := *v.record
	v.newCode()
	if err := v.record.store(v.options.Dir); err != nil {
		*v.record, v.code = old, ""
		return err
	}
	return nil
}

func (v *Vault) newCode() {
	secret := random(codeBytes)
	defer clear(secret)
	key := derive(secret, forRecovery)
	defer clear(key)
	v.record.Recovery = seal(key, forRecovery, v.record.Home, v.master)
	v.code = encodeCode(secret)
}

// Recover opens a vault with its recovery code, and locks it anew: under a new passphrase in mode File, with a new entry
// in the keychain in mode OS. The mode is that of the options, so this is also how a home moves from one to the other,
// for example to a machine without a keychain. Secrets that were only in a keychain which is gone are listed still, and
// their Get says that they have to be entered again. The code stays good.
//
// A code with a slip in it is CodeInvalid, one of another home CodeLocked.
func Recover(ctx context.Context, o Options, code string) (*Vault, error) {
	o, err := o.complete()
	if err != nil {
		return nil, err
	}
	secret, err := decodeCode(code)
	if err != nil {
		return nil, err
	}
	defer clear(secret)
	r, err := load(o.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &agents.Error{Code: agents.CodeNotFound, Message: "there is no vault.json in this home", Hint: "name the home with --home, or put the vault.json of a backup in its place"}
	}
	if err != nil {
		return nil, err
	}
	key := derive(secret, forRecovery)
	defer clear(key)
	master, ok := unseal(key, forRecovery, r.Home, r.Recovery)
	if !ok || len(master) != keySize {
		return nil, &agents.Error{Code: agents.CodeLocked, Message: "this recovery code is not this home's", Hint: "look for the code that was shown when this home was made, or when its code was renewed"}
	}
	v := &Vault{options: o, record: r, master: master}
	if err := v.relock(ctx); err != nil {
		clear(master)
		return nil, err
	}
	return v, nil
}

func (v *Vault) relock(ctx context.Context) error {
	secrets, err := v.contents()
	if err != nil {
		return err
	}
	from := v.record.Mode
	if err := v.lockWith(ctx, v.options.Mode); err != nil {
		return err
	}
	if from != v.options.Mode {
		if err := v.move(ctx, secrets); err != nil {
			return err
		}
	}
	if err := v.record.store(v.options.Dir); err != nil {
		return err
	}
	if from == OS && v.options.Mode == File {
		v.leaveKeychain(ctx, secrets)
	}
	return nil
}

// leaveKeychain takes back what the keychain held, now that vault.json has it. One that is gone or does not answer is
// left as it is: the move is done, and must not fail for it.
func (v *Vault) leaveKeychain(ctx context.Context, secrets map[string][]byte) {
	for name := range secrets {
		if err := v.options.Keychain.Delete(ctx, service, v.item(name)); err != nil && !errors.Is(err, ErrMissing) {
			return
		}
	}
	_ = v.options.Keychain.Delete(ctx, service, v.record.Home)
}

// move takes the secrets along to the other mode. A keychain that does not give one up is no reason to stay locked out.
func (v *Vault) move(ctx context.Context, secrets map[string][]byte) error {
	answers := true
	for name, secret := range secrets {
		if v.options.Mode == File {
			if answers { // a keychain that hangs is asked once, not once a secret
				found, err := v.fromKeychain(ctx, name)
				answers = err == nil || errors.Is(err, ErrMissing)
				secrets[name] = found
			}
			continue
		}
		if secret == nil { // was lost in an earlier move
			continue
		}
		if err := v.toKeychain(ctx, name, secret); err != nil {
			return fmt.Errorf("move a secret into the keychain: %w", err)
		}
		clear(secret)
		secrets[name] = nil
	}
	v.sealContents(secrets)
	for _, secret := range secrets {
		clear(secret)
	}
	return nil
}
