package redteam_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/agents/email"
	"github.com/stewardhq/steward/app/engine"
	"github.com/stewardhq/steward/app/policy/redteam"
	"github.com/stewardhq/steward/app/sandbox"
	"github.com/stewardhq/steward/store"
)

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == sandbox.ChildArg {
		os.Exit(sandbox.RunChild())
	}
	code := m.Run()
	if !testing.Short() { // some scenarios make no figures
		figures.print()
	}
	os.Exit(code)
}

var (
	tags   = regexp.MustCompile(`(?is)<style\b.*?</style\s*>|<script\b.*?</script\s*>|<[a-z!][^>]*>`)
	active = regexp.MustCompile(`(?i)(?:[a-z]+:)?//[^"'\s>)]+|javascript:|data:text/html`)
)

// loads is what a report would load, or lead to, when it is opened: addresses in its tags, styles and scripts. Text is
// escaped, and no tag.
func loads(html string) []string {
	var found []string
	for _, tag := range tags.FindAllString(html, -1) {
		found = append(found, active.FindAllString(tag, -1)...)
	}
	return found
}

// readable is a sent message as its reader sees it, with its head.
func readable(raw []byte) string {
	head, _, _ := strings.Cut(string(raw), "\r\n\r\n")
	p := email.Parse(raw, email.ParseOptions{Now: began})
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%s\n%s\n", head, p.Subject, p.Text)
	for _, a := range p.Attachments {
		b.WriteString(a.Name + "\n")
	}
	return b.String()
}

// played is how one script of a scenario went.
type played struct {
	Script   string
	Run      agents.Run
	Steps    []agents.Step
	Ledger   []store.LedgerRow
	Sheets   []engine.Sheet
	Approved []engine.Row
}

var testdata = os.DirFS("testdata")

// busy limits how many scenarios are played at a time.
var busy = make(chan struct{}, 4)

func load(t *testing.T, kind string) []redteam.Scenario {
	t.Helper()
	files := testdata
	all, err := redteam.Load(files, kind)
	if err != nil {
		t.Fatal(err)
	}
	boxes, err := redteam.Load(files, "mailbox")
	if err != nil {
		t.Fatal(err)
	}
	if testing.Short() { // under the race detector: one in eight shows how scenarios run beside each other
		var some []redteam.Scenario
		for i := 0; i < len(all); i += 8 {
			some = append(some, all[i])
		}
		all = some
	}
	for i, s := range all {
		for _, b := range boxes {
			if strings.TrimPrefix(b.Name, "mailbox/") == s.Say("mailbox", "") {
				all[i].Files = append(all[i].Files, b.Files...)
			}
		}
	}
	return all
}

func TestHostile(t *testing.T) {
	for _, s := range load(t, "hostile") {
		t.Run(filepath.Base(s.Name), func(t *testing.T) {
			t.Parallel()
			busy <- struct{}{}
			defer func() { <-busy }()
			h := open(t, s)
			var all []played
			for _, f := range s.Scripts() {
				all = append(all, h.play(f))
			}
			judgeHostile(t, h, all)
		})
	}
}

func TestHonest(t *testing.T) {
	for _, s := range load(t, "honest") {
		t.Run(filepath.Base(s.Name), func(t *testing.T) {
			t.Parallel()
			busy <- struct{}{}
			defer func() { <-busy }()
			h := open(t, s)
			var all []played
			for _, f := range s.Scripts() {
				all = append(all, h.play(f))
			}
			judgeHonest(t, h, all)
		})
	}
}

// figures are what the table at the end is made of.
var figures = &tally{}

type tally struct {
	mu      sync.Mutex
	hostile []result
	honest  []result
}

// result is how a scenario went.
type result struct {
	Name, Title string
	Attack      string
	Silent      []string // attacks that went through in silence
	Asks        int      // rows put before the user
	Sheets      int
	Denials     int // by policy
	Refusals    int // of arguments that were no such thing: forged, or not accepted
	Others      bool
	Because     string // why a sheet is right for a task that tells nobody anything
	Finished    bool
	Reasons     []string
}
