package server

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"sync"
	"time"
)

const (
	secretBytes  = 32
	linkGood     = 10 * time.Minute
	sessionGood  = 30 * 24 * time.Hour
	maxLinks     = 16
	maxSessions  = 64
	triesAtOnce  = 10          // at exchanging a token
	triesRefresh = time.Second // until one more is allowed
)

// gate knows who may come in. Of tokens and cookies it keeps hashes only.
type gate struct {
	now func() time.Time

	mu       sync.Mutex
	links    []pass
	sessions []pass
	tries    int
	counted  time.Time // when tries was last lowered
}

type pass struct {
	hash [sha256.Size]byte
	till time.Time
}

func newGate(now func() time.Time) gate { return gate{now: now} }

func secret() string {
	var b [secretBytes]byte
	_, _ = rand.Read(b[:]) // never fails: the program is ended instead
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// link makes a token that begins one session.
func (g *gate) link() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	token := secret()
	g.links = g.issue(g.links, token, linkGood, maxLinks)
	return token
}

// issue adds a pass. Those that have run out, and the oldest above the most, are dropped.
func (g *gate) issue(all []pass, secret string, good time.Duration, most int) []pass {
	now := g.now()
	kept := make([]pass, 0, len(all)+1)
	for _, p := range all {
		if now.Before(p.till) {
			kept = append(kept, p)
		}
	}
	kept = append(kept, pass{sha256.Sum256([]byte(secret)), now.Add(good)})
	return kept[max(0, len(kept)-most):]
}

// find gives the place of a secret's pass, or -1. It takes as long whether there is one or not.
func (g *gate) find(all []pass, secret string) int {
	hash, found, now := sha256.Sum256([]byte(secret)), -1, g.now()
	for i, p := range all {
		if subtle.ConstantTimeCompare(hash[:], p.hash[:]) == 1 && now.Before(p.till) {
			found = i
		}
	}
	return found
}

// admit exchanges a token for a session's secret. It is throttled: a guess more than the allowed ones is not looked at.
func (g *gate) admit(token string) (session string, ok, throttled bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.now()
	if less := int(now.Sub(g.counted) / triesRefresh); less > 0 {
		g.tries, g.counted = max(0, g.tries-less), now
	}
	if g.tries >= triesAtOnce {
		return "", false, true
	}
	at := g.find(g.links, token)
	if at < 0 {
		g.tries++
		return "", false, false
	}
	g.links = append(g.links[:at:at], g.links[at+1:]...)
	session = secret()
	g.sessions = g.issue(g.sessions, session, sessionGood, maxSessions)
	return session, true, false
}

// good reports whether a token would be admitted; it stays as good as it is.
func (g *gate) good(token string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.tries < triesAtOnce && g.find(g.links, token) >= 0
}

// end ends a session.
func (g *gate) end(session string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if at := g.find(g.sessions, session); at >= 0 {
		g.sessions = append(g.sessions[:at:at], g.sessions[at+1:]...)
	}
}

func (g *gate) knows(session string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.find(g.sessions, session) >= 0
}
