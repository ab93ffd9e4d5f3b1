package store_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/agents/email"
	"github.com/stewardhq/steward/agents/email/calendar"
	"github.com/stewardhq/steward/store"
)

func TestMailComesBackAsItWas(t *testing.T) {
	s := open(t)
	received := noon.Add(-time.Hour).In(time.FixedZone("", 8*3600))
	m := email.Parsed{
		Message: email.Message{
			Account: "home", Received: received, Size: 3 << 20, Unread: true, Starred: true, Bulk: true, Verified: true, Damaged: true,
			Kind: email.Invitation, NeedsAnswer: true, MessageID: "a@b", References: []string{"x@y", "z@y"},
			From: email.Address{Name: "陳安娜", Address: "Anna@Example.org"}, ReplyTo: []email.Address{{Address: "r@example.org"}},
			To: []email.Address{{Name: "Me", Address: "me@example.org"}, {Address: "bob@example.org"}}, Cc: []email.Address{{Address: "c@example.org"}},
			Subject: "會議", Sent: noon, Attachments: []email.Attachment{{Name: "報告.pdf", Type: "application/pdf", Size: 5}},
			Invitation: &calendar.Invite{Method: "REQUEST", Summary: "s", Start: noon, End: noon.Add(time.Hour)}, HiddenText: 7, Problems: []string{"odd"},
		},
		Raw: bytes.Repeat([]byte("0123456789abcdef"), 3<<16), Text: "text", DedupeKey: "k",
	}
	id := add(t, s, m)[0]
	got := must[email.Message](t)(s.Mail(ctx, id))
	if !strings.HasPrefix(got.ID, "m_") || !strings.HasPrefix(got.Thread, "t_") || got.FromPersonID == "" || len(got.ToPersonIDs) != 2 {
		t.Errorf("ids are missing: %+v", got)
	}
	want := m.Message
	want.ID, want.Thread, want.FromPersonID, want.ToPersonIDs = got.ID, got.Thread, got.FromPersonID, got.ToPersonIDs
	if !got.Received.Equal(want.Received) {
		t.Errorf("received %v, want %v", got.Received, want.Received)
	}
	got.Received = want.Received
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if raw := must[[]byte](t)(s.Raw(ctx, id)); !bytes.Equal(raw, m.Raw) {
		t.Errorf("the raw message has %d bytes, want %d", len(raw), len(m.Raw))
	}
	for _, id := range []string{"", "m_none", "t_" + id} {
		_, err := s.Mail(ctx, id)
		wantCode(t, err, agents.CodeNotFound)
		_, err = s.Raw(ctx, id)
		wantCode(t, err, agents.CodeNotFound)
		_, err = s.Thread(ctx, id)
		wantCode(t, err, agents.CodeNotFound)
	}
}

func TestDuplicates(t *testing.T) {
	s := open(t)
	a, b := letter("1", "a@example.org", "me@example.org", "x", noon), letter("2", "a@example.org", "me@example.org", "x", noon)
	other := a
	other.Account = "work"
	changed := a
	changed.Raw, changed.Text = []byte("another export of it"), "another"
	bare, same := letter("3", "a@example.org", "me@example.org", "x", noon), letter("4", "a@example.org", "me@example.org", "x", noon)
	bare.DedupeKey, same.DedupeKey, same.Raw = "", "", bare.Raw
	for _, c := range []struct {
		name               string
		mails              []email.Parsed
		imported, repeated int
	}{
		{"one twice in a batch", []email.Parsed{a, b, a}, 2, 1},
		{"again in another batch", []email.Parsed{changed}, 0, 1},
		{"in another account", []email.Parsed{other}, 1, 0},
		{"without a key, by its bytes", []email.Parsed{bare, same}, 1, 1},
		{"none", nil, 0, 0},
	} {
		r, err := s.AddMails(ctx, c.mails)
		if err != nil {
			t.Fatal(err)
		}
		if r.Imported != c.imported || r.Duplicates != c.repeated || len(r.IDs) != len(c.mails) {
			t.Errorf("%s: %+v, want %d and %d", c.name, r, c.imported, c.repeated)
		}
		for i, id := range r.IDs {
			if got := must[email.Message](t)(s.Mail(ctx, id)); got.Account != c.mails[i].Account {
				t.Errorf("%s: id %d is of %q", c.name, i, got.Account)
			}
		}
	}
	if n := must[int](t)(s.Count(ctx, email.Query{})); n != 4 {
		t.Errorf("%d mails", n)
	}
}

