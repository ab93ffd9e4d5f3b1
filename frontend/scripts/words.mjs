// Checks the words of both languages: the same keys with the same fields, none missing and none unused, and Traditional
// Chinese as it is written in Taiwan.
import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import ts from "typescript";

const src = new URL("../src/", import.meta.url).pathname;
const problems = [];

async function words(file, name) {
  const { outputText } = ts.transpileModule(readFileSync(path.join(src, "i18n", file), "utf8"), { compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 } });
  const module = await import("data:text/javascript," + encodeURIComponent(outputText));
  const flat = new Map();
  const walk = (tree, at) => {
    for (const [key, value] of Object.entries(tree)) {
      if (typeof value === "string") flat.set(at + key, value);
      else walk(value, `${at}${key}.`);
    }
  };
  walk(module[name], "");
  return flat;
}

/** The characters of Big5's two levels: what a Taiwanese text is made of. Simplified forms are not among them. */
function traditional() {
  const decoder = new TextDecoder("big5");
  const known = new Set();
  for (let lead = 0xa4; lead <= 0xf9; lead++) {
    if (lead === 0xc7 || lead === 0xc8) continue;
    for (let trail = 0x40; trail <= 0xfe; trail++) known.add(decoder.decode(new Uint8Array([lead, trail])));
  }
  for (const letter of "网与从体号宝岁币历厂虫气当党么") known.delete(letter); // in Big5 for older words, and simplified forms of today's
  return known;
}

const elsewhere = ["視頻", "默認", "網絡", "信息", "軟件", "硬件", "程序", "數據", "用戶", "登錄", "屏幕", "鼠標", "打印", "文檔", "賬號", "郵箱", "服務器", "運行", "搜索", "點擊", "設置", "文件夾", "鏈接", "界面", "保存為", "加載"];

const en = new Map([...(await words("en.ts", "en")), ...(await words("trust.en.ts", "trustEn"))]);
const zh = new Map([...(await words("zh-Hant.ts", "zhHant")), ...(await words("trust.zh-Hant.ts", "trustZhHant"))]);
const fields = (text) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((m) => m[1]).sort().join();

for (const [key, text] of en) {
  if (!zh.has(key)) problems.push(`zh-Hant has no ${key}`);
  else if (fields(text) !== fields(zh.get(key))) problems.push(`${key}: the fields differ`);
}
for (const key of zh.keys()) if (!en.has(key)) problems.push(`en has no ${key}`);

const known = traditional();
for (const [key, text] of zh) {
  for (const letter of text) if (/\p{Script=Han}/u.test(letter) && !known.has(letter)) problems.push(`zh-Hant ${key}: “${letter}” is not Traditional`);
  for (const word of elsewhere) if (text.includes(word)) problems.push(`zh-Hant ${key}: “${word}” is not what one says in Taiwan`);
  if (/[\u4e00-\u9fff][,;:?!]/.test(text)) problems.push(`zh-Hant ${key}: punctuation of another script after a Chinese character`);
}

let code = "";
for (const entry of readdirSync(src, { recursive: true, withFileTypes: true })) {
  if (entry.isFile() && /\.tsx?$/.test(entry.name) && !entry.parentPath.endsWith("i18n") && !entry.name.includes(".test.")) code += readFileSync(path.join(entry.parentPath, entry.name), "utf8");
}
const literals = new Set([...code.matchAll(/"([\w.-]+)"/g)].map((m) => m[1]));
const beginnings = [...code.matchAll(/t\(`([\w.]+)\$\{/g)].map((m) => m[1]);
for (const key of en.keys()) {
  const name = key.replace(/_(one|other)$/, "");
  if (!literals.has(name) && !beginnings.some((b) => key.startsWith(b))) problems.push(`${key} is not used`);
}

for (const problem of problems) console.error(`error: ${problem}`);
console.log(`${en.size} texts in two languages${problems.length ? `, ${problems.length} problems` : ""}`);
process.exit(problems.length ? 1 : 0);
