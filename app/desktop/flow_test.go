//go:build window

package desktop_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// words are what a person reads and presses, in a language of the page.
type words struct {
	language, next, file, passphrase, again, vault, written, sample, begin, request, ask, open string
	cancel, save, html, markdown                                                               string
	when, add, see, due, soon                                                                  string
	bring, choose, settings, system                                                            string
	themes                                                                                     map[string]string
}

var spoken = map[string]words{
	"en": {
		language: "English", next: "Next", file: "A passphrase", passphrase: "Passphrase", again: "The same again", vault: "Make the vault", written: "I have written it down",
		sample: "Try with the sample mailbox", begin: "Start using Steward", request: "Request", ask: "Brief me on today's mail", open: "Open mail",
		cancel: "Close", save: "Save", html: "As HTML", markdown: "As Markdown",
		when: "Every weekday at 8:00", add: "Add automation", see: "See it under Automations", due: "Every weekday at 08:00", soon: "Next: ",
		bring: "Import", choose: "Choose files", settings: "Settings", system: "as the system", themes: map[string]string{"light": "light", "dark": "dark"},
	},
	"zh-Hant": {
		language: "繁體中文", next: "下一步", file: "通行密語", passphrase: "通行密語", again: "再輸入一次", vault: "建立保險庫", written: "我已經抄下來了",
		sample: "先用範例信箱試試", begin: "開始使用 Steward", request: "要求", ask: "整理今天的郵件", open: "開啟郵件",
		cancel: "關閉", save: "儲存", html: "存成 HTML", markdown: "存成 Markdown",
		when: "每個工作日早上八點", add: "加入自動化", see: "到「自動化」查看", due: "每個工作日 08:00", soon: "接下來：",
		bring: "匯入", choose: "選擇檔案", settings: "設定", system: "跟隨系統", themes: map[string]string{"light": "淺色", "dark": "深色"},
	},
}

// secret is the passphrase of a person's home.
const secret = "seven quiet harbours"

// step is a part of a person's way. What it leaves is where the next begins.
type step struct {
	name string
	do   func(*window, words)
}

var way = []step{
	{"1-language", (*window).firstScreen},
	{"2-vault", (*window).chooseVault},
	{"3-recovery", (*window).makeVault},
	{"4-mailbox", (*window).keepCode},
	{"5-imported", (*window).takeSample},
	{"6-briefing", (*window).brief},
	{"7-mail", (*window).openMail},
	{"8-saved", (*window).saveReport},
	{"9-proposal", (*window).propose},
	{"10-automation", (*window).automate},
	{"11-reloaded", (*window).reload},
	{"12-mbox", (*window).importFile},
	{"13-themes", (*window).changeTheme},
}

// lights are what the system asks a program to look like.
var lights = map[string][]string{"light": nil, "dark": {"GTK_THEME=Adwaita:dark"}}

// A person's way through the built page, from an empty home on, with a picture of each step, and through a second start.
func TestAPersonsWay(t *testing.T) {
	if _, err := os.Stat(filepath.Join(screen.dir, built)); err != nil {
		t.Skip("the page is not built: make page")
	}
	for language, words := range spoken {
		for light, system := range lights {
			t.Run(language+"-"+light, func(t *testing.T) {
				home := t.TempDir()
				w := startAs(t, home, built, system...)
				stop := func(s step) {
					began := time.Now()
					s.do(w, words)
					t.Logf("%s took %v", s.name, time.Since(began).Round(time.Millisecond))
					if wide := w.run("return document.documentElement.scrollWidth > window.innerWidth"); wide == true {
						t.Errorf("%s is wider than the window", s.name)
					}
					if is := w.run("return document.documentElement.dataset.mantineColorScheme"); is != light {
						t.Errorf("%s is %v", s.name, is)
					}
					w.picture("window-" + language + "-" + light + "-" + s.name)
				}
				for _, s := range way {
					stop(s)
				}
				w.signal()
				w = startAs(t, home, built, system...)
				stop(step{"14-locked", (*window).locked})
				stop(step{"15-again", (*window).unlock})
				w.signal()
			})
		}
	}
}

