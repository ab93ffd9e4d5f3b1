//go:build window

package desktop_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// A person's way through the built page, from an empty home on: one step after another in one window, each with a
// picture. What a step leaves is where the next begins.
func TestAPersonsWay(t *testing.T) {
	if _, err := os.Stat(filepath.Join(screen.dir, built)); err != nil {
		t.Skip("the page is not built: make page")
	}
	w := startAs(t, t.TempDir(), built)
	for _, step := range []struct {
		name string
		do   func(*window)
	}{
		{"1-first-start", (*window).firstScreen},
	} {
		began := time.Now()
		step.do(w)
		t.Logf("%s took %v", step.name, time.Since(began).Round(time.Millisecond))
		w.picture("window-" + step.name)
	}
}

// firstScreen is there without anything that the page's policy forbids or that it fails at.
func (w *window) firstScreen() {
	w.until(`document.querySelector("#root")?.childElementCount > 0`)
	w.until(`document.querySelectorAll("button").length > 0`)
	if at := w.run("return location.href.split('#')[0]"); at != "wails://wails/" {
		w.Errorf("the page is at %v", at)
	}
	if state := w.run(`return window.go.desktop.Shell.Call("Setup/State", "{}").then((a) => JSON.parse(a).state)`); state != "new" {
		w.Errorf("the home is %v", state)
	}
	if wide := w.run("return document.documentElement.scrollWidth > window.innerWidth"); wide == true {
		w.Error("the page is wider than the window")
	}
}
