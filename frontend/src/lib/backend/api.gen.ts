// The surface of Steward as TypeScript. Generated from app/api by `go run ./app/api/typescript`; do not edit.

/** Nothing is the request or the answer of methods that need none. */
export type Nothing = Record<string, never>;

/** NewAccount is a mail account to connect. The password goes to the vault and comes back from nowhere. */
export interface NewAccount {
  /** the address if there is none */
  name?: string;
  /** the user's own */
  address: string;
  /** host:port */
  smtp: string;
  user?: string;
  /** the one it had if there is none */
  password?: string;
  /** "tls", "starttls", or, on this machine, "none"; by the port if there is none */
  tls?: string;
}

/** AccountList is the connected accounts. */
export interface AccountList {
  accounts: Account[];
}

/** AccountName names an account. */
export interface AccountName {
  name: string;
}

/** AgentList is all agents. */
export interface AgentList {
  agents: AgentInfo[];
  skills: SkillInfo[];
}

/** DismissAlert says which alert is put away. */
export interface DismissAlert {
  id?: string;
  all?: boolean;
}

/** AlertsAsked chooses alerts. */
export interface AlertsAsked {
  /** without those that were put away */
  open_only?: boolean;
}

/** AlertList is alerts, newest first. */
export interface AlertList {
  alerts: AlertShown[];
  /** how many were not put away */
  open: number;
}

/** Answered is the user's word on a sheet that was shown with this hash. */
export interface Answered {
  id: string;
  hash: string;
  /** the steps; none denies all */
  approve: number[];
  /** deny all, and end the run */
  stop?: boolean;
  replies?: ReplyTo[];
  grants?: Giving[];
}

/** RunID names a run: its id, or a prefix that fits one only. */
export interface RunID {
  id: string;
}

/** Edited is what the user wants otherwise on a sheet that was shown with this hash. */
export interface Edited {
  id: string;
  hash: string;
  step: number;
  edits: Typed[];
}

/** Sheet is everything that a run wants to do and may not without the user's word, and what it asks: one sheet for the whole run. */
export interface Sheet {
  run: string;
  automation?: string;
  /** what the user typed */
  request: string;
  rows: Row[];
  /** of the rows; the answer must name it */
  hash: string;
  asked: string;
  /** from then on it can no longer be answered */
  expires: string;
}

/** SheetList is the sheets that wait. */
export interface SheetList {
  sheets: Sheet[];
}

/** Request is what the user typed, and who plans it: "PROVIDER/NAME", "offline", or "" for what is set. */
export interface AskRequest {
  text: string;
  model?: string;
}

/** NewAutomation is the wish of a proposal, and the hash of what was proposed: what was shown is what is made. */
export interface NewAutomation {
  text: string;
  after_run: string;
  expect: string;
}

/** Automation is a schedule bound to a pinned script, as it is shown. */
export interface Automation {
  /** "" while it is a proposal */
  id: string;
  request: string;
  words: string;
  lang: string;
  schedule: Schedule;
  skill: string;
  planner: string;
  /** the pinned script's hash */
  script: string;
  script_source?: string;
  /** the run that it came from */
  from: string;
  state: AutomationState;
  created: string;
  /** the next due times; none while it is paused */
  next: string[];
  /** due times that passed unseen: nothing watched the clock since */
  overdue: number;
  last?: Occurrence;
  /** of what it is: the same for the proposal and what is made of it */
  hash: string;
}

/** AutomationList is the automations, oldest first. */
export interface AutomationList {
  automations: Automation[];
}

/** AutomationID names an automation: its id, or a prefix that fits one only. */
export interface AutomationID {
  id: string;
}

/** Wish is when, and what unless that is what an earlier run did. */
export interface Wish {
  text: string;
  after_run: string;
}

/** Proposal is an automation that is not there yet, or why it cannot be. */
export interface Proposal {
  understood: boolean;
  automation?: Automation;
  error?: ApiError;
}

/** Occurrence is one due time of an automation. There is one at most for a due time. */
export interface Occurrence {
  id: string;
  automation: string;
  due: string;
  /** the user's word made it due, not the schedule */
  manual?: boolean;
  state: OccurrenceState;
  /** "" while none was accepted */
  run: string;
  started: string;
  /** of a missed one: when that was noticed */
  ended: string;
  note: string;
  error?: ApiError;
}

/** AutomationDetail is an automation with its script and what became of its due times, the latest first. */
export interface AutomationDetail {
  automation: Automation;
  occurrences: Occurrence[];
}

/** DataReport is the data map. */
export interface DataReport {
  kinds: DataKind[];
}

/** GrantList is grants, oldest first. */
export interface GrantList {
  grants: GrantState[];
}

/** GrantID names a grant: its id, or a prefix that fits one only. */
export interface GrantID {
  id: string;
}

/** LedgerPage asks for a page of an export. */
export interface LedgerPage {
  /** the last row of the page before */
  after?: number;
}

