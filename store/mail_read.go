package store

import (
	"context"
	"database/sql"
	"encoding/base32"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/stewardhq/steward/agents/email"
	"github.com/stewardhq/steward/store/seal"
)

// The store is what the email agent reads from.
var (
	_ email.Mailbox = (*Store)(nil)
	_ email.People  = (*Store)(nil)
)

// maxThread is how many messages of one thread are given: its newest ones.
const maxThread = 1000

// Mail gives a message by its id, or CodeNotFound.
func (s *Store) Mail(ctx context.Context, id string) (email.Message, error) {
	var n int64
	found, err := s.db.First(ctx, "SELECT n FROM mail WHERE id = ?", []any{id}, &n)
	if err != nil {
		return email.Message{}, s.fault("read a mail", err)
	}
	var page []email.Message
	if found {
		if page, err = s.messages(ctx, []int64{n}); err != nil {
			return email.Message{}, s.fault("read a mail", err)
		}
	}
	if len(page) == 0 {
		return email.Message{}, notFound("mail")
	}
	return page[0], nil
}

// Thread gives the messages of a thread, oldest first; of one with more than 1000 the newest. A thread that has become one
// with another is found under its old id too. CodeNotFound if there is none.
func (s *Store) Thread(ctx context.Context, thread string) ([]email.Message, error) {
	number, err := parseThread(thread)
	if err != nil {
		return nil, notFound("thread")
	}
	var into int64
	if merged, err := s.db.First(ctx, "SELECT into_thread FROM thread_merged WHERE thread = ?", []any{number}, &into); err != nil {
		return nil, s.fault("find a thread", err)
	} else if merged {
		number = into
	}
	ns, err := s.numbers(ctx, "SELECT n FROM (SELECT n FROM mail WHERE thread = ? ORDER BY n DESC LIMIT ?) ORDER BY n", number, maxThread)
	if err != nil {
		return nil, s.fault("read a thread", err)
	}
	if len(ns) == 0 {
		return nil, notFound("thread")
	}
	page, err := s.messages(ctx, ns)
	return page, s.fault("read a thread", err)
}

// Raw gives a message as it came, byte for byte, or CodeNotFound.
func (s *Store) Raw(ctx context.Context, id string) ([]byte, error) {
	var raw int64
	var account string
	var sealed []byte
	found, err := s.db.First(ctx, `SELECT m.raw, a.id, c.sealed FROM mail m JOIN account a ON a.n = m.account
		JOIN mail_content c ON c.n = m.content WHERE m.id = ?`, []any{id}, &raw, &account, &sealed)
	if err == nil && !found {
		return nil, notFound("mail")
	}
	box := s.ring.Box("account:" + account)
	var kept keptMail
	if err == nil {
		kept, err = s.openMail(box, id, sealed)
	}
	var content []byte
	if err == nil {
		content, err = s.blob(ctx, raw, kept.RawID, box)
	}
	return content, s.fault("read a mail as it came", err)
}

func (s *Store) numbers(ctx context.Context, query string, args ...any) ([]int64, error) {
	var ns []int64
	err := s.db.Each(ctx, query, args, func(r *sql.Rows) error {
		var n int64
		err := r.Scan(&n)
		ns = append(ns, n)
		return err
	})
	return ns, err
}

