package offline_test

import (
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/model/offline"
	"github.com/stewardhq/steward/app/skill"
)

var (
	taipei = time.FixedZone("CST", 8*3600)
	now    = time.Date(2026, 11, 22, 20, 29, 0, 0, taipei) // a Sunday
)

// shipped is the skills as they are shipped.
func shipped(t testing.TB) []skill.Skill {
	t.Helper()
	skills, err := skill.Load(os.DirFS("../../../agents/email/skills"))
	if err != nil || len(skills) != 3 {
		t.Fatalf("%d skills, %v", len(skills), err)
	}
	for i := range skills {
		if skills[i].Script == "" {
			skills[i].Script = "return 0"
		}
	}
	return skills
}

func planner(t testing.TB) *offline.Planner {
	t.Helper()
	p, err := offline.NewPlanner(shipped(t))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPhrasings(t *testing.T) {
	p := planner(t)
	data, err := os.ReadFile("testdata/phrasings.txt")
	if err != nil {
		t.Fatal(err)
	}
	count := map[string]int{}
	for i, line := range strings.Split(string(data), "\n") {
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		request, want, ok := strings.Cut(line, " => ")
		if !ok {
			t.Fatalf("line %d is not REQUEST => WANTED", i+1)
		}
		count[offline.Language(request)]++
		if got := brief(p.Plan(request, now, taipei)); got != want {
			t.Errorf("line %d: %s\n got %s\nwant %s", i+1, request, got, want)
		}
	}
	if count["en"] < 60 || count["zh-Hant"] < 60 {
		t.Errorf("too few phrasings: %v", count)
	}
}

// brief writes a plan in one line: the skill and what it was given.
func brief(plan offline.Planned, err error) string {
	if err != nil {
		return agents.CodeOf(err)
	}
	out := plan.Skill
	for _, name := range []string{"about", "query", "person"} {
		var s string
		if json.Unmarshal(plan.Params[name], &s) == nil && s != "" {
			out += " " + name + "=" + s
		}
	}
	var d struct {
		Since, Until struct {
			D int64 `json:"$d"`
		}
		Label string
	}
	if json.Unmarshal(plan.Params["day"], &d) == nil && d.Label != "" {
		out += " day=" + d.Label
	}
	return out
}

func TestDatesAreEncodedForTheScript(t *testing.T) {
	plan, err := offline.Plan("summarise yesterday's email", shipped(t), now, taipei)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := string(plan.Params["day"]), `{"since":{"$d":1795190400000},"until":{"$d":1795276800000},"label":"yesterday"}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if plan.Lang != "en" || plan.Matched == "" {
		t.Errorf("%+v", plan)
	}
}

func TestWhatWasNotSaidIsStillThere(t *testing.T) {
	p := planner(t)
	plan, err := p.Plan("搜尋發票", now, taipei)
	if err != nil || string(plan.Params["query"]) != `"發票"` || string(plan.Params["day"]) != "null" || string(plan.Params["person"]) != `""` || plan.Lang != "zh-Hant" {
		t.Errorf("%+v %v", plan, err)
	}
	for request, label := range map[string]string{"brief me": "today", "郵件簡報": "今天"} {
		if got := brief(p.Plan(request, now, taipei)); got != "daily-briefing day="+label {
			t.Errorf("%s: %s", request, got)
		}
	}
}

func TestRefusalsSayWhatIsPossible(t *testing.T) {
	p := planner(t)
	for request, want := range map[string][]string{
		"delete today's mail":     {"no model", "“delete”", "Brief me on today's mail"},
		"what is love?":           {"no model", "does not understand", "steward models add"},
		"刪除今天的郵件":                 {"沒有設定語言模型", "刪除", "整理今天的郵件"},
		"今晚吃什麼好":                  {"沒有設定語言模型", "看不懂", "steward models add"},
		strings.Repeat("x ", 900): {"no model"},
		strings.Repeat("找", 5000): {"沒有設定語言模型"},
	} {
		_, err := p.Plan(request, now, taipei)
		var e *agents.Error
		if !errors.As(err, &e) || e.Code != agents.CodeUnsupported {
			t.Errorf("%.40s: %v", request, err)
			continue
		}
		for _, w := range want {
			if !strings.Contains(e.Message+"\n"+e.Hint, w) {
				t.Errorf("%.40s: %q is missing in %s / %s", request, w, e.Message, e.Hint)
			}
		}
	}
	for _, empty := range []string{"", " \n", "\xff\xfe"} {
		if _, err := p.Plan(empty, now, taipei); agents.CodeOf(err) != agents.CodeInvalid {
			t.Errorf("%q: %v", empty, err)
		}
	}
}

func TestSkillsWithoutAScriptAreNotOffered(t *testing.T) {
	skills := shipped(t)
	for i := range skills {
		skills[i].Script = ""
	}
	if _, err := offline.Plan("brief me on today's mail", skills, now, taipei); agents.CodeOf(err) != agents.CodeUnsupported {
		t.Error(err)
	}
}

func TestLanguage(t *testing.T) {
	for text, want := range map[string]string{
		"": "en", "hello": "en", "今天的郵件": "zh-Hant", "找 Acme 的 invoice": "zh-Hant", "find 發票 from Acme": "en", "發票 x": "zh-Hant", "123": "en", "¿qué?": "en",
	} {
		if got := offline.Language(text); got != want {
			t.Errorf("%q is %s, want %s", text, got, want)
		}
	}
}

func FuzzPlan(f *testing.F) {
	for _, s := range []string{"brief me on today's mail", "找上週房東的信", "find the invoice from Acme last week, please", "\x00\xff", "的的的的", "find find find", "'s's's", "e-mail/x;y"} {
		f.Add(s)
	}
	p := planner(f)
	f.Fuzz(func(t *testing.T, request string) {
		plan, err := p.Plan(request, now, taipei)
		if err != nil {
			if e := agents.AsError(err); e.Code != agents.CodeUnsupported && e.Code != agents.CodeInvalid || e.Hint == "" {
				t.Fatalf("%q: %v", request, err)
			}
			return
		}
		for name, v := range plan.Params {
			var words string
			if !json.Valid(v) {
				t.Fatalf("%q: %s is not JSON: %s", request, name, v)
			}
			if json.Unmarshal(v, &words) == nil && !strings.Contains(request, words) {
				t.Fatalf("%q: %s is not in the user's own words: %q", request, name, words)
			}
		}
	})
}

func BenchmarkPlan(b *testing.B) {
	skills := shipped(b)
	for b.Loop() {
		if _, err := offline.Plan("could you please find the invoice that Acme sent me last week", skills, now, taipei); err != nil {
			b.Fatal(err)
		}
	}
}