/** LedgerExport is a page of an export. */
export interface LedgerExport {
  /** of JSON, with which a reader without keys can check the ledger; see docs/data.md */
  lines: string;
  /** the last row; where the next page begins */
  last: number;
  /** the checkpoint stands at the end */
  done: boolean;
}

/** LeftAsked says of which time. */
export interface LeftAsked {
  /** zero: the beginning of today */
  since?: string;
  /** zero: now */
  until?: string;
}

/** Left is what left this machine, and what wanted to and did not. */
export interface Left {
  since: string;
  until: string;
  /** by name */
  hosts: LeftHost[];
  /** oldest first */
  sends: LeftSend[];
  total_out: number;
  total_in: number;
  refused: number;
  /** rows of connections of which nothing but their time is left */
  erased: number;
}

/** LedgerFilter chooses rows; zero fields choose all. To page, give the last row's Seq as After. */
export interface LedgerFilter {
  run?: string;
  kind?: string;
  /** written at that time or later */
  since?: string;
  /** written before that time */
  until?: string;
  after?: number;
  /** 0 for 1000, which is also the most */
  limit?: number;
}

/** LedgerRows is rows of the ledger, oldest first. */
export interface LedgerRows {
  rows: LedgerRow[];
}

/** Verification is what came out of checking the ledger. */
export interface Verification {
  /** rows that were looked at */
  rows: number;
  ok: boolean;
  /** seq of the first row that is wrong or missing; 0 if OK */
  first_bad: number;
  /** in plain words */
  problem?: string;
}

/** SecondFactor is the secret for an app that makes codes, shown once: as text, as the address that such apps read, and as a picture of it, good for the src of an image. */
export interface SecondFactor {
  secret: string;
  uri: string;
  qr: string;
}

/** LockProof is what opens the lock: the passphrase, and the code of the second factor, as far as these are set. */
export interface LockProof {
  passphrase?: string;
  code?: string;
}

/** Elevated is an elevation: what a shell sends with each call that needs one. */
export interface Elevated {
  elevation: string;
  until: string;
}

/** LockCode is a code of the second factor. */
export interface LockCode {
  code: string;
}

/** LockState is how the lock stands. */
export interface LockState {
  passphrase: boolean;
  second_factor: boolean;
  locked: boolean;
  idle_minutes: number;
  /** the caller's; null for not */
  elevated_until: string | null;
}

/** LockChange is what to change; what is left out stays. An empty passphrase removes it. Who has no elevation gives the old passphrase; where a second factor is set the elevation is needed. */
export interface LockChange {
  passphrase?: string;
  old?: string;
  idle_minutes?: number;
}

/** CountMail is a query whose mails are to be counted. */
export interface CountMail {
  query: string;
}

/** Counted is how many mails a query finds. */
export interface Counted {
  count: number;
}

/** ImportRequest says what mail to bring in: files and folders by their absolute paths, or the sample mailbox. */
export interface ImportRequest {
  paths?: string[];
  sample?: boolean;
  /** the user's own addresses; guessed if none is given */
  me?: string[];
}

/** MailID names a message. */
export interface MailID {
  id: string;
}

/** RawMail is a message as it came. */
export interface RawMail {
  raw: string;
}

/** Search is a query in the words of the search box. */
export interface Search {
  query: string;
  limit?: number;
  /** most relevant first; newest first otherwise */
  rank?: boolean;
  /** the cursor of the page before */
  before?: string;
}

/** Found is what a search found, as its senders wrote it: a shell that shows it to a person cleans and marks it. */
export interface Found {
  mails: MailLine[];
  count: number;
  millis: number;
  /** the cursor for the next page; "" where there is none, and of a search by relevance */
  next: string;
}

/** MailDetail is a message for reading. */
export interface MailDetail {
  id: string;
  from: string;
  to: string[];
  subject: string;
  received: string;
  unread: boolean;
  kind: MailKind;
  cc: string[];
  verified: boolean;
  attachments: Attachment[];
  problems: string[];
  /** characters that the message hid from the eye */
  hidden: number;
  text: string;
  size: number;
}

/** NewModel is a model server to connect. The key goes to the vault and comes back from nowhere. */
export interface NewModel {
  name: string;
  base_url: string;
  /** the model's id there */
  model: string;
  key?: string;
}

/** ModelList is the connected models, and which of them writes scripts. */
export interface ModelList {
  models: Model[];
  used: string;
}

/** ModelName names a model as it was added, or "offline". */
export interface ModelName {
  name: string;
}

/** Supposed is what to explain: a step of a run as it was decided, or a proposal that somebody supposes. */
export interface Supposed {
  run?: string;
  step?: number;
  proposal?: PolicyProposal;
}

/** Explained is why something is decided as it is under the settings of now. For a recorded step it tells what was decided then. */
export interface Explained {
  verdict: Verdict;
  rule: string;
  layers: Layer[];
  changes: Difference[];
  decided?: Decision;
}

