package capability

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"github.com/stewardhq/steward/agents"
)

// The journal's form: plain JSON, with one-key objects for what JSON lacks.
type (
	journalText struct {
		Text agents.Text `json:"$text"`
	}
	journalDate struct {
		Millis int64 `json:"$date"`
	}
	journalObject struct {
		Object struct {
			Kind   string         `json:"kind"`
			ID     string         `json:"id"`
			Title  agents.Text    `json:"title"`
			Fields []journalField `json:"fields"`
		} `json:"$object"`
	}
	journalRecord struct {
		Fields []journalField `json:"$record"`
	}
	journalField struct {
		Name   string          `json:"n"`
		Value  json.RawMessage `json:"v"`
		Hidden bool            `json:"h,omitempty"`
	}
)

// Marshal writes a value in the journal's form.
func Marshal(v Value) (json.RawMessage, error) {
	switch v := v.(type) {
	case agents.Text:
		return json.Marshal(journalText{v})
	case time.Time:
		return json.Marshal(journalDate{v.UnixMilli()})
	case []Value:
		list := make([]json.RawMessage, len(v))
		for i, e := range v {
			raw, err := Marshal(e)
			if err != nil {
				return nil, err
			}
			list[i] = raw
		}
		return json.Marshal(list)
	case *Record:
		fields, err := marshalFields(v.Fields)
		if err != nil {
			return nil, err
		}
		return json.Marshal(journalRecord{fields})
	case *Object:
		var o journalObject
		fields, err := marshalFields(v.Fields)
		if err != nil {
			return nil, err
		}
		o.Object.Kind, o.Object.ID, o.Object.Title, o.Object.Fields = v.Kind, v.ID, v.Title, fields
		return json.Marshal(o)
	default:
		return json.Marshal(v)
	}
}

func marshalFields(fields []Field) ([]journalField, error) {
	out := make([]journalField, len(fields))
	for i, f := range fields {
		raw, err := Marshal(f.Value)
		if err != nil {
			return nil, err
		}
		out[i] = journalField{f.Name, raw, f.Hidden}
	}
	return out, nil
}

// Unmarshal reads the journal's form.
func Unmarshal(raw json.RawMessage) (Value, error) {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 {
		return nil, nil
	}
	switch raw[0] {
	case '[':
		var list []json.RawMessage
		if err := json.Unmarshal(raw, &list); err != nil {
			return nil, fmt.Errorf("read recorded list: %w", err)
		}
		out := make([]Value, len(list))
		for i, e := range list {
			v, err := Unmarshal(e)
			if err != nil {
				return nil, err
			}
			out[i] = v
		}
		return out, nil
	case '{':
		return unmarshalTagged(raw)
	default:
		var v any
		if err := json.Unmarshal(raw, &v); err != nil {
			return nil, fmt.Errorf("read recorded value: %w", err)
		}
		return v, nil
	}
}

func unmarshalTagged(raw json.RawMessage) (Value, error) {
	var tagged struct {
		Text   *agents.Text    `json:"$text"`
		Date   *int64          `json:"$date"`
		Record *[]journalField `json:"$record"`
		Object *struct {
			Kind, ID string
			Title    agents.Text
			Fields   []journalField
		} `json:"$object"`
	}
	if err := json.Unmarshal(raw, &tagged); err != nil {
		return nil, fmt.Errorf("read recorded value: %w", err)
	}
	switch {
	case tagged.Text != nil:
		return *tagged.Text, nil
	case tagged.Date != nil:
		return time.UnixMilli(*tagged.Date).UTC(), nil
	case tagged.Record != nil:
		fields, err := unmarshalFields(*tagged.Record)
		return &Record{fields}, err
	case tagged.Object != nil:
		fields, err := unmarshalFields(tagged.Object.Fields)
		return &Object{tagged.Object.Kind, tagged.Object.ID, tagged.Object.Title, fields}, err
	default:
		return nil, fmt.Errorf("read recorded value: an object without a known tag")
	}
}

func unmarshalFields(fields []journalField) ([]Field, error) {
	out := make([]Field, len(fields))
	for i, f := range fields {
		v, err := Unmarshal(f.Value)
		if err != nil {
			return nil, err
		}
		out[i] = Field{f.Name, v, f.Hidden}
	}
	return out, nil
}

func plainJSON(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(raw)
}
