package policy

import (
	"fmt"
	"iter"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/cedar-policy/cedar-go"
	"github.com/cedar-policy/cedar-go/x/exp/ast"

	"github.com/stewardhq/steward/agents"
)

// Limits of the user's rules.
const (
	maxRules     = 200
	maxRulesText = 64 << 10
	maxNesting   = 100
	maxReason    = 300
)

// Rules are the user's rules, compiled. They only tighten: a `forbid` denies, or asks where it is annotated with @ask; a
// `permit` has no effect. No rules are nil. The zero value is rules that could not be read: everything asks.
type Rules struct {
	source string
	read   bool
	list   []rule // those that can match: the forbids, in order
	all    int
}

type rule struct {
	id     cedar.PolicyID
	policy *cedar.Policy
	ask    bool
	reason string
}

// Problem is what is wrong with rules, or what of them has no effect.
type Problem struct {
	Line     int    `json:"line"`
	Column   int    `json:"column"`
	Message  string `json:"message"`
	Hint     string `json:"hint,omitempty"`
	Harmless bool   `json:"harmless,omitempty"` // it is told, and the rules can be used
}

// Source is the text that the rules were made of.
func (r *Rules) Source() string {
	if r == nil {
		return ""
	}
	return r.source
}

// Readable reports whether the rules could be read. If not, everything asks.
func (r *Rules) Readable() bool { return r == nil || r.read }

// Capabilities are the names of actions that the rules' scopes have, effects left out, so that who knows the
// capabilities can tell of one that is not there.
func (r *Rules) Capabilities() []string {
	var names []string
	if r != nil {
		for _, one := range r.list {
			for _, a := range actionsOf((*ast.Policy)(one.policy.AST())) {
				if name := string(a.entity.ID); agents.ParseEffect(name) == agents.Undeclared {
					names = append(names, name)
				}
			}
		}
	}
	return set(names)
}

var (
	ruleName   = regexp.MustCompile(`^[A-Za-z0-9._-]{1,60}$`)
	parsedAt   = regexp.MustCompile(`<input>:(\d+):(\d+)`)
	parserSays = regexp.MustCompile(`^parser error: (parse error at )?<input>:\d+:\d+:? ?`)
)

// ParseRules compiles rules. Where a problem is not harmless the rules are not usable, and what it gives then asks for
// everything, so that who overlooks the problems is safe. Of nothing it gives nil.
func ParseRules(source string) (*Rules, []Problem) {
	r := &Rules{source: source}
	if strings.TrimSpace(source) == "" {
		return nil, nil
	}
	if p, ok := tooMuch(source); ok {
		return r, []Problem{p}
	}
	parsed, err := cedar.NewPolicyListFromBytes("rules", []byte(source))
	if err != nil {
		return r, []Problem{unparsed(err)}
	}
	if len(parsed) > maxRules {
		return r, []Problem{{Line: 1, Column: 1, Message: fmt.Sprintf("these are %d rules", len(parsed)), Hint: fmt.Sprintf("at most %d are read", maxRules)}}
	}
	var problems []Problem
	taken := map[string]bool{}
	for i, p := range parsed {
		tell := func(harmless bool, hint, format string, args ...any) {
			at := p.Position()
			problems = append(problems, Problem{Line: at.Line, Column: at.Column, Message: fmt.Sprintf(format, args...), Hint: hint, Harmless: harmless})
		}
		notes := p.Annotations()
		one := rule{id: cedar.PolicyID(strconv.Itoa(i + 1)), policy: p}
		if id, named := notes["id"]; named {
			if !ruleName.MatchString(string(id)) {
				tell(false, "letters, digits, dots, dashes: @id(\"no-late-mail\")", "a rule cannot be called %.60q", id)
			}
			one.id = cedar.PolicyID(id)
		}
		if taken[string(one.id)] {
			tell(false, "give each its own @id", "two rules are called %q", one.id)
		}
		taken[string(one.id)] = true
		question, ask := notes["ask"]
		one.ask, one.reason = ask, string(notes["reason"])
		if ask && question != "" {
			one.reason = string(question)
		}
		if one.reason == "" {
			one.reason = "a rule of yours says so: " + string(one.id)
		}
		if utf8.RuneCountInString(one.reason) > maxReason {
			tell(false, fmt.Sprintf("at most %d characters", maxReason), "the reason of rule %s is too long", one.id)
		}
		for name := range notes {
			if name != "id" && name != "ask" && name != "reason" {
				tell(true, "what is read: @id, @ask, @reason", "@%s has no effect", name)
			}
		}
		if p.Effect() == cedar.Permit {
			tell(true, "rules only tighten what Steward does; to let an automation do something without asking, give a grant on its sheet", "a permit has no effect")
			continue
		}
		checkRule(p, tell)
		r.list = append(r.list, one)
	}
	r.all = len(parsed)
	slices.SortStableFunc(problems, func(a, b Problem) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return strings.Compare(a.Message, b.Message)
	})
	r.read = !slices.ContainsFunc(problems, func(p Problem) bool { return !p.Harmless })
	return r, problems
}

