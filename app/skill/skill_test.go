package skill_test

import (
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/skill"
)

const good = `---
name: find-mail
description: Finds mail.
license: Apache-2.0
metadata:
  author: somebody
  steward.title.en: Find mail
  steward.title.zh-Hant: 尋找郵件
  steward.example.en: Find the lease
  steward.params: |
    query: words
    day: dates = last week
    person: words?
  steward.phrases.en: |
    (find|search for) {query} [from {person}] [{day}]
    # a remark
    look for {query}
  steward.phrases.zh-Hant: |
    找{query}
---
# Find mail

It finds mail.
`

func folder(name, text string, more ...string) fstest.MapFS {
	m := fstest.MapFS{name + "/SKILL.md": {Data: []byte(text)}}
	for i := 0; i+1 < len(more); i += 2 {
		m[name+"/"+more[i]] = &fstest.MapFile{Data: []byte(more[i+1])}
	}
	return m
}

func TestLoad(t *testing.T) {
	fsys := folder("find-mail", good, "script.ts", "return 1\n")
	fsys["README.md"] = &fstest.MapFile{Data: []byte("not a skill")}
	fsys[".git/config"] = &fstest.MapFile{}
	all, err := skill.Load(fsys)
	if err != nil || len(all) != 1 {
		t.Fatal(all, err)
	}
	s := all[0]
	if s.Name != "find-mail" || s.Description != "Finds mail." || s.License != "Apache-2.0" || !strings.HasPrefix(s.Body, "# Find mail") || s.Script != "return 1\n" {
		t.Errorf("%+v", s)
	}
	if s.Titles["zh-Hant"] != "尋找郵件" || s.Examples["en"] != "Find the lease" || len(s.Phrases["en"]) != 2 || len(s.Phrases["zh-Hant"]) != 1 {
		t.Errorf("%+v", s)
	}
	want := []skill.Param{{Name: "query", Kind: skill.Words}, {Name: "day", Kind: skill.Dates, Default: "last week"}, {Name: "person", Kind: skill.Words, Optional: true}}
	if !slices.Equal(s.Params, want) {
		t.Errorf("%+v", s.Params)
	}
}

func TestTheHashCoversBothFiles(t *testing.T) {
	hashes := map[string]bool{}
	for _, fsys := range []fs.FS{
		folder("find-mail", good), folder("find-mail", good, "script.ts", "1"), folder("find-mail", good, "script.ts", "2"), folder("find-mail", good+"x", "script.ts", "1"),
	} {
		all, err := skill.Load(fsys)
		if err != nil || len(all[0].Hash) != 64 {
			t.Fatal(err)
		}
		hashes[all[0].Hash] = true
	}
	if len(hashes) != 4 {
		t.Errorf("%d hashes of 4 skills", len(hashes))
	}
}

func TestShippedSkills(t *testing.T) {
	all, err := skill.Load(os.DirFS("../../agents/email/skills"))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, s := range all {
		names = append(names, s.Name)
		for _, lang := range []string{"en", "zh-Hant"} {
			if s.Titles[lang] == "" || s.Examples[lang] == "" || len(s.Phrases[lang]) < 15 {
				t.Errorf("%s says too little in %s", s.Name, lang)
			}
		}
	}
	if !slices.Equal(names, []string{"daily-briefing", "find-mail", "summarise-thread"}) {
		t.Error(names)
	}
}

func TestABadSkillDoesNotSpoilTheOthers(t *testing.T) {
	fsys := folder("find-mail", good)
	fsys["broken/SKILL.md"] = &fstest.MapFile{Data: []byte("nothing")}
	fsys["empty/notes.md"] = &fstest.MapFile{}
	all, err := skill.Load(fsys)
	if len(all) != 1 || err == nil || !strings.Contains(err.Error(), `"broken"`) || !strings.Contains(err.Error(), `"empty"`) {
		t.Errorf("%d skills, %v", len(all), err)
	}
}

// with is the good skill with one thing changed.
func with(old, new string) string { return strings.Replace(good, old, new, 1) }

