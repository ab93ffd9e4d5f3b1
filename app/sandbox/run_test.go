package sandbox_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/sandbox"
)

// TestRuns are scripts as they should be, and their results.
func TestRuns(t *testing.T) {
	w := world{functions: map[string]func([]any) (any, error){
		"api.echo": echo, "ask": echo, "api.sum": func(a []any) (any, error) { return len(a), nil },
	}, globals: map[string]string{"params": `{"days":3,"names":["a"]}`}}
	tests := []struct{ name, source, want string }{
		{"types go", "interface A { b: number }\nconst a: A = { b: 1 } satisfies A;\nenum E { X = 5 }\nreturn a.b + E.X", "6"},
		{"parallel", "return await Promise.all([1, 2, 3].map((n) => api.echo(n)))", "[1,2,3]"},
		{"global function", "return await ask('x')", `"x"`},
		{"params", "return params.days + params.names.length", "4"},
		{"missing arguments at the end", "return await api.sum(1, undefined, 2, undefined, undefined)", "3"},
		{"result of undefined", "return await api.echo()", "null"},
		{"calls that nobody awaits are made before the end", "api.echo(1); api.echo(2); return 'done'", `"done"`},
		{"caught", "try { await api.nothing() } catch (e) { return e.message }", `"api.nothing does not exist; api has echo, sum"`},
		{"shadowing", "const t = 1, dates = 2; { const api = { echo: (x: number) => x }; return api.echo(t + dates) }", "3"},
		{"newer language", "class A { #x = 1; static y = 2; get x() { return this.#x } }\nreturn [new A().x, A.y, [3, 1].toSorted()[0], Object.groupBy([1], () => 'k').k.length, 'a'.at(-1), 1_000 ?? 2]", `[1,2,1,1,"a",1000]`},
		{"a comment at the end", "return 1 // one", "1"},
		{"await at the top", "for await (const x of [api.echo(1)]) return x", "1"},
	}
	slices.SortFunc(tests, func(a, b struct{ name, source, want string }) int { return strings.Compare(a.name, b.name) })
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := w.run(t, tt.source)
			got := strings.ReplaceAll(o.value, "api has sum, echo", "api has echo, sum")
			if got != tt.want {
				t.Errorf("value %s, want %s; error %v", o.value, tt.want, o.err)
			}
		})
	}
}

func TestErrorsNameTheLine(t *testing.T) {
	w := world{functions: apiEcho}
	tests := []struct {
		name, source string
		code         string
		line         int
		want         string
	}{
		{"thrown", "const a = 1;\n\nthrow new Error('no ' + a);", agents.CodeScript, 3, "line 3: no 1"},
		{"first line", "null!.x;", agents.CodeScript, 1, "line 1: TypeError"},
		{"after types that vanish", "interface A {\n  b: number\n}\ntype B = {\n  c: string\n};\nconst a: A = null as any;\nreturn a.b;", agents.CodeScript, 8, "line 8"},
		{"in a function", "function f(x: any) {\n  return x.y.z;\n}\nreturn f({});", agents.CodeScript, 2, "line 2"},
		{"after await", "await api.echo(1);\nawait api.echo(2);\nthrow new RangeError('far');", agents.CodeScript, 3, "RangeError: far"},
		{"of a call", "await api.echo(1);\n\nawait api.fail();", agents.CodeUnavailable, 3, "line 3: the server is away"},
		{"of a call in parallel", "await Promise.all([\n  api.echo(1),\n  api.fail(),\n]);", agents.CodeUnavailable, 3, "try later"},
		{"of a call nobody awaits", "api.echo(1);\napi.fail();\nreturn 1;", agents.CodeUnavailable, 2, "the server is away"},
		{"of an own promise nobody awaits", "(async () => {\n  throw new Error('lost');\n})();\nreturn 1;", agents.CodeScript, 2, "lost"},
		{"undeclared", "\nfetch('http://example.com');", agents.CodeScript, 2, "no network of their own"},
		{"a string", "throw 'just words'", agents.CodeScript, 0, "just words"},
		{"a handle", "throw t`${api}`", agents.CodeScript, 1, "value 1"},
		{"what cannot be shown", "throw { get message() { throw 1 } }", agents.CodeScript, 0, "cannot be shown"},
		{"control characters", "throw new Error('a\\u001b[31m\\u202eb\\nc')", agents.CodeScript, 1, "a[31mb c"},
		{"forged code", "throw Object.assign(new Error('x'), { code: 'cancelled' })", agents.CodeScript, 1, "x"},
		{"recursion", "\nconst f = (): any => f();\nf();", agents.CodeLimit, 0, "line 2"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := w.run(t, tt.source)
			wantError(t, o, tt.code, tt.want)
			if o.line != tt.line {
				t.Errorf("line %d, want %d", o.line, tt.line)
			}
		})
	}
	t.Run("name", func(t *testing.T) {
		s, err := box()
		if err != nil {
			t.Fatal(err)
		}
		p := w.program(t, "throw new Error('x')")
		p.Name = "daily-briefing"
		c, err := s.Start(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		wantError(t, w.serve(t.Context(), c), agents.CodeScript, "daily-briefing, line 1: x")
	})
}

