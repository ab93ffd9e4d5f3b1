package intake_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/agents/email"
	"github.com/stewardhq/steward/agents/email/sample"
	"github.com/stewardhq/steward/app/connect/mailfile"
	"github.com/stewardhq/steward/app/intake"
	"github.com/stewardhq/steward/store"
)

var now = time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)

// sink is a store in memory: it knows a mail again by its key.
type sink struct {
	mu       sync.Mutex
	keys     map[string]bool
	subjects []string
	batches  []int
	failAt   int // the batch that fails, from 1
}

var errFull = &agents.Error{Code: agents.CodeDiskFull, Message: "the disk is full"}

func (s *sink) AddMails(ctx context.Context, mails []email.Parsed) (store.AddResult, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return store.AddResult{}, err
	}
	s.batches = append(s.batches, len(mails))
	if len(s.batches) == s.failAt {
		return store.AddResult{}, errFull
	}
	var r store.AddResult
	if s.keys == nil {
		s.keys = map[string]bool{}
	}
	for _, m := range mails {
		if s.keys[m.DedupeKey] {
			r.Duplicates++
			continue
		}
		s.keys[m.DedupeKey] = true
		s.subjects = append(s.subjects, m.Subject)
		r.Imported++
	}
	return r, nil
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// mbox writes n messages of about size bytes into a file.
func mbox(t *testing.T, n, size int) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a.mbox")
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "From a Thu Nov 19 09:00:00 2026\nFrom: a%d@b.example\nTo: sam@lin.example\nSubject: %d\nMessage-ID: <%d@b.example>\nDate: Thu, 19 Nov 2026 09:00:00 +0000\n\n%s\n\n", i%7, i, i, strings.Repeat("word ", size/5))
	}
	must(t, os.WriteFile(path, []byte(b.String()), 0o600))
	return path
}

func options(paths ...string) intake.Options {
	return intake.Options{Paths: paths, Account: "home", Now: now}
}

func TestImportKeepsOrderAndBatches(t *testing.T) {
	var s sink
	var last intake.Progress
	o := options(mbox(t, 1001, 500))
	o.Progress = func(p intake.Progress) { last = p }
	r, err := intake.Import(t.Context(), o, &s)
	if err != nil || r.Imported != 1001 || r.Duplicates != 0 || r.Left != 0 || len(r.Damaged) != 0 || fmt.Sprint(r.Me) != "[sam@lin.example]" {
		t.Fatalf("result = %+v, %v", r, err)
	}
	for i, subject := range s.subjects {
		if subject != fmt.Sprint(i) {
			t.Fatalf("message %d is %q", i, subject)
		}
	}
	if slices.Max(s.batches) > 200 || last.Read != 1001 || last.Imported != 1001 || last.Bytes < 1001*500 {
		t.Errorf("batches %v, progress %+v", s.batches, last)
	}
}

func TestImportAgainAddsNothing(t *testing.T) {
	path := mbox(t, 450, 200)
	s := sink{failAt: 2}
	r, err := intake.Import(t.Context(), options(path), &s)
	if !errors.Is(err, errFull) || r.Imported != 200 {
		t.Fatalf("a full disk: %+v, %v", r, err)
	}
	for range 2 {
		r, err = intake.Import(t.Context(), options(path), &s)
		must(t, err)
	}
	if r.Imported != 0 || r.Duplicates != 450 || len(s.subjects) != 450 {
		t.Errorf("again: %+v, %d messages", r, len(s.subjects))
	}
}

func TestImportIsCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	o := options(mbox(t, 2000, 200))
	o.Progress = func(intake.Progress) { cancel() }
	var s sink
	r, err := intake.Import(ctx, o, &s)
	if !errors.Is(err, context.Canceled) || r.Imported == 0 || r.Imported != len(s.subjects) {
		t.Errorf("result = %+v, %v", r, err)
	}
}

// Messages that are larger than all that may be in flight pass one at a time, and nobody waits for ever.
func TestImportOfLargeMessages(t *testing.T) {
	var s sink
	r, err := intake.Import(t.Context(), options(mbox(t, 3, 10<<20), mbox(t, 10, 100), mbox(t, 1, 30<<20)), &s)
	if err != nil || r.Imported != 14 || len(r.Damaged) != 4 {
		t.Errorf("result = %+v, %v", r, err)
	}
}

