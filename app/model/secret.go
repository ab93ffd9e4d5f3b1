package model

import (
	"fmt"
	"io"
	"log/slog"
)

// Secret is a key that cannot be printed by accident: every way of showing it says so instead. Only as the key of a map is
// it not safe, since encoding/json takes strings there as they are.
type Secret string

const redacted = "[secret]"

// String hides the secret.
func (Secret) String() string { return redacted }

// GoString hides the secret.
func (Secret) GoString() string { return redacted }

// MarshalJSON hides the secret.
func (Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }

// MarshalText hides the secret.
func (Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// LogValue hides the secret.
func (Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// Format hides the secret from every verb, the wrong ones too.
func (Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }
