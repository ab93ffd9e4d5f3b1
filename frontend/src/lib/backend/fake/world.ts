import { BackendError, type StewardEvent } from "../types";
import type { Automation, LedgerRow, Occurrence, ReportDetail, ReportDocument, Run, RunDetail, SettingsState, SetupState, Step } from "../api.gen";
import { type FakeMail, makeMails } from "./mails";
import { brief } from "./report";
import { script } from "./script";

const nobody = { integrity: 0, readers: {} };
const never = "0001-01-01T00:00:00Z";
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

export const notFound = (what: string) => new BackendError({ code: "not_found", message: `there is no ${what} with this id`, hint: "it may have been removed; look at the list" });

/** The fake's whole state, and what moves in it. */
export class World {
  setup: SetupState;
  settings: SettingsState = { language: "", theme: "auto", first_start_done: false };
  mails: FakeMail[] = [];
  runs = new Map<string, RunDetail>();
  reports: (ReportDetail & { document: ReportDocument })[] = [];
  automations: Automation[] = [];
  occurrences: Occurrence[] = [];
  listeners = new Set<(e: StewardEvent) => void>();
  private seq = 0;
  private readonly many: number;

  constructor(options: URLSearchParams) {
    const mode = options.get("fake") ?? "";
    this.many = Number(options.get("many") ?? 0);
    this.setup = { state: mode === "new" || mode === "locked" ? mode : "open", mode: mode === "locked" ? "file" : "", keychain: options.get("keychain") !== "no", home: "/home/sam/.local/share/steward", version: "0.2.0-fake" };
    if (mode === "new" || mode === "empty") {
      this.settings.first_start_done = mode === "empty";
      return;
    }
    this.settings.first_start_done = true;
    this.settings.language = options.get("lang") === "zh-Hant" ? "zh-Hant" : options.get("lang") === "en" ? "en" : "";
    const theme = options.get("theme");
    if (theme === "dark" || theme === "light") this.settings.theme = theme;
    this.mails = makeMails(new Date(), this.many);
    this.seed(options);
  }

  get zh() { return this.settings.language === "zh-Hant"; }

