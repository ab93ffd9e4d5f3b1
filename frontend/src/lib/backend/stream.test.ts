import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { answering, follow, messages, silence, type Wire } from "./stream";
import type { Connection, StewardEvent } from "./types";

test("messages come out whole however the pieces were cut", () => {
  const text = 'retry: 1000\nid: b1-4\n\nid: b1-5\ndata: {"kind":"state"}\n\n: still here\n\nid: b1-6\ndata: {"a":\ndata: 1}\n\n';
  for (let size = 1; size <= text.length; size++) {
    const take = messages();
    const found = [];
    for (let i = 0; i < text.length; i += size) found.push(...take(text.slice(i, i + size)));
    expect(found).toEqual([{ id: "b1-4", data: "" }, { id: "b1-5", data: '{"kind":"state"}' }, { id: "b1-6", data: '{"a":\n1}' }]);
  }
});

/** A wire whose connections a test plays by hand. */
function playedWire() {
  const asked: string[] = [];
  const connections: { send: (text: string) => void; end: () => void; aborted: () => boolean }[] = [];
  let answer: number | "refused" | "nothing" = 200;
  const doubts = new Set<() => void>();
  const wire: Wire = {
    open(lastId, signal) {
      asked.push(lastId);
      if (answer === "refused") return Promise.reject(new TypeError("refused"));
      if (answer === "nothing") return new Promise((_, reject) => { signal.addEventListener("abort", () => { reject(new Error("aborted")); }); });
      let to: ReadableStreamDefaultController<Uint8Array> | undefined;
      const body = new ReadableStream<Uint8Array>({ start: (c) => void (to = c) });
      signal.addEventListener("abort", () => {
        try { to?.error(new Error("aborted")); } catch { /* ended already */ }
      });
      connections.push({ send: (text) => to?.enqueue(new TextEncoder().encode(text)), end: () => to?.close(), aborted: () => signal.aborted });
      return Promise.resolve({ status: answer, body });
    },
    wait: (ms, signal) => new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        signal.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal.addEventListener("abort", done);
    }),
  };
  wire.doubted = (on) => {
    doubts.add(on);
    return () => doubts.delete(on);
  };
  return { wire, asked, connections, answer: (a: typeof answer) => { answer = a; }, doubt: () => { for (const on of [...doubts]) on(); } };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());
const settle = () => vi.advanceTimersByTimeAsync(0);

function started() {
  const played = playedWire();
  const events: StewardEvent[] = [];
  const states: Connection[] = [];
  const stop = follow(played.wire, (e) => events.push(e), (s) => states.push(s));
  return { ...played, events, states, stop };
}

test("a lost connection is told, tried again, and resumed after the last event", async () => {
  const s = started();
  await settle();
  s.connections[0]?.send('id: b1-7\ndata: {"kind":"state","run":"r1"}\n\n');
  await settle();
  s.connections[0]?.end();
  await settle();
  expect(s.states).toEqual(["connecting", "open", "lost"]);
  s.answer("refused");
  await vi.advanceTimersByTimeAsync(60_000);
  s.answer(200);
  const before = s.asked.length;
  expect(before).toBeGreaterThan(5); // it does not give up in a minute
  await vi.advanceTimersByTimeAsync(5_000);
  expect(s.states.at(-1)).toBe("open");
  expect(s.asked.slice(1).every((id) => id === "b1-7")).toBe(true);
  expect(s.events).toEqual([{ kind: "state", run: "r1" }]);
  s.stop();
});

test("where a page stood before anything happened is remembered, too", async () => {
  const s = started();
  await settle();
  s.connections[0]?.send("retry: 1000\nid: b1-3\n\n");
  await settle();
  s.connections[0]?.end();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(s.asked).toEqual(["", "b1-3"]);
  s.stop();
});

test("another boot is a gap", async () => {
  const s = started();
  await settle();
  s.connections[0]?.send('id: b1-7\ndata: {"kind":"state"}\n\n');
  s.connections[0]?.end();
  await vi.advanceTimersByTimeAsync(1_000);
  s.connections[1]?.send("id: b2-0\n\n");
  await settle();
  expect(s.events.map((e) => e.kind)).toEqual(["state", "gap"]);
  s.stop();
});

test("silence for longer than the beat ends a connection that only seems to be there", async () => {
  const s = started();
  await settle();
  await vi.advanceTimersByTimeAsync(silence - 1_000);
  expect(s.states.at(-1)).toBe("open");
  s.connections[0]?.send(": still here\n\n");
  await vi.advanceTimersByTimeAsync(silence - 1_000);
  expect(s.states.at(-1)).toBe("open");
  await vi.advanceTimersByTimeAsync(2_000);
  expect(s.connections[0]?.aborted()).toBe(true);
  expect(s.connections.length).toBe(2);
  s.stop();
});

test("a backend that takes the connection and says nothing is away", async () => {
  const s = started();
  await settle();
  s.connections[0]?.end();
  s.answer("nothing");
  await vi.advanceTimersByTimeAsync(1_000);
  expect(s.asked.length).toBe(2);
  await vi.advanceTimersByTimeAsync(answering + 1_000);
  expect(s.asked.length).toBe(3); // it was given up, and tried again
  expect(s.states).toEqual(["connecting", "open", "lost", "lost"]);
  s.answer(200);
  await vi.advanceTimersByTimeAsync(answering + 2_000);
  expect(s.states.at(-1)).toBe("open");
  s.stop();
});

test("a connection that is doubted is given up for a new one", async () => {
  const s = started();
  await settle();
  s.doubt();
  await settle();
  expect(s.connections[0]?.aborted()).toBe(true);
  expect(s.states).toEqual(["connecting", "open", "lost"]);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(s.states.at(-1)).toBe("open");
  s.stop();
});

test("a session that is not known is told apart from a backend that is away", async () => {
  const s = started();
  s.stop();
  const t = playedWire();
  t.answer(401);
  const states: Connection[] = [];
  const stop = follow(t.wire, () => undefined, (state) => states.push(state));
  await settle();
  expect(states).toEqual(["connecting", "denied"]);
  stop();
});

test("stopping ends it for good", async () => {
  const s = started();
  await settle();
  s.stop();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(s.connections.length).toBe(1);
  expect(s.connections[0]?.aborted()).toBe(true);
});
