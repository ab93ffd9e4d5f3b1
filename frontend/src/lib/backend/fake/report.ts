import type { ReportDetail, ReportDocument, ReportItem } from "../api.gen";
import type { Spans } from "../types";
import type { FakeMail } from "./mails";

const own = (text: string): Spans => [{ text, quoted: false }];
const theirs = (text: string): Spans => [{ text, quoted: true }];
const name = (from: string) => from.replace(/ <.*/, "");

function item(mail: FakeMail, detail: boolean): ReportItem {
  return {
    text: [{ text: name(mail.from), quoted: true }, { text: ": ", quoted: false }, { text: mail.subject, quoted: true }],
    ...(detail ? { detail: theirs(mail.text.split("\n").filter(Boolean).slice(1, 3).join(" ")) } : {}),
    ...(mail.verified ? {} : { tag: own("sender not verified") }),
    when: mail.received,
    mail: mail.id,
  };
}

/** A briefing over today's mails, as the skill would write it. */
export function brief(id: string, run: string, mails: FakeMail[], zh: boolean, now: Date): ReportDetail & { document: ReportDocument } {
  const today = mails.filter((m) => m.today);
  const answer = today.filter((m) => m.answer);
  const dated = today.filter((m) => m.kind === "invitation");
  const money = today.filter((m) => m.kind === "invoice" || m.kind === "receipt");
  const rest = today.filter((m) => !answer.includes(m) && !dated.includes(m) && !money.includes(m));
  const day = new Intl.DateTimeFormat(zh ? "zh-TW" : "en", { dateStyle: "full" }).format(now);
  const title = own(zh ? `郵件簡報：${day}` : `Mail briefing: ${day}`);
  const section = (en: string, tw: string, list: FakeMail[], detail: boolean) => ({ title: own(zh ? tw : en), items: list.map((m) => item(m, detail)) });
  const sections = [
    section("Needs your answer", "需要你回覆", answer, true),
    section("Has a date", "有日期的", dated, true),
    section("Money", "款項", money, true),
    section("The rest", "其他", rest, false),
  ].filter((s) => s.items.length > 0);
  const summary = own(zh ? `共 ${today.length} 封：${answer.length} 封需要回覆，${money.length} 封與款項有關。` : `${today.length} mails: ${answer.length} to answer, ${money.length} about money.`);
  const markdown = `# ${title[0]?.text ?? ""}\n\n${summary[0]?.text ?? ""}\n`;
  return { id, run, title, created: now.toISOString(), document: { lang: zh ? "zh-Hant" : "en", title, summary, sections }, markdown, html: `<!doctype html><title>${title[0]?.text ?? ""}</title>` };
}
