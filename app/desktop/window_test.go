//go:build window

package desktop_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

const passphrase = "a passphrase for tests"

// open begins with an empty home as a person does: types a passphrase and presses the button.
func (w *window) open() {
	w.Helper()
	w.until(`/new|locked/.test(document.getElementById("state").textContent)`)
	w.keys("#passphrase", passphrase)
	w.click("#open")
	w.until(`document.getElementById("state").textContent === "open"`)
}

func TestFirstStartToReport(t *testing.T) {
	w := start(t, t.TempDir())
	w.until(`document.getElementById("state").textContent === "new"`)
	t.Logf("the page answers %v after the start", time.Since(w.began).Round(time.Millisecond))
	if title := w.tool("xdotool", "getwindowname", w.id()); title != "Steward" {
		t.Errorf("the title is %q", title)
	}
	if size := w.geometry(); size.width != 1280 || size.height != 800 {
		t.Errorf("the window is %+v", size)
	}
	if got := w.ask("Mail/Search", map[string]any{"query": "x"}); !strings.Contains(fmt.Sprint(got["error"]), `"code":"locked"`) {
		t.Errorf("a home that is not open answers %v", got)
	}
	w.open()
	if code := w.text("#code"); !regexp.MustCompile(`^[A-Z0-9-]{20,}$`).MatchString(code) {
		t.Errorf("the recovery code is %q", code)
	}
	var failure struct{ Code, Message, Hint string }
	if got := w.ask("Mail/Nothing", map[string]any{}); json.Unmarshal([]byte(fmt.Sprint(got["error"])), &failure) != nil || failure.Code != "not_found" || failure.Message == "" || failure.Hint == "" {
		t.Errorf("a method that is not there: %v", got)
	}
	w.settled(w.answer("Mail/Import", map[string]any{"sample": true}))
	run := w.answer("Ask/Start", map[string]any{"text": "Brief me on today's mail"})
	w.settled(run)
	outcome := w.answer("Runs/Outcome", map[string]any{"id": run["id"]})
	if outcome["state"] != "done" || len(outcome["reports"].([]any)) != 1 { // the script ran in the program beside the window
		t.Errorf("the briefing: %v", outcome)
	}
	w.inOrder()
	if resident := w.memory(); resident > 0 {
		t.Logf("memory of the window and WebKit's processes: %d MB", resident>>20)
	}
	w.picture("window-test-page")
	if err := syscall.Kill(w.pid, syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	t.Logf("ended %v after SIGTERM", w.ended().Round(time.Millisecond))
}

// settled waits until a run is over.
func (w *window) settled(run map[string]any) {
	w.Helper()
	if !eventually(30*time.Second, func() bool {
		state := w.answer("Runs/Outcome", map[string]any{"id": run["id"]})["state"]
		return state == "done" || state == "failed"
	}) {
		w.Fatal("the run does not end")
	}
}

// inOrder requires that all events came, each once, in their order.
func (w *window) inOrder() {
	w.Helper()
	time.Sleep(300 * time.Millisecond) // the last ones are on their way
	seen := w.run("return window.seen.map((e) => e.seq)").([]any)
	for i, seq := range seen {
		if seq.(float64) != float64(i+1) {
			w.Fatalf("event %d has the number %v of %v", i+1, seq, seen)
		}
	}
	if len(seen) < 5 {
		w.Errorf("only the events %v came", seen)
	}
}

// memory is the proportional share of all processes of the window, in bytes.
func (w *window) memory() (sum int64) {
	out, err := exec.Command("ps", "-o", "pid=", "--ppid", fmt.Sprint(w.pid), "--pid", fmt.Sprint(w.pid)).Output()
	if err != nil {
		return 0
	}
	for pid := range strings.FieldsSeq(string(out)) {
		text, err := os.ReadFile("/proc/" + pid + "/smaps_rollup")
		if err != nil {
			continue
		}
		var kilobytes int64
		for line := range strings.Lines(string(text)) {
			if _, err := fmt.Sscanf(line, "Pss: %d kB", &kilobytes); err == nil {
				sum += kilobytes << 10
				break
			}
		}
	}
	return sum
}

type geometry struct{ x, y, width, height int }

func (w *window) geometry() (g geometry) {
	w.Helper()
	for line := range strings.Lines(w.tool("xdotool", "getwindowgeometry", "--shell", w.id())) {
		for name, into := range map[string]*int{"X=": &g.x, "Y=": &g.y, "WIDTH=": &g.width, "HEIGHT=": &g.height} {
			if value, ok := strings.CutPrefix(line, name); ok {
				_, _ = fmt.Sscan(value, into)
			}
		}
	}
	return g
}

func TestTheWindowOpensWhereItWasClosed(t *testing.T) {
	home := t.TempDir()
	w := start(t, home)
	w.open()
	w.tool("xdotool", "windowsize", "--sync", w.id(), "900", "650")
	w.tool("xdotool", "windowmove", "--sync", w.id(), "200", "120")
	time.Sleep(500 * time.Millisecond) // the toolkit hears of it
	before := w.geometry()
	w.run(`location.hash = "#/there?q=x"`)
	time.Sleep(100 * time.Millisecond)   // the toolkit hears of this, too
	w.tool("wmctrl", "-i", "-c", w.id()) // as its button does
	t.Logf("ended %v after it was closed", w.ended().Round(time.Millisecond))

	w = start(t, home)
	w.open()
	if !eventually(5*time.Second, func() bool { return w.geometry() == before }) {
		t.Errorf("closed at %+v, opened at %+v", before, w.geometry())
	}
	w.until(`location.hash === "#/there?q=x"`)
	w.tool("wmctrl", "-i", "-r", w.id(), "-b", "add,maximized_vert,maximized_horz")
	if !eventually(5*time.Second, func() bool { return w.geometry().width > 1500 }) {
		t.Fatalf("asked to be as large as the screen, it is %+v", w.geometry())
	}
	time.Sleep(300 * time.Millisecond)
	w.tool("wmctrl", "-i", "-c", w.id()) // as its button does
	w.ended()

	file := filepath.Join(t.TempDir(), "passphrase")
	if err := os.WriteFile(file, []byte(passphrase), 0o600); err != nil {
		t.Fatal(err)
	}
	w = startAs(t, home, plain, "STEWARD_PASSPHRASE_FILE="+file) // it opens by itself
	w.until(`location.hash === "#/there?q=x" && document.getElementById("state").textContent === "open"`)
	if !eventually(5*time.Second, func() bool { return w.geometry().width > 1500 }) {
		t.Errorf("closed maximised, opened at %+v", w.geometry())
	}
}

func TestAWindowIsNeverTooSmall(t *testing.T) {
	w := start(t, t.TempDir())
	w.until(`document.getElementById("state").textContent === "new"`)
	w.tool("xdotool", "windowsize", w.id(), "300", "200")
	time.Sleep(500 * time.Millisecond)
	if g := w.geometry(); g.width < 640 || g.height < 480 {
		t.Errorf("the window is %+v", g)
	}
}

func TestASecondStartRaisesTheWindow(t *testing.T) {
	w := start(t, t.TempDir())
	w.until(`document.getElementById("state").textContent === "new"`)
	id := w.id()
	w.tool("xdotool", "windowminimize", "--sync", id)
	began := time.Now()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	second := exec.CommandContext(ctx, filepath.Join(screen.dir, "steward-desktop"))
	second.Env = environment(w.home)
	if out, err := second.CombinedOutput(); err != nil || len(out) > 0 {
		t.Fatalf("the second start: %v\n%s", err, out)
	}
	t.Logf("the second start took %v", time.Since(began).Round(time.Millisecond))
	if !eventually(5*time.Second, func() bool { return w.tool("xdotool", "getactivewindow") == id }) {
		t.Error("the window was not raised")
	}
	if other := w.tool("xdotool", "search", "--onlyvisible", "--name", "^Steward$"); strings.Contains(other, "\n") {
		t.Errorf("there are two windows: %q", other)
	}
}

// Nothing leads out of the window, whatever is clicked or tried, and nothing is kept in it.
func TestTheViewGoesNowhere(t *testing.T) {
	w := start(t, t.TempDir())
	w.until(`document.getElementById("state").textContent === "new"`)
	w.run("window.here = true")
	for _, link := range []string{"#out", "#blank", "#file", "#load"} {
		w.click(link)
	}
	for _, script := range []string{
		`location.href = "https://example.com/"`, `location.assign("http://127.0.0.1:1/")`, `window.open("https://example.com/")`,
		`location.href = "data:text/html,x"`, `location.href = "mailto:a@b.example"`,
		`const f = document.createElement("iframe"); f.src = "https://example.com/"; document.body.append(f)`,
		`const f = document.createElement("form"); f.action = "https://example.com/"; document.body.append(f); f.submit()`,
		`const i = new Image(); i.src = "https://example.com/i.png"`,
	} {
		w.run(script)
	}
	time.Sleep(time.Second)
	if at := w.run(`return location.href`); at != "wails://wails/" || w.run("return window.here") != true {
		t.Errorf("the page is now %v", at)
	}
	for _, script := range []string{
		`return fetch("https://example.com/").then(() => "reached", (e) => "refused")`,
		`return fetch("http://127.0.0.1:9/").then(() => "reached", (e) => "refused")`,
		`try { localStorage.setItem("a", "b"); return localStorage.getItem("a") === "b" ? "kept" : "refused"; } catch { return "refused"; }`,
		`try { return new Function("return 'reached'")(); } catch { return "refused"; }`,
		`const s = document.createElement("script"); s.textContent = "window.inline = true"; document.body.append(s); return window.inline ? "reached" : "refused"`,
		`return document.cookie = "a=b", document.cookie === "" ? "refused" : "kept"`,
	} {
		if got := w.run(script); got != "refused" {
			t.Errorf("%s: %v", script, got)
		}
	}
	w.loadAnew()
	w.until(`document.getElementById("state").textContent === "new"`)
}

// Words that were typed and read in the window are not on the disk afterwards, wherever WebKit keeps things.
func TestTheViewLeavesNothingOnDisk(t *testing.T) {
	home := t.TempDir()
	w := start(t, home)
	w.open()
	const typed, read = "zanzibarquokka", "ornithopterfjord"
	mail := filepath.Join(t.TempDir(), "a.eml")
	if err := os.WriteFile(mail, []byte("From: a@b.example\nTo: sam@lin.example\nSubject: "+read+"\nDate: Thu, 19 Nov 2026 09:00:00 +0000\n\n"+read+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	w.keys("#text", typed)
	w.settled(w.answer("Mail/Import", map[string]any{"paths": []string{mail}, "me": []string{"sam@lin.example"}}))
	found := w.answer("Mail/Search", map[string]any{"query": read})
	if found["count"] != 1.0 {
		t.Fatalf("found %v", found)
	}
	w.run(`history.pushState({ subject: arguments[0] }, "", "#" + arguments[1]); document.getElementById("text").value += arguments[0]`, read, typed)
	for _, store := range []string{"indexedDB", "localStorage", "openDatabase"} {
		if w.run("try { return !!window[arguments[0]] } catch { return false }", store) == true {
			t.Errorf("the page has %s", store)
		}
	}
	if kept := w.run(`return caches.open("c").then((c) => c.put("/" + arguments[0], new Response(arguments[0]))).then(() => true, (e) => String(e))`, read); kept != true {
		t.Logf("the page's cache: %v", kept)
	}
	time.Sleep(500 * time.Millisecond)   // what is written late
	w.tool("wmctrl", "-i", "-c", w.id()) // as its button does
	w.ended()
	files := 0
	err := filepath.WalkDir(home, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		files++
		content, err := os.ReadFile(path)
		for _, word := range []string{typed, read} {
			wide := []byte(strings.Join(strings.Split(word, ""), "\x00"))
			if bytes.Contains(content, []byte(word)) || bytes.Contains(content, wide) || strings.Contains(path, word) {
				t.Errorf("%s is in %s", word, path)
			}
		}
		// Beside the home the toolkit keeps what it knows of fonts, graphics and settings, and the web view nothing.
		beside, _ := filepath.Rel(home, path)
		if !strings.HasPrefix(path, w.steward()) && !regexp.MustCompile(`^cache/(dconf|fontconfig|gstreamer-1\.0|mesa_shader_cache[a-z_]*)/`).MatchString(beside) {
			t.Errorf("beside the home lies %s", beside)
		}
		return err
	})
	if err != nil || files < 3 {
		t.Errorf("%d files, %v", files, err)
	}
}

func TestWithoutADisplay(t *testing.T) {
	home := t.TempDir()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, filepath.Join(screen.dir, "steward-desktop"))
	for _, v := range environment(home) {
		if !strings.HasPrefix(v, "DISPLAY=") {
			cmd.Env = append(cmd.Env, v)
		}
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line := make([]byte, 200)
	n, _ := out.Read(line)
	if !regexp.MustCompile(`^http://127\.0\.0\.1:\d+/#token=\S+\n`).Match(line[:n]) {
		t.Errorf("it says %q", line[:n])
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Error(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("ended with %v", err)
	}
}

// A program beside the window that is missing, or of another build, is said in plain words, in the window too.
func TestAnotherProgramBesideTheWindow(t *testing.T) {
	for name, want := range map[string]string{"missing": "missing beside", "other": "another build"} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			content, err := os.ReadFile(filepath.Join(screen.dir, "steward-desktop"))
			if err == nil {
				err = os.WriteFile(filepath.Join(dir, "steward-desktop"), content, 0o700)
			}
			if err == nil && name == "other" {
				err = os.WriteFile(filepath.Join(dir, "steward"), []byte("#!/bin/sh\necho '{\"type\":\"result\",\"build\":\"older\"}'\n"), 0o700)
			}
			if err != nil {
				t.Fatal(err)
			}
			home := t.TempDir()
			cmd := exec.Command(filepath.Join(dir, "steward-desktop"))
			cmd.Env = environment(home)
			var said bytes.Buffer
			cmd.Stderr = &said
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			w := &window{T: t, home: home, pid: cmd.Process.Pid}
			eventually(10*time.Second, func() bool {
				out, err := exec.Command("env", append(append([]string{}, screen.env...), "xdotool", "search", "--onlyvisible", "--pid", fmt.Sprint(w.pid), "--name", "^Steward$")...).Output()
				return err == nil && len(out) > 0
			})
			time.Sleep(time.Second)
			w.picture("beside-" + name)
			if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
				t.Error(err)
			}
			if err := cmd.Wait(); err == nil {
				t.Error("it ended well")
			}
			if !strings.Contains(said.String(), want) {
				t.Errorf("it says %q", said.String())
			}
		})
	}
}
