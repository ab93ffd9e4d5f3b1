package vault

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"runtime"

	"github.com/stewardhq/steward/agents"
)

// Mode is where a vault keeps its secrets.
type Mode string

// The modes.
const (
	OS   Mode = "os"   // in the operating system's keychain
	File Mode = "file" // sealed in vault.json under a passphrase
)

// Passphrase asks for the passphrase of a vault in mode File. With confirm a new one is being chosen, and an interactive
// implementation asks twice. The vault overwrites the bytes that it is given.
type Passphrase func(ctx context.Context, confirm bool) ([]byte, error)

// Options say which vault to open and how.
type Options struct {
	Dir        string     // the home; it must exist
	Mode       Mode       // "" means OS
	Passphrase Passphrase // for mode File; nil is an error that names the environment variable
	Keychain   Keychain   // nil means the operating system's

	// Guards are names of files in Dir that only a home with a vault has, such as the database. Where one of them exists
	// without vault.json, Open does not make a new vault: its new key would fit nothing that is there.
	Guards []string
}

// Environment reads the mode and the passphrase's source from STEWARD_KEYRING and STEWARD_PASSPHRASE_FILE. The
// passphrase is nil where no file is named. An unknown mode is an error with agents.CodeInvalid.
func Environment(getenv func(string) string) (Mode, Passphrase, error) {
	mode, err := ParseMode(getenv("STEWARD_KEYRING"))
	if err != nil {
		return "", nil, err
	}
	if path := getenv("STEWARD_PASSPHRASE_FILE"); path != "" {
		return mode, PassphraseFile(path), nil
	}
	return mode, nil, nil
}

// ParseMode reads a mode; "" is OS.
func ParseMode(name string) (Mode, error) {
	switch Mode(name) {
	case "", OS:
		return OS, nil
	case File:
		return File, nil
	}
	return "", &agents.Error{
		Code: agents.CodeInvalid, Message: "STEWARD_KEYRING is neither os nor file",
		Hint: "set STEWARD_KEYRING=os for the system's keychain, or STEWARD_KEYRING=file with STEWARD_PASSPHRASE_FILE",
	}
}

const longestPassphrase = 1024 // bytes

// PassphraseFile takes the passphrase from the first line of a file, whatever ends it. A file that everybody may read,
// that is empty, or whose first line is longer than 1024 bytes is refused.
func PassphraseFile(path string) Passphrase {
	return func(context.Context, bool) ([]byte, error) {
		f, err := os.Open(path)
		if err != nil {
			return nil, passphraseFile("the passphrase file cannot be read", "let STEWARD_PASSPHRASE_FILE name a file that you can read", err)
		}
		defer func() { _ = f.Close() }() // only read
		info, err := f.Stat()
		if err != nil {
			return nil, passphraseFile("the passphrase file cannot be read", "let STEWARD_PASSPHRASE_FILE name a file that you can read", err)
		}
		if runtime.GOOS != "windows" && info.Mode().Perm()&0o006 != 0 {
			return nil, passphraseFile("everybody may read or change the passphrase file", "chmod 600 "+path, nil)
		}
		return firstLine(f)
	}
}

func firstLine(r io.Reader) ([]byte, error) {
	buffer := make([]byte, longestPassphrase+2)
	defer clear(buffer)
	n, err := io.ReadFull(r, buffer)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		var p *fs.PathError
		if errors.As(err, &p) {
			err = p.Err
		}
		return nil, passphraseFile("the passphrase file cannot be read", "let STEWARD_PASSPHRASE_FILE name a file with one line", err)
	}
	line, _, _ := bytes.Cut(buffer[:n], []byte{'\n'})
	line = bytes.TrimRight(line, "\r")
	if len(line) > longestPassphrase {
		return nil, passphraseFile("the first line of the passphrase file is too long", "use at most 1024 bytes", nil)
	}
	if len(line) == 0 {
		return nil, passphraseFile("the first line of the passphrase file is empty", "write the passphrase into its first line", nil)
	}
	return bytes.Clone(line), nil
}

func passphraseFile(message, hint string, cause error) error {
	return &agents.Error{Code: agents.CodeInvalid, Message: message, Hint: hint, Err: cause}
}
