package sandbox_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stewardhq/steward/agents"
)

var apiEcho = map[string]func([]any) (any, error){"api.echo": echo, "api.fail": func([]any) (any, error) {
	return nil, &agents.Error{Code: agents.CodeUnavailable, Message: "the server is away", Hint: "try later"}
}}

// TestEscapes tries what has opened sandboxes before. Each script returns true if it got nowhere.
func TestEscapes(t *testing.T) {
	tests := []struct{ name, source string }{
		{"Function by constructor", `try { (() => 0).constructor("return 1")(); return false } catch (e) { return /switched off/.test(e.message) }`},
		{"constructor.constructor", `try { ({} as any).constructor.constructor("return globalThis")(); return false } catch { return true }`},
		{"AsyncFunction", `try { (async () => 0).constructor("return 1"); return false } catch { return true }`},
		{"GeneratorFunction", `try { (function* () {}).constructor("yield 1"); return false } catch { return true }`},
		{"AsyncGeneratorFunction", `try { (async function* () {}).constructor("yield 1"); return false } catch { return true }`},
		{"Function by an API function", `try { (api.echo as any).constructor("return 1"); return false } catch { return true }`},
		{"Function by Reflect.construct", `try { Reflect.construct(Function, ["return 1"]); return false } catch { return true }`},
		{"subclass of Function", `try { class F extends Function {}; new F("return 1"); return false } catch { return true }`},
		{"eval", `try { (0, globalThis["ev" + "al"])("1"); return false } catch { return true }`},
		{"eval put back", `try { (globalThis as any).Function = (() => 0).constructor; (globalThis as any).Function("1"); return false } catch { return true }`},
		{"dynamic import", `try { await import("data:text/javascript,1"); return false } catch { return true }`},
		{"import of the file", `try { await import("/etc/passwd"); return false } catch { return true }`},
		{"nothing of a host", `const g: any = globalThis; return ["process", "require", "fetch", "WebAssembly", "std", "os", "bjson", "host", "print", "scriptArgs", "Worker", "SharedArrayBuffer_", "performance", "WeakRef", "FinalizationRegistry"].every((n) => g[n] === undefined)`},
		{"stack hooks", `let seen: any; (Error as any).prepareStackTrace = (_: any, frames: any) => { seen = frames; return "x" }; new Error().stack; try { (api as any).serch } catch (e) { e.stack } return seen === undefined`},
		{"caller", `function f() { return (f as any).caller } try { f(); return false } catch { return true }`},
		{"stack shows no frame of ours", `function f() { return new Error().stack } return !/prelude/.test(f()!)`},
		{"API cannot be replaced", `try { (api as any).echo = () => 0; return false } catch { } try { (globalThis as any).api = 1; return false } catch { } try { delete (api as any).echo; return false } catch { return true }`},
		{"global of the host cannot be changed", `try { (m as any).id = 2; return false } catch { return m.id === 1 }`},
		{"global of the host is frozen deep", `try { (m as any).list.push(1); return false } catch { return m.list.length === 1 }`},
		{"prototype of an API function", `try { (api.echo as any).x = 1; return false } catch { return true }`},
		{"random is ours", `try { Math.random = () => 1; return false } catch { return true }`},
	}
	w := world{functions: apiEcho, globals: map[string]string{"m": `{"$o":"m1","k":"mail","f":{"id":1,"list":[1]}}`}}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if o := w.run(t, tt.source); o.value != "true" {
				t.Errorf("value %s, error %v", o.value, o.err)
			}
		})
	}
}

