package store_test

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/agents/email"
	"github.com/stewardhq/steward/store"
)

var (
	ctx    = context.Background()
	master = [32]byte{7, 7, 7}
	noon   = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
)

func at() time.Time { return noon }

func openAt(t testing.TB, dir string) *store.Store {
	t.Helper()
	s, err := store.Open(ctx, store.Options{Dir: dir, Master: master, Now: at})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func open(t testing.TB) *store.Store {
	t.Helper()
	return openAt(t, t.TempDir())
}

// letter is a mail with everything a test may want to change.
func letter(id, from, to, subject string, received time.Time) email.Parsed {
	m := email.Parsed{Message: email.Message{
		Account: "home", From: email.Address{Address: from}, To: []email.Address{{Address: to}}, Subject: subject,
		Received: received, Sent: received, Kind: email.Personal, MessageID: id, Unread: true,
	}, DedupeKey: id}
	m.Raw = fmt.Appendf(nil, "From: %s\r\nTo: %s\r\nSubject: %s\r\nMessage-ID: <%s>\r\n\r\nbody of %s\r\n", from, to, subject, id, id)
	m.Size, m.Text = int64(len(m.Raw)), "body of "+id
	return m
}

func add(t testing.TB, s *store.Store, mails ...email.Parsed) []string {
	t.Helper()
	r, err := s.AddMails(ctx, mails)
	if err != nil {
		t.Fatal(err)
	}
	return r.IDs
}

func must[T any](t testing.TB) func(v T, err error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func wantCode(t testing.TB, err error, code string) {
	t.Helper()
	if agents.CodeOf(err) != code {
		t.Errorf("error %v has code %q, want %q", err, agents.CodeOf(err), code)
	}
	if err != nil && agents.AsError(err).Hint == "" {
		t.Errorf("error %v has no hint", err)
	}
}

// synthetic makes mails of about 2 KB from a vocabulary with the skew of real text, spread over three years.
func synthetic(r *rand.Rand, from, count int) []email.Parsed {
	zipf := rand.NewZipf(r, 1.1, 3, 60_000)
	mails := make([]email.Parsed, count)
	for i := range mails {
		var b strings.Builder
		for b.Len() < 1700 {
			fmt.Fprintf(&b, "w%x ", zipf.Uint64()*2654435761%1_000_003)
		}
		sender := fmt.Sprintf("person%d@example%d.org", r.IntN(2000), r.IntN(50))
		id := fmt.Sprintf("%d.%d@example.org", from+i, r.Uint32())
		m := letter(id, sender, "me@example.org", "w"+fmt.Sprint(r.IntN(500))+" w"+fmt.Sprint(zipf.Uint64()), noon.Add(-time.Duration(r.IntN(3*365*24*3600))*time.Second))
		m.Text = b.String()
		if i%3 == 0 && i > 0 {
			m.References = []string{mails[i-1].MessageID}
		}
		if i%10 == 0 {
			m.Text += " lantern"
		}
		m.Raw = append(m.Raw, m.Text...)
		m.Size = int64(len(m.Raw))
		mails[i] = m
	}
	return mails
}

// raw opens the database past the store.
func raw(t testing.TB, dir string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(dir, "steward.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func count(t testing.TB, s *store.Store, query string) int {
	t.Helper()
	var n int
	if err := raw(t, s.Dir()).QueryRow(query).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// tamper changes the database of a closed store.
func tamper(t testing.TB, dir, query string, args ...any) {
	t.Helper()
	db := raw(t, dir)
	r, err := db.Exec(query, args...)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := r.RowsAffected(); err != nil || n == 0 {
		t.Fatalf("%s changed %d rows, %v", query, n, err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}
