// Measures what a browser fetches before the first screen can be used, and refuses more than the budget.
import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";

const budget = 300_000;
const dist = new URL("../dist/", import.meta.url).pathname;
const size = new Map(readdirSync(path.join(dist, "assets")).map((name) => [name, gzipSync(readFileSync(path.join(dist, "assets", name)), { level: 9 }).length]));
const source = (name) => readFileSync(path.join(dist, "assets", name), "utf8");

/** A chunk with everything that it imports at once; what comes only when it is needed is not followed. */
function closure(name, found = new Set()) {
  if (found.has(name) || !size.has(name)) return found;
  found.add(name);
  if (name.endsWith(".js")) for (const m of source(name).matchAll(/(?:from|import)\s*["']\.\/([\w.-]+\.js)["']/g)) closure(m[1], found);
  return found;
}

const html = readFileSync(path.join(dist, "index.html"), "utf8");
const first = [...html.matchAll(/(?:src|href)="\.\/assets\/([\w.-]+\.(?:js|css))"/g)].map((m) => m[1]);
const entry = first.find((name) => name.endsWith(".js"));
let failed = false;
for (const screen of ["ChatScreen", "FirstStart", "MailScreen"]) {
  const lazy = [...size.keys()].filter((name) => name.startsWith(`${screen}-`));
  const names = new Set(first);
  for (const name of [...first, ...lazy]) for (const one of closure(name)) names.add(one);
  // The stylesheets of a lazy screen are listed where it is loaded.
  const list = /__vite__mapDeps[\s\S]*?\[([^\]]*)\]/.exec(source(entry))?.[1] ?? "";
  const files = [...list.matchAll(/"\.\/([\w.-]+)"/g)].map((m) => m[1]);
  for (const m of source(entry).matchAll(/import\(`\.\/([\w.-]+\.js)`\)[^)]*?__vite__mapDeps\(\[([\d,]*)\]\)/g)) {
    if (m[1].startsWith(`${screen}-`)) for (const i of m[2].split(",")) if (files[Number(i)]) names.add(files[Number(i)]);
  }
  const total = [...names].reduce((sum, name) => sum + (size.get(name) ?? 0), 0) + gzipSync(html).length;
  console.log(`${screen}: ${(total / 1000).toFixed(1)} KB gzipped in ${names.size} files`);
  if (total > budget) failed = true;
}
if (readdirSync(path.join(dist, "assets")).some((name) => name.endsWith(".js") && source(name).includes("0.2.0-fake"))) {
  console.error("error: the backend in memory is in the build");
  process.exit(1);
}
if (failed) {
  console.error(`error: more than ${budget / 1000} KB before the first screen`);
  process.exit(1);
}
