// The newcomer's way against the real thing: `steward serve` with a home of its own, in both languages, light and dark.
//
//   node e2e/served.mjs STEWARD
import { spawn } from "node:child_process";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { flow } from "./flow.mjs";

const steward = path.resolve(process.argv[2]);
const pictures = process.env.PICTURES ?? path.join(import.meta.dirname, "..", "..", "build", "pictures", "page");
await mkdir(pictures, { recursive: true });

/** Serves an empty home, gives its link to `use`, and ends it as a service manager would. */
async function served(use) {
  const home = await mkdtemp(path.join(tmpdir(), "steward-served-"));
  const { PATH } = process.env;
  const child = spawn(steward, ["serve", "--json"], { env: { PATH, HOME: home, TMPDIR: tmpdir(), TZ: "Asia/Taipei" }, stdio: ["ignore", "pipe", "pipe"] });
  const ended = new Promise((resolve) => { child.on("exit", (code, signal) => { resolve(code ?? signal); }); });
  let said = "";
  child.stderr.on("data", (chunk) => { said += chunk; });
  try {
    const lines = createInterface({ input: child.stdout });
    const link = await Promise.race([new Promise((resolve) => { lines.once("line", (line) => { resolve(JSON.parse(line).url); }); }), ended.then(() => { throw new Error(`it did not serve: ${said}`); })]);
    return await use(link);
  } finally {
    child.kill("SIGTERM");
    if ((await ended) !== 0) console.error(`it ended with ${await ended}: ${said}`);
    await rm(home, { recursive: true, force: true });
  }
}

let failed = false;
for (const language of ["en", "zh-Hant"]) {
  for (const scheme of ["light", "dark"]) {
    const name = `served-${language}-${scheme}`;
    const problems = await served((url) => flow({ url, language, scheme, pictures: (stop, page) => page.screenshot({ path: path.join(pictures, `${name}-${stop}.png`) }) }));
    for (const problem of problems) console.error(`error: ${name}: ${problem}`);
    failed ||= problems.length > 0;
  }
}
process.exit(failed ? 1 : 0);
