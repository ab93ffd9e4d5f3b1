package sandbox_test

import (
	"testing"
)

// peek puts a spy in the place of every built-in function and on every name that the prelude may ask a plain object for,
// has the prelude do all of its work, and gives what the spies were shown of it.
const peek = `
const shown: string[] = [];
const busy = { now: false };
const push = Array.prototype.push, call = Function.prototype.call, apply = Reflect.apply, text = String;
const look = (where: string, v: any, depth = 0) => {
	if (busy.now || depth > 2) return;
	busy.now = true;
	try {
		if (typeof v === "string" && (v.includes("$h") || v.includes("secret") || v.includes("$o"))) shown[shown.length] = where + ": " + v;
	} finally { busy.now = false }
	if (typeof v === "object" && v !== null && v !== h && v !== m.subject) {
		let names: any[] = [];
		busy.now = true;
		try { names = Object.getOwnPropertyNames(v) } catch { } finally { busy.now = false }
		for (let i = 0; i < names.length && i < 20; i++) {
			look(where, names[i], 9);
			let inner: any;
			busy.now = true;
			try { inner = v[names[i]] } catch { } finally { busy.now = false }
			look(where + "." + names[i], inner, depth + 1);
		}
	}
};
const { getOwnPropertyNames, getOwnPropertyDescriptor, defineProperty } = Object;
const spy = (o: any, where: string) => {
	const names = getOwnPropertyNames(o);
	for (let i = 0; i < names.length; i++) {
		const d = getOwnPropertyDescriptor(o, names[i])!;
		if (typeof d.value !== "function" || !d.configurable || names[i] === "constructor") continue;
		const real = d.value, name = where + "." + names[i];
		try {
			defineProperty(o, names[i], { __proto__: null, configurable: true, writable: true, value: function (this: any, ...args: any[]) {
				if (!busy.now) {
					look(name, this);
					for (let j = 0; j < args.length; j++) look(name, args[j]);
				}
				return new.target ? Reflect.construct(real, args) : apply(real, this, args);
			} } as any);
		} catch { }
	}
};
const construct = Reflect.construct;
const roots: any[] = [Object, Array, String, JSON, Reflect, Promise, WeakMap, Map, Date, Error, Math, Symbol, Proxy, Number, RegExp, Function];
for (let i = 0; i < roots.length; i++) {
	if (roots[i].prototype) spy(roots[i].prototype, text(roots[i].name) + ".prototype");
	if (roots[i] !== Reflect) spy(roots[i], text(roots[i].name || i));
}
const keys = ["$h", "$o", "$d", "$t", "k", "f", "then", "toJSON", "get", "set", "value", "resolve", "reject", "stack", "up", "code", "hint", "message", "n", "0", "1", "2", "writable", "enumerable"];
for (let i = 0; i < keys.length; i++) {
	for (const [name, o] of [["Object", Object.prototype], ["Array", Array.prototype], ["String", String.prototype], ["Promise", Promise.prototype]] as any) {
		if (getOwnPropertyDescriptor(o, keys[i])) continue;
		defineProperty(o, keys[i], { __proto__: null, configurable: true,
			get() { look(name + " get " + keys[i], this); return undefined },
			set(v) { look(name + " set " + keys[i], this); look(name + " set " + keys[i], v); defineProperty(this, keys[i], { __proto__: null, value: v, writable: true, configurable: true, enumerable: true } as any) } } as any);
	}
}
(Error as any).prepareStackTrace = (e: any, frames: any) => { look("frames", frames); return "stack" };
`

// TestPeeking has a script listen at every built-in. What it hears must be nothing that the prelude knows of handles.
func TestPeeking(t *testing.T) {
	w := world{functions: apiEcho, globals: map[string]string{"h": `{"$h":"secret"}`, "m": `{"$o":"secret-m","k":"mail","f":{"subject":{"$h":"secret-s"}}}`}}
	work := peek + `
await api.echo(h);
await api.echo([m, { a: h, d: new Date(5) }]);
await api.echo(t` + "`a${h}b${m.subject}`" + `);
const list: any = await Promise.all([api.echo({ x: join([h, "x", null, 3]) }), api.echo(1)]);
try { await api.fail() } catch (e) { look("error", e); look("error", (e as any).stack) }
try { console.log({ h, m, list }) } catch { }
try { (api as any).ecko(h) } catch (e) { look("unknown", (e as any).message) }
try { await api.echo({ a: () => h }) } catch (e) { look("unfit", (e as any).message) }
try { h + "" } catch (e) { look("coerced", (e as any).message); look("coerced", (e as any).stack) }
dates.format(dates.add(dates.today(), 1, "day"));
return shown.length === 0 ? "nothing" : shown.slice(0, 5);
`
	if o := w.run(t, work); o.value != `"nothing"` {
		t.Errorf("value %s, error %v", o.value, o.err)
	}
	// The spies do hear what there is to hear.
	if o := w.run(t, peek+`JSON.parse('{"$h":"x"}'); "secret".slice(1); return shown.length > 1`); o.value != "true" {
		t.Errorf("the spies are deaf: value %s, error %v", o.value, o.err)
	}
}