// signal ends the window as the system does.
func (w *window) signal() {
	w.Helper()
	if err := syscall.Kill(w.pid, syscall.SIGTERM); err != nil {
		w.Fatal(err)
	}
	w.Logf("ended %v after SIGTERM", w.ended().Round(time.Millisecond))
}

// find waits for the element that a script gives.
func (w *window) find(what, script string, args ...any) string {
	w.Helper()
	var path string
	if !eventually(30*time.Second, func() bool {
		found, ok := w.run(script, args...).(map[string]any)
		for _, id := range found {
			path = "/session/" + w.session + "/element/" + id.(string)
		}
		return ok
	}) {
		w.Fatalf("there is no %s", what)
	}
	return path
}

// press presses the button whose name is or begins with a text.
func (w *window) press(name string) {
	w.Helper()
	path := w.find("button "+name, `
		const named = [...document.querySelectorAll("button, [role=button]")].filter((b) => !b.disabled && b.checkVisibility()).map((b) => [b, (b.getAttribute("aria-label") ?? b.textContent).trim()]);
		return (named.find(([, n]) => n === arguments[0]) ?? named.find(([, n]) => n.startsWith(arguments[0])))?.[0] ?? null`, name)
	w.command("POST", path+"/click", map[string]any{})
}

// field is the input with a label.
func (w *window) field(label string) string {
	w.Helper()
	return w.find("field "+label, `
		const named = [...document.querySelectorAll("input, textarea")].filter((i) => [i.getAttribute("aria-label"), ...[...i.labels ?? []].map((l) => l.textContent.replace(/\s*\*$/, "").trim())].includes(arguments[0]));
		return named[0] ?? null`, label)
}

func (w *window) fill(label, text string) {
	w.Helper()
	w.command("POST", w.field(label)+"/value", map[string]any{"text": text})
}

func (w *window) firstScreen(s words) {
	w.until(`document.querySelector("#root")?.childElementCount > 0`)
	if at := w.run("return location.href.split('#')[0]"); at != "wails://wails/" {
		w.Errorf("the page is at %v", at)
	}
	w.press(s.language)
}

func (w *window) chooseVault(s words) {
	w.press(s.next)
	w.press(s.file)
	w.fill(s.passphrase, secret)
	w.fill(s.again, secret)
}

func (w *window) makeVault(s words) {
	w.press(s.vault)
	w.field(s.written)
}

func (w *window) keepCode(s words) {
	w.command("POST", w.field(s.written)+"/click", map[string]any{})
	w.press(s.next)
	w.find("mailbox", `return [...document.querySelectorAll("button")].find((b) => b.textContent.includes(arguments[0])) ?? null`, s.sample)
}

func (w *window) takeSample(s words) {
	w.press(s.sample)
	w.until(`!!document.querySelector("[data-testid=imported]")`)
}

func (w *window) brief(s words) {
	w.press(s.begin)
	w.fill(s.request, s.ask)
	w.fill(s.request, "\ue007") // Enter
	w.find("report", `return document.querySelector("[data-testid=report]")`)
}

func (w *window) openMail(s words) {
	path := w.find("mail of the report", `return [...document.querySelectorAll("[data-testid=report] button")].find((b) => (b.getAttribute("aria-label") ?? b.textContent).includes(arguments[0])) ?? null`, s.open)
	w.command("POST", path+"/click", map[string]any{})
	w.find("mail", `return document.querySelector("[data-testid=mail]")`)
	time.Sleep(400 * time.Millisecond) // it slides in
}