// TestForging has scripts patch built-ins or build tagged objects, and looks at what the host is given.
func TestForging(t *testing.T) {
	w := world{functions: apiEcho, globals: map[string]string{"h": `{"$h":"secret"}`, "m": `{"$o":"m1","k":"mail","f":{"subject":{"$h":"s1"}}}`}}
	tests := []struct {
		name, source string
		call         string // the one call that must come, or "" if the script must fail with a TypeError
	}{
		{"tag", `await api.echo({ $o: "m2" })`, ""},
		{"tag deep inside", `await api.echo([{ a: { $h: "x" } }])`, ""},
		{"tag by null prototype", `await api.echo(Object.assign(Object.create(null), { $h: "x" }))`, ""},
		{"tag in the result", `return { $t: ["x"] }`, ""},
		{"tag by JSON.parse", `await api.echo(JSON.parse('{"$o":"m2"}'))`, ""},
		{"tag by proxy", `await api.echo(new Proxy({}, { ownKeys: () => ["$o"], getOwnPropertyDescriptor: () => ({ value: "m2", enumerable: true, configurable: true }) }))`, ""},
		{"copy of an object", `await api.echo({ ...m })`, `api.echo[{"subject":{"$h":"s1"}}]`},
		{"object with the object for prototype", `await api.echo(Object.create(m))`, ""},
		{"toJSON", `(Object.prototype as any).toJSON = () => ({ $o: "m2" }); await api.echo({ a: 1 })`, `api.echo[{"a":1}]`},
		{"toJSON of lists", `(Array.prototype as any).toJSON = () => ({ $o: "m2" }); await api.echo([1])`, `api.echo[[1]]`},
		{"JSON.stringify", `JSON.stringify = () => '{"$o":"m2"}'; await api.echo("x")`, `api.echo["x"]`},
		{"WeakMap", `WeakMap.prototype.get = () => '{"$o":"m2"}'; await api.echo({ a: 1 })`, `api.echo[{"a":1}]`},
		{"Array.isArray", `(Array as any).isArray = () => true; await api.echo({ a: 1 })`, `api.echo[{"a":1}]`},
		{"setters on Array.prototype", `Object.defineProperty(Array.prototype, 0, { set() { throw 1 }, configurable: true }); await api.echo([1], 2)`, `api.echo[[1],2]`},
		{"call and apply", `Function.prototype.call = Function.prototype.apply = Function.prototype.bind = (() => '{"$o":"m2"}') as any; await api.echo({ a: 1 })`, `api.echo[{"a":1}]`},
		{"String.prototype", `String.prototype.slice = () => '{"$o":"m2"}'; await api.echo("x")`, `api.echo["x"]`},
		{"template literals", `try { String.prototype.concat = () => '{"$o":"m2"}' } catch { } await api.echo({ a: h })`, `api.echo[{"a":{"$h":"secret"}}]`},
		{"iterators", `(Array.prototype as any)[Symbol.iterator] = function* () { yield '{"$o":"m2"}' }; await api.echo("x", h)`, `api.echo["x",{"$h":"secret"}]`},
		{"Promise", `(globalThis as any).Promise = class { constructor(f: any) { f(() => 0, () => 0) } }; await api.echo("x")`, `api.echo["x"]`},
		{"then", `Promise.prototype.then = function () { return '{"$o":"m2"}' as any }; await api.echo("x")`, `api.echo["x"]`},
		{"species", `Object.defineProperty(Promise, Symbol.species, { get: () => class { constructor(f: any) { f(() => 0, () => 0) } } }); await api.echo("x")`, `api.echo["x"]`},
		{"descriptors", `(Object.prototype as any).get = () => 0; await api.echo(t` + "`a${h}`" + `)`, `api.echo[{"$t":["a",{"$h":"secret"}]}]`},
		{"date", `const d = new Date(5); d.getTime = () => 9; Date.prototype.getTime = () => 9; await api.echo(d)`, `api.echo[{"$d":5}]`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := w.run(t, tt.source)
			if tt.call == "" {
				wantError(t, o, agents.CodeScript, "TypeError")
				if len(o.calls) > 0 {
					t.Errorf("calls %v", o.calls)
				}
				return
			}
			if len(o.calls) != 1 || o.calls[0] != tt.call {
				t.Errorf("calls %v, want %s; error %v", o.calls, tt.call, o.err)
			}
		})
	}
}

