//go:build window

package desktop_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// words are what a person reads and presses, in a language of the page.
type words struct {
	language, next, file, passphrase, again, vault, written, sample, begin, request, ask, open string
}

var spoken = map[string]words{
	"en": {
		language: "English", next: "Next", file: "A passphrase", passphrase: "Passphrase", again: "The same again", vault: "Make the vault", written: "I have written it down",
		sample: "Try with the sample mailbox", begin: "Start using Steward", request: "Request", ask: "Brief me on today's mail", open: "Open mail",
	},
	"zh-Hant": {
		language: "繁體中文", next: "下一步", file: "通行密語", passphrase: "通行密語", again: "再輸入一次", vault: "建立保險庫", written: "我已經抄下來了",
		sample: "先用範例信箱試試", begin: "開始使用 Steward", request: "要求", ask: "整理今天的郵件", open: "開啟郵件",
	},
}

// step is a part of a person's way. What it leaves is where the next begins.
type step struct {
	name string
	do   func(*window, words)
}

var way = []step{
	{"1-language", (*window).firstScreen},
	{"2-vault", (*window).makeVault},
	{"3-mailbox", (*window).takeSample},
	{"4-briefing", (*window).brief},
	{"5-mail", (*window).openMail},
}

// A person's way through the built page, from an empty home on, in one window, with a picture of each step.
func TestAPersonsWay(t *testing.T) {
	if _, err := os.Stat(filepath.Join(screen.dir, built)); err != nil {
		t.Skip("the page is not built: make page")
	}
	for language, words := range spoken {
		t.Run(language, func(t *testing.T) {
			w := startAs(t, t.TempDir(), built)
			for _, s := range way {
				began := time.Now()
				s.do(w, words)
				t.Logf("%s took %v", s.name, time.Since(began).Round(time.Millisecond))
				if wide := w.run("return document.documentElement.scrollWidth > window.innerWidth"); wide == true {
					t.Errorf("%s is wider than the window", s.name)
				}
				w.picture("window-" + language + "-" + s.name)
			}
		})
	}
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

func (w *window) makeVault(s words) {
	w.press(s.next)
	w.press(s.file)
	w.fill(s.passphrase, "seven quiet harbours")
	w.fill(s.again, "seven quiet harbours")
	w.press(s.vault)
	w.command("POST", w.field(s.written)+"/click", map[string]any{})
	w.press(s.next)
	w.find("mailbox", `return document.querySelector("button") && [...document.querySelectorAll("button")].find((b) => b.textContent.includes(arguments[0])) || null`, s.sample)
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
