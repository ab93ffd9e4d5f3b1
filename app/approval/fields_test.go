package approval_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/approval"
	"github.com/stewardhq/steward/app/capability"
)

type draft struct {
	ID      string          `json:"id" script:"-"`
	From    agents.Person   `json:"from"`
	To      []agents.Person `json:"to"`
	Cc      []agents.Person `json:"cc"`
	Subject agents.Text     `json:"subject"`
	Body    agents.Text     `json:"body"`
	ReplyTo string          `json:"replyTo" script:"-"`
	Answers agents.Text     `json:"answers" script:"-"`
	Files   []file          `json:"files,omitempty"`
}

func (d draft) ObjectRef() agents.Ref {
	return agents.Ref{Kind: "draft", ID: d.ID, Title: d.Subject}
}

type file struct {
	Name agents.Text `json:"name"`
	Size int64       `json:"size"`
}

type mail struct {
	ID      string        `json:"id"`
	From    agents.Person `json:"from"`
	Subject agents.Text   `json:"subject"`
	Unread  bool          `json:"unread"`
}

func (m mail) ObjectRef() agents.Ref { return agents.Ref{Kind: "mail", ID: m.ID, Title: m.Subject} }

type sendIn struct {
	Draft draft `json:"draft"`
}

type miscIn struct {
	Folder agents.Text            `json:"folder" sink:"control"`
	Note   agents.Text            `json:"note,omitempty"`
	How    string                 `json:"how" enum:"fast|slow"`
	Path   string                 `json:"path"`
	Quote  string                 `json:"quote" sink:"payload"`
	Amount float64                `json:"amount"`
	Copies int                    `json:"copies"`
	When   time.Time              `json:"when"`
	Urgent bool                   `json:"urgent"`
	About  *agents.Ref            `json:"about,omitempty"`
	Host   *agents.Person         `json:"host,omitempty"`
	Mails  []mail                 `json:"mails,omitempty"`
	Data   map[string]agents.Text `json:"data,omitempty"`
	Nest   *struct {
		Deep []agents.Text `json:"deep"`
	} `json:"nest,omitempty"`
}

var taipei = time.FixedZone("", 8*3600)

func people(names ...string) []agents.Person {
	var all []agents.Person
	for _, n := range names {
		all = append(all, agents.Person{ID: "p_" + n, Name: agents.Plain(strings.ToUpper(n)), Known: true, Address: n + "@example.com"})
	}
	return all
}

func byPath(t *testing.T, fields []approval.Field, path string) approval.Field {
	t.Helper()
	for _, f := range fields {
		if f.Path == path {
			return f
		}
	}
	t.Errorf("there is no field %q in %v", path, paths(fields))
	return approval.Field{}
}

func paths(fields []approval.Field) []string {
	var all []string
	for _, f := range fields {
		all = append(all, f.Path)
	}
	return all
}

func TestFieldsOfADraft(t *testing.T) {
	in := sendIn{draft{
		ID: "d1", From: people("me")[0], To: people("anna", "bob"), Subject: agents.Plain("Rent"), Body: agents.Concat(agents.Plain("FYI:\n"), from("mail:1", "pay")),
		ReplyTo: "<7@example.com>", Files: []file{{from("mail:1", "rent.pdf"), 12}},
	}}
	fields := approval.Fields(in, approval.Options{Me: "p_me", Readers: agents.Only("p_anna", "p_me")})
	want := []string{"draft.from", "draft.to.0", "draft.to.1", "draft.cc", "draft.subject", "draft.body", "draft.replyTo", "draft.answers", "draft.files.0.name", "draft.files.0.size"}
	if !slices.Equal(paths(fields), want) {
		t.Errorf("got %v", paths(fields))
	}
	for path, want := range map[string]approval.Field{
		"draft.from":         {Name: "from", Role: approval.Control, Kind: approval.KindPerson, Source: agents.SourceHost},
		"draft.to.1":         {Name: "to", Role: approval.Control, Kind: approval.KindPerson, Source: agents.SourceHost, Editable: true},
		"draft.cc":           {Name: "cc", Role: approval.Control, Kind: approval.KindText, Source: agents.SourceHost, Editable: true},
		"draft.body":         {Name: "body", Role: approval.Payload, Kind: approval.KindText, Editable: true},
		"draft.replyTo":      {Name: "replyTo", Role: approval.Control, Kind: approval.KindText, Source: agents.SourceHost},
		"draft.files.0.size": {Name: "size", Role: approval.Control, Kind: approval.KindNumber, Source: agents.SourceHost},
	} {
		got := byPath(t, fields, path)
		if got.Name != want.Name || got.Role != want.Role || got.Kind != want.Kind || got.Source != want.Source || got.Editable != want.Editable {
			t.Errorf("%s: got %+v", path, got)
		}
	}
	if p := byPath(t, fields, "draft.from").Person; !p.Me || len(p.Warnings) > 0 {
		t.Errorf("me: %+v", p)
	}
	if codes := warned(byPath(t, fields, "draft.to.0")); codes != "" {
		t.Errorf("anna: %s", codes)
	}
	if codes := warned(byPath(t, fields, "draft.to.1")); codes != approval.NotAReader {
		t.Errorf("bob: %s", codes)
	}
}

