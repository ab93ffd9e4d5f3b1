package agents

// Aim is what a call is about to do, as its agent sees it: who will learn of it, where it goes, what it touches. Policy
// decides by it; a sink without one is never silent.
type Aim struct {
	Recipients []Recipient `json:"recipients,omitempty"` // everybody who will know the payload
	Hosts      []string    `json:"hosts,omitempty"`      // where a request goes
	Items      []Item      `json:"items,omitempty"`      // what is changed or removed
	Change     Change      `json:"change,omitempty"`     // what kind of reversible change it is
	Sources    []Item      `json:"sources,omitempty"`    // what a new entry was made from
	Composed   bool        `json:"composed,omitempty"`   // it carries a text that was put together for its recipients

	// Author is of the item that a link stands in, and learns that the link was followed. It is nil where the item does not
	// prove who wrote it (DMARC): what a forger wrote is nobody's. Its Address says which hosts are the author's own.
	Author       *Recipient `json:"author,omitempty"`
	Hidden       bool       `json:"hidden,omitempty"`       // the link stands where who reads the item does not see it
	Unsubscribes bool       `json:"unsubscribes,omitempty"` // it ends a subscription, and so tells that the mail is read

	Never string `json:"never,omitempty"` // why it must not be done at all, whoever says yes; "" for nothing
}

// Recipient is somebody who will learn something.
type Recipient struct {
	Person      string `json:"person"`            // id
	Address     string `json:"address,omitempty"` // for the user's rules, which name addresses
	Known       bool   `json:"known,omitempty"`
	Me          bool   `json:"me,omitempty"`          // an address that the user confirmed to be their own
	Participant bool   `json:"participant,omitempty"` // was already in the conversation that is answered
	Typed       bool   `json:"typed,omitempty"`       // the user typed the address
}

// Change is a kind of reversible change.
type Change string

// The changes that may be made without asking, each within its bounds. Another kind always asks.
const (
	ChangeLabel   Change = "label"
	ChangeArchive Change = "archive"
	ChangeSnooze  Change = "snooze"
	ChangeDraft   Change = "draft"
	ChangeEntry   Change = "entry" // in the user's own calendar
)

// Item is something that a call changes or removes.
type Item struct {
	Kind   string `json:"kind"` // "mail", "entry", …
	ID     string `json:"id"`
	Author string `json:"author,omitempty"` // a person's id
	Known  bool   `json:"known,omitempty"`  // the user knows its author, or has written to them
}

// Source is where a control argument came from.
type Source string

// The sources. Only the script's own words and content's are no reason to trust one.
const (
	SourceHost    Source = "host"    // an object that the host issued
	SourceTyped   Source = "typed"   // the user typed it, whole
	SourceListed  Source = "listed"  // a fixed choice that the capability offers
	SourceScript  Source = "script"  // the script's own literal
	SourceContent Source = "content" // something from outside had a say in it
)

// Control is one argument that decides where an effect goes, or how far: a recipient, an address, a path, an id, an amount.
type Control struct {
	Path   string `json:"path"`
	Source Source `json:"source"`
}