// saveReport saves the report by the system's own dialog, in both forms.
func (w *window) saveReport(s words) {
	w.press(s.cancel)
	w.until(`!document.querySelector("[data-testid=mail]")`)
	dir := w.TempDir()
	for _, form := range []struct{ item, name, begins string }{{s.html, "report.html", "<!doctype html>"}, {s.markdown, "report.md", "# "}} {
		path := filepath.Join(dir, form.name)
		w.saveAs(s, form.item)
		w.dialog("") // the person thinks better of it
		w.until(`!document.querySelector("button[data-loading]")`)
		w.saveAs(s, form.item)
		w.dialog(path)
		if !eventually(10*time.Second, func() bool { _, err := os.Stat(path); return err == nil }) {
			w.Fatalf("%s was not written", form.name)
		}
		content, err := os.ReadFile(path)
		if err != nil || !strings.HasPrefix(string(content), form.begins) || len(content) < 200 {
			w.Errorf("%s: %v, begins with %.60q", form.name, err, content)
		}
		if info, err := os.Stat(path); err != nil || info.Mode() != 0o600 {
			w.Errorf("%s: %v, %v", form.name, info.Mode(), err)
		}
	}
	w.until(`!document.querySelector("button[data-loading]")`)
	if left, err := os.ReadDir(dir); err != nil || len(left) != 2 {
		w.Errorf("beside the saved files lies %v, %v", left, err)
	}
}

func (w *window) saveAs(s words, form string) {
	w.Helper()
	w.press(s.save)
	item := w.find(form, `return [...document.querySelectorAll("[role=menuitem]")].find((i) => i.textContent === arguments[0]) ?? null`, form)
	w.command("POST", item+"/click", map[string]any{})
}

// dialog types a path into the dialog of the system that is to open, and ends it. Without a path it is cancelled.
func (w *window) dialog(path string) {
	w.Helper()
	var id string
	if !eventually(10*time.Second, func() bool { id = w.other(); return id != "" }) {
		w.Fatal("no dialog opened")
	}
	w.tool("xdotool", "windowactivate", "--sync", id)
	time.Sleep(300 * time.Millisecond) // it reads the folder that it begins in
	if path == "" {
		w.tool("xdotool", "key", "--clearmodifiers", "Escape")
		if !eventually(10*time.Second, func() bool { return w.other() == "" }) {
			w.Fatal("the dialog was not cancelled")
		}
		return
	}
	w.picture("window-dialog-" + filepath.Base(path))
	w.tool("xdotool", "key", "--clearmodifiers", "ctrl+l") // to where a path is typed
	time.Sleep(300 * time.Millisecond)
	w.tool("xdotool", "key", "--clearmodifiers", "ctrl+a")
	w.tool("xdotool", "type", "--clearmodifiers", "--delay", "15", path)
	time.Sleep(300 * time.Millisecond)
	w.tool("xdotool", "key", "--clearmodifiers", "Return")
	if !eventually(10*time.Second, func() bool { return w.other() == "" }) {
		w.Fatal("the dialog did not close")
	}
}

// other is the window's dialog, or "".
func (w *window) other() string {
	cmd := exec.Command("wmctrl", "-l", "-p", "-x")
	cmd.Env = screen.env
	out, err := cmd.Output()
	if err != nil {
		return ""
	}
	var ids []string
	for line := range strings.Lines(string(out)) {
		if f := strings.Fields(line); len(f) > 2 && f[2] == strconv.Itoa(w.pid) {
			ids = append(ids, f[0])
		}
	}
	if len(ids) < 2 {
		return ""
	}
	return ids[len(ids)-1] // the oldest is first
}

func (w *window) propose(s words) {
	w.fill(s.request, s.when)
	w.fill(s.request, "\ue007") // Enter
	w.find("proposal", `return [...document.querySelectorAll("button")].find((b) => b.textContent === arguments[0]) ?? null`, s.add)
}

func (w *window) automate(s words) {
	w.press(s.add)
	link := w.find("way to the automation", `return [...document.querySelectorAll("a")].find((a) => a.textContent === arguments[0]) ?? null`, s.see)
	w.command("POST", link+"/click", map[string]any{})
	w.listed(s)
}

// listed requires that the automation is shown, with three times at eight on weekdays.
func (w *window) listed(s words) {
	w.Helper()
	w.until(`location.hash.startsWith("#/automations/") && !document.querySelector("[role=log]") && document.querySelectorAll("[data-testid=schedule]").length === 1`)
	text := w.run(`return document.querySelector("[data-testid=schedule]").textContent`).(string)
	if !strings.Contains(text, s.due) || !strings.Contains(text, s.soon) || strings.Count(text, "8:00") != 4 {
		w.Errorf("the automation is listed as %q", text)
	}
}

