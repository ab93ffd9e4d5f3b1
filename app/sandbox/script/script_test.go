package script_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/sandbox/script"
)

func TestCompile(t *testing.T) {
	c, err := script.Compile("interface A { b: number }\nconst a: A = { b: 1 };\nreturn a as unknown;")
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(c.JS, "interface") || !strings.Contains(c.JS, "return a;") {
		t.Errorf("JS %s", c.JS)
	}
	if want := "3f2ae7e128ca54b152b9b9920ca0ee19442969ec203c33939cccecba704d9a2e"; c.Hash != want {
		t.Errorf("hash %s, want %s", c.Hash, want)
	}
	again, err := script.Compile("interface A { b: number }\nconst a: A = { b: 1 };\nreturn a as unknown;")
	if err != nil || again.JS != c.JS || again.Hash != c.Hash {
		t.Errorf("compiled again: %v", err)
	}
	m, err := script.ParseMap(c.SourceMap)
	if err != nil {
		t.Fatal(err)
	}
	for i, line := range strings.Split(c.JS, "\n") {
		if column := strings.Index(line, "return a"); column >= 0 {
			if l, col := m.Position(i+1, column+1); l != 3 || col != 1 {
				t.Errorf("return stands at %d:%d, want 3:1", l, col)
			}
		}
		if column := strings.Index(line, "const a"); column >= 0 {
			if l, col := m.Position(i+1, column+1); l != 2 || col != 1 {
				t.Errorf("const stands at %d:%d, want 2:1", l, col)
			}
		}
	}
}

func TestCompileErrors(t *testing.T) {
	tests := []struct{ name, source, where, want string }{
		{"first line", "const = 1", "line 1, column 7: ", "Expected identifier"},
		{"later line", "const a = 1;\nconst b = ;\n", "line 2, column 11: ", "Unexpected"},
		{"wide characters", "const a = '會議'; const = 1", "line 1, column 23: ", "Expected identifier"},
		{"open brace", "if (true) {\n  return 1;\n", "line 3, column 1: ", "not closed"},
		{"open string", "const a = 'x\n", "line 1, column ", "Unterminated"},
		{"open template", "const a = `x\n", "line ", "Unterminated"},
		{"open comment", "/* x", "line 1", "comment"},
		{"import", "import { a } from 'b';\na();", "line 1, column ", "there already"},
		{"import below", "const a = 1;\nimport b from 'c';", "line 2, column ", "there already"},
		{"import star", "import * as x from 'y'", "line 1", "there already"},
		{"import bare", "import 'y'", "line 1", "there already"},
		{"export", "\nexport default 1;", "line 2, column ", "return"},
		{"export const", "export const a = 1;", "line 1", "return"},
		{"with", "with (Math) { }", "line 1", "strict"},
		{"octal", "return 017", "line 1", "ctal"},
		{"too many braces", "return 1 }", "line 1", ""},
		{"breaking out", "})(); evil(); (async () => {", "line 1, column 1: ", "too many"},
		{"breaking out with a comma", "}, async () => {", "line 1, column 1: ", "too many"},
		{"breaking out of the other", "}, x() {", "line 1", ""},
		{"zero byte", "const a = 1;\nconst b = '\x00';", "line 2, column 1: ", "zero byte"},
		{"too long", strings.Repeat("x;", 1<<15) + "x", "line 1", "at most"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := script.Compile(tt.source)
			if agents.CodeOf(err) != agents.CodeScript {
				t.Fatalf("error %v", err)
			}
			e := agents.AsError(err)
			if !strings.HasPrefix(e.Message, tt.where) || !strings.Contains(e.Message+" "+e.Hint, tt.want) {
				t.Errorf("%q, hint %q; want %q … %q", e.Message, e.Hint, tt.where, tt.want)
			}
		})
	}
}

var api = script.API{Functions: []string{"mail.search", "mail.body", "read.summarize", "ask"}, Globals: []string{"me", "params"}}

func TestCheckFinds(t *testing.T) {
	tests := []struct {
		name, source string
		line, column int
		want         string
	}{
		{"fetch", "const a = 1;\nawait fetch('x');", 2, 7, "no network of their own"},
		{"require", "const fs = require('fs');", 1, 12, "load nothing"},
		{"dynamic import", "await import('x')", 1, 0, "load nothing"},
		{"process", "return process.env", 1, 8, "no process"},
		{"timer", "setTimeout(() => {}, 1)", 1, 1, "automation"},
		{"eval", "eval('1')", 1, 1, "switched off"},
		{"Function", "new Function('1')", 1, 5, "switched off"},
		{"window", "window.x", 1, 1, "browser"},
		{"Intl", "new Intl.DateTimeFormat()", 1, 5, "dates.format"},
		{"member", "interface X { a: string }\n\nawait mail.serch('x');", 3, 7, "did you mean mail.search?"},
		{"member far off", "await mail.frobnicate('x');", 1, 7, "mail has search, body"},
		{"member of dates", "dates.tommorow()", 1, 1, "dates.tommorow does not exist"},
		{"member of console", "console.table([])", 1, 1, "console.table"},
		{"typo", "const mails = 1;\nreturn mials;", 2, 8, "did you mean mails?"},
		{"typo of a global", "return parms.x", 1, 8, "did you mean params?"},
		{"undeclared", "return zzzzqqq", 1, 8, "not defined"},
		{"in a template", "return t`a${subjekt}`", 1, 13, "subjekt is not defined"},
		{"in a default", "const f = ({ a = missing1 }) => a; const [b = 2] = []; return f(b)", 1, 18, "missing1"},
		{"in a computed key", "const { [missing2]: a } = {} as any; return a", 1, 10, "missing2"},
		{"in a class", "class A { x = missing3; [missing3] = 1 } return A", 1, 0, "missing3"},
		{"shorthand", "return { missing4 }", 1, 10, "missing4"},
		{"assigned", "missing5 = 1", 1, 1, "missing5"},
		{"in an optional chain", "return missing6?.x", 1, 8, "missing6"},
		{"in a loop", "for (const a of missing7) a", 1, 17, "missing7"},
		{"syntax", "const a = ;", 1, 11, "Unexpected"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			problems := script.Check(tt.source, api)
			for _, p := range problems {
				if strings.Contains(p.Message+" "+p.Hint, tt.want) {
					if p.Line != tt.line || tt.column > 0 && p.Column != tt.column {
						t.Errorf("at %d:%d, want %d:%d", p.Line, p.Column, tt.line, tt.column)
					}
					return
				}
			}
			t.Errorf("problems %+v, want %q", problems, tt.want)
		})
	}
}