func warned(f approval.Field) string {
	all := f.Warnings
	if f.Person != nil {
		all = append(all, f.Person.Warnings...)
	}
	var codes []string
	for _, w := range all {
		if w.Text == "" {
			codes = append(codes, "without words:")
		}
		codes = append(codes, w.Code)
	}
	return strings.Join(codes, " ")
}

func TestRolesKindsAndSources(t *testing.T) {
	in := miscIn{
		Folder: agents.Plain("Receipts"), Note: from("mail:1", "n"), How: "fast", Path: "elsewhere", Quote: "words", Amount: 12.50, Copies: 3, When: time.Date(2026, 11, 25, 1, 30, 0, 0, time.UTC),
		About: &agents.Ref{Kind: "mail", ID: "m7", Title: from("mail:7", "Offer")}, Mails: []mail{{ID: "m1", From: agents.Person{ID: "x", Name: agents.Plain("Shop"), Address: "shop@example.net"}, Subject: from("mail:m1", "Sale")}},
		Data: map[string]agents.Text{"a.b": agents.Plain("1"), "x\u202ey": agents.Plain("2")},
	}
	fields := approval.Fields(in, approval.Options{Zone: taipei, Typed: func(w string) bool { return w == "Receipts" }, Recipients: []string{}})
	for _, c := range []struct {
		path, text string
		role       approval.Role
		kind       approval.Kind
		source     agents.Source
		editable   bool
	}{
		{"folder", "Receipts", approval.Control, approval.KindText, agents.SourceTyped, true},
		{"note", "‹n›", approval.Payload, approval.KindText, "", true},
		{"how", "fast", approval.Control, approval.KindText, agents.SourceListed, false},
		{"path", "elsewhere", approval.Control, approval.KindText, agents.SourceScript, false},
		{"quote", "words", approval.Payload, approval.KindText, "", false},
		{"amount", "12.5", approval.Control, approval.KindNumber, agents.SourceScript, false},
		{"copies", "3", approval.Control, approval.KindNumber, agents.SourceScript, false},
		{"when", "2026-11-25 09:30 +08:00", approval.Control, approval.KindDate, agents.SourceScript, false},
		{"urgent", "false", approval.Control, approval.KindFlag, agents.SourceScript, false},
		{"about", "‹Offer›", approval.Control, approval.KindItem, agents.SourceHost, false},
		{"host", "", approval.Control, approval.KindText, agents.SourceHost, true},
		{"mails.0", "‹Sale›", approval.Control, approval.KindItem, agents.SourceHost, false},
		{"mails.0.from", "Shop", approval.Control, approval.KindPerson, agents.SourceHost, false},
		{"mails.0.subject", "‹Sale›", approval.Payload, approval.KindText, "", false},
		{"data.a~1b", "1", approval.Payload, approval.KindText, "", true},
		{"data.x~u202e;y", "2", approval.Payload, approval.KindText, "", true},
	} {
		f := byPath(t, fields, c.path)
		if got := approval.Marked(f.Text); got != c.text || f.Role != c.role || f.Kind != c.kind || f.Source != c.source || f.Editable != c.editable {
			t.Errorf("%s: %q %+v", c.path, got, f)
		}
	}
	if slices.Contains(paths(fields), "mails.0.id") {
		t.Error("the id of an item is shown twice")
	}
	if f := byPath(t, fields, "mails.0.from"); warned(f) != "" {
		t.Errorf("who wrote a mail learns nothing of its being moved: %s", warned(f))
	}
	if f := byPath(t, fields, "data.x~u202e;y"); f.Name != "x⟦U+202E RIGHT-TO-LEFT OVERRIDE⟧y" {
		t.Errorf("named %q", f.Name)
	}
	outside := approval.Fields(miscIn{Folder: from("mail:1", "Receipts")}, approval.Options{Typed: func(string) bool { return true }})
	if s := byPath(t, outside, "folder").Source; s != agents.SourceContent {
		t.Errorf("a control from outside is of %s", s)
	}
}

