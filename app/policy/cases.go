package policy

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"github.com/stewardhq/steward/agents"
)

// Limits of a file of cases.
const (
	maxCasesText = 512 << 10
	maxCases     = 5000
	maxIndent    = 40
	maxCopies    = 1000
)

// CaseResult is what became of one case.
type CaseResult struct {
	Name  string         `json:"name"`
	Want  agents.Verdict `json:"want"`
	Got   agents.Verdict `json:"got"`
	OK    bool           `json:"ok"`
	Rule  string         `json:"rule"`  // that decided
	Codes []string       `json:"codes"` // of its reasons
}

// casesFile is a file of cases. Mode and rules, where it has them, stand in the place of the user's.
type casesFile struct {
	Mode  Mode       `yaml:"mode"`
	Rules *string    `yaml:"rules"`
	Cases []caseText `yaml:"cases"`
}

type caseText struct {
	Name     string         `yaml:"name"`
	Want     agents.Verdict `yaml:"want"`
	Rule     string         `yaml:"rule"`
	Because  []string       `yaml:"because"` // codes that must be among the reasons
	At       string         `yaml:"at"`      // "2026-11-25 23:00"; now where it is left out
	Proposal proposalText   `yaml:"proposal"`
}

// proposalText is a proposal as a person writes it.
type proposalText struct {
	Run        string    `yaml:"run"`
	Automation string    `yaml:"automation"`
	Script     labelText `yaml:"script"`
	Payload    labelText `yaml:"payload"`
	Hash       string    `yaml:"hash"`
	Agent      string    `yaml:"agent"`
	Capability string    `yaml:"capability"`
	Effect     string    `yaml:"effect"`
	Revealed   bool      `yaml:"revealed"`
	Earlier    int       `yaml:"earlier"`
	Controls   []string  `yaml:"controls"`

	Silent       bool     `yaml:"silent"` // the capability does not say what it is about to do
	To           []string `yaml:"to"`     // "anna known participant anna@example.com"
	Hosts        []string `yaml:"hosts"`
	Author       string   `yaml:"author"`
	Items        []string `yaml:"items"` // "shop", "12 shop", "anna known"
	Sources      []string `yaml:"sources"`
	Change       string   `yaml:"change"`
	Composed     bool     `yaml:"composed"`
	Hidden       bool     `yaml:"hidden"`
	Unsubscribes bool     `yaml:"unsubscribes"`
	Never        string   `yaml:"never"`
}

type labelText struct {
	Influence string    `yaml:"influence"` // "none", "host", "outside"
	Origins   []string  `yaml:"origins"`
	Readers   *[]string `yaml:"readers"` // everyone where it is left out
}

// RunCases decides the cases of a file, in YAML, under settings, and says of each whether it is decided as the file wants.
func RunCases(file []byte, s Settings) ([]CaseResult, error) {
	var f casesFile
	if err := readYAML(file, &f); err != nil {
		return nil, err
	}
	if len(f.Cases) == 0 || len(f.Cases) > maxCases {
		return nil, badCases(fmt.Sprintf("there are %d cases in the file", len(f.Cases)), fmt.Sprintf("write 1 to %d under `cases:`; docs/policy.md has an example", maxCases))
	}
	if f.Mode != "" {
		if !slices.Contains(Modes, f.Mode) {
			return nil, badCases(fmt.Sprintf("there is no mode %.40q", f.Mode), "careful, balanced or locked")
		}
		s.Mode = f.Mode
	}
	if f.Rules != nil {
		rules, problems := ParseRules(*f.Rules)
		for _, p := range problems {
			if !p.Harmless {
				return nil, badCases(fmt.Sprintf("the file's rules, line %d: %s", p.Line, p.Message), p.Hint)
			}
		}
		s.Rules = rules
	}
	results := make([]CaseResult, 0, len(f.Cases))
	for i, c := range f.Cases {
		r, err := c.run(s)
		if err != nil {
			return nil, badCases(fmt.Sprintf("case %d, %.60q: %s", i+1, c.Name, err), "see the example in docs/policy.md")
		}
		results = append(results, r)
	}
	return results, nil
}

