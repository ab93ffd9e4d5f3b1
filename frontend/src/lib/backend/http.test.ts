import { afterEach, expect, test, vi } from "vitest";
import { httpBackend } from "./http";

function answers(...all: (Response | Error)[]) {
  const fetched = vi.fn<typeof fetch>(() => {
    const next = all.shift() ?? new Response("{}");
    return next instanceof Error ? Promise.reject(next) : Promise.resolve(next);
  });
  vi.stubGlobal("fetch", fetched);
  return fetched;
}
afterEach(() => {
  vi.unstubAllGlobals();
  window.location.hash = "";
});

const json = (status: number, value: unknown) => new Response(JSON.stringify(value), { status });

test("a call posts JSON and gives the answer", async () => {
  const fetched = answers(json(200, { count: 3 }));
  await expect(httpBackend().call("Mail/Count", { query: "a" })).resolves.toEqual({ count: 3 });
  expect(fetched.mock.calls[0]?.[0]).toBe("/rpc/Mail/Count");
  expect(fetched.mock.calls[0]?.[1]).toMatchObject({ method: "POST", body: '{"query":"a"}', headers: { "Content-Type": "application/json" } });
});

test("while a call has no answer, the backend is asked for a sign of life, and without one the events are begun anew", async () => {
  vi.useFakeTimers();
  const streams: AbortSignal[] = [];
  let alive = true;
  vi.stubGlobal("fetch", vi.fn<typeof fetch>((to, init) => {
    const silent = () => new Promise<Response>((_, reject) => { init?.signal?.addEventListener("abort", () => { reject(new Error("aborted")); }); });
    if (init?.method === "HEAD") return alive ? Promise.resolve(new Response()) : silent();
    if (to !== "/events") return silent();
    const signal = init?.signal;
    if (signal) streams.push(signal);
    return Promise.resolve(new Response(new ReadableStream({ start: (c) => { signal?.addEventListener("abort", () => { c.error(new Error("aborted")); }); } })));
  }));
  const states: string[] = [];
  const backend = httpBackend();
  const stop = backend.events(() => undefined, (state) => states.push(state));
  void backend.call("Mail/Count", { query: "" });
  await vi.advanceTimersByTimeAsync(20_000);
  expect(states).toEqual(["connecting", "open"]); // a slow call is no reason
  alive = false;
  void backend.call("Mail/Count", { query: "b" });
  await vi.advanceTimersByTimeAsync(11_000);
  expect(states.slice(0, 3)).toEqual(["connecting", "open", "lost"]);
  expect(streams[0]?.aborted).toBe(true);
  stop();
  vi.useRealTimers();
});

test("a page that nobody looks at leaves its connection to the others, and goes on where it was", async () => {
  vi.useFakeTimers();
  const asked: (string | null)[] = [];
  const streams: AbortSignal[] = [];
  vi.stubGlobal("fetch", vi.fn<typeof fetch>((_to, init) => {
    const signal = init?.signal;
    asked.push(new Headers(init?.headers).get("Last-Event-ID"));
    if (signal) streams.push(signal);
    return Promise.resolve(new Response(new ReadableStream({
      start: (c) => {
        c.enqueue(new TextEncoder().encode("id: b1-7\n\n"));
        signal?.addEventListener("abort", () => { c.error(new Error("aborted")); });
      },
    })));
  }));
  const seen = vi.spyOn(document, "visibilityState", "get");
  const look = async (how: DocumentVisibilityState, ms: number) => {
    seen.mockReturnValue(how);
    document.dispatchEvent(new Event("visibilitychange"));
    await vi.advanceTimersByTimeAsync(ms);
  };
  const states: string[] = [];
  const stop = httpBackend().events(() => undefined, (state) => states.push(state));
  await look("visible", 100);
  await look("hidden", 5_000);
  await look("visible", 20_000);
  expect(streams.map((s) => s.aborted)).toEqual([false]); // a moment away is nothing
  await look("hidden", 30_000);
  expect(streams.map((s) => s.aborted)).toEqual([true]);
  await look("visible", 100);
  expect(asked).toEqual([null, "b1-7"]);
  expect(new Set(states)).toEqual(new Set(["connecting", "open"]));
  stop();
  seen.mockRestore();
  vi.useRealTimers();
});