  private seed(options: URLSearchParams) {
    const at = new Date(Date.now() - 3_600_000);
    const done = this.add("ask", this.zh ? "整理今天的郵件" : "Brief me on today's mail", at);
    this.finish(done, at);
    const failed = this.add("ask", this.zh ? "幫我訂機票" : "Book me a flight", new Date(at.getTime() + 60_000));
    Object.assign(failed.run, { state: "failed", script: "", ended: new Date(at.getTime() + 61_000).toISOString(), error: { code: "unsupported", message: "the offline planner has no skill for this", hint: "connect a model: steward models add" } });
    failed.script = "";
    if (options.has("waiting")) {
      const waits = this.add("ask", this.zh ? "把房東的信轉給怡安" : "Forward the landlord's mail to Anna", new Date(at.getTime() + 120_000));
      waits.run.state = "waiting";
    }
    const auto: Automation = { id: "a1", request: done.run.request, lang: this.zh ? "zh-Hant" : "en", planner: "offline", from: done.run.id, overdue: 0, words: this.zh ? "每天早上七點" : "Every day at 7:00", schedule: { days: ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], time: "07:00", zone: "Asia/Taipei" }, skill: "daily-briefing", script: "9f2c41d07be3a5", script_source: script, state: "active", created: at.toISOString(), next: [1, 2, 3].map((d) => new Date(new Date().setHours(7, 0, 0, 0) + d * 86_400_000).toISOString()), hash: "h1" };
    this.occurrences = [
      { id: "o2", automation: "a1", due: new Date(new Date().setHours(7, 0, 0, 0)).toISOString(), state: "done", run: done.run.id, started: at.toISOString(), ended: at.toISOString(), note: "" },
      { id: "o1", automation: "a1", due: new Date(new Date().setHours(7, 0, 0, 0) - 86_400_000).toISOString(), state: "missed", run: "", started: never, ended: never, note: "Steward was not running" },
    ];
    auto.last = this.occurrences[0];
    this.automations.push(auto);
  }

  add(kind: string, request: string, at = new Date()): RunDetail {
    const id = `r${String(this.runs.size + 1).padStart(4, "0")}`;
    const run: Run = { id, kind, state: "queued", request, planner: "offline", engine: "fake", seed: 1, label: nobody, zone: "Asia/Taipei", created: at.toISOString(), started: never, ended: never, verified: false, usage: { requests: 0, prompt_tokens: 0, completion_tokens: 0, cost: 0 }, ...(kind === "ask" ? { skill: "daily-briefing", script: "9f2c41d07be3a5" } : {}) };
    const detail: RunDetail = { run, steps: [], script: kind === "ask" ? script : "", text: "", spans: [] };
    this.runs.set(id, detail);
    return detail;
  }

  step(detail: RunDetail, capability: string, effect: number, at: Date): Step {
    const step: Step = { run: detail.run.id, seq: detail.steps.length + 1, done_no: 0, capability, version: 1, effect, state: "intent", decision: { verdict: "allow", rule: effect === 1 ? "reads are silent" : "local effects are silent" }, input_hash: "", label: nobody, key: "", attempt: 1, issued: at.toISOString(), ended: never };
    detail.steps.push(step);
    return step;
  }

  end(step: Step, at: Date) {
    step.state = "done";
    step.done_no = step.seq;
    step.ended = at.toISOString();
    if (step.effect === 2) step.receipt = { kind: step.capability === "notify.user" ? "shown" : "hash", id: "5b1d0c6e8fa2" };
  }

  finish(detail: RunDetail, at: Date) {
    if (detail.steps.length === 0) this.plan.forEach(([name, effect], i) => this.end(this.step(detail, name, effect, at), new Date(at.getTime() + 8 * (i + 1))));
    const report = brief(`p${this.reports.length + 1}`, detail.run.id, this.mails, /[一-鿿]/.test(detail.run.request), at);
    this.reports.unshift(report);
    detail.spans = flat(report.document); // the result of a briefing is the whole of it
    detail.text = detail.spans.map((s) => s.text).join("");
    Object.assign(detail.run, { state: "done", verified: true, started: at.toISOString(), ended: new Date(at.getTime() + 412).toISOString() });
  }

  readonly plan: [string, number][] = [["mail.search", 1], ["mail.body", 1], ["read.summarize", 1], ["mail.body", 1], ["read.summarize", 1], ["report.create", 2], ["notify.user", 2]];

  /** Plays a request: one step after another, as fast as one can watch. */
  async play(detail: RunDetail) {
    const { run } = detail;
    const over = () => run.state === "cancelled";
    await pause(150);
    if (over()) return;
    Object.assign(run, { state: "running", started: new Date().toISOString() });
    this.tell({ kind: "state", run: run.id, state: "running" });
    for (const [name, effect] of this.plan) {
      const step = this.step(detail, name, effect, new Date());
      this.tell({ kind: "step", run: run.id, step: step.seq, capability: name, step_state: "intent" });
      await pause(220);
      if (over()) return;
      this.end(step, new Date());
      this.tell({ kind: "step", run: run.id, step: step.seq, capability: name, step_state: "done" });
    }
    this.finish(detail, new Date());
    this.tell({ kind: "state", run: run.id, state: "done" });
  }

  async import(detail: RunDetail) {
    detail.run.state = "running";
    const all = makeMails(new Date(), this.many);
    for (const share of [0.2, 0.5, 0.8, 1]) {
      await pause(150);
      this.tell({ kind: "progress", run: detail.run.id, text: `${Math.round(all.length * share)} messages read` });
    }
    const fresh = this.mails.length === 0;
    if (fresh) this.mails = all;
    detail.run.output = { imported: fresh ? all.length : 0, duplicates: fresh ? 0 : all.length, left: 0, damaged: [], more: 0 };
    Object.assign(detail.run, { state: "done", verified: true, ended: new Date().toISOString() });
    this.tell({ kind: "state", run: detail.run.id, state: "done" });
  }

  /** The latest rows of a ledger that such runs would leave. */
  ledger(): LedgerRow[] {
    const kinds = ["run", "decision", "intent", "egress", "outcome", "approval", "setting"];
    return Array.from({ length: 12 }, (_, i) => ({ seq: 1_273 + i, time: new Date(Date.now() - (12 - i) * 61_000).toISOString(), kind: kinds[i % kinds.length] ?? "run", run: "r0001", hash: (0x5b1d0c6e + i * 7_919).toString(16).repeat(8) }));
  }

  tell(event: StewardEvent) {
    this.seq++;
    for (const listener of this.listeners) listener({ ...event, seq: this.seq });
  }
}

function flat(document: ReportDocument) {
  const line = [{ text: "\n", quoted: false }];
  return [...document.title, ...line, ...document.summary, ...document.sections.flatMap((s) => [...line, ...s.title, ...s.items.flatMap((i) => [...line, ...i.text])])];
}