func (c caseText) run(s Settings) (CaseResult, error) {
	if strings.TrimSpace(c.Name) == "" {
		return CaseResult{}, fmt.Errorf("it has no name")
	}
	if c.Want != agents.Allow && c.Want != agents.Ask && c.Want != agents.Deny {
		return CaseResult{}, fmt.Errorf("it wants %.40q, which is not allow, ask or deny", c.Want)
	}
	if c.At != "" {
		at, err := time.ParseInLocation("2006-01-02 15:04", c.At, time.UTC)
		if err != nil {
			return CaseResult{}, fmt.Errorf("%.40q is no time like 2026-11-25 23:00", c.At)
		}
		s.Now = at
	}
	for _, code := range c.Because {
		if reasons[code] == "" && code != "rule" {
			return CaseResult{}, fmt.Errorf("there is no reason %.40q", code)
		}
	}
	p, err := c.Proposal.proposal()
	if err != nil {
		return CaseResult{}, err
	}
	d := Decide(p, s)
	ok := d.Verdict == c.Want && (c.Rule == "" || c.Rule == d.Rule)
	for _, code := range c.Because {
		ok = ok && slices.Contains(d.Codes, code)
	}
	return CaseResult{Name: c.Name, Want: c.Want, Got: d.Verdict, OK: ok, Rule: d.Rule, Codes: d.Codes}, nil
}

// ReadProposal reads one proposal in the form that cases have.
func ReadProposal(file []byte) (Proposal, error) {
	var text proposalText
	if err := readYAML(file, &text); err != nil {
		return Proposal{}, err
	}
	p, err := text.proposal()
	if err != nil {
		return p, badCases("the proposal cannot be read: "+err.Error(), "see the example in docs/policy.md")
	}
	return p, nil
}

func (t proposalText) proposal() (Proposal, error) {
	p := Proposal{
		Run: t.Run, Automation: t.Automation, Hash: t.Hash, Agent: t.Agent, Capability: t.Capability, Effect: agents.ParseEffect(t.Effect),
		Revealed: t.Revealed, Earlier: t.Earlier,
	}
	if p.Effect == agents.Undeclared && t.Effect != "undeclared" {
		return p, fmt.Errorf("there is no effect %.40q", t.Effect)
	}
	var err error
	if p.Script, err = t.Script.label(); err != nil {
		return p, err
	}
	if p.Payload, err = t.Payload.label(); err != nil {
		return p, err
	}
	sources := []agents.Source{agents.SourceHost, agents.SourceTyped, agents.SourceListed, agents.SourceScript, agents.SourceContent}
	for i, c := range t.Controls {
		if !slices.Contains(sources, agents.Source(c)) {
			return p, fmt.Errorf("a control is host, typed, listed, script or content, and not %.40q", c)
		}
		p.Controls = append(p.Controls, agents.Control{Path: strconv.Itoa(i + 1), Source: agents.Source(c)})
	}
	if t.Silent {
		return p, nil
	}
	p.Aim, err = t.aim()
	return p, err
}

func (t proposalText) aim() (*agents.Aim, error) {
	a := &agents.Aim{
		Hosts: t.Hosts, Change: agents.Change(t.Change), Composed: t.Composed, Hidden: t.Hidden, Unsubscribes: t.Unsubscribes, Never: t.Never,
	}
	if !slices.Contains(words["change"], t.Change) {
		return nil, fmt.Errorf("there is no change %.40q", t.Change)
	}
	for _, line := range t.To {
		r, err := recipient(line)
		if err != nil {
			return nil, err
		}
		a.Recipients = append(a.Recipients, r)
	}
	if t.Author != "" {
		r, err := recipient(t.Author)
		if err != nil {
			return nil, err
		}
		a.Author = &r
	}
	var err error
	if a.Items, err = itemsOf(t.Items); err != nil {
		return nil, err
	}
	a.Sources, err = itemsOf(t.Sources)
	return a, err
}