test("errors keep their code and hint", async () => {
  answers(json(422, { error: { code: "locked", message: "closed", hint: "open it" } }));
  await expect(httpBackend().call("Mail/Count", { query: "" })).rejects.toMatchObject({ code: "locked", message: "closed", hint: "open it" });
});

test("no answer, no session and no sense are told apart", async () => {
  answers(new TypeError("refused"), json(401, { error: { code: "denied", message: "no session" } }), new Response("<html>", { status: 500 }), new Response("<html>", { status: 502 }));
  const backend = httpBackend();
  const codes = [];
  for (let i = 0; i < 4; i++) codes.push(await backend.call("Mail/Count", { query: "" }).catch((e: unknown) => (e as { code: string }).code));
  expect(codes).toEqual(["unreachable", "session", "internal", "unreachable"]);
});

test("the link's token is exchanged before the first call, and leaves the address", async () => {
  window.history.replaceState(null, "", "/#token=abc_DEF-1");
  const fetched = answers(json(200, {}), json(200, { count: 0 }));
  await httpBackend().call("Mail/Count", { query: "" });
  expect(fetched.mock.calls.map((c) => c[0])).toEqual(["/session", "/rpc/Mail/Count"]);
  expect(fetched.mock.calls[0]?.[1]).toMatchObject({ body: '{"token":"abc_DEF-1"}' });
  expect(window.location.href).not.toContain("abc_DEF-1");
});

test("files go up one after another and come back as paths", async () => {
  answers(json(200, { path: "/m/1" }), json(200, { path: "/m/2" }));
  const shares: number[] = [];
  const files = [new File(["a"], "a b.mbox"), new File(["b"], "b.eml")];
  await expect(httpBackend().bring(files, (s) => shares.push(s))).resolves.toEqual(["/m/1", "/m/2"]);
  expect(shares).toEqual([0.5, 1]);
});

test("a proof that the user said who they are goes along as a header, and only then", async () => {
  const fetched = answers(json(200, {}), json(200, {}));
  const backend = httpBackend();
  await backend.call("Ledger/Export", {}, "proof");
  await backend.call("Ledger/Verify", {});
  expect(fetched.mock.calls.map((c) => new Headers(c[1]?.headers).get("Steward-Elevation"))).toEqual(["proof", null]);
});

test("where the link alone is not enough the code is asked for, again after a wrong one, and calls wait for it", async () => {
  window.location.hash = "#token=abc";
  const wrong = { error: { code: "denied", message: "the code is wrong" } };
  const fetched = answers(json(401, wrong), json(401, wrong), json(200, {}), json(200, { count: 1 }));
  const backend = httpBackend();
  const asked = backend.call("Mail/Count", { query: "" });
  await vi.waitFor(() => { expect(backend.entry?.wanted()).toEqual({}); });
  backend.entry?.give("111111");
  await vi.waitFor(() => { expect(backend.entry?.wanted()?.error?.message).toBe("the code is wrong"); });
  backend.entry?.give("246810");
  await expect(asked).resolves.toEqual({ count: 1 });
  expect(backend.entry?.wanted()).toBeUndefined();
  expect(fetched.mock.calls.slice(0, 3).map((c) => c[1]?.body)).toEqual(['{"token":"abc"}', '{"token":"abc","code":"111111"}', '{"token":"abc","code":"246810"}']);
});

test("a link that is used up asks for no code", async () => {
  window.location.hash = "#token=abc";
  answers(json(401, { error: { code: "denied", message: "this link was used already, or is too old" } }), json(401, {}));
  const backend = httpBackend();
  await expect(backend.call("Mail/Count", { query: "" })).rejects.toMatchObject({ code: "session" });
  expect(backend.entry?.wanted()).toBeUndefined();
});
