package store_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"
	"unicode/utf16"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/agents/email"
	"github.com/stewardhq/steward/agents/email/calendar"
	"github.com/stewardhq/steward/store"
)

// A value that somebody moves to another row, or to another table, with a tool of his own does not open there.
func TestMovedValuesDoNotOpen(t *testing.T) {
	for _, c := range []struct {
		query string
		read  func(s *store.Store) error
	}{
		{"UPDATE run SET sealed = (SELECT sealed FROM run WHERE id = '01JRUN0002') WHERE id = '01JRUN0001'", func(s *store.Store) error { _, err := s.Run(ctx, "01JRUN0001"); return err }},
		{"UPDATE run SET sealed = (SELECT sealed FROM script LIMIT 1) WHERE id = '01JRUN0001'", func(s *store.Store) error { _, err := s.Runs(ctx, store.RunFilter{}); return err }},
		{"UPDATE step SET sealed = (SELECT sealed FROM step WHERE seq = 2) WHERE seq = 1", func(s *store.Store) error { _, err := s.Steps(ctx, "01JRUN0001"); return err }},
		{"UPDATE step SET seq = 3 WHERE seq = 2", func(s *store.Store) error { _, err := s.Steps(ctx, "01JRUN0001"); return err }},
		{"UPDATE step SET result = input WHERE seq = 1", func(s *store.Store) error { _, err := s.Steps(ctx, "01JRUN0001"); return err }},
		{"UPDATE step SET result = NULL WHERE seq = 1", func(s *store.Store) error { _, err := s.Steps(ctx, "01JRUN0001"); return err }},
		{"UPDATE script SET sealed = (SELECT sealed FROM script s WHERE s.id <> script.id)", func(s *store.Store) error { _, err := s.Script(ctx, "h1"); return err }},
		{"UPDATE setting SET sealed = (SELECT sealed FROM setting s WHERE s.id <> setting.id)", func(s *store.Store) error { _, err := s.Setting(ctx, "k1", new(int)); return err }},
		{"UPDATE report SET body = (SELECT body FROM report WHERE id = 'r_2') WHERE id = 'r_1'", func(s *store.Store) error { _, err := s.Report(ctx, "r_1"); return err }},
		{"UPDATE blob_part SET sealed = (SELECT sealed FROM blob_part p WHERE p.n <> blob_part.n)", func(s *store.Store) error { _, err := s.Report(ctx, "r_1"); return err }},
		{"UPDATE blob SET size = size - 1", func(s *store.Store) error { _, err := s.Report(ctx, "r_1"); return err }},
		{"UPDATE person SET sealed = (SELECT sealed FROM person p WHERE p.id <> person.id)", func(s *store.Store) error { _, err := s.Find(ctx, "anna"); return err }},
		{"UPDATE mail SET content = (SELECT content FROM mail m WHERE m.n <> mail.n)", func(s *store.Store) error { _, err := s.Search(ctx, email.Query{}); return err }},
		{"UPDATE mail SET raw = (SELECT raw FROM mail m WHERE m.n <> mail.n)", sameRaw},
		{"UPDATE mail_content SET sealed = randomblob(100)", func(s *store.Store) error { _, err := s.Search(ctx, email.Query{}); return err }},
	} {
		t.Run(c.query, func(t *testing.T) {
			dir := t.TempDir()
			s := openAt(t, dir)
			for i := 1; i <= 2; i++ {
				run := agents.Run{ID: fmt.Sprintf("01JRUN000%d", i), Created: noon}
				record(t, s, store.Record{Run: &run})
				step := fullStep("01JRUN0001", i)
				step.Input = json.RawMessage(`"the input ` + strings.Repeat("x", 9000) + `"`)
				step.Result = json.RawMessage(fmt.Sprintf(`"%s"`, strings.Repeat(fmt.Sprint(i), 9000)))
				record(t, s, store.Record{Steps: []agents.Step{step}})
				fail := func(err error) {
					if err != nil {
						t.Fatal(err)
					}
				}
				fail(s.SaveScript(ctx, agents.Script{Hash: fmt.Sprint("h", i), Source: fmt.Sprint("source", i)}))
				fail(s.SetSetting(ctx, fmt.Sprint("k", i), i))
				fail(s.SaveReport(ctx, agents.Report{ID: fmt.Sprint("r_", i), HTML: fmt.Sprint(i)}))
			}
			add(t, s, letter("1", "anna@example.org", "me@example.org", "one", noon), letter("2", "bob@example.org", "me@example.org", "two", noon))
			if err := c.read(s); err != nil {
				t.Fatal(err)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			tamper(t, dir, c.query)
			s = openAt(t, dir)
			wantCode(t, c.read(s), agents.CodeDamaged)
		})
	}
}

func sameRaw(s *store.Store) error {
	all, err := s.Search(ctx, email.Query{})
	for _, m := range all {
		if _, err := s.Raw(ctx, m.ID); err != nil {
			return err
		}
	}
	return err
}

// canaries gives words that stand nowhere else, and remembers them.
type canaries struct {
	r   *rand.Rand
	all []string
}

func (c *canaries) word() string {
	b := make([]byte, 14)
	for i := range b {
		b[i] = "abcdefghijklmnopqrstuvwxyz"[c.r.IntN(26)]
	}
	c.all = append(c.all, string(b))
	return string(b)
}

func (c *canaries) text() agents.Text {
	return agents.Labelled(c.word(), agents.Label{Integrity: agents.Untrusted, Origins: []string{"mail:" + c.word()}, Readers: agents.Only(c.word())})
}

func (c *canaries) json() json.RawMessage {
	return json.RawMessage(`{"` + c.word() + `":"` + c.word() + `"}`)
}

func (c *canaries) fault() *agents.Error {
	return &agents.Error{Code: agents.CodeScript, Message: c.word(), Hint: c.word()}
}

// forms are the ways in which a word could stand in a file.
func forms(word string) []string {
	var little, big strings.Builder
	for _, u := range utf16.Encode([]rune(word)) {
		little.Write([]byte{byte(u), byte(u >> 8)})
		big.Write([]byte{byte(u >> 8), byte(u)})
	}
	all := []string{word, strings.ToUpper(word), little.String(), big.String()}
	for offset := range 3 { // without the letters that the word's neighbours share
		text := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("\x00", offset) + word + "\x00\x00"))
		first := []int{0, 2, 3}[offset]
		all = append(all, text[first:(offset+len(word))*8/6])
	}
	return all
}

