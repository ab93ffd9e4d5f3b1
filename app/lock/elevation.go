package lock

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"time"

	"github.com/stewardhq/steward/agents"
)

// elevation is the proof that passphrase and code were just given. Only its hash is kept, and only in memory.
type elevation struct {
	hash [sha256.Size]byte
	till time.Time
}

// Elevate gives a token for passphrase and code. It holds for five minutes, or until the lock closes.
func (l *Lock) Elevate(ctx context.Context, passphrase, code string) (token string, until time.Time, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.state().Set() {
		return "", time.Time{}, &agents.Error{Code: agents.CodeInvalid, Message: "neither a passphrase nor a second factor is set", Hint: "so nothing needs an elevation"}
	}
	if err := l.prove(ctx, passphrase, code, func(*record) {}); err != nil {
		return "", time.Time{}, err
	}
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails: the program is ended instead
	token, until = base64.RawURLEncoding.EncodeToString(b[:]), l.now().Add(ElevationGood)
	l.elevations = append(l.elevations, elevation{sha256.Sum256([]byte(token)), until})
	l.elevations = l.elevations[max(0, len(l.elevations)-maxElevations):]
	return token, until, nil
}

// Elevated tells until when a token holds; the zero time where it does not. It takes as long whether it does or not.
func (l *Lock) Elevated(token string) (until time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	hash, now := sha256.Sum256([]byte(token)), l.now()
	for _, e := range l.elevations {
		if subtle.ConstantTimeCompare(hash[:], e.hash[:]) == 1 && now.Before(e.till) {
			until = e.till
		}
	}
	return until
}
