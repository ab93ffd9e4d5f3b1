//go:build window

package desktop_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// display is a virtual screen with a window manager, and the programs that are shown on it.
type display struct {
	dir string // of the built programs
	env []string
}

var screen display

func TestMain(m *testing.M) { os.Exit(inDisplay(m)) }

func inDisplay(m *testing.M) int {
	dir, err := os.MkdirTemp("", "steward-window-")
	if err != nil {
		return failed("make a place for the tests", err)
	}
	defer os.RemoveAll(dir)
	screen.dir = dir
	if err := build(dir); err != nil {
		return failed("build the window", err)
	}
	number, stop, err := xvfb(dir)
	if err != nil {
		return failed("start a display", err)
	}
	defer stop()
	screen.env = []string{"PATH=" + os.Getenv("PATH"), "LANG=C.UTF-8", "TZ=Asia/Taipei", "DISPLAY=:" + number, "NO_AT_BRIDGE=1", "DBUS_SESSION_BUS_ADDRESS=disabled:", "GSETTINGS_BACKEND=memory", "HOME=" + dir, "LIBGL_ALWAYS_SOFTWARE=1"}
	manager := exec.Command("openbox")
	manager.Env = screen.env
	if err := manager.Start(); err != nil {
		return failed("start the window manager", err)
	}
	defer end(manager)
	return m.Run()
}

func failed(what string, err error) int {
	fmt.Fprintf(os.Stderr, "cannot %s: %v\n", what, err)
	return 1
}

func end(cmd *exec.Cmd) {
	_ = cmd.Process.Kill() // it may have ended
	_ = cmd.Wait()
}

// build makes both programs as the Makefile does, with the page of the tests in place of the built one, and the library
// that lets the window be driven.
func build(dir string) error {
	root, err := filepath.Abs("../..")
	if err != nil {
		return err
	}
	replace := map[string]string{}
	for _, name := range []string{"index.html", "page.js", "page.css"} {
		replace[filepath.Join(root, "frontend", "dist", name)] = filepath.Join(root, "app", "desktop", "testdata", "page", name)
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "overlay.json"), overlay, 0o600)
	}
	if err != nil {
		return err
	}
	flags, err := exec.Command("pkg-config", "--cflags", "--libs", "webkit2gtk-4.1").Output()
	if err != nil {
		return fmt.Errorf("ask pkg-config: %w", err)
	}
	stamp := "-X github.com/stewardhq/steward/app.Build=window-test"
	commands := [][]string{
		{"go", "build", "-ldflags", stamp, "-o", filepath.Join(dir, "steward"), "./app/cmd/steward"},
		{"go", "build", "-tags", "desktop,production,webkit2_41", "-overlay", filepath.Join(dir, "overlay.json"), "-ldflags", stamp, "-o", filepath.Join(dir, "steward-desktop"), "."},
		append([]string{"gcc", "-shared", "-fPIC", "-Wall", "-o", filepath.Join(dir, "automation.so"), "app/desktop/testdata/automation.c"}, append(strings.Fields(string(flags)), "-ldl")...),
	}
	if _, err := os.Stat(filepath.Join(root, "frontend", "dist", "index.html")); err == nil {
		commands = append(commands, []string{"go", "build", "-tags", "desktop,production,webkit2_41", "-ldflags", stamp, "-o", filepath.Join(dir, built), "."})
	}
	for _, command := range commands {
		cmd := exec.Command(command[0], command[1:]...)
		cmd.Dir = root
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w\n%s", strings.Join(command, " "), err, out)
		}
	}
	return nil
}

// xvfb starts a display of 1600 by 1000 on a number that is free.
func xvfb(dir string) (number string, stop func(), err error) {
	read, write, err := os.Pipe()
	if err != nil {
		return "", nil, err
	}
	defer read.Close()
	cmd := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", "1600x1000x24", "-nolisten", "tcp")
	cmd.ExtraFiles = []*os.File{write}
	cmd.Stderr = os.Stderr
	err = cmd.Start()
	_ = write.Close() // the display has its own
	if err != nil {
		return "", nil, err
	}
	line, err := bufio.NewReader(read).ReadString('\n') // to its end: a display that cannot write all of it ends
	if err != nil {
		end(cmd)
		return "", nil, fmt.Errorf("wait for the display: %w", err)
	}
	return strings.TrimSpace(line), func() { end(cmd) }, nil
}

func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return strconv.Itoa(l.Addr().(*net.TCPAddr).Port), nil
}

