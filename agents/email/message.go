// Package email is the email agent: it reads mail, finds it, sorts it by its headers, shows it to scripts as objects whose
// texts are handles, and puts mail together to be sent. It knows nothing of files, databases or the network: what it needs it declares as a [Mailbox].
package email

import (
	"context"
	"time"

	"github.com/stewardhq/steward/agents"
	"github.com/stewardhq/steward/agents/email/calendar"
	"github.com/stewardhq/steward/agents/email/content"
)

// Kind is what a message is, as far as its headers and first words tell.
type Kind string

// The kinds.
const (
	Personal     Kind = "personal"
	Newsletter   Kind = "newsletter"
	Notification Kind = "notification"
	Invitation   Kind = "invitation"
	Invoice      Kind = "invoice"
	Receipt      Kind = "receipt"
)

// Address is a mail address as it stands in a header.
type Address struct {
	Name    string `json:"name,omitempty"`
	Address string `json:"address"` // lower-cased where that is safe (the domain, and the local part of lookups)
}

// Attachment describes a part that is not the text; its bytes stay in the raw message.
type Attachment = content.Attachment

// Message is a parsed message, without its text and raw bytes. It is sealed at rest as a whole; the fields under "host
// facts" are kept beside it in plain columns.
type Message struct {
	// Host facts.
	ID       string    `json:"id"`
	Account  string    `json:"account"`
	Thread   string    `json:"thread"`
	Received time.Time `json:"received"` // the last hop's time, else the Date header's, else when it was imported
	Size     int64     `json:"size"`     // of the raw message, bytes
	Unread   bool      `json:"unread"`
	Starred  bool      `json:"starred"`
	Mine     bool      `json:"mine"`     // written by the user
	Bulk     bool      `json:"bulk"`     // List-Unsubscribe, List-Id, Precedence, Auto-Submitted
	Verified bool      `json:"verified"` // DMARC passed, as the receiving server wrote
	Forged   bool      `json:"forged"`   // DMARC failed, as the receiving server wrote
	Damaged  bool      `json:"damaged"`  // something could not be read; the raw message is kept

	// What its sender wrote.
	Kind         Kind             `json:"kind"`
	NeedsAnswer  bool             `json:"needs_answer"` // before looking at the rest of its thread
	MessageID    string           `json:"message_id"`   // without angle brackets
	References   []string         `json:"references"`   // In-Reply-To joined in, oldest first, without brackets
	From         Address          `json:"from"`
	ReplyTo      []Address        `json:"reply_to,omitempty"`
	To           []Address        `json:"to"`
	Cc           []Address        `json:"cc,omitempty"`
	Subject      string           `json:"subject"`
	Sent         time.Time        `json:"sent"`
	Attachments  []Attachment     `json:"attachments,omitempty"`
	Invitation   *calendar.Invite `json:"invitation,omitempty"`
	HiddenText   int              `json:"hidden_text,omitempty"` // characters that the message hid from a reader's eyes
	Problems     []string         `json:"problems,omitempty"`    // what was wrong with it, in plain words
	Answered     bool             `json:"-"`                     // in its thread, by the user, later than it; computed when read
	SenderKnown  bool             `json:"-"`                     // the user has written to its sender; computed when read
	FromPersonID string           `json:"-"`                     // opaque ids of persons; computed when read
	ToPersonIDs  []string         `json:"-"`                     // in the order of To
}

// Query is a search after parsing. Terms that the user or script wrote are plain; all conditions must hold.
type Query struct {
	Terms    []Term
	From     string // a person's id; "" for anyone
	To       string
	Since    time.Time // received at or after; zero for no bound
	Until    time.Time // received before
	Kind     Kind      // "" for any
	Unread   *bool
	Starred  *bool
	Attached *bool
	Mine     *bool
	Oldest   bool // oldest first; newest first otherwise
	Rank     bool // most relevant first
	Limit    int  // 0 means 50; at most 1000
}

// Term is a word or phrase to be found in a field.
type Term struct {
	Field Field
	Text  string // one word, or several as a phrase
	Not   bool
	Or    []Term // alternatives to this term, itself included; nil if there is none
}

// Field is where a term is looked for. The zero value is anywhere.
type Field uint8

// The fields.
const (
	Anywhere Field = iota
	InFrom
	InTo // To and Cc
	InSubject
	InBody // text and attachment names
)

// Parsed is a message together with what is needed to store and find it.
type Parsed struct {
	Message
	Raw       []byte // as it came, always kept
	Text      string // readable text for the index: no quotes folded, hidden text left out
	DedupeKey string // the same for the same message from another export; never from Message-ID alone
}

// Mailbox is what the email agent needs from the world. The store implements it.
type Mailbox interface {
	Search(ctx context.Context, q Query) ([]Message, error)
	Count(ctx context.Context, q Query) (int, error)
	Mail(ctx context.Context, id string) (Message, error)
	Thread(ctx context.Context, thread string) ([]Message, error) // oldest first
	Raw(ctx context.Context, id string) ([]byte, error)
}

// People finds persons by what the user calls them.
type People interface {
	Me(ctx context.Context) (agents.Person, error)
	Find(ctx context.Context, name string) ([]agents.Person, error)       // whose name or address has the words, the best known first
	Person(ctx context.Context, id string) (agents.Person, error)         // CodeNotFound for whom no mail names
	PersonFor(ctx context.Context, address string) (agents.Person, error) // who has an address, whether a mail names them or not
}
