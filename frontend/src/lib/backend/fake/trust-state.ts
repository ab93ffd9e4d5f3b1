import type { Account, AlertLine, Explanation, GrantLine, Left, LockState, PolicyState, RuleProblem, Sheet } from "../trust";
import { hostileSheet, offerSheet, questionSheet } from "./sheets";
import type { World } from "./world";

const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
const later = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();
const own = (c: string) => ({ spans: [{ c, l: { integrity: 0, readers: {} } }] });

const rules = `// Nobody outside the team, whatever I said before.
@id("team-only")
forbid (principal, action == Action::"send", resource)
unless { context.recipients.containsOnly("harbor.example") };

// Never at night.
@id("no-night")
forbid (principal, action, resource)
when { context.hour < 6 };

@id("anna")
permit (principal, action == Action::"send", resource)
when { context.recipients.contains("anna@tidewater.example") };
`;

/** What the fake knows of trust. `waiting` brings a sheet (or "questions", "offer", "all"), `lock` a passphrase ("set", "on",
 * "code"). */
export class TrustState {
  sheets: Sheet[] = [];
  alerts: AlertLine[] = [];
  grants: GrantLine[] = [];
  accounts: Account[] = [];
  policy: PolicyState = { mode: "balanced", rules: "", problems: [], agents: [] };
  lock: LockState = { passphrase: false, second_factor: false, locked: false, idle_minutes: 0, elevated_until: null };

  constructor(w: World, options: URLSearchParams) {
    const lock = options.get("lock");
    if (lock !== null) this.lock = { passphrase: true, second_factor: lock === "code", locked: lock === "on" || lock === "code", idle_minutes: 10, elevated_until: null };
    if (w.runs.size === 0) return;
    const kind = options.get("waiting");
    const bring = (make: (run: string, request: string) => Sheet, en: string, zh: string) => {
      const found = [...w.runs.values()].find((d) => d.run.state === "waiting" && !this.sheets.some((s) => s.run === d.run.id));
      const request = w.zh ? zh : en;
      const run = found?.run ?? w.add("ask", request).run;
      Object.assign(run, { state: "waiting", request, started: ago(4) });
      this.sheets.push(make(run.id, request));
    };
    if (kind === "" || kind === "all") bring(hostileSheet, "Forward the landlord's mail and the power company's to Anna, and tell Miguel about Saturday", "把房東和電力公司的信轉給怡安，並告訴 Miguel 星期六的事");
    if (kind === "questions" || kind === "all") bring(questionSheet, "Plan the lunch", "安排午餐");
    if (kind === "offer" || kind === "all") bring(offerSheet, "Send Yijun the weekly report", "把每週報告寄給怡君");
    if (options.get("fake") !== "open") return;
    this.policy = {
      mode: "balanced", rules, problems: this.problems(rules),
      agents: [{ name: "email", capabilities: [{ name: "mail.search", effect: "read" }, { name: "mail.body", effect: "read" }, { name: "mail.draft", effect: "read" }, { name: "mail.send", effect: "send" }] }, { name: "reports", capabilities: [{ name: "report.create", effect: "local" }] }],
    };
    this.grants = [
      { id: "g1", automation: "a1", script: "9f2c41d07be3a5", capability: "mail.send", effect: 5, recipients: ["yijun@harbor.example"], names: [own("陳怡君")], origins: ["mail"], created: ago(2_000), expires: later(9), uses: 10, used: 3, from: "r0001", open: true },
      { id: "g2", automation: "a1", script: "9f2c41d07be3a5", capability: "web.read", effect: 4, hosts: ["weather.example"], created: ago(90_000), expires: ago(1_000), uses: 100, used: 42, from: "r0001", open: false },
    ];
    this.alerts = [
      { id: "al1", kind: "injection", created: ago(50), run: "r0001", facts: { origin: "mail:m5", sign: "order" }, code: "injection.order", count: 2, title: "Something that was read gives orders to an assistant", text: "A run read a text from outside that tries to tell your assistant what to do. Noticed: it speaks to an assistant and gives it an order.", advice: "It had no say in what was done: texts from others are never followed. Look at the message before you do what it asks, and be careful with its sender." },
      { id: "al2", kind: "egress", created: ago(130), run: "r0001", facts: { host: "169.254.169.254", why: "page.read" }, count: 1, title: "A connection was refused", text: "Something wanted to connect to “169.254.169.254”, which is not allowed.", advice: "Nothing left. If Steward should reach this host, add it as a model, an account or a connection; if you do not know it, look at the run that wanted it." },
      { id: "al3", kind: "burst", created: ago(3_000), run: "r0002", facts: { effects: "240", usual: "12" }, count: 1, seen: ago(2_900), title: "Unusually much is happening", text: "In the last ten minutes there were “240” effects; the most of the past week was “12”.", advice: "Look at the run." },
    ];
    this.accounts = [
      { name: "home", address: "sam@lin.example", smtp: "smtp.lin.example:465", tls: "tls", user: "sam@lin.example" },
      { name: "work", address: "sam@harbor.example", smtp: "smtp.harbor.example:465", tls: "tls", user: "sam" },
    ];
  }