// window is Steward in a window, driven.
type window struct {
	*testing.T
	home    string // HOME; Steward's own home is in it
	driver  *exec.Cmd
	at      string // where the driver listens
	session string
	pid     int
	began   time.Time
	log     string
}

func (w *window) steward() string { return filepath.Join(w.home, "data", "steward") }

// environment is that of the programs of one test: a HOME of its own, and nothing that chooses a passphrase.
func environment(home string) []string {
	env := append([]string{}, screen.env...)
	for name, dir := range map[string]string{"HOME": "", "XDG_DATA_HOME": "data", "XDG_CACHE_HOME": "cache", "XDG_CONFIG_HOME": "config", "XDG_STATE_HOME": "state", "TMPDIR": "tmp"} {
		path := filepath.Join(home, dir)
		if err := os.MkdirAll(path, 0o700); err != nil {
			panic(err)
		}
		env = append(env, name+"="+path)
	}
	return append(env, "STEWARD_KEYRING=file")
}

// The programs that are driven: with the page of the tests, and with the page that the Makefile built.
const (
	plain = "steward-desktop"
	built = "steward-desktop-built"
)

// start opens the window with the page of the tests.
func start(t *testing.T, home string) *window {
	t.Helper()
	return startAs(t, home, plain)
}

func startAs(t *testing.T, home, program string, more ...string) *window {
	t.Helper()
	w := &window{T: t, home: home, began: time.Now(), log: filepath.Join(t.TempDir(), "log")}
	pid := filepath.Join(filepath.Dir(w.log), "pid")
	script := "#!/bin/sh\necho $$ >'" + pid + "'\nexec env -i"
	for _, v := range append(append(environment(home), "LD_PRELOAD="+filepath.Join(screen.dir, "automation.so")), more...) {
		script += " '" + v + "'"
	}
	script += ` "WEBKIT_INSPECTOR_SERVER=$WEBKIT_INSPECTOR_SERVER" '` + filepath.Join(screen.dir, program) + "' >>'" + w.log + "' 2>&1\n"
	wrapper := filepath.Join(filepath.Dir(w.log), "start")
	if err := os.WriteFile(wrapper, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.stop)
	var err error
	for range 3 { // a driver may come to nothing before it has begun
		if err = w.begin(wrapper, pid); err == nil {
			return w
		}
		w.Logf("the driver did not begin: %v", err)
		w.end()
	}
	t.Fatal(err)
	return nil
}

// begin starts a driver, which starts the window.
func (w *window) begin(wrapper, pid string) error {
	port, err := freePort()
	if err != nil {
		return err
	}
	w.driver, w.at = exec.Command("WebKitWebDriver", "--port="+port), "http://127.0.0.1:"+port
	w.driver.Env = screen.env
	if err := w.driver.Start(); err != nil {
		return err
	}
	answer, failed := w.try(http.MethodPost, "/session", map[string]any{"capabilities": map[string]any{"alwaysMatch": map[string]any{
		"webkitgtk:browserOptions": map[string]any{"binary": wrapper, "args": []string{}},
	}}})
	text, err := os.ReadFile(pid)
	if err == nil {
		w.pid, err = strconv.Atoi(strings.TrimSpace(string(text)))
	}
	if failed != nil {
		return failed
	}
	w.session, _ = answer.(map[string]any)["sessionId"].(string)
	return err
}

// stop ends what a failed test left.
func (w *window) stop() {
	if w.Failed() {
		w.picture("failed-" + strings.ReplaceAll(w.Name(), "/", "-"))
		if text, err := os.ReadFile(w.log); err == nil {
			w.Logf("the window said:\n%s", text)
		}
	}
	w.end()
}

// end ends the window, which has ended in most tests, and its driver.
func (w *window) end() {
	if w.pid > 0 {
		_ = syscall.Kill(w.pid, syscall.SIGKILL)
	}
	w.leave()
}

// leave ends the driver.
func (w *window) leave() {
	if w.driver != nil && w.driver.Process != nil {
		end(w.driver)
	}
	w.driver, w.session = nil, ""
}

// command gives a command to the driver.
func (w *window) command(method, path string, body any) any {
	w.Helper()
	value, err := w.try(method, path, body)
	if err != nil {
		w.Fatal(err)
	}
	return value
}