func TestDeliveredErrorCanBeCaught(t *testing.T) {
	o := world{functions: apiEcho}.run(t, "try { await api.fail() } catch (e) { return [e.message, e.code, e instanceof Error] }")
	if o.value != `["the server is away (try later)","unavailable",true]` {
		t.Error(o.value, o.err)
	}
}

func TestConsole(t *testing.T) {
	w := world{functions: apiEcho, globals: map[string]string{"m": `{"$o":"m","k":"mail","f":{"id":"m","subject":{"$h":"s"}}}`}}
	o := w.run(t, "console.log('a', 1, null, undefined, true, [1, 'b', { c: 2 }], new Date(0), new TypeError('x'), () => 0, Symbol('s'));\nconsole.warn(m);\nconsole.error('\\ud800');\nlet c: any = {}; c.c = c; console.log(c);")
	want := []string{"a 1 null undefined true [1, \"b\", {c: 2}] 1970-01-01 00:00 TypeError: x [function] Symbol(s)", `{id: "m", subject: ‹text from outside›}`, "\uFFFD", "{c: {c: {c: {c: {…}}}}}"}
	for i, w := range want {
		if i >= len(o.logs) || !strings.HasPrefix(o.logs[i], w) {
			t.Errorf("log %d: %q, want %q; %v", i, o.logs, w, o.err)
		}
	}
}

// TestClock has no time pass but by deliveries, and no chance but by the seed.
func TestClock(t *testing.T) {
	w := world{functions: apiEcho, seed: 7}
	source := `
		const all: any[] = [Date.now(), +new Date(), +dates.now()];
		for (let i = 0; i < 1e5; i++);
		all.push(Date.now());
		await api.echo(1);
		all.push(Date.now(), Math.random(), Math.random());
		return all;`
	o := w.run(t, source)
	start := epoch.UnixMilli()
	prefix := fmt.Sprintf("[%d,%d,%d,%d,%d,0.", start, start, start, start, start+60000)
	if !strings.HasPrefix(o.value, prefix) {
		t.Errorf("%s, want %s…; %v", o.value, prefix, o.err)
	}
	if again := w.run(t, source); again.value != o.value {
		t.Errorf("the same seed gave %s and %s", o.value, again.value)
	}
	w.seed = 8
	if other := w.run(t, source); other.value == o.value {
		t.Errorf("another seed gave the same: %s", o.value)
	}
}

