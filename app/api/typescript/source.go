package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

const module = "github.com/stewardhq/steward/"

// source is what the text of a package says and reflection does not: the constants of a type, and comments.
type source struct {
	values map[string][]string // of a type, as they stand in Go
	docs   map[string]string   // of a type, and of a field as "Type.Field"
}

// sources reads packages of the house as they are asked for.
type sources struct {
	root string // of the module
	read map[string]*source
}

// find looks for the root of the module from a directory upwards.
func find(dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	for ; err == nil && dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
	}
	return "", fmt.Errorf("there is no go.mod above the working directory: %w", err)
}

func (s *sources) of(path string) (*source, error) {
	if found := s.read[path]; found != nil {
		return found, nil
	}
	out := &source{values: map[string][]string{}, docs: map[string]string{}}
	s.read[path] = out
	inside, ours := strings.CutPrefix(path, module)
	if !ours {
		return out, nil
	}
	files, err := filepath.Glob(filepath.Join(s.root, inside, "*.go"))
	if err != nil {
		return nil, fmt.Errorf("look for %s: %w", inside, err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
		for _, decl := range file.Decls {
			if d, ok := decl.(*ast.GenDecl); ok {
				out.declarations(d)
			}
		}
	}
	return out, nil
}

func (s *source) declarations(d *ast.GenDecl) {
	for _, spec := range d.Specs {
		switch spec := spec.(type) {
		case *ast.ValueSpec:
			if d.Tok == token.CONST {
				s.constant(spec)
			}
		case *ast.TypeSpec:
			doc := spec.Doc
			if doc == nil {
				doc = d.Doc
			}
			s.docs[spec.Name.Name] = sentence(doc)
			if fields, ok := spec.Type.(*ast.StructType); ok {
				s.fields(spec.Name.Name, fields)
			}
		}
	}
}

// constant keeps a constant that has a type and is a text.
func (s *source) constant(spec *ast.ValueSpec) {
	named, ok := spec.Type.(*ast.Ident)
	if !ok {
		return
	}
	for _, value := range spec.Values {
		if literal, ok := value.(*ast.BasicLit); ok && literal.Kind == token.STRING {
			if text, err := strconv.Unquote(literal.Value); err == nil {
				s.values[named.Name] = append(s.values[named.Name], text)
			}
		}
	}
}

func (s *source) fields(of string, fields *ast.StructType) {
	for _, field := range fields.Fields.List {
		doc := sentence(field.Doc)
		if doc == "" {
			doc = sentence(field.Comment)
		}
		for _, name := range field.Names {
			s.docs[of+"."+name.Name] = doc
		}
	}
}

// sentence is a comment on one line, and safe within one of TypeScript.
func sentence(doc *ast.CommentGroup) string {
	return strings.ReplaceAll(strings.Join(strings.Fields(doc.Text()), " "), "*/", "* /")
}
