package skill

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

const maxFront = 64 << 10 // bytes

// front is the front matter as the open format defines it.
type front struct {
	Name          string            `yaml:"name"`
	Description   string            `yaml:"description"`
	License       string            `yaml:"license"`
	Compatibility string            `yaml:"compatibility"`
	AllowedTools  string            `yaml:"allowed-tools"`
	Metadata      map[string]string `yaml:"metadata"`
}

var (
	namePattern = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	langPattern = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$`)
)

// Parse reads the text of a SKILL.md that lies in the folder of the given name. The script and the hash stay empty.
// Its errors are CodeInvalid and name the folder and what would be right.
func Parse(folder string, text []byte) (Skill, error) {
	head, body, err := split(folder, text)
	if err != nil {
		return Skill{}, err
	}
	f, err := decode(folder, head)
	if err != nil {
		return Skill{}, err
	}
	if err := f.check(folder); err != nil {
		return Skill{}, err
	}
	s := Skill{Name: f.Name, Description: strings.TrimSpace(f.Description), License: f.License, Body: strings.TrimSpace(string(body))}
	if err := s.own(f.Metadata); err != nil {
		return Skill{}, err
	}
	return s, nil
}

// split parts the front matter, between two lines of three dashes, from the prose.
func split(folder string, text []byte) (head, body []byte, err error) {
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	text = bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))
	rest, ok := bytes.CutPrefix(text, []byte("---\n"))
	if !ok {
		return nil, nil, invalid(folder, "does not begin with front matter", "let SKILL.md begin with a line ---, then name: and description:, then a line ---")
	}
	for at := 0; at <= len(rest) && at <= maxFront; {
		line, _, more := bytes.Cut(rest[at:], []byte("\n"))
		if string(bytes.TrimRight(line, " \t")) == "---" {
			return rest[:at], rest[min(at+len(line)+1, len(rest)):], nil
		}
		if !more {
			break
		}
		at += len(line) + 1
	}
	return nil, nil, invalid(folder, fmt.Sprintf("has front matter without an end in its first %d KB", maxFront>>10), "close it with a line ---")
}

func decode(folder string, head []byte) (f front, err error) {
	tokens := lexer.Tokenize(string(head))
	if nested(tokens) > maxNested {
		return f, invalid(folder, "nests lists and maps in its front matter", "metadata's values are strings; nothing else is nested")
	}
	file, err := parser.Parse(tokens, 0)
	if err != nil {
		return f, yamlError(folder, err)
	}
	if len(file.Docs) == 0 || len(file.Docs) == 1 && file.Docs[0].Body == nil {
		return f, nil // nothing but dashes: the name is what is missing
	}
	var v aliases
	for _, d := range file.Docs {
		if d.Body != nil {
			ast.Walk(&v, d.Body)
		}
	}
	if v.found || len(file.Docs) != 1 {
		return f, invalid(folder, "uses anchors, aliases, tags or several documents in its front matter", "write the values out")
	}
	if err := yaml.NodeToValue(file.Docs[0].Body, &f, yaml.Strict()); err != nil {
		return f, yamlError(folder, err)
	}
	return f, nil
}

// maxNested is how many lists and flow maps front matter may begin. None belongs there, and the parser's time grows with the
// square of their depth.
const maxNested = 32

func nested(tokens token.Tokens) int {
	n := 0
	for _, t := range tokens {
		switch t.Type {
		case token.SequenceStartType, token.MappingStartType, token.SequenceEntryType, token.MappingKeyType:
			n++
		}
	}
	return n
}

// aliases finds what can make a small file a huge value.
type aliases struct{ found bool }

func (v *aliases) Visit(n ast.Node) ast.Visitor {
	switch n.Type() {
	case ast.AliasType, ast.AnchorType, ast.MergeKeyType, ast.TagType, ast.DirectiveType:
		v.found = true
	}
	return v
}

func yamlError(folder string, err error) error {
	e := invalid(folder, "has front matter that is not the YAML it should be", "use name, description, license, compatibility, allowed-tools and metadata only; metadata's values are strings")
	e.Err = err
	return e
}

func (f front) check(folder string) error {
	switch {
	case f.Name == "":
		return invalid(folder, "has no name", "add name: "+folder)
	case len(f.Name) > 64 || !namePattern.MatchString(f.Name):
		return invalid(folder, "has a name that is not allowed", "use at most 64 lower-case letters, digits and single hyphens between them")
	case f.Name != folder:
		return invalid(folder, "calls itself "+quote(f.Name), "give the folder and the skill the same name")
	case strings.TrimSpace(f.Description) == "":
		return invalid(folder, "has no description", "say in one paragraph what it does and when to use it")
	case utf8.RuneCountInString(f.Description) > 1024:
		return invalid(folder, "has a description longer than 1024 characters", "shorten it; details belong below the front matter")
	case utf8.RuneCountInString(f.Compatibility) > 500:
		return invalid(folder, "has a compatibility note longer than 500 characters", "shorten it")
	}
	return nil
}
