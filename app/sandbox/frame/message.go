package frame

import "encoding/json"

// Kind is what a frame of the child says.
type Kind string

// The kinds, in the order in which a run shows them.
const (
	Ready  Kind = "ready"  // locked down, about to evaluate the script
	Call   Kind = "call"   // the script called a function
	Log    Kind = "log"    // the script wrote to the console
	Idle   Kind = "idle"   // nothing goes on until a result is delivered
	Done   Kind = "done"   // the script returned
	Failed Kind = "failed" // the script threw
	Limit  Kind = "limit"  // the child stopped the script at a limit of its own
	Broken Kind = "broken" // the child cannot go on: the engine or its start failed
)

// Up is a message of the child. Which fields are set depends on the kind.
type Up struct {
	Kind     Kind            `json:"k"`
	Seq      int             `json:"n,omitempty"`      // Call: order of issue, from 1
	Name     string          `json:"f,omitempty"`      // Call: the function; Log: the level; Limit: which
	Args     json.RawMessage `json:"a,omitempty"`      // Call: a JSON array
	Value    json.RawMessage `json:"v,omitempty"`      // Done
	Text     string          `json:"t,omitempty"`      // Log: what was written; Broken: why
	Stack    string          `json:"s,omitempty"`      // Call: where it was made
	Failure  *Failure        `json:"e,omitempty"`      // Failed
	Level    *Level          `json:"level,omitempty"`  // Ready
	Engine   string          `json:"engine,omitempty"` // Ready: hash of the engine, hex
	Protocol int             `json:"p,omitempty"`      // Ready
}

// Failure is what the script threw.
type Failure struct {
	Name    string `json:"name"`
	Message string `json:"message"`
	Stack   string `json:"stack"`
	Seq     int    `json:"seq,omitempty"` // the call whose delivered error it is; 0 if it is the script's own
}

// Level is what lock-down the child reached.
type Level struct {
	OS       string `json:"os"`
	Landlock int    `json:"landlock"` // ABI in force; 0 for none
	Seccomp  bool   `json:"seccomp"`
	Rlimits  bool   `json:"rlimits"`
}

// Init is the parent's first message: the program and its limits.
type Init struct {
	Protocol  int                        `json:"p"`
	CacheDir  string                     `json:"cache,omitempty"`
	JS        string                     `json:"js"`
	Functions []string                   `json:"functions"`
	Globals   map[string]json.RawMessage `json:"globals"`
	Seed      uint64                     `json:"seed,string"`
	Now       int64                      `json:"now"`  // milliseconds since 1970
	Zone      []Offset                   `json:"zone"` // sorted by From
	CPU       int64                      `json:"cpu"`  // milliseconds
	Memory    int64                      `json:"memory"`
}

// Offset is a stretch of the user's time zone.
type Offset struct {
	From   int64 `json:"from"`   // seconds since 1970
	Offset int   `json:"offset"` // seconds east of UTC
}

// Delivery is every later message of the parent: the one result that the script gets next.
type Delivery struct {
	Seq   int             `json:"n"`
	Value json.RawMessage `json:"v,omitempty"`
	Error *DeliveryError  `json:"e,omitempty"`
	Now   int64           `json:"now"` // milliseconds since 1970
}

// DeliveryError is a failed call as the script sees it.
type DeliveryError struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`
}