func TestWarningsAboutPersons(t *testing.T) {
	o := approval.Options{
		KnownDomains: []string{"anna-bank.com"}, KnownNames: map[string]string{approval.FoldName("Anna  CHEN"): "anna@example.com"}, Me: "p_me",
		Typed: func(w string) bool { return w == "new@example.net" }, Readers: agents.Only("p_me", "p_1"),
	}
	for _, c := range []struct {
		name   string
		person agents.Person
		want   string
	}{
		{"a reader", agents.Person{ID: "p_1", Known: true, Address: "one@example.com"}, ""},
		{"me", agents.Person{ID: "p_me", Address: "me@example.com"}, ""},
		{"not a reader", agents.Person{ID: "p_2", Known: true, Address: "two@example.com"}, "not-a-reader"},
		{"unknown", agents.Person{ID: "p_1", Address: "one@example.com"}, "unknown"},
		{"invented", agents.Person{Address: "made@example.com"}, "not-a-reader unknown invented"},
		{"typed", agents.Person{Address: "new@example.net"}, "not-a-reader unknown"},
		{"look-alike", agents.Person{ID: "p_1", Address: "anna@anna-banc.com"}, "unknown look-alike"},
		{"known look-alike", agents.Person{ID: "p_1", Known: true, Address: "anna@anna-banc.com"}, ""},
		{"mixed", agents.Person{ID: "p_1", Known: true, Address: "x@exаmple.org"}, "mixed-scripts"},
		{"mixed and alike", agents.Person{ID: "p_1", Address: "x@аnna-bank.com"}, "unknown look-alike mixed-scripts"},
		{"mixed before the @", agents.Person{ID: "p_1", Known: true, Address: "аnna@example.com"}, "mixed-scripts"},
		{"all cyrillic", agents.Person{ID: "p_1", Known: true, Address: "x@аррӏе.com"}, "mixed-scripts"},
		{"russian", agents.Person{ID: "p_1", Known: true, Address: "почта@пример.рф"}, ""},
		{"chinese", agents.Person{ID: "p_1", Known: true, Address: "x@台灣bank.tw"}, ""},
		{"another address as a name", agents.Person{ID: "p_1", Known: true, Name: agents.Plain("ceo@anna-bank.com"), Address: "x@example.com"}, "name-is-address"},
		{"its own address as a name", agents.Person{ID: "p_1", Known: true, Name: agents.Plain("X@Example.com"), Address: "x@example.com"}, ""},
		{"another within a name", agents.Person{ID: "p_1", Known: true, Name: agents.Plain("CEO <ceo@anna-bank.com>"), Address: "x@example.com"}, "name-is-address"},
		{"a known name", agents.Person{ID: "p_1", Name: agents.Plain("anna chen"), Address: "other@example.com"}, "unknown name-is-address"},
		{"a known name with a Cyrillic letter", agents.Person{ID: "p_1", Name: agents.Plain("Аnna\u200b Chen"), Address: "other@example.com"}, "unknown name-is-address"},
		{"Anna herself", agents.Person{ID: "p_1", Known: true, Name: agents.Plain("Anna Chen"), Address: "anna@example.com"}, ""},
	} {
		fields := approval.Fields(sendIn{draft{To: []agents.Person{c.person}}}, o)
		if got := warned(byPath(t, fields, "draft.to.0")); got != c.want {
			t.Errorf("%s: warned of %q, want %q", c.name, got, c.want)
		}
	}
}

