package agents

import "strings"

// Span is a piece of a text with one label.
type Span struct {
	Content string `json:"c"`
	Label   Label  `json:"l"`
}

// Text is what a capability takes or returns where a text may have come from outside: spans, each with its own label, so
// that a template of the user's words around a mail's subject still knows which is which. A script sees a text without
// untrusted spans as a string, any other as a handle.
type Text struct {
	Spans []Span `json:"spans"`
}

// Plain is a text of the user's or the host's own words.
func Plain(content string) Text {
	if content == "" {
		return Text{}
	}
	return Text{Spans: []Span{{Content: content}}}
}

// Labelled is a text with the label it came with.
func Labelled(content string, label Label) Text {
	return Text{Spans: []Span{{Content: content, Label: label}}}
}

// Concat is the texts one after another.
func Concat(texts ...Text) Text {
	var all Text
	for _, t := range texts {
		all.Spans = append(all.Spans, t.Spans...)
	}
	return all
}

// Raw is the whole content, without a trace of where it came from. For showing it to a person, mark the spans instead.
func (t Text) Raw() string {
	if len(t.Spans) == 1 {
		return t.Spans[0].Content
	}
	var b strings.Builder
	for _, s := range t.Spans {
		b.WriteString(s.Content)
	}
	return b.String()
}

// Label is the join of the spans' labels.
func (t Text) Label() Label {
	if len(t.Spans) == 1 {
		return t.Spans[0].Label.Join(Label{})
	}
	var j Joiner
	for _, s := range t.Spans {
		j.Add(s.Label)
	}
	return j.Label()
}

// Outside reports whether any span came from outside.
func (t Text) Outside() bool {
	for _, s := range t.Spans {
		if s.Label.Outside() {
			return true
		}
	}
	return false
}