func (w *window) reload(s words) {
	at := w.run("return location.hash")
	w.loadAnew()
	w.until(`!!document.querySelector("[data-testid=schedule]")`)
	if now := w.run("return location.hash"); now != at {
		w.Errorf("from %v a reload leads to %v", at, now)
	}
	w.listed(s)
}

// importFile brings in a file of mail that the system's own dialog chose.
func (w *window) importFile(s words) {
	path := filepath.Join(w.TempDir(), "harbour.mbox")
	mail := "From pat@lin.example Thu Nov 19 09:00:00 2026\nFrom: Pat <pat@lin.example>\nTo: sam@lin.example\nSubject: Keys of the boat house\nDate: Thu, 19 Nov 2026 09:00:00 +0000\nMessage-ID: <keys@lin.example>\n\nThey hang behind the door.\n"
	if err := os.WriteFile(path, []byte(mail), 0o600); err != nil {
		w.Fatal(err)
	}
	at := w.run("return location.hash")
	w.run(`location.hash = "#/mail"`)
	w.press(s.bring)
	w.press(s.choose)
	w.dialog("")
	w.press(s.choose)
	w.dialog(path)
	w.until(`/1/.test(document.querySelector("[data-testid=imported]")?.textContent ?? "")`)
	w.press(s.cancel)
	w.until(`!document.querySelector("[data-testid=imported]")`)
	w.run(`location.hash = "#/mail?q=" + encodeURIComponent("keys boat")`)
	w.until(`document.body.textContent.includes("Keys of the boat house")`)
	w.run("location.hash = arguments[0]", at)
	w.listed(s)
}

// changeTheme has the other light than the system's for a moment.
func (w *window) changeTheme(s words) {
	at, was := w.run("return location.hash"), w.run("return document.documentElement.dataset.mantineColorScheme").(string)
	other := map[string]string{"light": "dark", "dark": "light"}[was]
	link := w.find(s.settings, `return [...document.querySelectorAll("nav a")].find((a) => a.textContent.trim() === arguments[0]) ?? null`, s.settings)
	w.command("POST", link+"/click", map[string]any{})
	choose := func(theme, means string) {
		w.Helper()
		w.until(`document.querySelectorAll("main label").length >= 5`) // the settings have come
		label := w.find(theme, `return [...document.querySelectorAll("label")].find((l) => l.textContent === arguments[0]) ?? null`, theme)
		w.command("POST", label+"/click", map[string]any{})
		w.until(`document.documentElement.dataset.mantineColorScheme === arguments[0]`, means)
	}
	choose(s.themes[other], other)
	w.loadAnew()
	w.until(`document.documentElement.dataset.mantineColorScheme === arguments[0] && !!document.querySelector("nav a")`, other)
	choose(s.system, was)
	time.Sleep(300 * time.Millisecond) // the mark of what is chosen moves
	w.picture("window-settings-" + was)
	w.run("location.hash = arguments[0]", at)
	w.listed(s)
}

func (w *window) locked(words) {
	w.until(`!!document.querySelector("main input[type=password]")`) // in the system's language: the person's lies in the vault
}

func (w *window) unlock(s words) {
	w.tool("xdotool", "windowactivate", "--sync", w.id())
	w.tool("xdotool", "type", "--clearmodifiers", "--delay", "15", secret) // it goes into the field without a click
	w.until(`document.querySelector("main input[type=password]").value.length === arguments[0]`, len(secret))
	w.tool("xdotool", "key", "--clearmodifiers", "Return")
	w.listed(s)
	at := w.run("return location.hash")
	w.run(`location.hash = "#/chat"`)
	w.find("report of the day", `return document.querySelector("[data-testid=report]")`)
	w.run("location.hash = arguments[0]", at)
	w.listed(s)
}
