package script

import (
	"cmp"
	"reflect"
	"slices"
	"strings"

	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/file"
	"github.com/dop251/goja/parser"
	"github.com/evanw/esbuild/pkg/api"
)

// API is what a script may use besides the language: functions such as "mail.search" or "ask", and globals such as "me".
type API struct {
	Functions []string
	Globals   []string
}

// sandboxMembers are the members of the groups that the sandbox itself makes.
var sandboxMembers = map[string][]string{
	"dates":   {"now", "today", "startOf", "add", "next", "format", "daysBetween"},
	"console": {"log", "info", "warn", "error", "debug"},
}

// Check finds mistakes that can be seen without running: wrong syntax, names that do not exist, functions that a group does
// not have. A name that is declared anywhere in the script counts as declared everywhere in it: what slips through ends as
// an error at run time. None found is nil.
func Check(source string, a API) []Problem {
	// What is newer than this is written in older words, so that the parser below need not know it.
	result, problems := transform(source, api.ES2017)
	if len(problems) > 0 {
		return problems
	}
	code := string(result.Code)
	program, err := parser.ParseFile(nil, "", code, parser.IgnoreRegExpErrors, parser.WithDisableSourceMaps)
	if err != nil {
		return nil // esbuild has understood it; that this parser does not (some patterns of parameters) is no mistake of the script
	}
	m, err := ParseMap(result.Map)
	if err != nil {
		return nil
	}
	w := walk(program)
	c := checker{api: a, members: members(a), declared: w.declared, report: func(at file.Idx, message, hint string) {
		position := program.File.Position(int(at) - 1)
		line, column := m.Position(position.Line, position.Column)
		if line == 0 {
			return // code that esbuild added
		}
		problems = append(problems, Problem{Line: line, Column: column, Message: message, Hint: hint})
	}}
	for _, name := range w.used {
		c.name(name)
	}
	for _, dot := range w.dots {
		c.member(dot)
	}
	slices.SortStableFunc(problems, func(x, y Problem) int {
		return cmp.Or(cmp.Compare(x.Line, y.Line), cmp.Compare(x.Column, y.Column))
	})
	return slices.Compact(problems)
}

// members lists each group's functions.
func members(a API) map[string][]string {
	m := map[string][]string{}
	for group, names := range sandboxMembers {
		m[group] = names
	}
	for _, f := range a.Functions {
		if group, name, dotted := strings.Cut(f, "."); dotted {
			m[group] = append(m[group], name)
		}
	}
	return m
}

type checker struct {
	api      API
	members  map[string][]string
	declared map[string]bool
	report   func(at file.Idx, message, hint string)
}

// name reports an identifier that nothing declares.
func (c *checker) name(id *ast.Identifier) {
	name := id.Name.String()
	if c.declared[name] {
		return
	}
	if name == "eval" || name == "Function" {
		c.report(id.Idx, name+" is switched off in scripts", teaching[name])
		return
	}
	if standard[name] || c.members[name] != nil || slices.Contains(c.api.Functions, name) || slices.Contains(c.api.Globals, name) {
		return
	}
	if hint := teaching[name]; hint != "" {
		c.report(id.Idx, name+" does not exist in scripts", hint)
		return
	}
	hint := "declare it with const, or check the spelling; `steward script api` lists what there is"
	known := slices.Concat(c.api.Globals, []string{"dates", "console", "join"})
	for _, f := range c.api.Functions {
		group, _, _ := strings.Cut(f, ".")
		known = append(known, group)
	}
	for d := range c.declared {
		known = append(known, d)
	}
	slices.Sort(known)
	if near := nearest(name, known); near != "" {
		hint = "did you mean " + near + "?"
	}
	c.report(id.Idx, name+" is not defined", hint)
}

// member reports a function that a group does not have.
func (c *checker) member(dot *ast.DotExpression) {
	left, ok := dot.Left.(*ast.Identifier)
	if !ok || c.declared[left.Name.String()] {
		return
	}
	group, name := left.Name.String(), dot.Identifier.Name.String()
	names := c.members[group]
	if names == nil || slices.Contains(names, name) {
		return
	}
	hint := group + " has " + strings.Join(names, ", ")
	if near := nearest(name, names); near != "" {
		hint = "did you mean " + group + "." + near + "?"
	}
	c.report(left.Idx, group+"."+name+" does not exist", hint)
}

