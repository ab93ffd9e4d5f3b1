package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/stewardhq/steward/agents/email"
	"github.com/stewardhq/steward/store/letter"
	"github.com/stewardhq/steward/store/seal"
)

const (
	maxReferences = 50  // of one message; a real thread's root and last answers are among them
	maxRecipients = 500 // persons of one message
)

// The roles of a person in a message.
const (
	roleFrom = 0
	roleTo   = 1
	roleCc   = 2
)

// prepared is a mail with everything computed and sealed that needs no database.
type prepared struct {
	id, accountID, account string
	second                 int64 // of its receipt, Unix
	message                sql.NullInt64
	references             []int64
	subject                sql.NullInt64
	answer                 bool
	people                 []named
	vouched                bool
	from                   string // id of the person

	content []byte
	raw     sealedBlob
	fields  [4]string // of the index: sender, recipients, subject, body
	mail    *email.Parsed
}

// keptMail is what is sealed of a mail.
type keptMail struct {
	email.Message
	RawID string `json:"raw"` // of the blob
}

type named struct {
	id   string
	role int
	email.Address
}

// prepare does the work of a batch that can be done side by side, before the writer is asked for.
func (s *Store) prepare(ctx context.Context, mails []email.Parsed) ([]prepared, error) {
	boxes := map[string]*seal.Box{}
	for i := range mails {
		if name := mails[i].Account; boxes[name] == nil {
			box, err := s.ring.Ensure(s.accountKey(name))
			if err != nil {
				return nil, err
			}
			boxes[name] = box
		}
	}
	out := make([]prepared, len(mails))
	errs := make([]error, len(mails))
	next := make(chan int)
	var wg sync.WaitGroup
	for range min(4, runtime.GOMAXPROCS(0), len(mails)) {
		wg.Go(func() {
			for i := range next {
				if errs[i] = ctx.Err(); errs[i] == nil {
					out[i], errs[i] = s.prepareOne(&mails[i], boxes[mails[i].Account])
				}
			}
		})
	}
	for i := range mails {
		next <- i
	}
	close(next)
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (s *Store) accountKey(name string) string { return "account:" + s.keyedID("", "account", name) }

func (s *Store) prepareOne(m *email.Parsed, box *seal.Box) (prepared, error) {
	p := prepared{account: m.Account, accountID: s.keyedID("", "account", m.Account), mail: m, second: s.received(m.Received)}
	key := m.DedupeKey
	if key == "" { // the same bytes are the same message
		key = "raw " + s.blobID(m.Account, m.Raw)
	}
	p.id = s.keyedID("m_", "mail", m.Account, key)
	if m.MessageID != "" {
		p.message = sql.NullInt64{Int64: s.keyedNumber("message", m.Account, m.MessageID), Valid: true}
	}
	p.references = s.references(m)
	var base string
	if base, p.answer = letter.BaseSubject(m.Subject); base != "" {
		p.subject = sql.NullInt64{Int64: s.keyedNumber("subject", m.Account, base), Valid: true}
	}
	p.people = s.namedIn(&m.Message)
	p.from = s.personID(m.From.Address)
	p.vouched = m.Verified || !m.Forged && !letter.Delivered(m.Raw)

	kept := m.Message
	kept.ID, kept.Received = p.id, time.Unix(p.second, 0).In(m.Received.Location())
	var err error
	if p.raw, err = s.sealBlob(s.accountKey(m.Account), box, m.Raw); err != nil {
		return p, err
	}
	content, err := json.Marshal(keptMail{Message: kept, RawID: p.raw.id})
	if err != nil {
		return p, fmt.Errorf("encode a mail: %w", err)
	}
	p.content = box.Seal(kindMail, p.id, s.pack.Pack(content))
	p.fields = s.indexed(m)
	return p, nil
}

// received is the second that a mail is filed under. A time before 1970 or after tomorrow is a mistake or a trick to
// stand first in every list.
func (s *Store) received(t time.Time) int64 {
	now := s.now()
	switch {
	case t.IsZero() || t.After(now.Add(24*time.Hour)):
		return now.Unix()
	case t.Unix() < 1:
		return 1
	}
	return t.Unix()
}

func (s *Store) references(m *email.Parsed) []int64 {
	names := m.References
	if len(names) > maxReferences {
		names = slices.Concat(names[:1], names[len(names)-maxReferences+1:])
	}
	var all []int64
	for _, name := range names {
		if n := s.keyedNumber("message", m.Account, name); name != "" && !slices.Contains(all, n) {
			all = append(all, n)
		}
	}
	return all
}

// namedIn lists the persons of a message, each once, in the first of its roles.
func (s *Store) namedIn(m *email.Message) []named {
	var all []named
	seen := map[string]bool{}
	add := func(role int, addresses ...email.Address) {
		for _, a := range addresses {
			if id := s.personID(a.Address); id != "" && !seen[id] && len(all) < maxRecipients {
				seen[id] = true
				all = append(all, named{id: id, role: role, Address: a})
			}
		}
	}
	add(roleFrom, m.From)
	seen = map[string]bool{} // who writes to himself is sender and recipient
	add(roleTo, m.To...)
	add(roleCc, m.Cc...)
	return all
}

// indexed gives the keyed fields of the index.
func (s *Store) indexed(m *email.Parsed) [4]string {
	var to, body strings.Builder
	for _, a := range slices.Concat(m.To, m.Cc) {
		if to.Len() < 1<<20 {
			to.WriteString(a.Name + " " + a.Address + "\n")
		}
	}
	body.WriteString(m.Text)
	for _, a := range m.Attachments {
		body.WriteString("\n" + a.Name)
	}
	return [4]string{
		s.words.Text(m.From.Name + " " + m.From.Address), s.words.Text(to.String()), s.words.Text(m.Subject), s.words.Text(body.String()),
	}
}
