package vault

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"syscall"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/store/durable"
)

// FileName is the vault's file in its home.
const FileName = "vault.json"

const (
	format  = "steward vault"
	version = 1
	largest = 8 << 20 // bytes of vault.json
)

// record is vault.json.
type record struct {
	Format   string `json:"format"`
	Version  int    `json:"version"`
	Home     string `json:"home"` // random; names the home in the keychain
	Mode     Mode   `json:"mode"`
	KDF      *kdf   `json:"kdf,omitempty"`
	Master   []byte `json:"master,omitempty"` // sealed under the passphrase's key, in mode File
	Recovery []byte `json:"recovery"`         // the master key, sealed under the recovery code's key
	Contents []byte `json:"contents"`         // the secrets, or in mode OS their names, sealed under the master's key
	Sum      string `json:"sum"`              // SHA-256 over the rest: tells damage from a wrong passphrase
}

var homeID = regexp.MustCompile(`^[0-9a-z]{16,64}$`)

func (r *record) sum() string {
	c := *r
	c.Sum = ""
	b, err := json.Marshal(c)
	if err != nil { // a struct of strings and bytes always marshals
		panic(fmt.Errorf("marshal vault: %w", err))
	}
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:])
}

// load reads vault.json. Where there is none the error is fs.ErrNotExist.
func load(dir string) (*record, error) {
	path := filepath.Join(dir, FileName)
	info, err := os.Stat(path)
	if err == nil && info.Size() > largest {
		return nil, damaged(nil)
	}
	var b []byte
	if err == nil {
		b, err = os.ReadFile(path)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fs.ErrNotExist
	}
	if err != nil {
		return nil, &agents.Error{Code: agents.CodeUnavailable, Message: "vault.json cannot be read", Hint: "check its owner and permissions (it should be yours, 0600)", Err: err}
	}
	return parse(b)
}

// parse reads the version alone first: a newer file may look like anything else.
func parse(b []byte) (*record, error) {
	var head struct {
		Format  string `json:"format"`
		Version int    `json:"version"`
	}
	if err := json.Unmarshal(b, &head); err != nil || head.Format != format || head.Version < 1 {
		return nil, damaged(err)
	}
	if head.Version > version {
		return nil, &agents.Error{Code: agents.CodeNewer, Message: "this home's vault was made by a newer Steward", Hint: "install the version that made it, or a later one"}
	}
	var r record
	if err := json.Unmarshal(b, &r); err != nil {
		return nil, damaged(err)
	}
	if r.Sum != r.sum() || !homeID.MatchString(r.Home) || len(r.Recovery) == 0 || len(r.Contents) == 0 {
		return nil, damaged(nil)
	}
	switch r.Mode {
	case OS:
	case File:
		if !r.KDF.valid() || len(r.Master) == 0 {
			return nil, damaged(nil)
		}
	default:
		return nil, damaged(nil)
	}
	return &r, nil
}

func damaged(cause error) error {
	return &agents.Error{
		Code: agents.CodeDamaged, Message: "vault.json is damaged",
		Hint: "put the vault.json of a backup in its place; nothing else in the home was touched", Err: cause,
	}
}

// store replaces vault.json so that a crash at any moment leaves the old or the new one, whole.
func (r *record) store(dir string) error {
	r.Format, r.Version = format, version
	r.Sum = r.sum()
	b, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return fmt.Errorf("marshal vault: %w", err)
	}
	path := filepath.Join(dir, FileName)
	err = durable.Clean(path)
	if err == nil {
		err = durable.WriteFile(path, append(b, '\n'))
	}
	if err != nil {
		return unwritable(err)
	}
	return nil
}

func unwritable(err error) error {
	e := &agents.Error{Code: agents.CodeUnavailable, Message: "vault.json cannot be written", Hint: "check that the home is yours and can be written", Err: err}
	if errors.Is(err, syscall.ENOSPC) {
		e.Code, e.Message, e.Hint = agents.CodeDiskFull, "there is no room to write vault.json", "free some disk space and try again; the vault is as it was"
	}
	return e
}
