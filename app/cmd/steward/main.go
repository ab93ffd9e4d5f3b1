// Command steward is Steward's command line. It is pure Go, and also the locked child in which scripts run.
package main

import (
	"os"

	"github.com/stewardhq/steward/app/headless"
)

func main() {
	os.Exit(headless.Main(os.Args[1:], headless.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}))
}
