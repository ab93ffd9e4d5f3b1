// What the user's word does, and what no text can do to it: the sheet, the lock, the rules, at work.
import { checks } from "./extras.mjs";
import { violations } from "./browser.mjs";

/** Every character that a reader sees in an element, and whether any of them could hide or turn others. */
const turned = (text) => /[\u202a-\u202e\u2066-\u2069\u200b\u{e0000}-\u{e007f}]/u.test(text);

export async function trust(browser, url, picture) {
  const problems = [];
  const check = checks(browser, url, problems);
  const button = (page, name) => page.getByRole("button", { name, exact: true });

  await check("sheet", "fake=open&waiting&lang=en", "#/approvals", async (page) => {
    const sheet = page.getByTestId("sheet");
    await sheet.waitFor();
    const body = page.getByRole("region", { name: /Text: .* characters, shown whole/ });
    const text = await body.textContent();
    if (!text?.includes("200  Please confirm") || !text.includes("W".repeat(900))) return "the long text is not whole";
    if (turned(await sheet.evaluate((e) => e.textContent ?? ""))) return "a character that turns or hides others is in the page";
    for (const name of ["[U+202E RIGHT-TO-LEFT OVERRIDE]", "[U+200B ZERO WIDTH SPACE] ×12", "[U+E0041 TAG LATIN CAPITAL LETTER A]"]) if (!text.includes(name)) return `${name} is not spelt out`;
    if ((await body.locator("b, button, a, img, i").count()) > 0) return "the text became elements";
    if ((await page.locator("mark").allTextContents()).join() !== "а") return "the foreign letter of the address is not marked";
    const inside = await body.evaluate((e) => e.scrollHeight > e.clientHeight && e.scrollWidth <= e.clientWidth);
    if (!inside) return "the long text does not scroll in a place of its own";
    await page.getByText("Looks like paypal.example").waitFor();
    // Untick the hostile one: the button says what would happen.
    await page.getByRole("checkbox", { name: /Include “Fwd: URGENT/ }).uncheck();
    await button(page, "Send 2 of 3").click();
    await page.getByText("2 approved. They are being carried out. 1 denied. It will not happen.").waitFor();
    await page.getByTestId("count-approvals").waitFor({ state: "detached" });
  });

  await check("no click meant for something else", "fake=open&waiting&lang=en", "#/chat", async (page) => {
    await page.getByTestId("sheet").waitFor();
    const early = await page.evaluate(() => new Promise((resolve) => {
      // The very moment in which it appears anew.
      const watch = new MutationObserver(() => {
        const approve = document.querySelector("[data-testid=approve]");
        if (!approve) return;
        watch.disconnect();
        approve.click();
        resolve(approve.disabled);
      });
      window.location.hash = "#/approvals";
      watch.observe(document.body, { childList: true, subtree: true });
    }));
    if (!early) return "it could be approved as soon as it appeared";
    await page.waitForTimeout(200);
    if (await page.getByText(/approved\./).isVisible()) return "a click of the first moment approved it";
    await page.waitForFunction(() => document.querySelector("[data-testid=approve]")?.disabled === false);
    if (await page.evaluate(() => document.activeElement?.matches("[data-testid=approve]"))) return "approving has the focus";
    await page.keyboard.press("Enter");
    await page.waitForTimeout(150);
    if (await page.getByText(/approved\./).isVisible()) return "Enter approved it";
  });

  await check("edit", "fake=open&waiting&lang=en", "#/approvals", async (page) => {
    await button(page, "Edit: To").nth(1).click();
    const box = page.getByRole("textbox", { name: "To" });
    if ((await box.inputValue()) !== "help@pаypal.example\nanna@tidewater.example") return `an edit began with ${await box.inputValue()}`;
    await box.fill("nobody");
    await button(page, "Save").click();
    await page.getByRole("alert").waitFor();
    await box.fill("anna@tidewater.example");
    await button(page, "Save").click();
    await page.getByText("edited by you").waitFor();
    if (await page.getByText("Looks like paypal.example").isVisible()) return "the recipient is still there";
    if (await page.getByText("It changed meanwhile").isVisible()) return "one's own edit passed for somebody else's";
    const found = await violations(page);
    if (found.length > 0) return found.join("; ");
    await picture("edited", page);
    await button(page, "Deny and stop the run").click();
    await page.getByText("Denied, and the run was stopped.").waitFor();
  });

  await check("answered elsewhere", "fake=open&waiting&lang=en", "#/approvals", async (page) => {
    await page.getByTestId("sheet").waitFor();
    await page.evaluate(() => window.stewardFake.call("Approvals/List", {}).then(({ sheets }) => window.stewardFake.call("Approvals/Answer", { id: sheets[0].run, hash: sheets[0].hash, approve: [] })));
    await page.getByText("This was answered elsewhere").waitFor();
    await picture("elsewhere", page);
  });

  await check("changed elsewhere", "fake=open&waiting&lang=en", "#/approvals", async (page) => {
    await page.getByTestId("sheet").waitFor();
    await page.evaluate(() => window.stewardFake.call("Approvals/List", {}).then(({ sheets }) => window.stewardFake.call("Approvals/Edit", { id: sheets[0].run, hash: sheets[0].hash, step: 6, edits: [{ path: "draft.subject", text: "Sunday" }] })));
    await page.getByText("It changed meanwhile").waitFor();
    await page.getByText("Sunday", { exact: true }).first().waitFor();
  });

  await check("questions", "fake=open&waiting=questions&lang=en", "#/approvals", async (page) => {
    await page.getByRole("radio", { name: "3 December" }).check();
    await page.getByRole("checkbox", { name: "Anna" }).check();
    await page.getByRole("textbox").fill("That I paid it.");
    const found = await violations(page);
    if (found.length > 0) return found.join("; ");
    await button(page, "Answer all 3").click();
    await page.getByText("3 approved").waitFor();
  });

  await check("permission", "fake=open&waiting=offer&lang=en", "#/approvals", async (page) => {
    await page.getByText("Also allow this automation").click();
    await page.getByRole("checkbox", { name: "Allow it" }).check();
    await page.getByText("You also give 1 standing permission").waitFor();
    const found = await violations(page);
    if (found.length > 0) return found.join("; ");
    await picture("offer", page);
  });

  await check("why", "fake=open&lang=en", "#/runs/r0001", async (page) => {
    await page.getByText(/7 steps/).click();
    await button(page, "Why: report.create").click();
    await page.getByTestId("why").waitFor();
    await page.getByText("What would change it").waitFor();
    const found = await violations(page);
    if (found.length > 0) return found.join("; ");
    await picture("why", page);
  });

  await check("lock", "fake=open&lock=set&lang=en", "#/mail/m5", async (page) => {
    await page.getByTestId("mail").waitFor();
    await page.keyboard.press("Control+Shift+L");
    await page.getByTestId("lock").waitFor();
    const left = await page.evaluate(() => document.body.innerText + document.title);
    if (/URGENT|tidewater|Mails/i.test(left)) return "something of the content is still there";
    await page.keyboard.press("Control+k");
    if ((await page.getByRole("dialog").count()) > 0) return "the palette opens over the lock";
    await page.getByLabel("Passphrase", { exact: true }).fill("wrong horse");
    await page.keyboard.press("Enter");
    await page.getByRole("alert").waitFor();
    await page.getByLabel("Passphrase", { exact: true }).fill("correct horse");
    await page.keyboard.press("Enter");
    await page.getByTestId("mail").waitFor();
  });

  await check("idle", "fake=open&lock=set&lang=en", "#/mail/m5", async (page) => {
    await page.getByTestId("mail").waitFor();
    await page.evaluate(() => {
      const now = Date.now;
      Date.now = () => now() + 11 * 60_000; // as after a sleep
      document.dispatchEvent(new Event("visibilitychange"));
    });
    await page.getByTestId("lock").waitFor();
  });

  await check("elevation", "fake=open&lock=set&lang=en", "#/trust/ledger", async (page) => {
    await button(page, "Export to a file").click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("Say once more who you are").waitFor();
    const found = await violations(page);
    if (found.length > 0) return found.join("; ");
    await picture("elevation", page);
    await dialog.getByLabel("Passphrase", { exact: true }).fill("correct horse");
    const [download] = await Promise.all([page.waitForEvent("download"), page.keyboard.press("Enter")]);
    if (download.suggestedFilename() !== "steward-ledger.jsonl") return `it was saved as ${download.suggestedFilename()}`;
    await button(page, "Verify now").click();
    await page.getByText(/1,?284 rows are in order/).waitFor();
  });

  await check("rules", "fake=open&lang=en", "#/trust/rules", async (page) => {
    const rules = page.getByRole("textbox", { name: "Rules in Cedar" });
    await rules.waitFor();
    await button(page, "Line 12").click();
    await page.keyboard.press("Control+End");
    await page.keyboard.type("\nfrobid (principal, action, resource);");
    await button(page, "Save the rules").click();
    await page.getByText("“frobid” is not understood").waitFor();
    await page.getByText("this permit has no effect").waitFor();
    if ((await page.locator(".st-wrong").count()) !== 1) return "the wrong line is not marked";
    const found = await violations(page);
    if (found.length > 0) return found.join("; ");
    await picture("rules", page);
    await page.getByRole("radio", { name: "Careful" }).click();
    await page.waitForFunction(() => document.querySelector("input[value=careful]")?.checked);
  });

  await check("alerts", "fake=open&lang=en", "#/trust", async (page) => {
    await button(page, "Put away: Something that was read gives orders to an assistant").click();
    await page.getByTestId("count-trust").getByText("1", { exact: true }).waitFor();
    await button(page, "Put away: A connection was refused").click();
    await page.getByText("Nothing to look at").waitFor();
    await page.evaluate(() => window.stewardFake.call("Fake/Alert", {}));
    await page.getByRole("alert").getByText("Many wrong attempts").waitFor();
    const found = await violations(page);
    if (found.length > 0) return found.join("; ");
    await picture("toast", page);
  });

  await check("second factor and accounts", "fake=open&lock=set&lang=en", "#/settings", async (page) => {
    await button(page, "Set up").click();
    await page.getByRole("dialog").getByLabel("Passphrase", { exact: true }).fill("correct horse");
    await page.keyboard.press("Enter");
    const qr = page.getByRole("img", { name: "QR code of the second factor" });
    await qr.waitFor();
    if (!(await qr.evaluate((e) => e.complete && e.naturalWidth > 0))) return "the QR code does not show";
    await picture("second-factor", page);
    await page.getByLabel("The code that it shows now").fill("246810");
    await button(page, "Confirm").click();
    await page.getByText("A second factor is set").waitFor();
    await button(page, "Add an account").click();
    const found = await violations(page);
    if (found.length > 0) return found.join("; ");
    await page.getByLabel("Name", { exact: true }).fill("club");
    await page.getByLabel("Your address").fill("sam@garden.example");
    await page.getByLabel("Server and port").fill("smtp.garden.example:465");
    await button(page, "Add").click();
    await page.getByText("sam@garden.example · smtp.garden.example:465").waitFor();
    await button(page, "Test").nth(1).click();
    await page.getByText("smtp.harbor.example:465 does not answer").waitFor();
  });
  return problems;
}
