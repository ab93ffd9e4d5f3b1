package approval

import (
	"fmt"
	"reflect"
	"strings"
	"unicode/utf8"

	"github.com/stewardhq/steward/agents"
)

// Apply makes new arguments with the user's words in place of what the edits name; in itself stays as it is. Edits are
// taken one after another, each on what the one before left. person finds whoever has an address.
//
// A text becomes the user's own words. A list of persons, and one place in it, is edited by addresses, one a line; a
// person by one address. What cannot be edited, and what would be no valid payload, is CodeInvalid.
func Apply(in any, edits []Edit, person func(address string) (agents.Person, error)) (any, error) {
	v := reflect.ValueOf(in)
	if !v.IsValid() {
		return nil, &agents.Error{Code: agents.CodeInvalid, Message: "there is nothing to edit"}
	}
	root := reflect.New(v.Type()).Elem()
	root.Set(copied(v))
	for _, e := range edits {
		if err := apply(root, e, person); err != nil {
			return nil, err
		}
	}
	return root.Interface(), nil
}

func apply(root reflect.Value, e Edit, person func(string) (agents.Person, error)) error {
	var target *leaf
	var names []string
	walk(root, func(l leaf) {
		if l.edit == fixed {
			return
		}
		if l.path == e.Path && target == nil {
			target = &l
		}
		if l.edit != asElement {
			names = append(names, l.path)
		}
	})
	if target == nil {
		hint := "nothing of it can be edited; say no, and ask for something else"
		if len(names) > 0 {
			hint = "what can be edited: " + strings.Join(names, ", ")
		}
		return &agents.Error{Code: agents.CodeInvalid, Message: fmt.Sprintf("%s cannot be edited", Visible(e.Path)), Hint: hint}
	}
	if !utf8.ValidString(e.Text) {
		return &agents.Error{Code: agents.CodeInvalid, Message: fmt.Sprintf("what was given for %s is not text", e.Path), Hint: "write it as UTF-8"}
	}
	if target.edit == asText {
		return target.write(e.Text)
	}
	return target.address(e.Text, person)
}

// write puts the user's own words in place.
func (l leaf) write(text string) error {
	if l.line && strings.ContainsAny(text, "\r\n\v\f\u0085\u2028\u2029\x00") {
		return &agents.Error{Code: agents.CodeInvalid, Message: l.path + " is one line", Hint: "take the line breaks out"}
	}
	l.value.Set(reflect.ValueOf(agents.Plain(text)))
	l.changed()
	return nil
}

// address puts persons in place.
func (l leaf) address(text string, person func(string) (agents.Person, error)) error {
	var people []agents.Person
	met := map[string]bool{}
	for line := range strings.Lines(text) {
		address := strings.TrimSpace(line)
		if address == "" || met[agents.FoldAddress(address)] {
			continue
		}
		met[agents.FoldAddress(address)] = true
		if strings.ContainsAny(address, "\r\n\x00") {
			return &agents.Error{Code: agents.CodeInvalid, Message: fmt.Sprintf("%s is not an address", Visible(address)), Hint: "write one address a line"}
		}
		p, err := person(address)
		if err != nil {
			return err
		}
		people = append(people, p)
	}
	switch l.edit { //nolint:exhaustive // the others are below
	case asPeople:
		return l.replace(l.value, people)
	case asElement:
		before, after := l.list.Slice(0, l.index), l.list.Slice(l.index+1, l.list.Len())
		all := append(append(append([]agents.Person{}, persons(before)...), people...), persons(after)...)
		return l.replace(l.list, all)
	}
	pointer := l.value.Kind() == reflect.Pointer
	switch {
	case len(people) == 1 && pointer:
		l.value.Set(reflect.ValueOf(&people[0]).Convert(l.value.Type()))
	case len(people) == 1:
		l.value.Set(reflect.ValueOf(people[0]))
	case len(people) == 0 && pointer && !l.required:
		l.value.SetZero()
	default:
		return &agents.Error{Code: agents.CodeInvalid, Message: l.path + " is one person", Hint: "write one address"}
	}
	l.changed()
	return nil
}

func persons(list reflect.Value) []agents.Person {
	all := make([]agents.Person, list.Len())
	for i := range all {
		all[i] = list.Index(i).Interface().(agents.Person)
	}
	return all
}

func (l leaf) replace(list reflect.Value, people []agents.Person) error {
	if len(people) == 0 && l.required {
		return &agents.Error{Code: agents.CodeInvalid, Message: l.path + " needs somebody", Hint: "write at least one address, or say no to it"}
	}
	fresh := reflect.MakeSlice(list.Type(), len(people), len(people))
	for i, p := range people {
		fresh.Index(i).Set(reflect.ValueOf(p))
	}
	list.Set(fresh)
	l.changed()
	return nil
}

// copied is a value that shares nothing with the first that could be changed.
func copied(v reflect.Value) reflect.Value {
	to := reflect.New(v.Type()).Elem()
	to.Set(v)
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			to.Set(reflect.New(v.Type().Elem()))
			to.Elem().Set(copied(v.Elem()))
		}
	case reflect.Interface:
		if !v.IsNil() {
			to.Set(copied(v.Elem()))
		}
	case reflect.Slice:
		if !v.IsNil() {
			to.Set(reflect.MakeSlice(v.Type(), v.Len(), v.Len()))
			for i := range v.Len() {
				to.Index(i).Set(copied(v.Index(i)))
			}
		}
	case reflect.Array:
		for i := range v.Len() {
			to.Index(i).Set(copied(v.Index(i)))
		}
	case reflect.Map:
		if !v.IsNil() {
			to.Set(reflect.MakeMapWithSize(v.Type(), v.Len()))
			for _, k := range v.MapKeys() {
				to.SetMapIndex(k, copied(v.MapIndex(k)))
			}
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() && v.Type() != timeType {
				to.Field(i).Set(copied(v.Field(i)))
			}
		}
	}
	return to
}
