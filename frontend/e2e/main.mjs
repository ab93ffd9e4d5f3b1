// Every screen of the built app in Chromium, in both languages, light and dark, wide and narrow: no violation of axe, nothing
// that the policy had to refuse, no console error; and the way of a newcomer from the first start to an automation.
//
//   node e2e/main.mjs     over the app in memory (vite build --mode fake); served.mjs plays the way against the real thing
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { launch, leftovers, open, violations } from "./browser.mjs";
import { extras } from "./extras.mjs";
import { flow } from "./flow.mjs";
import { screens } from "./screens.mjs";
import { trust } from "./trust.mjs";
import { serve } from "./serve.mjs";

const here = path.dirname(new URL(import.meta.url).pathname);
const pictures = process.env.PICTURES ?? path.join(here, "..", "..", "build", "pictures", "page");
await mkdir(pictures, { recursive: true });
const problems = [];
const picture = (prefix) => (name, page) => page.screenshot({ path: path.join(pictures, `${prefix}-${name}.png`) });

const site = await serve(path.join(here, "..", "..", "build", "cache", "page-fake"));
const browser = await launch();
const looks = [];
const flows = [];
for (const language of ["en", "zh-Hant"]) {
  for (const scheme of ["light", "dark"]) {
    // The narrow window, which changes the layout and neither words nor colours, is looked at in two of the four.
    const narrow = (language === "en") === (scheme === "light");
    for (const screen of screens) for (const width of narrow ? [1280, 640] : [1280]) looks.push(() => look(screen, language, scheme, width));
    const prefix = `flow-${language}-${scheme}`;
    flows.push(async () => {
      for (const f of await flow({ url: `${site.url}?fake=new`, language, scheme, pictures: picture(prefix), reload: false })) problems.push(`${prefix}: ${f}`);
    });
  }
}

async function look(screen, language, scheme, width) {
  const name = `${screen.name} ${language} ${scheme} ${width}`;
  const { page, faults, close } = await open(browser, { url: `${site.url}?${screen.query}&lang=${language}${screen.hash}`, language, scheme, width, ...(screen.height ? { height: screen.height } : {}) });
  try {
    await page.locator("h1, [role=alert]").first().waitFor({ state: "attached" });
    await page.waitForFunction(() => !document.querySelector("[role=status][aria-label=Loading], [role=status][aria-label=載入中]"));
    await page.waitForTimeout(250);
    for (const f of [...(await violations(page)), ...(await leftovers(page))]) problems.push(`${name}: ${f}`);
    await picture("screen")(`${screen.name}-${language}-${scheme}-${width}`, page);
  } catch (error) {
    problems.push(`${name}: ${error.message.split("\n")[0]}`);
  }
  for (const f of faults) problems.push(`${name}: ${f}`);
  await close();
}

// Three pages at once: while one waits, the others use the machine. The longest go first, so that none is alone at the end.
const most = 3;
const todo = [...flows, ...looks];
await Promise.all(Array.from({ length: most }, async () => {
  for (let next = todo.shift(); next; next = todo.shift()) await next();
}));
problems.push(...(await extras(browser, site.url)), ...(await trust(browser, site.url, picture("trust"))));
await browser.close();
site.close();
console.log(`${looks.length} screens looked at`);
for (const problem of problems) console.error(`error: ${problem}`);
console.log(`pictures: ${pictures}`);
process.exit(problems.length > 0 ? 1 : 0);
