import { BackendError } from "../types";
import type { Automation, Methods } from "../api.gen";
import type { TrustMethods } from "../trust";
import { matches } from "./mails";
import { nextTimes, readSchedule } from "./schedule";
import { script } from "./script";
import { notFound, type World } from "./world";

/** The methods that the page asks for. */
type Asked = Exclude<keyof Methods, keyof TrustMethods | "Mail/Raw" | "Models/Add" | "Models/Use" | "Reports/Export" | "Runs/Pause" | "Runs/Replay" | "Runs/Watch" | "Scripts/API" | "Scripts/Check" | "Scripts/Run">;
type Calls = { [M in Asked]: (request: Methods[M]["request"]) => Methods[M]["answer"] | Promise<Methods[M]["answer"]> };

/** Every method of the surface over the fake's world. */
export function methods(w: World): Calls {
  const run = (id: string) => w.runs.get(id) ?? raise(notFound("run"));
  const report = (id: string) => w.reports.find((r) => r.id === id) ?? raise(notFound("report"));
  const automation = (id: string) => w.automations.find((a) => a.id === id) ?? raise(notFound("automation"));
  const title = (r: { document: { title: { text: string }[] } }) => r.document.title.map((s) => s.text).join("");
  const found = (query: string) => {
    if (/\bsize:/.test(query)) raise(new BackendError({ code: "invalid", message: 'search: "size:" is not understood', hint: "a search is words, from: to: subject: has:attachment is:unread kind:invoice newer_than:30d" }));
    return w.mails.filter((m) => matches(m, query));
  };
  function propose(text: string, after: string): Automation | undefined {
    const read = readSchedule(text);
    if (!read) return undefined;
    const request = read.request || run(after).run.request;
    return { id: `a${w.automations.length + 1}`, request, words: text, lang: "en", planner: "offline", from: after, overdue: 0, schedule: read.schedule, skill: "daily-briefing", script: "9f2c41d07be3a5", script_source: script, state: "active", created: new Date().toISOString(), next: nextTimes(read.schedule, new Date()), hash: `h-${text}` };
  }
  const changed = (a: Automation) => (w.tell({ kind: "automation" }), a);

  return {
    "Setup/State": () => w.setup,
    "Setup/Open": ({ mode, passphrase }) => {
      const fresh = w.setup.state === "new";
      if (mode === "file" && (passphrase ?? "").length < 8) raise(new BackendError({ code: "invalid", message: "the passphrase is too short", hint: "8 characters at least" }));
      if (!fresh && passphrase !== "correct horse") raise(new BackendError({ code: "denied", message: "the passphrase does not open this vault", hint: "try again, or use the recovery code" }));
      w.setup = { ...w.setup, state: "open", mode };
      return { state: "open", recovery_code: fresh ? "KQ7F-2M9D-XW4T-H8RC-5VJN-P3YB" : "" };
    },
    "Settings/Get": () => w.settings,
    "Settings/Set": (change) => Object.assign(w.settings, change),
    "Ask/Start": ({ text }) => {
      const detail = w.add("ask", text);
      void w.play(detail);
      w.tell({ kind: "state", run: detail.run.id, state: "queued" });
      return { id: detail.run.id };
    },
    "Runs/List": ({ states, limit }) => ({
      runs: [...w.runs.values()].map((d) => d.run).filter((r) => !states?.length || states.includes(r.state))
        .sort((a, b) => b.created.localeCompare(a.created)).slice(0, limit ?? 50),
    }),
    "Runs/Show": ({ id }) => run(id),
    "Runs/Outcome": ({ id }) => {
      const d = run(id);
      return { run: id, state: d.run.state, text: d.text, reports: w.reports.filter((r) => r.run === id).map((r) => ({ id: r.id, title: title(r), html: "" })), approvals: [], usage: d.run.usage, verified: d.run.verified, ...(d.run.error ? { error: d.run.error } : {}), output: d.run.output };
    },
    "Runs/Cancel": ({ id }) => {
      const d = run(id);
      Object.assign(d.run, { state: "cancelled", ended: new Date().toISOString(), error: { code: "cancelled", message: "you stopped it" } });
      w.tell({ kind: "state", run: id, state: "cancelled" });
      return {};
    },
    "Runs/Resume": ({ id }) => ({ id: run(id).run.id }),
    "Mail/Import": () => {
      const detail = w.add("import", "import mail");
      void w.import(detail);
      return { id: detail.run.id };
    },
    "Mail/Search": ({ query, limit, before }) => {
      const all = found(query);
      const from = before ? all.findIndex((m) => m.id === before) + 1 : 0;
      const mails = all.slice(from, from + (limit ?? 50));
      return { mails, count: mails.length, millis: 0.4, next: from + mails.length < all.length ? (mails.at(-1)?.id ?? "") : "" };
    },
    "Mail/Count": ({ query }) => ({ count: found(query).length }),
    "Mail/Show": ({ id }) => w.mails.find((m) => m.id === id) ?? raise(notFound("mail")),
    "Reports/List": ({ id }) => ({ reports: w.reports.filter((r) => !id || r.run === id).map((r) => ({ id: r.id, title: title(r), html: "", run: r.run, created: r.created, spans: r.title })) }),
    "Reports/Show": ({ id }) => report(id),
    "Reports/Download": ({ id, format }) => {
      const r = report(id);
      return { name: `${title(r).replace(/[^\p{L}\p{N}]+/gu, "-")}.${format === "html" ? "html" : "md"}`, content: format === "html" ? r.html : r.markdown };
    },
    "Automations/Propose": ({ text, after_run }) => {
      if (readSchedule(text)?.request === "" && !w.runs.has(after_run)) return { understood: true, error: { code: "invalid", message: "there is nothing yet that this could repeat", hint: "ask for something first, then say when to repeat it" } };
      const a = propose(text, after_run);
      return a ? { understood: true, automation: a } : { understood: false };
    },
    "Automations/Add": ({ text, after_run, expect }) => {
      const a = propose(text, after_run);
      if (a?.hash !== expect) throw new BackendError({ code: "conflict", message: "it is no longer what you saw" });
      w.automations.unshift(a);
      return changed(a);
    },
    "Automations/List": () => ({ automations: w.automations }),
    "Automations/Show": ({ id }) => ({ automation: automation(id), occurrences: w.occurrences.filter((o) => o.automation === id) }),
    "Automations/Pause": ({ id }) => changed(Object.assign(automation(id), { state: "paused" as const, next: [] })),
    "Automations/Resume": ({ id }) => {
      const a = automation(id);
      return changed(Object.assign(a, { state: "active" as const, next: nextTimes(a.schedule, new Date()) }));
    },
    "Automations/Remove": ({ id }) => {
      w.automations = w.automations.filter((a) => a !== automation(id));
      w.tell({ kind: "automation" });
      return {};
    },
    "Automations/Run": ({ id }) => {
      const a = automation(id);
      const detail = w.add("ask", a.request);
      const now = new Date().toISOString();
      const o = { id: `o${w.occurrences.length + 1}`, automation: id, due: now, state: "done" as const, run: detail.run.id, started: now, ended: now, note: "" };
      w.occurrences.unshift(o);
      a.last = o;
      void w.play(detail);
      w.tell({ kind: "automation" });
      return o;
    },
    "Ledger/Verify": () => ({ rows: 1_284, ok: true, first_bad: 0 }),
    "Ledger/Show": () => ({ rows: w.ledger() }),
    "Models/List": () => ({ models: [{ name: "local", base_url: "http://127.0.0.1:11434/v1", model: "qwen3:8b" }], used: "offline" }),
    "Models/Test": () => raise(new BackendError({ code: "unavailable", message: "http://127.0.0.1:11434 does not answer", hint: "start the server, then try again" })),
    "Agents/List": () => ({
      agents: [
        { name: "email", purpose: "Finds and reads your mail.", capabilities: [{ name: "mail.search", effect: "read", doc: "Finds mail.", signature: "search(query: string, options?: SearchOptions): Promise<Mail[]>" }, { name: "mail.body", effect: "read", doc: "The text of a mail, as a handle.", signature: "body(mail: Mail): Promise<Text>" }] },
        { name: "reports", purpose: "Writes reports.", capabilities: [{ name: "report.create", effect: "local", doc: "Writes a report.", signature: "create(content: ReportContent): Promise<Report>" }] },
        { name: "notification", purpose: "Tells you something.", capabilities: [{ name: "notify.user", effect: "local", doc: "Shows a notification.", signature: "user(title: string, text?: string): Promise<void>" }] },
      ],
      skills: [{ name: "daily-briefing", description: "Goes through the mail of a day and reports what needs an answer.", examples: { en: "Brief me on today's mail", "zh-Hant": "整理今天的郵件" } }],
    }),
    "Data/Report": () => ({ kinds: [
      { name: "mails", table: "mail", holds: "times, sizes, flags and kinds of mails", why: "to list and filter mail", class: "fact", retention: "until the user's retention setting", sealed: true, export: "`steward mail export`", erase: "row, with everything that hangs on it" },
      { name: "reports", table: "report", holds: "ids and times of reports; their text is content", why: "the user asked for them", class: "content", retention: "until erased", sealed: true, export: "in `steward data export`", erase: "row and content" },
    ] }),
    "System/Doctor": () => ({ ok: true, checks: [
      { name: "home", ok: true, found: w.setup.home }, { name: "vault", ok: true, found: "open, mode os" }, { name: "database", ok: true, found: "checks out" },
      { name: "ledger", ok: true, found: "128 rows in order" }, { name: "sandbox", ok: true, found: "scripts run, locked by the kernel" },
    ] }),
  };
}

function raise(error: BackendError): never {
  throw error;
}
