package vault

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"unicode"
	"unicode/utf8"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/store/durable"
)

const (
	longestName   = 200       // bytes of a secret's name
	largestSecret = 64 * 1024 // bytes of a secret
)

// Set keeps a secret under a name such as "model/NAME", replacing an earlier one. Names are sealed as well, but in mode
// OS they stand in the keychain as the items' names. Limits: 200 bytes of name, 64 KiB of secret.
func (v *Vault) Set(ctx context.Context, name string, secret []byte) error {
	if err := checkName(name); err != nil {
		return err
	}
	if len(secret) == 0 || len(secret) > largestSecret {
		return &agents.Error{Code: agents.CodeLimit, Message: "a secret has 1 to 65,536 bytes", Hint: "check what was pasted"}
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	kept := secret
	if v.record.Mode == OS {
		kept = nil // here is the name only, so that everything can be erased one day
	}
	err := v.change(func(secrets map[string][]byte) { secrets[name] = kept })
	if err != nil || v.record.Mode == File {
		return err
	}
	return v.toKeychain(ctx, name, secret)
}

// Get gives the secret of that name; CodeNotFound if there is none. The caller overwrites it after use.
func (v *Vault) Get(ctx context.Context, name string) ([]byte, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	secrets, err := v.contents()
	if err != nil {
		return nil, err
	}
	secret, listed := secrets[name]
	if !listed {
		return nil, &agents.Error{Code: agents.CodeNotFound, Message: fmt.Sprintf("the vault holds no secret for %q", name), Hint: "enter it first"}
	}
	if v.record.Mode == OS {
		secret, err = v.fromKeychain(ctx, name)
		if err != nil && !errors.Is(err, ErrMissing) {
			return nil, err
		}
	}
	if secret == nil {
		return nil, &agents.Error{Code: agents.CodeNotFound, Message: fmt.Sprintf("the keychain no longer has the secret for %q", name), Hint: "enter it again"}
	}
	return secret, nil
}

// Delete forgets a secret. That there is none is no error.
func (v *Vault) Delete(ctx context.Context, name string) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	secrets, err := v.contents()
	if err != nil {
		return err
	}
	if _, listed := secrets[name]; !listed {
		return nil
	}
	if v.record.Mode == OS {
		if err := v.options.Keychain.Delete(ctx, service, v.item(name)); err != nil && !errors.Is(err, ErrMissing) {
			return fmt.Errorf("delete a secret from the keychain: %w", err)
		}
	}
	return v.change(func(secrets map[string][]byte) { delete(secrets, name) })
}

// Names lists the names of the secrets, sorted.
func (v *Vault) Names() ([]string, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	secrets, err := v.contents()
	if err != nil {
		return nil, err
	}
	return slices.Sorted(maps.Keys(secrets)), nil
}

// Destroy erases the vault: the secrets, the keychain's entries, vault.json. What the master key sealed can be read no
// more, except through a backup of vault.json with its passphrase or recovery code. The vault is closed then.
func (v *Vault) Destroy(ctx context.Context) error {
	names, err := v.Names()
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := v.Delete(ctx, name); err != nil {
			return err
		}
	}
	if v.Mode() == OS {
		if err := v.options.Keychain.Delete(ctx, service, v.record.Home); err != nil && !errors.Is(err, ErrMissing) {
			return fmt.Errorf("delete the key from the keychain: %w", err)
		}
	}
	err = os.Remove(filepath.Join(v.options.Dir, FileName))
	if err == nil {
		err = durable.SyncDir(v.options.Dir)
	}
	if err != nil {
		return unwritable(err)
	}
	return v.Close()
}

// change rewrites the sealed contents; if that fails the vault is as it was.
func (v *Vault) change(edit func(map[string][]byte)) error {
	secrets, err := v.contents()
	if err != nil {
		return err
	}
	old := v.record.Contents
	edit(secrets)
	v.sealContents(secrets)
	if err := v.record.store(v.options.Dir); err != nil {
		v.record.Contents = old
		return err
	}
	return nil
}

func (v *Vault) item(name string) string { return v.record.Home + "/" + name }

func (v *Vault) toKeychain(ctx context.Context, name string, secret []byte) error {
	if err := v.options.Keychain.Set(ctx, service, v.item(name), base64.StdEncoding.EncodeToString(secret)); err != nil {
		return fmt.Errorf("put a secret into the keychain: %w", err)
	}
	return nil
}

func (v *Vault) fromKeychain(ctx context.Context, name string) ([]byte, error) {
	text, err := v.options.Keychain.Get(ctx, service, v.item(name))
	if err != nil {
		return nil, fmt.Errorf("take a secret from the keychain: %w", err)
	}
	secret, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, fmt.Errorf("decode a secret of the keychain: %w", ErrMissing)
	}
	return secret, nil
}

func checkName(name string) error {
	bad := name == "" || len(name) > longestName || !utf8.ValidString(name)
	for _, r := range name {
		bad = bad || !unicode.IsPrint(r)
	}
	if bad {
		return &agents.Error{Code: agents.CodeInvalid, Message: "a secret's name has 1 to 200 printable bytes", Hint: "use letters, digits, - and /"}
	}
	return nil
}
