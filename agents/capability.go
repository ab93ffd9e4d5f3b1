package agents

import (
	"context"
	"io/fs"
	"time"
)

// Agent is a named role: what it is for, what it can do, and what it knows how to do.
type Agent struct {
	Name         string
	Purpose      string // one line, for the planner's index and for people
	Capabilities []Capability
	Skills       fs.FS // one folder a skill, each with its SKILL.md; nil where there is none
}

// Capability is one typed function that a script may call. Make one with [Define], which ties its Go types to the
// script's; the declaration in steward.d.ts, the decoding of arguments and the labels all come from those types.
type Capability struct {
	Name    string // "mail.search"; a name without a dot is a global function
	Doc     string // one line, for steward.d.ts
	Version int    // raised when a recorded result would no longer mean the same
	Effect  Effect
	Facts   bool // what it returns plainly is the host's own facts; otherwise its plain values count as content's say

	In   any // zero value of the argument struct: its fields are the positional parameters, in order
	Out  any // zero value of the result; nil if there is none
	Call func(ctx context.Context, call *Call, in any) (any, error)

	// Aim says, before policy decides, who would learn of a call and what it would touch. It only looks. Sinks that have
	// none are never silent. See [Aiming].
	Aim func(ctx context.Context, call *Call, in any) (Aim, error)

	// What happens to an attempt that was broken off after its intent was written. Repeatable: calling again with the same
	// call.Key has no second effect. Otherwise Reconcile finds out whether it happened, and returns ErrUnknown where the
	// truth cannot be had; without it the step is unknown and a person is asked.
	Repeatable bool
	Reconcile  func(ctx context.Context, call *Call, in any) (any, error)
}

// Nothing is the result of a capability that returns none.
type Nothing struct{}

// Define gives a capability its types and its function. In must be a struct; its fields are the script's positional
// parameters in order, named by their json tag, optional with omitempty, and documented by a doc tag.
func Define[In, Out any](c Capability, f func(ctx context.Context, call *Call, in In) (Out, error)) Capability {
	var in In
	var out Out
	c.In, c.Out = in, out
	c.Call = func(ctx context.Context, call *Call, in any) (any, error) { return f(ctx, call, in.(In)) }
	return c
}

// Aiming gives a capability of [Define] the function that says what a call is about to do.
func Aiming[In any](c Capability, f func(ctx context.Context, call *Call, in In) (Aim, error)) Capability {
	c.Aim = func(ctx context.Context, call *Call, in any) (Aim, error) { return f(ctx, call, in.(In)) }
	return c
}

// Call is one call of a capability as its function sees it: who asks, when it is, and what the function tells the host
// about what it looked at.
type Call struct {
	Run  string         // the run's id
	Seq  int            // the step's number in the run
	Key  string         // idempotency key: the same at every attempt of this step
	Now  time.Time      // the journal's time
	Zone *time.Location // the user's time zone

	// Typed reports whether the user typed these words, whole, in the request that the run is for. What a script writes is
	// not the user's words.
	Typed func(words string) bool

	// Script is the script's label when it called: everything that had had a say in it, and who may know what it knew.
	// What is kept for later carries it, or tomorrow nobody would know.
	Script Label

	saw     Label
	content bool
	facts   bool
	receipt *Receipt
}

// Saw raises the script's label by what the call looked at, found or not.
func (c *Call) Saw(l Label) { c.saw = c.saw.Join(l) }

// ContentDecided says that what came from outside chose the plain values of this result, whatever the definition says.
func (c *Call) ContentDecided() { c.content = true }

// HostFacts says that for this call the plain values are the host's own facts, although the definition does not.
func (c *Call) HostFacts() { c.facts = true }

// Prove gives the proof of what was done.
func (c *Call) Prove(r Receipt) { c.receipt = &r }

// Seen is the join of everything given to Saw.
func (c *Call) Seen() Label { return c.saw }

// Influenced reports whether content had a say in the plain values, given what the definition declares.
func (c *Call) Influenced(declaredFacts bool) bool { return c.content || !declaredFacts && !c.facts }

// Receipt is the proof given to Prove, or nil.
func (c *Call) Receipt() *Receipt { return c.receipt }

// Pending is what a script gets for an effect that waits for the user's answer.
type Pending struct {
	ID      string `json:"id"`
	Pending bool   `json:"pending"`
}

// ObjectRef makes a Pending an [Object].
func (p Pending) ObjectRef() Ref { return Ref{Kind: "receipt", ID: p.ID} }

// Object is implemented by results that a script gets as an object with an identity: it may read their fields and pass
// the object on, and the host takes it only if the host made it in this run.
type Object interface {
	ObjectRef() Ref
}

// Ref names an object that the host made: what kind it is, its id there, and what to call it.
type Ref struct {
	Kind  string `json:"kind"`
	ID    string `json:"id"`
	Title Text   `json:"title"`
}

// Person is somebody with an address. A script passes the object on and never sees the address.
type Person struct {
	ID      string `json:"id"`
	Name    Text   `json:"name" sink:"shown"`
	Known   bool   `json:"known" doc:"the user has written to them"`
	Address string `json:"address" script:"-"`
}

// ObjectRef makes a Person an [Object].
func (p Person) ObjectRef() Ref { return Ref{Kind: "person", ID: p.ID, Title: p.Name} }
