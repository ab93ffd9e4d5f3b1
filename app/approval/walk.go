package approval

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/stewardhq/steward/agents"
)

var (
	textType   = reflect.TypeFor[agents.Text]()
	timeType   = reflect.TypeFor[time.Time]()
	refType    = reflect.TypeFor[agents.Ref]()
	personType = reflect.TypeFor[agents.Person]()
	objectType = reflect.TypeFor[agents.Object]()
)

// composed is the kind of objects that were put together for one effect and are nothing apart from it: what is in them
// can be edited. Any other object is a thing that exists elsewhere.
const composed = "draft"

// leaf is one value of a payload, at its place.
type leaf struct {
	path, name string
	role       Role
	value      reflect.Value
	kind       Kind
	issued     bool // it stands in an object that the host made, or is one
	reference  bool // it stands in an object that exists elsewhere
	listed     bool // it is one of the choices that the capability offers
	silent     bool // it shows in its parts alone

	edit     editing
	line     bool // it must stay one line
	required bool // of persons: at least one is needed
	list     reflect.Value
	index    int
	changed  func() // puts a changed value back where it came from
}

// editing is how a leaf can be edited.
type editing int

const (
	fixed     editing = iota
	asText            // the whole text
	asPerson          // one address, or none where none is needed
	asPeople          // addresses, one a line
	asElement         // one of a list of persons: addresses that take its place
)

// place is what is known of a value before looking at it.
type place struct {
	path, name string
	role       Role
	explicit   bool // the role was said, and holds for all below
	issued     bool
	reference  bool
	fixed      bool // nothing below can be edited
	listed     bool
	line       bool
	optional   bool
	changed    func()
}

// walker visits the leaves of a value in the order in which they are declared.
type walker struct{ leaf func(leaf) }

// walk visits all leaves of an argument struct, which must be addressable.
func walk(root reflect.Value, visit func(leaf)) {
	w := walker{visit}
	w.fields(place{changed: func() {}}, root)
}

type structField struct {
	name, sink, edit string
	index            int
	hidden, optional bool
	enum             bool
}

// fieldsOf lists what [capability.Encode] puts into a payload: the exported fields with a json name.
func fieldsOf(t reflect.Type) []structField {
	var all []structField
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if !f.IsExported() || name == "" || name == "-" {
			continue
		}
		all = append(all, structField{
			name: name, index: i, sink: f.Tag.Get("sink"), edit: f.Tag.Get("edit"), hidden: f.Tag.Get("script") == "-", enum: f.Tag.Get("enum") != "",
			optional: strings.Contains(options, "omitempty") || strings.Contains(options, "omitzero"),
		})
	}
	return all
}

// oneLine are the names of texts that stand in a header or a list, where a line break would begin something else.
var oneLine = []string{"subject", "title", "name", "summary", "location", "folder", "label"}

// senders are the names of persons who learn nothing: an effect comes from them.
var senders = []string{"from", "sender", "author", "me", "organizer"}

// mayBeEmpty are the names of lists of persons that need nobody.
var mayBeEmpty = []string{"cc", "bcc"}

func (w walker) fields(at place, v reflect.Value) {
	for _, f := range fieldsOf(v.Type()) {
		in := at
		in.path, in.name = join(at.path, f.name), f.name
		in.listed, in.optional = f.enum, f.optional || slices.Contains(mayBeEmpty, strings.ToLower(f.name))
		in.line = f.edit == "line" || slices.Contains(oneLine, strings.ToLower(f.name))
		switch f.sink {
		case "control":
			in.role, in.explicit = Control, true
		case "payload":
			in.role, in.explicit = Payload, true
		case "shown": // what something is called; it decides nothing
			in.role, in.explicit, in.fixed = Payload, true, true
		}
		switch f.edit {
		case "-":
			in.fixed = true
		case "text", "line", "people":
			in.fixed = false
		}
		in.fixed = in.fixed || f.hidden || slices.Contains(senders, strings.ToLower(f.name))
		w.value(in, v.Field(f.index))
	}
}

