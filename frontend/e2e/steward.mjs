// The real thing for the tests: `steward serve` with a home of its own.
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";

/** Serves an empty home, gives its link to `use`, and ends it as a service manager would. */
export async function served(steward, use) {
  const home = await mkdtemp(path.join(tmpdir(), "steward-served-"));
  const { PATH } = process.env;
  const child = spawn(steward, ["serve", "--json"], { env: { PATH, HOME: home, TMPDIR: tmpdir(), TZ: "Asia/Taipei" }, stdio: ["ignore", "pipe", "pipe"] });
  const ended = new Promise((resolve) => { child.on("exit", (code, signal) => { resolve(code ?? signal); }); });
  let said = "";
  child.stderr.on("data", (chunk) => { said += chunk; });
  try {
    const lines = createInterface({ input: child.stdout });
    const link = await Promise.race([new Promise((resolve) => { lines.once("line", (line) => { resolve(JSON.parse(line).url); }); }), ended.then(() => { throw new Error(`it did not serve: ${said}`); })]);
    return await use(link, child);
  } finally {
    child.kill("SIGCONT"); // a test may have stopped it
    child.kill("SIGTERM");
    if ((await ended) !== 0) console.error(`it ended with ${await ended}: ${said}`);
    await rm(home, { recursive: true, force: true });
  }
}
