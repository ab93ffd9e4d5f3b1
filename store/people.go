package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/store/database"
)

const (
	meSetting = "me"
	mostFound = 50
)

// personID is the opaque id of whoever has an address; "" for none.
func (s *Store) personID(address string) string {
	address = agents.FoldAddress(address)
	if address == "" {
		return ""
	}
	return s.keyedID("p_", "person", address)
}

// SetMe says which addresses are the user's own, and works out anew which mails are the user's and whom the user has
// written to.
func (s *Store) SetMe(ctx context.Context, addresses []string) error {
	var clean []string
	for _, a := range addresses {
		if a = agents.FoldAddress(a); a != "" && !slices.Contains(clean, a) {
			clean = append(clean, a)
		}
	}
	return s.write(ctx, "set the user's addresses", true, func(t *database.Tx) error {
		if err := s.putSetting(t, meSetting, clean); err != nil {
			return err
		}
		if _, err := t.Exec("UPDATE mail SET mine = given WHERE mine <> given"); err != nil {
			return err
		}
		for _, a := range clean {
			_, err := t.Exec(`UPDATE mail SET mine = 1 WHERE vouched = 1 AND n IN
				(SELECT mail FROM mail_person WHERE role = 0 AND person = (SELECT n FROM person WHERE id = ?))`, s.personID(a))
			if err != nil {
				return err
			}
		}
		if _, err := t.Exec("UPDATE person SET written = 0 WHERE written > 0"); err != nil {
			return err
		}
		_, err := t.Exec(`UPDATE person SET written = w.mails FROM
			(SELECT p.person, count(DISTINCT m.n) AS mails FROM mail m CROSS JOIN mail_person p ON p.mail = m.n
				WHERE m.mine = 1 AND p.role > 0 GROUP BY p.person) w WHERE w.person = person.n`)
		return err
	})
}

func (s *Store) mine(ctx context.Context) ([]string, error) {
	var addresses []string
	_, err := s.Setting(ctx, meSetting, &addresses)
	return addresses, err
}

// Me is the user, as far as the addresses given to SetMe tell; a Person without id and name if there are none.
func (s *Store) Me(ctx context.Context) (agents.Person, error) {
	addresses, err := s.mine(ctx)
	if err != nil || len(addresses) == 0 {
		return agents.Person{}, err
	}
	me, err := s.Person(ctx, s.personID(addresses[0]))
	if agents.CodeOf(err) == agents.CodeNotFound { // no mail names the user yet
		me, err = agents.Person{ID: s.personID(addresses[0]), Name: agents.Plain(addresses[0]), Address: addresses[0]}, nil
	}
	me.Known = true
	return me, err
}

// Person gives a person by id, or CodeNotFound.
func (s *Store) Person(ctx context.Context, id string) (agents.Person, error) {
	var found []agents.Person
	err := s.people(ctx, "WHERE id = ?", []any{id}, func(p agents.Person, _, _ int) { found = append(found, p) })
	if err == nil && len(found) == 0 {
		return agents.Person{}, notFound("person")
	}
	if err != nil {
		return agents.Person{}, s.fault("read a person", err)
	}
	return found[0], nil
}

// PersonFor gives whoever has an address. Whom no mail names is a person too, with the id that they would have, the address
// for a name, and not known.
func (s *Store) PersonFor(ctx context.Context, address string) (agents.Person, error) {
	id := s.personID(address)
	if id == "" {
		return agents.Person{}, nil
	}
	p, err := s.Person(ctx, id)
	if agents.CodeOf(err) == agents.CodeNotFound {
		address = agents.FoldAddress(address)
		return agents.Person{ID: id, Name: agents.Plain(address), Address: address}, nil
	}
	return p, err
}

// Known lists the persons whom the user has written to.
func (s *Store) Known(ctx context.Context) ([]agents.Person, error) {
	var known []agents.Person
	err := s.people(ctx, "WHERE written > 0", nil, func(p agents.Person, _, _ int) { known = append(known, p) })
	return known, s.fault("list the persons whom the user knows", err)
}

// Find lists the persons whose name or address has all the words, in any case, at most 50: first those whom the user has
// written to most often, then those who stand in most mails.
func (s *Store) Find(ctx context.Context, name string) ([]agents.Person, error) {
	want := strings.Fields(fold(name))
	if len(want) == 0 {
		return nil, nil
	}
	type match struct {
		agents.Person
		written, mails int
	}
	var matches []match
	err := s.people(ctx, "", nil, func(p agents.Person, written, mails int) {
		text := fold(p.Name.Raw() + "\n" + p.Address)
		for _, w := range want {
			if !strings.Contains(text, w) {
				return
			}
		}
		matches = append(matches, match{p, written, mails})
	})
	if err != nil {
		return nil, s.fault("find persons", err)
	}
	slices.SortFunc(matches, func(a, b match) int {
		return cmp.Or(b.written-a.written, b.mails-a.mails, strings.Compare(a.ID, b.ID))
	})
	var found []agents.Person
	for _, m := range matches[:min(len(matches), mostFound)] {
		found = append(found, m.Person)
	}
	return found, nil
}

