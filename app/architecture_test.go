package app_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/stewardhq/steward/"

// imports says which packages of the house a package may import; a path ending in /... stands for everything below it.
// Who is not in the table may not exist: a new package gets its line here first.
var imports = map[string][]string{
	"agents":                 nil, // the vocabulary: the standard library only
	"agents/email":           {"agents", "agents/email/..."},
	"agents/email/body":      {"agents/email/calendar", "agents/email/markup", "agents/email/wire"},
	"agents/email/calendar":  nil,
	"agents/email/dmarc":     {"agents", "agents/email/wire"},
	"agents/email/fold":      nil,
	"agents/email/letter":    {"agents"},
	"agents/email/wire":      {"agents"},
	"agents/email/markup":    {"agents"},
	"agents/email/sample":    nil,
	"agents/notification":    {"agents"},
	"agents/reports":         {"agents"},
	"store":                  {"agents", "agents/email", "store/..."},
	"store/datamap":          nil,
	"store/letter":           nil,
	"store/link":             {"agents", "store/durable"},
	"store/ledger":           {"agents", "store/database", "store/link", "store/seal"},
	"store/database":         {"agents", "store/durable"},
	"store/durable":          {"agents"},
	"store/seal":             {"agents", "store/durable"},
	"store/pack":             nil,
	"store/search":           {"agents", "agents/email", "store/seal", "store/words"},
	"store/words":            nil,
	"app/capability":         {"agents"},
	"app/policy":             {"agents"},
	"app/alert":              {"agents", "agents/notification", "app/capability", "app/engine", "store"}, // nobody who decides imports it
	"app/bell":               {"agents", "agents/notification", "app/engine", "app/notify"},
	"app/policy/redteam":     nil, // its tests play through everything
	"app/approval":           {"agents", "app/capability"},
	"app/approval/terminal":  {"agents", "app/approval"},
	"app/trust":              {"agents", "app/policy", "store"},
	"app/approval/screen":    {"agents", "app/approval", "app/engine"},
	"app/sandbox":            {"agents", "app/sandbox/..."},
	"app/sandbox/frame":      {"agents"},
	"app/sandbox/guest":      {"agents", "app/sandbox/frame", "app/sandbox/lockdown"},
	"app/sandbox/lockdown":   {"agents", "app/sandbox/frame"},
	"app/sandbox/script":     {"agents"},
	"app/event":              {"agents"},
	"app/engine":             {"app/event", "agents", "app/approval", "app/capability", "app/policy", "app/sandbox", "app/sandbox/script", "store"},
	"app/skill":              {"agents"},
	"app/model":              {"agents"},
	"app/model/offline":      {"agents", "app/skill", "app/model/offline/when"},
	"app/model/offline/when": nil,
	"app/schedule":           {"agents", "agents/notification", "app/engine", "store"},
	"app/reader":             {"agents", "app/model/offline"},
	"app/orchestrator":       {"agents", "app/capability", "app/connect/web", "app/engine", "app/model", "app/model/offline", "app/sandbox/script", "app/skill", "app/vault", "store"},
	"app/vault":              {"agents", "store/durable"},
	"app/lock":               {"agents"},
	"app/owner":              {"agents"},
	"app/notify":             {"agents", "agents/notification"},
	"app/shown":              {"agents"},
	"app/intake":             {"agents", "agents/email", "agents/email/wire", "app/connect/mailfile", "store"},
	"app/connect/mailfile":   {"agents", "agents/email", "agents/email/wire"}, // adapters never import each other
	"app/connect/web":        {"agents", "app/egress"},
	"app/connect/smtp":       {"agents", "app/egress"},
	"app/egress":             {"agents"},
	"app/accounts":           {"agents", "agents/email", "agents/email/letter", "app/connect/smtp", "app/egress", "app/vault", "store"},
	"app":                    {"agents", "agents/...", "app/...", "store"},
	"app/api":                {"agents", "agents/email", "agents/reports", "app", "app/approval", "app/policy", "app/engine", "app/orchestrator", "app/schedule", "app/shown", "app/trust", "app/vault", "store", "app/accounts", "app/connect/smtp", "app/alert", "app/bell", "app/lock"},
	"app/api/typescript":     {"agents", "app/approval", "app/policy", "agents/email", "agents/reports", "app/api", "app/engine", "store"},
	"app/server":             {"agents", "app/api", "app/engine", "app/shown"},
	"app/headless":           {"agents", "agents/reports", "app", "app/api", "app/approval/screen", "app/engine", "app/owner", "app/policy", "app/sandbox", "app/server", "app/shown", "app/vault", "frontend", "store", "store/link", "app/lock"},
	"frontend":               nil, // the built page, embedded
	"app/desktop":            {"agents", "app", "app/api", "app/engine", "app/owner", "app/server", "frontend"},
	"app/cmd/steward":        {"app/headless"},
}