/** PolicyState is the mode, the rules, and what each agent may use at all. */
export interface PolicyState {
  mode: TrustMode;
  rules: string;
  /** with the rules; all of them harmless, unless what is stored was damaged */
  problems: RuleProblem[];
  agents: Role[];
}

/** PolicyMode is a mode to choose. */
export interface PolicyMode {
  mode: TrustMode;
}

/** PolicyRules are rules in Cedar; none are "". */
export interface PolicyRules {
  rules: string;
}

/** PolicyCases is a file of cases, in YAML. */
export interface PolicyCases {
  cases: string;
}

/** PolicyResults is what became of the cases. */
export interface PolicyResults {
  results: CaseResult[];
}

/** DownloadReport asks for a report as a file that the shell saves. */
export interface DownloadReport {
  id: string;
  format: ReportFormat;
}

/** ReportFile is a file with a name that fits any system. */
export interface ReportFile {
  name: string;
  content: string;
}

/** ExportReport asks for a report as a file, outside Steward's sealed store. */
export interface ExportReport {
  id: string;
  /** ends in .html or .md; must not exist */
  path: string;
}

/** ShownReport is a report with the file that shows it, or why there is none. */
export interface ShownReport {
  id: string;
  title: string;
  html: string;
  note?: string;
}

/** ReportList is reports, newest first, without their texts. */
export interface ReportList {
  reports: ReportLine[];
}

/** ReportID names a report. */
export interface ReportID {
  id: string;
}

/** ReportDetail is a report in all its forms. */
export interface ReportDetail {
  id: string;
  run: string;
  title: Span[];
  created: string;
  /** null for a report that was made before its content was kept */
  document: ReportDocument | null;
  markdown: string;
  html: string;
}

/** ListRuns asks for the latest runs, in any of the states, or all. */
export interface ListRuns {
  states?: RunState[];
  /** 0 means 50 */
  limit?: number;
}

/** RunList is the runs, newest first. */
export interface RunList {
  runs: Run[];
}

/** AskOutcome asks how a run ended. With Show, its reports are laid out as files that a browser can open, in memory. */
export interface AskOutcome {
  id: string;
  show: boolean;
}

/** Outcome is how a run ended. */
export interface Outcome {
  run: string;
  state: RunState;
  text: string;
  reports: ShownReport[];
  approvals: string[];
  usage: Usage;
  verified: boolean;
  error?: ApiError;
  output?: unknown;
}

/** Replayed says how a replay ended. */
export interface Replayed {
  run: string;
  same: boolean;
  text: string;
}

/** RunDetail is a run with its journal and its script. */
export interface RunDetail {
  run: Run;
  steps: Step[];
  script: string;
  /** the result, cleaned and marked */
  text: string;
  /** the result, in pieces that know who wrote them */
  spans: Span[];
}

/** Watch asks for what happened in a run after an event's number. */
export interface Watch {
  id: string;
  after: number;
}

/** Watched is what happened, and where the run stands. */
export interface Watched {
  events: RunEvent[];
  state: RunState;
}

/** Declarations is steward.d.ts. */
export interface Declarations {
  text: string;
}

/** Script is a script's file name and source. */
export interface Script {
  name: string;
  source: string;
}

/** Checked is what was found. */
export interface Checked {
  problems: Problem[];
}

/** SettingsState is the settings. */
export interface SettingsState {
  language: Language;
  theme: Theme;
  first_start_done: boolean;
}

/** SettingsChange is what to change; what is left out stays. */
export interface SettingsChange {
  language?: Language;
  theme?: Theme;
  first_start_done?: boolean;
}

/** SetupOpen says what opens the home. A new one is made in this mode; for one that has a vault the mode may be left out. */
export interface SetupOpen {
  mode: VaultMode;
  passphrase?: string;
  /** of the second factor, where the keys were dropped */
  code?: string;
}

/** SetupOpened is the answer: the home is open. The recovery code is that of a vault that this call made; it is told once. */
export interface SetupOpened {
  state: HomeState;
  recovery_code: string;
}

/** SetupState is how the home stands, and what its vault is or could be. */
export interface SetupState {
  state: HomeState;
  /** of the vault; of a new home what the environment chooses, or "" */
  mode: VaultMode;
  /** this session has a keychain */
  keychain: boolean;
  home: string;
  version: string;
  /** why the home could not be opened at the latest attempt */
  error?: ApiError;
  /** What opens a home of the keychain whose keys were dropped: what the lock of the surface asks for, too. */
  asks_passphrase?: boolean;
  asks_code?: boolean;
}

/** Health is what doctor found. */
export interface Health {
  checks: HealthCheck[];
  ok: boolean;
}

/** Event is something that happened in a run, in the order of No; Seq is its place among the events of all runs. It says that and what kind, never what a mail says. */
export interface RunEvent {
  seq: number;
  no: number;
  run: string;
  kind: EventKind;
  state?: RunState;
  step?: number;
  capability?: string;
  effect?: string;
  step_state?: StepState;
  /** one that changed, or an occurrence of it */
  automation?: string;
  /** the script's own words, cleaned by who shows them */
  text?: string;
  /** why the run was broken off, where not even that could be kept */
  error?: ApiError;
}

