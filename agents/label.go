package agents

import "slices"

// Integrity is who has had a say in a value. Joining takes the higher, so it only ever rises.
type Integrity uint8

// The integrities, from the user's own words to anybody's.
const (
	FromUser  Integrity = iota // the user's typed words, a script's own literals
	FromHost                   // facts that the host computed: ids, sizes, received times
	Untrusted                  // anything else: mail, pages, files of others, what a model made of them
)

// String is the integrity's name.
func (i Integrity) String() string {
	switch i {
	case FromUser:
		return "user"
	case FromHost:
		return "host"
	default:
		return "untrusted"
	}
}

// Readers says who may know a value. The zero value is everyone: nothing private has been joined yet.
type Readers struct {
	Limited bool     `json:"limited,omitempty"`
	People  []string `json:"people,omitempty"` // ids of persons, sorted; meaningful only if Limited
}

// Only is the set of exactly these persons.
func Only(people ...string) Readers {
	p := slices.Clone(people)
	slices.Sort(p)
	return Readers{Limited: true, People: slices.Compact(p)}
}

// Allow reports whether a person may know the value.
func (r Readers) Allow(person string) bool {
	return !r.Limited || slices.Contains(r.People, person)
}

func (r Readers) intersect(s Readers) Readers {
	if !r.Limited {
		return s
	}
	if !s.Limited {
		return r
	}
	both := []string{}
	for _, p := range r.People {
		if slices.Contains(s.People, p) {
			both = append(both, p)
		}
	}
	return Only(both...)
}

// Label is what the host knows of a value's past: who had a say, where it came from, who may know it.
// The zero value is that of the user's own words. Joining is associative, commutative and idempotent.
type Label struct {
	Integrity Integrity `json:"integrity"`
	Origins   []string  `json:"origins,omitempty"` // "mail:ID", "file:NAME", …; sorted
	Readers   Readers   `json:"readers"`
}

// Join is the label of something made of both.
func (l Label) Join(m Label) Label {
	origins := make([]string, 0, len(l.Origins)+len(m.Origins))
	origins = append(append(origins, l.Origins...), m.Origins...)
	slices.Sort(origins)
	origins = slices.Compact(origins)
	if len(origins) == 0 {
		origins = nil
	}
	return Label{Integrity: max(l.Integrity, m.Integrity), Origins: origins, Readers: l.Readers.intersect(m.Readers)}
}

// Outside reports whether anything from outside has had a say.
func (l Label) Outside() bool { return l.Integrity == Untrusted }
