import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Backend, BackendError, type Connection, type StewardEvent } from "./backend";
import { Live } from "./live";

function played() {
  let tell: (e: StewardEvent) => void = () => undefined;
  let turn: (s: Connection) => void = () => undefined;
  let answer: () => unknown = () => ({ runs: [] });
  const calls: string[] = [];
  const backend = {
    call: (method: string, request: unknown) => {
      calls.push(`${method} ${JSON.stringify(request)}`);
      return new Promise((resolve) => resolve(answer()));
    },
    events: (onEvent: typeof tell, onState: typeof turn) => {
      tell = onEvent;
      turn = onState;
      return () => undefined;
    },
  } as unknown as Backend;
  const live = new Live(backend);
  live.start();
  return { live, calls, tell: (e: StewardEvent) => tell(e), turn: (s: Connection) => turn(s), answers: (a: () => unknown) => { answer = a; } };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("one request is asked once however many look at it, and again when an event touches it", async () => {
  const p = played();
  const changed = vi.fn();
  p.live.watch("Runs/List", { limit: 50 }, changed);
  p.live.watch("Runs/List", { limit: 50 }, changed);
  await vi.advanceTimersByTimeAsync(0);
  expect(p.calls).toEqual(['Runs/List {"limit":50}']);
  for (let i = 0; i < 20; i++) p.tell({ kind: "state", run: "r1", state: "running" });
  await vi.advanceTimersByTimeAsync(500);
  expect(p.calls.length).toBe(2);
  p.tell({ kind: "progress", run: "r1", text: "5 messages read" });
  await vi.advanceTimersByTimeAsync(500);
  expect(p.calls.length).toBe(2);
});

test("events of one run leave the others alone", async () => {
  const p = played();
  p.live.watch("Runs/Show", { id: "r1" }, () => undefined);
  p.live.watch("Runs/Show", { id: "r2" }, () => undefined);
  await vi.advanceTimersByTimeAsync(0);
  p.tell({ kind: "step", run: "r2", step: 1 });
  await vi.advanceTimersByTimeAsync(500);
  expect(p.calls.slice(2)).toEqual(['Runs/Show {"id":"r2"}']);
});

test("a backend that is away for a while takes nothing off the screen, and all is read anew when it is back", async () => {
  const p = played();
  p.turn("open");
  p.live.watch("Runs/List", {}, () => undefined);
  await vi.advanceTimersByTimeAsync(0);
  p.turn("lost");
  p.answers(() => { throw new BackendError({ code: "unreachable", message: "away" }); });
  p.live.refresh(() => true);
  await vi.advanceTimersByTimeAsync(100);
  expect(p.live.peek("Runs/List", {})).toMatchObject({ data: { runs: [] }, error: { code: "unreachable" } });
  p.answers(() => ({ runs: [{ id: "r1" }] }));
  p.turn("open");
  await vi.advanceTimersByTimeAsync(100);
  expect(p.live.peek("Runs/List", {})).toEqual({ data: { runs: [{ id: "r1" }] }, loading: false });
});

test("a gap reads everything anew", async () => {
  const p = played();
  p.live.watch("Mail/Count", { query: "" }, () => undefined);
  await vi.advanceTimersByTimeAsync(0);
  p.tell({ kind: "gap" });
  await vi.advanceTimersByTimeAsync(100);
  expect(p.calls.length).toBe(2);
});

test("a late answer does not overwrite a newer one", async () => {
  const p = played();
  const waiting: ((v: unknown) => void)[] = [];
  p.answers(() => new Promise((resolve) => waiting.push(resolve)));
  p.live.watch("Mail/Count", { query: "" }, () => undefined);
  p.live.refresh(() => true);
  await vi.advanceTimersByTimeAsync(100);
  waiting[1]?.({ count: 2 });
  await vi.advanceTimersByTimeAsync(0);
  waiting[0]?.({ count: 1 });
  await vi.advanceTimersByTimeAsync(0);
  expect(p.live.peek("Mail/Count", { query: "" }).data).toEqual({ count: 2 });
});