func exercise(t testing.TB, s *store.Store, c *canaries) {
	t.Helper()
	fail := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	text := c.text()
	run := agents.Run{
		ID: "01JRUN0001", Parent: "01JRUN0000", Kind: "ask", State: agents.Done, Request: c.word(), Skill: c.word(), Planner: c.word(), Script: c.word(), Params: c.json(),
		Created: noon, Label: text.Label(), Result: &text, Output: c.json(), Error: c.fault(), Logs: []string{c.word()}, Zone: c.word(),
	}
	step := agents.Step{
		Run: run.ID, Seq: 1, State: agents.StepDone, Capability: "mail.search", Effect: agents.Read, Decision: agents.Decision{Rule: c.word(), Reasons: []string{c.word()}}, Proposal: c.json(), Edits: []agents.Edit{{Path: "draft.body", Text: c.word()}},
		InputHash: c.word(), Input: c.json(), Result: c.json(), Label: c.text().Label(), Receipt: &agents.Receipt{Kind: c.word(), ID: c.word(), Note: c.word()},
		Error: c.fault(), Key: c.word(), Issued: noon, Ended: noon,
	}
	large := step
	large.Seq, large.Input, large.Result = 2, json.RawMessage(`"`+strings.Repeat(c.word(), 3000)+`"`), json.RawMessage(`"`+strings.Repeat(c.word(), 200_000)+`"`)
	fail(s.Record(ctx, store.Record{Run: &run, Steps: []agents.Step{step, large}, Ledger: []agents.Entry{{Kind: "egress", Run: run.ID, Content: c.json()}}, Durable: true}))
	fail(s.SaveScript(ctx, agents.Script{Hash: c.word(), Name: c.word(), Source: c.word(), Created: noon}))
	fail(s.SaveReport(ctx, agents.Report{ID: "r_1", Run: run.ID, Title: c.text(), HTML: c.word(), Markdown: c.word(), Label: c.text().Label()}))
	automation := agents.Automation{
		ID: "01JAUT0001", Request: c.word(), Words: c.word(), Lang: c.word(), Schedule: agents.Schedule{Days: []string{c.word()}, Time: c.word(), Zone: c.word()},
		Skill: c.word(), Planner: c.word(), Script: c.word(), Params: c.json(), From: c.word(), State: agents.AutomationActive, Created: noon,
	}
	occurrence := agents.Occurrence{ID: "01JOCC0001", Automation: automation.ID, Due: noon, State: agents.OccurrenceFailed, Run: c.word(), Note: c.word(), Error: c.fault()}
	fail(s.Record(ctx, store.Record{Automation: &automation, Occurrences: []agents.Occurrence{occurrence}}))
	grant := agents.Grant{ID: "01JGRA0001", Automation: automation.ID, Capability: c.word(), Recipients: []string{c.word()}, Names: []agents.Text{agents.Plain(c.word())}, Hosts: []string{c.word()}, From: c.word()}
	alert := agents.Alert{ID: "01JALE0001", Kind: agents.AlertEgress, Created: noon, Run: c.word(), Facts: map[string]string{"host": c.word()}}
	fail(s.Record(ctx, store.Record{Grants: []agents.Grant{grant}, Alerts: []agents.Alert{alert}}))
	fail(s.SetSetting(ctx, c.word(), c.word()))
	fail(s.SetMe(ctx, []string{c.word() + "@example.org"}))
	fail(s.Reanchor(ctx, c.word()))
	for i := range 3 {
		m := letter(c.word(), c.word()+"@"+c.word()+".org", c.word()+"@example.org", c.word()+" 會議", noon.Add(-time.Duration(i)*time.Hour))
		m.Account, m.From.Name, m.DedupeKey, m.Problems = c.word(), c.word(), c.word(), []string{c.word()}
		m.Cc, m.ReplyTo = []email.Address{{Name: c.word(), Address: c.word() + "@example.org"}}, []email.Address{{Address: c.word() + "@example.org"}}
		m.References = []string{c.word(), "shared"}
		m.Attachments = []email.Attachment{{Name: c.word() + ".pdf", Type: "application/" + c.word()}}
		m.Invitation = &calendar.Invite{Summary: c.word(), Location: c.word()}
		word := c.word()
		m.Text, m.Raw = word, append(m.Raw, word...)
		ids := add(t, s, m)
		if found := must[[]email.Message](t)(s.Search(ctx, email.Query{Terms: []email.Term{{Text: word}}})); len(found) != 1 || found[0].ID != ids[0] {
			t.Errorf("the word is found in %d mails", len(found))
		}
		must[[]agents.Person](t)(s.Find(ctx, word))
	}
	bridge := letter("bridge", "a@example.org", "b@example.org", "x", noon)
	first, second := letter("first", "a@example.org", "b@example.org", "y", noon), letter("second", "a@example.org", "b@example.org", "z", noon)
	bridge.References = []string{"first", "second"}
	add(t, s, first, second)
	add(t, s, bridge)
}

