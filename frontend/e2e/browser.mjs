// The browser of the tests: Debian's Chromium, watched for everything that a page may not do.
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

export async function launch() {
  const executablePath = [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((p) => p && existsSync(p));
  if (!executablePath) throw new Error("no Chromium found; install it (Debian: apt-get install chromium), or name it in CHROMIUM");
  const root = process.getuid?.() === 0;
  return chromium.launch({ executablePath, args: root ? ["--no-sandbox"] : [] });
}

/** A page that fails the test for any error, refused load, broken policy, or request to another host. */
export async function open(browser, { url, width = 1280, height = 800, language = "en", scheme = "light" }) {
  const context = await browser.newContext({ viewport: { width, height }, locale: language === "zh-Hant" ? "zh-TW" : "en-GB", colorScheme: scheme, acceptDownloads: true, reducedMotion: "reduce" });
  const page = await context.newPage();
  const faults = [];
  page.on("console", (m) => {
    if (m.type() === "error" || m.type() === "warning") faults.push(`console: ${m.text()}`);
  });
  page.on("pageerror", (e) => faults.push(`error: ${e.message}`));
  const host = new URL(url).host;
  page.on("request", (r) => {
    const to = new URL(r.url());
    if (to.protocol !== "data:" && to.protocol !== "blob:" && to.host !== host) faults.push(`request to ${to.host}`);
  });
  await page.goto(url);
  return { page, faults, close: () => context.close() };
}

/** What axe finds, with where. It is injected past the page's policy, which allows no such script. */
export async function violations(page) {
  await page.evaluate(axe);
  const { violations: found } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  return found.map((v) => `${v.id} (${v.impact}): ${v.nodes.slice(0, 3).map((n) => `${n.target.join(" ")} ${n.failureSummary?.split("\n")[1]?.trim() ?? ""}`).join(" | ")}`);
}

/** Nothing of the page is kept by the browser, and nothing is wider than the window. */
export async function leftovers(page) {
  return page.evaluate(() => {
    const out = [];
    if (window.localStorage.length > 0) out.push(`local storage: ${Object.keys(window.localStorage).join()}`);
    if (window.sessionStorage.length > 0) out.push(`session storage: ${Object.keys(window.sessionStorage).join()}`);
    if (document.documentElement.scrollWidth > window.innerWidth) out.push(`wider than the window: ${document.documentElement.scrollWidth}`);
    return out;
  });
}
