package capability_test

import (
	"context"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/capability"
)

type parcel struct {
	ID      string          `json:"id"`
	To      []agents.Person `json:"to"`
	Subject agents.Text     `json:"subject"`
	Label   agents.Text     `json:"label" sink:"shown"`
}

func (p parcel) ObjectRef() agents.Ref { return agents.Ref{Kind: "parcel", ID: p.ID, Title: p.Subject} }

type shipIn struct {
	Parcel  parcel      `json:"parcel"`
	Body    agents.Text `json:"body"`
	Folder  agents.Text `json:"folder,omitempty" sink:"control"`
	Path    string      `json:"path,omitempty"`
	Caption string      `json:"caption,omitempty" sink:"payload"`
	How     string      `json:"how,omitempty" enum:"fast|slow"`
	Amount  float64     `json:"amount,omitempty"`
	When    *time.Time  `json:"when,omitempty"`
	Item    *agents.Ref `json:"item,omitempty"`
	Options *struct {
		X string `json:"x"`
	} `json:"options,omitempty"`
}

// Whatever decides where an effect goes is a control with the source that the host knows; only what is carried raises the
// payload's label, and how a recipient is called does not.
func TestPartsOfASink(t *testing.T) {
	mail := agents.Label{Integrity: agents.Untrusted, Origins: []string{"mail:1"}, Readers: agents.Only("me")}
	name := agents.Label{Integrity: agents.Untrusted, Origins: []string{"person:a"}, Readers: agents.Only("a")}
	anna := agents.Person{ID: "a", Name: agents.Labelled("Anna", name)}
	b := capability.Bound{Capability: agents.Define(agents.Capability{Name: "ship"}, func(context.Context, *agents.Call, shipIn) (agents.Nothing, error) { return agents.Nothing{}, nil })}
	now := time.Now()
	for _, c := range []struct {
		name string
		in   shipIn
		want string
		load agents.Label
	}{
		{"an issued object", shipIn{Parcel: parcel{ID: "1", To: []agents.Person{anna}, Subject: agents.Labelled("s", mail), Label: agents.Labelled("n", name)}}, "parcel=host", mail},
		{"a body from outside", shipIn{Body: agents.Labelled("x", mail)}, "parcel=host", mail},
		{"a control from outside", shipIn{Folder: agents.Labelled("x", mail)}, "parcel=host folder=content", agents.Label{}},
		{"a typed control", shipIn{Folder: agents.Plain("Receipts"), Path: "Receipts"}, "parcel=host folder=typed path=typed", agents.Label{}},
		{"a literal", shipIn{Path: "elsewhere", Amount: 3, When: &now}, "parcel=host path=script amount=script when=script", agents.Label{}},
		{"a choice", shipIn{How: "fast"}, "parcel=host how=listed", agents.Label{}},
		{"carried words", shipIn{Caption: "hello"}, "parcel=host", agents.Label{}},
		{"an item", shipIn{Item: &agents.Ref{Kind: "mail", ID: "7", Title: agents.Labelled("t", mail)}}, "parcel=host item=host", agents.Label{}},
		{"a nested word", shipIn{Options: &struct {
			X string `json:"x"`
		}{"y"}}, "parcel=host options.x=script", agents.Label{}},
	} {
		payload, controls := b.Parts(c.in, func(words string) bool { return words == "Receipts" })
		var got []string
		for _, k := range controls {
			got = append(got, k.Path+"="+string(k.Source))
		}
		if strings.Join(got, " ") != c.want || !reflect.DeepEqual(payload, c.load) {
			t.Errorf("%s: %v and %+v, want %s and %+v", c.name, got, payload, c.want, c.load)
		}
	}
}
