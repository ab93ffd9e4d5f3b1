package offline

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/model/offline/when"
	"github.com/stewardhq/steward/app/skill"
)

const (
	maxRequest = 2000 // bytes
	maxTokens  = 120
)

// Planned is a request understood: which skill, with what.
type Planned struct {
	Skill   string                     // its name
	Params  map[string]json.RawMessage // every parameter of the skill, in the script's encoding; see Plan
	Lang    string                     // "en" or "zh-Hant"
	Matched string                     // the phrase that fitted
}

// Planner matches requests against the phrases of some skills. It is safe for concurrent use.
type Planner struct {
	skills   []skill.Skill
	patterns [][]pattern // by skill
}

// NewPlanner prepares the skills that have a script; others need a model and are left out. The error is CodeInvalid and
// names a phrase that cannot be read.
func NewPlanner(skills []skill.Skill) (*Planner, error) {
	p := &Planner{}
	for _, s := range skills {
		if s.Script == "" || len(s.Phrases) == 0 {
			continue
		}
		v, err := compile(s)
		if err != nil {
			return nil, fmt.Errorf("compile the phrases of %s: %w", s.Name, err)
		}
		p.skills, p.patterns = append(p.skills, s), append(p.patterns, v)
	}
	return p, nil
}

// Plan is NewPlanner and its Plan in one, for a single request.
func Plan(request string, skills []skill.Skill, now time.Time, zone *time.Location) (Planned, error) {
	p, err := NewPlanner(skills)
	if err != nil {
		return Planned{}, err
	}
	return p.Plan(request, now, zone)
}

// Plan finds the skill that a request asks for. Params holds every parameter: words as a JSON string in the user's own
// words ("" where an optional one is left out), dates as {"since": {"$d": ms}, "until": {"$d": ms}, "label": "last week"},
// until exclusive (null where an optional one is left out).
//
// A request that says to be carried out again and again is refused, and the hint names the command for that.
//
// What no skill does is a CodeUnsupported error, in the request's language, that says so and names the nearest skills.
func (p *Planner) Plan(request string, now time.Time, zone *time.Location) (Planned, error) {
	lang := Language(request)
	if strings.TrimSpace(request) == "" || !utf8.ValidString(request) {
		return Planned{}, say(agents.CodeInvalid, lang, "the request is empty", "這個請求是空的", "type what you want done, as in “Brief me on today's mail”", "請輸入想做的事，例如「整理今天的郵件」")
	}
	if standing(request) {
		return Planned{}, automate(lang, request)
	}
	now = now.In(zone)
	tokens := []token(nil)
	if len(request) <= maxRequest {
		tokens = tokenize(request, now)
	}
	if len(tokens) == 0 || len(tokens) > maxTokens {
		return Planned{}, p.unsupported(lang, nil)
	}
	best, skillNo, ranking := p.best(tokens, lang)
	if best.share() < threshold {
		best, skillNo = p.afterSmallTalk(tokens, lang, best, skillNo)
	}
	if word, ok := deed(tokens, best, request); ok {
		return Planned{}, p.cannot(lang, word, ranking)
	}
	if best.share() < threshold {
		return Planned{}, p.unsupported(lang, ranking)
	}
	return p.fill(p.skills[skillNo], best, tokens, request, now)
}

// best gives the match that accounts for most, whose it is, and the skills in the order of how near they came.
func (p *Planner) best(tokens []token, lang string) (match, int, []int) {
	best, whose := match{used: unused(len(tokens))}, -1
	shares := make([]float64, len(p.skills))
	order := make([]int, len(p.skills))
	for i, patterns := range p.patterns {
		order[i] = i
		for n := range patterns {
			m := align(&patterns[n], tokens)
			if m.lang != lang { // many words have one meaning in both languages: the request's own goes first
				m.loss += 0.05
			}
			shares[i] = max(shares[i], m.share())
			if whose < 0 || better(m, best) {
				best, whose = m, i
			}
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(shares[b], shares[a]) })
	return best, whose, order
}

// afterSmallTalk tries the request without what stands before a comma or a full stop: "I'm back! What's new?"
func (p *Planner) afterSmallTalk(tokens []token, lang string, best match, skillNo int) (match, int) {
	for i, t := range tokens {
		if t.sort != gap || i+1 == len(tokens) {
			continue
		}
		m, whose, _ := p.best(tokens[i+1:], lang)
		if m.share() >= threshold {
			m.used = append(unused(i+1), m.used...)
			return m, whose
		}
	}
	return best, skillNo
}

func better(m, n match) bool {
	if enough := m.share() >= threshold; enough != (n.share() >= threshold) {
		return enough
	}
	d := (m.gain - m.loss) - (n.gain - n.loss)
	return d > 1e-9 || d > -1e-9 && m.phrase < n.phrase // the same answer every time
}

// fill turns a match into parameters.
func (p *Planner) fill(s skill.Skill, m match, tokens []token, request string, now time.Time) (Planned, error) {
	plan := Planned{Skill: s.Name, Lang: m.lang, Matched: m.phrase, Params: map[string]json.RawMessage{}}
	for _, param := range s.Params {
		first, last := -1, -1
		for j, i := range m.used {
			if i >= 0 && m.edges[i].slot == param.Name {
				if first < 0 {
					first = j
				}
				last = j
			}
		}
		value, err := value(param, first, last, tokens, request, now, m.lang)
		if err != nil {
			return Planned{}, fmt.Errorf("fill %s of %s: %w", param.Name, s.Name, err)
		}
		if value == nil {
			return Planned{}, p.unsupported(m.lang, []int{slices.IndexFunc(p.skills, func(t skill.Skill) bool { return t.Name == s.Name })})
		}
		plan.Params[param.Name] = value
	}
	return plan, nil
}

// value encodes a parameter; nil where it is needed and was not said.
func value(p skill.Param, first, last int, tokens []token, request string, now time.Time, lang string) (json.RawMessage, error) {
	switch {
	case first >= 0 && p.Kind == skill.Dates:
		f := tokens[first].found
		return encodeDates(*f, f.Text)
	case first >= 0:
		return json.Marshal(strings.Trim(request[tokens[first].start:tokens[last].end], " \"'“”‘’「」『』"))
	case p.Default != "" && p.Kind == skill.Dates:
		f, ok := when.Parse(p.Default, now, when.Past)
		if !ok {
			return nil, &agents.Error{Code: agents.CodeInvalid, Message: "the default of " + p.Name + " is not a date that can be read", Hint: "write one like today, yesterday or last week"}
		}
		return encodeDates(f, localName(p.Default, lang))
	case p.Default != "":
		return json.Marshal(p.Default)
	case p.Optional && p.Kind == skill.Dates:
		return json.RawMessage("null"), nil
	case p.Optional:
		return json.RawMessage(`""`), nil
	}
	return nil, nil
}

type millis struct {
	D int64 `json:"$d"`
}

func encodeDates(f when.Found, label string) (json.RawMessage, error) {
	since := int64(0) // "before October" has no beginning
	if !f.Since.IsZero() {
		since = f.Since.UnixMilli()
	}
	return json.Marshal(struct {
		Since millis `json:"since"`
		Until millis `json:"until"`
		Label string `json:"label"`
	}{millis{since}, millis{f.Until.UnixMilli()}, label})
}

// localName is a default's name in the language of the request.
func localName(name, lang string) string {
	chinese := map[string]string{"today": "今天", "yesterday": "昨天", "this week": "這週", "last week": "上週", "this month": "這個月", "last month": "上個月"}
	if c, ok := chinese[name]; ok && lang == Chinese {
		return c
	}
	return name
}
