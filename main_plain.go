//go:build !desktop

// Command steward-desktop is Steward in a window. The window is built with the tag desktop and the toolkit's headers, so
// that everything else can be built and checked without them.
package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Fprintln(os.Stderr, "error: this was built without its window")
	fmt.Fprintln(os.Stderr, "hint: make build builds it, with what it needs")
	os.Exit(1)
}
