package capability

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/stewardhq/steward/agents"
)

// Table holds what the host has issued to one run: the texts behind its handles and the objects behind its identities.
// Ids depend on the run, the step and the place in the result, so that a replay issues the same ones, and no run can
// guess or reuse another's. A Table is not safe for concurrent use.
type Table struct {
	mac     hash.Hash
	handles map[string]agents.Text
	objects map[string]*Object
}

// NewTable is the empty table of a run. The key must be the same at every replay, and secret.
func NewTable(key []byte) *Table {
	return &Table{mac: hmac.New(sha256.New, key), handles: map[string]agents.Text{}, objects: map[string]*Object{}}
}

func (t *Table) id(seq int, path string) string {
	t.mac.Reset()
	t.mac.Write(strconv.AppendInt(nil, int64(seq), 10))
	t.mac.Write([]byte{0})
	t.mac.Write([]byte(path))
	return hex.EncodeToString(t.mac.Sum(nil)[:12])
}

// Issue gives the script its view of a step's result: handles for texts from outside, identities for objects, no hidden
// field.
func (t *Table) Issue(seq int, v Value) json.RawMessage {
	var b strings.Builder
	t.view(&b, seq, "", v)
	return json.RawMessage(b.String())
}

func (t *Table) view(b *strings.Builder, seq int, path string, v Value) {
	switch v := v.(type) {
	case agents.Text:
		if plain, ok := plainOrText(v).(string); ok {
			b.WriteString(plainJSON(plain))
			return
		}
		id := t.id(seq, path)
		t.handles[id] = v
		fmt.Fprintf(b, `{"$h":%q}`, id)
	case time.Time:
		fmt.Fprintf(b, `{"$d":%d}`, v.UnixMilli())
	case []Value:
		b.WriteByte('[')
		for i, e := range v {
			if i > 0 {
				b.WriteByte(',')
			}
			t.view(b, seq, path+"/"+strconv.Itoa(i), e)
		}
		b.WriteByte(']')
	case *Record:
		t.viewFields(b, seq, path, v.Fields)
	case *Object:
		id := t.id(seq, path+"#")
		t.objects[id] = v
		fmt.Fprintf(b, `{"$o":%q,"k":%q,"f":`, id, v.Kind)
		t.viewFields(b, seq, path, v.Fields)
		b.WriteByte('}')
	default:
		b.WriteString(plainJSON(v))
	}
}

// place keeps a name, which a script may have chosen, from looking like a path of several, or like an object's mark.
var place = strings.NewReplacer("~", "~0", "/", "~1", "#", "~2")

func (t *Table) viewFields(b *strings.Builder, seq int, path string, fields []Field) {
	b.WriteByte('{')
	first := true
	for _, f := range fields {
		if f.Hidden {
			continue
		}
		if !first {
			b.WriteByte(',')
		}
		first = false
		b.WriteString(plainJSON(f.Name))
		b.WriteByte(':')
		t.view(b, seq, path+"/"+place.Replace(f.Name), f.Value)
	}
	b.WriteByte('}')
}

const maxDepth = 64

// maxText is how many bytes of text one message of a script may stand for, where it names more than one: a few bytes can
// name a long text many times over.
const maxText = 32 << 20

// Resolve reads what a script sent: handles and identities become what the host holds behind them. One that this run was
// not given is refused, and so is a message that stands for too much text.
func (t *Table) Resolve(raw json.RawMessage) (Value, error) {
	return t.ResolveWords(raw, agents.Label{})
}

// ResolveWords is Resolve for a script whose own words, in the texts that it composed, carry a label.
func (t *Table) ResolveWords(raw json.RawMessage, words agents.Label) (Value, error) {
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		return nil, &agents.Error{Code: agents.CodeInvalid, Message: "the script sent something that is not a value", Err: err}
	}
	r := resolver{table: t, words: words}
	return r.resolve(v, 0)
}

