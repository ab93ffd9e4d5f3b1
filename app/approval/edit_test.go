package approval_test

import (
	"errors"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/approval"
	"github.com/stewardhq/steward/app/capability"
)

var errNobody = &agents.Error{Code: agents.CodeNotFound, Message: "nobody"}

func find(address string) (agents.Person, error) {
	if !strings.Contains(address, "@") {
		return agents.Person{}, errNobody
	}
	return agents.Person{ID: "p_" + address, Name: agents.Plain(address), Address: address}, nil
}

func someDraft() sendIn {
	return sendIn{draft{ID: "d1", From: people("me")[0], To: people("anna", "bob"), Subject: from("mail:1", "Rent"), Body: from("mail:1", "pay"), Files: []file{{from("mail:1", "a.pdf"), 1}}}}
}

func addresses(people []agents.Person) string {
	var all []string
	for _, p := range people {
		all = append(all, p.Address)
	}
	return strings.Join(all, " ")
}

func TestEditing(t *testing.T) {
	in := someDraft()
	before, _ := capability.Marshal(capability.Encode(in))
	out, err := approval.Apply(in, []approval.Edit{
		{Path: "draft.body", Text: "my own\nwords"}, {Path: "draft.subject", Text: "Mine"}, {Path: "draft.to", Text: " carl@example.com \n\nCARL@example.com\ndora@example.com\r\n"}, {Path: "draft.cc", Text: "eve@example.com"},
	}, find)
	if err != nil {
		t.Fatal(err)
	}
	d := out.(sendIn).Draft
	if d.Body.Raw() != "my own\nwords" || !reflect.DeepEqual(d.Body.Label(), agents.Label{}) || !reflect.DeepEqual(d.Subject, agents.Plain("Mine")) {
		t.Errorf("texts: %+v %+v", d.Body, d.Subject)
	}
	if addresses(d.To) != "carl@example.com dora@example.com" || addresses(d.Cc) != "eve@example.com" || d.ID != "d1" || d.Files[0].Size != 1 {
		t.Errorf("got %+v", d)
	}
	if after, _ := capability.Marshal(capability.Encode(in)); string(after) != string(before) {
		t.Errorf("what was edited has changed: %s", after)
	}
	for _, c := range []struct {
		edits []approval.Edit
		to    string
	}{
		{[]approval.Edit{{Path: "draft.to.1", Text: "x@example.com"}}, "anna@example.com x@example.com"},
		{[]approval.Edit{{Path: "draft.to.0", Text: ""}}, "bob@example.com"},
		{[]approval.Edit{{Path: "draft.to.0", Text: "x@example.com\ny@example.com"}, {Path: "draft.to.2", Text: ""}}, "x@example.com y@example.com"},
	} {
		out, err := approval.Apply(in, c.edits, find)
		if err != nil || addresses(out.(sendIn).Draft.To) != c.to {
			t.Errorf("%v: %+v %v", c.edits, out, err)
		}
	}
	if out, err := approval.Apply(out, []approval.Edit{{Path: "draft.cc", Text: ""}}, find); err != nil || len(out.(sendIn).Draft.Cc) != 0 {
		t.Errorf("nobody in cc: %v", err)
	}
}

func TestEditsThatAreRefused(t *testing.T) {
	for _, c := range []struct{ path, text, code, says string }{
		{"draft.nothing", "x", agents.CodeInvalid, "draft.to, draft.cc, draft.subject, draft.body"},
		{"", "x", agents.CodeInvalid, "draft.body"},
		{"draft", "x", agents.CodeInvalid, "draft.body"},
		{"draft.from", "x@example.com", agents.CodeInvalid, "draft.body"},
		{"draft.id", "x", agents.CodeInvalid, "draft.body"},
		{"draft.replyTo", "x", agents.CodeInvalid, "draft.body"},
		{"draft.answers", "x", agents.CodeInvalid, "draft.body"},
		{"draft.files.0.size", "3", agents.CodeInvalid, "draft.body"},
		{"draft.to.7", "x@example.com", agents.CodeInvalid, "draft.to"},
		{"draft.to", "", agents.CodeInvalid, "at least one"},
		{"draft.to", " \n ", agents.CodeInvalid, "at least one"},
		{"draft.to", "no address", agents.CodeNotFound, ""},
		{"draft.to", "a@example.com\rb@example.com", agents.CodeInvalid, "one address a line"},
		{"draft.subject", "a\r\nBcc: x@example.com", agents.CodeInvalid, "line breaks"},
		{"draft.subject", "a\nb", agents.CodeInvalid, "line breaks"},
		{"draft.subject", "a\u2028b", agents.CodeInvalid, "line breaks"},
		{"draft.files.0.name", "a\nb", agents.CodeInvalid, "line breaks"},
		{"draft.body", "\xff", agents.CodeInvalid, "UTF-8"},
	} {
		in := someDraft()
		out, err := approval.Apply(in, []approval.Edit{{Path: "draft.body", Text: "fine"}, {Path: c.path, Text: c.text}}, find)
		if agents.CodeOf(err) != c.code || out != nil || !strings.Contains(agents.AsError(err).Hint, c.says) {
			t.Errorf("%s %q: %v %v", c.path, c.text, out, err)
		}
		if in.Draft.Body.Raw() != "pay" {
			t.Errorf("%s: the original was edited", c.path)
		}
	}
	broken := errors.New("the store is away")
	if _, err := approval.Apply(someDraft(), []approval.Edit{{Path: "draft.to", Text: "a@b.c"}}, func(string) (agents.Person, error) { return agents.Person{}, broken }); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	if _, err := approval.Apply(miscIn{Mails: []mail{{ID: "m"}}}, []approval.Edit{{Path: "mails.0.subject", Text: "x"}}, find); agents.CodeOf(err) != agents.CodeInvalid {
		t.Errorf("a mail that exists elsewhere was edited: %v", err)
	}
}

// Whatever is marked as editable can be edited, alone and without a trace in the original; whatever is not, cannot.
func TestEditableIsWhatCanBeEdited(t *testing.T) {
	edited := 0
	for seed := range uint64(150) {
		r := rand.New(rand.NewPCG(seed, 13))
		v := reflect.New(randomType(r, 2)).Elem()
		fill(r, v)
		in := v.Interface()
		before, _ := capability.Marshal(capability.Encode(in))
		fields := approval.Fields(in, approval.Options{})
		for _, f := range fields {
			text := "zz@example.com"
			out, err := approval.Apply(in, []approval.Edit{{Path: f.Path, Text: text}}, find)
			if f.Editable != (err == nil) {
				t.Fatalf("seed %d: %s is editable: %v, but %v", seed, f.Path, f.Editable, err)
			}
			if err != nil {
				continue
			}
			edited++
			changed := 0
			now := map[string]string{}
			for _, g := range approval.Fields(out, approval.Options{}) {
				now[g.Path] = approval.Marked(g.Text)
			}
			for _, g := range fields {
				if now[g.Path] != approval.Marked(g.Text) {
					changed++
				}
			}
			if now[f.Path] != text && now[f.Path+".0"] != text || changed > 1 {
				t.Fatalf("seed %d: edited %s, %d others changed; it is %q", seed, f.Path, changed-1, now[f.Path])
			}
		}
		if after, _ := capability.Marshal(capability.Encode(in)); string(after) != string(before) {
			t.Fatalf("seed %d: the original has changed", seed)
		}
	}
	if edited < 250 {
		t.Errorf("only %d edits were tried", edited)
	}
}