func TestWarningsAboutTexts(t *testing.T) {
	o := approval.Options{KnownDomains: []string{"anna-bank.com"}, KnownNames: map[string]string{"bob": "bob@example.com"}, Typed: func(w string) bool { return w == "typed@example.com" }}
	for text, want := range map[string]string{
		"Pay at https://anna-bank.com/pay, v1.2, see notes.txt and 3.5": "",
		"Pay at https://anna-banc.com/pay today":                        "look-alike",
		"<a href=//anna-bank.com.evil.io>":                              "look-alike",
		"see exаmple.org":                                               "mixed-scripts",
		"anna-banc.com anna-banc.com anna-banc.com":                     "look-alike",
	} {
		if got := warned(byPath(t, approval.Fields(miscIn{Note: agents.Plain(text)}, o), "note")); got != want {
			t.Errorf("%s: warned of %q, want %q", text, got, want)
		}
	}
	for text, want := range map[string]string{"typed@example.com": "", "bob@example.com": "", "made@example.com": "invented", "a folder": "", "made@anna-banc.com": "look-alike invented"} {
		if got := warned(byPath(t, approval.Fields(miscIn{Path: text}, o), "path")); got != want {
			t.Errorf("control %s: warned of %q, want %q", text, got, want)
		}
	}
}

// randomType is an argument struct as a definition may have it.
func randomType(r *rand.Rand, depth int) reflect.Type {
	leaves := []any{agents.Text{}, "", false, 0, int64(0), 0.0, time.Time{}, agents.Person{}, &agents.Person{}, []agents.Person{}, agents.Ref{}, &agents.Ref{}, draft{}, mail{}, []mail{}, map[string]agents.Text{}, []agents.Text{}, []string{}, [2]int{}, map[string]draft{}}
	tags := []string{"", ` sink:"control"`, ` sink:"payload"`, ` sink:"shown"`, ` script:"-"`, ` edit:"-"`, ` edit:"line"`, ` enum:"a|b"`}
	var fields []reflect.StructField
	for i := range 1 + r.IntN(5) {
		typ := reflect.TypeOf(leaves[r.IntN(len(leaves))])
		if depth > 0 && r.IntN(4) == 0 {
			typ = randomType(r, depth-1)
			switch r.IntN(4) {
			case 0:
				typ = reflect.SliceOf(typ)
			case 1:
				typ = reflect.PointerTo(typ)
			case 2:
				typ = reflect.MapOf(reflect.TypeFor[string](), typ)
			}
		}
		name := []string{"to", "cc", "subject", "body", "from", "id", "x"}[r.IntN(7)] + strconv.Itoa(i)
		if r.IntN(2) == 0 {
			name += ",omitempty"
		}
		tag := tags[r.IntN(len(tags))]
		if strings.Contains(tag, "enum") && typ.Kind() != reflect.String {
			tag = ""
		}
		fields = append(fields, reflect.StructField{Name: fmt.Sprintf("F%d", i), Type: typ, Tag: reflect.StructTag(fmt.Sprintf(`json:%q`, name) + tag)})
	}
	return reflect.StructOf(fields)
}

// fill gives a value's leaves values that are found nowhere else.
func fill(r *rand.Rand, v reflect.Value) {
	unique := func() string { return fmt.Sprintf("w%x", r.Uint64()) }
	switch v.Interface().(type) {
	case agents.Text:
		v.Set(reflect.ValueOf(agents.Concat(agents.Plain(unique()), randomText(r))))
		return
	case time.Time:
		v.Set(reflect.ValueOf(time.UnixMilli(r.Int64N(4e12))))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(unique() + []string{"", "\u202e", "."}[r.IntN(3)])
	case reflect.Bool:
		v.SetBool(r.IntN(2) == 0)
	case reflect.Int, reflect.Int64:
		v.SetInt(r.Int64() >> 11)
	case reflect.Float64:
		v.SetFloat(r.NormFloat64() * 1e6)
	case reflect.Pointer:
		if r.IntN(3) > 0 {
			v.Set(reflect.New(v.Type().Elem()))
			fill(r, v.Elem())
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), r.IntN(4), 4))
		for i := range v.Len() {
			fill(r, v.Index(i))
		}
	case reflect.Array:
		for i := range v.Len() {
			fill(r, v.Index(i))
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for range r.IntN(3) {
			e := reflect.New(v.Type().Elem()).Elem()
			fill(r, e)
			v.SetMapIndex(reflect.ValueOf(unique()+".k"), e)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			fill(r, v.Field(i))
		}
	}
}

