// What a newcomer does, from the first start to an automation: the same against the app in memory and against `steward serve`.
import { readFile } from "node:fs/promises";
import { launch, leftovers, open, violations } from "./browser.mjs";

const words = {
  en: {
    language: "English", next: "Next", file: "A passphrase", passphrase: "Passphrase", again: "The same again", make: "Make the vault", written: "I have written it down", sample: "Try with the sample mailbox", go: "Start using Steward",
    request: "Request", ask: "Brief me on today's mail", schedule: "Every weekday at 8:00", add: "Add automation", see: "See it under Automations", open: "Open mail", save: "Save", html: "As HTML", markdown: "As Markdown", close: "Close", weekdays: "Every weekday at 08:00", automations: "Automations",
  },
  "zh-Hant": {
    language: "繁體中文", next: "下一步", file: "通行密語", passphrase: "通行密語", again: "再輸入一次", make: "建立保險庫", written: "我已經抄下來了", sample: "先用範例信箱試試", go: "開始使用 Steward",
    request: "要求", ask: "整理今天的郵件", schedule: "每個工作日早上八點", add: "加入自動化", see: "到「自動化」查看", open: "開啟郵件", save: "儲存", html: "存成 HTML", markdown: "存成 Markdown", close: "關閉", weekdays: "每個工作日 08:00", automations: "自動化",
  },
};

/** Plays it through. `pictures` gets a name and the page at each stop. */
export async function flow({ url, language, scheme, pictures, reload = true }) {
  const w = words[language];
  const browser = await launch();
  const { page, faults, close } = await open(browser, { url, language, scheme });
  const found = [];
  const stop = async (name) => {
    for (const v of await violations(page)) found.push(`${name}: ${v}`);
    for (const l of await leftovers(page)) found.push(`${name}: ${l}`);
    await pictures?.(name, page);
  };
  const button = (name) => page.getByRole("button", { name, exact: true });
  try {
    await page.getByRole("button", { name: w.language }).click();
    await stop("1-language");
    await button(w.next).click();
    // A home that the environment opened has its vault already.
    const make = button(w.make);
    const sample = page.getByRole("button", { name: w.sample });
    await make.or(sample).first().waitFor();
    if (await make.isVisible()) {
      await page.getByRole("button", { name: w.file }).first().click();
      await page.getByLabel(w.passphrase, { exact: true }).fill("seven quiet harbours");
      await page.getByLabel(w.again, { exact: true }).fill("seven quiet harbours");
      await stop("2-vault");
      await make.click();
      await page.getByLabel(w.written).waitFor();
      await stop("3-recovery");
      await page.getByLabel(w.written).check();
      await button(w.next).click();
    }
    await stop("4-mailbox");
    await sample.click();
    await page.getByTestId("imported").waitFor();
    await stop("5-imported");
    await button(w.go).click();

    const box = page.getByRole("textbox", { name: w.request });
    await box.fill(w.ask);
    await stop("6-typed");
    await box.press("Enter");
    await page.getByTestId("report").waitFor({ timeout: 30_000 });
    await stop("7-briefing");
    await page.getByTestId("report").getByRole("button", { name: new RegExp(w.open) }).first().click();
    await page.getByTestId("mail").waitFor();
    await stop("8-mail");
    await page.getByRole("dialog").getByRole("button", { name: w.close }).click();
    await page.getByTestId("mail").waitFor({ state: "detached" });

    for (const [item, ending, begins] of [[w.html, ".html", /^<!doctype html/i], [w.markdown, ".md", /^# /]]) {
      await button(w.save).first().click();
      const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("menuitem", { name: item }).click()]);
      const content = await readFile(await download.path(), "utf8");
      if (!download.suggestedFilename().endsWith(ending) || !begins.test(content)) found.push(`export: ${download.suggestedFilename()} begins ${content.slice(0, 40)}`);
    }

    await box.fill(w.schedule);
    await box.press("Enter");
    await button(w.add).waitFor();
    await stop("9-proposal");
    await button(w.add).click();
    await page.getByRole("link", { name: w.see }).click();
    const listed = async () => {
      await page.getByRole("heading", { level: 1, name: w.automations }).waitFor(); // the chat says the same words
      await page.getByText(w.weekdays).first().waitFor();
    };
    await listed();
    await stop("10-automation");
    if (reload) {
      // A place survives a reload. The app in memory begins anew instead.
      const at = page.url();
      await page.reload();
      await listed();
      if (page.url() !== at) found.push(`reload: from ${at} to ${page.url()}`);
    }
  } catch (error) {
    await pictures?.("failed", page);
    found.push(`flow: ${error.message.split("\n").slice(0, 6).join(" ")}`);
  }
  await close();
  await browser.close();
  return [...found, ...faults];
}