func fold(text string) string { return strings.ToLower(norm.NFKC.String(text)) }

// people calls f for the persons of a condition, with how many mails the user wrote to them and how many name them.
func (s *Store) people(ctx context.Context, where string, args []any, f func(p agents.Person, written, mails int)) error {
	return s.db.Each(ctx, "SELECT id, written, mails, sealed FROM person "+where, args, func(r *sql.Rows) error {
		var id string
		var written, mails int
		var sealed sql.RawBytes
		if err := r.Scan(&id, &written, &mails, &sealed); err != nil {
			return err
		}
		plain, err := s.main.Open(kindPerson, id, sealed)
		if err != nil {
			return s.damaged("a stored person does not open", err)
		}
		address, name, _ := strings.Cut(string(plain), "\n")
		f(agents.Person{ID: id, Name: personName(id, name, address), Known: written > 0, Address: address}, written, mails)
		return nil
	})
}

// personName is a name as the mails gave it, and so from outside: the person itself knows it.
func personName(id, name, address string) agents.Text {
	if name == "" {
		name = address
	}
	return agents.Labelled(name, agents.Label{
		Integrity: agents.Untrusted, Origins: []string{"person:" + id}, Readers: agents.Only(id),
	})
}

// How far a name can be believed: the person's own mails can be forged, what the user wrote cannot.
const (
	trustNone = iota
	trustHeader
	trustVerified
	trustUser
)

// personRow is a person during a batch.
type personRow struct {
	n              int64
	trust          int
	mails, written int // that this batch adds
}

// addPeople finds or makes the persons of a mail, in the order of its people.
func (b *batch) addPeople(p *prepared, mine bool) ([]*personRow, error) {
	rows := make([]*personRow, len(p.people))
	for i, named := range p.people {
		trust := trustHeader
		switch {
		case strings.TrimSpace(named.Name) == "":
			trust = trustNone
		case mine:
			trust = trustUser
		case named.role == roleFrom && p.mail.Verified:
			trust = trustVerified
		}
		row, err := b.person(named, trust)
		if err != nil {
			return nil, fmt.Errorf("find a person: %w", err)
		}
		row.mails++
		if mine && named.role != roleFrom {
			row.written++
		}
		rows[i] = row
	}
	return rows, nil
}

func (b *batch) person(named named, trust int) (*personRow, error) {
	row := b.people[named.id]
	if row == nil {
		row = &personRow{trust: -1}
		if _, err := b.First("SELECT n, trust FROM person WHERE id = ?", []any{named.id}, &row.n, &row.trust); err != nil {
			return nil, err
		}
		b.people[named.id] = row
	}
	if trust <= row.trust {
		return row, nil
	}
	name := strings.Join(strings.Fields(named.Name), " ")
	address := agents.FoldAddress(named.Address.Address)
	sealed := b.s.main.Seal(kindPerson, named.id, []byte(strings.ReplaceAll(address, "\n", " ")+"\n"+name))
	var err error
	if row.n == 0 {
		row.n, err = b.Insert("INSERT INTO person(id, trust, mails, written, sealed) VALUES (?, ?, 0, 0, ?)", named.id, trust, sealed)
	} else {
		_, err = b.Exec("UPDATE person SET trust = ?, sealed = ? WHERE n = ?", trust, sealed, row.n)
	}
	row.trust = trust
	return row, err
}

// flushPeople writes the counts of the batch.
func (b *batch) flushPeople() error {
	for _, row := range b.people {
		if row.mails == 0 {
			continue
		}
		if _, err := b.Exec("UPDATE person SET mails = mails + ?, written = written + ? WHERE n = ?", row.mails, row.written, row.n); err != nil {
			return fmt.Errorf("count a person's mails: %w", err)
		}
	}
	return nil
}

func (b *batch) loadMe() error {
	var sealed []byte
	id := b.s.keyedID("", "setting", meSetting)
	found, err := b.First("SELECT sealed FROM setting WHERE id = ?", []any{id}, &sealed)
	if err != nil || !found {
		return err
	}
	var addresses []string
	if err := b.s.openSetting(id, sealed, &addresses); err != nil {
		return err
	}
	b.me = map[string]bool{}
	for _, a := range addresses {
		b.me[b.s.personID(a)] = true
	}
	return nil
}
