// Command typescript prints the surface of app/api as TypeScript: an interface for every request and answer, and the map
// Methods. The page is built against its output, frontend/src/lib/backend/api.gen.ts; a test fails where that is old.
package main

import (
	"fmt"
	"os"
)

func main() {
	text, err := generate("app")
	if err == nil {
		_, err = fmt.Print(text)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}
