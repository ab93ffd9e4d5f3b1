import { type AnswerOf, type Backend, BackendError, isApiError, type Method, type Picked, type RequestOf, type StewardEvent } from "./types";

/** The one object that the window binds, and what of the window's runtime is used. */
interface Shell {
  Call(method: string, request: string, elevation: string): Promise<string>;
  PickFiles(): Promise<string[] | null>;
  Save(name: string, content: string): Promise<void>;
}
interface Runtime {
  EventsOn(name: string, handler: (event: StewardEvent) => void): () => void;
  OnFileDrop(handler: (x: number, y: number, paths: string[]) => void, useDropTarget: boolean): void;
  OnFileDropOff(): void;
}
declare global {
  interface Window {
    go?: Record<string, { Shell?: Shell } | undefined>;
    runtime?: Runtime;
  }
}

const event = "steward:event";

/** The desktop window, where the process that answers is the window's own. */
export function wailsBackend(): Backend | undefined {
  const shell = Object.values(window.go ?? {}).find((bound) => bound?.Shell)?.Shell;
  const runtime = window.runtime;
  if (!shell || !runtime) return undefined;

  async function ask<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (problem) {
      throw understood(problem);
    }
  }

  return {
    async call<M extends Method>(method: M, request: RequestOf<M>, elevation = "") {
      return JSON.parse(await ask(shell.Call(method, JSON.stringify(request), elevation))) as AnswerOf<M>;
    },
    events(onEvent, onState) {
      // The window's own process cannot be away. A jump in the numbers is a gap all the same.
      let last = 0;
      const off = runtime.EventsOn(event, (e) => {
        const seq = e.seq ?? 0;
        if (last > 0 && seq > last + 1) onEvent({ kind: "gap" });
        if (seq > 0) last = seq;
        onEvent(e);
      });
      onState("open");
      return off;
    },
    pickFiles: async () => (await ask(shell.PickFiles())) ?? [],
    dropped(onPaths) {
      runtime.OnFileDrop((_x, _y, paths) => onPaths(paths), false);
      return () => runtime.OnFileDropOff();
    },
    bring: (picked: Picked) => Promise.resolve(picked.filter((p) => typeof p === "string")),
    save: (name, content) => ask(shell.Save(name, content)),
  };
}

function understood(problem: unknown): BackendError {
  const text = problem instanceof Error ? problem.message : String(problem);
  try {
    const parsed: unknown = JSON.parse(text);
    if (isApiError(parsed)) return new BackendError(parsed);
  } catch {
    // not ours
  }
  return new BackendError({ code: "internal", message: text });
}
