package agents

import (
	"maps"
	"slices"
)

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
	return Readers{Limited: true, People: sorted(people)}
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
	var both []string
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
	return Label{
		Integrity: max(l.Integrity, m.Integrity),
		Origins:   sorted(append(slices.Clone(l.Origins), m.Origins...)),
		Readers:   l.Readers.intersect(m.Readers),
	}
}

// Joiner joins many labels at once, in the time that it takes to look at them; joining them one by one would sort the
// growing origins each time. The zero value has joined nothing.
type Joiner struct {
	label   Label
	origins map[string]bool
	seen    map[*string]int // lists that were joined already, by where they stand: texts share them
}

// Add joins a label.
func (j *Joiner) Add(l Label) {
	j.label.Integrity = max(j.label.Integrity, l.Integrity)
	if l.Readers.Limited && !j.known(l.Readers.People) {
		j.label.Readers = j.label.Readers.intersect(l.Readers)
	}
	if j.known(l.Origins) {
		return
	}
	if j.origins == nil {
		j.origins = map[string]bool{}
	}
	for _, o := range l.Origins {
		j.origins[o] = true
	}
}

func (j *Joiner) known(list []string) bool {
	if len(list) == 0 {
		return false
	}
	if j.seen[&list[0]] == len(list) {
		return true
	}
	if j.seen == nil {
		j.seen = map[*string]int{}
	}
	j.seen[&list[0]] = len(list)
	return false
}

// Label is the join of all that was added.
func (j *Joiner) Label() Label {
	j.label.Origins = sorted(slices.Collect(maps.Keys(j.origins)))
	return j.label
}

// sorted is the set of the words, in order; nil if there is none, so that equal sets are equal values.
func sorted(words []string) []string {
	if len(words) == 0 {
		return nil
	}
	s := slices.Clone(words)
	slices.Sort(s)
	return slices.Compact(s)
}

// Outside reports whether anything from outside has had a say.
func (l Label) Outside() bool { return l.Integrity == Untrusted }
