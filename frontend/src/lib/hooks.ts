import { useCallback, useEffect, useEffectEvent, useState, useSyncExternalStore } from "react";
import { type AnswerOf, asError, type BackendError, type Connection, type Method, type RequestOf, type StewardEvent } from "./backend";
import { useServices } from "./context";
import type { Known } from "./live";

const idle: Known<never> = { loading: false };

/** The answer to a request, kept up to date while the component is there. Without a request, nothing is asked. */
export function useCall<M extends Method>(method: M, request: RequestOf<M> | null): Known<AnswerOf<M>> & { reload: () => void } {
  const { live } = useServices();
  const key = JSON.stringify(request);
  const subscribe = useCallback(
    (changed: () => void) => (key === "null" ? () => undefined : live.watch(method, JSON.parse(key) as RequestOf<M>, changed)),
    [live, method, key],
  );
  const known = useSyncExternalStore(subscribe, () => (request === null ? idle : live.peek(method, request)));
  const reload = useCallback(() => live.refresh((m, r) => m === method && JSON.stringify(r) === key), [live, method, key]);
  return { ...known, reload };
}

/** Something that the user starts: says whether it is under way, and what went wrong. */
export function useAction<A extends unknown[], T>(action: (...args: A) => Promise<T>) {
  const [state, setState] = useState<{ busy: boolean; error?: BackendError }>({ busy: false });
  async function run(...args: A): Promise<T | undefined> {
    setState({ busy: true });
    try {
      const result = await action(...args);
      setState({ busy: false });
      return result;
    } catch (problem) {
      setState({ busy: false, error: asError(problem) });
      return undefined;
    }
  }
  return { ...state, run, clear: () => setState({ busy: false }) };
}

export function useConnection(): Connection {
  const { live } = useServices();
  return useSyncExternalStore(live.watchConnection, () => live.connection);
}

export function useEvents(onEvent: (e: StewardEvent) => void) {
  const { live } = useServices();
  const heard = useEffectEvent(onEvent);
  useEffect(() => live.watchEvents((e) => heard(e)), [live]);
}
