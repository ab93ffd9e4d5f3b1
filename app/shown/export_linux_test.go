package shown

import "testing"

// Use puts the shown files of one test below another directory.
func Use(t *testing.T, dir string) {
	old := base
	base = dir
	t.Cleanup(func() { base = old })
}