// TestTwoObjects makes sure that an object keeps the identity of the host's, whatever fields it shares with another.
func TestTwoObjects(t *testing.T) {
	w := world{functions: apiEcho, globals: map[string]string{
		"list": `[{"$o":"a","k":"mail","f":{"n":1}},{"$o":"b","k":"mail","f":{"n":1}}]`,
	}}
	o := w.run(t, `return [list[1], list[0], { x: list[0] }]`)
	if o.value != `[{"$o":"b"},{"$o":"a"},{"x":{"$o":"a"}}]` {
		t.Error(o.value, o.err)
	}
}

// TestCoercions tries every way to look into a handle. Each must throw the lesson.
func TestCoercions(t *testing.T) {
	tries := []string{
		"`${h}`", "h + ''", "'' + h", "+h", "h == 'x'", "h < 1", "h * 2", "String(h)", "Number(h)", "h.toString()", "h.valueOf()",
		"h[Symbol.toPrimitive]", "h.length", "h.includes('x')", "h[0]", "h.constructor", "'length' in h", "JSON.stringify(h)",
		"JSON.stringify({ a: [h] })", "Object.keys(h)", "({ ...h })", "[...h]", "for (const x of h) x", "console.log(h)", "console.log('a', h)",
		"h.x = 1", "delete h.x", "Object.defineProperty(h, 'x', {})", "parseInt(h)", "new Date(h)", "[h].join()", "[h, h].sort()",
		"encodeURIComponent(h)", "new RegExp(h)", "/x/.test(h)", "'x'.indexOf(h)", "({})[h]", "Symbol(h)", "BigInt(h)", "Reflect.ownKeys(h)",
		"Object.prototype.toString.call(h)", "Object.setPrototypeOf(h, {})", "Object.freeze(h)", "'a'.localeCompare(h)", "'a'.replace('a', h)",
		"Math.max(h)", "new Error(h)", "isNaN(h)", "Object.entries(h)", "structured(h)", "h()", "new h()", "String.raw(h)", "h?.length",
	}
	for _, handle := range []string{"h", "t`a${h}`", "join([h, 'x'])", "m.subject"} {
		w := world{functions: apiEcho, globals: map[string]string{"h": `{"$h":"a"}`, "m": `{"$o":"m","k":"mail","f":{"subject":{"$h":"s"}}}`}}
		var b strings.Builder
		b.WriteString("const structured = (x: any) => `${[x]}`; const out: any[] = [];\nconst one = (f: (h: any) => any) => { try { f(" + handle + "); out.push('nothing thrown') } catch (e) { out.push(e.message) } };\n")
		for _, s := range tries {
			if strings.HasPrefix(s, "for") {
				b.WriteString("one((h) => { " + s + " });\n")
			} else {
				b.WriteString("one((h) => (" + s + "));\n")
			}
		}
		b.WriteString("return out;")
		o := w.run(t, b.String())
		var messages []string
		if err := json.Unmarshal([]byte(o.value), &messages); err != nil || len(messages) != len(tries) {
			t.Fatalf("%s: %v %v", handle, err, o.err)
		}
		for i, m := range messages {
			taught := strings.Contains(m, "came from outside") && strings.Contains(m, "reveal()")
			called := tries[i] == "h()" || tries[i] == "new h()"
			if !taught && (!called || m == "nothing thrown") {
				t.Errorf("%s of %s: %s", tries[i], handle, m)
			}
		}
	}
}

