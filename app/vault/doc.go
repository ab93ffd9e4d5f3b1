// Package vault keeps what must not lie about in the clear: the master key of a home's store, and the secrets of its
// accounts and connections.
//
// A home's vault is one file, vault.json, and is in one of two modes. In mode [OS] the master key and the secrets are
// items of the operating system's keychain. In mode [File] they are sealed in vault.json: the master key under a
// passphrase (Argon2id), the secrets under a key derived from the master key. There is no third mode and no fallback:
// where the chosen one does not work, opening fails and says why. In both modes vault.json holds a second copy of the
// master key, sealed under a recovery code that is shown once, when the vault is made.
//
// Passphrases, derived keys and recovery codes are overwritten as soon as they were used, and the 64 MiB of Argon2id are
// given back to the operating system. The master key stays in memory until [Vault.Close].
package vault