func TestImportSaysWhatIsWrong(t *testing.T) {
	dir := t.TempDir()
	must(t, os.WriteFile(filepath.Join(dir, "a.eml"), []byte("From: a@b.example\nTo: sam@lin.example\nDate: Thu, 19 Nov 2026 09:00:00 +0000\nContent-Transfer-Encoding: base64\n\n!!!aGVsbG8\n"), 0o600))
	must(t, os.Symlink("nowhere", filepath.Join(dir, "b.eml")))
	var s sink
	r, err := intake.Import(t.Context(), options(dir), &s)
	if err != nil || r.Imported != 1 || r.Left != 1 || len(r.Damaged) != 2 || !strings.HasSuffix(r.Damaged[0].Source, "a.eml") || !strings.Contains(r.Damaged[0].Problem, "encoding") {
		t.Errorf("result = %+v, %v", r, err)
	}
	r, err = intake.Import(t.Context(), options(dir, filepath.Join(dir, "missing")), &s)
	if agents.CodeOf(err) != agents.CodeNotFound || r.Damaged == nil || r.Me == nil {
		t.Errorf("a missing path: %#v, %v", r, err)
	}
}

func TestImportOfItems(t *testing.T) {
	o := options()
	o.Me = []string{sample.Me}
	for _, m := range sample.Messages(now) {
		o.Items = append(o.Items, mailfile.Item{Source: "sample", Raw: m.Raw, Flags: email.Flags{Seen: m.Seen, Flagged: m.Flagged, Sent: m.Mine}})
	}
	var s sink
	r, err := intake.Import(t.Context(), o, &s)
	if err != nil || r.Imported != len(o.Items) || r.Left != 0 {
		t.Errorf("result = %+v, %v", r, err)
	}
}

func TestGuessMe(t *testing.T) {
	item := func(header string, flags email.Flags) mailfile.Item {
		return mailfile.Item{Raw: []byte(header + "\n\nx"), Flags: flags}
	}
	rows := []struct {
		name  string
		items []mailfile.Item
		want  string
	}{
		{"delivered to", []mailfile.Item{item("Delivered-To: sam@lin.example\nTo: list@x.example", email.Flags{}), item("X-Original-To: sam@lin.example\nTo: list@x.example", email.Flags{})}, "[sam@lin.example]"},
		{"sent from", []mailfile.Item{item("From: Sam <sam@lin.example>\nTo: a@b.example", email.Flags{Sent: true}), item("To: a@b.example", email.Flags{})}, "[sam@lin.example]"},
		{"both", []mailfile.Item{item("From: Sam <s@work.example>", email.Flags{Sent: true}), item("Delivered-To: sam@lin.example", email.Flags{})}, "[s@work.example sam@lin.example]"},
		{"most frequent recipient", []mailfile.Item{item("To: a@b.example, sam@lin.example", email.Flags{}), item("Cc: sam@lin.example", email.Flags{})}, "[sam@lin.example]"},
		{"a tie", []mailfile.Item{item("To: a@b.example, sam@lin.example", email.Flags{})}, "[]"},
		{"nothing", nil, "[]"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			me, err := intake.GuessMe(t.Context(), intake.Options{Items: row.items})
			if err != nil || fmt.Sprint(me) != row.want {
				t.Errorf("GuessMe = %v, %v; want %s", me, err, row.want)
			}
		})
	}
}

// nowhere takes everything and keeps nothing.
type nowhere struct{ peak uint64 }

func (n *nowhere) AddMails(_ context.Context, mails []email.Parsed) (store.AddResult, error) {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	n.peak = max(n.peak, m.HeapInuse)
	return store.AddResult{Imported: len(mails)}, nil
}

// BenchmarkImport is the pipeline without a store: messages a second, and the heap at its fullest.
func BenchmarkImport(b *testing.B) {
	path := filepath.Join(b.TempDir(), "a.mbox")
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	messages := sample.Messages(now)
	const n = 10_000
	for i := range n {
		if _, err := fmt.Fprintf(f, "From a Thu Nov 19 09:00:00 2026\n%s\n\n", messages[i%len(messages)].Raw); err != nil {
			b.Fatal(err)
		}
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
	var s nowhere
	for b.Loop() {
		if r, err := intake.Import(context.Background(), options(path), &s); err != nil || r.Imported != n {
			b.Fatal(r.Imported, err)
		}
	}
	b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "msg/s")
	b.ReportMetric(float64(s.peak)/(1<<20), "MB-heap")
}
