// Package sandbox runs scripts where they can do no harm: in a WebAssembly engine, in a process of their own that has
// locked itself down, with two pipes for a world.
//
// A [Sandbox] starts a [Child] for one program. [Child.Next] gives what the script does, event by event; at an idle event
// the caller answers exactly one open call with [Child.Deliver]. In between no time passes for the script: its clock is
// that of the last delivery and its randomness comes from the program's seed, so the same program with the same deliveries
// in the same order does the same again.
//
// # Values
//
// Values pass as JSON with tags. To the script: {"$h":ID} is a handle, {"$d":MILLIS} a Date, {"$o":ID,"k":KIND,"f":{…}} an
// object that keeps its identity. From the script: {"$h":ID}, {"$o":ID}, {"$d":MILLIS}, and {"$t":[…]} for a text composed of
// strings, handles and other composed texts. No other object from a script has a key that begins with $. A child is not to
// be trusted: the ids in what it sends have to be checked against those that were given to it.
//
// # The child
//
// The child is the same program, called with [ChildArg] as its first argument; main hands over to [RunChild] before it does
// anything else. The parent takes nothing from the child on trust: sizes, order, names and counts are checked, and a child
// that breaks the protocol is killed.
package sandbox
