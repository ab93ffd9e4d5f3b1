import { httpBackend } from "./http";
import type { Backend } from "./types";
import { wailsBackend } from "./wails";

export type * from "./api.gen";
export { type Asker, Elevation, wantsElevation } from "./elevation";
export { asError, BackendError, isApiError } from "./types";
export type {
  Account, AlertLine, CodedDecision, Explanation, Field, Grant, GrantLine, GrantWish, Layer, Left, LeftHost, LeftSend, LockState, Mode, NewAccount, Offer, PersonWarning, Piece, PolicyState, Proof, Question,
  Reply, Row, RuleProblem, SecondFactor, Sheet, SheetPerson, Source,
} from "./trust";
export type { AnswerOf, Backend, Connection, Entry, Method, Picked, RequestOf, Spans, StewardEvent } from "./types";

/** Chooses the backend: the window's, else the server that the page came from. A build in mode "fake", or `?fake` while
 * developing, plays one in memory instead, which no other build contains. */
export async function chooseBackend(): Promise<Backend> {
  if (import.meta.env.MODE === "fake" || (import.meta.env.DEV && new URLSearchParams(window.location.search).has("fake"))) {
    const { fakeBackend } = await import("./fake");
    return fakeBackend(new URLSearchParams(window.location.search));
  }
  return wailsBackend() ?? httpBackend();
}