// walker collects the names of a program: which are declared, which are used, which members are asked for.
type walker struct {
	declared map[string]bool
	used     []*ast.Identifier
	dots     []*ast.DotExpression
}

func walk(program *ast.Program) *walker {
	w := &walker{declared: map[string]bool{}}
	for _, s := range program.Body {
		w.visit(reflect.ValueOf(s))
	}
	return w
}

// visit goes through the tree by reflection: the syntax has some ninety kinds of nodes, and only a handful matter here.
func (w *walker) visit(v reflect.Value) {
	switch v.Kind() {
	case reflect.Interface, reflect.Pointer:
		if v.IsNil() {
			return
		}
		if v.Kind() == reflect.Pointer && v.CanInterface() && w.node(v.Interface()) {
			return
		}
		w.visit(v.Elem())
	case reflect.Slice:
		for i := range v.Len() {
			w.visit(v.Index(i))
		}
	case reflect.Struct:
		w.fields(v)
	}
}

func (w *walker) fields(v reflect.Value) {
	for i := range v.NumField() {
		// DeclarationList repeats declarations that stand elsewhere in the tree.
		if f := v.Type().Field(i); f.IsExported() && f.Name != "DeclarationList" {
			w.visit(v.Field(i))
		}
	}
}

// node treats the nodes that have to do with names. It reports whether it has gone through the node itself.
func (w *walker) node(n any) bool {
	switch n := n.(type) {
	case *file.File:
		return true
	case *ast.Identifier:
		w.used = append(w.used, n)
		return true
	case *ast.DotExpression:
		w.dots = append(w.dots, n)
		w.visit(reflect.ValueOf(&n.Left).Elem())
		return true
	case *ast.PropertyShort: // of a literal; patterns go through declare
		w.used = append(w.used, &n.Name)
		w.visit(reflect.ValueOf(&n.Initializer).Elem())
		return true
	case *ast.MetaProperty, *ast.BranchStatement:
		return true
	case *ast.LabelledStatement:
		w.visit(reflect.ValueOf(&n.Statement).Elem())
		return true
	case *ast.UnaryExpression:
		// typeof asks whether a name exists, which is no mistake.
		if _, ok := n.Operand.(*ast.Identifier); ok && n.Operator.String() == "typeof" {
			return true
		}
	case *ast.Binding:
		w.declare(n.Target)
		w.visit(reflect.ValueOf(&n.Initializer).Elem())
		return true
	case *ast.ParameterList:
		if n.Rest != nil {
			w.declare(n.Rest)
		}
	case *ast.CatchStatement:
		w.declare(n.Parameter)
	case *ast.ForDeclaration:
		w.declare(n.Target)
		return true
	case *ast.FunctionLiteral:
		w.declareName(n.Name)
	case *ast.ClassLiteral:
		w.declareName(n.Name)
	}
	return false
}

func (w *walker) declareName(id *ast.Identifier) {
	if id != nil {
		w.declared[id.Name.String()] = true
	}
}

// declare takes the names out of a pattern, and goes through what it computes.
func (w *walker) declare(target any) {
	switch t := target.(type) {
	case *ast.Identifier:
		w.declareName(t)
	case *ast.AssignExpression: // a default
		w.declare(t.Left)
		w.visit(reflect.ValueOf(&t.Right).Elem())
	case *ast.ArrayPattern:
		for _, e := range t.Elements {
			w.declare(e)
		}
		w.declare(t.Rest)
	case *ast.ObjectPattern:
		for _, p := range t.Properties {
			switch p := p.(type) {
			case *ast.PropertyShort:
				w.declareName(&p.Name)
				w.visit(reflect.ValueOf(&p.Initializer).Elem())
			case *ast.PropertyKeyed:
				if p.Computed {
					w.visit(reflect.ValueOf(&p.Key).Elem())
				}
				w.declare(p.Value)
			}
		}
		w.declare(t.Rest)
	}
}
