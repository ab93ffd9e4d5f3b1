package script

import (
	"regexp"
	"strings"
)

// standard are the globals of the language that the sandbox leaves in place, and the sandbox's own.
var standard = set(`
	AggregateError Array ArrayBuffer BigInt BigInt64Array BigUint64Array Boolean DataView Date Error EvalError Float32Array
	Float64Array Infinity Int16Array Int32Array Int8Array InternalError Iterator JSON Map Math NaN Number Object Promise
	Proxy RangeError ReferenceError Reflect RegExp Set String Symbol SyntaxError TypeError URIError Uint16Array Uint32Array
	Uint8Array Uint8ClampedArray WeakMap WeakSet decodeURI decodeURIComponent encodeURI encodeURIComponent escape globalThis
	isFinite isNaN parseFloat parseInt queueMicrotask undefined unescape arguments
	t join dates console`)

// teaching are names that people expect from elsewhere, and what to do instead.
var teaching = func() map[string]string {
	m := map[string]string{}
	add := func(names, hint string) {
		for _, n := range strings.Fields(names) {
			m[n] = hint
		}
	}
	add("fetch XMLHttpRequest WebSocket EventSource Request Response Headers axios",
		"scripts have no network of their own; what Steward can reach is in the API, such as web.read")
	add("require module exports __dirname __filename",
		"scripts load nothing; everything that a script may use is there already")
	add("process Buffer global Deno Bun os fs path child_process",
		"scripts have no process and no files; what Steward can do is in the API")
	add("setTimeout setInterval setImmediate clearTimeout clearInterval requestAnimationFrame sleep",
		"scripts do not wait; for a later time make an automation")
	add("window document self navigator location localStorage sessionStorage indexedDB history alert prompt confirm",
		"scripts run outside of any browser; return a text or make a report to show something, and use ask to ask")
	add("eval Function WebAssembly importScripts Worker SharedArrayBuffer Atomics",
		"scripts cannot load or make code; write it into the script")
	add("performance WeakRef FinalizationRegistry",
		"a script must do the same when it is repeated; dates.now() is the run's clock")
	add("crypto", "Math.random() is there; it repeats when the run is repeated")
	add("Intl", "dates.format(d) formats dates in the user's time zone; numbers have toFixed")
	add("structuredClone", "copy with { ...object } or [...list]; handles and mails cannot change and need no copy")
	add("URL URLSearchParams TextEncoder TextDecoder atob btoa", "texts and links are the host's: pass the handle or the link on")
	return m
}()

var notDefined = regexp.MustCompile(`^'?([A-Za-z_$][\w$]*)'? is not defined$`)

// Hint gives advice on an error that a script threw, "" if there is none.
func Hint(name, message string) string {
	if m := notDefined.FindStringSubmatch(message); name == "ReferenceError" && m != nil {
		if hint := teaching[m[1]]; hint != "" {
			return hint
		}
		return "check the spelling; `steward script api` lists what there is"
	}
	if name == "TypeError" && strings.Contains(message, "not a function") {
		return "check the spelling, and whether an await is missing before a call"
	}
	if name == "TypeError" && strings.Contains(message, "not iterable") {
		return "put await before the call that makes the list"
	}
	return ""
}

func set(words string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(words) {
		m[w] = true
	}
	return m
}

// nearest is the name most like the wanted one, "" if none is like it.
func nearest(want string, names []string) string {
	best, least := "", 1+len(want)/2
	for _, n := range names {
		if d := distance(strings.ToLower(want), strings.ToLower(n)); d < least {
			best, least = n, d
		}
	}
	return best
}

// distance counts the letters to change, add or drop.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}
