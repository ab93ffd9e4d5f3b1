// The real thing, `steward serve` with homes of its own: the newcomer's way in both languages, light and dark, and then mail that
// means harm.
//
//   node e2e/served.mjs STEWARD
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { flow } from "./flow.mjs";
import { hostile } from "./hostile.mjs";
import { served } from "./steward.mjs";

const steward = path.resolve(process.argv[2]);
const pictures = process.env.PICTURES ?? path.join(import.meta.dirname, "..", "..", "build", "pictures", "page");
await mkdir(pictures, { recursive: true });
const picture = (name) => (stop, page) => page.screenshot({ path: path.join(pictures, `${name}-${stop}.png`) });

let failed = false;
async function play(name, use) {
  const problems = await served(steward, use);
  for (const problem of problems) console.error(`error: ${name}: ${problem}`);
  failed ||= problems.length > 0;
}
const only = process.argv[3]; // one of them, while it is worked on
for (const language of ["en", "zh-Hant"]) {
  for (const scheme of ["light", "dark"]) {
    const name = `served-${language}-${scheme}`;
    if (!only || only === name) await play(name, (url) => flow({ url, language, scheme, pictures: picture(name) }));
  }
}
if (!only || only === "hostile") await play("hostile", (url, child) => hostile({ url, pid: child.pid, pictures: picture("hostile") }));
process.exit(failed ? 1 : 0);