  problems(source: string): RuleProblem[] {
    return source.split("\n").flatMap((line, i): RuleProblem[] => {
      if (line.startsWith("permit")) return [{ line: i + 1, column: 1, message: "this permit has no effect: it would loosen the floor", hint: "only forbid can change a decision; give a permission on a sheet instead", harmless: true }];
      if (/^(forbit|frobid|allow)/.test(line)) return [{ line: i + 1, column: 1, message: `“${line.split(/[\s(]/)[0] ?? ""}” is not understood`, hint: "a rule begins with forbid or permit" }];
      return [];
    });
  }

  explain(run: string, step: number): Explanation {
    if (step > 5) return {
      verdict: "allow", rule: "local", layers: [{ layer: "floor", verdict: "allow", rule: "local", reasons: ["it changes only what you see"], codes: ["local"] }, { layer: "mode", verdict: "", rule: "balanced", reasons: [], codes: [] }, { layer: "rules", verdict: "", rule: "", reasons: [], codes: [] }],
      changes: [{ code: "mode.strange", text: `if ${run} were another run`, verdict: "deny" }, { code: "more.people", text: "if it went to somebody else too", verdict: "ask" }],
    };
    return { verdict: "allow", rule: "read", layers: [{ layer: "floor", verdict: "allow", rule: "read", reasons: ["it only looks"], codes: ["read"] }], changes: [] };
  }

  left(since: string, until: string): Left {
    const days = (Date.parse(until) - Date.parse(since)) / 86_400_000;
    const hosts = [
      { host: "smtp.lin.example:465", times: 3, bytes_out: 48_211, bytes_in: 2_104, why: ["mail.send"], class: ["mail"], runs: ["r0001"], refused: 0 },
      { host: "weather.example:443", times: 1, bytes_out: 612, bytes_in: 18_400, why: ["web.read"], class: ["address"], runs: ["r0001"], refused: 0 },
      { host: "169.254.169.254:80", times: 0, bytes_out: 0, bytes_in: 0, why: ["page.read"], class: [], runs: ["r0002"], refused: 1 },
      ...(days > 1.5 ? [{ host: "api.model.example:443", times: 41, bytes_out: 812_004, bytes_in: 96_120, why: ["plan"], class: ["request", "api"], runs: ["r0001", "r0002"], refused: 0 }] : []),
    ];
    return {
      hosts, total_out: hosts.reduce((n, h) => n + h.bytes_out, 0), total_in: hosts.reduce((n, h) => n + h.bytes_in, 0),
      sends: [{ time: ago(40), run: "r0001", recipients: ["anna@tidewater.example"], receipt: "250 2.0.0 Ok: queued as 4bXk2P1zq9" }, { time: ago(41), run: "r0001", recipients: ["yijun@harbor.example", "miguel@harbor.example"], receipt: "", state: "unknown" }],
    };
  }

  /** A picture as the host would make it; what is in it means nothing. */
  qr(): string {
    let path = "";
    for (let y = 0; y < 29; y++) for (let x = 0; x < 29; x++) if ((x < 7 && y < 7) || (x > 21 && y < 7) || (x < 7 && y > 21) ? [0, 6].includes(x % 22) || [0, 6].includes(y % 22) || (x % 22 > 1 && x % 22 < 5 && y % 22 > 1 && y % 22 < 5) : (x * 7 + y * 13 + x * y) % 5 < 2) path += `M${x} ${y}h1v1h-1z`;
    return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="-2 -2 33 33"><rect x="-2" y="-2" width="33" height="33" fill="#fff"/><path d="${path}"/></svg>`;
  }
}