// TestDeterminism runs the same program with the same deliveries twice and compares all that it did.
func TestDeterminism(t *testing.T) {
	source := `
		const out: any[] = [];
		const one = async (n: number) => {
			for (let i = 0; i < 3; i++) { out.push([n, i, await api.echo(n * i + Math.random()), Date.now()]); console.log(n, i) }
		};
		await Promise.race([one(1), one(2)]);
		await Promise.allSettled([one(3), api.fail(), one(4), ...Array.from({ length: 20 }, (_, i) => api.echo({ i, r: Math.random() }))]);
		const m = new Map(Object.entries({ b: 1, a: 2 }));
		return [out, [...m], new Error("x").stack, String(new Date()), [3, 1, 2].sort(() => Math.random() - 0.5)];`
	for _, last := range []bool{false, true} {
		w := world{functions: apiEcho, seed: 42, last: last, zone: berlin(t)}
		a, b := w.run(t, source), w.run(t, source)
		if a.err != nil {
			t.Fatal(a.err)
		}
		if len(a.events) < 50 || !slices.Equal(a.events, b.events) {
			t.Errorf("latest first %v: two runs differ:\n%s\n%s", last, strings.Join(a.events, "\n"), strings.Join(b.events, "\n"))
		}
	}
}

// TestOneDeliveryAtATime makes sure that a script sees results in the order of delivery, not of issue.
func TestOneDeliveryAtATime(t *testing.T) {
	source := "const order: number[] = []; await Promise.all([1, 2, 3].map(async (n) => { await api.echo(n); order.push(n) })); return order"
	w := world{functions: apiEcho, last: true}
	if o := w.run(t, source); o.value != "[3,2,1]" {
		t.Error(o.value, o.err)
	}
}

func berlin(t testing.TB) *time.Location {
	t.Helper()
	return zone(t, "Europe/Berlin")
}

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Skipf("no time zones here: %v", err)
	}
	return z
}

