package model

import (
	"encoding/json"
	"regexp"
	"strings"

	"github.com/stewardhq/steward/agents"
)

var (
	thinking = regexp.MustCompile(`(?s)^\s*<(think|thinking|reasoning)>.*?</(?:think|thinking|reasoning)>`)
	unended  = regexp.MustCompile(`(?s)^\s*<(?:think|thinking|reasoning)>.*$`)
	toolXML  = regexp.MustCompile(`(?i)<\|?/?\s*(?:\w+:)?(tool_call|tool_calls|function_call|function_calls|function|invoke|tool_use|tools?)(?:[\s=>|▁]|$)|<｜tool|\[TOOL_CALLS\]|<\|python_tag\|>|<\|channel\|>commentary`)
)

// answer takes out what a model thinks aloud, and refuses what it meant for a tool.
func (c *Client) answer(text string) (string, error) {
	text = thinking.ReplaceAllString(text, "")
	text = strings.TrimSpace(unended.ReplaceAllString(text, ""))
	if Leaked(text) {
		return "", &agents.Error{Code: agents.CodeUnsupported, Message: c.config.Name + " tried to call a tool instead of answering", Hint: "ask again; if it goes on, use another model", Err: errTool}
	}
	if text == "" {
		return "", &agents.Error{Code: agents.CodeUnavailable, Message: c.config.Name + " answered nothing", Hint: "ask again, or use another model"}
	}
	return text, nil
}

// Leaked reports whether a text is, or holds outside of its code blocks, a call of a tool that the server should have taken
// out: the XML of one, or JSON with a name and arguments.
func Leaked(text string) bool {
	prose := outsideFences(text)
	if toolXML.MatchString(prose) || toolJSON(strings.TrimSpace(text)) || holdsToolJSON(prose) {
		return true
	}
	for _, b := range blocks(text) {
		if toolJSON(strings.TrimSpace(b.body)) {
			return true
		}
	}
	return false
}

// maxObjects is how many places in a text are tried as the beginning of JSON.
const maxObjects = 1000

var objectHead = regexp.MustCompile(`\{\s*"`)

// holdsToolJSON reports whether JSON that calls a tool stands anywhere in a text: "Let me look. {"name": …".
func holdsToolJSON(prose string) bool {
	for _, at := range objectHead.FindAllStringIndex(prose, maxObjects) {
		if toolJSON(prose[at[0]:]) {
			return true
		}
	}
	return false
}

// toolJSON reports whether a text begins with JSON that calls a tool.
func toolJSON(text string) bool {
	if text == "" || text[0] != '{' && text[0] != '[' {
		return false
	}
	var v any
	if json.NewDecoder(strings.NewReader(text)).Decode(&v) != nil {
		return false
	}
	if list, ok := v.([]any); ok && len(list) > 0 {
		v = list[0]
	}
	m, ok := v.(map[string]any)
	if !ok {
		return false
	}
	_, calls := m["tool_calls"]
	_, call := m["function_call"]
	function, nested := m["function"].(map[string]any)
	if nested {
		m = function
	}
	_, named := m["name"].(string)
	if !named {
		_, named = m["tool"].(string)
	}
	arguments := false
	for _, k := range []string{"arguments", "parameters", "args", "input"} {
		_, ok := m[k]
		arguments = arguments || ok
	}
	return calls || call || named && arguments
}

// outsideFences is a text without its blocks of code.
func outsideFences(text string) string {
	var b strings.Builder
	in := ""
	for line := range strings.Lines(text) {
		mark := fenceOf(line)
		switch {
		case in == "" && mark != "":
			in = mark
		case in == "":
			b.WriteString(line)
		case mark != "" && strings.HasPrefix(mark, in) && strings.Trim(line, " \t\r\n`~") == "":
			in = ""
		}
	}
	return b.String()
}

// fenceOf is the run of backticks or tildes that a line opens or closes a block of code with; "" for other lines.
func fenceOf(line string) string {
	line = strings.TrimLeft(line, " \t")
	for _, c := range []string{"`", "~"} {
		n := len(line) - len(strings.TrimLeft(line, c))
		if n >= 3 {
			return line[:n]
		}
	}
	return ""
}
