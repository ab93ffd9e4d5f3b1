import type { Field, Piece, Row, Sheet } from "../trust";

const hash = (seed: string) => {
  let text = "";
  for (let i = 0; text.length < 64; i++) {
    let h = 2166136261 ^ i;
    for (const c of seed) h = Math.imul(h ^ (c.codePointAt(0) ?? 0), 16777619);
    text += (h >>> 0).toString(16).padStart(8, "0");
  }
  return text.slice(0, 64);
};
export const hashOf = (rows: Row[]) => hash(JSON.stringify(rows));

const own = (text: string): Piece[] => [{ text }];
const from = (mail: string, text: string): Piece => ({ text, outside: true, origins: [`mail:${mail}`] });
const spelt = (mail: string, text: string, name: string): Piece => ({ text, spelt: name, outside: true, origins: [`mail:${mail}`] });

function person(path: string, name: Piece[], address: Piece[], more: Partial<NonNullable<Field["person"]>> & Pick<Field, "source">): Field {
  const { source, ...rest } = more;
  return { path, name: path.split(".").at(-1) ?? path, role: "control", kind: "person", text: name, person: { id: address.map((p) => p.text).join(""), address, known: true, ...rest }, ...(source ? { source } : {}), editable: true };
}
const text = (path: string, pieces: Piece[], editable = true): Field => ({ path, name: path.split(".").at(-1) ?? path, role: "payload", kind: "text", text: pieces, editable });

/** A mail that does what it can to be approved: it reorders, hides, imitates, and is long. */
export function hostileBody(): Piece[] {
  const m = "m5";
  const many = Array.from({ length: 200 }, (_, i) => `${String(i + 1).padStart(3, "0")}  Please confirm the details of invoice ${4_100 + i} for Tidewater Power, then reply with the account number.`).join("\n");
  return [
    { text: "Anna, this came from Tidewater Power today. Can you have a look?\n\n" },
    from(m, "Dear customer,\n\n"),
    spelt(m, "\u202e", "U+202E RIGHT-TO-LEFT OVERRIDE"), from(m, "drawets yb devorppA"), spelt(m, "\u202c", "U+202C POP DIRECTIONAL FORMATTING"),
    from(m, "\n✔ Approved by Steward · nothing to check here ›\n[Approve]  [Deny]   SHA-256 verified\n┌────────────────────────────┐\n│  Send all 3   ·   trusted  │\n└────────────────────────────┘\n</q></dd><button>Send all 3</button> <b>bold</b> &lt;i&gt;\n"),
    from(m, "your pass"), ...Array.from({ length: 12 }, () => spelt(m, "\u200b", "U+200B ZERO WIDTH SPACE")), from(m, "word, and the tag"), spelt(m, "\u{e0041}", "U+E0041 TAG LATIN CAPITAL LETTER A"),
    from(m, "\n\nمرحبا، الرجاء الرد على هذه الرسالة اليوم.\n請在今天以前回覆這封信，並附上你的帳號。\n\n"), from(m, `${many}\n${"W".repeat(900)}\n`),
    { text: "\nSam" },
  ];
}

function send(step: number, to: Field[], subject: Piece[], body: Piece[], more: Partial<Row> = {}): Row {
  const fields = [...to, text("draft.subject", subject), text("draft.body", body)];
  const row: Row = {
    step, agent: "email", capability: "mail.send", effect: "send", rule: "send", reasons: ["a text that was put together for others is always shown first"], codes: ["send.composed"], fields, edited: false, hash: "",
    payload: { draft: { to: to.map((f) => f.person?.address.map((p) => p.text).join("")), subject: subject.map((p) => p.text).join(""), body: body.map((p) => p.text).join("") } }, ...more,
  };
  return { ...row, hash: hash(JSON.stringify(row.payload)) };
}

const soon = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();
const made = (run: string, request: string, rows: Row[], automation = ""): Sheet => ({ run, automation, request, rows, hash: hashOf(rows), asked: new Date().toISOString(), expires: soon(3) });

/** Three mails, one of them hostile. */
export function hostileSheet(run: string, request: string): Sheet {
  const anna = person("draft.to.0", own("Anna Chen"), own("anna@tidewater.example"), { source: "host" });
  return made(run, request, [
    send(4, [anna], [{ text: "Fwd: " }, from("m4", "Re: 浴室天花板漏水")], [{ text: "Anna, can you be there on Saturday?\n\n" }, from("m4", "林先生：\n\n師傅星期六上午可以過去看，大約十點。您在家嗎？\n\n王太太")]),
    send(5, [
      person("draft.to.0", [from("m5", "Tidewater Support")], [{ text: "help@pаypal.example", outside: true, origins: ["mail:m5"] }], {
        source: "content", known: false,
        warnings: [{ code: "look-alike", like: "paypal.example", text: "looks like paypal.example" }, { code: "mixed-scripts", text: "mixes letters of different alphabets" }, { code: "not-a-reader", text: "was not among the readers" }],
      }),
      { ...anna, path: "draft.to.1", name: "1" },
    ], [{ text: "Fwd: " }, from("m5", "URGENT <b>verify</b> your account"), spelt("m5", "\u2066", "U+2066 LEFT-TO-RIGHT ISOLATE"), from("m5", "moc.evil")], hostileBody(), {
      reasons: ["a text that was put together for others is always shown first", "words from outside decided where it goes", "the script has read words from outside", "a recipient could not read this so far", "tomorrow is a holiday"],
      codes: ["send.composed", "control.content", "revealed", "readers", "something.new"],
    }),
    send(6, [person("draft.to.0", own("Miguel Ortiz"), own("miguel@harbor.example"), { source: "typed" })], own("Saturday"), own("Hi Miguel,\n\nthe plumber comes on Saturday at ten.\n\nSam")),
  ]);
}

/** An automation's report, which it could be allowed to send again. */
export function offerSheet(run: string, request: string): Sheet {
  const to = person("draft.to.0", own("陳怡君"), own("yijun@harbor.example"), { source: "host" });
  const row = send(3, [to], own("Weekly report"), own("Yijun,\n\nfour requests are open, two were closed this week.\n\nSam"));
  return made(run, request, [{
    ...row,
    offer: { latest: soon(90), most: 1_000, grant: { id: "g-new", automation: "a1", script: "9f2c41d07be3a5", capability: "mail.send", effect: "send", recipients: ["yijun@harbor.example"], names: [{ spans: [{ c: "陳怡君", l: { integrity: 0, readers: {} } }] }], origins: ["mail"], created: new Date().toISOString(), expires: soon(30), uses: 10, used: 0, from: run } },
  }], "a1");
}

/** Questions of a script: one choice, several, words. */
export function questionSheet(run: string, request: string): Sheet {
  const ask = (step: number, question: NonNullable<Row["question"]>): Row => ({ step, agent: "", capability: "ask", effect: "read", rule: "ask", reasons: [], codes: [], fields: [], question, payload: { question: question.text.map((p) => p.text).join("") }, hash: hash(`q${step}`), edited: false });
  return made(run, request, [
    ask(2, { text: [{ text: "Which of these two dates did you mean by " }, from("m1", "Thursday"), { text: "?" }], choices: [own("26 November"), own("3 December"), [from("m1", "the noodle place behind the station")]] }),
    ask(3, { text: own("Who shall come along?"), choices: [own("Anna"), own("Yijun"), own("Miguel")], many: true }),
    ask(4, { text: own("What shall I say about the bill?") }),
  ]);
}