/** Error is an error that a person can act on: a code, a message in plain words, and a hint that names the fix. */
export interface ApiError {
  code: string;
  message: string;
  hint?: string;
}

/** Account is a connected account. */
export interface Account {
  name: string;
  address: string;
  smtp: string;
  tls: string;
  user: string;
}

/** AgentInfo is one agent. */
export interface AgentInfo {
  name: string;
  purpose: string;
  capabilities: CapabilityInfo[];
}

/** SkillInfo is one skill. */
export interface SkillInfo {
  name: string;
  description: string;
  examples: Record<string, string>;
}

/** AlertShown is an alert with what is said of it in English; the page says it in the user's language by kind and facts. */
export interface AlertShown {
  id: string;
  kind: AlertKind;
  created: string;
  run?: string;
  /** what the message is made of: a host, a capability, a number, a mail's id */
  facts?: Record<string, string>;
  /** how often it was noticed, since it is told once */
  count: number;
  /** when the user put it away */
  seen?: string;
  title: string;
  text: string;
  advice: string;
  /** what the words are called, for other languages: the kind, or the kind and its sign */
  code: string;
}

/** ReplyTo is the user's answer to a question on the sheet. */
export interface ReplyTo {
  step: number;
  chosen?: number[];
  text?: string;
}

/** Giving is the user's wish that an automation may do exactly what a row shows without asking, for a while. */
export interface Giving {
  step: number;
  until: string;
  uses: number;
}

/** Typed is a field of a payload in the user's own words: the whole text, or the addresses, one a line. */
export interface Typed {
  path: string;
  text: string;
}

/** Row is one staged step with its whole payload, or one question. */
export interface Row {
  step: number;
  agent: string;
  capability: string;
  effect: string;
  rule: string;
  reasons: string[];
  /** the reasons' names */
  codes: string[];
  fields: Field[];
  question?: Question;
  payload: unknown;
  /** SHA-256 of the payload, hex */
  hash: string;
  edited?: boolean;
  /** a grant that may be given with the answer */
  offer?: Offer;
}

/** Schedule is a time of day on some days of the week, in a zone of its own: it stays where it is when the machine travels. */
export interface Schedule {
  /** "mon" to "sun", in the order of the week, each once */
  days: string[];
  /** "08:00" */
  time: string;
  /** "Asia/Taipei" */
  zone: string;
}

/** AutomationState says whether an automation runs when it is due. */
export type AutomationState = "active" | "paused";

/** OccurrenceState is where an occurrence stands. */
export type OccurrenceState = "due" | "running" | "waiting" | "done" | "failed" | "missed" | "cancelled";

/** Kind says of one kind of data what it is and what becomes of it. A kind is a table of the database or a pattern of files, never both. */
export interface DataKind {
  name: string;
  /** of the database; a name that ends in * stands for those that begin so */
  table?: string;
  /** below the home, with slashes, as path.Match has it; dir/** is all below dir */
  file?: string;
  holds: string;
  why: string;
  /** "content" quotes a person; "fact" is of this machine; "key" opens others; "derived" can be made again */
  class: string;
  retention: string;
  /** everything in it that quotes a person is encrypted */
  sealed: boolean;
  export: string;
  erase: string;
}

/** GrantState is a grant, and whether it can still be used. */
export interface GrantState {
  id: string;
  automation: string;
  /** the hash that the automation was pinned to; another script is not meant */
  script: string;
  capability: string;
  effect: number;
  /** ids of exactly those persons, sorted */
  recipients?: string[];
  /** what they were called when it was given, in the same order */
  names?: LabelledText[];
  /** exactly those, sorted */
  hosts?: string[];
  /** kinds of origins that the payload may have: "mail", "account", … */
  origins?: string[];
  created: string;
  expires: string;
  /** how often it may be used in all */
  uses: number;
  used: number;
  revoked?: string;
  /** the run on whose sheet it was given */
  from: string;
  effect_name: string;
  open: boolean;
  /** as a rule in Cedar */
  text: string;
}

/** LeftHost is a host that was connected to, or that something wanted to connect to. */
export interface LeftHost {
  /** host:port */
  host: string;
  times: number;
  bytes_out: number;
  bytes_in: number;
  why: string[];
  /** of data */
  class: string[];
  runs: string[];
  /** how often it was not connected to */
  refused: number;
  /** begun, and of whose end nothing is known: still going on, or broken off */
  open: number;
  last: string;
}

/** LeftSend is something that was sent to persons. */
export interface LeftSend {
  time: string;
  run: string;
  step: number;
  capability: string;
  /** addresses; ids of persons who are no longer known */
  recipients: string[];
  receipt: string;
  /** "done", or "unknown" where it may have been sent */
  state: StepState;
}

