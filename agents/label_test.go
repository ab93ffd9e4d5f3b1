package agents_test

import (
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/stewardhq/steward/agents"
)

func randomLabel(r *rand.Rand) agents.Label {
	words := []string{"a", "b", "c", "d"}
	pick := func() (out []string) {
		for _, w := range words {
			if r.IntN(2) == 0 {
				out = append(out, w)
			}
		}
		return out
	}
	l := agents.Label{Integrity: agents.Integrity(r.IntN(3)), Origins: pick()}
	if r.IntN(2) == 0 {
		l.Readers = agents.Only(pick()...)
	}
	return l.Join(agents.Label{})
}

func TestJoinIsASemilattice(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		a, b, c := randomLabel(r), randomLabel(r), randomLabel(r)
		if !reflect.DeepEqual(a.Join(b), b.Join(a)) {
			t.Fatalf("not commutative: %+v %+v", a, b)
		}
		if !reflect.DeepEqual(a.Join(b).Join(c), a.Join(b.Join(c))) {
			t.Fatalf("not associative: %+v %+v %+v", a, b, c)
		}
		if !reflect.DeepEqual(a.Join(a), a) {
			t.Fatalf("not idempotent: %+v gives %+v", a, a.Join(a))
		}
		var all agents.Joiner
		for _, l := range []agents.Label{a, b, a, c, b} {
			all.Add(l)
		}
		if got, want := all.Label(), a.Join(b).Join(c); !reflect.DeepEqual(got, want) {
			t.Fatalf("at once %+v, one by one %+v", got, want)
		}
		j := a.Join(b)
		for _, person := range []string{"a", "b", "c", "d", "e"} {
			if j.Readers.Allow(person) && (!a.Readers.Allow(person) || !b.Readers.Allow(person)) {
				t.Fatalf("joining %+v and %+v let %s read", a, b, person)
			}
		}
		if j.Integrity < a.Integrity || j.Integrity < b.Integrity {
			t.Fatalf("joining lowered the integrity: %+v %+v", a, b)
		}
	}
}
