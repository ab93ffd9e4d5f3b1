import type { ApiError, Methods as Generated, RunEvent, Span } from "./api.gen";
import type { TrustMethods } from "./trust";

export type Methods = Omit<Generated, keyof TrustMethods> & TrustMethods;
export type Method = keyof Methods;
export type RequestOf<M extends Method> = Methods[M]["request"];
export type AnswerOf<M extends Method> = Methods[M]["answer"];

/** A text in pieces that know who wrote them. */
export type Spans = Span[];

/** One thing that happened, in the order of seq over all runs. "gap" says that some are no longer kept: read anew. */
export type StewardEvent = Partial<Omit<RunEvent, "kind">> & { kind: RunEvent["kind"] | "sheet" | "alert" | "lock" };

/** "denied" is a session that the backend does not know: only a fresh link helps. */
export type Connection = "connecting" | "open" | "lost" | "denied";

/** What was picked or dropped: a browser gives files, the window gives paths. */
export type Picked = File[] | string[];

/** The way in, where the link alone is not enough: the code of the second factor is wanted, too. */
export interface Entry {
  watch: (changed: () => void) => () => void;
  /** Whether the code is wanted now; after a wrong one, what was wrong with it. */
  wanted(): { error?: ApiError } | undefined;
  give(code: string): void;
}

export interface Backend {
  /** Asks for something; `elevation` proves that the user just said who they are, where that is needed. */
  call<M extends Method>(method: M, request: RequestOf<M>, elevation?: string): Promise<AnswerOf<M>>;
  /** Follows all events until the returned function is called; reconnects by itself. */
  events(onEvent: (event: StewardEvent) => void, onState: (state: Connection) => void): () => void;
  pickFiles(): Promise<Picked>;
  /** Follows files that are dropped on the window, where the page itself cannot learn their paths. */
  dropped(onPaths: (paths: string[]) => void): () => void;
  /** Gives the paths that Mail/Import takes, bringing the files to the backend if need be. */
  bring(picked: Picked, onSent?: (share: number) => void): Promise<string[]>;
  save(name: string, content: string): Promise<void>;
  entry?: Entry;
}

/** An error of the backend with its hint, or one on the way there (code "unreachable" or "session"). */
export class BackendError extends Error {
  readonly code: string;
  readonly hint: string;
  constructor(error: ApiError) {
    super(error.message);
    this.name = "BackendError";
    this.code = error.code;
    this.hint = error.hint ?? "";
  }
}

export function isApiError(value: unknown): value is ApiError {
  return typeof value === "object" && value !== null && "code" in value && "message" in value
    && typeof value.code === "string" && typeof value.message === "string";
}

export function asError(value: unknown): BackendError {
  if (value instanceof BackendError) return value;
  if (isApiError(value)) return new BackendError(value);
  return new BackendError({ code: "internal", message: value instanceof Error ? value.message : String(value) });
}
