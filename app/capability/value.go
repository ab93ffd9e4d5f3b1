package capability

import (
	"time"

	"github.com/stewardhq/steward/agents"
)

// Value is a host value: nil, bool, float64, string, time.Time, agents.Text, []Value, *Record or *Object.
type Value any

// Field is a named value; a hidden one is for the host alone.
type Field struct {
	Name   string
	Value  Value
	Hidden bool
}

// Record is a value with fields and no identity.
type Record struct{ Fields []Field }

// Object is a value with an identity: the script reads its fields and passes it on, and cannot make one.
type Object struct {
	Kind   string
	ID     string
	Title  agents.Text
	Fields []Field
}

// Ref names the object.
func (o *Object) Ref() agents.Ref { return agents.Ref{Kind: o.Kind, ID: o.ID, Title: o.Title} }

// LabelOf is the join of the labels of all texts in a value.
func LabelOf(v Value) agents.Label {
	var j agents.Joiner
	joinLabels(&j, v)
	return j.Label()
}

func joinLabels(j *agents.Joiner, v Value) {
	switch v := v.(type) {
	case agents.Text:
		for _, s := range v.Spans {
			j.Add(s.Label)
		}
	case []Value:
		for _, e := range v {
			joinLabels(j, e)
		}
	case *Record:
		for _, f := range v.Fields {
			joinLabels(j, f.Value)
		}
	case *Object:
		for _, f := range v.Fields {
			joinLabels(j, f.Value)
		}
		joinLabels(j, v.Title)
	}
}

// TextOf is what a person should read of a value: a text as it is, the "text" field of a record, a date in the zone, and
// plain values as they would be written.
func TextOf(v Value, zone *time.Location) agents.Text {
	switch v := v.(type) {
	case nil:
		return agents.Text{}
	case string:
		return agents.Plain(v)
	case agents.Text:
		return v
	case time.Time:
		return agents.Plain(v.In(zone).Format("2006-01-02 15:04"))
	case []Value:
		var lines []agents.Text
		for i, e := range v {
			if i > 0 {
				lines = append(lines, agents.Plain("\n"))
			}
			lines = append(lines, TextOf(e, zone))
		}
		return agents.Concat(lines...)
	case *Record:
		return textOfFields(v.Fields, zone)
	case *Object:
		if text := textOfFields(v.Fields, zone); len(text.Spans) > 0 {
			return text
		}
		return v.Title
	default:
		return agents.Plain(plainJSON(v))
	}
}

func textOfFields(fields []Field, zone *time.Location) agents.Text {
	var lines []agents.Text
	for _, f := range fields {
		if f.Hidden {
			continue
		}
		if f.Name == "text" {
			return TextOf(f.Value, zone)
		}
		lines = append(lines, agents.Plain(f.Name+": "), TextOf(f.Value, zone), agents.Plain("\n"))
	}
	return agents.Concat(lines...)
}
