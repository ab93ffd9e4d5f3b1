package capability

import (
	_ "embed"
	"fmt"
	"go/ast"
	"reflect"
	"slices"
	"strings"
)

// head declares what is there without any agent: texts, templates, dates.
//
//go:embed head.d.ts
var head string

// Declarations writes steward.d.ts: the fixed head, then the namespaces asked for (all if none is named), with every type
// that a signature names.
func (r *Registry) Declarations(namespaces ...string) string {
	d := declarer{seen: map[string]bool{}}
	byNamespace := map[string][]Bound{}
	var order []string
	for _, name := range r.Names() {
		b := r.byName[name]
		ns, _, dotted := strings.Cut(name, ".")
		if !dotted {
			ns = ""
		}
		if len(namespaces) > 0 && !slices.Contains(namespaces, ns) {
			continue
		}
		if byNamespace[ns] == nil {
			order = append(order, ns)
		}
		byNamespace[ns] = append(byNamespace[ns], b)
	}
	var body strings.Builder
	for _, ns := range order {
		if ns == "" {
			for _, b := range byNamespace[ns] {
				fmt.Fprintf(&body, "%sdeclare function %s\n", comment("", b.Doc), d.signature(b, b.Name))
			}
			continue
		}
		fmt.Fprintf(&body, "declare const %s: {\n", ns)
		for _, b := range byNamespace[ns] {
			_, verb, _ := strings.Cut(b.Name, ".")
			fmt.Fprintf(&body, "%s  %s\n", comment("  ", b.Doc), d.signature(b, verb))
		}
		body.WriteString("}\n")
	}
	return head + d.interfaces.String() + body.String()
}

// Signature is the capability's line of steward.d.ts, for errors.
func (b Bound) Signature() string {
	d := declarer{seen: map[string]bool{}}
	return d.signature(b, b.Name)
}

func comment(indent, doc string) string {
	if doc == "" {
		return ""
	}
	return indent + "// " + doc + "\n"
}

// declarer writes types, and keeps the interfaces that they need: one for each struct with an exported name.
type declarer struct {
	seen       map[string]bool
	interfaces strings.Builder
}

func (d *declarer) signature(b Bound, name string) string {
	var params []string
	for _, f := range fieldsOf(reflect.TypeOf(b.In)) {
		mark := ""
		if f.optional {
			mark = "?"
		}
		params = append(params, f.name+mark+": "+d.field(f, true))
	}
	result := "void"
	if t := reflect.TypeOf(b.Out); t != nil && t != nothing {
		result = d.name(t, false)
	}
	return fmt.Sprintf("%s(%s): Promise<%s>", name, strings.Join(params, ", "), result)
}

func (d *declarer) field(f structField, given bool) string {
	if len(f.enum) > 0 {
		return `"` + strings.Join(f.enum, `" | "`) + `"`
	}
	if given && f.optional && f.typ.Kind() == reflect.Pointer {
		return d.name(f.typ.Elem(), true)
	}
	return d.name(f.typ, given)
}

// name is a type as TypeScript writes it. What a script gives may be a string or a handle; what it gets from outside is a
// handle.
func (d *declarer) name(t reflect.Type, given bool) string {
	switch t {
	case textType:
		if given {
			return "Text"
		}
		return "Handle"
	case timeType:
		return "Date"
	case refType:
		return "Item"
	}
	switch t.Kind() {
	case reflect.Bool:
		return "boolean"
	case reflect.String:
		return "string"
	case reflect.Int, reflect.Int64, reflect.Float64:
		return "number"
	case reflect.Pointer:
		return d.name(t.Elem(), given) + " | null"
	case reflect.Slice:
		if e := d.name(t.Elem(), given); strings.ContainsAny(e, " {") {
			return "(" + e + ")[]"
		}
		return d.name(t.Elem(), given) + "[]"
	case reflect.Map:
		return "Record<string, " + d.name(t.Elem(), given) + ">"
	case reflect.Struct:
		return d.structName(t, given)
	default:
		return "any"
	}
}

func (d *declarer) structName(t reflect.Type, given bool) string {
	if !ast.IsExported(t.Name()) {
		return d.body(t, given, " ")
	}
	if !d.seen[t.Name()] {
		d.seen[t.Name()] = true
		body := d.body(t, given && !t.Implements(objectType), " ")
		fmt.Fprintf(&d.interfaces, "interface %s %s\n", t.Name(), body)
	}
	return t.Name()
}

func (d *declarer) body(t reflect.Type, given bool, sep string) string {
	var b strings.Builder
	b.WriteString("{")
	between := ""
	for _, f := range fieldsOf(t) {
		if f.hidden {
			continue
		}
		b.WriteString(between)
		between = ";"
		mark := ""
		if f.optional && given {
			mark = "?"
		}
		b.WriteString(sep + f.name + mark + ": " + d.field(f, given))
		if f.doc != "" {
			b.WriteString(" /* " + f.doc + " */")
		}
	}
	b.WriteString(strings.TrimSuffix(sep, "  ") + "}")
	return b.String()
}