// tooMuch refuses what would keep the parser busy, or take it too deep.
func tooMuch(source string) (Problem, bool) {
	if len(source) > maxRulesText {
		return Problem{Line: 1, Column: 1, Message: "the rules are too long", Hint: "at most 64 KiB are read"}, true
	}
	if !utf8.ValidString(source) || strings.ContainsRune(source, 0) {
		return Problem{Line: 1, Column: 1, Message: "the rules are no text", Hint: "save the file as UTF-8"}, true
	}
	depth, line := 0, 1
	for _, c := range source {
		switch c {
		case '\n':
			line++
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			depth = max(0, depth-1)
		}
		if depth > maxNesting {
			return Problem{Line: line, Column: 1, Message: "the rules are nested too deep", Hint: fmt.Sprintf("at most %d brackets stand in each other", maxNesting)}, true
		}
	}
	return Problem{}, false
}

func unparsed(err error) Problem {
	p := Problem{Line: 1, Column: 1, Message: "this is no rule: " + parserSays.ReplaceAllString(err.Error(), ""), Hint: "see the examples in docs/policy.md"}
	if at := parsedAt.FindStringSubmatch(err.Error()); at != nil {
		p.Line, _ = strconv.Atoi(at[1])
		p.Column, _ = strconv.Atoi(at[2])
	}
	return p
}

// All gives the forbids, in order: it is what the engine of Cedar iterates over.
func (r *Rules) All() iter.Seq2[cedar.PolicyID, *cedar.Policy] {
	return func(yield func(cedar.PolicyID, *cedar.Policy) bool) {
		for _, one := range r.list {
			if !yield(one.id, one.policy) {
				return
			}
		}
	}
}

// decide is the rules' word; the zero decision where none matches. A rule that cannot be judged asks.
func (r *Rules) decide(p Proposal, now time.Time) agents.Decision {
	if r == nil {
		return agents.Decision{}
	}
	if !r.read {
		return ruled(agents.Ask, "unreadable", "your rules cannot be read, so everything asks: see `steward policy rules show`")
	}
	if len(r.list) == 0 {
		return agents.Decision{}
	}
	return r.word(cedar.Authorize(r, entitiesOf(&p), requestOf(&p, now)))
}

func (r *Rules) word(_ cedar.Decision, said cedar.Diagnostic) agents.Decision {
	var asks, denies *rule
	for i := range r.list {
		one := &r.list[i]
		if !slices.ContainsFunc(said.Reasons, func(m cedar.DiagnosticReason) bool { return m.PolicyID == one.id }) {
			continue
		}
		if one.ask && asks == nil {
			asks = one
		} else if !one.ask && denies == nil {
			denies = one
		}
	}
	switch {
	case denies != nil:
		return ruled(agents.Deny, string(denies.id), denies.reason)
	case asks != nil:
		return ruled(agents.Ask, string(asks.id), asks.reason)
	case len(said.Errors) > 0:
		id := string(said.Errors[0].PolicyID)
		return ruled(agents.Ask, id, "your rule "+id+" cannot be judged here: it needs to know what this step does not say")
	}
	return agents.Decision{}
}

func ruled(v agents.Verdict, id, reason string) agents.Decision {
	return agents.Decision{Verdict: v, Rule: "rule:" + id, Reasons: []string{reason}, Codes: []string{"rule"}}
}
