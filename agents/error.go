package agents

import (
	"errors"
	"fmt"
)

// Codes of errors that users and programs see.
const (
	CodeInvalid       = "invalid"           // the input is wrong; the hint says what would be right
	CodeNotFound      = "not_found"         // there is no such thing
	CodeDenied        = "denied"            // policy or the sandbox refused
	CodeLimit         = "limit"             // a limit was reached
	CodeScript        = "script"            // the script failed; the message names its line
	CodeUnsupported   = "unsupported"       // Steward cannot do this, or not yet
	CodeUnavailable   = "unavailable"       // something outside does not answer; trying later may help
	CodeConflict      = "conflict"          // somebody else holds it, or it changed meanwhile
	CodeDamaged       = "damaged"           // stored data does not check out
	CodeLocked        = "locked"            // the vault is closed
	CodeNewer         = "newer"             // made by a newer Steward
	CodeDiskFull      = "disk_full"         // no room
	CodeNondetermined = "non_deterministic" // a resumed script asked for something else than the record says
	CodeGone          = "gone"              // what was pinned is no longer there: an engine, a capability, erased content
	CodeUnknown       = "unknown"           // an effect may or may not have happened
	CodeCancelled     = "cancelled"         // the user stopped it
	CodeExpired       = "expired"           // nobody answered in time
	CodeInternal      = "internal"          // a defect of Steward
)

// Error is an error that a person can act on: a code, a message in plain words, and a hint that names the fix.
type Error struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`
	Err     error  `json:"-"` // the cause, for logs; never shown as it is
}

// Error is the message, and the cause where there is one.
func (e *Error) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("%s: %v", e.Message, e.Err)
	}
	return e.Message
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// ErrUnknown is what a capability returns when it cannot tell whether its effect happened.
var ErrUnknown = errors.New("whether it happened is unknown")

// AsError finds the error for the user in a chain. Any other error becomes an internal one that keeps its cause.
func AsError(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return &Error{Code: CodeInternal, Message: "something went wrong inside Steward", Hint: "run `steward doctor`; if it says nothing, report this", Err: err}
}

// CodeOf is the code of the error for the user in a chain; "" for nil.
func CodeOf(err error) string {
	if err == nil {
		return ""
	}
	return AsError(err).Code
}
