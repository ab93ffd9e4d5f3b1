import { expect, test, vi } from "vitest";
import { Elevation } from "./elevation";
import { type Backend, BackendError } from "./types";

function played(answer: (method: string, elevation?: string) => unknown) {
  const calls: (string | undefined)[] = [];
  const locked = vi.fn();
  const inner = { call: (method: string, _request: unknown, token?: string) => (calls.push(token), Promise.resolve().then(() => answer(method, token))) } as unknown as Backend;
  return { calls, locked, elevation: new Elevation(inner, locked) };
}
const wants = (_method: string, token?: string) => {
  if (token !== "good") throw new BackendError({ code: "locked", message: "this needs more", hint: "ask for an elevation first" });
  return {};
};
const until = () => new Date(Date.now() + 60_000).toISOString();

test("a call that needs it has the user say who they are, and is made again; the next needs no word", async () => {
  const p = played(wants);
  const asked = vi.fn(() => Promise.resolve({ elevation: "good", until: until() }));
  p.elevation.by(asked);
  await p.elevation.backend.call("Ledger/Export", {});
  await p.elevation.backend.call("Policy/SetRules", { rules: "" });
  expect(asked).toHaveBeenCalledTimes(1);
  expect(p.calls).toEqual([undefined, "good", "good"]);
  p.elevation.forget();
  await p.elevation.backend.call("Ledger/Export", {});
  expect(asked).toHaveBeenCalledTimes(2);
});

test("two calls at once ask once", async () => {
  const p = played(wants);
  const asked = vi.fn(() => Promise.resolve({ elevation: "good", until: until() }));
  p.elevation.by(asked);
  await Promise.all([p.elevation.backend.call("Ledger/Export", {}), p.elevation.backend.call("Ledger/Export", {})]);
  expect(asked).toHaveBeenCalledTimes(1);
});

test("whoever would rather not has stopped it, and nothing is tried again", async () => {
  const p = played(wants);
  p.elevation.by(() => Promise.resolve(undefined));
  await expect(p.elevation.backend.call("Ledger/Export", {})).rejects.toMatchObject({ code: "cancelled" });
  expect(p.calls).toEqual([undefined]);
});

test("a lock is no question for more, and is told", async () => {
  const p = played(() => { throw new BackendError({ code: "locked", message: "Steward is locked", hint: "unlock it" }); });
  const asked = vi.fn(() => Promise.resolve(undefined));
  p.elevation.by(asked);
  await expect(p.elevation.backend.call("Mail/Count", { query: "" })).rejects.toMatchObject({ code: "locked" });
  expect(asked).not.toHaveBeenCalled();
  expect(p.locked).toHaveBeenCalledTimes(1);
});