// resolver is one message on its way to values.
type resolver struct {
	table *Table
	words agents.Label
	texts int // how many texts and objects were named
	bytes int // of all of them
}

func (r *resolver) resolve(v any, depth int) (Value, error) {
	if depth > maxDepth {
		return nil, &agents.Error{Code: agents.CodeInvalid, Message: fmt.Sprintf("the value is nested deeper than %d levels", maxDepth), Hint: "pass a flatter value"}
	}
	switch v := v.(type) {
	case []any:
		list := make([]Value, len(v))
		for i, e := range v {
			value, err := r.resolve(e, depth+1)
			if err != nil {
				return nil, err
			}
			list[i] = value
		}
		return list, nil
	case map[string]any:
		return r.resolveMap(v, depth)
	default:
		return v, nil
	}
}

func (r *resolver) resolveMap(m map[string]any, depth int) (Value, error) {
	for key, e := range m {
		if !strings.HasPrefix(key, "$") {
			continue
		}
		if len(m) != 1 {
			return nil, errForged
		}
		return r.resolveTag(key, e, depth)
	}
	record := &Record{}
	for name, e := range m {
		v, err := r.resolve(e, depth+1)
		if err != nil {
			return nil, err
		}
		record.Fields = append(record.Fields, Field{Name: name, Value: v})
	}
	slices.SortFunc(record.Fields, func(a, b Field) int { return strings.Compare(a.Name, b.Name) })
	return record, nil
}

var errForged = &agents.Error{
	Code: agents.CodeDenied, Message: "the script passed a handle or an object that this run was not given",
	Hint: "pass on only what a capability returned in this run",
}

func (r *resolver) resolveTag(tag string, e any, depth int) (Value, error) {
	switch tag {
	case "$h":
		id, _ := e.(string)
		if text, ok := r.table.handles[id]; ok {
			return text, r.count(text)
		}
	case "$o":
		id, _ := e.(string)
		if o, ok := r.table.objects[id]; ok {
			return o, r.count(o)
		}
	case "$d":
		if ms, ok := e.(float64); ok && ms >= -62135596800000 && ms <= 253402300799999 {
			return time.UnixMilli(int64(ms)).UTC(), nil
		}
	case "$t":
		if parts, ok := e.([]any); ok {
			return r.compose(parts, depth)
		}
	}
	return nil, errForged
}

// count refuses a message that names more text than the host should put together.
func (r *resolver) count(v Value) error {
	r.texts++
	r.bytes += size(v)
	if r.texts > 1 && r.bytes > maxText {
		return &agents.Error{
			Code: agents.CodeLimit, Message: fmt.Sprintf("the script passed on more than %d MB of text at once", maxText>>20),
			Hint: "pass on fewer texts at a time, or summaries of them",
		}
	}
	return nil
}

// size is how many bytes a value holds, roughly: its text, and a few for each value in it.
func size(v Value) int {
	n := 8
	switch v := v.(type) {
	case string:
		n += len(v)
	case agents.Text:
		for _, s := range v.Spans {
			n += len(s.Content)
		}
	case []Value:
		for _, e := range v {
			n += size(e)
		}
	case *Record:
		for _, f := range v.Fields {
			n += size(f.Value)
		}
	case *Object:
		n += size(v.Title)
		for _, f := range v.Fields {
			n += size(f.Value)
		}
	}
	return n
}

// compose joins a template's parts into one text whose spans keep their labels.
func (r *resolver) compose(parts []any, depth int) (Value, error) {
	var text agents.Text
	for _, p := range parts {
		v, err := r.resolve(p, depth+1)
		if err != nil {
			return nil, err
		}
		switch v := v.(type) {
		case string:
			text.Spans = append(text.Spans, own(v, r.words).Spans...)
		case agents.Text:
			text.Spans = append(text.Spans, v.Spans...)
		default:
			return nil, errForged
		}
	}
	return plainOrText(text), nil
}