/** LedgerRow is one row of the ledger. */
export interface LedgerRow {
  seq: number;
  time: string;
  kind: string;
  run?: string;
  step?: number;
  /** nil if it was erased */
  content?: unknown;
  erased?: boolean;
  /** of the chain up to this row, hexadecimal */
  hash: string;
}

/** MailLine is a message in a list. */
export interface MailLine {
  id: string;
  from: string;
  to: string[];
  subject: string;
  received: string;
  unread: boolean;
  kind: MailKind;
}

/** Kind is what a message is, as far as its headers and first words tell. */
export type MailKind = "personal" | "newsletter" | "notification" | "invitation" | "invoice" | "receipt";

/** Attachment describes a part that is not the text; its bytes stay in the raw message. */
export interface Attachment {
  name: string;
  /** media type, lower case */
  type: string;
  /** decoded bytes */
  size: number;
  inline?: boolean;
}

/** Model is a model server as it was connected. Its key, if it needs one, is in the vault. */
export interface Model {
  name: string;
  base_url: string;
  /** the model's id there */
  model: string;
}

/** Proposal is what a step wants, and what the host knows of how it came to want it. */
export interface PolicyProposal {
  run?: string;
  /** whose occurrence the run is */
  automation?: string;
  /** of the pinned script */
  hash?: string;
  agent?: string;
  capability?: string;
  effect: number;
  /** the script's own label: everything it has read so far */
  script: Label;
  /** the script has read raw text from outside */
  revealed?: boolean;
  /** the join of the labels of what is carried */
  payload: Label;
  /** where the arguments that decide came from */
  controls?: Control[];
  /** nil where the capability does not say */
  aim?: Aim;
  /** items of this effect that the root run has already changed silently */
  earlier?: number;
}

/** Verdict is what policy says to a proposal. */
export type Verdict = "allow" | "ask" | "deny";

/** Layer is the word of one layer. Its verdict is "" where it has none. */
export interface Layer {
  /** "floor", "roles", "mode", "rules", "grants", in the order in which they speak */
  layer: string;
  verdict: Verdict;
  rule: string;
  reasons: string[];
  codes: string[];
}

/** Difference is something that would have made the decision another one. Each was found by deciding on a proposal that differs in nothing else. */
export interface Difference {
  code: string;
  text: string;
  verdict: Verdict;
}

/** Decision is a verdict with its reasons. */
export interface Decision {
  verdict: Verdict;
  /** the rule that decided */
  rule: string;
  /** in plain words; the first is the rule's own */
  reasons?: string[];
  /** the reasons' names, in the same order, for other languages */
  codes?: string[];
  /** the id of the grant that answered */
  grant?: string;
}

/** Mode is how careful Steward is beyond its floor. */
export type TrustMode = "balanced" | "careful" | "locked";

/** Problem is what is wrong with rules, or what of them has no effect. */
export interface RuleProblem {
  line: number;
  column: number;
  message: string;
  hint?: string;
  /** it is told, and the rules can be used */
  harmless?: boolean;
}

/** Role is what an agent may use. */
export interface Role {
  name: string;
  capabilities: RoleCapability[];
}

/** CaseResult is what became of one case. */
export interface CaseResult {
  name: string;
  want: Verdict;
  got: Verdict;
  ok: boolean;
  /** that decided */
  rule: string;
  /** of its reasons */
  codes: string[];
}

/** ReportFormat is the form that a report is taken out in. */
export type ReportFormat = "html" | "markdown";

/** ReportLine is a report in a list. */
export interface ReportLine {
  id: string;
  title: string;
  html: string;
  note?: string;
  run: string;
  created: string;
  /** the title */
  spans: Span[];
}

/** Span is a piece of a text for a page. What others wrote is quoted: a page shows it as a quotation, and as text alone. */
export interface Span {
  text: string;
  quoted: boolean;
}

/** Document is a report for a page that lays it out itself. Its texts are as clean as in the other forms. */
export interface ReportDocument {
  lang: string;
  title: Span[];
  summary: Span[];
  sections: ReportSection[];
}

/** RunState is where a run stands. */
export type RunState = "queued" | "running" | "waiting" | "paused" | "done" | "failed" | "cancelled";

/** Run is one execution of a script, or a user's command that takes a while, such as an import. */
export interface Run {
  id: string;
  parent?: string;
  /** "ask", "script", "import", "automation" */
  kind: string;
  state: RunState;
  /** the user's typed words */
  request: string;
  /** the skill it came from */
  skill?: string;
  /** who wrote or chose the script: "offline", or a model's name */
  planner?: string;
  /** the pinned script's hash */
  script?: string;
  params?: unknown;
  /** the version that results are recorded under */
  engine: string;
  seed: number;
  /** the user's time zone when it began */
  zone: string;
  created: string;
  /** the script's first "now" */
  started: string;
  ended: string;
  /** of everything that its planner was shown; the script's label begins with it */
  context?: Label;
  /** the script's own label; it only rises */
  label: Label;
  revealed?: boolean;
  result?: LabelledText;
  /** what a command that is no script counted, such as an import */
  output?: unknown;
  verified: boolean;
  usage: Usage;
  error?: ApiError;
  logs?: string[];
  /** whose occurrence it is */
  automation?: string;
  /** since when it waits for the user's word */
  waits?: string;
  /** when its sheet is void */
  expires?: string;
}

