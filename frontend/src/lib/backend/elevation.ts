import { type AnswerOf, asError, type Backend, BackendError, type Method, type RequestOf } from "./types";
import type { Elevated } from "./trust";

/** Asks the user for passphrase and code; undefined if they would rather not. */
export type Asker = () => Promise<Elevated | undefined>;

/** What is refused until the user has said once more who they are. Every other "locked" is the lock's, or the vault's. */
export const wantsElevation = (problem: BackendError) => problem.code === "locked" && /elevat/i.test(`${problem.message} ${problem.hint}`);

/** A backend whose calls, where the host wants to know once more who asks, have the user say so, and are then made again. The
 * proof stays in memory, and only as long as it is good. */
export class Elevation {
  readonly backend: Backend;
  private readonly asked: Asker[] = [];
  private held: { token: string; until: number } | undefined;
  private asking: Promise<Elevated | undefined> | undefined;

  private readonly locked: () => void;

  /** `locked` is told of calls that were refused because everything is locked. */
  constructor(inner: Backend, locked: () => void = () => undefined) {
    this.locked = locked;
    this.backend = { ...inner, call: (method, request) => this.call(inner, method, request) };
  }

  /** Says who asks the user; the returned function takes it back. */
  by(asker: Asker): () => void {
    this.asked.push(asker);
    return () => void this.asked.splice(this.asked.indexOf(asker), 1);
  }

  forget() {
    this.held = undefined;
  }

  private async call<M extends Method>(inner: Backend, method: M, request: RequestOf<M>): Promise<AnswerOf<M>> {
    const now = Date.now();
    if (this.held && this.held.until <= now) this.held = undefined;
    try {
      return await inner.call(method, request, this.held?.token);
    } catch (problem) {
      const error = asError(problem);
      if (error.code === "locked" && !wantsElevation(error)) this.locked();
      if (!wantsElevation(error)) throw problem;
      this.held = undefined;
      const asker = this.asked.at(-1);
      if (!asker) throw problem;
      this.asking ??= asker().finally(() => {
        this.asking = undefined;
      });
      const given = await this.asking;
      if (!given) throw new BackendError({ code: "cancelled", message: "you did not say who you are, so nothing was done" });
      this.held = { token: given.elevation, until: Date.parse(given.until) || now };
      return inner.call(method, request, given.elevation);
    }
  }
}
