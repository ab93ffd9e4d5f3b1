package lock

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"fmt"
	"runtime/debug"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"github.com/stewardhq/steward/agents"
)

const (
	freeTries   = 3 // before waiting begins
	firstWait   = time.Second
	longestWait = 15 * time.Minute
)

// waitAfter is how long nobody may try after so many failures in a row.
func waitAfter(failures int) time.Duration {
	if failures < freeTries {
		return 0
	}
	if failures-freeTries > 10 { // 1,024 s
		return longestWait
	}
	return min(firstWait<<(failures-freeTries), longestWait)
}

// attempt lets try look at what was given, unless there were too many failures. The failure is written down first and
// taken back after: who kills Steward in between has used up a try.
func (l *Lock) attempt(ctx context.Context, try func(*record) bool) error {
	now, r := l.now(), l.record
	since := now.Sub(r.Tried)
	if since < 0 { // a clock that was set back must not keep the user out for as long
		since = 0
	}
	if left := waitAfter(r.Failures) - since; left > 0 {
		if now.Before(r.Tried) {
			r.Tried = now
			if err := l.keep(ctx, r); err != nil {
				return err
			}
		}
		return &agents.Error{
			Code: agents.CodeLimit, Message: "too many wrong attempts",
			Hint: fmt.Sprintf("wait %s, then try again; nothing is looked at before", (left + time.Second - 1).Truncate(time.Second)),
		}
	}
	counted := r
	counted.Failures, counted.Tried = r.Failures+1, now
	if err := l.keep(ctx, counted); err != nil {
		return err
	}
	if !try(&r) {
		return &agents.Error{Code: agents.CodeDenied, Message: l.wrong(), Hint: "try again; after three wrong ones there is a wait. If it is lost: steward unlock --recover, with the recovery code"}
	}
	r.Failures, r.Tried = 0, time.Time{}
	return l.keep(ctx, r)
}

func (l *Lock) wrong() string {
	switch {
	case l.record.Hash != nil && l.record.Factor:
		return "the passphrase or the code is wrong"
	case l.record.Factor:
		return "the code is wrong, or was used already"
	}
	return "the passphrase is wrong"
}

// kdf is how a passphrase becomes a hash. It is kept beside it, so that it can be raised later.
type kdf struct {
	Memory  uint32 `json:"memory_kib"`
	Time    uint32 `json:"time"`
	Threads uint8  `json:"threads"`
	Salt    []byte `json:"salt"`
}

const hashSize = 32

func newKDF() *kdf {
	k := &kdf{Memory: 64 * 1024, Time: 3, Threads: 4, Salt: make([]byte, 16)}
	_, _ = rand.Read(k.Salt) // never fails: the program is ended instead
	return k
}

// valid keeps a foreign record from asking for all memory, for an hour, or for nothing.
func (k *kdf) valid() bool {
	return k != nil && len(k.Salt) >= 16 && len(k.Salt) <= 64 &&
		k.Memory >= 8*1024 && k.Memory <= 1024*1024 && k.Time >= 1 && k.Time <= 16 && k.Threads >= 1 && k.Threads <= 64
}

func (k *kdf) key(passphrase string) []byte {
	key := argon2.IDKey([]byte(passphrase), k.Salt, k.Time, k.Memory, k.Threads, hashSize)
	debug.FreeOSMemory()
	return key
}

func (r *record) matches(passphrase string) bool {
	if len(passphrase) > longestPassphrase {
		return false
	}
	return subtle.ConstantTimeCompare(r.KDF.key(passphrase), r.Hash) == 1
}

// fit says what keeps a passphrase from being chosen.
func fit(passphrase string) error {
	switch {
	case !utf8.ValidString(passphrase) || strings.ContainsAny(passphrase, "\r\n\x00") || len(passphrase) > longestPassphrase:
		return &agents.Error{Code: agents.CodeInvalid, Message: "a passphrase is one line of at most 1,024 bytes", Hint: "choose one that you can remember and nobody can guess"}
	case utf8.RuneCountInString(passphrase) < shortest:
		return &agents.Error{Code: agents.CodeInvalid, Message: "the passphrase is shorter than 8 characters", Hint: "four words that have nothing to do with each other are a good one"}
	}
	return nil
}
