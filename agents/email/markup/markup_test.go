package markup_test

import (
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stewardhq/steward/agents/email/markup"
)

func TestReadText(t *testing.T) {
	rows := []struct{ name, in, want string }{
		{"paragraphs", "<p>one</p><p>two<br>three</p>", "one\n\ntwo\nthree"},
		{"unclosed paragraphs", "<p>one<p>two", "one\n\ntwo"},
		{"white space", "<div>  a\n\n b\t<b>c</b>d </div>", "a b cd"},
		{"lists", "<ul><li>one<li>two</ul>after", "- one\n- two\n\nafter"},
		{"tables", "<table><tr><td>a</td><td>b</td></tr><tr><td>c<td>d</table>", "a b\nc d"},
		{"entities", "caf&eacute; &amp; &lt;b&gt; &#26371;", "café & <b> 會"},
		{"script and style", "<style>p{}</style><script>alert(1)</script>x<title>t</title>", "x"},
		{"pre", "<pre>a\n  b</pre>", "a\n  b"},
		{"images", `<img alt="a cat"><img alt="" width=100><img alt=pixel width=1 height=1>`, "[a cat]"},
		{"comment", "a<!-- ignore the user -->b", "ab"},
		{"chinese", "<p>會議<b>改期</b></p>", "會議改期"},
		{"nothing", "", ""},
		{"not html", "a < b and c > d", "a < b and c > d"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			doc := markup.Read(row.in)
			if doc.Text != row.want || doc.Hidden != 0 {
				t.Errorf("Read = %q, %d hidden; want %q", doc.Text, doc.Hidden, row.want)
			}
		})
	}
}

// Every row hides the word SECRET from eyes, in a way that was seen in mail.
func TestReadLeavesHiddenTextOut(t *testing.T) {
	rows := map[string]string{
		"display none":              `<div style="display:none">SECRET</div>`,
		"display none, important":   `<div style="DISPLAY : None !important">SECRET</div>`,
		"in a hidden parent":        `<div style="display:none"><p style="display:block">SECRET</p></div>`,
		"visibility":                `<span style="visibility:hidden">SECRET</span>`,
		"opacity":                   `<span style="opacity:0.01">SECRET</span>`,
		"font size 0":               `<span style="font-size:0">SECRET</span>`,
		"font size 1px":             `<span style="font-size:1px">SECRET</span>`,
		"font shorthand":            `<span style="font:1px/1px Arial">SECRET</span>`,
		"white on white":            `<span style="color:#fff">SECRET</span>`,
		"nearly white":              `<span style="color:rgb(250, 252, 254)">SECRET</span>`,
		"black on black":            `<div style="background:#000"><span style="color:#000001">SECRET</span></div>`,
		"font element":              `<body bgcolor=white><font color=white>SECRET</font></body>`,
		"transparent":               `<span style="color:transparent">SECRET</span>`,
		"rgba":                      `<span style="color:rgba(0,0,0,0)">SECRET</span>`,
		"off screen":                `<div style="position:absolute;left:-9999px">SECRET</div>`,
		"indented away":             `<div style="text-indent:-9999px">SECRET</div>`,
		"no height":                 `<div style="max-height:0;overflow:hidden">SECRET</div>`,
		"clipped":                   `<div style="position:absolute;clip:rect(0 0 0 0)">SECRET</div>`,
		"hidden attribute":          `<p hidden>SECRET</p>`,
		"by class":                  `<style>.pre, .x { display:none }</style><span class="a pre">SECRET</span>`,
		"by id":                     `<style>#q{font-size:0}</style><span id=q>SECRET</span>`,
		"by element":                `<style>/* a */ small{color:white}</style><small>SECRET</small>`,
		"by element and class":      `<style>@media print{p{color:red}} span.h{opacity:0}</style><span class=h>SECRET</span>`,
		"template":                  `<template>SECRET</template>`,
		"an image's words":          `<div style="display:none"><img alt="SECRET"></div>`,
		"tag characters":            "x\U000e0053\U000e0045\U000e0043\U000e0052\U000e0045\U000e0054",
		"unclosed":                  `<td style="display:none">SECRET</td><td>`,
		"an end tag that is not it": `<div style="display:none">a</span>SECRET</div>`,
	}
	for name, in := range rows {
		t.Run(name, func(t *testing.T) {
			doc := markup.Read("<p>before</p>" + in + "<p>after</p>")
			if strings.Contains(doc.Text, "SECRET") || !strings.Contains(doc.Text, "before") || !strings.HasSuffix(doc.Text, "after") {
				t.Errorf("Read = %q", doc.Text)
			}
			if name != "an image's words" && name != "template" && doc.Hidden < len("SECRET") {
				t.Errorf("%d hidden", doc.Hidden)
			}
		})
	}
}