func TestNoWordStandsInAnyFile(t *testing.T) {
	dir := t.TempDir()
	c := &canaries{r: rand.New(rand.NewPCG(11, 12))}
	s := openAt(t, dir)
	exercise(t, s, c)
	look := func(when string) {
		t.Helper()
		files, bytes := 0, 0
		err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() {
				return err
			}
			data, err := os.ReadFile(path)
			content := string(data)
			files, bytes = files+1, bytes+len(data)
			for _, word := range c.all {
				for i, form := range forms(word) {
					if strings.Contains(content, form) {
						t.Errorf("%s: %s has the word %s in form %d", when, filepath.Base(path), word, i)
					}
				}
			}
			return err
		})
		if err != nil || files < 3 || bytes < 100_000 || len(c.all) < 80 {
			t.Errorf("%s: %d files with %d bytes, %d words, %v: this proves nothing", when, files, bytes, len(c.all), err)
		}
	}
	look("while it is open")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	look("closed")
	set := shipped(t)
	set[migrationAfter(set)] = &fstest.MapFile{Data: []byte("SELECT 1;")}
	s, err := store.OpenWith(ctx, store.Options{Dir: dir, Master: master, Now: at}, set)
	if err != nil {
		t.Fatal(err)
	}
	look("after an update")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// What the canary test looks for must be found where it is.
func TestFormsFindAWordWhereItIs(t *testing.T) {
	word := "lanternfish"
	for i, hidden := range []string{
		"xx" + word + "yy", strings.ToUpper(word), "\x00l\x00a\x00n\x00t\x00e\x00r\x00n\x00f\x00i\x00s\x00h\x00",
		base64.StdEncoding.EncodeToString([]byte(word + "tail")), base64.StdEncoding.EncodeToString([]byte("a" + word + "tail")),
		base64.StdEncoding.EncodeToString([]byte("ab" + word)), base64.StdEncoding.EncodeToString([]byte("abcd" + word)),
	} {
		found := false
		for _, form := range forms(word) {
			found = found || strings.Contains(hidden, form)
		}
		if !found {
			t.Errorf("form %d is not found", i)
		}
	}
}
