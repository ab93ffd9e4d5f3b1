import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { watchIdle } from "./idle";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("whoever does nothing for so long is away, and whoever does something is not", async () => {
  const away = vi.fn();
  const stop = watchIdle(10, away);
  await vi.advanceTimersByTimeAsync(9 * 60_000);
  window.dispatchEvent(new Event("keydown"));
  await vi.advanceTimersByTimeAsync(9 * 60_000);
  expect(away).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(2 * 60_000);
  expect(away).toHaveBeenCalledTimes(1);
  stop();
  await vi.advanceTimersByTimeAsync(60 * 60_000);
  expect(away).toHaveBeenCalledTimes(1);
});

test("a machine that slept locks as soon as it is looked at", () => {
  const away = vi.fn();
  const stop = watchIdle(10, away);
  vi.setSystemTime(Date.now() + 3_600_000); // no timer ran meanwhile
  document.dispatchEvent(new Event("visibilitychange"));
  expect(away).toHaveBeenCalledTimes(1);
  stop();
});

test("signs of life are told, and not each of them", async () => {
  const seen = vi.fn();
  const stop = watchIdle(10, () => undefined, seen);
  for (let i = 0; i < 130; i++) {
    await vi.advanceTimersByTimeAsync(1_000);
    window.dispatchEvent(new Event("pointermove"));
  }
  expect(seen).toHaveBeenCalledTimes(4);
  stop();
});

test("no minutes never lock", async () => {
  const away = vi.fn();
  watchIdle(0, away);
  await vi.advanceTimersByTimeAsync(24 * 3_600_000);
  expect(away).not.toHaveBeenCalled();
});
