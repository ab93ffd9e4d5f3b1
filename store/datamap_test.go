package store_test

import (
	"encoding/json"
	"io/fs"
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stewardhq/steward/store"
)

func TestDataMapCoversEverythingOnce(t *testing.T) {
	dir := t.TempDir()
	s := openAt(t, dir)
	exercise(t, s, &canaries{r: rand.New(rand.NewPCG(1, 2))})
	tables := 0
	rows, err := raw(t, dir).Query("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite~_%' ESCAPE '~'")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close() // it was read to its end
	var all []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		all = append(all, name)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	for _, name := range all {
		tables++
		once(t, "table "+name, func(k store.Kind) bool { return k.HasTable(name) })
		if !strings.HasPrefix(name, "mail_words") { // FTS5 decides what it keeps where
			var n int
			if err := raw(t, dir).QueryRow("SELECT count(*) FROM " + name).Scan(&n); err != nil || n == 0 {
				t.Errorf("table %s has %d rows, %v: nothing was learned about it", name, n, err)
			}
		}
	}
	if tables < 20 {
		t.Errorf("only %d tables", tables)
	}
	files := func(when string, want ...string) {
		t.Helper()
		seen := map[string]bool{}
		err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() {
				return err
			}
			name, err := filepath.Rel(dir, path)
			name = filepath.ToSlash(name)
			seen[name] = true
			once(t, when+": file "+name, func(k store.Kind) bool { return k.HasFile(name) })
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range want {
			if !seen[w] {
				t.Errorf("%s: %s is not there", when, w)
			}
		}
	}
	files("open", "steward.db", "steward.db-wal", "steward.db-shm", "keyring", "ledger.head")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	files("closed", "steward.db", "keyring", "ledger.head")
	set := shipped(t)
	set[migrationAfter(set)] = &fstest.MapFile{Data: []byte("SELECT 1;")}
	s, err = store.OpenWith(ctx, store.Options{Dir: dir, Master: master, Now: at}, set)
	if err != nil {
		t.Fatal(err)
	}
	files("updated", "snapshots/20261122T120000.000Z-v3.db")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

func once(t *testing.T, what string, is func(store.Kind) bool) {
	t.Helper()
	n := 0
	for _, k := range store.DataMap {
		if is(k) {
			n++
		}
	}
	if n != 1 {
		t.Errorf("%s is of %d kinds", what, n)
	}
}

func TestDataMapIsComplete(t *testing.T) {
	names := map[string]bool{}
	for _, k := range store.DataMap {
		for field, value := range map[string]string{"Name": k.Name, "Holds": k.Holds, "Why": k.Why, "Class": k.Class, "Retention": k.Retention, "Export": k.Export, "Erase": k.Erase} {
			if value == "" {
				t.Errorf("%s%s%s has no %s", k.Name, k.Table, k.File, field)
			}
		}
		if (k.Table == "") == (k.File == "") || names[k.Name] {
			t.Errorf("%s is not one table or file", k.Name)
		}
		if (k.Class == "content" || k.Class == "key") && !k.Sealed {
			t.Errorf("%s is %s and not sealed", k.Name, k.Class)
		}
		names[k.Name] = true
	}
	for _, file := range []string{"vault.json", "lock", "socket", "cache/wazero/v1/abc", "snapshots/x.db.part", "ledger.head.123.tmp"} {
		once(t, file, func(k store.Kind) bool { return k.HasFile(file) })
	}
	for _, file := range []string{"steward.db.bak", "cache/other", "snapshots", "x"} {
		for _, k := range store.DataMap {
			if k.HasFile(file) {
				t.Errorf("%s is of kind %s", file, k.Name)
			}
		}
	}
}

// SQLite's translation is made for one version of libc, and breaks silently with another.
func TestLibcIsTheOneThatSQLiteWants(t *testing.T) {
	type module struct {
		Version, GoMod string
		Replace        *module
	}
	list := func(args ...string) []byte {
		out, err := exec.Command("go", args...).Output()
		if err != nil {
			t.Fatalf("go %v: %v", args, err)
		}
		return out
	}
	var sqlite, libc module
	for path, into := range map[string]*module{"modernc.org/sqlite": &sqlite, "modernc.org/libc": &libc} {
		if err := json.Unmarshal(list("list", "-m", "-json", path), into); err != nil {
			t.Fatal(err)
		}
		if into.Replace != nil {
			t.Errorf("%s is replaced", path)
		}
	}
	var wants struct {
		Require []struct{ Path, Version string }
	}
	if err := json.Unmarshal(list("mod", "edit", "-json", sqlite.GoMod), &wants); err != nil {
		t.Fatal(err)
	}
	for _, r := range wants.Require {
		if r.Path == "modernc.org/libc" {
			if r.Version != libc.Version {
				t.Errorf("libc is %s, and sqlite %s wants %s", libc.Version, sqlite.Version, r.Version)
			}
			return
		}
	}
	t.Errorf("sqlite %s requires no libc: this test looks in the wrong place", sqlite.Version)
}