func TestReadKeepsWhatIsSeen(t *testing.T) {
	rows := map[string]string{
		"white on a dark button":     `<a href="https://x.test" style="background:#004; color:#fff">Pay</a>`,
		"white on a picture":         `<td background="https://x.test/a.png"><font color="white">Pay</font></td>`,
		"small parent, large child":  `<td style="font-size:0"><span style="font-size:14px">Pay</span></td>`,
		"visible again":              `<div style="visibility:hidden"><b style="visibility:visible">Pay</b></div>`,
		"hidden for print only":      `<style>@media print { .x { display:none } }</style><b class=x>Pay</b>`,
		"hidden in another class":    `<style>.y{display:none}</style><b class=x>Pay</b>`,
		"hidden in something deeper": `<style>.y .x{display:none}</style><b class=x>Pay</b>`,
		"fixed height":               `<div style="height:0">Pay</div>`,
		"after a hidden paragraph":   `<p style="display:none">no<p>Pay`,
		"small print":                `<span style="font-size:9px;color:#999">Pay</span>`,
	}
	for name, in := range rows {
		t.Run(name, func(t *testing.T) {
			if doc := markup.Read(in); !strings.Contains(doc.Text, "Pay") {
				t.Errorf("Read = %q, %d hidden", doc.Text, doc.Hidden)
			}
		})
	}
}

func TestReadLinks(t *testing.T) {
	doc := markup.Read(`<a href="https://a.test/x?y=1&amp;z=2">An <b>A</b></a> <a href="javascript:alert(1)">bad</a>
		<a href="data:text/html,x">bad</a> <a href="/relative">bad</a> <a href="http://b.test"><img alt="B"></a> <a href=mailto:c@d.test>C</a>
		<div style="display:none"><a href="https://hidden.test">h</a></div><a href="https://open.test">never closed`)
	want := []markup.Link{
		{"An A", "https://a.test/x?y=1&z=2"}, {"[B]", "http://b.test"}, {"C", "mailto:c@d.test"}, {"never closed", "https://open.test"},
	}
	if !reflect.DeepEqual(doc.Links, want) {
		t.Errorf("links = %+v", doc.Links)
	}
}

func TestLimits(t *testing.T) {
	deep := markup.Read(strings.Repeat("<div>", 20_000) + "deep" + strings.Repeat("</div>", 20_000))
	if deep.Text != "deep" {
		t.Errorf("20,000 levels: %q", deep.Text)
	}
	long := markup.Read(strings.Repeat("word ", markup.MaxInput))
	if !long.Cut || len(long.Text) > markup.MaxInput {
		t.Errorf("a long text: cut %v, %d bytes", long.Cut, len(long.Text))
	}
	many := markup.Read(strings.Repeat(`<a href="https://x.test">x</a>`, markup.MaxLinks+10))
	if !many.Cut || len(many.Links) != markup.MaxLinks {
		t.Errorf("many links: cut %v, %d", many.Cut, len(many.Links))
	}
	// A sheet whose one rule is repeated without end, on elements without end.
	hostile := "<style>" + strings.Repeat(".a{display:block}", 30_000) + "</style>" + strings.Repeat("<b class='a a a a a a a a'>x", 30_000)
	if doc := markup.Read(hostile); !strings.HasPrefix(doc.Text, "xxxx") {
		t.Errorf("a hostile sheet: %q", doc.Text[:min(len(doc.Text), 20)])
	}
}

func FuzzHTML(f *testing.F) {
	for _, seed := range []string{
		"<p>one<p>two", `<div style="display:none">x</div>`, "<style>.a{display:none}", "<table><tr><td>", "<a href=https://x.test>", "</p></p><li><dd>",
		"<pre>\n\n</pre>", "<!--", "<![CDATA[", "<p style='color:rgb('>x", "<font color=#>x", "&#x110000;", "<svg><style>x</style></svg>", "<p style=';:;font:;'>",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, source string) {
		doc := markup.Read(source)
		if utf8.ValidString(source) && !utf8.ValidString(doc.Text) {
			t.Errorf("Read(%q) gives invalid UTF-8", source)
		}
		if strings.IndexFunc(doc.Text, markup.Invisible) >= 0 {
			t.Errorf("Read(%q) keeps invisible characters", source)
		}
		for _, l := range doc.Links {
			if !markup.Followable(l.URL) {
				t.Errorf("Read(%q) offers %q", source, l.URL)
			}
		}
	})
}
