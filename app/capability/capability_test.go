package capability_test

import (
	"context"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/capability"
)

var outside = agents.Label{Integrity: agents.Untrusted, Origins: []string{"mail:m1"}, Readers: agents.Only("me", "anna")}

type Letter struct {
	ID       string        `json:"id"`
	From     agents.Person `json:"from"`
	Subject  agents.Text   `json:"subject"`
	Received time.Time     `json:"received"`
	Pages    int           `json:"pages" doc:"how many"`
	Secret   string        `json:"secret" script:"-"`
}

func (l Letter) ObjectRef() agents.Ref { return agents.Ref{Kind: "letter", ID: l.ID, Title: l.Subject} }

type findOptions struct {
	From  *agents.Person `json:"from,omitempty"`
	Order string         `json:"order,omitempty" enum:"newest|oldest"`
	Limit int            `json:"limit,omitempty"`
}

type findIn struct {
	Query   string      `json:"query"`
	Options findOptions `json:"options,omitempty"`
}

type noteIn struct {
	Text  agents.Text `json:"text"`
	About *agents.Ref `json:"about,omitempty"`
}

func sampleLetter() Letter {
	return Letter{
		ID: "l1", From: agents.Person{ID: "p1", Name: agents.Labelled("Anna", outside), Address: "anna@x.example"},
		Subject: agents.Labelled("Lunch?", outside), Received: time.UnixMilli(1_700_000_000_000).UTC(), Pages: 2, Secret: "hidden words",
	}
}

