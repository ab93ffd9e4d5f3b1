import type { Connection, StewardEvent } from "./types";

/** One message of an event stream; one without data only says where the stream stands. */
export interface Message { id: string; data: string }

/** Takes pieces of an event stream and gives its messages: the format of server-sent events, as far as it is used here. */
export function messages(): (piece: string) => Message[] {
  let rest = "";
  let id = "";
  let named = false;
  let data: string[] = [];
  return (piece) => {
    const lines = (rest + piece).split(/\r?\n/);
    rest = lines.pop() ?? "";
    const found: Message[] = [];
    for (const line of lines) {
      if (line === "") {
        if (data.length > 0 || named) found.push({ id, data: data.join("\n") });
        data = [];
        named = false;
      } else if (line.startsWith("id:")) {
        id = line.slice(3).trim();
        named = true;
      } else if (line.startsWith("data:")) data.push(line.slice(5).replace(/^ /, ""));
    }
    return found;
  };
}

/** What the stream needs of the world, so that a test can play it. */
export interface Wire {
  open(lastId: string, signal: AbortSignal): Promise<{ status: number; body: ReadableStream<Uint8Array> | null }>;
  wait(ms: number, signal: AbortSignal): Promise<void>;
  /** Calls `on` when something else found that the backend does not answer. */
  doubted?(on: () => void): () => void;
  /** Calls `on` when nobody looks, so that the connection is better left to others. */
  unseen?(on: () => void): () => void;
  /** Waits until somebody looks. */
  seen?(signal: AbortSignal): Promise<void>;
}

export const silence = 40_000; // the backend says something every 15 s
export const answering = 8_000; // until a new stream begins: a backend that is stopped takes connections and says nothing
const pauses = [250, 500, 1_000, 2_000, 4_000];

/** Follows the events for good: reconnects with growing pauses, resumes after the last one seen, and tells a gap itself when
 * the backend is another process than before. */
export function follow(wire: Wire, onEvent: (event: StewardEvent) => void, onState: (state: Connection) => void): () => void {
  const all = new AbortController();
  let last = "";

  async function once(): Promise<"ended" | "denied" | "rest"> {
    const one = new AbortController();
    const stop = () => one.abort();
    all.signal.addEventListener("abort", stop, { once: true });
    let watch = setTimeout(stop, answering);
    const trust = wire.doubted?.(stop);
    const rest = { wanted: false };
    const stay = wire.unseen?.(() => {
      rest.wanted = true;
      stop();
    });
    try {
      const { status, body } = await wire.open(last, one.signal);
      if (status === 401 || status === 403) return "denied";
      if (status !== 200 || !body) return "ended";
      onState("open");
      clearTimeout(watch);
      watch = setTimeout(stop, silence);
      const take = messages();
      const text = new TextDecoder();
      const reader = body.getReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return "ended";
        clearTimeout(watch);
        watch = setTimeout(stop, silence);
        for (const message of take(text.decode(value, { stream: true }))) {
          if (last !== "" && boot(message.id) !== boot(last)) onEvent({ kind: "gap" });
          last = message.id;
          if (message.data) onEvent(JSON.parse(message.data) as StewardEvent);
        }
      }
    } catch {
      return rest.wanted ? "rest" : "ended";
    } finally {
      clearTimeout(watch);
      trust?.();
      stay?.();
      all.signal.removeEventListener("abort", stop);
      one.abort();
    }
  }

  async function run() {
    onState("connecting");
    for (let tries = 0; !all.signal.aborted; tries++) {
      // What was asked for before the stream first stood is kept up to date by it alone, so that one is begun unseen, too.
      if (last !== "") await wire.seen?.(all.signal);
      if (stopped()) return;
      const began = Date.now();
      const outcome = await once();
      if (stopped()) return;
      if (outcome === "rest") {
        tries = -1;
        continue;
      }
      if (Date.now() - began > 5_000) tries = 0;
      onState(outcome === "denied" ? "denied" : "lost");
      await wire.wait(pauses[Math.min(tries, pauses.length - 1)] ?? 4_000, all.signal);
    }
  }
  const stopped = () => all.signal.aborted;
  void run();
  return () => all.abort();
}

function boot(id: string): string {
  return id.slice(0, Math.max(0, id.lastIndexOf("-")));
}
