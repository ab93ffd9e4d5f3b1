// Package approval makes what a person is asked: every field of a payload, whole, with where it came from, what cannot be
// seen spelt out, and what looks like something else marked.
package approval

import (
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/capability"
)

// Field is one value of a payload.
type Field struct {
	Path     string        `json:"path"` // "draft.body"; an edit names it
	Name     string        `json:"name"` // the path's last name
	Role     Role          `json:"role"`
	Kind     Kind          `json:"kind"`
	Text     []Piece       `json:"text"`             // the whole value; of a person or an item what it is called
	Person   *Person       `json:"person,omitempty"` // of kind person
	Item     *Item         `json:"item,omitempty"`   // of kind item
	Source   agents.Source `json:"source,omitempty"` // of a control
	Editable bool          `json:"editable,omitempty"`
	Warnings []Warning     `json:"warnings,omitempty"` // about addresses in a text; those about a person stand there
}

// Role says what an argument is to an effect.
type Role = capability.Role

// The roles.
const (
	Control = capability.Control // decides where the effect goes, or how far
	Payload = capability.Payload // is carried
)

// Kind is what kind of value a field shows.
type Kind string

// The kinds.
const (
	KindText   Kind = "text"
	KindPerson Kind = "person"
	KindItem   Kind = "item"
	KindDate   Kind = "date"
	KindNumber Kind = "number"
	KindFlag   Kind = "flag"
)

// Piece is a part of a text with one origin. All pieces one after another are the whole text; a piece with Spelt stands
// for characters that nobody would see.
type Piece struct {
	Text    string   `json:"text"`
	Spelt   string   `json:"spelt,omitempty"`   // "U+202E RIGHT-TO-LEFT OVERRIDE": what Text is, which is then not to be shown itself
	Outside bool     `json:"outside,omitempty"` // somebody else wrote it
	Origins []string `json:"origins,omitempty"` // "mail:ID", …
}

// Person is who would learn something.
type Person struct {
	ID       string    `json:"id"`
	Address  []Piece   `json:"address"`
	Known    bool      `json:"known"`
	Me       bool      `json:"me,omitempty"`
	Warnings []Warning `json:"warnings,omitempty"`
}

// Item is something that would be changed, removed or carried along.
type Item struct {
	Kind string `json:"kind"`
	ID   string `json:"id"`
}

// Warning is something about a person or an address that a person should see before saying yes.
type Warning struct {
	Code string `json:"code"`           // "not-a-reader", "unknown", "look-alike", "mixed-scripts", "name-is-address", "invented"
	Like string `json:"like,omitempty"` // what it looks like
	Text string `json:"text"`           // in plain words
}

// Edit says what the user typed in place of a field.
type Edit = agents.Edit

// Question is one that a script asks the user.
type Question struct {
	Text    []Piece   `json:"text"`
	Choices [][]Piece `json:"choices,omitempty"` // none: the user types
	Many    bool      `json:"many,omitempty"`
}

// Offer is a grant that the user may give with the answer: exactly this, and no wider.
type Offer struct {
	Grant  agents.Grant `json:"grant"`
	Latest time.Time    `json:"latest"` // it may not run longer than this
	Most   int          `json:"most"`   // nor be used more often
}
