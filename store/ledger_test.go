package store_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/store"
)

func entries(from, count int) []agents.Entry {
	all := make([]agents.Entry, count)
	for i := range all {
		all[i] = agents.Entry{Kind: []string{"decision", "egress"}[i%2], Run: fmt.Sprintf("01JRUN%04d", i%3), Step: i, Content: json.RawMessage(fmt.Sprintf(`{"n":%d}`, from+i))}
	}
	return all
}

func verify(t testing.TB, s *store.Store) store.Verification {
	t.Helper()
	return must[store.Verification](t)(s.VerifyLedger(ctx))
}

func TestLedgerListsAndVerifies(t *testing.T) {
	dir := t.TempDir()
	s := openAt(t, dir)
	if v := verify(t, s); !v.OK || v.Rows != 0 {
		t.Errorf("an empty ledger is %+v", v)
	}
	record(t, s, store.Record{Ledger: entries(0, 10)})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = openAt(t, dir)
	record(t, s, store.Record{Ledger: entries(10, 2)})
	if v := verify(t, s); !v.OK || v.Rows != 12 || v.FirstBad != 0 || v.Problem != "" {
		t.Errorf("the ledger is %+v", v)
	}
	for _, c := range []struct {
		f    store.LedgerFilter
		want string
	}{
		{store.LedgerFilter{}, "0 1 2 3 4 5 6 7 8 9 10 11"},
		{store.LedgerFilter{After: 9, Limit: 2}, "9 10"},
		{store.LedgerFilter{Kind: "egress", Limit: 3}, "1 3 5"},
		{store.LedgerFilter{Run: "01JRUN0001", After: 3}, "4 7 11"},
		{store.LedgerFilter{Run: "none"}, ""},
	} {
		var got []string
		for _, r := range must[[]store.LedgerRow](t)(s.Ledger(ctx, c.f)) {
			var content struct{ N int }
			if err := json.Unmarshal(r.Content, &content); err != nil {
				t.Fatal(err)
			}
			if int(r.Seq) != content.N+1 || !r.Time.Equal(noon) || len(r.Hash) != 64 || r.Erased {
				t.Errorf("row %+v", r)
			}
			got = append(got, fmt.Sprint(content.N))
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%+v lists %v, want %s", c.f, got, c.want)
		}
	}
}

