//go:build desktop && !linux

package desktop

import "os"

// Elsewhere the window opens in its first size: where it stood is not noted yet.
func settle(Place) {}

func put(Place) {}

func placed(start Place) Place { return start }

// quit is asked for by a signal only.
func quit() {
	if p, err := os.FindProcess(os.Getpid()); err == nil {
		_ = p.Signal(os.Interrupt) // which Wails ends at
	}
}
