package seal_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/store/seal"
)

var master = [32]byte{1, 2, 3}

func create(t *testing.T) (*seal.Ring, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "keyring")
	r, err := seal.Create(path, master)
	if err != nil {
		t.Fatal(err)
	}
	return r, path
}

func TestSealedValueOpensInItsPlaceOnly(t *testing.T) {
	r, _ := create(t)
	box := r.Box(seal.Main)
	other, err := r.Ensure("account:1")
	if err != nil {
		t.Fatal(err)
	}
	sealed := box.Seal("mail", "m_1", []byte("content"))
	if got, err := box.Open("mail", "m_1", sealed); err != nil || string(got) != "content" {
		t.Fatalf("opened %q, %v", got, err)
	}
	if bytes.Equal(sealed, box.Seal("mail", "m_1", []byte("content"))) {
		t.Error("the same value is sealed to the same bytes twice")
	}
	flipped := bytes.Clone(sealed)
	flipped[len(flipped)-1] ^= 1
	version := bytes.Clone(sealed)
	version[1]++
	for _, c := range []struct {
		name, kind, id string
		box            *seal.Box
		sealed         []byte
	}{
		{"another row", "mail", "m_2", box, sealed},
		{"another table", "report", "m_1", box, sealed},
		{"the border of kind and id moved", "mailm", "_1", box, sealed},
		{"another key", "mail", "m_1", other, sealed},
		{"a changed bit", "mail", "m_1", box, flipped},
		{"another key version", "mail", "m_1", box, version},
		{"cut short", "mail", "m_1", box, sealed[:seal.Overhead-1]},
		{"empty", "mail", "m_1", box, nil},
	} {
		if _, err := c.box.Open(c.kind, c.id, c.sealed); !errors.Is(err, seal.ErrNotOpen) {
			t.Errorf("%s: %v, want ErrNotOpen", c.name, err)
		}
	}
}

func TestRingOpensAgain(t *testing.T) {
	r, path := create(t)
	account, err := r.Ensure("account:1")
	if err != nil {
		t.Fatal(err)
	}
	sealed := account.Seal("mail", "m_1", []byte("content"))
	again, err := seal.Open(path, master)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := again.Box("account:1").Open("mail", "m_1", sealed); err != nil || string(got) != "content" {
		t.Errorf("opened %q, %v", got, err)
	}
	if r.Sum("person", []byte("a")) != again.Sum("person", []byte("a")) {
		t.Error("a keyed hash is another one after opening again")
	}
	if again.Box("account:2") != nil {
		t.Error("there is a box for an account that never was")
	}
	if _, err := seal.Create(path, master); !errors.Is(err, os.ErrExist) {
		t.Errorf("creating over a keyring: %v", err)
	}
}

func TestSumKeepsPurposesAndPartsApart(t *testing.T) {
	r, _ := create(t)
	seen := map[[32]byte]bool{}
	for _, parts := range [][]string{{"p", "ab", "c"}, {"p", "a", "bc"}, {"p", "abc"}, {"pab", "c"}, {"p", "abc", ""}} {
		var rest [][]byte
		for _, p := range parts[1:] {
			rest = append(rest, []byte(p))
		}
		sum := r.Sum(parts[0], rest...)
		if seen[sum] {
			t.Errorf("%q has the hash of another", parts)
		}
		seen[sum] = true
	}
	another, _ := create(t)
	if r.Sum("p", []byte("abc")) == another.Sum("p", []byte("abc")) {
		t.Error("two rings give the same hash")
	}
}

func TestRingRefuses(t *testing.T) {
	edit := func(f func(map[string]any)) func([]byte) []byte {
		return func(data []byte) []byte {
			var m map[string]any
			if err := json.Unmarshal(data, &m); err != nil {
				t.Fatal(err)
			}
			f(m)
			out, err := json.Marshal(m)
			if err != nil {
				t.Fatal(err)
			}
			return out
		}
	}
	keys := func(m map[string]any) []any { return m["keys"].([]any) }
	for _, c := range []struct {
		name   string
		master [32]byte
		change func([]byte) []byte
		want   string
	}{
		{"another master key", [32]byte{9}, func(b []byte) []byte { return b }, agents.CodeLocked},
		{"not JSON", master, func([]byte) []byte { return []byte("\x00\x01") }, agents.CodeDamaged},
		{"empty", master, func([]byte) []byte { return nil }, agents.CodeDamaged},
		{"cut short", master, func(b []byte) []byte { return b[:len(b)/2] }, agents.CodeDamaged},
		{"no keys", master, edit(func(m map[string]any) { m["keys"] = []any{} }), agents.CodeDamaged},
		{"newer", master, edit(func(m map[string]any) { m["version"] = 9 }), agents.CodeNewer},
		{"two keys exchanged", master, edit(func(m map[string]any) {
			a, b := keys(m)[0].(map[string]any), keys(m)[1].(map[string]any)
			a["wrapped"], b["wrapped"] = b["wrapped"], a["wrapped"]
		}), agents.CodeDamaged},
		{"a key twice", master, edit(func(m map[string]any) { m["keys"] = append(keys(m), keys(m)[0]) }), agents.CodeDamaged},
		{"a key's version raised", master, edit(func(m map[string]any) { keys(m)[0].(map[string]any)["version"] = 2 }), agents.CodeDamaged},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, path := create(t)
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, c.change(data), 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := seal.Open(path, c.master); agents.CodeOf(err) != c.want {
				t.Errorf("%v (%s), want %s", err, agents.CodeOf(err), c.want)
			}
		})
	}
	if _, err := seal.Open(filepath.Join(t.TempDir(), "none"), master); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("missing file: %v", err)
	}
}

func TestKeyThatCannotBeWrittenIsNotUsed(t *testing.T) {
	r, path := create(t)
	if err := os.Rename(filepath.Dir(path), filepath.Dir(path)+"-away"); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Ensure("account:1"); err == nil {
		t.Fatal("a key was made that is on no disk")
	}
	if r.Box("account:1") != nil {
		t.Error("the key that is on no disk can be used")
	}
}

func FuzzOpen(f *testing.F) {
	r, err := seal.Create(filepath.Join(f.TempDir(), "keyring"), master)
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte{})
	f.Add(make([]byte, seal.Overhead))
	f.Add(r.Box(seal.Main).Seal("mail", "other", []byte("x")))
	f.Fuzz(func(t *testing.T, sealed []byte) {
		if _, err := r.Box(seal.Main).Open("mail", "m_1", sealed); !errors.Is(err, seal.ErrNotOpen) {
			t.Fatalf("opened: %v", err)
		}
	})
}