func TestOrderIsByTime(t *testing.T) {
	s := open(t)
	var mails []email.Parsed
	for i := range 700 { // more than fit into a second
		mails = append(mails, letter(fmt.Sprintf("same%d", i), "a@example.org", "me@example.org", "x", noon.Add(-time.Hour)))
	}
	for name, received := range map[string]time.Time{"none": {}, "future": noon.AddDate(80, 0, 0), "ancient": time.Date(1601, 1, 1, 0, 0, 0, 0, time.UTC), "tomorrow": noon.Add(20 * time.Hour)} {
		mails = append(mails, letter(name, "a@example.org", "me@example.org", "x", received))
	}
	for i := 0; i < len(mails); i += 100 {
		add(t, s, mails[i:min(i+100, len(mails))]...)
	}
	found := must[[]email.Message](t)(s.Search(ctx, email.Query{Limit: 1000}))
	if len(found) != len(mails) {
		t.Fatalf("%d of %d mails", len(found), len(mails))
	}
	for i := 1; i < len(found); i++ {
		if found[i].Received.After(found[i-1].Received) {
			t.Fatalf("mail %d is newer than the one before it", i)
		}
	}
	if found[0].MessageID != "tomorrow" || found[len(found)-1].MessageID != "ancient" {
		t.Errorf("the first is %s, the last %s", found[0].MessageID, found[len(found)-1].MessageID)
	}
	for _, m := range found[1:3] { // no later than when they were imported
		if m.MessageID != "none" && m.MessageID != "future" || !m.Received.Equal(noon) {
			t.Errorf("%s was received at %v", m.MessageID, m.Received)
		}
	}
	since, until := found[300].Received, found[200].Received
	n := 0
	for _, m := range found {
		if !m.Received.Before(since) && m.Received.Before(until) {
			n++
		}
	}
	if got := must[int](t)(s.Count(ctx, email.Query{Since: since, Until: until})); got != n {
		t.Errorf("%d between two times, want %d", got, n)
	}
}

func TestThreadsDoNotDependOnOrder(t *testing.T) {
	at := func(h int) time.Time { return noon.Add(time.Duration(h-100) * time.Hour) }
	anna, me := "anna@example.org", "me@example.org"
	mails := []email.Parsed{
		letter("root", anna, me, "Plan", at(0)),
		letter("reply", me, anna, "Re: Plan", at(1)),
		letter("late", anna, me, "Re: Plan", at(2)),
		letter("orphan1", anna, me, "Trip", at(3)), // both answer a message that is not here
		letter("orphan2", "bob@example.org", me, "Trip", at(4)),
		letter("loose", anna, me, "RE: AW: Budget", at(6)), // no references
		letter("budget", me, anna, "Budget", at(5)),
		letter("bridge", anna, me, "Fwd: both", at(7)),
		letter("left", "x@example.org", me, "left", at(8)),
		letter("right", "y@example.org", me, "right", at(9)),
		letter("alone", anna, me, "Plan", at(10)), // the same subject without "Re:"
	}
	refs := map[string][]string{"reply": {"root"}, "late": {"root", "reply"}, "orphan1": {"gone"}, "orphan2": {"gone"}, "bridge": {"left", "right"}}
	for i := range mails {
		mails[i].References = refs[mails[i].MessageID]
	}
	want := [][]string{{"alone"}, {"bridge", "left", "right"}, {"budget", "loose"}, {"late", "reply", "root"}, {"orphan1", "orphan2"}}
	r := rand.New(rand.NewPCG(1, 1))
	for round := range 25 {
		s := open(t)
		r.Shuffle(len(mails), func(i, j int) { mails[i], mails[j] = mails[j], mails[i] })
		for rest := mails; len(rest) > 0; {
			n := min(len(rest), 1+r.IntN(4))
			add(t, s, rest[:n]...)
			rest = rest[n:]
		}
		if got := threads(t, s); !reflect.DeepEqual(got, want) {
			t.Fatalf("round %d: threads are %v, want %v", round, got, want)
		}
	}
}

// threads lists the Message-IDs of every thread.
func threads(t *testing.T, s *store.Store) [][]string {
	t.Helper()
	by := map[string][]string{}
	for _, m := range must[[]email.Message](t)(s.Search(ctx, email.Query{Limit: 1000})) {
		by[m.Thread] = append(by[m.Thread], m.MessageID)
	}
	var all [][]string
	for id, ids := range by {
		if got := must[[]email.Message](t)(s.Thread(ctx, id)); len(got) != len(ids) {
			t.Errorf("thread %s has %d mails, search knows %d", id, len(got), len(ids))
		}
		slices.Sort(ids)
		all = append(all, ids)
	}
	slices.SortFunc(all, slices.Compare)
	return all
}

