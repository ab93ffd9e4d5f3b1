import { useMemo, useSyncExternalStore } from "react";
import { asError, type Backend, type BackendError, type MailLine } from "@/lib/backend";
import { useServices } from "@/lib/context";
import { useCall, useEvents } from "@/lib/hooks";

const page = 100;

interface State { lines: MailLine[]; next: string; error?: BackendError; loading: boolean }

/** A search's mails, page after page by its cursor: what was read stays where it is while new mail comes in. */
class Pages {
  state: State = { lines: [], next: "", loading: true };
  private readonly watchers = new Set<() => void>();
  private readonly backend: Backend;
  private readonly query: string;
  private asked = 0;

  constructor(backend: Backend, query: string) {
    this.backend = backend;
    this.query = query;
  }

  subscribe = (watcher: () => void) => {
    this.watchers.add(watcher);
    if (this.asked === 0) void this.read(false);
    return () => this.watchers.delete(watcher);
  };

  reload = () => void this.read(false);

  more = () => {
    if (this.state.next !== "" && !this.state.loading) void this.read(true);
  };

  private async read(further: boolean) {
    const mine = ++this.asked;
    const from = this.state;
    this.become({ ...from, loading: true });
    let next: State;
    try {
      const found = await this.backend.call("Mail/Search", { query: this.query, limit: page, ...(further ? { before: from.next } : {}) });
      next = { lines: further ? [...from.lines, ...found.mails] : found.mails, next: found.next, loading: false };
    } catch (problem) {
      const error = asError(problem);
      next = error.code === "unreachable" || further ? { ...from, error, loading: false } : { lines: [], next: "", error, loading: false };
    }
    if (mine === this.asked) this.become(next);
  }

  private become(state: State) {
    this.state = state;
    for (const watcher of this.watchers) watcher();
  }
}

export function useMailPages(query: string) {
  const { backend } = useServices();
  const pages = useMemo(() => new Pages(backend, query), [backend, query]);
  const state = useSyncExternalStore(pages.subscribe, () => pages.state);
  const count = useCall("Mail/Count", { query });
  useEvents((e) => {
    if (e.kind === "gap" || (e.kind === "state" && e.state === "done" && state.lines.length <= page)) pages.reload();
  });
  return { ...state, count: count.data?.count, more: state.next !== "" && !state.error, loadMore: pages.more, reload: pages.reload };
}
