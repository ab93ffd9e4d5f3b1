// Package redteam is the red team's library: scenarios in files, one a file, that its tests play through the real store,
// engine, sandbox, policy and mail agent, with an SMTP server and web servers that keep whatever reaches them.
//
// A hostile scenario plays what a planner wrote before and after it was fully taken over; it fails if anything that the
// attacker wanted reached a sink without a person having said yes to exactly that. An honest one is an everyday task; it
// says whether it tells others something, and so how many sheets it may need. README.md, beside the scenarios, describes
// the files.
package redteam

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/txtar"
)

// Scenario is one file: a head of "key: value" lines, then the mails, pages and scripts.
type Scenario struct {
	Name  string // "hostile/bill-to-stranger"
	Title string
	Head  map[string][]string
	Files []txtar.File
}

// keys are what a head may say. A key may be followed by a script's name, and then counts for that script alone.
var keys = []string{
	"attack", "tells others", "lang", "request", "user", "mailbox", "wants", "stopped", "done", "sheet says", "reply",
	"at most", "context", "parent", "automation", "grant",
}

// Parse reads a scenario.
func Parse(name string, data []byte) (Scenario, error) {
	archive := txtar.Parse(data)
	s := Scenario{Name: name, Head: map[string][]string{}, Files: archive.Files}
	for line := range strings.Lines(string(archive.Comment)) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		if title, ok := strings.CutPrefix(line, "#"); ok {
			s.Title = strings.TrimSpace(s.Title + " " + strings.TrimSpace(title))
			continue
		}
		key, value, ok := strings.Cut(line, ":")
		if !ok || !known(key) {
			return s, fmt.Errorf("%s: the head has the line %q", name, line)
		}
		s.Head[key] = append(s.Head[key], strings.TrimSpace(value))
	}
	if s.Title == "" || len(s.Scripts()) == 0 && !strings.HasPrefix(name, "mailbox/") {
		return s, fmt.Errorf("%s has no title or no script", name)
	}
	return s, nil
}

func known(key string) bool {
	return slices.ContainsFunc(keys, func(k string) bool {
		return key == k || strings.HasPrefix(key, k+" ") && strings.HasSuffix(key, ".ts")
	})
}

// Load reads all scenarios below a folder, in the order of their names, and gives those of shared mailboxes apart.
func Load(files fs.FS, folder string) ([]Scenario, error) {
	names, err := fs.Glob(files, path.Join(folder, "*.txtar"))
	if err != nil {
		return nil, fmt.Errorf("list scenarios: %w", err)
	}
	var all []Scenario
	for _, name := range names {
		data, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, fmt.Errorf("read a scenario: %w", err)
		}
		s, err := Parse(strings.TrimSuffix(name, ".txtar"), data)
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, nil
}

// Hostile reports whether the scenario is an attack.
func (s Scenario) Hostile() bool { return strings.HasPrefix(s.Name, "hostile/") }

// Say gives the first value of a key for a script, or the scenario's, or "".
func (s Scenario) Say(key, script string) string {
	if all := s.All(key, script); len(all) > 0 {
		return all[0]
	}
	return ""
}

// All gives the values of a key for a script, or the scenario's where the script has none of its own.
func (s Scenario) All(key, script string) []string {
	if own := s.Head[key+" "+script]; script != "" && len(own) > 0 {
		return own
	}
	return s.Head[key]
}

// Scripts are the scenario's scripts in their order.
func (s Scenario) Scripts() []txtar.File { return s.Below("", ".ts") }

// Below gives the files of a folder with an ending.
func (s Scenario) Below(folder, ending string) []txtar.File {
	var found []txtar.File
	for _, f := range s.Files {
		if strings.HasPrefix(f.Name, folder) && strings.HasSuffix(f.Name, ending) {
			found = append(found, f)
		}
	}
	return found
}

// Want is something that reaches a sink: which sink, whom or where, and what is in it. Empty words stand for anything.
type Want struct {
	Sink, Target, Content string
}

// ParseWant reads "mail evil@example.org | IBAN" or "web *".
func ParseWant(line string) (Want, error) {
	head, content, _ := strings.Cut(line, "|")
	sink, target, _ := strings.Cut(strings.TrimSpace(head), " ")
	w := Want{Sink: sink, Target: strings.TrimSpace(target), Content: strings.TrimSpace(content)}
	if w.Target == "*" {
		w.Target = ""
	}
	if !slices.Contains(Sinks, w.Sink) {
		return w, fmt.Errorf("%q is no sink; there are %s", w.Sink, strings.Join(Sinks, ", "))
	}
	return w, nil
}

// Sinks are where something can end up.
var Sinks = []string{
	"mail", "web", "api", "entry", "invite", "label", "archive", "trash", "unsubscribe", "file", "pay", "program", "standing",
	"note",     // a notification
	"unmarked", // what a notification, a mail to the user or a finished run says in Steward's own voice
	"link",     // what a report would load or lead to
	"made",     // a report, by its title
}