func TestDates(t *testing.T) {
	tests := []struct{ zone, source, want string }{
		// epoch is Sunday, 2026-11-22 09:05 UTC.
		{"Europe/Berlin", "dates.format(dates.now())", "2026-11-22 10:05"},
		{"Europe/Berlin", "dates.format(dates.today())", "2026-11-22 00:00"},
		{"Asia/Taipei", "dates.format(dates.now(), 'time')", "17:05"},
		{"America/New_York", "dates.format(dates.now(), 'date')", "2026-11-22"},
		{"UTC", "dates.format(dates.now(), 'weekday')", "Sunday"},
		{"Pacific/Auckland", "dates.format(dates.today(), 'weekday')", "Sunday"},
		{"Europe/Berlin", "dates.format(dates.startOf('week'))", "2026-11-16 00:00"},
		{"Europe/Berlin", "dates.format(dates.startOf('week', dates.add(dates.today(), 1, 'day')))", "2026-11-23 00:00"},
		{"Europe/Berlin", "dates.format(dates.startOf('month'))", "2026-11-01 00:00"},
		{"Europe/Berlin", "dates.format(dates.startOf('year'))", "2026-01-01 00:00"},
		{"Europe/Berlin", "dates.format(dates.add(dates.startOf('year'), 6, 'months'))", "2026-07-01 00:00"},
		{"Europe/Berlin", "dates.format(dates.add(new Date(2026, 0, 31), 1, 'month'))", "2026-02-28 00:00"},
		{"Europe/Berlin", "dates.format(dates.add(new Date(2028, 1, 29), -1, 'year'))", "2027-02-28 00:00"},
		{"Europe/Berlin", "dates.format(dates.add(new Date(2026, 0, 31), -2, 'months'))", "2025-11-30 00:00"},
		{"Europe/Berlin", "dates.format(dates.add(new Date(2026, 2, 28, 12), 1, 'day'))", "2026-03-29 12:00"},      // clocks go forward
		{"Europe/Berlin", "dates.format(dates.add(new Date(2026, 2, 28, 12), 24, 'hours'))", "2026-03-29 13:00"},   // 24 real hours
		{"Europe/Berlin", "dates.format(dates.add(new Date(2026, 2, 28, 2, 30), 1, 'day'))", "2026-03-29 03:30"},   // 02:30 does not exist
		{"Europe/Berlin", "dates.format(dates.startOf('day', new Date(2026, 9, 25, 20)))", "2026-10-25 00:00"},     // a day of 25 hours
		{"America/Sao_Paulo", "dates.format(dates.startOf('day', new Date(2017, 9, 15, 20)))", "2017-10-15 01:00"}, // midnight does not exist
		{"Europe/Berlin", "dates.format(dates.next('Monday'))", "2026-11-23 00:00"},
		{"Europe/Berlin", "dates.format(dates.next('sunday', '09:00'))", "2026-11-29 09:00"},
		{"Europe/Berlin", "dates.format(dates.next('sun', '11:00'))", "2026-11-22 11:00"},
		{"Europe/Berlin", "dates.daysBetween(dates.today(), dates.add(dates.today(), 40, 'days'))", "40"},
		{"Europe/Berlin", "dates.daysBetween(new Date(2026, 2, 28, 23), new Date(2026, 2, 29, 1))", "1"},
		{"Europe/Berlin", "dates.daysBetween(new Date(2026, 2, 29, 1), new Date(2026, 2, 28, 23))", "-1"},
		{"Europe/Berlin", "new Date(2026, 6, 1, 8).getHours()", "8"},
		{"Europe/Berlin", "new Date(2026, 6, 1, 8).toISOString()", "2026-07-01T06:00:00.000Z"},
		{"Asia/Kolkata", "new Date(2026, 6, 1, 8).getTimezoneOffset()", "-330"},
		{"America/New_York", "new Date(2026, 0, 1).toISOString()", "2026-01-01T05:00:00.000Z"},
		{"UTC", "dates.format(dates.add(dates.now(), 90, 'minutes'))", "2026-11-22 10:35"},
		{"UTC", "(() => { try { return dates.add(dates.now(), 1, 'fortnight') } catch (e) { return e.message } })()", "dates.add does not know the unit \"fortnight\"; it knows minute, hour, day, week, month, year"},
		{"UTC", "(() => { try { return dates.next('someday') } catch (e) { return e.message } })()", "dates.next wants a weekday, such as \"Monday\""},
		{"UTC", "(() => { try { return dates.format('2026-01-01') } catch (e) { return e.message } })()", "dates.format wants a valid Date, not a string"},
	}
	byZone := map[string][]int{}
	for i, tt := range tests {
		byZone[tt.zone] = append(byZone[tt.zone], i)
	}
	for name, rows := range byZone {
		w := world{zone: zone(t, name)}
		var b strings.Builder
		b.WriteString("const out: string[] = [];\n")
		for _, i := range rows {
			b.WriteString("out.push(String(" + tests[i].source + "));\n")
		}
		o := w.run(t, b.String()+"return t`${out.join('|')}`")
		got := strings.Split(strings.ReplaceAll(strings.Trim(o.value, `"`), `\"`, `"`), "|")
		for n, i := range rows {
			if n >= len(got) || got[n] != tests[i].want {
				t.Errorf("%s: %s: %q, want %q (%v)", name, tests[i].source, got, tests[i].want, o.err)
			}
		}
	}
}

// TestZoneAgainstGo compares the engine's idea of the zone with Go's, through the years.
func TestZoneAgainstGo(t *testing.T) {
	for _, name := range []string{"Europe/Berlin", "America/New_York", "Asia/Taipei", "Australia/Lord_Howe", "Pacific/Apia"} {
		z := zone(t, name)
		var source, want strings.Builder
		source.WriteString("const out: string[] = [];\n")
		for at := time.Date(1975, 1, 3, 1, 30, 0, 0, time.UTC); at.Year() < 2050; at = at.Add(1777 * time.Hour) {
			fmt.Fprintf(&source, "out.push(dates.format(new Date(%d)));\n", at.UnixMilli())
			want.WriteString(at.In(z).Format("2006-01-02 15:04") + ",")
		}
		o := world{zone: z}.run(t, source.String()+"return out.join(',') + ','")
		if o.value != `"`+want.String()+`"` {
			t.Errorf("%s: %v\n%s\n%s", name, o.err, o.value, want.String())
		}
	}
}