func TestThreadKeepsItsOldId(t *testing.T) {
	s := open(t)
	ids := add(t, s, letter("left", "a@example.org", "me@example.org", "l", noon.Add(-3*time.Hour)), letter("right", "a@example.org", "me@example.org", "r", noon.Add(-2*time.Hour)))
	left, right := must[email.Message](t)(s.Mail(ctx, ids[0])).Thread, must[email.Message](t)(s.Mail(ctx, ids[1])).Thread
	bridge := letter("bridge", "a@example.org", "me@example.org", "b", noon.Add(-time.Hour))
	bridge.References = []string{"left", "right"}
	add(t, s, bridge)
	for _, id := range []string{left, right} {
		var got []string
		for _, m := range must[[]email.Message](t)(s.Thread(ctx, id)) {
			got = append(got, m.MessageID)
		}
		if !slices.Equal(got, []string{"left", "right", "bridge"}) {
			t.Errorf("thread %s is %v", id, got)
		}
	}
}

func TestThreadsStayApart(t *testing.T) {
	for name, second := range map[string]email.Parsed{
		"a stranger guesses the subject": letter("2", "evil@example.net", "me@example.org", "Re: Plan", noon),
		"more than a month later":        letter("2", "anna@example.org", "me@example.org", "Re: Plan", noon.AddDate(0, 0, 20)),
		"no answer":                      letter("2", "anna@example.org", "me@example.org", "Plan", noon),
		"another account": func() email.Parsed {
			m := letter("2", "anna@example.org", "me@example.org", "Re: Plan", noon)
			m.Account = "work"
			return m
		}(),
		"references into another account": func() email.Parsed {
			m := letter("2", "anna@example.org", "me@example.org", "x", noon)
			m.Account, m.References = "work", []string{"1"}
			return m
		}(),
		"subjects that are only prefixes": letter("2", "anna@example.org", "me@example.org", "Re:", noon),
	} {
		t.Run(name, func(t *testing.T) {
			first := letter("1", "anna@example.org", "me@example.org", "Plan", noon.AddDate(0, 0, -15))
			if strings.HasPrefix(name, "subjects") {
				first.Subject = ""
			}
			s, err := store.Open(ctx, store.Options{Dir: t.TempDir(), Master: master, Now: func() time.Time { return noon.AddDate(0, 0, 20) }})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close() // the store is thrown away
			add(t, s, first)
			add(t, s, second)
			first.Account, second.Account = first.Account+" again", second.Account+" again"
			add(t, s, second)
			add(t, s, first)
			if got := threads(t, s); len(got) != 4 {
				t.Errorf("threads are %v", got)
			}
		})
	}
}

func TestThreadSurvivesHostileReferences(t *testing.T) {
	s := open(t)
	m := letter("1", "evil@example.net", "me@example.org", "x", noon)
	for i := range 20_000 {
		m.References = append(m.References, fmt.Sprintf("ref%d@example.net", i), "same", "", "1")
	}
	for i := range 20_000 {
		m.To = append(m.To, email.Address{Address: fmt.Sprintf("p%d@example.net", i)})
	}
	m.MessageID = "same"
	id := add(t, s, m)[0]
	if got := must[email.Message](t)(s.Mail(ctx, id)); len(got.ToPersonIDs) != len(m.To) {
		t.Errorf("%d recipients", len(got.ToPersonIDs))
	}
	if n := count(t, s, "SELECT count(*) FROM mail_reference"); n > 50 {
		t.Errorf("%d references are kept", n)
	}
	if n := count(t, s, "SELECT count(*) FROM mail_person"); n > 500 {
		t.Errorf("%d persons are kept", n)
	}
}

func TestWordsThatAreNoLongerRememberedAreFound(t *testing.T) {
	s := open(t)
	for i := range 10 {
		m := letter(fmt.Sprint(i), "a@example.org", "me@example.org", "x", noon)
		var b strings.Builder
		for k := range 15_000 {
			fmt.Fprintf(&b, "word%d ", i*15_000+k)
		}
		m.Text = b.String()
		add(t, s, m)
	}
	for _, k := range []int{0, 77_777, 149_999} { // also those that are no longer
		if n := must[int](t)(s.Count(ctx, email.Query{Terms: []email.Term{word(fmt.Sprint("word", k))}})); n != 1 {
			t.Errorf("word%d is found in %d mails", k, n)
		}
	}
}
