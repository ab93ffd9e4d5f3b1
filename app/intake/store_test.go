package intake_test

import (
	"archive/zip"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stewardhq/steward/agents/email"
	"github.com/stewardhq/steward/agents/email/sample"
	"github.com/stewardhq/steward/app/intake"
	"github.com/stewardhq/steward/store"
)

func openStore(tb testing.TB) *store.Store {
	tb.Helper()
	dir := filepath.Join(tb.TempDir(), "home")
	if err := os.Mkdir(dir, 0o700); err != nil {
		tb.Fatal(err)
	}
	s, err := store.Open(context.Background(), store.Options{Dir: dir, Master: [32]byte{1}, Now: func() time.Time { return now }})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.Close(); err != nil {
			tb.Error(err)
		}
	})
	return s
}

// A mailbox of ours as other programs would export it, into the real store: broken off, and imported again from another
// kind of file, nothing is lost and nothing is there twice.
func TestImportIntoTheStore(t *testing.T) {
	dir := t.TempDir()
	var messages [][]byte
	for i, m := range append(sample.Messages(now), sample.Messages(now)...) { // more than one batch
		messages = append(messages, fmt.Appendf(nil, "%s\r\n%d\r\n", m.Raw, i))
	}
	box, err := os.Create(filepath.Join(dir, "all.mbox"))
	must(t, err)
	maildir := filepath.Join(dir, "Maildir")
	must(t, os.MkdirAll(filepath.Join(maildir, "cur"), 0o700))
	must(t, os.MkdirAll(filepath.Join(maildir, "new"), 0o700))
	for i, raw := range messages {
		_, err := fmt.Fprintf(box, "From a Thu Nov 19 09:00:00 2026\nStatus: RO\n%s\n\n", raw)
		must(t, err)
		must(t, os.WriteFile(filepath.Join(maildir, "cur", fmt.Sprintf("%03d.host:2,S", i)), raw, 0o600))
	}
	must(t, box.Close())
	s := openStore(t)
	o := options(box.Name())
	o.Me = []string{sample.Me}

	ctx, cancel := context.WithCancel(t.Context())
	first := o
	first.Progress = func(intake.Progress) { cancel() }
	broken, err := intake.Import(ctx, first, s)
	if err == nil || broken.Imported == 0 || broken.Imported == len(messages) {
		t.Fatalf("broken off: %d imported, %v", broken.Imported, err)
	}
	rest, err := intake.Import(t.Context(), o, s)
	if err != nil || broken.Imported+rest.Imported != len(messages) || rest.Duplicates != broken.Imported {
		t.Errorf("again: %d and %d imported, %d duplicates, %v", broken.Imported, rest.Imported, rest.Duplicates, err)
	}
	o.Paths = []string{maildir}
	again, err := intake.Import(t.Context(), o, s)
	if err != nil || again.Imported != 0 || again.Duplicates != len(messages) {
		t.Errorf("from the Maildir: %d imported, %d duplicates, %v", again.Imported, again.Duplicates, err)
	}
	archive := filepath.Join(t.TempDir(), "takeout.zip")
	f, err := os.Create(archive)
	must(t, err)
	z := zip.NewWriter(f)
	must(t, z.AddFS(os.DirFS(dir)))
	must(t, z.Close())
	must(t, f.Close())
	o.Paths = []string{archive}
	again, err = intake.Import(t.Context(), o, s)
	if err != nil || again.Imported != 0 || again.Duplicates != 2*len(messages) {
		t.Errorf("from an archive of both: %d imported, %d duplicates, %v", again.Imported, again.Duplicates, err)
	}
	for _, query := range []string{"電費", "掛號 OR 包裹", "invoice kind:invoice", `from:anna "second review" OR papers`, "has:attachment newer_than:30d"} {
		q, err := email.ParseQuery(query, now, time.UTC)
		must(t, err)
		if n, err := s.Count(t.Context(), q); err != nil || n == 0 {
			t.Errorf("%s finds %d, %v", query, n, err)
		}
	}
}

// BenchmarkImportIntoTheStore is the whole way: files to sealed, indexed mail. The messages are of the sample's sizes,
// each its own.
func BenchmarkImportIntoTheStore(b *testing.B) {
	path := filepath.Join(b.TempDir(), "a.mbox")
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	messages := sample.Messages(now)
	const n = 4_000
	for i := range n {
		if _, err := fmt.Fprintf(f, "From a Thu Nov 19 09:00:00 2026\n%s\n%d\n\n", messages[i%len(messages)].Raw, i); err != nil {
			b.Fatal(err)
		}
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		s := openStore(b)
		if r, err := intake.Import(context.Background(), options(path), s); err != nil || r.Imported != n {
			b.Fatal(r.Imported, r.Duplicates, err)
		}
	}
	b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "msg/s")
}