func TestCheckIsSilent(t *testing.T) {
	sources := []string{
		"",
		"const mails = await mail.search('x'); return await read.summarize(mails.map((m: any) => m.subject));",
		"const { a, b: [c], ...d } = params; function f(x: number, ...y: any[]) { return x + y.length } return [a, c, d, f(1)]",
		"try { await ask('x') } catch (e) { console.error(e) } finally { dates.now() }",
		"label: for (let i = 0; i < 3; i++) { for (;;) { continue label } }",
		"class A extends Array { static #n = 1; static { A.#n = 2 } get n() { return A.#n } } return new A().n",
		"for await (const x of (async function* () { yield* [1] })()) console.log(x)",
		"return typeof fetch === 'undefined' ? me?.name ?? t`x` : join([])",
		"enum E { A, B } const x: E = E.A; return E[x]",
		"const mail = { anything: 1 }; return mail.anything",
		"return [1n, /(?<y>x)\\k<y>/dgu, `${1}`, 1_0, globalThis, a => a, async b => b]",
		"return later(); function later() { return hoisted } var hoisted",
		"let z; z ??= 1; z ||= 2; return { z, async *g() { yield z }, get h() { return 1 }, ['k' + z]: 2 }",
		"const o = { fetch: 1, require() { return this.fetch } }; return o.require() + (o as any).process",
		"import_(1); function import_(x: number) { return x }",
		"// 會議\nconst 會議 = await mail.search('會議'); return 會議",
		"using_(); function using_() { return arguments.length }",
	}
	for _, s := range sources {
		if p := script.Check(s, api); len(p) > 0 {
			t.Errorf("%s:\n%+v", s, p)
		}
	}
}

// TestDeep feeds the parsers what would overflow their stacks, which no program survives.
func TestDeep(t *testing.T) {
	for _, piece := range []string{
		"(", "[", "{", "`${", "!", "-", "~", "a=>", "async()=>", "if(1)", "if(a,b)", "for(;;)", "for(const a of b)", "while({})", "x:", "new ",
		"1**", "a?a:", "a?{}:", "if(1);else ", "if(1){}else ", "a=", "typeof ", "await ", "a.", "a+", "<a>", "f(()=>", "class extends ", "a`${",
		"function a(){", "const a = () => ", "a ? b : ", "[[", "({a:", "({a=", "//", "/*", "'(", "\n(",
	} {
		source := strings.Repeat(piece, script.MaxSource/len(piece)-1)
		_, _ = script.Compile(source + "1") // to live through it is the test; some of it is even right
		_ = script.Check(source+"1", api)
	}
	lots := "// " + strings.Repeat("-", 78) + "\nconst a = [" + strings.Repeat("{ a: -1, b: x ? 'y' : 'z' },\n", 500) + "];\n" + strings.Repeat("if (a.length > 1 && b) { c(d, e) }\n", 500)
	if _, err := script.Compile(lots); err != nil {
		t.Errorf("an honest script was refused: %v", err)
	}
}

func TestHint(t *testing.T) {
	tests := []struct{ name, message, want string }{
		{"ReferenceError", "'fetch' is not defined", "network"},
		{"ReferenceError", "fetch is not defined", "network"},
		{"ReferenceError", "abc is not defined", "spelling"},
		{"TypeError", "not a function", "await"},
		{"TypeError", "something else", ""},
		{"Error", "fetch is not defined", ""},
	}
	for _, tt := range tests {
		if got := script.Hint(tt.name, tt.message); !strings.Contains(got, tt.want) || tt.want == "" && got != "" {
			t.Errorf("%s: %s: %q, want %q", tt.name, tt.message, got, tt.want)
		}
	}
}

func FuzzCheck(f *testing.F) {
	for _, s := range []string{
		"", "return 1", "await mail.search('x')", "}", "`${`${", "const {a:[b=c]}=d", "import x from 'y'", "class A { #a; static {} }",
		"label: for(;;)break label", "})();(async()=>{", "/*", "\"use strict\"", "enum A {B}", "a?.b!.c as any", "<T>x", "\u2028", "0b1n", "/[/",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, source string) {
		_, err := script.Compile(source)
		problems := script.Check(source, api)
		if err != nil && len(problems) == 0 {
			t.Fatalf("does not compile (%v), but no problem was found", err)
		}
		lines := len(regexp.MustCompile("\r\n|[\n\r\u2028\u2029]").Split(source, -1))
		for _, p := range problems {
			if p.Line < 1 || p.Line > lines || p.Column < 1 || p.Message == "" {
				t.Fatalf("%+v in %d lines", p, lines)
			}
		}
	})
}
