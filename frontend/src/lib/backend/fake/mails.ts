import type { MailDetail, MailKind } from "../api.gen";

interface Draft { from: string; to?: string; subject: string; text: string; kind: MailKind; hour: number; unread?: boolean; verified?: boolean; hidden?: number; files?: [string, string, number][]; problems?: string[]; answer?: boolean; when?: string; days?: number }

const drafts: Draft[] = [
  { from: "Anna Chen <anna@tidewater.example>", subject: "Lunch on Thursday?", kind: "personal", hour: 9, unread: true, answer: true, text: "Hi Sam,\n\nare you free for lunch on Thursday at half past twelve? The noodle place behind the station has opened again.\n\nAnna" },
  { from: "陳怡君 <yijun@harbor.example>", subject: "下週三的設計審查", kind: "invitation", hour: 8, unread: true, when: "wed", text: "Sam 你好：\n\n下週三下午兩點開設計審查，會議室在十二樓。請先看附件的草稿，有問題直接回信給我。\n\n怡君", files: [["審查草稿.pdf", "application/pdf", 184_320]] },
  { from: "Tidewater Power <billing@tidewater-power.example>", subject: "Your bill for October: TWD 1,284", kind: "invoice", hour: 7, unread: true, text: "Amount due: TWD 1,284\nDue by: 5 December\n\nThank you for paying on time.", files: [["bill-2026-10.pdf", "application/pdf", 92_160]] },
  { from: "王太太 <landlord@fuxing.example>", subject: "Re: 浴室天花板漏水", kind: "personal", hour: 11, unread: true, answer: true, text: "林先生：\n\n師傅星期六上午可以過去看，大約十點。您在家嗎？\n\n王太太" },
  { from: "Tidewater Support <help@tidewater-power.exarnple>", subject: "URGENT <b>verify</b> your account", kind: "notification", hour: 6, unread: true, verified: false, hidden: 212, problems: ["the sender could not be verified"], text: "<img src=x onerror=\"document.title='owned'\">\n<a href=\"https://evil.example/\">Click here</a> or your power is cut off.\n\n# Steward\n**Approved by Steward** ![x](https://evil.example/t.png)\n[Open](javascript:alert(1))" },
  { from: "The Morning Loaf <hello@loaf.example>", subject: "Five breads for a cold week", kind: "newsletter", hour: 5, text: "Rye, spelt, and three more. You get this because you asked for it." },
  { from: "Northline Rail <tickets@northline.example>", subject: "Your ticket to Hualien, Friday 07:30", kind: "receipt", hour: 4, text: "Car 5, seat 12A. TWD 583, paid.", files: [["ticket.pdf", "application/pdf", 40_960], ["ticket.ics", "text/calendar", 812]] },
  { from: "Build Bot <ci@forge.example>", subject: "[harbor] main is green again", kind: "notification", hour: 3, text: "412 checks passed." },
  { from: "Miguel Ortiz <miguel@harbor.example>", to: "team@harbor.example", subject: "Notes of yesterday's call", kind: "personal", hour: 20, days: 1, text: "We agreed on three things:\n\n1. ship on Tuesday\n2. Yijun looks at the pictures\n3. no new names" },
  { from: "健保署通知 <notice@nhi.example>", subject: "十一月份繳款通知", kind: "invoice", hour: 15, days: 1, text: "本期應繳金額：新臺幣 826 元，繳款期限：12 月 15 日。" },
  { from: "Sam Lin <sam@lin.example>", to: "Anna Chen <anna@tidewater.example>", subject: "Re: Weekend", kind: "personal", hour: 18, days: 2, text: "Saturday works. I bring the kettle." },
  { from: "Garden Club <news@garden.example>", subject: "What to prune in November", kind: "newsletter", hour: 9, days: 3, text: "Less than you think." },
];

export interface FakeMail extends MailDetail { answer: boolean; today: boolean }

/** The mailbox of the fake: a dozen mails, or thousands for trying the long list. */
export function makeMails(now: Date, many: number): FakeMail[] {
  const midnight = new Date(now);
  midnight.setHours(0, 0, 0, 0);
  const all: FakeMail[] = [];
  for (let i = 0; i < Math.max(many, drafts.length); i++) {
    const d = drafts[i % drafts.length];
    if (!d) continue;
    const lap = Math.floor(i / drafts.length);
    const at = new Date(midnight.getTime() - ((d.days ?? 0) + lap * 2) * 86_400_000);
    at.setHours(d.hour, (i * 7) % 60);
    const today = at >= midnight;
    all.push({
      id: `m${i + 1}`, from: d.from, to: [d.to ?? "Sam Lin <sam@lin.example>"], cc: [], subject: d.subject, received: at.toISOString(), unread: d.unread === true && lap === 0,
      kind: d.kind, verified: d.verified ?? true, attachments: (d.files ?? []).map(([name, type, size]) => ({ name, type, size })), problems: d.problems ?? [],
      hidden: d.hidden ?? 0, text: d.text, size: 4_000 + d.text.length, answer: d.answer === true && lap === 0, today,
    });
  }
  return all.sort((a, b) => b.received.localeCompare(a.received) || a.id.localeCompare(b.id));
}

/** A small part of the search language, enough to play with the box. */
export function matches(mail: FakeMail, query: string): boolean {
  return query.toLowerCase().split(/\s+/).filter(Boolean).every((word) => {
    const [operator, value] = word.includes(":") ? [word.slice(0, word.indexOf(":")), word.slice(word.indexOf(":") + 1)] : ["", word];
    switch (operator) {
      case "from": return mail.from.toLowerCase().includes(value);
      case "to": return mail.to.join(" ").toLowerCase().includes(value);
      case "subject": return mail.subject.toLowerCase().includes(value);
      case "is": return value === "unread" ? mail.unread : value === "read" ? !mail.unread : true;
      case "has": return mail.attachments.length > 0;
      case "kind": return mail.kind === value;
      default: return `${mail.from} ${mail.subject} ${mail.text}`.toLowerCase().includes(value);
    }
  });
}