func (w walker) value(at place, v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if v.Type().Elem() == personType {
			w.person(at, v)
		} else if !v.IsNil() {
			w.value(at, v.Elem())
		}
		return
	case reflect.Interface:
		if !v.IsNil() {
			inner := reflect.New(v.Elem().Type()).Elem()
			inner.Set(v.Elem())
			outer := at.changed
			at.changed = func() { v.Set(inner); outer() }
			w.value(at, inner)
		}
		return
	case reflect.Slice, reflect.Array:
		w.list(at, v)
		return
	case reflect.Map:
		w.table(at, v)
		return
	}
	switch v.Type() {
	case textType:
		l := w.at(at, v, KindText, Payload)
		if !at.fixed {
			l.edit = asText
		}
		w.leaf(l)
	case personType:
		w.person(at, v)
	case refType:
		w.leaf(w.at(at, v, KindItem, Control))
	case timeType:
		w.leaf(w.at(at, v, KindDate, Control))
	default:
		w.kind(at, v)
	}
}

func (w walker) kind(at place, v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		w.structure(at, v)
	case reflect.Bool:
		w.leaf(w.at(at, v, KindFlag, Control))
	case reflect.String:
		w.leaf(w.at(at, v, KindText, Control))
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Float32, reflect.Float64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		w.leaf(w.at(at, v, KindNumber, Control))
	default:
		panic(fmt.Sprintf("approval: a value of type %s cannot be shown", v.Type()))
	}
}

func (w walker) at(at place, v reflect.Value, kind Kind, role Role) leaf {
	if at.explicit {
		role = at.role
	}
	return leaf{
		path: at.path, name: at.name, role: role, value: v, kind: kind, issued: at.issued, reference: at.reference, listed: at.listed,
		line: at.line, required: !at.optional, changed: at.changed,
	}
}

// person visits a Person, or a pointer to one.
func (w walker) person(at place, v reflect.Value) {
	l := w.at(at, v, KindPerson, Control)
	l.issued = true
	if !at.fixed {
		l.edit = asPerson
	}
	if v.Kind() == reflect.Pointer && v.IsNil() {
		l.kind = KindText // nobody, yet
	}
	w.leaf(l)
}

// structure visits a plain object, or one that the host made.
func (w walker) structure(at place, v reflect.Value) {
	if !v.Type().Implements(objectType) {
		w.fields(at, v)
		return
	}
	at.issued = true
	item := w.at(at, v, KindItem, Control)
	if v.Interface().(agents.Object).ObjectRef().Kind == composed {
		item.silent = true
	} else {
		at.fixed, at.reference = true, true
	}
	w.leaf(item)
	w.fields(at, v)
}

// list visits the elements one by one. An empty list shows too: that there is nobody, or nothing, is worth seeing.
func (w walker) list(at place, v reflect.Value) {
	if v.Type().Elem() == personType && v.Kind() == reflect.Slice {
		head := w.at(at, v, KindPerson, Control)
		head.issued = true
		if !at.fixed {
			head.edit = asPeople
		}
		head.silent = v.Len() > 0
		if !head.silent {
			head.kind = KindText
		}
		w.leaf(head)
		for i := range v.Len() {
			l := head
			l.path, l.value, l.kind, l.silent = join(at.path, strconv.Itoa(i)), v.Index(i), KindPerson, false
			if !at.fixed {
				l.edit, l.list, l.index = asElement, v, i
			}
			w.leaf(l)
		}
		return
	}
	if v.Len() == 0 {
		role := Control
		if v.Type().Elem() == textType {
			role = Payload
		}
		w.leaf(w.at(at, v, KindText, role))
		return
	}
	for i := range v.Len() {
		in := at
		in.fixed = at.fixed || v.Type().Elem() == textType // an edit of one line among many would be taken for one of all
		in.path = join(at.path, strconv.Itoa(i))
		w.value(in, v.Index(i))
	}
}

// table visits a map by its names, which the script chose.
func (w walker) table(at place, v reflect.Value) {
	keys := v.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
	for _, k := range keys {
		e := reflect.New(v.Type().Elem()).Elem()
		e.Set(v.MapIndex(k))
		in := at
		in.path, in.name = join(at.path, pathName(k.String())), Visible(k.String())
		in.changed = func() { v.SetMapIndex(k, e); at.changed() }
		w.value(in, e)
	}
	if len(keys) == 0 {
		w.leaf(w.at(at, v, KindText, Control))
	}
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// pathName is a name that a script chose, in a form that cannot be taken for several names and that shows in full.
func pathName(name string) string {
	var b strings.Builder
	for _, r := range strings.ToValidUTF8(name, "\uFFFD") {
		switch {
		case r == '~':
			b.WriteString("~0")
		case r == '.':
			b.WriteString("~1")
		case r <= ' ' || r == 0x7f || r > 0x7e && unseen(r):
			fmt.Fprintf(&b, "~u%x;", r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
