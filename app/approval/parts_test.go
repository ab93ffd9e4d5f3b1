package approval_test

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/agents/email"
	"github.com/stewardhq/steward/app/approval"
	"github.com/stewardhq/steward/app/capability"
)

// What policy was told of a control is what the sheet says of it.
func TestControlsAreShownAsPolicySawThem(t *testing.T) {
	typed := func(words string) bool { return strings.HasSuffix(words, "a") || strings.HasSuffix(words, "7") }
	compared := 0
	for seed := range uint64(400) {
		r := rand.New(rand.NewPCG(seed, 17))
		v := reflect.New(randomType(r, 1)).Elem()
		fill(r, v)
		fields := approval.Fields(v.Interface(), approval.Options{Typed: typed})
		_, controls := capability.Bound{}.Parts(v.Interface(), typed)
		for _, c := range controls {
			at := slices.IndexFunc(fields, func(f approval.Field) bool { return f.Path == c.Path })
			if at < 0 || fields[at].Role != approval.Control {
				continue // a name in a map, a draft, whose fields are shown, or what is called payload as a whole
			}
			compared++
			if fields[at].Source != c.Source {
				t.Errorf("seed %d: %s is of %s, the sheet says %s", seed, c.Path, c.Source, fields[at].Source)
			}
		}
	}
	if compared < 100 {
		t.Errorf("only %d controls were compared", compared)
	}
}

// The draft of a mail, as the agent defines it, shows and is edited as a letter is.
func TestTheDraftOfAMail(t *testing.T) {
	type in struct {
		Draft email.Draft `json:"draft"`
	}
	me := people("me")[0]
	d := in{email.Draft{From: &me, To: people("anna"), Subject: agents.Plain("Hi"), Body: from("mail:1", "text"), Answers: from("mail:1", "<1@example.com>"), References: from("mail:1", "<0@example.com>"), Mail: "m1", ID: "d1"}}
	fields := approval.Fields(d, approval.Options{Me: "p_me"})
	var editable []string
	for _, f := range fields {
		if f.Editable {
			editable = append(editable, f.Path)
		}
		if warned(f) != "" {
			t.Errorf("%s: %s", f.Path, warned(f))
		}
	}
	if !slices.Equal(editable, []string{"draft.to.0", "draft.cc", "draft.subject", "draft.body"}) {
		t.Errorf("editable: %v", editable)
	}
	for path, want := range map[string]string{"draft.from": "ME", "draft.body": "‹text›", "draft.answers": "‹<1@example.com>›", "draft.references": "‹<0@example.com>›"} {
		if got := approval.Marked(byPath(t, fields, path).Text); got != want {
			t.Errorf("%s: %q", path, got)
		}
	}
	out, err := approval.Apply(d, []approval.Edit{{Path: "draft.to", Text: "bob@example.com"}, {Path: "draft.cc", Text: "eve@example.com\n"}, {Path: "draft.cc", Text: ""}}, find)
	if err != nil || addresses(out.(in).Draft.To) != "bob@example.com" || len(out.(in).Draft.Cc) != 0 {
		t.Errorf("got %+v, %v", out, err)
	}
}
