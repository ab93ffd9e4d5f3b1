package capability

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/stewardhq/steward/agents"
)

var (
	textType   = reflect.TypeFor[agents.Text]()
	timeType   = reflect.TypeFor[time.Time]()
	refType    = reflect.TypeFor[agents.Ref]()
	objectType = reflect.TypeFor[agents.Object]()
	nothing    = reflect.TypeFor[agents.Nothing]()
)

// Encode turns what a capability returned into a Value. An unsupported Go type is a defect of the definition, found when
// the registry is made.
func Encode(v any) Value {
	if v == nil {
		return nil
	}
	return encode(reflect.ValueOf(v))
}

func encode(v reflect.Value) Value {
	switch v.Type() {
	case textType:
		return plainOrText(v.Interface().(agents.Text))
	case timeType:
		if t := v.Interface().(time.Time); !t.IsZero() {
			return t
		}
		return nil
	case nothing:
		return nil
	}
	switch v.Kind() {
	case reflect.Bool:
		return v.Bool()
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return float64(v.Int())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return float64(v.Uint())
	case reflect.Float32, reflect.Float64:
		return v.Float()
	case reflect.String:
		return v.String()
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return nil
		}
		return encode(v.Elem())
	case reflect.Slice, reflect.Array:
		list := make([]Value, v.Len())
		for i := range list {
			list[i] = encode(v.Index(i))
		}
		return list
	case reflect.Map:
		return encodeMap(v)
	case reflect.Struct:
		return encodeStruct(v)
	default:
		panic(fmt.Sprintf("capability: a value of type %s cannot be given to a script", v.Type()))
	}
}

// plainOrText keeps texts without outside spans plain, so that the script sees a string.
func plainOrText(t agents.Text) Value {
	for _, s := range t.Spans {
		if s.Label.Integrity != agents.FromUser || s.Label.Readers.Limited || len(s.Label.Origins) > 0 {
			return t
		}
	}
	return t.Raw()
}

func encodeMap(v reflect.Value) Value {
	r := &Record{}
	for _, k := range v.MapKeys() {
		r.Fields = append(r.Fields, Field{Name: k.String(), Value: encode(v.MapIndex(k))})
	}
	slices.SortFunc(r.Fields, func(a, b Field) int { return strings.Compare(a.Name, b.Name) })
	return r
}

func encodeStruct(v reflect.Value) Value {
	var fields []Field
	for _, f := range fieldsOf(v.Type()) {
		fields = append(fields, Field{Name: f.name, Value: encode(v.Field(f.index)), Hidden: f.hidden})
	}
	if v.Type().Implements(objectType) {
		ref := v.Interface().(agents.Object).ObjectRef()
		return &Object{Kind: ref.Kind, ID: ref.ID, Title: ref.Title, Fields: fields}
	}
	return &Record{Fields: fields}
}

type structField struct {
	name     string
	index    int
	typ      reflect.Type
	optional bool
	hidden   bool
	sink     string // "control", "payload" or nothing; see Role
	doc      string
	enum     []string
}

// fieldsOf lists the exported fields that have a json name. A field hidden from scripts still takes part in the journal.
func fieldsOf(t reflect.Type) []structField {
	var fields []structField
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if !f.IsExported() || name == "" || name == "-" {
			continue
		}
		field := structField{
			name: name, index: i, typ: f.Type, doc: f.Tag.Get("doc"), hidden: f.Tag.Get("script") == "-", sink: f.Tag.Get("sink"),
			optional: strings.Contains(options, "omitempty") || strings.Contains(options, "omitzero"),
		}
		if e := f.Tag.Get("enum"); e != "" {
			field.enum = strings.Split(e, "|")
		}
		fields = append(fields, field)
	}
	return fields
}
