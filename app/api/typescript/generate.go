package main

import (
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/agents/email"
	"github.com/stewardhq/steward/agents/reports"
	"github.com/stewardhq/steward/app/api"
	"github.com/stewardhq/steward/app/approval"
	"github.com/stewardhq/steward/app/engine"
	"github.com/stewardhq/steward/app/policy"
	"github.com/stewardhq/steward/store"
)

// names are those of types that would say too little, or mean something else, without their package.
var names = map[reflect.Type]string{
	reflect.TypeFor[agents.Error]():     "ApiError",
	reflect.TypeFor[agents.Person]():    "HostPerson",
	reflect.TypeFor[engine.EventKind](): "EventKind",
	reflect.TypeFor[approval.Role]():    "FieldRole",
	reflect.TypeFor[agents.Span]():      "LabelledSpan",
	reflect.TypeFor[agents.Text]():      "LabelledText",
	reflect.TypeFor[api.Request]():      "AskRequest",
	reflect.TypeFor[email.Kind]():       "MailKind",
	reflect.TypeFor[engine.Event]():     "RunEvent",
	reflect.TypeFor[reports.Document](): "ReportDocument",
	reflect.TypeFor[reports.Section]():  "ReportSection",
	reflect.TypeFor[reports.Item]():     "ReportItem",
	reflect.TypeFor[store.Kind]():       "DataKind",
	reflect.TypeFor[policy.Problem]():   "RuleProblem",
	reflect.TypeFor[policy.Proposal]():  "PolicyProposal",
	reflect.TypeFor[agents.Item]():      "TouchedItem",
	reflect.TypeFor[policy.Mode]():      "TrustMode",
}

var (
	timeType = reflect.TypeFor[time.Time]()
	rawType  = reflect.TypeFor[json.RawMessage]()
	jsonType = reflect.TypeFor[json.Marshaler]()
	textType = reflect.TypeFor[encoding.TextMarshaler]()
)

// generator collects the types that the methods need, in the order in which it meets them.
type generator struct {
	sources *sources
	order   []reflect.Type
	known   map[reflect.Type]string
	taken   map[string]reflect.Type
	failed  error
}

// generate gives the whole file. It reads the module's source from where it is found above a directory.
func generate(dir string) (string, error) {
	root, err := find(dir)
	if err != nil {
		return "", err
	}
	g := &generator{sources: &sources{root: root, read: map[string]*source{}}, known: map[reflect.Type]string{}, taken: map[string]reflect.Type{}}
	surface := api.NewDoor(api.DoorOptions{}).Surface()
	var methods strings.Builder
	for _, name := range surface.Methods() {
		request, answer, _ := surface.Types(name)
		fmt.Fprintf(&methods, "  %q: { request: %s; answer: %s };\n", name, g.typeOf(request), g.typeOf(answer))
	}
	g.typeOf(reflect.TypeFor[engine.Event]())
	g.typeOf(reflect.TypeFor[agents.Error]())
	var b strings.Builder
	b.WriteString("// The surface of Steward as TypeScript. Generated from app/api by `go run ./app/api/typescript`; do not edit.\n\n" +
		"/** Nothing is the request or the answer of methods that need none. */\nexport type Nothing = Record<string, never>;\n\n")
	for len(g.order) > 0 { // writing one may find another
		next := g.order[0]
		g.order = g.order[1:]
		g.declare(&b, next)
	}
	b.WriteString("/** Every method of the surface, with what it takes and gives. */\nexport interface Methods {\n" + methods.String() + "}\n")
	return b.String(), g.failed
}

// typeOf writes a type, and remembers it where it has to be declared.
func (g *generator) typeOf(t reflect.Type) string {
	switch {
	case t == timeType:
		return "string"
	case t == rawType:
		return "unknown"
	case t.Kind() == reflect.Pointer:
		return g.typeOf(t.Elem())
	case t.Kind() == reflect.Struct && t.NumField() == 0:
		return "Nothing"
	case t.Name() != "" && t.PkgPath() != "" && (t.Kind() == reflect.Struct || len(g.values(t)) > 0):
		return g.name(t)
	case t.Implements(jsonType):
		return "unknown"
	case t.Implements(textType):
		return "string"
	}
	switch t.Kind() {
	case reflect.String:
		return "string"
	case reflect.Bool:
		return "boolean"
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Float32, reflect.Float64:
		return "number"
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return "string" // base64
		}
		return g.typeOf(t.Elem()) + "[]"
	case reflect.Map:
		return "Record<string, " + g.typeOf(t.Elem()) + ">"
	case reflect.Interface:
		return "unknown"
	default:
		g.failed = fmt.Errorf("there is no TypeScript for %s", t)
		return "never"
	}
}

// values are the constants of a type of texts.
func (g *generator) values(t reflect.Type) []string {
	if t.Kind() != reflect.String {
		return nil
	}
	s, err := g.sources.of(t.PkgPath())
	if err != nil {
		g.failed = err
		return nil
	}
	return s.values[t.Name()]
}

func (g *generator) name(t reflect.Type) string {
	if name, ok := g.known[t]; ok {
		return name
	}
	name := names[t]
	if name == "" {
		name = strings.ToUpper(t.Name()[:1]) + t.Name()[1:]
	}
	if other := g.taken[name]; other != nil {
		g.failed = fmt.Errorf("%s and %s are both called %s: give one of them a name in the table", t, other, name)
	}
	g.known[t], g.taken[name] = name, t
	g.order = append(g.order, t)
	return name
}

func (g *generator) declare(b *strings.Builder, t reflect.Type) {
	s, err := g.sources.of(t.PkgPath())
	if err != nil {
		g.failed = err
		return
	}
	comment(b, "", s.docs[t.Name()])
	if t.Kind() == reflect.String {
		quoted := []string{}
		for _, value := range g.values(t) {
			quoted = append(quoted, strconv.Quote(value))
		}
		fmt.Fprintf(b, "export type %s = %s;\n\n", g.known[t], strings.Join(quoted, " | "))
		return
	}
	fmt.Fprintf(b, "export interface %s {\n", g.known[t])
	for _, f := range g.fields(t) {
		comment(b, "  ", f.doc)
		fmt.Fprintf(b, "  %s%s: %s;\n", f.name, f.optional, f.kind)
	}
	b.WriteString("}\n\n")
}

func comment(b *strings.Builder, indent, text string) {
	if text != "" {
		fmt.Fprintf(b, "%s/** %s */\n", indent, text)
	}
}

type field struct{ name, optional, kind, doc string }

// fields are those of a struct as JSON has them, with those of embedded structs in their place.
func (g *generator) fields(t reflect.Type) []field {
	s, err := g.sources.of(t.PkgPath())
	if err != nil {
		g.failed = err
		return nil
	}
	var all []field
	for i := range t.NumField() {
		f := t.Field(i)
		tag := f.Tag.Get("json")
		name, options, _ := strings.Cut(tag, ",")
		switch {
		case !f.IsExported() && !f.Anonymous, tag == "-":
			continue
		case f.Anonymous && name == "":
			all = append(all, g.fields(f.Type)...)
			continue
		case name == "":
			name = f.Name
		}
		out := field{name: name, kind: g.typeOf(f.Type), doc: s.docs[t.Name()+"."+f.Name]}
		parts := strings.Split(options, ",")
		if left := slices.Contains(parts, "omitempty") || slices.Contains(parts, "omitzero"); left {
			out.optional = "?"
		} else if f.Type.Kind() == reflect.Pointer {
			out.kind += " | null"
		}
		all = append(all, out)
	}
	return all
}