/** Usage is what a run cost. Cost is in the currency of the price table; 0 where nothing was paid. */
export interface Usage {
  requests: number;
  prompt_tokens: number;
  completion_tokens: number;
  cost: number;
}

/** Step is one capability call in a run's journal. */
export interface Step {
  run: string;
  /** order of issue, from 1 */
  seq: number;
  /** order of completion, from 1; 0 while open */
  done_no: number;
  capability: string;
  version: number;
  effect: number;
  state: StepState;
  decision: Decision;
  /** what policy was asked, sealed at rest */
  proposal?: unknown;
  /** what the user changed of a staged step before approving it */
  edits?: Edit[];
  input_hash: string;
  /** what the script's own strings in the input carry, once it has revealed */
  words?: Label;
  /** as the script sent it, sealed at rest */
  input?: unknown;
  /** the host's value, labels included, sealed at rest */
  result?: unknown;
  /** what the call raised the script's label by */
  label: Label;
  receipt?: Receipt;
  error?: ApiError;
  /** idempotency key */
  key: string;
  attempt: number;
  issued: string;
  /** the script's clock from its delivery on */
  ended: string;
}

/** Problem is something wrong with a script. */
export interface Problem {
  line: number;
  column: number;
  message: string;
  hint?: string;
}

/** Language is one that the interface speaks. */
export type Language = "" | "en" | "zh-Hant";

/** Theme is how the interface is coloured. */
export type Theme = "auto" | "light" | "dark";

/** VaultMode is what locks a vault. */
export type VaultMode = "" | "os" | "file";

/** HomeState is how a home stands. */
export type HomeState = "new" | "locked" | "open";

/** HealthCheck is one thing that Steward stands on, and how it was found. */
export interface HealthCheck {
  name: string;
  ok: boolean;
  found: string;
  hint?: string;
}

/** Kind is what kind of thing happened. */
export type EventKind = "state" | "step" | "log" | "progress" | "broken" | "automation" | "sheet" | "alert" | "gap";

/** StepState is where a step stands. */
export type StepState = "intent" | "staged" | "done" | "failed" | "unknown";

/** CapabilityInfo is one capability with its line of steward.d.ts. */
export interface CapabilityInfo {
  name: string;
  effect: string;
  doc: string;
  signature: string;
}

/** AlertKind is what was noticed. */
export type AlertKind = "injection" | "egress" | "denied" | "burst" | "changed" | "ledger" | "access";

/** Field is one value of a payload. */
export interface Field {
  /** "draft.body"; an edit names it */
  path: string;
  /** the path's last name */
  name: string;
  role: FieldRole;
  kind: Kind;
  /** the whole value; of a person or an item what it is called */
  text: Piece[];
  /** of kind person */
  person?: Person;
  /** of kind item */
  item?: Item;
  /** of a control */
  source?: Source;
  editable?: boolean;
  /** about addresses in a text; those about a person stand there */
  warnings?: Warning[];
}

/** Question is one that a script asks the user. */
export interface Question {
  text: Piece[];
  /** none: the user types */
  choices?: Piece[][];
  many?: boolean;
}

/** Offer is a grant that the user may give with the answer: exactly this, and no wider. */
export interface Offer {
  grant: Grant;
  /** it may not run longer than this */
  latest: string;
  /** nor be used more often */
  most: number;
}

/** Text is what a capability takes or returns where a text may have come from outside: spans, each with its own label, so that a template of the user's words around a mail's subject still knows which is which. A script sees a text without untrusted spans as a string, any other as a handle. */
export interface LabelledText {
  spans: LabelledSpan[];
}

/** Label is what the host knows of a value's past: who had a say, where it came from, who may know it. The zero value is that of the user's own words. Joining is associative, commutative and idempotent. */
export interface Label {
  integrity: number;
  /** "mail:ID", "file:NAME", …; sorted */
  origins?: string[];
  readers: Readers;
}

/** Control is one argument that decides where an effect goes, or how far: a recipient, an address, a path, an id, an amount. */
export interface Control {
  path: string;
  source: Source;
}

