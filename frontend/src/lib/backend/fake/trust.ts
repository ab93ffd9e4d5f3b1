import type { TrustMethods } from "../trust";
import { BackendError } from "../types";
import { hashOf } from "./sheets";
import { TrustState } from "./trust-state";
import type { World } from "./world";

interface Played { "Fake/Alert": () => object }
type Calls = { [M in keyof TrustMethods]: (request: TrustMethods[M]["request"], elevation: string) => TrustMethods[M]["answer"] } & Played;

const passphrase = "correct horse";
const digits = "246810";

/** The methods of approvals, policy, grants, alerts, the ledger's view, the lock and the accounts. */
export function trustMethods(w: World, options: URLSearchParams): Calls {
  const s = new TrustState(w, options);
  const waiting = (id: string) => s.sheets.find((x) => x.run === id) ?? raise("conflict", "this was answered already", "look at the run");
  const current = (id: string, hash: string) => {
    const sheet = waiting(id);
    if (sheet.hash !== hash) raise("conflict", "the sheet changed meanwhile", "look at it again");
    return sheet;
  };
  const proof = (given: { passphrase: string; code: string }) => {
    if (given.passphrase !== passphrase) raise("denied", "the passphrase is wrong", "try again");
    if (s.lock.second_factor && given.code !== digits) raise("denied", "the code is wrong", "take the one that is shown now");
  };
  const elevated = (token: string) => {
    if (s.lock.passphrase && token !== "elevated") raise("locked", "this needs an elevation", "give your passphrase for an elevation: Lock/Elevate");
  };
  return {
    "Approvals/List": () => ({ sheets: s.sheets }),
    "Approvals/Show": ({ id }) => waiting(id),
    "Approvals/Answer": ({ id, hash, approve, stop }) => {
      const sheet = current(id, hash);
      s.sheets = s.sheets.filter((x) => x !== sheet);
      const run = w.runs.get(id)?.run;
      if (run) Object.assign(run, { state: stop ? "cancelled" : "done", verified: approve.length > 0, ended: new Date().toISOString() });
      w.tell({ kind: "sheet", run: id });
      w.tell({ kind: "state", run: id, state: stop ? "cancelled" : "done" });
      return { id };
    },
    "Approvals/Edit": ({ id, hash, step, edits }) => {
      const sheet = current(id, hash);
      const row = sheet.rows.find((r) => r.step === step) ?? raise("not_found", "there is no such step");
      for (const { path, text } of edits) {
        const at = row.fields.findIndex((f) => f.path === path || f.path.startsWith(`${path}.`));
        const first = row.fields[at] ?? raise("invalid", `${path} is not on the sheet`);
        if (first.person) {
          const lines = text.split("\n").map((l) => l.trim()).filter(Boolean);
          if (lines.length === 0 || lines.some((l) => !/^[^\s@]+@[^\s@]+$/.test(l))) raise("invalid", "that is not an address", "one address a line, such as anna@example.com");
          row.fields = [...row.fields.filter((f) => !f.path.startsWith(`${path}.`))];
          row.fields.splice(at, 0, ...lines.map((line, i) => ({ ...first, path: `${path}.${i}`, name: String(i), text: [{ text: line }], source: "typed" as const, person: { id: line, address: [{ text: line }], known: line.endsWith("tidewater.example") } })));
        } else row.fields[at] = { ...first, text: [{ text }] };
      }
      row.edited = true;
      delete row.offer;
      row.hash = hashOf([row]);
      sheet.hash = hashOf(sheet.rows);
      w.tell({ kind: "sheet", run: id });
      return sheet;
    },
    "Policy/Get": () => s.policy,
    "Policy/SetMode": ({ mode }) => Object.assign(s.policy, { mode }),
    "Policy/SetRules": ({ rules }, token) => {
      elevated(token);
      return Object.assign(s.policy, { rules, problems: s.problems(rules) });
    },
    "Policy/Explain": ({ run, step }) => s.explain(run, step),
    "Grants/List": () => ({ grants: s.grants }),
    "Grants/Revoke": ({ id }) => {
      for (const g of s.grants) if (g.id === id) Object.assign(g, { open: false, revoked: new Date().toISOString() });
      return {};
    },
    "Alerts/List": ({ open_only }) => ({ alerts: s.alerts.filter((a) => !open_only || !a.seen), open: s.alerts.filter((a) => !a.seen).length }),
    "Alerts/Dismiss": ({ id, all }) => {
      for (const a of s.alerts) if (all || a.id === id) a.seen = new Date().toISOString();
      w.tell({ kind: "alert" });
      return {};
    },
    "Fake/Alert": () => {
      s.alerts.unshift({ id: `al${s.alerts.length + 1}`, kind: "access", created: new Date().toISOString(), count: 12, facts: { via: "page", attempts: "12" }, title: "Many wrong attempts to come in", text: "12 wrong passphrases were given within a minute.", advice: "If it was not you, change the passphrase." });
      w.tell({ kind: "alert" });
      return {};
    },
    "Ledger/Left": ({ since, until }) => s.left(since, until),
    "Ledger/Export": ({ after = 0 }, token) => {
      elevated(token);
      return after === 0 ? { lines: '{"seq":1,"kind":"run","hash":"5b1d"}\n', last: 1, done: false } : { lines: '{"checkpoint":1}\n', last: 1, done: true };
    },
    "Lock/State": () => s.lock,
    "Lock/Seen": () => ({}),
    "Lock/Set": ({ passphrase: next, old, idle_minutes: idle }, token) => {
      if (s.lock.passphrase && old !== passphrase && token !== "elevated") raise("denied", "the passphrase is wrong", "try again");
      if (next !== undefined && next !== "" && next.length < 8) raise("invalid", "the passphrase is too short", "8 characters at least");
      if (next !== undefined) s.lock.passphrase = next !== "";
      if (idle !== undefined) s.lock.idle_minutes = idle;
      w.tell({ kind: "lock", text: "open" });
      return s.lock;
    },
    "Lock/DropKeys": () => ({}),
    "Policy/Test": () => ({ results: [] }),
    "Lock/Now": () => {
      if (!s.lock.passphrase && !s.lock.second_factor) raise("invalid", "there is no passphrase to lock with", "choose one in the settings");
      s.lock.locked = true;
      w.tell({ kind: "lock", text: "locked" });
      return s.lock;
    },
    "Lock/Unlock": (given) => {
      proof(given);
      s.lock.locked = false;
      w.tell({ kind: "lock", text: "open" });
      return s.lock;
    },
    "Lock/Elevate": (given) => {
      proof(given);
      return { elevation: "elevated", until: new Date(Date.now() + 300_000).toISOString() };
    },
    "Lock/BeginSecondFactor": (_request, token) => (elevated(token), { secret: "JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP", uri: "otpauth://totp/Steward:sam?secret=JBSWY3DPEHPK3PXP", qr: s.qr() }),
    "Lock/FinishSecondFactor": ({ code }) => {
      if (code !== digits) raise("denied", "the code is wrong", "take the one that is shown now");
      return Object.assign(s.lock, { second_factor: true });
    },
    "Lock/RemoveSecondFactor": (_request, token) => {
      elevated(token);
      return Object.assign(s.lock, { second_factor: false });
    },
    "Accounts/List": () => ({ accounts: s.accounts }),
    "Accounts/Add": ({ name, address, smtp, user, tls }) => {
      if (s.accounts.some((a) => a.name === name)) raise("conflict", `there is an account “${name}” already`, "choose another name");
      s.accounts.push({ name, address, smtp, user, tls });
      return {};
    },
    "Accounts/Test": ({ name }) => {
      if (name === "work") raise("unavailable", "smtp.harbor.example:465 does not answer", "look at the server and the port");
      return {};
    },
    "Accounts/Remove": ({ name }) => {
      s.accounts = s.accounts.filter((a) => a.name !== name);
      return {};
    },
  };
}

function raise(code: string, message: string, hint = ""): never {
  throw new BackendError({ code, message, hint });
}
