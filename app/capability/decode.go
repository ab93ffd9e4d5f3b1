package capability

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/stewardhq/steward/agents"
)

// invalid is an error that teaches: where, what was wrong, and what would work.
func invalid(path, want string, got Value) error {
	return &agents.Error{
		Code:    agents.CodeInvalid,
		Message: fmt.Sprintf("%s must be %s, not %s", path, want, describe(got)),
		Hint:    hintFor(want, got),
	}
}

func hintFor(want string, got Value) string {
	if t, ok := got.(agents.Text); ok && t.Outside() {
		return "this text came from outside and may not decide here; write the words yourself, or pass it where a Text is taken"
	}
	if strings.HasPrefix(want, "a Person") {
		return "take a Person from a mail (m.from) or from contacts.find(name); an address in a string is not a person"
	}
	return "see `steward script api` for what each function takes"
}

func describe(v Value) string {
	switch v := v.(type) {
	case nil:
		return "nothing"
	case bool:
		return "a boolean"
	case float64:
		return "a number"
	case string:
		return "a string"
	case time.Time:
		return "a Date"
	case agents.Text:
		return "a handle"
	case []Value:
		return "a list"
	case *Record:
		return "a plain object"
	case *Object:
		return "a " + typeName(v.Kind)
	default:
		return fmt.Sprintf("%T", v)
	}
}

func typeName(kind string) string {
	if kind == "" {
		return "object"
	}
	return strings.ToUpper(kind[:1]) + kind[1:]
}

// decoder fills Go values of a definition's types from a script's values.
type decoder struct {
	words agents.Label // of the strings that the script wrote itself
}

func (d decoder) decode(path string, v Value, into reflect.Value) error {
	t := into.Type()
	if t.Kind() == reflect.Pointer {
		if v == nil {
			into.SetZero()
			return nil
		}
		into.Set(reflect.New(t.Elem()))
		return d.decode(path, v, into.Elem())
	}
	switch t {
	case textType:
		return d.decodeText(path, v, into)
	case timeType:
		date, ok := v.(time.Time)
		if !ok {
			return invalid(path, "a Date", v)
		}
		into.Set(reflect.ValueOf(date))
		return nil
	case refType:
		o, ok := v.(*Object)
		if !ok {
			return invalid(path, "an object that the host gave, such as a Mail", v)
		}
		into.Set(reflect.ValueOf(o.Ref()))
		return nil
	}
	if t.Kind() == reflect.Struct && t.Implements(objectType) {
		return decodeObject(path, v, into)
	}
	return d.decodeKind(path, v, into)
}

func (d decoder) decodeText(path string, v Value, into reflect.Value) error {
	switch v := v.(type) {
	case string:
		into.Set(reflect.ValueOf(own(v, d.words)))
	case agents.Text:
		into.Set(reflect.ValueOf(v))
	case float64, bool:
		into.Set(reflect.ValueOf(agents.Plain(plainJSON(v))))
	default:
		return invalid(path, "a text", v)
	}
	return nil
}

// own is a text of the script's own writing.
func own(s string, words agents.Label) agents.Text {
	if s == "" {
		return agents.Text{}
	}
	return agents.Labelled(s, words)
}

func decodeObject(path string, v Value, into reflect.Value) error {
	want := into.Interface().(agents.Object).ObjectRef().Kind
	o, ok := v.(*Object)
	if !ok || o.Kind != want {
		return invalid(path, "a "+typeName(want)+" that the host gave", v)
	}
	return decoder{}.decodeFields(path, o.Fields, into, true) // its strings are the host's
}

func (d decoder) decodeKind(path string, v Value, into reflect.Value) error {
	switch into.Kind() {
	case reflect.String:
		s, ok := v.(string)
		if !ok {
			return invalid(path, "a string", v)
		}
		into.SetString(s)
	case reflect.Bool:
		b, ok := v.(bool)
		if !ok {
			return invalid(path, "true or false", v)
		}
		into.SetBool(b)
	case reflect.Int, reflect.Int64:
		n, ok := v.(float64)
		if !ok || n != float64(int64(n)) {
			return invalid(path, "a whole number", v)
		}
		into.SetInt(int64(n))
	case reflect.Float64:
		n, ok := v.(float64)
		if !ok {
			return invalid(path, "a number", v)
		}
		into.SetFloat(n)
	case reflect.Slice:
		return d.decodeList(path, v, into)
	case reflect.Map:
		return d.decodeMap(path, v, into)
	case reflect.Struct:
		r, ok := v.(*Record)
		if !ok {
			return invalid(path, "a plain object", v)
		}
		return d.decodeFields(path, r.Fields, into, false)
	default:
		panic(fmt.Sprintf("capability: an argument of type %s cannot be taken from a script", into.Type()))
	}
	return nil
}

func (d decoder) decodeList(path string, v Value, into reflect.Value) error {
	list, ok := v.([]Value)
	if !ok {
		return invalid(path, "a list", v)
	}
	into.Set(reflect.MakeSlice(into.Type(), len(list), len(list)))
	for i, e := range list {
		if err := d.decode(fmt.Sprintf("%s[%d]", path, i), e, into.Index(i)); err != nil {
			return err
		}
	}
	return nil
}

func (d decoder) decodeMap(path string, v Value, into reflect.Value) error {
	r, ok := v.(*Record)
	if !ok {
		return invalid(path, "a plain object", v)
	}
	into.Set(reflect.MakeMap(into.Type()))
	for _, f := range r.Fields {
		e := reflect.New(into.Type().Elem()).Elem()
		if err := d.decode(path+"."+f.Name, f.Value, e); err != nil {
			return err
		}
		into.SetMapIndex(reflect.ValueOf(f.Name), e)
	}
	return nil
}

// decodeFields fills a struct. From a script, an unknown field is a mistake worth naming, a missing one must be optional,
// and hidden fields are the host's alone; from an issued object all fields are the host's own.
func (d decoder) decodeFields(path string, fields []Field, into reflect.Value, issued bool) error {
	known := fieldsOf(into.Type())
	if !issued {
		known = slices.DeleteFunc(known, func(f structField) bool { return f.hidden })
	}
	values := make(map[string]Value, len(fields))
	for _, f := range fields {
		values[f.Name] = f.Value
	}
	for _, k := range known {
		v, given := values[k.name]
		delete(values, k.name)
		if v == nil && (k.optional || issued) {
			continue
		}
		at := path + "." + k.name
		if !given && k.typ.Kind() != reflect.Pointer {
			return invalid(at, "given", nil)
		}
		if err := d.decode(at, v, into.Field(k.index)); err != nil {
			return err
		}
		if len(k.enum) > 0 && !slices.Contains(k.enum, into.Field(k.index).String()) {
			return invalid(at, "one of "+strings.Join(k.enum, ", "), v)
		}
	}
	if issued {
		return nil
	}
	for _, f := range fields {
		if _, unknown := values[f.Name]; unknown {
			return &agents.Error{
				Code: agents.CodeInvalid, Message: fmt.Sprintf("%s has no field %q", path, f.Name),
				Hint: "it takes: " + fieldNames(known),
			}
		}
	}
	return nil
}

func fieldNames(fields []structField) string {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.name
	}
	return strings.Join(names, ", ")
}