func registry(t *testing.T) *capability.Registry {
	t.Helper()
	find := agents.Define(agents.Capability{Name: "post.find", Doc: "Find letters.", Version: 1, Effect: agents.Read},
		func(context.Context, *agents.Call, findIn) ([]Letter, error) { return []Letter{sampleLetter()}, nil })
	note := agents.Define(agents.Capability{Name: "note", Version: 1, Effect: agents.Local},
		func(context.Context, *agents.Call, noteIn) (agents.Nothing, error) { return agents.Nothing{}, nil })
	body := agents.Define(agents.Capability{Name: "post.body", Version: 1, Effect: agents.Read},
		func(_ context.Context, _ *agents.Call, in struct {
			Letter Letter `json:"letter"`
		},
		) (*agents.Text, error) {
			return &in.Letter.Subject, nil
		})
	r, err := capability.NewRegistry(agents.Agent{Name: "post", Capabilities: []agents.Capability{find, note, body}})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestAnObjectComesBackWithEverythingTheHostKnows(t *testing.T) {
	table := capability.NewTable([]byte("run"))
	value := capability.Encode([]Letter{sampleLetter()})
	view := string(table.Issue(1, value))
	for _, leak := range []string{"Anna", "Lunch", "hidden words", "anna@x.example", "secret"} {
		if strings.Contains(view, leak) {
			t.Errorf("the script sees %q in %s", leak, view)
		}
	}
	var seen []struct {
		ID     string `json:"$o"`
		Fields struct {
			Subject map[string]string `json:"subject"`
			Pages   int               `json:"pages"`
		} `json:"f"`
	}
	if err := json.Unmarshal([]byte(view), &seen); err != nil || seen[0].Fields.Pages != 2 || seen[0].Fields.Subject["$h"] == "" {
		t.Fatalf("view %s: %v", view, err)
	}

	args, err := table.Resolve(json.RawMessage(`[{"$o":"` + seen[0].ID + `"}]`))
	if err != nil {
		t.Fatal(err)
	}
	bound, _ := registry(t).Lookup("post.body")
	in, err := bound.Arguments(args.([]capability.Value), agents.Label{})
	if err != nil {
		t.Fatal(err)
	}
	if got := reflect.ValueOf(in).Field(0).Interface().(Letter); !reflect.DeepEqual(got, sampleLetter()) {
		t.Errorf("got back %+v", got)
	}
}

func TestTheJournalsFormLosesNothing(t *testing.T) {
	value := capability.Encode([]Letter{sampleLetter()})
	raw, err := capability.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	back, err := capability.Unmarshal(raw)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(value, back) {
		t.Errorf("wrote %#v\nread  %#v", value, back)
	}
	one, two := capability.NewTable([]byte("k")), capability.NewTable([]byte("k"))
	if string(one.Issue(3, value)) != string(two.Issue(3, back)) {
		t.Error("a replay issues other handles than the record")
	}
	other := capability.NewTable([]byte("another run"))
	if string(one.Issue(3, value)) == string(other.Issue(3, value)) {
		t.Error("two runs share handles")
	}
}

func TestWhatTheRunWasNotGivenIsRefused(t *testing.T) {
	table := capability.NewTable([]byte("run"))
	view := table.Issue(1, capability.Encode(agents.Labelled("words", outside)))
	foreign := capability.NewTable([]byte("other")).Issue(1, capability.Encode(agents.Labelled("words", outside)))
	for name, raw := range map[string]string{
		"guessed handle":      `[{"$h":"000000000000000000000000"}]`,
		"another run's":       `[` + string(foreign) + `]`,
		"handle as object":    strings.Replace(`[`+string(view)+`]`, "$h", "$o", 1),
		"smuggled key":        `[{"$h":"x","more":1}]`,
		"unknown tag":         `[{"$x":1}]`,
		"template of objects": `[{"$t":[{"a":1}]}]`,
		"date out of range":   `[{"$d":1e300}]`,
		"too deep":            strings.Repeat("[", 100) + strings.Repeat("]", 100),
		"not JSON":            `[`,
	} {
		if _, err := table.Resolve(json.RawMessage(raw)); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	if _, err := table.Resolve(json.RawMessage(`[` + string(view) + `]`)); err != nil {
		t.Errorf("the run's own handle is refused: %v", err)
	}
}

func TestATemplateKeepsTheLabelsOfItsParts(t *testing.T) {
	table := capability.NewTable([]byte("run"))
	view := table.Issue(1, capability.Encode(agents.Labelled("from mail", outside)))
	got, err := table.Resolve(json.RawMessage(`{"$t":["I read: ",` + string(view) + `,{"$t":["!"]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	text := got.(agents.Text)
	if text.Raw() != "I read: from mail!" || len(text.Spans) != 3 || text.Spans[0].Label.Outside() || !text.Spans[1].Label.Outside() {
		t.Errorf("got %+v", text)
	}
}

func TestArgumentsThatDoNotFitSayWhatWould(t *testing.T) {
	r := registry(t)
	handle := agents.Labelled("x", outside)
	record := func(fields ...capability.Field) *capability.Record { return &capability.Record{Fields: fields} }
	for _, tc := range []struct {
		name, capability string
		args             []capability.Value
		want             string
	}{
		{"missing", "post.find", nil, "query must be a string"},
		{"handle for plain", "post.find", []capability.Value{handle}, "query must be a string, not a handle"},
		{"unknown option", "post.find", []capability.Value{"x", record(capability.Field{Name: "form", Value: "a"})}, `no field "form"`},
		{"address as person", "post.find", []capability.Value{"x", record(capability.Field{Name: "from", Value: "a@b"})}, "from must be a Person"},
		{"enum", "post.find", []capability.Value{"x", record(capability.Field{Name: "order", Value: "best"})}, "one of newest, oldest"},
		{"fraction", "post.find", []capability.Value{"x", record(capability.Field{Name: "limit", Value: 1.5})}, "a whole number"},
		{"too many", "post.find", []capability.Value{"x", nil, 3.0}, "takes 2 arguments"},
		{"plain object as object", "note", []capability.Value{"x", record()}, "an object that the host gave"},
		{"wrong object", "post.body", []capability.Value{&capability.Object{Kind: "person"}}, "a Letter"},
	} {
		bound, _ := r.Lookup(tc.capability)
		_, err := bound.Arguments(tc.args, agents.Label{})
		if err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: got %v, want %q", tc.name, err, tc.want)
		}
		if err != nil && agents.AsError(err).Hint == "" {
			t.Errorf("%s: no hint", tc.name)
		}
	}
}

func TestDeclarationsComeFromTheDefinitions(t *testing.T) {
	got := registry(t).Declarations()
	for _, want := range []string{
		`find(query: string, options?: { from?: Person; order?: "newest" | "oldest"; limit?: number }): Promise<Letter[]>`,
		"interface Letter { id: string; from: Person; subject: Handle; received: Date; pages: number /* how many */ }",
		"declare function note(text: Text, about?: Item): Promise<void>",
		"// Find letters.",
		"body(letter: Letter): Promise<Handle | null>",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("missing %q in\n%s", want, got)
		}
	}
	if strings.Contains(got, "secret") || strings.Contains(got, "address") {
		t.Error("a hidden field is declared")
	}
}

func TestADefinitionThatSaysTooLittleIsRefused(t *testing.T) {
	ok := func(c agents.Capability) agents.Capability {
		return agents.Define(c, func(context.Context, *agents.Call, noteIn) (agents.Nothing, error) { return agents.Nothing{}, nil })
	}
	for name, c := range map[string]agents.Capability{
		"no effect":  ok(agents.Capability{Name: "a.b", Version: 1}),
		"no version": ok(agents.Capability{Name: "a.b", Effect: agents.Read}),
		"bad name":   ok(agents.Capability{Name: "A.b.c", Version: 1, Effect: agents.Read}),
		"bad type": agents.Define(agents.Capability{Name: "a.b", Version: 1, Effect: agents.Read},
			func(context.Context, *agents.Call, struct {
				C chan int `json:"c"`
			},
			) (agents.Nothing, error) {
				return agents.Nothing{}, nil
			}),
	} {
		if _, err := capability.NewRegistry(agents.Agent{Name: "x", Capabilities: []agents.Capability{c}}); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