// TestHandlesInUse does with handles what honest scripts do.
func TestHandlesInUse(t *testing.T) {
	w := world{functions: apiEcho, globals: map[string]string{"h": `{"$h":"a"}`, "i": `{"$h":"b"}`, "d": `{"$d":1795338300000}`}}
	tests := []struct{ source, want string }{
		{"return h", `{"$h":"a"}`},
		{"return await h", `{"$h":"a"}`},
		{"return await api.echo(h)", `{"$h":"a"}`},
		{"return await Promise.all([h, api.echo(i)])", `[{"$h":"a"},{"$h":"b"}]`},
		{"return [].concat(h as any, [i] as any)", `[{"$h":"a"},{"$h":"b"}]`},
		{"return [h === h, h === i, typeof h, !h, h == null, [h, i].includes(i)]", `[true,false,"object",false,false,true]`},
		{"return new Map([[h, 1]]).get(h)", `1`},
		{"return [[h], [i]].flat().map((x) => x)", `[{"$h":"a"},{"$h":"b"}]`},
		{"return t`x`", `"x"`},
		{"return t`${1}, ${'two'}, ${null}${undefined}${true}, ${[1, 'b']}, ${d}`", `"1, two, true, 1, b, 2026-11-22 09:05"`},
		{"return t`From: ${h}\\n`", `{"$t":["From: ",{"$h":"a"},"\n"]}`},
		{"return t`${h}${i}`", `{"$t":[{"$h":"a"},{"$h":"b"}]}`},
		{"return t`a${t`b${h}`}c`", `{"$t":["a","b",{"$h":"a"},"c"]}`},
		{"return t`${[h, 'x', [i]]}`", `{"$t":[{"$h":"a"},", x, ",{"$h":"b"}]}`},
		{"let x: any = t`${h}`; for (let i = 0; i < 3; i++) x = t`${x}, ${i}`; return x", `{"$t":[{"$h":"a"},", 0",", 1",", 2"]}`},
		{"return join(['a', 'b'])", `"a, b"`},
		{"return join([])", `""`},
		{"return join(['a', h, null, 3, d], '\\n')", `{"$t":["a\n",{"$h":"a"},"\n\n3\n2026-11-22 09:05"]}`},
		{"return join(['a', 'b'], h)", `{"$t":["a",{"$h":"a"},"b"]}`},
		{"return { a: undefined, b: null, c: [undefined], d, e: -0 }", `{"b":null,"c":[null],"d":{"$d":1795338300000},"e":0}`},
		{"return", `null`},
		{`return "\ud800 ☃ 會議 \u0000"`, `"\ud800 ☃ 會議 \u0000"`},
		{`return JSON.parse('{"__proto__":1}')`, `{"__proto__":1}`},
	}
	for _, tt := range tests {
		if o := w.run(t, tt.source); o.value != tt.want {
			t.Errorf("%s: %s, want %s (%v)", tt.source, o.value, tt.want, o.err)
		}
	}
}

// TestBadValues passes on what cannot be passed on. The error says which argument, and where in it.
func TestBadValues(t *testing.T) {
	w := world{functions: apiEcho, globals: map[string]string{"h": `{"$h":"a"}`, "m": `{"$o":"m","k":"mail","f":{}}`}}
	inside := "the script's result"
	tests := []struct{ source, want string }{
		{"await api.echo(1, () => 0)", "argument 2 of api.echo is a function"},
		{"await api.echo({ a: { b: [1, NaN] } })", "argument 1 of api.echo.a.b[1] is NaN"},
		{"await api.echo(1 / 0)", "Infinity"},
		{"await api.echo(10n)", "bigint"},
		{"await api.echo(Symbol('x'))", "symbol"},
		{"const a: any = []; a.push(a); await api.echo(a)", "argument 1 of api.echo[0] contains itself"},
		{"let a: any = {}; for (let i = 0; i < 100; i++) a = { a }; await api.echo(a)", "64 deep"},
		{"await api.echo(api.echo(1))", "put await before it"},
		{"await api.echo(new Map())", "neither a plain object nor a list"},
		{"await api.echo(new Date(NaN))", "invalid date"},
		{"return () => 0", inside + " is a function"},
		{"return t`${m}`", "value 1 in t`…` is an object (mail)"},
		{"return t`${{}}`", "use one of its fields"},
		{"return t`${() => 0}`", "is a function"},
		{"return join('abc' as any)", "join wants a list"},
		{"await (api as any).ecko(1)", "api.ecko does not exist; did you mean api.echo?"},
		{"await (api as any).somethingElse(1)", "api has"},
		{"(dates as any).tomorow()", "dates.tomorow does not exist"},
	}
	for _, tt := range tests {
		t.Run(tt.source, func(t *testing.T) {
			o := w.run(t, tt.source)
			wantError(t, o, agents.CodeScript, "TypeError", tt.want)
			if o.line != 1 && !strings.HasPrefix(tt.want, inside) {
				t.Errorf("line %d, want 1", o.line)
			}
		})
	}
}
