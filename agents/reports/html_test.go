package reports_test

import (
	"crypto/sha256"
	"encoding/base64"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/agents/reports"
)

// htmlOf makes a report in which the same words stand everywhere where a text can stand.
func htmlOf(t *testing.T, words string) string {
	t.Helper()
	lib, other := &shelf{}, from("m1\"><b>", words)
	_, err := create(t, lib, newCall("a"), reports.ReportContent{
		Title: agents.Concat(agents.Plain("Report "), other), Summary: other,
		Sections: []reports.ReportSection{
			{Title: agents.Concat(agents.Plain("One "), other), Note: other, Items: []reports.ReportItem{{
				Text: other, Detail: other, Tag: cutTag(words), When: day(2026, 12, 1, 9, 0),
				About: &agents.Ref{Kind: "mail", ID: "\"><img src=x>", Title: other},
			}}},
			{Title: agents.Plain("Two")},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return lib.reports[0].HTML
}

func cutTag(words string) string {
	if r := []rune(words); len(r) > 40 {
		return string(r[:40])
	}
	return words
}

func walk(n *html.Node, visit func(*html.Node)) {
	visit(n)
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		walk(c, visit)
	}
}

func parse(t *testing.T, source string) *html.Node {
	t.Helper()
	root, err := html.Parse(strings.NewReader(source))
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// attributes that the page may have, by element. Whatever is not listed came from a stranger.
var allowed = map[string]string{
	"html": "lang", "head": "", "meta": "charset http-equiv content name", "title": "", "style": "", "body": "", "main": "", "header": "", "nav": "",
	"h1": "", "h2": "", "p": "class", "a": "href class", "span": "class", "section": "id", "ul": "", "li": "", "time": "datetime",
	"q": "class dir title", "i": "", "footer": "",
}

func TestHTMLIsInert(t *testing.T) {
	for _, h := range hostile {
		walk(parse(t, htmlOf(t, h)), func(n *html.Node) {
			if n.Type == html.CommentNode {
				t.Errorf("%q made a comment", h)
			}
			if n.Type != html.ElementNode {
				return
			}
			attributes, ok := allowed[n.Data]
			if !ok {
				t.Fatalf("%q made a <%s>", h, n.Data)
			}
			for _, a := range n.Attr {
				if !strings.Contains(" "+attributes+" ", " "+a.Key+" ") {
					t.Errorf("%q made the attribute %s of <%s>", h, a.Key, n.Data)
				}
				if a.Key == "href" && !regexp.MustCompile(`^#s\d+$`).MatchString(a.Val) {
					t.Errorf("%q made a link to %q", h, a.Val)
				}
			}
		})
	}
}

func TestHTMLMarksAndNamesWhatOthersWrote(t *testing.T) {
	const secret = "xyzzy"
	found := 0
	walk(parse(t, htmlOf(t, secret)), func(n *html.Node) {
		if n.Type != html.TextNode || !strings.Contains(n.Data, secret) || n.Parent.Data == "title" || n.Parent.Data == "span" {
			return // the title and the tag are checked below
		}
		found++
		title := ""
		for _, a := range n.Parent.Attr {
			if a.Key == "title" {
				title = a.Val
			}
		}
		if n.Parent.Data != "q" || title != "from: mail m1\"><b>" {
			t.Errorf("%q stands in <%s> with the title %q", n.Data, n.Parent.Data, title)
		}
	})
	if found != 7 {
		t.Errorf("the words stand in %d places, want 7: title, summary, section in the overview and above it, note, text, detail", found)
	}
	if page := htmlOf(t, secret); !strings.Contains(page, "<title>Report ‹xyzzy›</title>") {
		t.Error("the window's title does not mark what others wrote")
	}
}

func TestHTMLHasNothingToHideOrReorderWith(t *testing.T) {
	for _, h := range hostile {
		walk(parse(t, htmlOf(t, h)), func(n *html.Node) {
			if n.Type == html.TextNode && n.Parent.Data == "q" {
				checkShown(t, strings.NewReplacer("‹", "", "›", "").Replace(n.Data))
			}
			if n.Type == html.TextNode && n.Parent.Data == "title" {
				checkShown(t, n.Data)
			}
		})
	}
}

func TestHTMLPolicyFitsItsStyle(t *testing.T) {
	page := parse(t, htmlOf(t, "x"))
	var style, policy string
	walk(page, func(n *html.Node) {
		if n.Type == html.ElementNode && n.Data == "style" {
			style = n.FirstChild.Data
		}
		if n.Type == html.ElementNode && n.Data == "meta" && n.Attr[0].Val == "Content-Security-Policy" {
			policy = n.Attr[1].Val
		}
	})
	sum := sha256.Sum256([]byte(style))
	want := "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'"
	if policy != want {
		t.Errorf("policy %q, want %q", policy, want)
	}
	if strings.Contains(style, "url(") || strings.Contains(style, "@import") || len(style) < 1000 {
		t.Error("the style loads something, or is not there")
	}
}

func TestHTMLSaysItsLanguageAndTimes(t *testing.T) {
	lib := &shelf{}
	c := briefing()
	c.Lang = "zh-Hant"
	if _, err := create(t, lib, newCall("a"), c); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`<html lang="zh-Hant">`, `<time datetime="2026-11-27T00:00:00&#43;08:00">11月27日（五）</time>`, "取材自 2 封郵件"} {
		if !strings.Contains(lib.reports[0].HTML, want) {
			t.Errorf("no %s in the file", want)
		}
	}
}