/** Aim is what a call is about to do, as its agent sees it: who will learn of it, where it goes, what it touches. Policy decides by it; a sink without one is never silent. */
export interface Aim {
  /** everybody who will know the payload */
  recipients?: Recipient[];
  /** where a request goes */
  hosts?: string[];
  /** what is changed or removed */
  items?: TouchedItem[];
  /** what kind of reversible change it is */
  change?: Change;
  /** what a new entry was made from */
  sources?: TouchedItem[];
  /** it carries a text that was put together for its recipients */
  composed?: boolean;
  /** Author is of the item that a link stands in, and learns that the link was followed. It is nil where the item does not prove who wrote it (DMARC): what a forger wrote is nobody's. Its Address says which hosts are the author's own. */
  author?: Recipient;
  /** the link stands where who reads the item does not see it */
  hidden?: boolean;
  /** it ends a subscription, and so tells that the mail is read */
  unsubscribes?: boolean;
  /** why it must not be done at all, whoever says yes; "" for nothing */
  never?: string;
}

/** RoleCapability is a capability and what it does to the world. */
export interface RoleCapability {
  name: string;
  effect: string;
}

/** Section is a heading with items under it. */
export interface ReportSection {
  title: Span[];
  note?: Span[];
  items: ReportItem[];
}

/** Edit is a field of a staged payload in the user's own words: the whole text, or the addresses, one a line. */
export interface Edit {
  path: string;
  text: string;
  /** whom the addresses named when it was typed; the host's alone */
  people?: HostPerson[];
}

/** Receipt is the proof of an effect. */
export interface Receipt {
  /** "hash", "smtp", "provider", "http", "shown" */
  kind: string;
  /** the hash, the server's reply, the provider's id */
  id: string;
  note?: string;
}

/** Role is what an argument is to an effect: what decides where it goes and how far, or what is carried. */
export type FieldRole = "control" | "payload";

/** Kind is what kind of value a field shows. */
export type Kind = "text" | "person" | "item" | "date" | "number" | "flag";

/** Piece is a part of a text with one origin. All pieces one after another are the whole text; a piece with Spelt stands for characters that nobody would see. */
export interface Piece {
  text: string;
  /** "U+202E RIGHT-TO-LEFT OVERRIDE": what Text is, which is then not to be shown itself */
  spelt?: string;
  /** somebody else wrote it */
  outside?: boolean;
  /** "mail:ID", … */
  origins?: string[];
}

/** Person is who would learn something. */
export interface Person {
  id: string;
  address: Piece[];
  known: boolean;
  me?: boolean;
  warnings?: Warning[];
}

/** Item is something that would be changed, removed or carried along. */
export interface Item {
  kind: string;
  id: string;
}

/** Source is where a control argument came from. */
export type Source = "host" | "typed" | "listed" | "script" | "content";

/** Warning is something about a person or an address that a person should see before saying yes. */
export interface Warning {
  /** "not-a-reader", "unknown", "look-alike", "mixed-scripts", "name-is-address", "invented" */
  code: string;
  /** what it looks like */
  like?: string;
  /** in plain words */
  text: string;
}

/** Grant is a person's narrow standing answer: what one automation may do without a sheet, until when and how often. It is never wider than what was shown when it was given. */
export interface Grant {
  id: string;
  automation: string;
  /** the hash that the automation was pinned to; another script is not meant */
  script: string;
  capability: string;
  effect: number;
  /** ids of exactly those persons, sorted */
  recipients?: string[];
  /** what they were called when it was given, in the same order */
  names?: LabelledText[];
  /** exactly those, sorted */
  hosts?: string[];
  /** kinds of origins that the payload may have: "mail", "account", … */
  origins?: string[];
  created: string;
  expires: string;
  /** how often it may be used in all */
  uses: number;
  used: number;
  revoked?: string;
  /** the run on whose sheet it was given */
  from: string;
}

/** Span is a piece of a text with one label. */
export interface LabelledSpan {
  c: string;
  l: Label;
}

/** Readers says who may know a value. The zero value is everyone: nothing private has been joined yet. */
export interface Readers {
  limited?: boolean;
  /** ids of persons, sorted; meaningful only if Limited */
  people?: string[];
}

/** Recipient is somebody who will learn something. */
export interface Recipient {
  /** id */
  person: string;
  /** for the user's rules, which name addresses */
  address?: string;
  known?: boolean;
  /** an address that the user confirmed to be their own */
  me?: boolean;
  /** was already in the conversation that is answered */
  participant?: boolean;
  /** the user typed the address */
  typed?: boolean;
}

/** Item is something that a call changes or removes. */
export interface TouchedItem {
  /** "mail", "entry", … */
  kind: string;
  id: string;
  /** a person's id */
  author?: string;
  /** the user knows its author, or has written to them */
  known?: boolean;
}

/** Change is a kind of reversible change. */
export type Change = "label" | "archive" | "snooze" | "draft" | "entry";

/** Item is one line of a section. */
export interface ReportItem {
  text: Span[];
  detail?: Span[];
  /** in the user's time zone; midnight is shown as the day alone */
  when?: string;
  tag?: Span[];
  /** the mail that it is about */
  mail?: string;
}

/** Person is somebody with an address. A script passes the object on and never sees the address. */
export interface HostPerson {
  id: string;
  name: LabelledText;
  known: boolean;
  address: string;
}

