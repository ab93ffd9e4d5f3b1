package vault

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync"

	"github.com/stewardhq/steward/agents"
)

// Purposes that sealed values and derived keys are bound to.
const (
	forMaster   = "master"
	forRecovery = "recovery"
	forContents = "contents"
)

// Vault is an open vault. Its methods may be called from several goroutines.
type Vault struct {
	options Options

	mu     sync.Mutex
	record *record
	master []byte // nil once closed
	code   string // the recovery code until it was given out
}

// Open opens the vault of a home, and makes one if the home is new. It may ask for a passphrase or wait for the keychain,
// as long as ctx lets it.
//
// Errors are *agents.Error: CodeUnavailable without a keychain, CodeLocked for a wrong or missing passphrase and for a
// keychain that is locked or lost its entry, CodeInvalid for a home of the other mode, CodeDamaged and CodeNewer for
// vault.json.
func Open(ctx context.Context, o Options) (*Vault, error) {
	o, err := o.complete()
	if err != nil {
		return nil, err
	}
	r, err := load(o.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return create(ctx, o)
	}
	if err != nil {
		return nil, err
	}
	if r.Mode != o.Mode {
		return nil, otherMode(r.Mode)
	}
	v := &Vault{options: o, record: r}
	if r.Mode == File {
		err = v.unlockFile(ctx)
	} else {
		err = v.unlockOS(ctx)
	}
	if err != nil {
		return nil, err
	}
	return v, nil
}

func (o Options) complete() (Options, error) {
	mode, err := ParseMode(string(o.Mode))
	if err != nil {
		return o, err
	}
	o.Mode = mode
	if o.Keychain == nil {
		o.Keychain = system{}
	}
	return o, nil
}

func otherMode(mode Mode) error {
	if mode == File {
		return &agents.Error{
			Code: agents.CodeInvalid, Message: "this home is locked with a passphrase, not by the keychain",
			Hint: "set STEWARD_KEYRING=file and STEWARD_PASSPHRASE_FILE=FILE; to move it to the keychain: steward unlock --recover",
		}
	}
	return &agents.Error{
		Code: agents.CodeInvalid, Message: "this home is locked by the keychain, not with a passphrase",
		Hint: "unset STEWARD_KEYRING; to move it to a passphrase: steward unlock --recover",
	}
}

// create makes the vault of a new home. The keychain comes first: after a crash an entry that nothing refers to is left,
// instead of a home that nothing opens.
func create(ctx context.Context, o Options) (*Vault, error) {
	if err := unguarded(o.Dir, o.Guards); err != nil {
		return nil, err
	}
	v := &Vault{options: o, master: random(keySize), record: &record{Home: strings.ToLower(string(base32(random(15))))}}
	v.newCode()
	v.sealContents(map[string][]byte{})
	if err := v.lockWith(ctx, o.Mode); err != nil {
		return nil, err
	}
	if err := v.record.store(o.Dir); err != nil {
		return nil, err
	}
	return v, nil
}

func missing(guard string) error {
	return &agents.Error{
		Code: agents.CodeDamaged, Message: fmt.Sprintf("vault.json is missing, and %s cannot be opened without it", guard),
		Hint: "put the vault.json of a backup in its place; a new one would not fit",
	}
}

// lockWith puts the master key under a new passphrase or into the keychain. vault.json is not written yet.
func (v *Vault) lockWith(ctx context.Context, mode Mode) error {
	if mode == OS {
		v.record.Mode, v.record.KDF, v.record.Master = OS, nil, nil
		if err := v.options.Keychain.Set(ctx, service, v.record.Home, base64.StdEncoding.EncodeToString(v.master)); err != nil {
			return fmt.Errorf("put the key into the keychain: %w", err)
		}
		return nil
	}
	passphrase, err := v.options.ask(ctx, true)
	if err != nil {
		return err
	}
	defer clear(passphrase)
	v.record.Mode, v.record.KDF = File, newKDF()
	key := v.record.KDF.key(passphrase)
	defer clear(key)
	v.record.Master = seal(key, forMaster, v.record.Home, v.master)
	return nil
}

