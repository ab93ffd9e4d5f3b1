package sandbox

import (
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app/sandbox/frame"
)

// Program is a compiled script with its world.
type Program struct {
	JS        string                     // of script.Compile
	SourceMap []byte                     // of script.Compile; nil if errors may name the JavaScript's lines
	Name      string                     // what errors call the script; "" is just "the script"
	Functions []string                   // "mail.search", or "ask" for a global function
	Globals   map[string]json.RawMessage // encoded like any value to the script
	Seed      uint64
	Now       time.Time      // the script's first "now", to the millisecond
	Zone      *time.Location // nil is UTC
	Limits    Limits         // fields that are zero take the default
}

var (
	functionName = regexp.MustCompile(`^[a-z][A-Za-z0-9]*(\.[a-z][A-Za-z0-9]*)?$`)
	globalName   = regexp.MustCompile(`^[a-z][A-Za-z0-9]*$`)
	// ours are the names that the prelude itself gives a meaning, and two that would break the world of the script.
	ours = []string{"t", "join", "dates", "console", "eval", "undefined", "then"}
)

// init checks a program and makes the first frame of it.
func (p *Program) init(cacheDir string) (*frame.Init, error) {
	if err := p.checkNames(); err != nil {
		return nil, err
	}
	for name, v := range p.Globals {
		if !json.Valid(v) {
			return nil, invalid("the global %s is not JSON", name)
		}
	}
	zone := p.Zone
	if zone == nil {
		zone = time.UTC
	}
	l := p.Limits.filled()
	globals := p.Globals
	if globals == nil {
		globals = map[string]json.RawMessage{}
	}
	functions := p.Functions
	if functions == nil {
		functions = []string{}
	}
	return &frame.Init{
		Protocol: frame.Protocol, CacheDir: cacheDir, JS: p.JS, Functions: functions, Globals: globals,
		Seed: p.Seed, Now: p.Now.UnixMilli(), Zone: offsets(zone, p.Now),
		CPU: l.CPU.Milliseconds(), Memory: l.Memory,
	}, nil
}

func (p *Program) checkNames() error {
	spaces := map[string]bool{}
	plain := map[string]bool{}
	for i, f := range p.Functions {
		if !functionName.MatchString(f) {
			return invalid("%q cannot be the name of a function", f)
		}
		if slices.Contains(p.Functions[:i], f) {
			return invalid("the function %s is given twice", f)
		}
		space, _, dotted := strings.Cut(f, ".")
		if dotted {
			spaces[space] = true
		} else {
			plain[f] = true
		}
		if slices.Contains(ours, space) {
			return invalid("the name %s is taken by the sandbox itself", space)
		}
	}
	for g := range p.Globals {
		if !globalName.MatchString(g) || slices.Contains(ours, g) {
			return invalid("%q cannot be the name of a global", g)
		}
		if spaces[g] || plain[g] {
			return invalid("the name %s is both a global and a function", g)
		}
	}
	for s := range spaces {
		if plain[s] {
			return invalid("the name %s is both a function and a group of functions", s)
		}
	}
	return nil
}

func invalid(format string, args ...any) *agents.Error {
	return &agents.Error{Code: agents.CodeInvalid, Message: fmt.Sprintf(format, args...), Hint: "this is a defect of the agent that declares it; report it"}
}

// offsets lists the zone's changes from 1970 to thirty years ahead. Before and after, the nearest one holds.
func offsets(zone *time.Location, now time.Time) []frame.Offset {
	at := time.Unix(0, 0).In(zone)
	end := now.AddDate(30, 0, 0)
	_, offset := at.Zone()
	list := []frame.Offset{{From: math.MinInt32, Offset: offset}}
	for {
		_, next := at.ZoneBounds()
		if next.IsZero() || next.After(end) {
			return list
		}
		// At the end of some leap years ZoneBounds gives a change that is none, and from there on the same again.
		if !next.After(at) {
			next = at.Add(time.Hour)
		}
		at = next
		if _, changed := at.Zone(); changed != offset {
			offset = changed
			list = append(list, frame.Offset{From: at.Unix(), Offset: offset})
		}
	}
}
