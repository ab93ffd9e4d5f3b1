package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"github.com/stewardhq/steward/agents/email"
	"github.com/stewardhq/steward/store/database"
)

// AddResult says what became of a batch of mails.
type AddResult struct {
	Imported   int
	Duplicates int
	IDs        []string // of every mail of the batch, in its order; a duplicate has the id of the one that was there
}

// AddMails stores, threads and indexes mails in one transaction. A mail whose account already has one with its DedupeKey
// is a duplicate and changes nothing. The store gives the ids and threads; of the times it takes those that can be.
func (s *Store) AddMails(ctx context.Context, mails []email.Parsed) (AddResult, error) {
	if s.closed.Load() {
		return AddResult{}, s.fault("add mails", database.ErrClosed)
	}
	all, err := s.prepare(ctx, mails)
	if err != nil {
		return AddResult{}, s.fault("add mails", err)
	}
	result := AddResult{IDs: make([]string, len(all))}
	for i := range all {
		result.IDs[i] = all[i].id
	}
	// The index writes itself out whenever a row's number is below the one before.
	slices.SortStableFunc(all, func(a, b prepared) int { return int(max(-1, min(1, a.second-b.second))) })
	err = s.write(ctx, "add mails", false, func(t *database.Tx) error {
		b := batch{s: s, Tx: t, accounts: map[string]int64{}, people: map[string]*personRow{}}
		if err := b.loadMe(); err != nil {
			return err
		}
		for i := range all {
			if err := ctx.Err(); err != nil {
				return err
			}
			added, err := b.add(&all[i])
			if err != nil {
				return err
			}
			if added {
				result.Imported++
			} else {
				result.Duplicates++
			}
		}
		return b.flushPeople()
	})
	if err != nil {
		return AddResult{}, err
	}
	return result, nil
}

// batch is one AddMails under way.
type batch struct {
	*database.Tx
	s        *Store
	accounts map[string]int64      // numbers by the name
	people   map[string]*personRow // by id
	me       map[string]bool       // ids of persons
}

func (b *batch) add(p *prepared) (bool, error) {
	if there, err := b.First("SELECT 1 FROM mail WHERE id = ?", []any{p.id}, new(int)); err != nil || there {
		return false, err
	}
	account, err := b.account(p)
	if err != nil {
		return false, err
	}
	raw, err := putBlob(b.Tx, p.raw, sql.NullInt64{Int64: account, Valid: true})
	if err != nil {
		return false, err
	}
	content, err := b.Insert("INSERT INTO mail_content(sealed) VALUES (?)", p.content)
	if err != nil {
		return false, err
	}
	n, err := b.slot(p.second)
	if err != nil {
		return false, err
	}
	mine := p.mail.Mine || p.vouched && b.me[p.from]
	people, err := b.addPeople(p, mine)
	if err != nil {
		return false, err
	}
	thread, loose, err := b.thread(p, n, people)
	if err != nil {
		return false, err
	}
	m := p.mail
	_, err = b.Exec(`INSERT INTO mail(n, id, account, thread, message, subject, loose, kind, size, imported, unread, starred, attached, given, vouched, mine, content, raw)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		n, p.id, account, thread, p.message, p.subject, loose, string(m.Kind), m.Size, b.s.now().UnixMilli(),
		m.Unread, m.Starred, len(m.Attachments) > 0, m.Mine, p.vouched, mine, content, raw)
	if err != nil {
		return false, err
	}
	return true, b.addRest(p, n, people)
}

// addRest writes what hangs on the mail's row.
func (b *batch) addRest(p *prepared, n int64, people []*personRow) error {
	for _, message := range p.references {
		if _, err := b.Exec("INSERT INTO mail_reference(message, mail) VALUES (?, ?)", message, n); err != nil {
			return err
		}
	}
	for i, person := range people {
		if _, err := b.Exec("INSERT INTO mail_person(person, role, mail) VALUES (?, ?, ?)", person.n, p.people[i].role, n); err != nil {
			return err
		}
	}
	_, err := b.Exec("INSERT INTO mail_words(rowid, sender, recipients, subject, body) VALUES (?, ?, ?, ?, ?)",
		n, p.fields[0], p.fields[1], p.fields[2], p.fields[3])
	return err
}

// account gives the number of the mail's account, which is made if it is new.
func (b *batch) account(p *prepared) (int64, error) {
	if n, ok := b.accounts[p.account]; ok {
		return n, nil
	}
	var n int64
	found, err := b.First("SELECT n FROM account WHERE id = ?", []any{p.accountID}, &n)
	if err == nil && !found {
		sealed := b.s.main.Seal(kindAccount, p.accountID, []byte(p.account))
		n, err = b.Insert("INSERT INTO account(id, sealed) VALUES (?, ?)", p.accountID, sealed)
	}
	if err != nil {
		return 0, fmt.Errorf("find the account: %w", err)
	}
	b.accounts[p.account] = n
	return n, nil
}

// slot gives a free row number in the second, or in the next one that has room: 256 mails fit into a second. Seconds
// that were found full are remembered, so that a mailbox without dates does not walk over the same ones again and again.
func (b *batch) slot(second int64) (int64, error) {
	first := second
	for {
		if to, ok := b.s.fullSeconds[second]; ok {
			second = to
			continue
		}
		var last sql.NullInt64
		if _, err := b.First("SELECT max(n) FROM mail WHERE n >= ? AND n < ?", []any{second << 8, (second + 1) << 8}, &last); err != nil {
			return 0, err
		}
		if !last.Valid {
			last.Int64 = second<<8 - 1
		}
		if last.Int64 < (second+1)<<8-1 {
			if second-first > 1 {
				b.s.fullSeconds[first] = second
			}
			return last.Int64 + 1, nil
		}
		if len(b.s.fullSeconds) >= 4096 {
			clear(b.s.fullSeconds)
		}
		b.s.fullSeconds[second] = second + 1
		second++
	}
}
