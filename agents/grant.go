package agents

import "time"

// Grant is a person's narrow standing answer: what one automation may do without a sheet, until when and how often. It is
// never wider than what was shown when it was given.
type Grant struct {
	ID         string    `json:"id"`
	Automation string    `json:"automation"`
	Script     string    `json:"script"` // the hash that the automation was pinned to; another script is not meant
	Capability string    `json:"capability"`
	Effect     Effect    `json:"effect"`
	Recipients []string  `json:"recipients,omitempty"` // ids of exactly those persons, sorted
	Names      []Text    `json:"names,omitempty"`      // what they were called when it was given, in the same order
	Hosts      []string  `json:"hosts,omitempty"`      // exactly those, sorted
	Origins    []string  `json:"origins,omitempty"`    // kinds of origins that the payload may have: "mail", "account", …
	Created    time.Time `json:"created"`
	Expires    time.Time `json:"expires"`
	Uses       int       `json:"uses"` // how often it may be used in all
	Used       int       `json:"used"`
	Revoked    time.Time `json:"revoked,omitzero"`
	From       string    `json:"from"` // the run on whose sheet it was given
}

// Open reports whether the grant can still be used at that time.
func (g Grant) Open(now time.Time) bool {
	return g.Revoked.IsZero() && now.Before(g.Expires) && g.Used < g.Uses
}

// Alert is something that the user should look at: an attempt that was noticed, something that was refused. It is telemetry;
// no decision rests on one.
type Alert struct {
	ID      string            `json:"id"`
	Kind    AlertKind         `json:"kind"`
	Created time.Time         `json:"created"`
	Run     string            `json:"run,omitempty"`
	Facts   map[string]string `json:"facts,omitempty"` // what the message is made of: a host, a capability, a number, a mail's id
	Count   int               `json:"count"`           // how often it was noticed, since it is told once
	Seen    time.Time         `json:"seen,omitzero"`   // when the user put it away
}

// AlertKind is what was noticed.
type AlertKind string

// The kinds of alerts.
const (
	AlertInjection AlertKind = "injection" // a text from outside gives orders to an assistant
	AlertEgress    AlertKind = "egress"    // a connection was refused
	AlertDenied    AlertKind = "denied"    // policy denied what a script wanted
	AlertBurst     AlertKind = "burst"     // unusually many effects in a short time
	AlertChanged   AlertKind = "changed"   // what a capability says of itself changed although Steward did not
	AlertLedger    AlertKind = "ledger"    // the ledger does not verify
	AlertAccess    AlertKind = "access"    // many wrong attempts to come in
)