func TestLevel(t *testing.T) {
	s, err := box()
	if err != nil {
		t.Fatal(err)
	}
	c, err := s.Start(t.Context(), world{}.program(t, "return 1"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.Next(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Log(c.Level())
	if l := c.Level(); l.OS == "linux" && (!l.Seccomp || !l.Rlimits) {
		t.Errorf("level %+v", l)
	}
}

// TestUse are mistakes of the caller, which must not hang or confuse the child.
func TestUse(t *testing.T) {
	s, err := box()
	if err != nil {
		t.Fatal(err)
	}
	w := world{functions: apiEcho}
	c, err := s.Start(t.Context(), w.program(t, "const a = api.echo(1), b = api.echo(2); return [await b, await a]"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.Deliver(sandbox.Delivery{Seq: 1}); err == nil {
		t.Error("delivered before idle")
	}
	for range 3 {
		if _, err := c.Next(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := c.Next(t.Context()); agents.CodeOf(err) != agents.CodeInternal {
		t.Errorf("Next of an idle child: %v", err)
	}
	if err := c.Deliver(sandbox.Delivery{Seq: 3, Now: epoch}); err == nil {
		t.Error("delivered what was not asked")
	}
	if err := c.Deliver(sandbox.Delivery{Seq: 2, Now: epoch, Value: []byte("{")}); err == nil {
		t.Error("delivered what is not JSON")
	}
	if err := c.Deliver(sandbox.Delivery{Seq: 2, Now: epoch, Value: []byte(`"b"`)}); err != nil {
		t.Fatal(err)
	}
	if e, err := c.Next(t.Context()); err != nil || e.Kind != sandbox.Idle {
		t.Fatal(e, err)
	}
	if err := c.Deliver(sandbox.Delivery{Seq: 2, Now: epoch}); err == nil {
		t.Error("delivered twice")
	}
	if err := c.Deliver(sandbox.Delivery{Seq: 1, Now: epoch}); err != nil {
		t.Fatal(err)
	}
	e, err := c.Next(t.Context())
	if err != nil || string(e.Value) != `["b",null]` {
		t.Fatal(string(e.Value), err)
	}
	c.Close()
	c.Close()
	if err := c.Deliver(sandbox.Delivery{Seq: 1}); err == nil {
		t.Error("delivered to a closed child")
	}
}

func TestStop(t *testing.T) {
	s, err := box()
	if err != nil {
		t.Fatal(err)
	}
	p := world{functions: apiEcho}.program(t, "await api.echo(1); for (;;);")
	t.Run("close", func(t *testing.T) {
		c, err := s.Start(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		c.Close()
		if _, err := c.Next(t.Context()); agents.CodeOf(err) != agents.CodeCancelled {
			t.Error(err)
		}
	})
	t.Run("context", func(t *testing.T) {
		ctx, cancel := contextWithCause(t)
		c, err := s.Start(ctx, p)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		for range 2 {
			if _, err := c.Next(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if err := c.Deliver(sandbox.Delivery{Seq: 1, Now: epoch}); err != nil {
			t.Fatal(err)
		}
		cancel()
		if _, err := c.Next(t.Context()); !errors.Is(err, ctx.Err()) {
			t.Error(err)
		}
	})
}

func TestBadPrograms(t *testing.T) {
	s, err := box()
	if err != nil {
		t.Fatal(err)
	}
	raw := func(s string) map[string][]byte { return map[string][]byte{"x": []byte(s)} }
	tests := []sandbox.Program{
		{Functions: []string{"Mail.search"}},
		{Functions: []string{"a.b.c"}},
		{Functions: []string{"constructor.x; evil()"}},
		{Functions: []string{"a.b", "a.b"}},
		{Functions: []string{"a", "a.b"}},
		{Functions: []string{"dates.evil"}},
		{Functions: []string{"t"}},
		{Functions: []string{"x.y"}, Globals: globalsOf(raw("1"))},
		{Globals: globalsOf(raw("{"))},
		{Globals: globalsOf(map[string][]byte{"Object": []byte("1")})},
		{Globals: globalsOf(map[string][]byte{"__proto__": []byte("1")})},
	}
	for _, p := range tests {
		if _, err := s.Start(t.Context(), p); agents.CodeOf(err) != agents.CodeInvalid {
			t.Errorf("%v %v: %v", p.Functions, p.Globals, err)
		}
	}
}
