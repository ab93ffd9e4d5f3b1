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
	"github.com/stewardhq/steward/store/link"
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
		{"two rows are exchanged with their numbers", func(t *testing.T, dir string) {
			exchange(t, dir, "ledger", 5, 6)
			exchange(t, dir, "ledger_content", 5, 6)
		}, 5},
		{"a row is put in between", func(t *testing.T, dir string) {
			tamper(t, dir, "PRAGMA foreign_keys = OFF; UPDATE ledger SET seq = -seq WHERE seq >= 5; UPDATE ledger SET seq = 1 - seq WHERE seq < 0")
			tamper(t, dir, "INSERT INTO ledger SELECT 5, time, kind, run, step, commitment, hash FROM ledger WHERE seq = 4")
		}, 5},
		{"a row is put before the first", func(t *testing.T, dir string) {
			tamper(t, dir, "INSERT INTO ledger SELECT -3, time, kind, run, step, commitment, hash FROM ledger WHERE seq = 4")
		}, 1},
		{"a row is put at the end", func(t *testing.T, dir string) {
			tamper(t, dir, "INSERT INTO ledger SELECT 11, time, kind, run, step, commitment, hash FROM ledger WHERE seq = 4")
		}, 11},
		{"a content is put where none was", func(t *testing.T, dir string) {
			tamper(t, dir, "DELETE FROM ledger_content WHERE seq = 5")
			tamper(t, dir, "INSERT INTO ledger_content SELECT 5, sealed FROM ledger_content WHERE seq = 4")
		}, 5},
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
				} else if c.name == "a row is removed" && v.Problem != "row 5 is missing" {
					t.Errorf("%s is told as %q", c.name, v.Problem)
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
		if behind := int64(i) + 1 - seq(); behind < 0 || behind > 128 {
			t.Fatalf("after %d rows the checkpoint is at %d", i+1, seq())
		}
	}
	if seq() < 128 {
		t.Errorf("after 200 rows the checkpoint is at %d", seq())
	}
}

// exchange makes two rows of a table change places, each under the other's number.
func exchange(t *testing.T, dir, table string, a, b int) {
	t.Helper()
	tamper(t, dir, fmt.Sprintf("PRAGMA foreign_keys = OFF; UPDATE %[1]s SET seq = -1 WHERE seq = %[2]d; UPDATE %[1]s SET seq = %[2]d WHERE seq = %[3]d; UPDATE %[1]s SET seq = %[3]d WHERE seq = -1", table, a, b))
}

// long is a ledger that is checked in several stretches.
func long(t testing.TB, rows int) (*store.Store, string) {
	t.Helper()
	dir := t.TempDir()
	s := openAt(t, dir)
	for n := 0; n < rows; n += 1000 {
		record(t, s, store.Record{Ledger: entries(n, min(1000, rows-n))})
	}
	return s, dir
}

