package policy

import (
	"slices"
	"strings"
	"time"

	"github.com/cedar-policy/cedar-go"
	public "github.com/cedar-policy/cedar-go/ast"
	"github.com/cedar-policy/cedar-go/x/exp/ast"

	"github.com/stewardhq/steward/agents"
)

type teller func(harmless bool, hint, format string, args ...any)

// checkRule refuses a rule that can be parsed and would never match, or could never be judged: who wrote it means
// something by it.
func checkRule(p *cedar.Policy, tell teller) {
	tree := (*ast.Policy)(p.AST())
	checkScope(tree, tell)
	for _, c := range tree.Conditions {
		ast.Inspect(ast.NewNode(c.Body), func(n ast.IsNode) bool {
			checkNode(n, tell)
			return true
		})
	}
	if why := tryOut(p); why != "" {
		tell(false, "see what the context holds in docs/policy.md", "the rule cannot be judged: %s", why)
	}
}

type actionScope struct {
	entity cedar.EntityUID
	equals bool
}

func actionsOf(p *ast.Policy) []actionScope {
	switch s := p.Action.(type) {
	case ast.ScopeTypeEq:
		return []actionScope{{s.Entity, true}}
	case ast.ScopeTypeIn:
		return []actionScope{{s.Entity, false}}
	case ast.ScopeTypeInSet:
		var all []actionScope
		for _, e := range s.Entities {
			all = append(all, actionScope{e, false})
		}
		return all
	}
	return nil
}

func checkScope(p *ast.Policy, tell teller) {
	for _, a := range actionsOf(p) {
		effect := agents.ParseEffect(string(a.entity.ID)) != agents.Undeclared
		switch {
		case a.entity.Type != "Action":
			tell(false, `write Action::"mail.send", or Action::"send" for an effect`, "there are no actions of type %s", a.entity.Type)
		case effect && a.equals:
			tell(false, "write action in Action::"+quote(string(a.entity.ID)), "%s is an effect, and no action equals it", a.entity.ID)
		case !effect && !a.equals && !strings.Contains(string(a.entity.ID), "."):
			tell(false, "the effects: "+strings.Join(words["effect"], ", "), "there is no effect %s", a.entity.ID)
		}
	}
	checkType(p.Principal, "principal", []string{"Agent"}, tell)
	checkType(p.Resource, "resource", []string{"Run", "Automation"}, tell)
}

func checkType(scope ast.IsScopeNode, what string, types []string, tell teller) {
	var used []cedar.EntityType
	switch s := scope.(type) {
	case ast.ScopeTypeEq:
		used = append(used, s.Entity.Type)
		if s.Entity.Type == "Automation" {
			tell(false, "write resource in "+s.Entity.String(), "a resource is a run, and no run equals an automation")
		}
	case ast.ScopeTypeIn:
		used = append(used, s.Entity.Type)
	case ast.ScopeTypeIs:
		used = append(used, s.Type)
	case ast.ScopeTypeIsIn:
		used = append(used, s.Type, s.Entity.Type)
	}
	for _, t := range used {
		if !slices.Contains(types, string(t)) {
			tell(false, "it is one of: "+strings.Join(types, ", "), "no %s is of type %s", what, t)
		}
	}
}

func checkNode(n ast.IsNode, tell teller) {
	switch n := n.(type) {
	case ast.NodeTypeAccess:
		checkAttribute(n.StrOpNode, tell)
	case ast.NodeTypeHas:
		checkAttribute(n.StrOpNode, tell)
	case ast.NodeTypeEquals:
		checkWord(n.Left, n.Right, tell)
		checkWord(n.Right, n.Left, tell)
	case ast.NodeTypeNotEquals:
		checkWord(n.Left, n.Right, tell)
		checkWord(n.Right, n.Left, tell)
	case ast.NodeTypeContains:
		checkLower(n.Left, n.Right, tell)
	case ast.NodeTypeContainsAny:
		checkLower(n.Left, n.Right, tell)
	case ast.NodeTypeContainsAll:
		checkLower(n.Left, n.Right, tell)
	}
}