/** Every method of the surface, with what it takes and gives. */
export interface Methods {
  "Accounts/Add": { request: NewAccount; answer: Nothing };
  "Accounts/List": { request: Nothing; answer: AccountList };
  "Accounts/Remove": { request: AccountName; answer: Nothing };
  "Accounts/Test": { request: AccountName; answer: Nothing };
  "Agents/List": { request: Nothing; answer: AgentList };
  "Alerts/Dismiss": { request: DismissAlert; answer: Nothing };
  "Alerts/List": { request: AlertsAsked; answer: AlertList };
  "Approvals/Answer": { request: Answered; answer: RunID };
  "Approvals/Edit": { request: Edited; answer: Sheet };
  "Approvals/List": { request: Nothing; answer: SheetList };
  "Approvals/Show": { request: RunID; answer: Sheet };
  "Ask/Start": { request: AskRequest; answer: RunID };
  "Automations/Add": { request: NewAutomation; answer: Automation };
  "Automations/List": { request: Nothing; answer: AutomationList };
  "Automations/Pause": { request: AutomationID; answer: Automation };
  "Automations/Propose": { request: Wish; answer: Proposal };
  "Automations/Remove": { request: AutomationID; answer: Nothing };
  "Automations/Resume": { request: AutomationID; answer: Automation };
  "Automations/Run": { request: AutomationID; answer: Occurrence };
  "Automations/Show": { request: AutomationID; answer: AutomationDetail };
  "Data/Report": { request: Nothing; answer: DataReport };
  "Grants/List": { request: Nothing; answer: GrantList };
  "Grants/Revoke": { request: GrantID; answer: Nothing };
  "Ledger/Export": { request: LedgerPage; answer: LedgerExport };
  "Ledger/Left": { request: LeftAsked; answer: Left };
  "Ledger/Show": { request: LedgerFilter; answer: LedgerRows };
  "Ledger/Verify": { request: Nothing; answer: Verification };
  "Lock/BeginSecondFactor": { request: Nothing; answer: SecondFactor };
  "Lock/DropKeys": { request: Nothing; answer: Nothing };
  "Lock/Elevate": { request: LockProof; answer: Elevated };
  "Lock/FinishSecondFactor": { request: LockCode; answer: LockState };
  "Lock/Now": { request: Nothing; answer: LockState };
  "Lock/RemoveSecondFactor": { request: Nothing; answer: LockState };
  "Lock/Seen": { request: Nothing; answer: Nothing };
  "Lock/Set": { request: LockChange; answer: LockState };
  "Lock/State": { request: Nothing; answer: LockState };
  "Lock/Unlock": { request: LockProof; answer: LockState };
  "Mail/Count": { request: CountMail; answer: Counted };
  "Mail/Import": { request: ImportRequest; answer: RunID };
  "Mail/Raw": { request: MailID; answer: RawMail };
  "Mail/Search": { request: Search; answer: Found };
  "Mail/Show": { request: MailID; answer: MailDetail };
  "Models/Add": { request: NewModel; answer: Nothing };
  "Models/List": { request: Nothing; answer: ModelList };
  "Models/Test": { request: ModelName; answer: Nothing };
  "Models/Use": { request: ModelName; answer: Nothing };
  "Policy/Explain": { request: Supposed; answer: Explained };
  "Policy/Get": { request: Nothing; answer: PolicyState };
  "Policy/SetMode": { request: PolicyMode; answer: PolicyState };
  "Policy/SetRules": { request: PolicyRules; answer: PolicyState };
  "Policy/Test": { request: PolicyCases; answer: PolicyResults };
  "Reports/Download": { request: DownloadReport; answer: ReportFile };
  "Reports/Export": { request: ExportReport; answer: ShownReport };
  "Reports/List": { request: RunID; answer: ReportList };
  "Reports/Show": { request: ReportID; answer: ReportDetail };
  "Runs/Cancel": { request: RunID; answer: Nothing };
  "Runs/List": { request: ListRuns; answer: RunList };
  "Runs/Outcome": { request: AskOutcome; answer: Outcome };
  "Runs/Pause": { request: RunID; answer: Nothing };
  "Runs/Replay": { request: RunID; answer: Replayed };
  "Runs/Resume": { request: RunID; answer: RunID };
  "Runs/Show": { request: RunID; answer: RunDetail };
  "Runs/Watch": { request: Watch; answer: Watched };
  "Scripts/API": { request: Nothing; answer: Declarations };
  "Scripts/Check": { request: Script; answer: Checked };
  "Scripts/Run": { request: Script; answer: RunID };
  "Settings/Get": { request: Nothing; answer: SettingsState };
  "Settings/Set": { request: SettingsChange; answer: SettingsState };
  "Setup/Open": { request: SetupOpen; answer: SetupOpened };
  "Setup/State": { request: Nothing; answer: SetupState };
  "System/Doctor": { request: Nothing; answer: Health };
}
