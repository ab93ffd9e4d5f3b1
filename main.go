//go:build desktop

// Command steward-desktop is Steward in a window.
package main

import (
	_ "embed"
	"os"

	"github.com/stewardhq/steward/app/desktop"
)

//go:embed build/icon.png
var icon []byte

// version is set when the program is built.
var version = "development"

func main() {
	window := &desktop.Wails{Icon: icon}
	d := desktop.Desktop{Window: window, Dialogs: window, Getenv: os.Getenv, Err: os.Stderr, Version: version}
	os.Exit(d.Main(os.Args[1:]))
}