func (w *window) try(method, path string, body any) (any, error) {
	content, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	var response *http.Response
	for range 50 { // the driver may just be starting
		request, err := http.NewRequest(method, w.at+path, bytes.NewReader(content))
		if err != nil {
			return nil, err
		}
		client := http.Client{Timeout: 20 * time.Second}
		response, err = client.Do(request)
		var dial *net.OpError
		if err == nil {
			break
		}
		if !errors.As(err, &dial) || dial.Op != "dial" {
			return nil, fmt.Errorf("the driver does not answer %s: %w", path, err)
		}
		time.Sleep(100 * time.Millisecond)
	}
	if response == nil {
		return nil, errors.New("the driver does not listen")
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	var answer struct{ Value any }
	if err := json.Unmarshal(text, &answer); err != nil || response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s %s: %s %.500s", method, path, response.Status, text)
	}
	return answer.Value, nil
}

// run runs a script in the page, and gives what it returns; a promise is waited for.
func (w *window) run(script string, args ...any) any {
	w.Helper()
	if args == nil {
		args = []any{}
	}
	return w.command(http.MethodPost, "/session/"+w.session+"/execute/sync", map[string]any{"script": script, "args": args})
}

// loadAnew loads the page anew. A script that is under way then has no answer.
func (w *window) loadAnew() {
	w.Helper()
	w.run("window.here = true; setTimeout(() => location.reload(), 50)")
	if !eventually(20*time.Second, func() bool {
		anew, err := w.try(http.MethodPost, "/session/"+w.session+"/execute/sync", map[string]any{"script": `return !window.here && document.readyState === "complete"`, "args": []any{}})
		return err == nil && anew == true
	}) {
		w.Fatal("the page was not loaded anew")
	}
}

// element finds the one that a selector names.
func (w *window) element(selector string) string {
	w.Helper()
	found := w.command(http.MethodPost, "/session/"+w.session+"/element", map[string]any{"using": "css selector", "value": selector}).(map[string]any)
	for _, id := range found {
		return "/session/" + w.session + "/element/" + id.(string)
	}
	w.Fatalf("there is no %s", selector)
	return ""
}

func (w *window) click(selector string) {
	w.Helper()
	w.command(http.MethodPost, w.element(selector)+"/click", map[string]any{})
}

func (w *window) keys(selector, text string) {
	w.Helper()
	w.command(http.MethodPost, w.element(selector)+"/value", map[string]any{"text": text})
}

func (w *window) text(selector string) string {
	w.Helper()
	return w.command(http.MethodGet, w.element(selector)+"/text", nil).(string)
}

// until waits until a condition holds in the page.
func (w *window) until(condition string, args ...any) {
	w.Helper()
	if !eventually(20*time.Second, func() bool { return w.run("return "+condition, args...) == true }) {
		w.Fatalf("it never came to be that %s", condition)
	}
}

func eventually(patience time.Duration, holds func() bool) bool {
	for limit := time.Now().Add(patience); time.Now().Before(limit); time.Sleep(50 * time.Millisecond) {
		if holds() {
			return true
		}
	}
	return holds()
}

// ask calls a method of the surface from the page.
func (w *window) ask(method string, request any) map[string]any {
	w.Helper()
	return w.run("return window.ask(arguments[0], arguments[1])", method, request).(map[string]any)
}

// answer is what a method answers that must not fail.
func (w *window) answer(method string, request any) map[string]any {
	w.Helper()
	got := w.ask(method, request)
	answer, ok := got["answer"].(map[string]any)
	if !ok {
		w.Fatalf("%s: %v", method, got)
	}
	return answer
}

// picture takes a picture of the whole display into build/pictures. The driver's own way does not work in this view.
func (w *window) picture(name string) {
	w.Helper()
	dir := filepath.Join("..", "..", "build", "pictures")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		w.Error(err)
		return
	}
	w.tool("import", "-window", "root", filepath.Join(dir, name+".png"))
}

// tool runs a program on the display.
func (w *window) tool(name string, args ...string) string {
	w.Helper()
	cmd := exec.Command(name, args...)
	cmd.Env = screen.env
	out, err := cmd.CombinedOutput()
	if err != nil {
		w.Errorf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

// id is the window's number on the display.
func (w *window) id() string {
	w.Helper()
	return strings.Fields(w.tool("xdotool", "search", "--onlyvisible", "--pid", strconv.Itoa(w.pid), "--name", "^Steward$"))[0]
}

// ended waits for the window's process to end, and gives how long that took.
func (w *window) ended() time.Duration {
	w.Helper()
	began := time.Now()
	if !eventually(15*time.Second, func() bool { return syscall.Kill(w.pid, 0) != nil || zombie(w.pid) }) {
		w.Fatal("the window did not end")
	}
	took := time.Since(began)
	w.leave()
	return took
}

func zombie(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err != nil || strings.Contains(string(stat), ") Z ")
}
