import type { Decision, LabelledText, Nothing, RunID, StepState, Verdict } from "./api.gen";

// What the page knows of trust: approvals, policy, grants, alerts, the ledger's view, the lock, accounts.

/** Where a control argument came from. */
export type Source = "host" | "typed" | "listed" | "script" | "content";

/** A part of a text with one origin. One with `spelt` stands for characters that nobody would see, and is not shown itself. */
export interface Piece { text: string; spelt?: string; outside?: boolean; origins?: string[] }

export interface PersonWarning { code: string; like?: string; text: string }
export interface SheetPerson { id: string; address: Piece[]; known: boolean; me?: boolean; warnings?: PersonWarning[] }

/** One value of a payload. */
export interface Field {
  path: string;
  name: string;
  role: "control" | "payload";
  kind: "text" | "person" | "item" | "date" | "number" | "flag";
  text: Piece[];
  person?: SheetPerson;
  item?: { kind: string; id: string };
  source?: Source;
  editable?: boolean;
}

export interface Question { text: Piece[]; choices?: Piece[][]; many?: boolean }

/** A narrow standing answer for one automation. */
export interface Grant {
  id: string;
  automation: string;
  script: string;
  capability: string;
  effect: number | string;
  recipients?: string[];
  names?: LabelledText[];
  hosts?: string[];
  origins?: string[];
  created: string;
  expires: string;
  uses: number;
  used: number;
  revoked?: string;
  from: string;
}
export interface GrantLine extends Grant { open: boolean }
export interface Offer { grant: Grant; latest: string; most: number }

/** One staged step with everything that it would do. */
export interface Row {
  step: number;
  agent: string;
  capability: string;
  effect: string;
  rule: string;
  reasons: string[];
  codes: string[];
  fields: Field[];
  question?: Question;
  payload: unknown;
  hash: string;
  edited?: boolean;
  offer?: Offer;
}

/** All that a run may not do without the user's word. */
export interface Sheet { run: string; automation?: string; hash: string; rows: Row[]; asked: string; expires: string; request: string }
export interface SheetList { sheets: Sheet[] }
export interface Reply { step: number; chosen: number[]; text: string }
export interface GrantWish { step: number; until: string; uses: number }
export interface Answered { id: string; hash: string; approve: number[]; stop?: boolean; replies?: Reply[]; grants?: GrantWish[] }
export interface SheetEdit { id: string; hash: string; step: number; edits: { path: string; text: string }[] }

export type Mode = "careful" | "balanced" | "locked";
export interface RuleProblem { line: number; column: number; message: string; hint?: string; harmless?: boolean }
export interface PolicyState { mode: Mode | ""; rules: string; problems: RuleProblem[]; agents: { name: string; capabilities: { name: string; effect: string }[] }[] }
export interface Layer { layer: "floor" | "mode" | "rules" | "grants" | "roles"; verdict: Verdict | ""; rule: string; reasons: string[]; codes: string[] }
export interface Explanation { verdict: Verdict | ""; rule: string; layers: Layer[]; changes: { code: string; text: string; verdict: Verdict }[]; decided?: CodedDecision }

export interface AlertLine {
  id: string;
  kind: string;
  created: string;
  run?: string;
  facts?: Record<string, string>;
  count: number;
  seen?: string;
  title: string;
  text: string;
  advice: string;
  code?: string;
}

export interface LeftHost { host: string; times: number; bytes_out: number; bytes_in: number; why: string[]; class: string[]; runs: string[]; refused: number; open?: number }
export interface LeftSend { time: string; run: string; recipients: string[]; receipt: string; state?: StepState }
export interface Left { hosts: LeftHost[]; sends: LeftSend[]; total_out: number; total_in: number }
/** A page of the export: lines of JSON, and where the next page begins. */
export interface LedgerExport { lines: string; last: number; done: boolean }

export interface LockState { passphrase: boolean; second_factor: boolean; locked: boolean; idle_minutes: number; elevated_until: string | null }
export interface Proof { passphrase: string; code: string }
export interface Elevated { elevation: string; until: string }
export interface SecondFactor { secret: string; uri: string; qr: string }

export interface Account { name: string; address: string; smtp: string; tls: "none" | "starttls" | "tls"; user: string }
export interface NewAccount extends Account { password: string }

export interface TrustMethods {
  "Accounts/Add": { request: NewAccount; answer: Nothing };
  "Accounts/List": { request: Nothing; answer: { accounts: Account[] } };
  "Accounts/Remove": { request: { name: string }; answer: Nothing };
  "Accounts/Test": { request: { name: string }; answer: Nothing };
  "Alerts/Dismiss": { request: { id?: string; all?: boolean }; answer: Nothing };
  "Alerts/List": { request: { open_only: boolean }; answer: { alerts: AlertLine[]; open: number } };
  "Approvals/Answer": { request: Answered; answer: RunID };
  "Approvals/Edit": { request: SheetEdit; answer: Sheet };
  "Approvals/List": { request: Nothing; answer: SheetList };
  "Approvals/Show": { request: RunID; answer: Sheet };
  "Grants/List": { request: Nothing; answer: { grants: GrantLine[] } };
  "Grants/Revoke": { request: { id: string }; answer: Nothing };
  "Ledger/Export": { request: { after?: number }; answer: LedgerExport };
  "Ledger/Left": { request: { since: string; until: string }; answer: Left };
  "Lock/BeginSecondFactor": { request: Nothing; answer: SecondFactor };
  "Lock/Elevate": { request: Proof; answer: Elevated };
  "Lock/FinishSecondFactor": { request: { code: string }; answer: LockState };
  "Lock/DropKeys": { request: Nothing; answer: Nothing };
  "Lock/Now": { request: Nothing; answer: LockState };
  "Lock/RemoveSecondFactor": { request: Nothing; answer: LockState };
  "Lock/Seen": { request: Nothing; answer: Nothing };
  "Lock/Set": { request: { passphrase?: string; old?: string; idle_minutes?: number }; answer: LockState };
  "Lock/State": { request: Nothing; answer: LockState };
  "Lock/Unlock": { request: Proof; answer: LockState };
  "Policy/Explain": { request: { run: string; step: number }; answer: Explanation };
  "Policy/Get": { request: Nothing; answer: PolicyState };
  "Policy/SetMode": { request: { mode: Mode }; answer: PolicyState };
  "Policy/Test": { request: { cases: string }; answer: { results: { name: string; want: string; got: string; ok: boolean; rule: string }[] } };
  "Policy/SetRules": { request: { rules: string }; answer: PolicyState };
}

/** A decision as the journal keeps it, with the names of its reasons. */
export interface CodedDecision extends Decision { codes?: string[]; grant?: string }
