// Package markup turns the HTML of mail into the text that a person would read, with its links, and tells apart what
// the message hides from eyes: a place where instructions for assistants are put.
//
// It works on tokens, not on a tree: the tree builder refuses 512 nested elements, and mail has more. Everything is
// linear in the input and bounded by [MaxInput] and [MaxLinks].
package markup

// Limits of one document.
const (
	MaxInput = 2 << 20 // bytes that are read
	MaxLinks = 1_000
	maxOpen  = 10_000 // open elements that are remembered
)

// Link is a link as a reader would see it.
type Link struct {
	Text string
	URL  string // as it is written; http, https or mailto only
}

// Document is what a reader's eyes get of an HTML text.
type Document struct {
	Text   string
	Links  []Link
	Hidden int  // characters that are there and not to be seen
	Cut    bool // something was beyond the limits
}
