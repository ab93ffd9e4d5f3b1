package capability

import (
	"reflect"
	"strconv"

	"github.com/stewardhq/steward/agents"
)

// Role is what an argument is to an effect: what decides where it goes and how far, or what is carried.
type Role string

// The roles. A field's tag sink:"control" or sink:"payload" says which it has. Without one a text is carried, and
// anything else decides.
const (
	Control Role = "control"
	Payload Role = "payload"
)

// shown is the tag of a text in an object that is there for showing what the object is called, and carried nowhere.
const shown = "shown"

func (f structField) role() Role {
	switch {
	case f.sink != "":
		return Role(f.sink)
	case f.typ == textType:
		return Payload
	default:
		return Control
	}
}

// Parts takes a sink's arguments apart: the join of the labels of what is carried, and where each of the others came
// from. in is an argument struct as [Bound.Arguments] gives it. typed reports whether the user typed words, whole.
func (b Bound) Parts(in any, typed func(words string) bool) (payload agents.Label, controls []agents.Control) {
	p := parter{typed: typed}
	v := reflect.ValueOf(in)
	for _, f := range fieldsOf(v.Type()) {
		p.field(f, f.name, v.Field(f.index))
	}
	return p.payload.Label(), p.controls
}

type parter struct {
	typed    func(string) bool
	payload  agents.Joiner
	controls []agents.Control
}

func (p *parter) field(f structField, path string, v reflect.Value) {
	if f.role() == Control && len(f.enum) > 0 && v.String() != "" {
		p.control(path, agents.SourceListed)
		return
	}
	p.walk(f.role(), path, v)
}

func (p *parter) control(path string, s agents.Source) {
	p.controls = append(p.controls, agents.Control{Path: path, Source: s})
}

func (p *parter) walk(role Role, path string, v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			p.walk(role, path, v.Elem())
		}
		return
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			p.walk(role, path+"."+strconv.Itoa(i), v.Index(i))
		}
		return
	case reflect.Map:
		for _, k := range v.MapKeys() {
			p.words(Control, path, k.String()) // the script chose the names
			p.walk(role, path+"."+k.String(), v.MapIndex(k))
		}
		return
	}
	switch v.Type() {
	case textType:
		p.text(role, path, v.Interface().(agents.Text))
		return
	case refType:
		p.control(path, agents.SourceHost)
		return
	case timeType:
		if role == Control && !v.IsZero() {
			p.control(path, agents.SourceScript)
		}
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		p.record(path, v)
	case reflect.String:
		p.words(role, path, v.String())
	default:
		if role == Control && !v.IsZero() {
			p.control(path, agents.SourceScript)
		}
	}
}

// record goes into a struct. One with an identity was issued by the host, which is what decides; the texts in it are
// carried, but for those that only show what a person or a thing is called.
func (p *parter) record(path string, v reflect.Value) {
	if !v.Type().Implements(objectType) {
		for _, f := range fieldsOf(v.Type()) {
			p.field(f, path+"."+f.name, v.Field(f.index))
		}
		return
	}
	p.control(path, agents.SourceHost)
	p.carried(v)
}

func (p *parter) carried(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			p.carried(v.Elem())
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			p.carried(v.Index(i))
		}
	case reflect.Map:
		for _, k := range v.MapKeys() {
			p.carried(v.MapIndex(k))
		}
	case reflect.Struct:
		if v.Type() == textType {
			p.text(Payload, "", v.Interface().(agents.Text))
			return
		}
		if v.Type() == timeType || v.Type() == refType {
			return
		}
		for _, f := range fieldsOf(v.Type()) {
			if f.sink != shown {
				p.carried(v.Field(f.index))
			}
		}
	}
}

func (p *parter) text(role Role, path string, t agents.Text) {
	if role == Payload {
		for _, s := range t.Spans {
			p.payload.Add(s.Label)
		}
		return
	}
	switch label := t.Label(); {
	case len(t.Spans) == 0:
	case label.Outside() || len(label.Origins) > 0:
		p.control(path, agents.SourceContent)
	default:
		p.words(role, path, t.Raw())
	}
}

func (p *parter) words(role Role, path, words string) {
	switch {
	case role == Payload || words == "":
	case p.typed != nil && p.typed(words):
		p.control(path, agents.SourceTyped)
	default:
		p.control(path, agents.SourceScript)
	}
}