func (o Options) ask(ctx context.Context, confirm bool) ([]byte, error) {
	if o.Passphrase == nil {
		return nil, &agents.Error{Code: agents.CodeLocked, Message: "this home needs a passphrase", Hint: "set STEWARD_PASSPHRASE_FILE=FILE, whose first line is the passphrase (chmod 600)"}
	}
	passphrase, err := o.Passphrase(ctx, confirm)
	if err != nil {
		return nil, fmt.Errorf("ask for the passphrase: %w", err)
	}
	if len(passphrase) == 0 {
		return nil, &agents.Error{Code: agents.CodeInvalid, Message: "the passphrase is empty", Hint: "choose one that you can remember and nobody can guess"}
	}
	return passphrase, nil
}

func (v *Vault) unlockFile(ctx context.Context) error {
	passphrase, err := v.options.ask(ctx, false)
	if err != nil {
		return err
	}
	defer clear(passphrase)
	key := v.record.KDF.key(passphrase)
	defer clear(key)
	master, ok := unseal(key, forMaster, v.record.Home, v.record.Master)
	if !ok || len(master) != keySize {
		return &agents.Error{Code: agents.CodeLocked, Message: "the passphrase is wrong", Hint: "try again; if it is lost: steward unlock --recover, with the recovery code"}
	}
	v.master = master
	if _, err := v.contents(); err != nil {
		return err
	}
	return nil
}

func (v *Vault) unlockOS(ctx context.Context) error {
	text, err := v.options.Keychain.Get(ctx, service, v.record.Home)
	if errors.Is(err, ErrMissing) {
		return lostKey("the keychain no longer has this home's key", err)
	}
	if err != nil {
		return fmt.Errorf("take the key from the keychain: %w", err)
	}
	master, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(master) != keySize {
		return lostKey("the keychain's entry for this home is not a key", nil)
	}
	v.master = master
	if _, err := v.contents(); err != nil {
		return lostKey("the keychain's key is not this home's", nil)
	}
	return nil
}

func lostKey(message string, cause error) error {
	return &agents.Error{
		Code: agents.CodeLocked, Message: message,
		Hint: "steward unlock --recover, with the recovery code that you wrote down; on another desktop session the entry may still be there", Err: cause,
	}
}

// Master is the key that unlocks the store's keyring; all zero once the vault is closed.
func (v *Vault) Master() [32]byte {
	v.mu.Lock()
	defer v.mu.Unlock()
	var master [32]byte
	copy(master[:], v.master)
	return master
}

// Mode is where the vault keeps its secrets.
func (v *Vault) Mode() Mode {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.record.Mode
}

// Close overwrites the keys in memory. Every later call fails with CodeLocked.
func (v *Vault) Close() error {
	v.mu.Lock()
	defer v.mu.Unlock()
	clear(v.master)
	v.master, v.code = nil, ""
	return nil
}

// contents opens what the master key alone opens; its failing means that the key is another's.
func (v *Vault) contents() (map[string][]byte, error) {
	if v.master == nil {
		return nil, &agents.Error{Code: agents.CodeLocked, Message: "the vault is closed", Hint: "steward unlock"}
	}
	key := derive(v.master, forContents)
	defer clear(key)
	plain, ok := unseal(key, forContents, v.record.Home, v.record.Contents)
	defer clear(plain)
	var secrets map[string][]byte
	if !ok || json.Unmarshal(plain, &secrets) != nil || secrets == nil {
		return nil, damaged(nil)
	}
	return secrets, nil
}

func (v *Vault) sealContents(secrets map[string][]byte) {
	plain, err := json.Marshal(secrets)
	if err != nil { // strings and bytes always marshal
		panic(fmt.Errorf("marshal secrets: %w", err))
	}
	defer clear(plain)
	key := derive(v.master, forContents)
	defer clear(key)
	v.record.Contents = seal(key, forContents, v.record.Home, plain)
}