// words are all leaves of what will be executed, as capability writes them into the payload.
func words(v capability.Value) []string {
	switch v := v.(type) {
	case nil:
		return nil
	case string:
		return []string{v}
	case agents.Text:
		return []string{v.Raw()}
	case bool:
		return []string{strconv.FormatBool(v)}
	case float64:
		return []string{strconv.FormatFloat(v, 'f', -1, 64)}
	case time.Time:
		layout := "2006-01-02 15:04:05.999 -07:00"
		switch {
		case v.Nanosecond() == 0 && v.Second() == 0:
			layout = "2006-01-02 15:04 -07:00"
		case v.Nanosecond() == 0:
			layout = "2006-01-02 15:04:05 -07:00"
		}
		return []string{v.UTC().Format(layout)}
	case []capability.Value:
		var all []string
		for _, e := range v {
			all = append(all, words(e)...)
		}
		return all
	case *capability.Record:
		return wordsOf(v.Fields)
	case *capability.Object:
		if v.Kind == "draft" { // its id says nothing that its fields do not
			return wordsOf(slices.DeleteFunc(slices.Clone(v.Fields), func(f capability.Field) bool { return f.Name == "id" }))
		}
		return wordsOf(v.Fields)
	}
	panic(fmt.Sprintf("%T", v))
}

func wordsOf(fields []capability.Field) []string {
	var all []string
	for _, f := range fields {
		all = append(all, words(f.Value)...)
	}
	return all
}

func TestNothingIsLeftOut(t *testing.T) {
	for seed := range uint64(800) {
		r := rand.New(rand.NewPCG(seed, 11))
		in := reflect.New(randomType(r, 2)).Elem()
		fill(r, in)
		shown := map[string]int{}
		seen := map[string]bool{}
		fields := approval.Fields(in.Interface(), approval.Options{})
		for _, f := range fields {
			if seen[f.Path] {
				t.Errorf("seed %d: two fields %s", seed, f.Path)
			}
			seen[f.Path] = true
			shown[joined(f.Text)]++
			if f.Text == nil || f.Name == "" || f.Role != approval.Control && f.Role != approval.Payload || (f.Role == approval.Control) != (f.Source != "") {
				t.Errorf("seed %d: %+v", seed, f)
			}
			if f.Person != nil {
				shown[f.Person.ID]++
				shown[joined(f.Person.Address)]++
				shown[strconv.FormatBool(f.Person.Known)]++
			}
			if f.Item != nil {
				shown[f.Item.ID]++
				shown[f.Item.Kind]++
			}
		}
		leaves := words(capability.Encode(in.Interface()))
		for _, w := range leaves {
			if shown[w]--; shown[w] < 0 {
				t.Errorf("seed %d: %q is not shown", seed, w)
			}
		}
		if t.Failed() {
			t.FailNow()
		}
	}
}

func TestFits(t *testing.T) {
	fields := func(in any) []approval.Field { return approval.Fields(in, approval.Options{}) }
	mailTo := func(body agents.Text) draft {
		return draft{To: people("anna"), Subject: agents.Plain("Hi"), Body: body}
	}
	type to struct {
		To   []agents.Person `json:"to"`
		Body agents.Text     `json:"body"`
	}
	if got, ok := approval.Fits(fields(to{people("anna"), agents.Concat(agents.Plain("See\nyou "), from("mail:1", "soon"))}), 200); !ok || got != "to: ANNA <anna@example.com>\nbody: See ⏎ you ‹soon›" {
		t.Errorf("got %q, %v", got, ok)
	}
	unknown := people("anna")
	unknown[0].Known = false
	for name, in := range map[string]any{
		"long": mailTo(agents.Plain(strings.Repeat("x", 200))), "spelt": mailTo(agents.Plain("a\u200b")), "a mark": mailTo(agents.Plain("a›")), "a tab": mailTo(agents.Plain("a\tb")),
		"a line's end": mailTo(agents.Plain("a ⏎ b")), "a warning": to{unknown, agents.Plain("x")}, "nothing": struct{}{},
		"a name that a script chose": struct {
			M map[string]agents.Text `json:"m"`
		}{map[string]agents.Text{"to: Bob\nx": agents.Plain("y")}},
	} {
		if got, ok := approval.Fits(fields(in), 200); ok || got != "" {
			t.Errorf("%s: %q fits", name, got)
		}
	}
	whole, ok := approval.Fits(fields(to{people("anna"), agents.Plain("中文")}), 1000)
	n := len([]rune(whole))
	if _, fits := approval.Fits(fields(to{people("anna"), agents.Plain("中文")}), n); !ok || !fits {
		t.Error("exactly enough room is not enough")
	}
	if _, fits := approval.Fits(fields(to{people("anna"), agents.Plain("中文")}), n-1); fits {
		t.Error("it fits where there is no room")
	}
}