func (t labelText) label() (agents.Label, error) {
	l := agents.Label{Origins: set(t.Origins)}
	switch t.Influence {
	case "", "none":
	case "host":
		l.Integrity = agents.FromHost
	case "outside":
		l.Integrity = agents.Untrusted
	default:
		return l, fmt.Errorf("an influence is none, host or outside, and not %.40q", t.Influence)
	}
	if t.Readers != nil {
		l.Readers = agents.Only(*t.Readers...)
	}
	return l, nil
}

// recipient reads "anna known participant anna@example.com".
func recipient(line string) (agents.Recipient, error) {
	all := strings.Fields(line)
	if len(all) == 0 {
		return agents.Recipient{}, fmt.Errorf("a recipient has no name")
	}
	r := agents.Recipient{Person: all[0]}
	for i, w := range all {
		switch {
		case strings.Contains(w, "@"):
			r.Address = w
		case w == "me":
			r.Me, r.Known = true, true
		case i == 0:
		case w == "known":
			r.Known = true
		case w == "participant":
			r.Participant = true
		case w == "typed":
			r.Typed = true
		default:
			return r, fmt.Errorf("a recipient may be known, participant, typed, and not %.40q", w)
		}
	}
	return r, nil
}

// itemsOf reads "shop", "anna known", "12 shop".
func itemsOf(lines []string) ([]agents.Item, error) {
	var all []agents.Item
	for _, line := range lines {
		fields := strings.Fields(line)
		times := 1
		if len(fields) > 1 {
			if n, err := strconv.Atoi(fields[0]); err == nil {
				times, fields = n, fields[1:]
			}
		}
		known := len(fields) == 2 && fields[1] == "known"
		if len(fields) != 1 && !known || times < 1 || len(all)+times > maxCopies {
			return nil, fmt.Errorf("%.40q is no item like `shop`, `anna known` or `12 shop`", line)
		}
		author := fields[0]
		if author == "nobody" { // it is not known who wrote it
			author = ""
		}
		for range times {
			all = append(all, agents.Item{Kind: "mail", ID: strconv.Itoa(len(all) + 1), Author: author, Known: known})
		}
	}
	return all, nil
}

// readYAML decodes a file strictly. What makes a small file a huge value, or the parser slow, is refused.
func readYAML(file []byte, into any) error {
	const hint = "see the example in docs/policy.md"
	if len(file) > maxCasesText || !utf8.Valid(file) {
		return badCases("the file is too long, or no text", "at most 512 KiB of UTF-8")
	}
	depth := 0
	for line := range strings.Lines(string(file)) {
		body := strings.TrimLeft(line, " \t")
		if len(line)-len(body) > maxIndent || strings.HasPrefix(body, "- - -") {
			return badCases("the file nests too deep", hint)
		}
		for _, c := range body {
			switch c {
			case '[', '{':
				depth++
			case ']', '}':
				depth = max(0, depth-1)
			}
			if depth > 8 {
				return badCases("the file nests too deep", hint)
			}
		}
	}
	parsed, err := parser.ParseBytes(file, 0)
	if err != nil {
		return badCases("the file is not the YAML it should be: "+firstLine(err), hint)
	}
	var v aliases
	for _, d := range parsed.Docs {
		if d.Body != nil {
			ast.Walk(&v, d.Body)
		}
	}
	if v.found || len(parsed.Docs) != 1 || parsed.Docs[0].Body == nil {
		return badCases("the file is empty, or uses anchors, aliases, tags or several documents", "write the values out")
	}
	if err := yaml.NodeToValue(parsed.Docs[0].Body, into, yaml.Strict()); err != nil {
		return badCases("the file is not what it should be: "+firstLine(err), hint)
	}
	return nil
}

type aliases struct{ found bool }

// Visit looks at one node.
func (v *aliases) Visit(n ast.Node) ast.Visitor {
	switch n.Type() {
	case ast.AliasType, ast.AnchorType, ast.MergeKeyType, ast.TagType, ast.DirectiveType:
		v.found = true
	}
	return v
}

func firstLine(err error) string {
	line, _, _ := strings.Cut(strings.TrimSpace(err.Error()), "\n")
	if runes := []rune(line); len(runes) > 200 {
		line = string(runes[:200])
	}
	return line
}

func badCases(message, hint string) error {
	return &agents.Error{Code: agents.CodeInvalid, Message: message, Hint: hint}
}
