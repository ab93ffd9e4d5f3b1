package model

import (
	"regexp"
	"strings"
)

// scriptLike recognises code where no fence says so.
var scriptLike = regexp.MustCompile(`(?m)^\s*(const|let|var|await|return|for|if|async|function|//)\b?.*|^\s*[a-z]\w*\.[a-z]\w*\(`)

var calls = regexp.MustCompile(`\bawait\s+[a-z]\w*(\.\w+)?\s*\(|\breturn\b[^\n]*[;({\x60"'\w]`)

var scriptLanguages = map[string]bool{"": true, "ts": true, "typescript": true, "js": true, "javascript": true, "tsx": true, "jsx": true, "mjs": true, "script": true}

// Script finds the script in what a model wrote: the longest block of code in TypeScript or JavaScript, one whose closing
// fence is missing, or a text that is code without a fence. It reports false for prose.
func Script(text string) (string, bool) {
	best := ""
	for _, b := range blocks(text) {
		if scriptLanguages[b.language] && len(b.body) > len(best) {
			best = b.body
		}
	}
	if strings.TrimSpace(best) != "" {
		return unwrap(best), true
	}
	if bare := strings.TrimSpace(outsideFences(text)); looksLikeCode(bare) {
		return unwrap(bare), true
	}
	return "", false
}

type block struct{ language, body string }

// blocks are the fenced blocks of a text, the last one whether it is closed or not.
func blocks(text string) []block {
	var all []block
	in, indent := "", 0
	var now block
	for line := range strings.Lines(text) {
		mark := fenceOf(line)
		switch {
		case in == "" && mark != "":
			in, indent = mark, len(line)-len(strings.TrimLeft(line, " \t"))
			info := strings.Fields(strings.ToLower(strings.TrimLeft(strings.TrimSpace(line), "`~")))
			now = block{}
			if len(info) > 0 {
				now.language = strings.Trim(info[0], "{}.")
			}
		case in == "":
		case mark != "" && strings.HasPrefix(mark, in) && strings.Trim(line, " \t\r\n`~") == "":
			all, in = append(all, now), ""
		default:
			cut := 0
			for cut < indent && cut < len(line) && (line[cut] == ' ' || line[cut] == '\t') {
				cut++
			}
			now.body += line[cut:]
		}
	}
	if in != "" {
		all = append(all, now)
	}
	return all
}

// looksLikeCode reports whether most lines of a text are code, and one of them does something.
func looksLikeCode(text string) bool {
	if !calls.MatchString(text) {
		return false
	}
	lines, code := 0, 0
	for line := range strings.Lines(text) {
		trimmed := strings.TrimSpace(line)
		if trimmed == "" {
			continue
		}
		lines++
		if scriptLike.MatchString(trimmed) || strings.ContainsAny(trimmed[len(trimmed)-1:], ";{}(,)[]") {
			code++
		}
	}
	return code*5 >= lines*4
}

var (
	mainHead = regexp.MustCompile(`^\s*(?:export\s+default\s+)?async\s+function\s+(\w*)\s*\(\s*\)\s*(?::\s*Promise<[^>{]*>\s*)?\{[ \t]*\n`)
	iifeHead = regexp.MustCompile(`^\s*(?:return\s+|await\s+)?\(\s*async\s*(?:function\s*)?\(\s*\)\s*(?:=>\s*)?\{[ \t]*\n`)
)

// unwrap takes off a function around the whole script, since a script is the body of one.
func unwrap(code string) string {
	code = strings.Trim(code, "\r\n")
	if h := mainHead.FindStringSubmatchIndex(code); h != nil {
		name := code[h[2]:h[3]]
		rest := strings.TrimRight(code[h[1]:], " \t\r\n;")
		for _, call := range []string{"return await " + name + "()", "return " + name + "()", "await " + name + "()", name + "()"} {
			if name == "" {
				break
			}
			if r, ok := strings.CutSuffix(rest, call); ok {
				rest = strings.TrimRight(r, " \t\r\n;")
				break
			}
		}
		if body, ok := strings.CutSuffix(rest, "\n}"); ok {
			return body
		}
	}
	if h := iifeHead.FindStringIndex(code); h != nil {
		rest := strings.TrimRight(code[h[1]:], " \t\r\n;")
		for _, tail := range []string{"\n})()", "\n}())"} {
			if body, ok := strings.CutSuffix(rest, tail); ok {
				return body
			}
		}
	}
	return code
}