func checkAttribute(n ast.StrOpNode, tell teller) {
	of, ok := n.Arg.(ast.NodeTypeVariable)
	switch {
	case !ok:
	case of.Name != "context":
		tell(false, "what is known of a step is in the context", "%s has no attributes", of.Name)
	case !slices.Contains(known, string(n.Value)):
		tell(false, "it has: "+strings.Join(known, ", "), "the context has no %s", n.Value)
	}
}

// checkWord refuses a word that an attribute never has.
func checkWord(attribute, value ast.IsNode, tell teller) {
	name, literal := attributeOf(attribute), literalsOf(value)
	if all, few := words[name]; few && len(literal) == 1 && !slices.Contains(all, literal[0]) {
		tell(false, "it is one of: "+strings.Join(all, ", "), "context.%s is never %q", name, literal[0])
	}
}

// checkLower refuses what is written in capitals where everything is in lower case.
func checkLower(attribute, value ast.IsNode, tell teller) {
	name := attributeOf(attribute)
	if name != "recipients" && name != "domains" && name != "hosts" {
		return
	}
	lower := agents.FoldASCII
	if name == "hosts" {
		lower = strings.ToLower
	}
	for _, l := range literalsOf(value) {
		if low := lower(l); l != low {
			tell(false, "write "+quote(low), "context.%s is in lower case, and never has %q", name, l)
		}
	}
}

func attributeOf(n ast.IsNode) string {
	if a, ok := n.(ast.NodeTypeAccess); ok {
		if of, ok := a.Arg.(ast.NodeTypeVariable); ok && of.Name == "context" {
			return string(a.Value)
		}
	}
	return ""
}

func literalsOf(n ast.IsNode) []string {
	switch n := n.(type) {
	case ast.NodeValue:
		if s, ok := n.Value.(cedar.String); ok {
			return []string{string(s)}
		}
	case ast.NodeTypeSet:
		var all []string
		for _, e := range n.Elements {
			all = append(all, literalsOf(e)...)
		}
		return all
	}
	return nil
}

// samples are proposals that say everything, for trying a rule out.
var samples = func() []Proposal {
	outside := agents.Label{Integrity: agents.Untrusted, Origins: []string{"mail:1"}, Readers: agents.Only("p_1")}
	var all []Proposal
	for e := agents.Read; e <= agents.Standing; e++ {
		for _, l := range []agents.Label{{}, outside} {
			all = append(all, Proposal{
				Run: "r", Automation: "a", Hash: "h", Agent: "email", Capability: "mail.send", Effect: e, Script: l, Payload: l, Controls: []agents.Control{{Path: "to", Source: agents.SourceHost}},
				Aim: &agents.Aim{Recipients: []agents.Recipient{{Person: "p_1", Address: "anna@example.com", Known: true}}, Hosts: []string{"example.com"}, Items: []agents.Item{{Kind: "mail", ID: "1", Author: "p_1"}}, Change: agents.ChangeLabel},
			})
		}
	}
	return all
}()

// tryOut gives why a rule cannot be judged of a step that says everything; "" if it can.
func tryOut(p *cedar.Policy) string {
	// The scope is left out, so that the conditions are judged whatever they are about.
	tree := *(*ast.Policy)(p.AST())
	scope := ast.Scope{}
	tree.Principal, tree.Action, tree.Resource = scope.All(), scope.All(), scope.All()
	open := cedar.PolicyMap{"it": cedar.NewPolicyFromAST((*public.Policy)(&tree))}
	for i := range samples {
		s := &samples[i]
		_, said := cedar.Authorize(open, entitiesOf(s), requestOf(s, time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)))
		if len(said.Errors) > 0 {
			return said.Errors[0].Message
		}
	}
	return ""
}