// messages reads the mails with these row numbers, in this order.
func (s *Store) messages(ctx context.Context, ns []int64) ([]email.Message, error) {
	if len(ns) == 0 {
		return nil, nil
	}
	place := make(map[int64]int, len(ns))
	var list strings.Builder
	for i, n := range ns {
		if i > 0 {
			list.WriteByte(',')
		}
		list.WriteString(strconv.FormatInt(n, 10))
		place[n] = i
	}
	page := make([]email.Message, len(ns))
	boxes := map[string]*seal.Box{}
	err := s.db.Each(ctx, `SELECT m.n, m.id, a.id, m.thread, m.unread, m.starred, m.mine, c.sealed,
			EXISTS (SELECT 1 FROM mail l WHERE l.thread = m.thread AND l.n > m.n AND l.mine = 1)
		FROM mail m JOIN account a ON a.n = m.account JOIN mail_content c ON c.n = m.content WHERE m.n IN (`+list.String()+`)`, nil,
		func(r *sql.Rows) error {
			var n, thread int64
			var id, account string
			var sealed sql.RawBytes
			var unread, starred, mine, answered bool
			if err := r.Scan(&n, &id, &account, &thread, &unread, &starred, &mine, &sealed, &answered); err != nil {
				return err
			}
			box, ok := boxes[account]
			if !ok {
				box = s.ring.Box("account:" + account)
				boxes[account] = box
			}
			m := &page[place[n]]
			kept, err := s.openMail(box, id, sealed)
			if err != nil {
				return err
			}
			*m = kept.Message
			m.Unread, m.Starred, m.Mine, m.Answered = unread, starred, mine, answered
			m.ID, m.Thread = id, formatThread(thread)
			if second := n >> 8; m.Received.Unix() != second { // its own second was full
				m.Received = time.Unix(second, 0).In(m.Received.Location())
			}
			return nil
		})
	if err != nil {
		return nil, err
	}
	present := page[:0] // without those that were deleted since their numbers were read
	for _, m := range page {
		if m.ID != "" {
			present = append(present, m)
		}
	}
	return present, s.addPersons(ctx, present)
}

func (s *Store) openMail(box *seal.Box, id string, sealed []byte) (m keptMail, err error) {
	if box == nil {
		return m, erased("mail")
	}
	packed, err := box.Open(kindMail, id, sealed)
	if err != nil {
		return m, s.damaged("a stored mail does not open", err)
	}
	plain, err := s.pack.Unpack(nil, packed)
	if err == nil {
		err = json.Unmarshal(plain, &m)
	}
	if err != nil {
		return m, s.damaged("a stored mail cannot be read", err)
	}
	return m, nil
}

// addPersons fills in who the messages' people are and whether the user has written to their senders.
func (s *Store) addPersons(ctx context.Context, page []email.Message) error {
	senders := map[string]bool{}
	for i := range page {
		m := &page[i]
		m.FromPersonID = s.personID(m.From.Address)
		senders[m.FromPersonID] = false
		if len(m.To) > 0 {
			m.ToPersonIDs = make([]string, len(m.To))
		}
		for j, a := range m.To {
			m.ToPersonIDs[j] = s.personID(a.Address)
		}
	}
	args := make([]any, 0, len(senders))
	for id := range senders {
		args = append(args, id)
	}
	if len(args) == 0 {
		return nil
	}
	err := s.db.Each(ctx, "SELECT id FROM person WHERE written > 0 AND id IN (?"+strings.Repeat(",?", len(args)-1)+")", args, func(r *sql.Rows) error {
		var id string
		err := r.Scan(&id)
		senders[id] = true
		return err
	})
	for i := range page {
		page[i].SenderKnown = senders[page[i].FromPersonID]
	}
	return err
}

var threadLetters = base32.HexEncoding.WithPadding(base32.NoPadding)

func formatThread(n int64) string {
	return "t_" + strings.ToLower(threadLetters.EncodeToString(binary.BigEndian.AppendUint64(nil, uint64(n))))
}

func parseThread(id string) (int64, error) {
	text, ok := strings.CutPrefix(id, "t_")
	if !ok {
		return 0, errors.New("a thread's id begins with t_")
	}
	b, err := threadLetters.DecodeString(strings.ToUpper(text))
	if err != nil || len(b) != 8 {
		return 0, fmt.Errorf("decode a thread's id of %d characters: %w", len(text), err)
	}
	return int64(binary.BigEndian.Uint64(b)), nil
}