// An agent never reaches for the world itself: what it needs it declares, and app hands it the adapter.
var agentsMayNot = []string{"os", "os/exec", "net", "net/http", "database/sql", "syscall", "unsafe"}

// Sizes past which a file, a function, a package or an interface is no longer one thing.
const (
	maxFileLines     = 400
	maxFunctionLines = 100
	maxPackageLines  = 2500
	maxMethods       = 5
)

// flat are packages that are lists, one file a service or a group of commands, which share what reaches the home and
// nothing else: there the lines say how long the list is, not how tangled it is.
var flat = map[string]int{"app/api": 3500, "app/headless": 4000}

type house struct {
	path  string // "app/engine"
	files map[string]*ast.File
	lines int
}

func TestArchitecture(t *testing.T) {
	set := token.NewFileSet()
	for _, p := range packages(t, set) {
		allowed, known := imports[p.path]
		if !known {
			t.Errorf("%s is not in the table of packages", p.path)
		}
		documented := false
		for name, file := range p.files {
			documented = documented || file.Doc != nil
			checkImports(t, p.path, name, file, allowed)
			checkSizes(t, set, name, file)
		}
		if !documented {
			t.Errorf("%s has no doc comment", p.path)
		}
		if p.lines > max(maxPackageLines, flat[p.path]) {
			t.Errorf("%s has %d lines; split what is not one thing", p.path, p.lines)
		}
	}
}

func checkImports(t *testing.T, path, name string, file *ast.File, allowed []string) {
	t.Helper()
	for _, spec := range file.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		inside, ours := strings.CutPrefix(imported, module)
		if ours && !permitted(inside, allowed) {
			t.Errorf("%s imports %s", name, inside)
		}
		if strings.HasPrefix(path, "agents") && slices.Contains(agentsMayNot, imported) {
			t.Errorf("%s imports %s: an agent reaches the world only through what it is handed", name, imported)
		}
		if path == "agents" && strings.Contains(imported, ".") {
			t.Errorf("%s imports %s: the vocabulary stands on the standard library", name, imported)
		}
	}
}

func permitted(inside string, allowed []string) bool {
	return slices.ContainsFunc(allowed, func(a string) bool {
		below, all := strings.CutSuffix(a, "/...")
		return inside == a || all && strings.HasPrefix(inside, below+"/")
	})
}

func checkSizes(t *testing.T, set *token.FileSet, name string, file *ast.File) {
	t.Helper()
	if n := set.Position(file.End()).Line; n > maxFileLines {
		t.Errorf("%s has %d lines", name, n)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			if lines := set.Position(n.End()).Line - set.Position(n.Pos()).Line; lines > maxFunctionLines {
				t.Errorf("%s: %s has %d lines", name, n.Name.Name, lines)
			}
		case *ast.InterfaceType:
			if n.Methods.NumFields() > maxMethods {
				t.Errorf("%s: an interface with %d methods", name, n.Methods.NumFields())
			}
		}
		return true
	})
}

// packages parses every package of the house, without its tests.
func packages(t *testing.T, set *token.FileSet) []*house {
	t.Helper()
	byPath := map[string]*house{}
	var all []*house
	for _, top := range []string{"agents", "app", "store", "frontend"} {
		err := filepath.WalkDir(filepath.Join("..", top), func(name string, d fs.DirEntry, err error) error {
			if err == nil && d.Name() == "node_modules" {
				return filepath.SkipDir
			}
			if err != nil || d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") || strings.Contains(name, "testdata") {
				return err
			}
			source, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			file, err := parser.ParseFile(set, name, source, parser.ParseComments)
			if err != nil {
				return err
			}
			path := filepath.ToSlash(strings.TrimPrefix(filepath.Dir(name), ".."+string(filepath.Separator)))
			if byPath[path] == nil {
				byPath[path] = &house{path: path, files: map[string]*ast.File{}}
				all = append(all, byPath[path])
			}
			byPath[path].files[name] = file
			byPath[path].lines += strings.Count(string(source), "\n")
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return all
}
