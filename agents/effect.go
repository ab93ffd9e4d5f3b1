package agents

import "fmt"

// Effect is what a capability does to the world. The zero value is Undeclared, and undeclared is denied.
type Effect uint8

// The effects, from harmless to standing.
const (
	Undeclared       Effect = iota
	Read                    // looks, changes nothing
	Local                   // changes only what the user sees on this machine: reports, notifications, files in granted folders
	RemoteReversible        // changes something elsewhere that can be undone: labels, archive, drafts
	Egress                  // lets something leave the machine, such as a request to a page
	Send                    // tells somebody something
	Delete                  // removes something, the trash included
	Exec                    // starts a program
	Spend                   // costs money
	Standing                // changes how later runs behave: rules, automations, contacts, skills, settings, retention
)

var effectNames = [...]string{"undeclared", "read", "local", "remote-reversible", "egress", "send", "delete", "exec", "spend", "standing"}

// String is the effect's name as DESIGN writes it.
func (e Effect) String() string {
	if int(e) < len(effectNames) {
		return effectNames[e]
	}
	return fmt.Sprintf("effect(%d)", uint8(e))
}

// ParseEffect is the inverse of String. An unknown name is Undeclared, and so denied.
func ParseEffect(name string) Effect {
	for i, n := range effectNames {
		if n == name {
			return Effect(i)
		}
	}
	return Undeclared
}

// Changes reports whether the effect goes beyond reading, so that intent and outcome must both be on disk.
func (e Effect) Changes() bool { return e != Read }
