package approval

import (
	"math"
	"reflect"
	"strconv"
	"time"

	"github.com/stewardhq/steward/agents"
)

// Options is what the host knows beside a payload.
type Options struct {
	Zone         *time.Location    // of the dates; UTC where it is nil
	Readers      agents.Readers    // who may know everything that the script and the payload hold
	KnownDomains []string          // of persons whom the user knows
	KnownNames   map[string]string // what a known person is called, as [FoldName] writes it, and that person's address
	Typed        func(string) bool // whether the user typed these words, whole
	Me           string            // the user's id as a person, or an address
	Recipients   []string          // ids of those who will learn of it; nil says nothing, and then it may be anybody

	ready *known
}

// Ready is the options with what is known prepared, for more than one call of [Fields]; KnownDomains and KnownNames stay
// as they are from then on.
func (o Options) Ready() Options {
	o.ready = newKnown(o)
	return o
}

// Fields takes apart the arguments of a capability: every value, whole, in the order of the definition. in is the struct
// that the capability takes.
func Fields(in any, o Options) []Field {
	fields := []Field{}
	v := reflect.ValueOf(in)
	if !v.IsValid() {
		return fields
	}
	root := reflect.New(v.Type()).Elem()
	root.Set(v)
	if o.ready == nil {
		o = o.Ready()
	}
	s := shower{Options: o, known: o.ready}
	walk(root, func(l leaf) {
		switch {
		case l.silent && l.kind == KindItem:
			s.enter(l)
		case !l.silent && !s.said(l):
			fields = append(fields, s.field(l))
		}
	})
	return fields
}

// shower makes fields of leaves.
type shower struct {
	Options
	known *known
	item  Item // the last one seen, whose fields follow
	at    string
}

// said reports whether a leaf is only the id of the item that it stands in, which the item's field shows.
func (s *shower) said(l leaf) bool {
	return l.issued && l.value.Kind() == reflect.String && l.path == join(s.at, "id") && l.value.String() == s.item.ID
}

func (s *shower) field(l leaf) Field {
	f := Field{Path: l.path, Name: l.name, Role: l.role, Kind: l.kind, Editable: l.edit != fixed, Text: []Piece{}}
	if l.role == Control {
		f.Source = s.source(l)
	}
	switch l.kind {
	case KindPerson:
		s.person(&f, l)
	case KindItem:
		s.showItem(&f, l)
	case KindText:
		s.text(&f, l)
	default:
		f.Text = Pieces(agents.Plain(plain(l.value, s.Zone)))
	}
	return f
}

// plain is a date, a number or a flag as it is shown, to its last digit.
func plain(v reflect.Value, zone *time.Location) string {
	if t, ok := v.Interface().(time.Time); ok {
		return date(t, zone)
	}
	switch v.Kind() {
	case reflect.Bool:
		return strconv.FormatBool(v.Bool())
	case reflect.Float32, reflect.Float64:
		if n := v.Float(); math.Abs(n) < 1e21 && (n == 0 || math.Abs(n) > 1e-7) {
			return strconv.FormatFloat(n, 'f', -1, 64)
		}
		return strconv.FormatFloat(v.Float(), 'g', -1, 64)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return strconv.FormatUint(v.Uint(), 10)
	}
	return strconv.FormatInt(v.Int(), 10)
}

func date(t time.Time, zone *time.Location) string {
	if t.IsZero() {
		return ""
	}
	if zone == nil {
		zone = time.UTC
	}
	layout := "2006-01-02 15:04"
	switch t = t.In(zone); {
	case t.Nanosecond() != 0:
		layout += ":05.999999999"
	case t.Second() != 0:
		layout += ":05"
	}
	return t.Format(layout + " -07:00")
}

func (s *shower) showItem(f *Field, l leaf) {
	f.Text, f.Item = Pieces(s.enter(l).Title), &Item{Kind: s.item.Kind, ID: s.item.ID}
}

// enter keeps in mind in which item the next leaves stand.
func (s *shower) enter(l leaf) agents.Ref {
	ref, ok := l.value.Interface().(agents.Ref)
	if !ok {
		ref = l.value.Interface().(agents.Object).ObjectRef()
	}
	s.item, s.at = Item{Kind: ref.Kind, ID: ref.ID}, l.path
	return ref
}

func (s *shower) text(f *Field, l leaf) {
	switch v := l.value.Interface().(type) {
	case agents.Text:
		f.Text = Pieces(v)
	default:
		if l.value.Kind() != reflect.String {
			return // an empty list, or nobody
		}
		f.Text = Pieces(agents.Plain(l.value.String()))
		if l.role == Control && wholeAddress(l.value.String()) {
			f.Text = addressPieces(l.value.String())
		}
	}
	f.Warnings = s.warnings(l, raw(f.Text))
}

// source is where a control came from.
func (s *shower) source(l leaf) agents.Source {
	switch {
	case l.issued || l.kind == KindItem:
		return agents.SourceHost
	case l.listed && l.value.Kind() == reflect.String && l.value.String() != "":
		return agents.SourceListed
	}
	words := ""
	switch v := l.value.Interface().(type) {
	case agents.Text:
		if label := v.Label(); len(v.Spans) > 0 && (label.Outside() || len(label.Origins) > 0) {
			return agents.SourceContent
		}
		words = v.Raw()
	default:
		if l.value.Kind() == reflect.String {
			words = l.value.String()
		}
	}
	if s.typed(words) {
		return agents.SourceTyped
	}
	return agents.SourceScript
}

func (s *shower) typed(words string) bool { return words != "" && s.Typed != nil && s.Typed(words) }
