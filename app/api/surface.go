// Package api is the one surface of Steward: services whose methods take one plain struct and return one, with JSON
// names. Every shell, the command line, the socket, the window and the server, calls the same methods through
// [Surface.Call], so that what one can do, all can. A shell that stays open makes a [Door], which opens the home when it
// can be opened; a command that has opened it already makes a surface of it with [New].
package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/app"
)

// Surface is all services over one home.
type Surface struct {
	door    *Door
	methods map[string]reflect.Value // as they are over a home that is closed
}

// Nothing is the request or the answer of methods that need none.
type Nothing struct{}

// list is a list of JSON: an empty one is [], never null.
func list[T any](all []T) []T {
	if all == nil {
		return []T{}
	}
	return all
}

// New makes the surface of an opened home, which stays the caller's to close.
func New(a *app.App) *Surface {
	d := newDoor(DoorOptions{Home: a.Home, Now: a.Now, Zone: a.Zone})
	d.settle(a)
	return d.surface
}

// bind gives the methods of all services over an opened home. Over none they are good for their types alone.
func bind(a *app.App) map[string]reflect.Value {
	return methodsOf(&Mail{a}, &Ask{a}, &Runs{a}, &Approvals{a}, &Reports{a}, &Ledger{a}, &Scripts{a}, &Models{a}, &Agents{a}, &Data{a}, &System{a}, &Settings{a: a}, &Automations{a}, &Policy{a}, &Grants{a}, &Accounts{a}, &Alerts{a})
}

func methodsOf(services ...any) map[string]reflect.Value {
	methods := map[string]reflect.Value{}
	for _, service := range services {
		v := reflect.ValueOf(service)
		for i := range v.NumMethod() {
			methods[v.Elem().Type().Name()+"/"+v.Type().Method(i).Name] = v.Method(i)
		}
	}
	return methods
}

// Methods lists the methods as "Service/Method", sorted.
func (s *Surface) Methods() []string {
	names := make([]string, 0, len(s.methods))
	for name := range s.methods {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Types gives the types of a method's request and answer.
func (s *Surface) Types(method string) (request, answer reflect.Type, ok bool) {
	m, ok := s.methods[method]
	if !ok {
		return nil, nil, false
	}
	return m.Type().In(1), m.Type().Out(0), true
}

// Call calls "Service/Method" with a JSON request, and gives the JSON answer. Unknown fields in the request are refused:
// a mistyped option must not be ignored. While the home is closed all but the services Setup are CodeLocked.
func (s *Surface) Call(ctx context.Context, method string, request []byte) ([]byte, error) {
	m, ok := s.methods[method]
	if !ok {
		return nil, &agents.Error{Code: agents.CodeNotFound, Message: fmt.Sprintf("there is no method %q", method), Hint: "methods: " + strings.Join(s.Methods(), ", ")}
	}
	in := reflect.New(m.Type().In(1))
	if len(bytes.TrimSpace(request)) > 0 {
		d := json.NewDecoder(bytes.NewReader(request))
		d.DisallowUnknownFields()
		err := d.Decode(in.Interface())
		if err == nil && d.More() {
			err = errors.New("something follows it")
		}
		if err != nil {
			return nil, &agents.Error{Code: agents.CodeInvalid, Message: "the request of " + method + " cannot be read: " + err.Error()}
		}
	}
	ctx, leave, m, err := s.door.enter(ctx, method, m)
	if err != nil {
		return nil, err
	}
	defer leave()
	out, err := invoke(m, reflect.ValueOf(ctx), in.Elem())
	if err != nil {
		return nil, err
	}
	if err, _ := out[1].Interface().(error); err != nil {
		if s.door.base.Err() != nil { // it was broken off, whatever it says
			return nil, leaving(err)
		}
		return nil, err
	}
	answer, err := json.Marshal(out[0].Interface())
	if err != nil {
		return nil, fmt.Errorf("write the answer of %s: %w", method, err)
	}
	return answer, nil
}

// invoke calls a method. One that panics fails alone: nothing of it is told but that it did, and where.
func invoke(m reflect.Value, args ...reflect.Value) (out []reflect.Value, err error) {
	defer func() {
		if r := recover(); r != nil {
			defect := Defect(r)
			defect.Err = errDefect
			err = defect
		}
	}()
	return m.Call(args), nil
}
