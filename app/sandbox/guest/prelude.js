// The prelude makes the world that a script sees: the functions of the API, its globals, t, join, dates and console. It
// runs before the script and captures every built-in that it needs later, so that a script that patches prototypes only
// fools itself: what is a handle or an object of the host is decided by two private WeakMaps. (The host checks ids anyway.)
(function (host, init) {
  "use strict";

  const { ownKeys, getPrototypeOf, getOwnPropertyDescriptor } = Reflect;
  const { freeze, defineProperty } = Object;
  const uncurry = Function.prototype.bind.bind(Function.prototype.call);
  const { isArray } = Array;
  const { parse, stringify } = JSON;
  const ObjectPrototype = Object.prototype;
  const hasOwn = uncurry(ObjectPrototype.hasOwnProperty);
  const WeakGet = uncurry(WeakMap.prototype.get);
  const WeakSet_ = uncurry(WeakMap.prototype.set);
  const then = uncurry(Promise.prototype.then);
  const dateTime = uncurry(Date.prototype.getTime);
  const slice = uncurry(String.prototype.slice);
  const symbolText = uncurry(Symbol.prototype.toString);
  const [P, D, E, T] = [Promise, Date, Error, TypeError];
  const ProxyOf = Proxy;
  const { isConcatSpreadable } = Symbol;
  const quote = (s) => stringify(s); // of a string: asks no toJSON

  const handles = new WeakMap(); // handle → its JSON, {"$h":ID} or {"$t":[…]}
  const objects = new WeakMap(); // object of the host → its JSON, {"$o":ID}
  const kinds = new WeakMap(); // object of the host → its kind
  const failures = new WeakMap(); // error of a delivery → the call's number

  const fixed = (o, key, v) => defineProperty(o, key, { __proto__: null, value: v, enumerable: true });
  const isObject = (v) => (typeof v === "object" && v !== null) || typeof v === "function";

  // ---- Handles ----

  const advice = "this text came from outside; pass it on as it is (t`…`, join, or as an argument), or reveal() it and the script will need approval to send";
  const refuse = (what) => () => {
    throw new T(`${what}: ${advice}`);
  };
  const outside = {
    __proto__: null,
    get(_, key) {
      // Asked by await and by concat of any value: neither looks inside.
      if (key === "then" || key === isConcatSpreadable) return undefined;
      if (typeof key === "symbol" || key === "toString" || key === "valueOf" || key === "toJSON") {
        throw new T(`a handle cannot become a string or a number: ${advice}`);
      }
      throw new T(`a handle has no .${key}: ${advice}`);
    },
    set: refuse("a handle cannot be changed"),
    has: refuse("a handle has no properties"),
    deleteProperty: refuse("a handle cannot be changed"),
    defineProperty: refuse("a handle cannot be changed"),
    ownKeys: refuse("a handle has no properties"),
    getOwnPropertyDescriptor: refuse("a handle has no properties"),
    setPrototypeOf: refuse("a handle cannot be changed"),
    getPrototypeOf: () => null,
  };
  const nothing = freeze({ __proto__: null });
  const handle = (json) => {
    const h = new ProxyOf(nothing, outside);
    WeakSet_(handles, h, json);
    return h;
  };

  // ---- Values from the host ----

  const decode = (v, freezing) => {
    if (typeof v !== "object" || v === null) return v;
    if (!isArray(v)) {
      if (hasOwn(v, "$h")) return handle(`{"$h":${quote(v.$h)}}`);
      if (hasOwn(v, "$d")) return new D(v.$d);
      if (hasOwn(v, "$o")) {
        const o = decode(hasOwn(v, "f") ? v.f : {}, true);
        WeakSet_(objects, o, `{"$o":${quote(v.$o)}}`);
        WeakSet_(kinds, o, hasOwn(v, "k") ? v.k : "object");
        return o;
      }
    }
    const keys = ownKeys(v);
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i];
      if (typeof v[key] === "object" && v[key] !== null) v[key] = decode(v[key], freezing);
    }
    return freezing ? freeze(v) : v;
  };

  // ---- Values to the host ----

  const called = (v) => (v === null ? "null" : typeof v === "object" ? `an object${WeakGet(kinds, v) ? ` (${WeakGet(kinds, v)})` : ""}` : `a ${typeof v}`);
  const dateOf = (v) => {
    try {
      return dateTime(v);
    } catch {
      return undefined;
    }
  };
  const maxDepth = 64;

  const unfit = new WeakMap(); // errors made here, which belong to the line that made the call
  const bad = (message) => {
    const e = new T(message);
    WeakSet_(unfit, e, true);
    return e;
  };

  const encodeNumber = (v, path) => {
    if (v !== v || v === Infinity || v === -Infinity) throw bad(`${path} is ${v}, which is not a number that can be passed on`);
    return "" + v;
  };

  const encode = (v, path, up, depth) => {
    switch (typeof v) {
      case "string":
        return quote(v);
      case "boolean":
        return v ? "true" : "false";
      case "number":
        return encodeNumber(v, path);
      case "undefined":
        return "null";
      case "object":
        if (v === null) return "null";
        return WeakGet(handles, v) || WeakGet(objects, v) || encodeObject(v, path, up, depth);
      default:
        throw bad(`${path} is a ${typeof v}, which cannot be passed on`);
    }
  };

  const encodeObject = (v, path, up, depth) => {
    for (let a = up; a; a = a.up) if (a.value === v) throw bad(`${path} contains itself`);
    if (depth >= maxDepth) throw bad(`${path} is nested more than ${maxDepth} deep`);
    const here = { __proto__: null, value: v, up };
    if (isArray(v)) {
      let s = "[";
      for (let i = 0; i < v.length; i++) s += (i ? "," : "") + encode(v[i], `${path}[${i}]`, here, depth + 1);
      return s + "]";
    }
    const proto = getPrototypeOf(v);
    if (proto !== ObjectPrototype && proto !== null) return encodeOther(v, path);
    let s = "";
    const keys = ownKeys(v);
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i];
      if (typeof key === "symbol") continue;
      const d = getOwnPropertyDescriptor(v, key);
      if (!d || !d.enumerable) continue;
      if (key[0] === "$") throw bad(`${path} has a field "${key}"; names that begin with $ are the host's`);
      const field = v[key];
      if (field === undefined) continue;
      s += (s && ",") + quote(key) + ":" + encode(field, `${path}.${key}`, here, depth + 1);
    }
    return `{${s}}`;
  };

  const encodeOther = (v, path) => {
    const ms = dateOf(v);
    if (ms === undefined) {
      throw bad(`${path} is neither a plain object nor a list; if it is a promise, put await before it`);
    }
    if (ms !== ms) throw bad(`${path} is an invalid date`);
    return `{"$d":${ms}}`;
  };

  // ---- Calls ----

  const pending = { __proto__: null }; // number of the call → how to settle its promise
  let issued = 0;

  const setStack = (e, stack) => defineProperty(e, "stack", { __proto__: null, value: stack, configurable: true, writable: true });

  const invoke = (name, args) =>
    new P((resolve, reject) => {
      let n = args.length;
      while (n > 0 && args[n - 1] === undefined) n--;
      const stack = new E().stack;
      let json = "[";
      try {
        for (let i = 0; i < n; i++) json += (i ? "," : "") + encode(args[i], `argument ${i + 1} of ${name}`, undefined, 0);
      } catch (e) {
        if (isObject(e) && WeakGet(unfit, e)) setStack(e, stack);
        throw e;
      }
      host("call", name, json + "]", stack);
      pending[++issued] = { __proto__: null, resolve, reject, stack };
    });

  const settle = (seq, json, error) => {
    const p = pending[seq];
    delete pending[seq];
    if (error === "") return p.resolve(decode(parse(json), false));
    const { code, message, hint } = parse(error);
    const e = new E(hint ? `${message} (${hint})` : message);
    fixed(e, "code", code);
    // The error belongs to the line that made the call, not to the delivery.
    setStack(e, p.stack);
    WeakSet_(failures, e, +seq);
    p.reject(e);
  };

  // ---- Names ----

  const distance = (a, b) => {
    let row = [];
    for (let j = 0; j <= b.length; j++) row[j] = j;
    for (let i = 1; i <= a.length; i++) {
      const next = [i];
      for (let j = 1; j <= b.length; j++) {
        const cost = a[i - 1].toLowerCase() === b[j - 1].toLowerCase() ? 0 : 1;
        next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + cost);
      }
      row = next;
    }
    return row[b.length];
  };
  const unknownMember = (space, key, members) => {
    let best = "";
    let least = 1 + key.length / 2;
    for (const m of members) {
      const d = distance(key, m);
      if (d < least) [best, least] = [m, d];
    }
    const has = best ? `did you mean ${space}.${best}?` : `${space} has ${members.join(", ")}`;
    return `${space}.${key} does not exist; ${has}`;
  };
  const namespace = (name, members) => {
    const names = Object.keys(members);
    const target = freeze(Object.assign({ __proto__: null }, members));
    const fail = () => {
      throw new T(`${name} cannot be changed`);
    };
    return new ProxyOf(target, {
      __proto__: null,
      get(o, key) {
        if (typeof key === "symbol" || key === "then" || key === "toJSON" || hasOwn(o, key)) return o[key];
        throw new T(unknownMember(name, key, names));
      },
      set: fail,
      defineProperty: fail,
      deleteProperty: fail,
    });
  };

  // ---- Texts ----

  // A text under construction: plain so far, or the JSON of parts as soon as one came from outside.
  const compose = () => {
    let plain = "";
    let parts = "";
    let composed = false;
    const add = (json) => {
      parts += (parts && ",") + json;
    };
    return {
      __proto__: null,
      text(s) {
        plain += s;
      },
      handle(json) {
        if (plain !== "") add(quote(plain));
        plain = "";
        // The parts of a composed text stand beside the others: a text that grows in a loop must not grow in depth.
        add(slice(json, 0, 7) === '{"$t":[' ? slice(json, 7, -2) : json);
        composed = true;
      },
      value() {
        if (!composed) return plain;
        if (plain !== "") add(quote(plain));
        return handle(`{"$t":[${parts}]}`);
      },
    };
  };

  const addPart = (text, v, where, depth) => {
    if (v === null || v === undefined) return;
    if (typeof v !== "object") {
      if (typeof v === "function" || typeof v === "symbol") throw new T(`${where} is a ${typeof v}`);
      return text.text("" + v);
    }
    const json = WeakGet(handles, v);
    if (json) return text.handle(json);
    if (isArray(v) && depth < maxDepth) {
      for (let i = 0; i < v.length; i++) {
        if (i) text.text(", ");
        addPart(text, v[i], where, depth + 1);
      }
      return;
    }
    const ms = dateOf(v);
    if (ms === undefined) throw new T(`${where} is ${called(v)}, not a text; use one of its fields`);
    text.text(format(v));
  };

  const t = (strings, ...parts) => {
    if (!isArray(strings)) throw new T("t is written before a template: t`…`");
    const text = compose();
    for (let i = 0; i < strings.length; i++) {
      addPart(text, strings[i], "a piece of t`…`", 0);
      if (i < parts.length) addPart(text, parts[i], `value ${i + 1} in t\`…\``, 0);
    }
    return text.value();
  };

  const join = (items, separator = ", ") => {
    if (!isArray(items)) throw new T(`join wants a list, not ${called(items)}`);
    const text = compose();
    for (let i = 0; i < items.length; i++) {
      if (i) addPart(text, separator, "the separator of join", 0);
      addPart(text, items[i], `item ${i + 1} of join`, 0);
    }
    return text.value();
  };

  // ---- The console ----

  const show = (v, depth) => {
    if (typeof v === "string") return depth ? quote(v) : v;
    if (typeof v === "symbol") return symbolText(v);
    if (typeof v === "function") return "[function]";
    if (typeof v !== "object" || v === null) return "" + v;
    if (WeakGet(handles, v)) {
      if (depth) return "‹text from outside›";
      throw new T(`a handle cannot be logged: ${advice}`);
    }
    const ms = dateOf(v);
    if (ms !== undefined) return format(v);
    if (v instanceof E) return `${v.name}: ${v.message}`;
    if (depth > 3) return isArray(v) ? "[…]" : "{…}";
    const list = isArray(v);
    const keys = ownKeys(v);
    let s = "";
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i];
      if (typeof key === "symbol" || (list && key === "length")) continue;
      s += (s && ", ") + (list ? "" : key + ": ") + show(v[key], depth + 1);
    }
    return list ? `[${s}]` : `{${s}}`;
  };
  const logger = (level) => (...args) => {
    let s = "";
    for (let i = 0; i < args.length; i++) s += (i ? " " : "") + show(args[i], 0);
    host("log", level, s);
  };

  /*DATES*/

  // ---- The world ----

  const lock = (o, key, v) => defineProperty(o, key, { __proto__: null, value: v, enumerable: false, writable: false, configurable: false });
  const world = (name, v) => lock(globalThis, name, v);

  const refuseCode = function () {
    throw new T("a script cannot make code out of text: eval and Function are switched off");
  };
  const lockFunctions = () => {
    const prototypes = [Function.prototype, getPrototypeOf(async function () {}), getPrototypeOf(function* () {}), getPrototypeOf(async function* () {})];
    for (const p of prototypes) lock(p, "constructor", refuseCode);
    lock(refuseCode, "prototype", Function.prototype);
    freeze(refuseCode);
    for (const name of ["eval", "Function"]) world(name, refuseCode);
    // The engine makes template literals with it, ours as well.
    lock(String.prototype, "concat", String.prototype.concat);
    // A hook into stack traces would be handed the prelude's own functions.
    for (const name of ["prepareStackTrace", "captureStackTrace", "stackTraceLimit"]) delete Error[name];
    for (const name of ["performance", "navigator", "WeakRef", "FinalizationRegistry", "DOMException", "print", "gc"]) delete globalThis[name];
  };

  // sfc32: small, fast, and the same in every engine, so that a recorded seed keeps its meaning.
  const seedRandom = ([a, b, c, d]) => {
    const next = () => {
      const sum = (((a + b) | 0) + d) | 0;
      d = (d + 1) | 0;
      a = b ^ (b >>> 9);
      b = (c + (c << 3)) | 0;
      c = ((c << 21) | (c >>> 11)) + sum | 0;
      return sum >>> 0;
    };
    for (let i = 0; i < 12; i++) next();
    const random = () => ((next() >>> 5) * 67108864 + (next() >>> 6)) / 9007199254740992;
    lock(Math, "random", freeze(random));
  };

  const build = (settings) => {
    lockFunctions();
    seedRandom(settings.seed);
    const spaces = {};
    for (const name of settings.functions) {
      const f = (...args) => invoke(name, args);
      defineProperty(f, "name", { __proto__: null, value: name });
      freeze(f);
      const dot = name.indexOf(".");
      if (dot < 0) world(name, f);
      else (spaces[name.slice(0, dot)] ||= {})[name.slice(dot + 1)] = f;
    }
    for (const name of Object.keys(spaces)) world(name, namespace(name, spaces[name]));
    for (const name of Object.keys(settings.globals)) world(name, decode(settings.globals[name], true));
    world("t", freeze(t));
    world("join", freeze(join));
    world("dates", namespace("dates", dates));
    const levels = {};
    for (const level of ["log", "info", "warn", "error", "debug"]) levels[level] = freeze(logger(level));
    world("console", namespace("console", levels));
  };

  // ---- The end ----

  const clip = (v) => slice("" + v, 0, 16000);
  const describe = (e) => {
    let name = "Error";
    let message = "";
    let stack = "";
    try {
      if (typeof e === "symbol") message = "the script threw a symbol";
      else if (!isObject(e)) message = clip(e);
      else if (WeakGet(handles, e)) message = "the script threw a text from outside";
      else {
        message = clip(e.message ?? "");
        stack = clip(e.stack ?? "");
        name = clip(e.name ?? "Error");
      }
    } catch {
      message = "the script threw something that cannot be shown";
    }
    const seq = isObject(e) ? WeakGet(failures, e) || 0 : 0;
    return `{"name":${quote(name)},"message":${quote(message)},"stack":${quote(stack)},"seq":${seq}}`;
  };
  const fail = (e) => host("failed", describe(e));
  const finish = (v) => {
    let json;
    try {
      json = encode(v, "the script's result", undefined, 0);
    } catch (e) {
      return fail(e);
    }
    host("done", json);
  };

  const lost = new Map(); // promise that was rejected and is not handled → reason
  const [lostSet, lostDelete, lostEach] = [uncurry(Map.prototype.set), uncurry(Map.prototype.delete), uncurry(Map.prototype.forEach)];
  const track = (promise, reason, handled) => (handled ? lostDelete(lost, promise) : lostSet(lost, promise, reason));
  const firstLost = () => {
    let text = "";
    lostEach(lost, (reason) => {
      if (text === "") text = describe(reason);
    });
    return text;
  };

  build(parse(init));
  return { __proto__: null, watch: (promise) => void then(promise, finish, fail), settle, fail, track, firstLost };
})
