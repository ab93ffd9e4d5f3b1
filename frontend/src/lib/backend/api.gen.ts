// The surface of Steward as TypeScript. Generated from app/api; do not edit.

export interface ApiError { code: string; message: string; hint?: string }
export type Nothing = Record<string, never>;
export interface Span { text: string; quoted: boolean }
export type Spans = Span[];

export interface SetupState { state: "new" | "locked" | "open"; mode: "os" | "file" | ""; keychain: boolean; home: string; version: string; error?: ApiError }
export interface SetupOpened { state: "open"; recovery_code: string }
export interface Settings { language: "en" | "zh-Hant" | ""; theme: "auto" | "light" | "dark"; first_start_done: boolean }

export type RunState = "queued" | "running" | "waiting" | "paused" | "done" | "failed" | "cancelled";
export interface Usage { requests: number; prompt_tokens: number; completion_tokens: number; cost: number }
export interface Run {
  id: string; parent?: string; kind: string; state: RunState; request: string; skill?: string; planner?: string; script?: string;
  zone: string; created: string; started: string; ended: string; verified: boolean; usage: Usage; error?: ApiError; logs?: string[]; output?: unknown;
}
export interface Decision { verdict: "" | "allow" | "ask" | "deny"; rule: string; reasons?: string[] }
export interface Receipt { kind: string; id: string; note?: string }
export interface Step {
  run: string; seq: number; done_no: number; capability: string; version: number; effect: number | string; state: "intent" | "staged" | "done" | "failed" | "unknown";
  decision: Decision; input_hash: string; receipt?: Receipt; error?: ApiError; attempt: number; issued: string; ended: string;
}
export interface RunDetail { run: Run; steps: Step[]; script: string; text: string; spans: Spans }
export interface ShownReport { id: string; title: string; html: string; note?: string }
export interface Outcome { run: string; state: RunState; text: string; reports: ShownReport[]; approvals: string[]; usage: Usage; verified: boolean; error?: ApiError; output?: unknown }

export type MailKind = "personal" | "newsletter" | "notification" | "invitation" | "invoice" | "receipt";
export interface MailLine { id: string; from: string; to: string[]; subject: string; received: string; unread: boolean; kind: MailKind | "" }
export interface Attachment { name: string; type: string; size: number; inline?: boolean }
export interface MailDetail extends MailLine { cc: string[]; verified: boolean; attachments: Attachment[]; problems: string[]; hidden: number; text: string; size: number }
export interface Found { mails: MailLine[]; count: number; millis: number; next: string }

export interface ReportItem { text: Spans; detail?: Spans; when?: string; tag?: Spans; mail?: string }
export interface ReportSection { title: Spans; items: ReportItem[] }
export interface ReportDocument { lang: string; title: Spans; summary: Spans; sections: ReportSection[]; body?: Spans }
export interface ReportDetail { id: string; run: string; title: Spans; created: string; document: ReportDocument; markdown: string; html: string }

export interface Schedule { days: string[]; time: string; zone: string }
export interface Occurrence { id: string; automation: string; due: string; state: "due" | "running" | "done" | "failed" | "missed" | "cancelled" | "waiting"; run: string; started: string; ended: string; note: string }
export interface Automation { id: string; request: string; words: string; schedule: Schedule; skill: string; script: string; script_source?: string; state: "active" | "paused"; created: string; next: string[]; last?: Occurrence; hash: string }

export interface Model { name: string; base_url: string; model: string }
export interface CapabilityInfo { name: string; effect: string; doc: string; signature: string }
export interface AgentInfo { name: string; purpose: string; capabilities: CapabilityInfo[] }
export interface SkillInfo { name: string; description: string; examples: Record<string, string> }
export interface DataKind { name: string; table?: string; file?: string; holds: string; why: string; class: string; retention: string; sealed: boolean; export: string; erase: string }
export interface HealthCheck { name: string; ok: boolean; found: string; hint?: string }

export interface Methods {
  "Setup/State": { request: Nothing; answer: SetupState };
  "Setup/Open": { request: { mode: "os" | "file"; passphrase: string }; answer: SetupOpened };
  "Settings/Get": { request: Nothing; answer: Settings };
  "Settings/Set": { request: Partial<Settings>; answer: Settings };
  "Ask/Start": { request: { text: string; model?: string }; answer: { id: string } };
  "Runs/List": { request: { states?: RunState[]; limit?: number }; answer: { runs: Run[] } };
  "Runs/Show": { request: { id: string }; answer: RunDetail };
  "Runs/Outcome": { request: { id: string; show: boolean }; answer: Outcome };
  "Runs/Cancel": { request: { id: string }; answer: Nothing };
  "Runs/Resume": { request: { id: string }; answer: { id: string } };
  "Mail/Import": { request: { paths?: string[]; sample?: boolean; me?: string[] }; answer: { id: string } };
  "Mail/Search": { request: { query: string; limit?: number; rank?: boolean; before?: string }; answer: Found };
  "Mail/Count": { request: { query: string }; answer: { count: number } };
  "Mail/Show": { request: { id: string }; answer: MailDetail };
  "Reports/List": { request: { id: string }; answer: { reports: ShownReport[] } };
  "Reports/Show": { request: { id: string }; answer: ReportDetail };
  "Reports/Download": { request: { id: string; format: "html" | "markdown" }; answer: { name: string; content: string } };
  "Automations/Propose": { request: { text: string; after_run: string }; answer: { understood: boolean; automation?: Automation; error?: ApiError } };
  "Automations/Add": { request: { text: string; after_run: string; expect: string }; answer: Automation };
  "Automations/List": { request: Nothing; answer: { automations: Automation[] } };
  "Automations/Show": { request: { id: string }; answer: { automation: Automation; occurrences: Occurrence[] } };
  "Automations/Pause": { request: { id: string }; answer: unknown };
  "Automations/Resume": { request: { id: string }; answer: unknown };
  "Automations/Remove": { request: { id: string }; answer: unknown };
  "Automations/Run": { request: { id: string }; answer: unknown };
  "Models/List": { request: Nothing; answer: { models: Model[]; used: string } };
  "Models/Test": { request: { name: string }; answer: Nothing };
  "Agents/List": { request: Nothing; answer: { agents: AgentInfo[]; skills: SkillInfo[] } };
  "Data/Report": { request: Nothing; answer: { kinds: DataKind[] } };
  "System/Doctor": { request: Nothing; answer: { checks: HealthCheck[]; ok: boolean } };
}