func TestLedgerNoticesTampering(t *testing.T) {
	head := func(dir string) string { return filepath.Join(dir, "ledger.head") }
	for _, c := range []struct {
		name     string
		do       func(t *testing.T, dir string)
		firstBad int64
	}{
		{"a kind is changed", func(t *testing.T, dir string) { tamper(t, dir, "UPDATE ledger SET kind = 'x' WHERE seq = 5") }, 5},
		{"a time is changed", func(t *testing.T, dir string) { tamper(t, dir, "UPDATE ledger SET time = time + 1 WHERE seq = 5") }, 5},
		{"a run is changed", func(t *testing.T, dir string) { tamper(t, dir, "UPDATE ledger SET run = '' WHERE seq = 5") }, 5},
		{"a step is changed", func(t *testing.T, dir string) { tamper(t, dir, "UPDATE ledger SET step = 99 WHERE seq = 5") }, 5},
		{"a hash is changed", func(t *testing.T, dir string) {
			tamper(t, dir, "UPDATE ledger SET hash = randomblob(32) WHERE seq = 5")
		}, 5},
		{"a commitment is cut", func(t *testing.T, dir string) { tamper(t, dir, "UPDATE ledger SET commitment = x'00' WHERE seq = 5") }, 5},
		{"a content is changed", func(t *testing.T, dir string) {
			tamper(t, dir, "UPDATE ledger_content SET sealed = randomblob(99) WHERE seq = 5")
		}, 5},
		{"two contents are exchanged", func(t *testing.T, dir string) {
			tamper(t, dir, "UPDATE ledger_content SET sealed = (SELECT sealed FROM ledger_content WHERE seq = 7) WHERE seq = 6")
		}, 6},
		{"a row is removed", func(t *testing.T, dir string) { tamper(t, dir, "DELETE FROM ledger WHERE seq = 5") }, 5},
		{"the first row is removed", func(t *testing.T, dir string) { tamper(t, dir, "DELETE FROM ledger WHERE seq = 1") }, 1},
		{"the end is cut off", func(t *testing.T, dir string) { tamper(t, dir, "DELETE FROM ledger WHERE seq > 8") }, 9},
		{"all is removed", func(t *testing.T, dir string) { tamper(t, dir, "DELETE FROM ledger") }, 1},
		{"the checkpoint is removed", func(t *testing.T, dir string) {
			if err := os.Remove(head(dir)); err != nil {
				t.Fatal(err)
			}
		}, 10},
		{"the end is cut off and a checkpoint forged", func(t *testing.T, dir string) {
			tamper(t, dir, "DELETE FROM ledger WHERE seq > 8")
			forged := strings.Replace(string(must[[]byte](t)(os.ReadFile(head(dir)))), `"seq":10`, `"seq":8`, 1)
			if err := os.WriteFile(head(dir), []byte(forged), 0o600); err != nil {
				t.Fatal(err)
			}
		}, 8},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			s := openAt(t, dir)
			record(t, s, store.Record{Ledger: entries(0, 10)})
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			c.do(t, dir)
			for range 2 { // closing does not wipe out the evidence
				s = openAt(t, dir)
				if v := verify(t, s); v.OK || v.FirstBad != c.firstBad || v.Problem == "" {
					t.Errorf("%+v, want the first bad row %d", v, c.firstBad)
				}
				if err := s.Close(); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

func TestLedgerVerifiesAfterErasure(t *testing.T) {
	dir := t.TempDir()
	s := openAt(t, dir)
	record(t, s, store.Record{Ledger: entries(0, 10)})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	tamper(t, dir, "DELETE FROM ledger_content WHERE seq IN (4, 5)")
	s = openAt(t, dir)
	if v := verify(t, s); !v.OK || v.Rows != 10 {
		t.Errorf("after an erasure the ledger is %+v", v)
	}
	rows := must[[]store.LedgerRow](t)(s.Ledger(ctx, store.LedgerFilter{After: 3, Limit: 1}))
	if len(rows) != 1 || !rows[0].Erased || rows[0].Content != nil {
		t.Errorf("the erased row is %+v", rows)
	}
}

func TestReanchorSaysSo(t *testing.T) {
	dir := t.TempDir()
	s := openAt(t, dir)
	record(t, s, store.Record{Ledger: entries(0, 10)})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	tamper(t, dir, "DELETE FROM ledger_content WHERE seq > 8")
	tamper(t, dir, "DELETE FROM ledger WHERE seq > 8") // as a restored backup would be
	s = openAt(t, dir)
	if err := s.Reanchor(ctx, "restored the backup of Friday"); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if v := verify(t, s); !v.OK || v.Rows != 9 {
			t.Errorf("after anchoring the ledger is %+v", v)
		}
		rows := must[[]store.LedgerRow](t)(s.Ledger(ctx, store.LedgerFilter{Kind: "restore"}))
		if len(rows) != 1 || !strings.Contains(string(rows[0].Content), "Friday") || !strings.Contains(string(rows[0].Content), "row 10") {
			t.Errorf("the restore is told as %+v", rows)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		s = openAt(t, dir)
	}
}

// A store that is never closed, as after kill -9, has a checkpoint nevertheless, and is never behind it.
func TestLedgerCheckpointsAsItGrows(t *testing.T) {
	dir := t.TempDir()
	s := openAt(t, dir)
	seq := func() int64 {
		var h struct{ Seq int64 }
		if err := json.Unmarshal(must[[]byte](t)(os.ReadFile(filepath.Join(dir, "ledger.head"))), &h); err != nil {
			t.Fatal(err)
		}
		return h.Seq
	}
	if seq() != 0 {
		t.Errorf("a new store has its checkpoint at %d", seq())
	}
	for i := range 200 {
		record(t, s, store.Record{Ledger: entries(i, 1)})
		if behind := int64(i) + 1 - seq(); behind < 0 || behind > 64 {
			t.Fatalf("after %d rows the checkpoint is at %d", i+1, seq())
		}
	}
	if seq() < 128 {
		t.Errorf("after 200 rows the checkpoint is at %d", seq())
	}
}
