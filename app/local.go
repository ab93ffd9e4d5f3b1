package app

import (
	"os"
	"path/filepath"
	"time"
)

// Build names what this program was built from, and is set when it is built: two programs of one build have the same.
var Build = "development"

// LocalZone is the user's time zone by name, so that a run means the same on another machine.
func LocalZone() *time.Location {
	name := os.Getenv("TZ")
	if name == "" {
		if target, err := os.Readlink("/etc/localtime"); err == nil {
			for dir := filepath.Dir(target); len(dir) > 1; dir = filepath.Dir(dir) {
				if filepath.Base(dir) == "zoneinfo" {
					name, _ = filepath.Rel(dir, target)
					break
				}
			}
		}
	}
	if zone, err := time.LoadLocation(name); err == nil {
		return zone
	}
	return time.UTC
}
