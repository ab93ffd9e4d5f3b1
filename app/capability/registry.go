package capability

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/stewardhq/steward/agents"
)

// Registry is every capability of every agent, checked once when it is made.
type Registry struct {
	agents []agents.Agent
	byName map[string]Bound
}

// Bound is a capability with the agent it belongs to.
type Bound struct {
	agents.Capability
	Agent string
}

var nameForm = regexp.MustCompile(`^[a-z][a-zA-Z]*(\.[a-z][a-zA-Z]*)?$`)

// NewRegistry checks the definitions: names of the right form and unique, an effect declared, types that can cross to a
// script. What is wrong here is a defect of an agent, so the error is for its author.
func NewRegistry(all ...agents.Agent) (*Registry, error) {
	r := &Registry{agents: all, byName: map[string]Bound{}}
	for _, agent := range all {
		for _, c := range agent.Capabilities {
			if err := r.add(agent.Name, c); err != nil {
				return nil, fmt.Errorf("register agent %s: %w", agent.Name, err)
			}
		}
	}
	return r, nil
}

func (r *Registry) add(agent string, c agents.Capability) error {
	if !nameForm.MatchString(c.Name) {
		return fmt.Errorf("capability %q: a name is namespace.verb or verb", c.Name)
	}
	if _, twice := r.byName[c.Name]; twice {
		return fmt.Errorf("capability %s is defined twice", c.Name)
	}
	if c.Effect == agents.Undeclared || c.Version < 1 || c.Call == nil {
		return fmt.Errorf("capability %s: effect, version and function must be given", c.Name)
	}
	if t := reflect.TypeOf(c.In); t == nil || t.Kind() != reflect.Struct {
		return fmt.Errorf("capability %s: its arguments must be a struct", c.Name)
	}
	if err := crossable(reflect.TypeOf(c.In), map[reflect.Type]bool{}); err != nil {
		return fmt.Errorf("capability %s: arguments: %w", c.Name, err)
	}
	if err := takeable(reflect.TypeOf(c.In), map[reflect.Type]bool{}); err != nil {
		return fmt.Errorf("capability %s: arguments: %w", c.Name, err)
	}
	if t := reflect.TypeOf(c.Out); t != nil {
		if err := crossable(t, map[reflect.Type]bool{}); err != nil {
			return fmt.Errorf("capability %s: result: %w", c.Name, err)
		}
	}
	r.byName[c.Name] = Bound{c, agent}
	return nil
}

// crossable refuses Go types that have no form in a script.
func crossable(t reflect.Type, seen map[reflect.Type]bool) error {
	if seen[t] || t == textType || t == timeType || t == refType {
		return nil
	}
	seen[t] = true
	switch t.Kind() {
	case reflect.Bool, reflect.String, reflect.Int, reflect.Int64, reflect.Float64, reflect.Interface:
		return nil
	case reflect.Pointer, reflect.Slice:
		return crossable(t.Elem(), seen)
	case reflect.Map:
		if t.Key().Kind() != reflect.String {
			return fmt.Errorf("%s: a map's keys must be strings", t)
		}
		return crossable(t.Elem(), seen)
	case reflect.Struct:
		for _, f := range fieldsOf(t) {
			if err := crossable(f.typ, seen); err != nil {
				return fmt.Errorf("%s.%s: %w", t.Name(), f.name, err)
			}
		}
		return nil
	default:
		return fmt.Errorf("type %s has no form in a script", t)
	}
}

// takeable refuses arguments that could be anything: nothing could be checked of them.
func takeable(t reflect.Type, seen map[reflect.Type]bool) error {
	if seen[t] || t == textType || t == timeType || t == refType {
		return nil
	}
	seen[t] = true
	switch t.Kind() {
	case reflect.Interface:
		return fmt.Errorf("type %s could be anything", t)
	case reflect.Pointer, reflect.Slice, reflect.Map:
		return takeable(t.Elem(), seen)
	case reflect.Struct:
		for _, f := range fieldsOf(t) {
			if err := takeable(f.typ, seen); err != nil {
				return fmt.Errorf("%s.%s: %w", t.Name(), f.name, err)
			}
		}
		return nil
	default:
		return nil
	}
}

// Agents lists the agents in the order given.
func (r *Registry) Agents() []agents.Agent { return r.agents }

// Lookup finds a capability by name.
func (r *Registry) Lookup(name string) (Bound, bool) {
	b, ok := r.byName[name]
	return b, ok
}

// Names lists all capabilities, sorted.
func (r *Registry) Names() []string {
	names := make([]string, 0, len(r.byName))
	for name := range r.byName {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Arguments turns a call's positional values into the capability's argument struct. Strings that stand where a text is
// taken are the script's own words, with that label.
func (b Bound) Arguments(values []Value, words agents.Label) (any, error) {
	d := decoder{words}
	t := reflect.TypeOf(b.In)
	params := fieldsOf(t)
	if len(values) > len(params) {
		return nil, &agents.Error{
			Code: agents.CodeInvalid, Message: fmt.Sprintf("%s takes %d arguments, got %d", b.Name, len(params), len(values)),
			Hint: b.Signature(),
		}
	}
	in := reflect.New(t).Elem()
	for i, p := range params {
		var v Value
		if i < len(values) {
			v = values[i]
		}
		if v == nil && p.optional {
			continue
		}
		if err := d.decode(b.Name+": "+p.name, v, in.Field(p.index)); err != nil {
			e := agents.AsError(err)
			return nil, &agents.Error{Code: e.Code, Message: e.Message, Hint: strings.TrimSpace(e.Hint + "\n" + b.Signature())}
		}
		if len(p.enum) > 0 && !slices.Contains(p.enum, in.Field(p.index).String()) {
			return nil, invalid(b.Name+": "+p.name, "one of "+strings.Join(p.enum, ", "), v)
		}
	}
	return in.Interface(), nil
}