func TestLongLedger(t *testing.T) {
	const rows = 9000
	s, dir := long(t, rows)
	if v := verify(t, s); !v.OK || v.Rows != rows {
		t.Fatalf("%+v", v)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for _, seq := range []int{1, 2249, 2250, 2251, 4499, 4500, 4501, 8999, 9000} { // where stretches may meet
		t.Run(fmt.Sprint(seq), func(t *testing.T) {
			copied := t.TempDir()
			if err := os.CopyFS(copied, os.DirFS(dir)); err != nil {
				t.Fatal(err)
			}
			tamper(t, copied, fmt.Sprintf("UPDATE ledger SET kind = 'x' WHERE seq IN (%d, 9000)", seq))
			s := openAt(t, copied)
			if v := verify(t, s); v.OK || v.FirstBad != int64(seq) || v.Rows != rows {
				t.Errorf("%+v, want the first bad row %d", v, seq)
			}
			_ = s.Close()
			tamper(t, copied, fmt.Sprintf("DELETE FROM ledger_content WHERE seq = %[1]d; DELETE FROM ledger WHERE seq = %[1]d", seq))
			s = openAt(t, copied)
			if v := verify(t, s); v.OK || v.FirstBad != int64(seq) {
				t.Errorf("%+v, want row %d missing", v, seq)
			}
			_ = s.Close()
		})
	}
}

// An older database is noticed. With the checkpoint of its time it is a state that was once true: only an export that was
// kept elsewhere shows that it is old, since its last hash is not in it.
func TestRolledBack(t *testing.T) {
	dir := t.TempDir()
	s := openAt(t, dir)
	record(t, s, store.Record{Ledger: entries(0, 5)})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	old := t.TempDir()
	if err := os.CopyFS(old, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	s = openAt(t, dir)
	record(t, s, store.Record{Ledger: entries(5, 5)})
	kept := export(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	head := must[[]byte](t)(os.ReadFile(filepath.Join(dir, "ledger.head")))
	s = openAt(t, old) // database and checkpoint are both old
	if v := verify(t, s); !v.OK || v.Rows != 5 || s.LedgerAlarm() != "" {
		t.Errorf("%+v, %q", v, s.LedgerAlarm())
	}
	_, hash, err := s.LedgerEnd(ctx)
	if err != nil || strings.Contains(lastLine(kept), hash) {
		t.Errorf("the export that was kept does not tell: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(old, "ledger.head"), head, 0o600); err != nil {
		t.Fatal(err)
	}
	s = openAt(t, old) // the database alone is old
	if v := verify(t, s); v.OK || v.FirstBad != 6 || s.LedgerAlarm() == "" {
		t.Errorf("%+v, %q", v, s.LedgerAlarm())
	}
}

// export is the whole export of a ledger.
func export(t testing.TB, s *store.Store) string {
	t.Helper()
	var all strings.Builder
	for after, done := int64(0), false; !done; {
		page, err := s.ExportLedger(ctx, after)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(page.Lines)
		after, done = page.Last, page.Done
	}
	return all.String()
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return lines[len(lines)-1]
}

func TestExportVerifiesWithoutTheHome(t *testing.T) {
	dir := t.TempDir()
	s := openAt(t, dir)
	if v, erased, err := link.VerifyExport(strings.NewReader(export(t, s))); err != nil || !v.OK || v.Rows != 0 || erased != 0 {
		t.Errorf("an empty ledger: %+v, %v", v, err)
	}
	record(t, s, store.Record{Ledger: append(entries(0, 2500),
		agents.Entry{Kind: "setting", Content: json.RawMessage("{\"a\": \"<&>\u2028\u202e\"}")}, agents.Entry{Kind: "odd", Content: json.RawMessage("\xff\x00")}, agents.Entry{Kind: "none"})})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	tamper(t, dir, "DELETE FROM ledger_content WHERE seq IN (4, 5)")
	s = openAt(t, dir)
	text := export(t, s)
	check := func(text string) store.Verification {
		t.Helper()
		v, _, err := link.VerifyExport(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	v, erased, err := link.VerifyExport(strings.NewReader(text))
	if err != nil || !v.OK || v.Rows != 2503 || erased != 2 {
		t.Fatalf("%+v, %d erased, %v", v, erased, err)
	}
	lines := strings.SplitAfter(text, "\n")
	for name, c := range map[string]struct {
		text string
		bad  int64
	}{
		"a time":          {strings.Replace(text, lines[9], strings.Replace(lines[9], "12:00:00", "12:00:01", 1), 1), 10},
		"a kind":          {strings.Replace(text, lines[9], strings.Replace(lines[9], `"kind":"egress"`, `"kind":"decision"`, 1), 1), 10},
		"a content":       {strings.Replace(text, lines[9], strings.Replace(lines[9], `n\":9`, `n\":8`, 1), 1), 10},
		"a row is gone":   {strings.Replace(text, lines[9], "", 1), 10},
		"two exchanged":   {strings.Replace(text, lines[9]+lines[10], lines[10]+lines[9], 1), 10},
		"a row twice":     {strings.Replace(text, lines[9], lines[9]+lines[9], 1), 11},
		"the end":         {strings.Join(lines[:20], ""), 21},
		"end, checkpoint": {strings.Join(lines[:20], "") + lines[2503], 21},
		"something after": {text + lines[0], 2504},
		"forged end":      {strings.Join(lines[:2503], "") + strings.Replace(lines[2503], `"rows":2503`, `"rows":2502`, 1), 2504},
	} {
		if c.text == text {
			t.Errorf("%s: nothing was changed", name)
		}
		if v := check(c.text); v.OK || v.FirstBad != c.bad {
			t.Errorf("%s: %+v, want row %d", name, v, c.bad)
		}
	}
	for name, text := range map[string]string{"empty": "", "prose": "hello", "other": `{"type":"mail"}`, "a field more": strings.Replace(text, `{"type"`, `{"more":1,"type"`, 1)} {
		if _, _, err := link.VerifyExport(strings.NewReader(text)); agents.CodeOf(err) != agents.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	// What no longer opens is exported all the same, as that.
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	tamper(t, dir, "UPDATE ledger_content SET sealed = randomblob(99) WHERE seq = 7")
	if v := check(export(t, openAt(t, dir))); v.OK || v.FirstBad != 7 {
		t.Errorf("%+v", v)
	}
}
