package skill

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/stewardhq/steward/agents"
)

// Numbers beyond which a skill's own fields are refused.
const (
	maxPhrases = 400 // a language
	maxPhrase  = 300 // bytes
	maxParams  = 20
)

var paramPattern = regexp.MustCompile(`^([a-z][A-Za-z0-9]{0,31})\s*:\s*([a-z]+)(\?)?(?:\s*=\s*(.{1,100}))?$`)

// own reads the fields that Steward adds. Metadata of others is left alone; a field of Steward's that it does not know is
// an error, since it is most likely a slip.
func (s *Skill) own(metadata map[string]string) error {
	s.Titles, s.Examples, s.Phrases = map[string]string{}, map[string]string{}, map[string][]string{}
	if text, ok := metadata["steward.params"]; ok {
		if err := s.params(text); err != nil {
			return err
		}
	}
	keys := make([]string, 0, len(metadata))
	for k := range metadata {
		keys = append(keys, k)
	}
	slices.Sort(keys) // the same error every time
	for _, k := range keys {
		field, ok := strings.CutPrefix(k, "steward.")
		if !ok || field == "params" {
			continue
		}
		if err := s.field(k, field, metadata[k]); err != nil {
			return err
		}
	}
	return nil
}

func (s *Skill) field(key, field, text string) error {
	kind, lang, _ := strings.Cut(field, ".")
	if !slices.Contains([]string{"title", "example", "phrases"}, kind) || !langPattern.MatchString(lang) {
		return invalid(s.Name, "has a field "+quote(key)+" that is not known", "known are steward.params, and steward.title, steward.example and steward.phrases with a language, as in steward.title.en")
	}
	switch kind {
	case "title":
		s.Titles[lang] = strings.TrimSpace(text)
	case "example":
		s.Examples[lang] = strings.TrimSpace(text)
	default:
		return s.phrases(lang, text)
	}
	return nil
}

func (s *Skill) phrases(lang, text string) error {
	for _, line := range lines(text) {
		if len(s.Phrases[lang]) == maxPhrases {
			return invalid(s.Name, fmt.Sprintf("has more than %d phrases for %s", maxPhrases, lang), "join some of them with (a|b)")
		}
		phrase, err := ParsePhrase(line)
		if err != nil {
			return invalid(s.Name, "has a phrase "+quote(line)+" that cannot be read: "+err.Error(), agents.AsError(err).Hint)
		}
		for _, slot := range phrase.Slots() {
			if _, ok := s.Param(slot); !ok {
				return invalid(s.Name, "has a phrase with {"+slot+"}, which is not one of its parameters", "add it to steward.params, as in "+slot+": words")
			}
		}
		s.Phrases[lang] = append(s.Phrases[lang], line)
	}
	return nil
}

func (s *Skill) params(text string) error {
	for _, line := range lines(text) {
		m := paramPattern.FindStringSubmatch(line)
		if m == nil || m[2] != Dates && m[2] != Words {
			return invalid(s.Name, "has a parameter "+quote(line)+" that cannot be read", "write name: dates or name: words, with ? behind it if it may be left out, or = and what it is then, as in day: dates = today")
		}
		if _, twice := s.Param(m[1]); twice || len(s.Params) == maxParams {
			return invalid(s.Name, "has too many parameters, or "+quote(m[1])+" twice", fmt.Sprintf("give each one name, and at most %d", maxParams))
		}
		s.Params = append(s.Params, Param{Name: m[1], Kind: m[2], Optional: m[3] != "", Default: strings.TrimSpace(m[4])})
	}
	return nil
}

func lines(text string) []string {
	var all []string
	for _, l := range strings.Split(text, "\n") {
		if l = strings.TrimSpace(l); l != "" && !strings.HasPrefix(l, "#") {
			all = append(all, l)
		}
	}
	return all
}
