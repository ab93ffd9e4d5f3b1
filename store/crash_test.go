package store_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/agents/email"
	"github.com/stewardhq/steward/store"
)

const crashDir = "STEWARD_STORE_CRASH_DIR"

// crashChild writes until it is killed, and says on its standard output what was acknowledged.
func crashChild(dir string) {
	s, err := store.Open(ctx, store.Options{Dir: dir, Master: master, Now: at})
	for i := 0; err == nil; i++ {
		name := fmt.Sprintf("%d.%d", os.Getpid(), i)
		var mails []email.Parsed
		for k := range 5 {
			m := letter(fmt.Sprintf("%s.%d", name, k), "anna@example.org", "me@example.org", "Dinner "+name, noon.Add(-time.Duration(i)*time.Second))
			m.Account = fmt.Sprint("account", i%7) // keys are made as well
			mails = append(mails, m)
		}
		var r store.AddResult
		if r, err = s.AddMails(ctx, mails); err != nil {
			break
		}
		fmt.Println("mail " + strings.Join(r.IDs, " "))
		run := agents.Run{ID: "01J" + name, State: agents.Running, Created: noon}
		step := agents.Step{Run: run.ID, Seq: 1, State: agents.StepDone, Result: json.RawMessage(`"` + strings.Repeat("x", 20_000*(i%2)) + `"`)}
		if err = s.Record(ctx, store.Record{Run: &run, Steps: []agents.Step{step}, Ledger: entries(0, 40), Durable: i%2 == 0}); err == nil {
			fmt.Println("run " + run.ID)
		}
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

func TestKillLosesNothing(t *testing.T) {
	dir := t.TempDir()
	r, hash := rand.New(rand.NewPCG(5, 6)), 0
	var acknowledged []string
	for round := range 10 {
		child := exec.Command(os.Args[0], "-test.run=^$")
		child.Env = append(os.Environ(), crashDir+"="+dir)
		var stderr strings.Builder
		child.Stderr = &stderr
		out, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		lines, killAfter := bufio.NewScanner(out), 1+r.IntN(12)
		if round%4 == 0 { // while it opens
			for end := r.IntN(1 << 26); end > 0; end-- {
				hash = hash*31 + end
			}
			if err := child.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
		for n := 0; lines.Scan(); n++ { // to the end of what the child could say
			acknowledged = append(acknowledged, lines.Text())
			if n == killAfter {
				for end := r.IntN(1 << 18); end > 0; end-- { // not always right after a line
					hash = hash*31 + end
				}
				if err := child.Process.Kill(); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := child.Wait(); err == nil || stderr.Len() > 0 {
			t.Fatalf("round %d: the child ended by itself: %v, %s", round, err, stderr.String())
		}
	}
	t.Logf("%d lines (%d)", len(acknowledged), hash)
	s := openAt(t, dir)
	if err := s.Integrity(ctx); err != nil {
		t.Error(err)
	}
	mails, runs := 0, 0
	for _, line := range acknowledged {
		kind, rest, _ := strings.Cut(line, " ")
		for _, id := range strings.Fields(rest) {
			if kind == "mail" {
				mails++
				m, err := s.Mail(ctx, id)
				if err != nil {
					t.Fatal(err)
				}
				if raw, err := s.Raw(ctx, id); err != nil || int64(len(raw)) != m.Size {
					t.Fatalf("%d bytes of a mail of %d, %v", len(raw), m.Size, err)
				}
				continue
			}
			runs++
			if steps, err := s.Steps(ctx, id); err != nil || len(steps) != 1 || steps[0].State != agents.StepDone {
				t.Fatalf("steps of %s: %d, %v", id, len(steps), err)
			}
		}
	}
	if mails < 50 || runs < 10 {
		t.Errorf("only %d mails and %d runs were acknowledged: this proves little", mails, runs)
	}
	// Whole batches or nothing, also where nothing was acknowledged.
	if n := must[int](t)(s.Count(ctx, email.Query{})); n%5 != 0 || n < mails {
		t.Errorf("%d mails are there, %d were acknowledged", n, mails)
	}
	words := must[[]email.Message](t)(s.Search(ctx, email.Query{Terms: []email.Term{{Text: "dinner"}}, Limit: 1000}))
	if n := must[int](t)(s.Count(ctx, email.Query{})); len(words) != min(n, 1000) {
		t.Errorf("the index knows %d mails, the table %d", len(words), n)
	}
	if v := verify(t, s); v.Rows%40 != 0 || v.Rows < 40*runs {
		t.Errorf("the ledger has %s rows, %d runs were acknowledged", strconv.Itoa(v.Rows), runs)
	}
}
