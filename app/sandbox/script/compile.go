// Package script turns TypeScript into what the sandbox runs, and looks for mistakes before it runs.
//
// A script is the body of an async function: await and return stand at the top, import and export do not exist. [Compile]
// strips the types, [Check] finds names that are not there. Both only parse; nothing is run.
package script

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"

	"github.com/evanw/esbuild/pkg/api"

	"github.com/stewardhq/steward/agents"
)

// Compiled is a script ready to run.
type Compiled struct {
	JS        string
	SourceMap []byte
	Hash      string // sha256 of the TypeScript source, hex
}

// MaxSource is how long a script may be, in bytes: more than a thousand lines, and little enough for the parsers below,
// whose recursion follows the script's.
const MaxSource = 64 << 10

// The wrapping stands on the first line and after the last, so that lines keep their numbers.
const (
	prefix = `(async () => {"use strict";`
	suffix = "\n})()"
	// other is a second wrapping. What closes the first early and opens it again does not fit into this one.
	otherPrefix = `({async run() {"use strict";`
	otherSuffix = "\n}})"
)

// Problem is a mistake in a script.
type Problem struct {
	Line    int // from 1
	Column  int // from 1, in characters
	Message string
	Hint    string
}

// Compile strips the types. The error is the first mistake, CodeScript, naming line and column.
func Compile(source string) (Compiled, error) {
	result, problems := transform(source, api.ES2022)
	if len(problems) > 0 {
		p := problems[0]
		return Compiled{}, &agents.Error{
			Code: agents.CodeScript, Message: fmt.Sprintf("line %d, column %d: %s", p.Line, p.Column, p.Message), Hint: p.Hint,
		}
	}
	sum := sha256.Sum256([]byte(source))
	return Compiled{JS: string(result.Code), SourceMap: result.Map, Hash: hex.EncodeToString(sum[:])}, nil
}

func transform(source string, target api.Target) (api.TransformResult, []Problem) {
	if len(source) > MaxSource {
		return api.TransformResult{}, []Problem{{
			Line: 1, Column: 1, Message: fmt.Sprintf("the script is %d bytes long; at most %d are allowed", len(source), MaxSource),
			Hint: "a script orchestrates; texts and data belong into files or mail",
		}}
	}
	if i := strings.IndexByte(source, 0); i >= 0 {
		return api.TransformResult{}, []Problem{{Line: len(lineEnd.Split(source[:i], -1)), Column: 1, Message: "there is a zero byte in the script", Hint: "remove it"}}
	}
	if line := tooDeep(source); line > 0 {
		return api.TransformResult{}, []Problem{{
			Line: line, Column: 1, Message: "the script is nested too deep here", Hint: "take it apart into functions and statements that end with a semicolon",
		}}
	}
	result := api.Transform(prefix+source+suffix, options(target))
	if len(result.Errors) > 0 {
		return result, syntaxProblems(source, result.Errors)
	}
	if other := api.Transform(otherPrefix+source+otherSuffix, options(target)); len(other.Errors) > 0 {
		return result, []Problem{{
			Line: 1, Column: 1, Message: "there is a } too many: it would end the script early",
			Hint: "remove it, or look for the { that is missing",
		}}
	}
	return result, nil
}

func options(target api.Target) api.TransformOptions {
	return api.TransformOptions{
		Loader: api.LoaderTS, Target: target, LogLevel: api.LogLevelSilent, Charset: api.CharsetUTF8,
		Sourcemap: api.SourceMapExternal, SourcesContent: api.SourcesContentExclude, Sourcefile: "script.ts",
		LegalComments: api.LegalCommentsNone,
		// There is nothing to import; for Check, import(…) becomes a require(…), which is not there either.
		Supported: map[string]bool{"dynamic-import": target != api.ES2017},
		// Nothing on disk has a say.
		TsconfigRaw: `{"compilerOptions":{"target":"ES2022","useDefineForClassFields":true}}`,
	}
}

// lineEnd is what the language takes for the end of a line.
var lineEnd = regexp.MustCompile("\r\n|[\n\r\u2028\u2029]")

// syntaxProblems words the parser's messages for a script's writer.
func syntaxProblems(source string, messages []api.Message) []Problem {
	lines := lineEnd.Split(source, -1)
	problems := make([]Problem, 0, len(messages))
	for _, m := range messages {
		p := Problem{Line: 1, Column: 1, Message: m.Text}
		if l := m.Location; l != nil {
			p.Line, p.Column = l.Line, l.Column+1
			if l.Line == 1 {
				p.Column = max(l.Column-len(prefix), 0) + 1
			}
		}
		if p.Line > len(lines) {
			p.Line = len(lines)
			p.Column = len(lines[p.Line-1]) + 1
			p.Message = "the script ends too early: " + m.Text
			p.Hint = "a bracket, a brace or a quote is not closed"
		}
		line := lines[p.Line-1]
		p.Column = len([]rune(line[:min(p.Column-1, len(line))])) + 1
		if hint := moduleHint(line); hint != "" {
			p.Message, p.Hint = "import and export cannot be used in a script", hint
		}
		problems = append(problems, p)
	}
	return problems
}

// moduleHint recognises a line that believes to be a module.
func moduleHint(line string) string {
	first, _, _ := strings.Cut(strings.TrimSpace(line), " ")
	first, _, _ = strings.Cut(first, "{")
	switch strings.TrimRight(first, ";*") {
	case "import":
		return "everything that a script may use is there already: call mail.search(…), reports.create(…) and so on directly"
	case "export":
		return "write the statements as they are; what the script returns with return is its result"
	}
	return ""
}
