import { follow } from "./stream";
import type { ApiError } from "./api.gen";
import { type AnswerOf, type Backend, BackendError, type Entry, isApiError, type Method, type Picked, type RequestOf } from "./types";
import { download, pickInPage } from "./page";

const unreachable = () => new BackendError({ code: "unreachable", message: "Steward does not answer" });

const slow = 5_000; // after which one asks whether the backend is there at all

/** The served mode: RPC over POST, events over a stream, both behind the session's cookie. */
export function httpBackend(): Backend {
  // The one-time token of the printed link is exchanged once; every call waits for that.
  const entry = new CodeEntry();
  const session = exchange(entry);
  // A fresh link that is opened in this very tab changes only the fragment.
  window.addEventListener("hashchange", () => {
    if (window.location.hash.startsWith("#token=")) window.location.reload();
  });

  async function post(path: string, body: BodyInit, type: string, elevation?: string): Promise<unknown> {
    await session;
    let response: Response;
    const timer = setTimeout(() => void probe(), slow);
    try {
      response = await fetch(path, { method: "POST", credentials: "same-origin", headers: { "Content-Type": type, ...(elevation ? { "Steward-Elevation": elevation } : {}) }, body });
    } catch {
      throw unreachable();
    } finally {
      clearTimeout(timer);
    }
    return read(response);
  }

  const doubts = new Set<() => void>();
  async function probe() {
    const given = new AbortController();
    const timer = setTimeout(() => given.abort(), slow);
    try {
      await fetch("/", { method: "HEAD", cache: "no-store", signal: given.signal });
    } catch {
      for (const doubt of [...doubts]) doubt();
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    async call<M extends Method>(method: M, request: RequestOf<M>, elevation?: string) {
      return (await post(`/rpc/${method}`, JSON.stringify(request), "application/json", elevation)) as AnswerOf<M>;
    },
    events: (onEvent, onState) =>
      follow(
        {
          async open(lastId, signal) {
            await session.catch(() => undefined);
            const headers: Record<string, string> = lastId ? { "Last-Event-ID": lastId } : {};
            return fetch("/events", { credentials: "same-origin", headers, signal, cache: "no-store" });
          },
          wait: pause,
          doubted(on) {
            doubts.add(on);
            return () => doubts.delete(on);
          },
          unseen,
          seen,
        },
        onEvent,
        onState,
      ),
    entry,
    pickFiles: pickInPage,
    dropped: () => () => undefined, // the page sees the files themselves
    async bring(picked: Picked, onSent) {
      const paths: string[] = [];
      for (const [i, file] of picked.entries()) {
        if (typeof file === "string") paths.push(file);
        else {
          const answer = await post(`/upload?name=${encodeURIComponent(file.name)}`, file, "application/octet-stream");
          paths.push((answer as { path: string }).path);
        }
        onSent?.((i + 1) / picked.length);
      }
      return paths;
    },
    save(name, content) {
      download(name, content);
      return Promise.resolve();
    },
  };
}

/** Holds what the exchange waits for, where the server wants the code of the second factor. */
class CodeEntry implements Entry {
  private now: { error?: ApiError } | undefined;
  private answer: ((code: string) => void) | undefined;
  private readonly watchers = new Set<() => void>();

  watch = (changed: () => void) => {
    this.watchers.add(changed);
    return () => void this.watchers.delete(changed);
  };
  wanted = () => this.now;
  give = (code: string) => this.answer?.(code);

  ask(error?: ApiError): Promise<string> {
    return new Promise((resolve) => {
      this.answer = resolve;
      this.turn(error ? { error } : {});
    });
  }

  done() {
    this.answer = undefined;
    this.turn(undefined);
  }

  private turn(now: { error?: ApiError } | undefined) {
    this.now = now;
    for (const watcher of this.watchers) watcher();
  }
}

async function exchange(entry: CodeEntry): Promise<void> {
  const token = /^#token=([\w-]+)/.exec(window.location.hash)?.[1];
  if (!token) return;
  window.history.replaceState(null, "", window.location.pathname + window.location.search + "#/");
  try {
    for (let code = "", tries = 0; ; tries++) {
      const response = await fetch("/session", { method: "POST", credentials: "same-origin", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ token, ...(code ? { code } : {}) }) });
      const refusal = response.status === 401 ? await codeRefused(response) : undefined;
      if (!refusal) break;
      code = await entry.ask(tries > 0 ? refusal : undefined);
    }
  } catch {
    // the first call says what is wrong
  } finally {
    entry.done();
  }
}

/** Why a session was refused, if the link is good and only the code is not. */
async function codeRefused(response: Response): Promise<ApiError | undefined> {
  const answer: unknown = await response.json().catch(() => undefined);
  const error = typeof answer === "object" && answer !== null && "error" in answer ? answer.error : undefined;
  return isApiError(error) && !/\blink\b/i.test(error.message) ? error : undefined;
}

async function read(response: Response): Promise<unknown> {
  let answer: unknown;
  try {
    answer = await response.json();
  } catch {
    answer = undefined;
  }
  if (response.ok && answer !== undefined) return answer;
  if (response.status === 401) {
    throw new BackendError({ code: "session", message: "This window's session is not known to Steward" });
  }
  const error = typeof answer === "object" && answer !== null && "error" in answer ? answer.error : undefined;
  if (response.status === 503 && !isApiError(error)) throw unreachable();
  if (isApiError(error)) throw new BackendError(error);
  if (response.status === 502 || response.status === 504) throw unreachable();
  throw new BackendError({ code: "internal", message: `Steward answered with status ${response.status}` });
}

// A browser has six connections to a host for all its pages together, and each stream takes one for good.
const glance = 10_000;

function unseen(on: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const turned = () => {
    clearTimeout(timer);
    timer = document.visibilityState === "hidden" ? setTimeout(on, glance) : undefined;
  };
  document.addEventListener("visibilitychange", turned);
  turned();
  return () => {
    clearTimeout(timer);
    document.removeEventListener("visibilitychange", turned);
  };
}

function seen(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const turned = () => {
      if (document.visibilityState === "hidden" && !signal.aborted) return;
      document.removeEventListener("visibilitychange", turned);
      signal.removeEventListener("abort", turned);
      resolve();
    };
    document.addEventListener("visibilitychange", turned);
    signal.addEventListener("abort", turned);
    turned();
  });
}

/** Waits, but not longer than until the machine is online again or the page is looked at. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      window.removeEventListener("online", done);
      document.removeEventListener("visibilitychange", done);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    window.addEventListener("online", done);
    document.addEventListener("visibilitychange", done);
    signal.addEventListener("abort", done);
  });
}
