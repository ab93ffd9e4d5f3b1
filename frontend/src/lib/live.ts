import { type AnswerOf, asError, type Backend, type BackendError, type Connection, type Method, type RequestOf, type StewardEvent } from "./backend";

/** An answer as it is known now. While a newer one is on the way, the old one stays. */
export interface Known<T> { data?: T; error?: BackendError; loading: boolean }

interface Entry { method: Method; request: unknown; known: Known<unknown>; watchers: Set<() => void>; stale: boolean; asked: number; timer?: ReturnType<typeof setTimeout> | undefined }

/** How long several events are gathered before what they touch is asked for anew. */
const gather = 60;
const keep = 200; // answers that nobody looks at

/** Keeps answers, and asks again when an event says that they may have changed. */
export class Live {
  private readonly backend: Backend;
  private readonly entries = new Map<string, Entry>();
  private readonly eventWatchers = new Set<(e: StewardEvent) => void>();
  private readonly stateWatchers = new Set<() => void>();
  connection: Connection = "connecting";

  constructor(backend: Backend) {
    this.backend = backend;
  }

  start(): () => void {
    return this.backend.events((e) => this.heard(e), (s) => this.turned(s));
  }

  watchConnection = (watcher: () => void) => add(this.stateWatchers, watcher);
  watchEvents = (watcher: (e: StewardEvent) => void) => add(this.eventWatchers, watcher);

  private turned(state: Connection) {
    const was = this.connection;
    if (was === state) return;
    this.connection = state;
    for (const watcher of this.stateWatchers) watcher();
    if (state === "open" && was !== "connecting") this.refresh(() => true);
    if (state === "open") this.refresh((_m, _r, known) => known.error?.code === "unreachable");
  }

  private heard(e: StewardEvent) {
    if (e.kind === "gap") this.refresh(() => true);
    else if (e.kind === "automation") this.refresh((m) => m.startsWith("Automations/"));
    else if (e.kind === "alert") this.refresh((m) => m === "Alerts/List");
    else if (e.kind === "lock") this.refresh(about);
    else if (e.kind === "sheet") this.refresh((m, r) => m === "Approvals/List" || m === "Runs/List" || ((m === "Approvals/Show" || m === "Runs/Show") && (r as { id: string }).id === e.run));
    else {
      const over = e.kind === "broken" || (e.kind === "state" && (e.state === "done" || e.state === "failed" || e.state === "cancelled"));
      this.refresh((m, r) => {
        if (m === "Runs/List" || m === "Approvals/List") return e.kind === "state" || e.kind === "broken";
        if (m === "Approvals/Show") return (r as { id: string }).id === e.run && e.kind === "state";
        if (m === "Alerts/List") return over || e.step_state === "failed";
        if (m === "Runs/Show" || m === "Runs/Outcome") return (r as { id: string }).id === e.run && e.kind !== "progress";
        if (m === "Reports/List") return over || e.capability === "report.create";
        return over && (m === "Mail/Search" || m === "Mail/Count" || m.startsWith("Automations/"));
      });
    }
    for (const watcher of this.eventWatchers) watcher(e);
  }

  /** Marks answers as stale, and asks anew for those that somebody looks at. */
  refresh(which: (method: Method, request: unknown, known: Known<unknown>) => boolean) {
    for (const entry of this.entries.values()) {
      if (!which(entry.method, entry.request, entry.known)) continue;
      entry.stale = true;
      if (entry.watchers.size > 0) entry.timer ??= setTimeout(() => void this.ask(entry), gather);
    }
  }

  /** Forgets all answers but those about the lock, and asks for none until somebody looks again: what was on the screen is
   * nobody's business now. */
  drop() {
    for (const entry of this.entries.values()) {
      if (about(entry.method)) continue;
      clearTimeout(entry.timer);
      Object.assign(entry, { known: { loading: true }, stale: true, timer: undefined, asked: entry.asked + 1 });
    }
  }

  peek<M extends Method>(method: M, request: RequestOf<M>): Known<AnswerOf<M>> {
    return this.entry(method, request).known as Known<AnswerOf<M>>;
  }

  watch(method: Method, request: RequestOf<Method>, watcher: () => void): () => void {
    const entry = this.entry(method, request);
    entry.watchers.add(watcher);
    if (entry.stale && !entry.timer) void this.ask(entry);
    return () => {
      entry.watchers.delete(watcher);
      if (this.entries.size > keep) this.forget();
    };
  }

  private entry(method: Method, request: unknown): Entry {
    const key = method + JSON.stringify(request);
    let entry = this.entries.get(key);
    if (!entry) {
      entry = { method, request, known: { loading: true }, watchers: new Set(), stale: true, asked: 0 };
      this.entries.set(key, entry);
    }
    return entry;
  }

  private async ask(entry: Entry) {
    clearTimeout(entry.timer);
    entry.timer = undefined;
    entry.stale = false;
    const mine = ++entry.asked;
    let known: Known<unknown>;
    try {
      known = { data: await this.backend.call(entry.method, entry.request as RequestOf<Method>), loading: false };
    } catch (problem) {
      const error = asError(problem);
      // A backend that is away for a minute takes nothing from the screen that was already there.
      if (error.code === "locked") this.refresh((m) => m === "Setup/State" || (m === "Lock/State" && entry.method !== m));
      known = { ...(error.code === "unreachable" ? entry.known : {}), error, loading: false };
    }
    if (mine !== entry.asked) return;
    entry.known = known;
    for (const watcher of entry.watchers) watcher();
  }

  private forget() {
    for (const [key, entry] of this.entries) {
      if (this.entries.size <= keep / 2) return;
      if (entry.watchers.size === 0) this.entries.delete(key);
    }
  }
}

const about = (method: Method) => method === "Lock/State" || method === "Setup/State";

function add<T>(set: Set<T>, item: T): () => void {
  set.add(item);
  return () => set.delete(item);
}
