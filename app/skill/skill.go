// Package skill reads skills in the open Agent Skills format: a folder with a SKILL.md (YAML front matter and prose) and,
// where the skill needs no model, a script.ts beside it.
//
// What Steward adds stands in the front matter's metadata, whose values are strings, so that other programs can read the
// same folder:
//
//	metadata:
//	  steward.title.en: Daily briefing
//	  steward.example.en: Brief me on today's mail
//	  steward.phrases.en: |
//	    (brief|update) me on [{day}] mail
//	  steward.params: |
//	    day: dates = today
//	    query: words
//	    person: words?
//
// [Load] reads a folder of such folders; [ParsePhrase] explains the little grammar of phrases.
package skill

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/stewardhq/steward/agents"
)

// Sizes in bytes beyond which a skill is refused.
const (
	maxFile   = 256 << 10
	maxScript = 256 << 10
	maxSkills = 1000
)

// Skill is one skill, ready to be offered and matched.
type Skill struct {
	Name        string              // the folder's name
	Description string              // one paragraph: what it does and when to use it
	License     string              // as written; may be empty
	Body        string              // the Markdown behind the front matter
	Script      string              // script.ts, or ""
	Titles      map[string]string   // by language: what to call it
	Examples    map[string]string   // by language: one request that a person would type
	Phrases     map[string][]string // by language: see ParsePhrase
	Params      []Param             // in the order of the file
	Hash        string              // SHA-256 of SKILL.md and script.ts, hex
}

// Param is a value that a script takes from the request.
type Param struct {
	Name     string
	Kind     string // Dates or Words
	Default  string // in the words of a request ("today"); "" for none
	Optional bool   // may be left out
}

// The kinds of parameters.
const (
	Dates = "dates" // a stretch of time: {"since": Date, "until": Date, "label": string}
	Words = "words" // the user's own words
)

// Param finds a parameter by its name.
func (s Skill) Param(name string) (Param, bool) {
	for _, p := range s.Params {
		if p.Name == name {
			return p, true
		}
	}
	return Param{}, false
}

// Load reads every folder of a file system as a skill, sorted by name. Files and hidden folders beside them are left
// alone. A folder that is not a good skill is left out, and named in the error, which joins one CodeInvalid error a folder;
// the good ones are returned all the same.
func Load(fsys fs.FS) ([]Skill, error) {
	entries, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return nil, fmt.Errorf("read skills: %w", err)
	}
	var skills []Skill
	var bad []error
	for _, e := range entries {
		if !e.IsDir() || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		if len(skills) == maxSkills {
			bad = append(bad, invalid(e.Name(), fmt.Sprintf("is one more than the %d skills that are read", maxSkills), "remove some"))
			break
		}
		s, err := load(fsys, e.Name())
		if err != nil {
			bad = append(bad, err)
			continue
		}
		skills = append(skills, s)
	}
	return skills, errors.Join(bad...)
}

func load(fsys fs.FS, folder string) (Skill, error) {
	text, err := read(fsys, path.Join(folder, "SKILL.md"), maxFile)
	if errors.Is(err, fs.ErrNotExist) {
		return Skill{}, invalid(folder, "has no SKILL.md", "add one, or move the folder elsewhere")
	}
	if err != nil {
		return Skill{}, wrap(folder, err)
	}
	script, err := read(fsys, path.Join(folder, "script.ts"), maxScript)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return Skill{}, wrap(folder, err)
	}
	s, err := Parse(folder, text)
	if err != nil {
		return Skill{}, err
	}
	s.Script = string(script)
	s.Hash = hash(text, script)
	return s, nil
}

// read gives a file's text, refusing what is too big or not UTF-8.
func read(fsys fs.FS, name string, limit int64) ([]byte, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, limit+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("read %s: %w", path.Base(name), err)
	case int64(len(text)) > limit:
		return nil, &agents.Error{Code: agents.CodeInvalid, Message: fmt.Sprintf("%s is larger than %d KB", path.Base(name), limit>>10), Hint: "move long reference text to a file of its own"}
	case !utf8.Valid(text):
		return nil, &agents.Error{Code: agents.CodeInvalid, Message: path.Base(name) + " is not UTF-8 text", Hint: "save it as UTF-8"}
	}
	return text, nil
}

func hash(parts ...[]byte) string {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%d:", len(p))
		h.Write(p)
	}
	return hex.EncodeToString(h.Sum(nil))
}

func invalid(folder, what, hint string) *agents.Error {
	return &agents.Error{Code: agents.CodeInvalid, Message: "the skill " + quote(folder) + " " + what, Hint: hint}
}

// quote makes a name of unknown origin fit to be shown: short, and without control characters.
func quote(name string) string {
	if r := []rune(name); len(r) > 64 {
		name = string(r[:64]) + "…"
	}
	b, err := json.Marshal(strings.ToValidUTF8(name, "�"))
	if err != nil {
		return `"?"`
	}
	return string(b)
}

func wrap(folder string, err error) error {
	if e := (*agents.Error)(nil); errors.As(err, &e) {
		return invalid(folder, "cannot be used: "+e.Message, e.Hint)
	}
	return fmt.Errorf("read skill %s: %w", quote(folder), err)
}
