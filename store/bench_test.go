package store_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/agents/email"
	"github.com/stewardhq/steward/store"
)

func BenchmarkRecordStep(b *testing.B) {
	for _, durable := range []bool{false, true} {
		b.Run(fmt.Sprintf("durable=%v", durable), func(b *testing.B) {
			s := open(b)
			run := agents.Run{ID: "01J000000000000000000000RN", State: agents.Running, Created: noon}
			if err := s.Record(ctx, store.Record{Run: &run}); err != nil {
				b.Fatal(err)
			}
			result := json.RawMessage(`{"spans":[{"c":"` + string(make([]byte, 0)) + `a subject of usual length","l":{"integrity":2,"origins":["mail:m_abc"]}}]}`)
			for i := range b.N {
				step := agents.Step{
					Run: run.ID, Seq: i + 1, DoneNo: i + 1, Capability: "mail.search", Effect: agents.Read, State: agents.StepDone,
					Input: json.RawMessage(`{"query":"newer_than:1d"}`), Result: result, Issued: noon, Ended: noon,
				}
				entry := agents.Entry{Kind: "decision", Run: run.ID, Step: i + 1, Content: json.RawMessage(`{"verdict":"allow"}`)}
				if err := s.Record(ctx, store.Record{Steps: []agents.Step{step}, Ledger: []agents.Entry{entry}, Durable: durable}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// What a row of the ledger adds to a step is the difference between the two.
func BenchmarkStepWithLedger(b *testing.B) {
	for _, rows := range []int{0, 1, 2} {
		b.Run(fmt.Sprintf("rows=%d", rows), func(b *testing.B) {
			s := open(b)
			run := agents.Run{ID: "01J000000000000000000000RN", State: agents.Running, Created: noon}
			if err := s.Record(ctx, store.Record{Run: &run}); err != nil {
				b.Fatal(err)
			}
			for i := 0; b.Loop(); i++ {
				step := agents.Step{Run: run.ID, Seq: i + 1, DoneNo: i + 1, Capability: "mail.search", Effect: agents.Read, State: agents.StepDone, Input: json.RawMessage(`{}`), Issued: noon, Ended: noon}
				if err := s.Record(ctx, store.Record{Steps: []agents.Step{step}, Ledger: entries(i, rows)}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkVerifyLedger(b *testing.B) {
	const rows = 100_000
	s, _ := long(b, rows)
	for b.Loop() {
		if v := verify(b, s); !v.OK || v.Rows != rows {
			b.Fatal(v)
		}
	}
	b.ReportMetric(rows*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkAddMails(b *testing.B) {
	s := open(b)
	r := rand.New(rand.NewPCG(1, 2))
	var batches [][]email.Parsed
	for n := 0; n < b.N; n += 200 {
		batches = append(batches, synthetic(r, n, min(200, b.N-n)))
	}
	b.ResetTimer()
	for _, batch := range batches {
		add(b, s, batch...)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "mails/s")
}

// large is a store with 50,000 mails, made once for all benchmarks that search.
var large = sync.OnceValues(func() (*store.Store, error) {
	dir, err := os.MkdirTemp("", "steward-bench")
	if err != nil {
		return nil, err
	}
	largeDir = dir
	s, err := store.Open(ctx, store.Options{Dir: dir, Master: master, Now: at})
	if err != nil {
		return nil, err
	}
	r := rand.New(rand.NewPCG(3, 4))
	start, done := time.Now(), 0
	for n := 0; n < 50_000; n += 200 {
		if _, err := s.AddMails(ctx, synthetic(r, n, 200)); err != nil {
			return nil, err
		}
		if n%10_000 == 9_800 {
			fmt.Printf("filling: %d mails, the last %.0f at %.0f/s\n", n+200, float64(n+200-done), float64(n+200-done)/time.Since(start).Seconds())
			start, done = time.Now(), n+200
		}
	}
	return s, nil
})

var largeDir string

func TestMain(m *testing.M) {
	if dir := os.Getenv(crashDir); dir != "" {
		crashChild(dir)
	}
	code := m.Run()
	if largeDir != "" {
		if err := os.RemoveAll(largeDir); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
	}
	os.Exit(code)
}

func BenchmarkSearchWord(b *testing.B) {
	s, err := large()
	if err != nil {
		b.Fatal(err)
	}
	yes := true
	for _, c := range []struct {
		name string
		q    email.Query
	}{
		{"date", email.Query{Terms: []email.Term{{Text: "lantern"}}}},
		{"rank", email.Query{Terms: []email.Term{{Text: "lantern"}}, Rank: true}},
		{"common by rank", email.Query{Terms: []email.Term{{Text: "w0"}}, Rank: true}},
		{"date and unread", email.Query{Terms: []email.Term{{Text: "lantern"}}, Unread: &yes}},
		{"everything", email.Query{}},
		{"count", email.Query{Terms: []email.Term{{Text: "lantern"}}, Limit: -1}},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				if c.q.Limit < 0 {
					if n, err := s.Count(ctx, c.q); err != nil || n < 4000 {
						b.Fatal(n, err)
					}
					continue
				}
				if found, err := s.Search(ctx, c.q); err != nil || len(found) != 50 {
					b.Fatal(len(found), err)
				}
			}
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			b.ReportMetric(float64(m.Sys>>20), "MB")
		})
	}
}
