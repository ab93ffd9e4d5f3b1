// Package wire reads a mail message as bytes: its header fields in their order, its tree of parts, transfer encodings,
// charsets, encoded words and addresses. It reads what other programs really write, so nothing here fails: whatever
// does not fit is repaired or left out, and noted as a [Problem].
//
// Time and memory are linear in the message, whatever its depth: part bodies are slices of the raw bytes and are decoded
// only where somebody asks, up to the limit they give. (A reader that stacks one reader a level is quadratic in depth,
// and one that keeps fields in a map loses the order by which a server's own fields are told from the sender's.)
package wire

// Limits of what is read of one message. What is beyond them stays in the raw message.
const (
	MaxHeader = 1 << 20   // bytes of one header
	MaxFields = 2_000     // fields of one header
	MaxField  = 256 << 10 // bytes of one field
	MaxParts  = 10_000    // parts of a message
	MaxDepth  = 100       // levels of multipart that are looked into
)

// Problem is something wrong with a message, in plain words.
type Problem struct {
	Text string
	Lost bool // some content could not be read; otherwise it was only written against the rules
}
