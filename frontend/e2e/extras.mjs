// What no single screen shows: the keys, the long list, the policy at work.
import { open, violations } from "./browser.mjs";

/** Gives what plays something on a page, and keeps what was wrong. */
export function checks(browser, url, problems) {
  return async (name, query, hash, play) => {
    const { page, faults, close } = await open(browser, { url: `${url}?${query}${hash}` });
    try {
      await page.locator("h1").first().waitFor({ state: "attached" });
      const said = await play(page, faults);
      if (said) problems.push(`${name}: ${said}`);
    } catch (error) {
      problems.push(`${name}: ${error.message.split("\n")[0]}`);
    }
    for (const fault of faults) problems.push(`${name}: ${fault}`);
    await close();
  };
}

export async function extras(browser, url) {
  const problems = [];
  const check = checks(browser, url, problems);

  await check("palette", "fake=open&lang=en", "#/chat", async (page) => {
    await page.keyboard.press("Control+k");
    await page.getByRole("textbox", { name: "Command palette" }).fill("runs");
    const found = await violations(page);
    if (found.length > 0) return found.join("; ");
    await page.keyboard.press("Enter");
    await page.waitForURL(/#\/runs/);
  });

  await check("shortcuts", "fake=open&lang=en", "#/reports", async (page) => {
    await page.getByRole("heading", { name: "Reports" }).waitFor();
    await page.keyboard.press("g");
    await page.keyboard.press("m");
    await page.waitForURL(/#\/mail/);
    await page.getByTestId("mail-list").waitFor();
    await page.keyboard.press("/");
    await page.keyboard.type("kind:invoice");
    await page.keyboard.press("Enter");
    await page.waitForURL(/q=kind/);
    await page.getByText("2 mails").waitFor();
    await page.getByRole("main").focus();
    await page.keyboard.press("?");
    await page.getByRole("dialog").waitFor();
    const found = await violations(page);
    if (found.length > 0) return found.join("; ");
  });

  await check("skip link", "fake=open&lang=en", "#/mail", async (page) => {
    await page.getByTestId("mail-list").waitFor();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    const on = await page.evaluate(() => document.activeElement?.id);
    if (on !== "main") return `the skip link leads to ${on}`;
  });

  await check("50,000 mails", "fake=open&lang=en&many=50000&slow=0", "#/mail", async (page) => {
    await page.getByText("50000 mails").waitFor();
    const rows = await page.getByRole("listitem").count();
    if (rows > 60) return `${rows} rows are in the page`;
    const list = page.getByTestId("mail-list");
    for (let i = 0; i < 8; i++) {
      await list.evaluate((e) => { e.scrollTop = e.scrollHeight; });
      await page.waitForTimeout(120);
    }
    const last = await list.locator("[data-index]").last().getAttribute("data-index");
    if (Number(last) < 500) return `only ${last} rows after eight pages`;
    await list.locator("a").first().focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.getByTestId("mail").waitFor();
  });

  await check("stop", "fake=open&lang=en", "#/chat", async (page) => {
    const box = page.getByRole("textbox", { name: "Request" });
    await box.fill("Brief me");
    await box.press("Shift+Enter");
    await box.pressSequentially("on today's mail");
    await box.press("Enter");
    await page.getByRole("button", { name: "Stop" }).click();
    await page.locator("[data-run]").last().getByText("stopped").waitFor();
    const asked = await page.getByText("on today's mail").last().textContent();
    if (!asked?.includes("\n")) return "the second line of the request is gone";
  });

  await check("script", "fake=open&lang=en", "#/runs/r0001", async (page) => {
    await page.getByText("Script (daily-briefing)").click();
    await page.getByRole("textbox", { name: "Script" }).waitFor();
    const colours = await page.locator(".cm-line span").evaluateAll((all) => new Set(all.map((e) => getComputedStyle(e).color)).size);
    if (colours < 3) return `the script has ${colours} colours: its styles were refused`;
    const found = await violations(page);
    if (found.length > 0) return found.join("; ");
  });

  await check("hostile mail", "fake=open&lang=en", "#/mail/m5", async (page) => {
    const mail = page.getByTestId("mail");
    await mail.waitFor();
    const count = await mail.locator("a, img, script, iframe, b").count();
    if (count > 0) return `${count} elements came out of a mail's text`;
    if ((await page.title()).includes("owned")) return "a mail's script ran";
  });

  await check("policy", "fake=open&lang=en", "#/chat", async (page, faults) => {
    const ran = await page.evaluate(async () => {
      const tried = {};
      const script = document.createElement("script");
      script.textContent = "window.inlineRan = true";
      document.body.append(script);
      tried.inline = window.inlineRan === true;
      const style = document.createElement("style");
      style.textContent = "body { --styled: yes }";
      document.head.append(style);
      tried.style = getComputedStyle(document.body).getPropertyValue("--styled") !== "";
      tried.fetch = await fetch("https://evil.example/").then(() => true, () => false);
      tried.image = await new Promise((resolve) => {
        const image = new Image();
        image.onload = () => resolve(true);
        image.onerror = () => resolve(false);
        image.src = "https://evil.example/t.png";
      });
      return tried;
    });
    const refused = faults.filter((f) => /Content Security Policy|violates/i.test(f)).length;
    faults.length = 0; // they were asked for
    if (Object.values(ran).some(Boolean)) return `not refused: ${JSON.stringify(ran)}`;
    if (refused < 3) return `only ${refused} refusals were told`;
  });

  await check("language and theme", "fake=open&lang=en", "#/settings", async (page) => {
    await page.getByRole("heading", { name: "Settings" }).waitFor();
    await page.getByText("繁體中文").click();
    await page.getByRole("heading", { name: "設定" }).waitFor();
    await page.getByText("深色").click();
    await page.waitForFunction(() => document.documentElement.dataset.mantineColorScheme === "dark");
  });
  return problems;
}
