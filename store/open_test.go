package store_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/agents/email"
	"github.com/stewardhq/steward/store"
)

// filled is the directory of a closed store with something in it.
func filled(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	s := openAt(t, dir)
	add(t, s, letter("1", "anna@example.org", "me@example.org", "Dinner", noon))
	record(t, s, store.Record{Run: &agents.Run{ID: "01JRUN0001", Created: noon}, Ledger: entries(0, 3)})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestOpenRefuses(t *testing.T) {
	write := func(name, content string) func(*testing.T, string) {
		return func(t *testing.T, dir string) {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, c := range []struct {
		name, code string
		master     [32]byte
		change     func(*testing.T, string)
	}{
		{"another master key", agents.CodeLocked, [32]byte{1}, func(*testing.T, string) {}},
		{"no keyring", agents.CodeDamaged, master, func(t *testing.T, dir string) {
			if err := os.Remove(filepath.Join(dir, "keyring")); err != nil {
				t.Fatal(err)
			}
		}},
		{"a keyring of another home", agents.CodeLocked, master, func(t *testing.T, dir string) {
			other := t.TempDir()
			s, err := store.Open(ctx, store.Options{Dir: other, Master: [32]byte{2}})
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			write("keyring", string(must[[]byte](t)(os.ReadFile(filepath.Join(other, "keyring")))))(t, dir)
		}},
		{"a text file", agents.CodeDamaged, master, write("steward.db", "This is not a database, but long enough to be taken for one.")},
		{"two bytes", agents.CodeDamaged, master, write("steward.db", "SQ")},
		{"a header and nothing else", agents.CodeDamaged, master, write("steward.db", "SQLite format 3\x00"+strings.Repeat("\xff", 8000))},
		{"a newer database", agents.CodeNewer, master, func(t *testing.T, dir string) {
			if _, err := raw(t, dir).Exec("PRAGMA user_version = 999"); err != nil {
				t.Fatal(err)
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := filled(t)
			c.change(t, dir)
			before := must[[]byte](t)(os.ReadFile(filepath.Join(dir, "steward.db")))
			_, err := store.Open(ctx, store.Options{Dir: dir, Master: c.master})
			wantCode(t, err, c.code)
			if after := must[[]byte](t)(os.ReadFile(filepath.Join(dir, "steward.db"))); string(after) != string(before) {
				t.Error("the database was changed")
			}
		})
	}
}

func TestDamageIsSaidWithTheSnapshotToGoBackTo(t *testing.T) {
	dir := filled(t)
	if err := os.WriteFile(filepath.Join(dir, "snapshots", "20261101T000000.000Z-v1.db"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "steward.db")
	data := must[[]byte](t)(os.ReadFile(path))
	for i := 4096; i < len(data); i++ { // every page but the first
		data[i] ^= 0x5a
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(ctx, store.Options{Dir: dir, Master: master})
	if err == nil {
		_, err = s.Search(ctx, email.Query{})
		if e := s.Close(); e != nil {
			t.Error(e)
		}
	}
	wantCode(t, err, agents.CodeDamaged)
	if hint := agents.AsError(err).Hint; !strings.Contains(hint, "20261101T000000.000Z-v1.db") {
		t.Errorf("the hint is %q", hint)
	}
}

func TestFilesArePrivate(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows keeps files private by the directory's access list")
	}
	dir := t.TempDir()
	s := openAt(t, dir)
	add(t, s, letter("1", "anna@example.org", "me@example.org", "Dinner", noon))
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || path == dir {
			return err
		}
		info, err := e.Info()
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v", path, info.Mode())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestOpenRemovesLeftovers(t *testing.T) {
	dir := filled(t)
	left := filepath.Join(dir, "keyring.123.tmp")
	if err := os.WriteFile(left, []byte("half a keyring"), 0o600); err != nil {
		t.Fatal(err)
	}
	openAt(t, dir)
	if _, err := os.Stat(left); !os.IsNotExist(err) {
		t.Errorf("the leftover is there: %v", err)
	}
}

func shipped(t *testing.T) fstest.MapFS {
	t.Helper()
	set := fstest.MapFS{}
	files := must[[]os.DirEntry](t)(os.ReadDir("migrations"))
	for _, f := range files {
		set[f.Name()] = &fstest.MapFile{Data: must[[]byte](t)(os.ReadFile(filepath.Join("migrations", f.Name())))}
	}
	return set
}

func migrationAfter(set fstest.MapFS) string {
	return "000" + string(rune('1'+len(set))) + "_next.sql"
}

func TestMigrationKeepsEverythingAndASnapshot(t *testing.T) {
	dir := filled(t)
	set := shipped(t)
	set[migrationAfter(set)] = &fstest.MapFile{Data: []byte("CREATE TABLE novelty (n INTEGER PRIMARY KEY); INSERT INTO novelty VALUES (41), (42);")}
	s, err := store.OpenWith(ctx, store.Options{Dir: dir, Master: master, Now: at}, set)
	if err != nil {
		t.Fatal(err)
	}
	if n := count(t, s, "SELECT count(*) FROM novelty"); n != 2 {
		t.Errorf("the migration left %d rows", n)
	}
	if found := must[[]email.Message](t)(s.Search(ctx, email.Query{Terms: []email.Term{{Text: "dinner"}}})); len(found) != 1 {
		t.Errorf("after the migration %d mails are found", len(found))
	}
	if err := s.Integrity(ctx); err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	_, err = store.Open(ctx, store.Options{Dir: dir, Master: master})
	wantCode(t, err, agents.CodeNewer)

	snapshots := must[[]os.DirEntry](t)(os.ReadDir(filepath.Join(dir, "snapshots")))
	if len(snapshots) != 1 {
		t.Fatalf("%d snapshots", len(snapshots))
	}
	// The way back that the hint names.
	if err := os.Rename(filepath.Join(dir, "snapshots", snapshots[0].Name()), filepath.Join(dir, "steward.db")); err != nil {
		t.Fatal(err)
	}
	s = openAt(t, dir)
	if found := must[[]email.Message](t)(s.Search(ctx, email.Query{Terms: []email.Term{{Text: "dinner"}}})); len(found) != 1 {
		t.Errorf("in the snapshot %d mails are found", len(found))
	}
	if err := s.Integrity(ctx); err != nil {
		t.Error(err)
	}
}

func TestMigrationThatFailsLeavesNothing(t *testing.T) {
	for name, text := range map[string]string{
		"wrong SQL":          "CREATE TABLE novelty (n INTEGER PRIMARY KEY); INSERT INTO nowhere VALUES (1);",
		"dangling reference": "DELETE FROM run; INSERT INTO step SELECT 'nobody', 1, 0, '', 0, '', '', 0, 0, 0, x'', NULL, NULL;",
	} {
		t.Run(name, func(t *testing.T) {
			dir := filled(t)
			set := shipped(t)
			set[migrationAfter(set)] = &fstest.MapFile{Data: []byte(text)}
			if _, err := store.OpenWith(ctx, store.Options{Dir: dir, Master: master, Now: at}, set); err == nil {
				t.Fatal("a failing migration was accepted")
			}
			s := openAt(t, dir)
			if _, err := s.Run(ctx, "01JRUN0001"); err != nil {
				t.Error(err)
			}
			if n := count(t, s, "SELECT count(*) FROM sqlite_master WHERE name = 'novelty'"); n != 0 {
				t.Error("half a migration is there")
			}
		})
	}
}

func TestSnapshotsAreFew(t *testing.T) {
	dir := filled(t)
	set := shipped(t)
	clock := noon
	for range 6 {
		set[migrationAfter(set)] = &fstest.MapFile{Data: []byte("SELECT 1;")}
		clock = clock.Add(time.Minute)
		s, err := store.OpenWith(ctx, store.Options{Dir: dir, Master: master, Now: func() time.Time { return clock }}, set)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	left := must[[]os.DirEntry](t)(os.ReadDir(filepath.Join(dir, "snapshots")))
	if len(left) != 3 || !strings.HasPrefix(left[2].Name(), "20261122T1206") {
		t.Errorf("the snapshots are %v", left)
	}
}

func TestMigrationsMustBeNumbered(t *testing.T) {
	for _, name := range []string{"0002_x.sql", "1_x.sql", "0001-x.sql", "readme.md"} {
		_, err := store.OpenWith(ctx, store.Options{Dir: t.TempDir(), Master: master}, fstest.MapFS{name: {Data: []byte("SELECT 1;")}})
		if err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}

func TestFullDisk(t *testing.T) {
	s := open(t)
	record(t, s, store.Record{Run: &agents.Run{ID: "01JRUN0001", Created: noon}})
	if err := s.LimitPages(40); err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{}
	var err error
	for i := 0; err == nil && i < 1000; i++ {
		big := letter(string(rune('a'+i%26))+strings.Repeat("x", i/26), "anna@example.org", "me@example.org", "Dinner", noon)
		big.Text = strings.Repeat("word"+big.MessageID+" ", 100)
		var r store.AddResult
		if r, err = s.AddMails(ctx, []email.Parsed{big}); err == nil {
			ids[r.IDs[0]] = true
		}
	}
	wantCode(t, err, agents.CodeDiskFull)
	if len(ids) == 0 {
		t.Fatal("nothing was stored before the disk was full")
	}
	step := fullStep("01JRUN0001", 1)
	step.Result = []byte(`"` + strings.Repeat("x", 4<<20) + `"`)
	if n := must[int](t)(s.Count(ctx, email.Query{})); n != len(ids) {
		t.Errorf("%d mails are there, %d were acknowledged", n, len(ids))
	}
	if err := s.Integrity(ctx); err != nil {
		t.Errorf("on the full disk: %v", err)
	}
	if err := s.LimitPages(0); err != nil {
		t.Fatal(err)
	}
	add(t, s, letter("after", "anna@example.org", "me@example.org", "Dinner", noon))
	record(t, s, store.Record{Steps: []agents.Step{step}, Ledger: entries(0, 3), Durable: true})
	if err := s.Integrity(ctx); err != nil {
		t.Error(err)
	}
}

func TestClosedStoreSaysSo(t *testing.T) {
	s := open(t)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Errorf("closing twice: %v", err)
	}
	_, err := s.Search(ctx, email.Query{})
	wantCode(t, err, agents.CodeConflict)
	_, err = s.AddMails(ctx, []email.Parsed{letter("1", "a@b.c", "d@e.f", "x", noon)})
	wantCode(t, err, agents.CodeConflict)
	wantCode(t, s.Record(ctx, store.Record{Ledger: entries(0, 1)}), agents.CodeConflict)
	wantCode(t, s.SetSetting(ctx, "k", 1), agents.CodeConflict)
}

// Readers, writers and a Close side by side: whatever was acknowledged is there afterwards.
func TestTogether(t *testing.T) {
	dir := t.TempDir()
	s := openAt(t, dir)
	record(t, s, store.Record{Run: &agents.Run{ID: "01JRUN0001", Created: noon}})
	var acknowledged sync.Map
	var all sync.WaitGroup
	half := make(chan struct{})
	for w := range 4 {
		all.Go(func() {
			for i := range 40 {
				if w == 0 && i == 20 {
					close(half)
				}
				id := string(rune('a'+w)) + string(rune('a'+i))
				r, err := s.AddMails(ctx, []email.Parsed{letter(id, "anna@example.org", "me@example.org", "Dinner "+id, noon)})
				if err == nil {
					acknowledged.Store(r.IDs[0], true)
				} else if agents.CodeOf(err) != agents.CodeConflict {
					t.Errorf("add: %v", err)
				}
				if _, err := s.Search(ctx, email.Query{Terms: []email.Term{{Text: "dinner"}}, Rank: i%2 == 0}); err != nil && agents.CodeOf(err) != agents.CodeConflict {
					t.Errorf("search: %v", err)
				}
				if err := s.Record(ctx, store.Record{Ledger: entries(0, 1), Durable: i%8 == 0}); err != nil && agents.CodeOf(err) != agents.CodeConflict {
					t.Errorf("record: %v", err)
				}
			}
		})
	}
	<-half
	closing := s.Close()
	all.Wait()
	if closing != nil {
		t.Fatal(closing)
	}
	s = openAt(t, dir)
	if err := s.Integrity(ctx); err != nil {
		t.Error(err)
	}
	acknowledged.Range(func(id, _ any) bool {
		if _, err := s.Mail(ctx, id.(string)); err != nil {
			t.Errorf("%s: %v", id, err)
		}
		return true
	})
}
