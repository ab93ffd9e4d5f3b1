package agents

import (
	"encoding/json"
	"time"
)

// RunState is where a run stands.
type RunState string

// The states of a run.
const (
	Queued    RunState = "queued"
	Running   RunState = "running"
	Waiting   RunState = "waiting" // for an approval, a timer, a rate limit or a budget; holds no process
	Paused    RunState = "paused"
	Done      RunState = "done"
	Failed    RunState = "failed"
	Cancelled RunState = "cancelled"
)

// Over reports whether the run has come to its end.
func (s RunState) Over() bool { return s == Done || s == Failed || s == Cancelled }

// Run is one execution of a script, or a user's command that takes a while, such as an import.
type Run struct {
	ID       string          `json:"id"`
	Parent   string          `json:"parent,omitempty"`
	Kind     string          `json:"kind"` // "ask", "script", "import", "automation"
	State    RunState        `json:"state"`
	Request  string          `json:"request"`           // the user's typed words
	Skill    string          `json:"skill,omitempty"`   // the skill it came from
	Planner  string          `json:"planner,omitempty"` // who wrote or chose the script: "offline", or a model's name
	Script   string          `json:"script,omitempty"`  // the pinned script's hash
	Params   json.RawMessage `json:"params,omitempty"`
	Engine   string          `json:"engine"` // the version that results are recorded under
	Seed     uint64          `json:"seed"`
	Zone     string          `json:"zone"` // the user's time zone when it began
	Created  time.Time       `json:"created"`
	Started  time.Time       `json:"started"` // the script's first "now"
	Ended    time.Time       `json:"ended"`
	Context  Label           `json:"context,omitzero"` // of everything that its planner was shown; the script's label begins with it
	Label    Label           `json:"label"`            // the script's own label; it only rises
	Revealed bool            `json:"revealed,omitempty"`
	Result   *Text           `json:"result,omitempty"`
	Output   json.RawMessage `json:"output,omitempty"` // what a command that is no script counted, such as an import
	Verified bool            `json:"verified"`
	Usage    Usage           `json:"usage"`
	Error    *Error          `json:"error,omitempty"`
	Logs     []string        `json:"logs,omitempty"`

	Automation string `json:"automation,omitempty"` // whose occurrence it is

	Waits   time.Time `json:"waits,omitzero"`   // since when it waits for the user's word
	Expires time.Time `json:"expires,omitzero"` // when its sheet is void
}

// Usage is what a run cost. Cost is in the currency of the price table; 0 where nothing was paid.
type Usage struct {
	Requests         int     `json:"requests"`
	PromptTokens     int     `json:"prompt_tokens"`
	CompletionTokens int     `json:"completion_tokens"`
	Cost             float64 `json:"cost"`
}

// Add sums two usages.
func (u Usage) Add(v Usage) Usage {
	return Usage{u.Requests + v.Requests, u.PromptTokens + v.PromptTokens, u.CompletionTokens + v.CompletionTokens, u.Cost + v.Cost}
}

// StepState is where a step stands.
type StepState string

// The states of a step.
const (
	StepIntent  StepState = "intent"  // about to happen, or broken off before its outcome was written
	StepStaged  StepState = "staged"  // waits for the user's answer
	StepDone    StepState = "done"    // happened; its result is recorded
	StepFailed  StepState = "failed"  // did not happen; its error is recorded and delivered like a result
	StepUnknown StepState = "unknown" // may have happened; a person is asked
)

// Step is one capability call in a run's journal.
type Step struct {
	Run        string          `json:"run"`
	Seq        int             `json:"seq"`     // order of issue, from 1
	DoneNo     int             `json:"done_no"` // order of completion, from 1; 0 while open
	Capability string          `json:"capability"`
	Version    int             `json:"version"`
	Effect     Effect          `json:"effect"`
	State      StepState       `json:"state"`
	Decision   Decision        `json:"decision"`
	Proposal   json.RawMessage `json:"proposal,omitempty"` // what policy was asked, sealed at rest
	Edits      []Edit          `json:"edits,omitempty"`    // what the user changed of a staged step before approving it
	InputHash  string          `json:"input_hash"`
	Words      Label           `json:"words,omitzero"`   // what the script's own strings in the input carry, once it has revealed
	Input      json.RawMessage `json:"input,omitempty"`  // as the script sent it, sealed at rest
	Result     json.RawMessage `json:"result,omitempty"` // the host's value, labels included, sealed at rest
	Label      Label           `json:"label"`            // what the call raised the script's label by
	Receipt    *Receipt        `json:"receipt,omitempty"`
	Error      *Error          `json:"error,omitempty"`
	Key        string          `json:"key"` // idempotency key
	Attempt    int             `json:"attempt"`
	Issued     time.Time       `json:"issued"`
	Ended      time.Time       `json:"ended"` // the script's clock from its delivery on
}

// Edit is a field of a staged payload in the user's own words: the whole text, or the addresses, one a line.
type Edit struct {
	Path   string   `json:"path"`
	Text   string   `json:"text"`
	People []Person `json:"people,omitempty"` // whom the addresses named when it was typed; the host's alone
}

// Verdict is what policy says to a proposal.
type Verdict string

// The verdicts. The zero value is none, and none is a denial.
const (
	Allow Verdict = "allow"
	Ask   Verdict = "ask"
	Deny  Verdict = "deny"
)

// Decision is a verdict with its reasons.
type Decision struct {
	Verdict Verdict  `json:"verdict"`
	Rule    string   `json:"rule"`              // the rule that decided
	Reasons []string `json:"reasons,omitempty"` // in plain words; the first is the rule's own
	Codes   []string `json:"codes,omitempty"`   // the reasons' names, in the same order, for other languages
	Grant   string   `json:"grant,omitempty"`   // the id of the grant that answered
}

// Receipt is the proof of an effect.
type Receipt struct {
	Kind string `json:"kind"` // "hash", "smtp", "provider", "http", "shown"
	ID   string `json:"id"`   // the hash, the server's reply, the provider's id
	Note string `json:"note,omitempty"`
}

// Entry is one row of the ledger before it is chained.
type Entry struct {
	Kind    string          `json:"kind"` // "run", "decision", "intent", "outcome", "approval", "egress", "model", "setting", "vault"
	Run     string          `json:"run,omitempty"`
	Step    int             `json:"step,omitempty"`
	Content json.RawMessage `json:"content"` // sealed apart from the chain
}

// Script is source that was deployed: stored and pinned by the hash of its text.
type Script struct {
	Hash    string    `json:"hash"`
	Name    string    `json:"name"`
	Source  string    `json:"source"`
	Created time.Time `json:"created"`
}

// Report is what a run wrote for the user.
type Report struct {
	ID       string    `json:"id"`
	Run      string    `json:"run"`
	Title    Text      `json:"title"`
	Created  time.Time `json:"created"`
	HTML     string    `json:"html"`
	Markdown string    `json:"markdown"`
	Label    Label     `json:"label"`

	Content json.RawMessage `json:"content,omitempty"` // what its forms were made of, labels included
}
