package skill

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/stewardhq/steward/agents"
)

const maxDepth = 4

// Phrase is the words of a request in order.
type Phrase []Element

// Element is a piece of a phrase: literal text, a slot that a parameter fills, or phrases one of which stands here. One of
// them is empty where nothing need stand here.
type Element struct {
	Text string
	Slot string
	Any  []Phrase
}

// Slots are the names of the slots anywhere in the phrase.
func (p Phrase) Slots() []string {
	var all []string
	for _, e := range p {
		if e.Slot != "" {
			all = append(all, e.Slot)
		}
		for _, a := range e.Any {
			all = append(all, a.Slots()...)
		}
	}
	return all
}

// speaks reports whether there is a word anywhere in the phrase.
func (p Phrase) speaks() bool {
	return slices.ContainsFunc(p, func(e Element) bool { return e.Text != "" || slices.ContainsFunc(e.Any, Phrase.speaks) })
}

// ParsePhrase reads a phrase: the words of a request, with (this|that) where words may stand for each other, [this] or
// [this|that] where they may be left out, and {name} where a parameter stands. The error is CodeInvalid.
func ParsePhrase(text string) (Phrase, error) {
	if len(text) > maxPhrase || !utf8.ValidString(text) {
		return nil, bad("it is too long", fmt.Sprintf("use at most %d bytes", maxPhrase))
	}
	p := &phraseParser{text: text}
	phrase, err := p.sequence(0)
	if err != nil {
		return nil, err
	}
	if p.at < len(p.text) {
		return nil, bad(fmt.Sprintf("%q stands alone at byte %d", p.text[p.at], p.at+1), "close every bracket that was opened, and no other")
	}
	if !phrase.speaks() {
		return nil, bad("it says nothing", "write the words of a request")
	}
	return phrase, nil
}

type phraseParser struct {
	text string
	at   int
}

// sequence reads up to a bar, a closing bracket or the end.
func (p *phraseParser) sequence(depth int) (Phrase, error) {
	var all Phrase
	for p.at < len(p.text) {
		var e Element
		var err error
		switch c := p.text[p.at]; c {
		case '(', '[':
			e, err = p.group(c, depth+1)
		case '{':
			e, err = p.slot()
		case ')', ']', '|', '}':
			return all, nil
		default:
			end := strings.IndexAny(p.text[p.at:], "()[]{}|")
			if end < 0 {
				end = len(p.text) - p.at
			}
			e.Text = strings.TrimSpace(p.text[p.at : p.at+end])
			p.at += end
			if e.Text == "" {
				continue
			}
		}
		if err != nil {
			return nil, err
		}
		all = append(all, e)
	}
	return all, nil
}

func (p *phraseParser) group(open byte, depth int) (Element, error) {
	if depth > maxDepth {
		return Element{}, bad("its brackets are nested too deep", fmt.Sprintf("nest at most %d", maxDepth))
	}
	shut, e := byte(')'), Element{}
	if open == '[' {
		shut, e.Any = ']', []Phrase{nil}
	}
	for {
		p.at++ // the bracket or the bar
		one, err := p.sequence(depth)
		if err != nil {
			return Element{}, err
		}
		e.Any = append(e.Any, one)
		if p.at >= len(p.text) || p.text[p.at] != '|' && p.text[p.at] != shut {
			return Element{}, bad(fmt.Sprintf("%q is not closed", open), fmt.Sprintf("add %q", shut))
		}
		if p.text[p.at] == shut {
			p.at++
			return e, nil
		}
	}
}

func (p *phraseParser) slot() (Element, error) {
	name, _, ok := strings.Cut(p.text[p.at+1:], "}")
	if !ok || name == "" || strings.ContainsAny(name, "()[]{| ") {
		return Element{}, bad("a slot is not closed", "write {name}")
	}
	p.at += len(name) + 2
	return Element{Slot: name}, nil
}

func bad(what, hint string) error {
	return &agents.Error{Code: agents.CodeInvalid, Message: what, Hint: hint}
}