func TestWhatIsRefused(t *testing.T) {
	for name, c := range map[string]struct{ text, says string }{
		"no front matter":      {"# Hello", "does not begin"},
		"empty":                {"", "does not begin"},
		"not closed":           {"---\nname: find-mail\ndescription: x\n", "without an end"},
		"empty front matter":   {"---\n---\n", "no name"},
		"not a map":            {"---\n- a\n---\n", "YAML"},
		"not YAML":             {"---\nname: [\n---\n", "YAML"},
		"unknown field":        {with("license:", "licence:"), "YAML"},
		"twice":                {with("license:", "name: find-mail\nlicense:"), "YAML"},
		"another name":         {with("name: find-mail", "name: other"), `calls itself "other"`},
		"upper case":           {with("name: find-mail", "name: Find-Mail"), "not allowed"},
		"two hyphens":          {with("name: find-mail", "name: find--mail"), "not allowed"},
		"leading hyphen":       {with("name: find-mail", "name: -find"), "not allowed"},
		"long name":            {with("name: find-mail", "name: "+strings.Repeat("a", 65)), "not allowed"},
		"escape in a name":     {with("name: find-mail", `name: "find\e[31m"`), "not allowed"},
		"path in a name":       {with("name: find-mail", "name: ../find-mail"), "not allowed"},
		"no description":       {with("description: Finds mail.", "description: ' '"), "no description"},
		"long description":     {with("Finds mail.", strings.Repeat("字", 1025)), "1024"},
		"a list in metadata":   {with("author: somebody", "author: [a]"), "YAML"},
		"alias":                {with("author: somebody", "author: &a x\n  other: *a"), "anchors"},
		"merge":                {with("metadata:", "metadata:\n  <<: {a: b}"), "anchors"},
		"tag":                  {with("author: somebody", "author: !!binary aGk="), "anchors"},
		"slip in a field":      {with("steward.title.en", "steward.titel.en"), "steward.titel.en"},
		"no language":          {with("steward.title.en", "steward.title"), "not known"},
		"unknown kind":         {with("query: words", "query: number"), "cannot be read"},
		"parameter twice":      {with("person: words?", "query: words?"), "twice"},
		"unknown slot":         {with("look for {query}", "look for {thing}"), "{thing}"},
		"open bracket":         {with("look for {query}", "look (for {query}"), "not closed"},
		"open slot":            {with("look for {query}", "look for {query"), "slot"},
		"stray bracket":        {with("look for {query}", "look for) {query}"), "stands alone"},
		"stray bar":            {with("look for {query}", "look|seek {query}"), "stands alone"},
		"deep":                 {with("look for {query}", "[[[[[[look]]]]]] for {query}"), "too deep"},
		"long phrase":          {with("look for {query}", "look "+strings.Repeat("x", 400)), "too long"},
		"too many phrases":     {with("    look for {query}\n", strings.Repeat("    look for {query}\n", 401)), "more than"},
		"huge front matter":    {with("author: somebody", "author: "+strings.Repeat("x", 70<<10)), "without an end"},
		"huge file":            {good + strings.Repeat("x", 300<<10), "larger"},
		"not UTF-8":            {good + "\xff", "UTF-8"},
		"second document":      {with("license: Apache-2.0", "license: x\n...\nname: y"), "documents"},
		"nothing but a phrase": {with("    look for {query}\n", "    [{query}]\n"), "says nothing"},
	} {
		all, err := skill.Load(folder("find-mail", c.text))
		e := agents.AsError(err)
		if len(all) != 0 || err == nil || e.Code != agents.CodeInvalid || e.Hint == "" || !strings.Contains(e.Error(), c.says) {
			t.Errorf("%s: %d skills, %v", name, len(all), err)
		}
		if err != nil && strings.ContainsRune(err.Error(), '\x1b') {
			t.Errorf("%s: an escape sequence is in %q", name, err)
		}
	}
}

func TestParsePhrase(t *testing.T) {
	for text, want := range map[string]string{
		"find {query}":            "find <query>",
		"(find|look for) {query}": "(find|look for) <query>",
		"[please] find":           "(|please) find",
		"整理{day}的[新]郵件":           "整理 <day> 的 (|新) 郵件",
		"a[b(c|d)]":               "a (|b (c|d))",
	} {
		p, err := skill.ParsePhrase(text)
		if err != nil || write(p) != want {
			t.Errorf("%s: %s %v", text, write(p), err)
		}
	}
}

func write(p skill.Phrase) string {
	var parts []string
	for _, e := range p {
		switch {
		case e.Slot != "":
			parts = append(parts, "<"+e.Slot+">")
		case e.Text != "":
			parts = append(parts, e.Text)
		default:
			var any []string
			for _, a := range e.Any {
				any = append(any, write(a))
			}
			parts = append(parts, "("+strings.Join(any, "|")+")")
		}
	}
	return strings.Join(parts, " ")
}

func FuzzParse(f *testing.F) {
	f.Add(good)
	for _, s := range []string{"---\n---", "---\nname: \"\\x00\"\n---", "---\n? a\n: b\n---", "---\nmetadata: {a: b, a: c}\n---", "---\n%YAML 1.2\n---\n---", "---\n\t\n---", "---\nname: |\n  x\n---"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := skill.Parse("find-mail", []byte(text))
		if err != nil {
			if e := agents.AsError(err); e.Code != agents.CodeInvalid || e.Hint == "" {
				t.Fatal(err)
			}
			return
		}
		if s.Name != "find-mail" || s.Description == "" {
			t.Fatalf("%+v", s)
		}
		for _, phrases := range s.Phrases {
			for _, p := range phrases {
				if _, err := skill.ParsePhrase(p); err != nil {
					t.Fatal(err)
				}
			}
		}
	})
}
