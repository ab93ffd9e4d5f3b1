import { expect, test } from "vitest";
import { address, bytes, dayTime, duration, effectName, shortTime, span, time } from "./format";
import { href, parseRoute } from "./route";

test("times are as short as they can be", () => {
  const now = new Date(2026, 10, 24, 15, 0);
  expect(shortTime(new Date(2026, 10, 24, 8, 5), now, "en")).toBe("08:05");
  expect(shortTime(new Date(2026, 10, 23, 23, 59), now, "en")).toBe("23 Nov");
  expect(shortTime(new Date(2025, 10, 24), now, "en")).toBe("24 Nov 2025");
  expect(shortTime(new Date(2026, 10, 23), now, "zh-Hant")).toBe("11月23日");
});

test("midnight is the day alone", () => {
  expect(dayTime(new Date(2026, 10, 24), "en")).not.toMatch(/:/);
  expect(dayTime(new Date(2026, 10, 24, 8), "en")).toMatch(/08:00/);
});

test("Go's zero time is none", () => {
  expect(time("0001-01-01T00:00:00Z")).toBeUndefined();
  expect(time("nonsense")).toBeUndefined();
  expect(span("2026-11-24T08:00:00Z", "0001-01-01T00:00:00Z")).toBe("");
  expect(span("2026-11-24T08:00:00Z", "2026-11-24T08:00:00.250Z")).toBe("250 ms");
});

test("durations, sizes, effects, addresses", () => {
  expect([0, 999, 1_500, 61_000].map(duration)).toEqual(["0 ms", "999 ms", "1.5 s", "1 min 1 s"]);
  expect([12, 4_300, 5_200_000].map(bytes)).toEqual(["12 B", "4 KB", "5.2 MB"]);
  expect([effectName(1), effectName(9), effectName(99), effectName("send")]).toEqual(["read", "standing", "undeclared", "send"]);
  expect(address("Anna <a@b.example>")).toEqual({ name: "Anna", address: "a@b.example" });
  expect(address("a@b.example")).toEqual({ name: "a@b.example", address: "a@b.example" });
});

test("a place survives the address bar", () => {
  const at = href("mail", "m 1/ü", { q: 'from:"Anna" & 會議', mail: undefined });
  expect(parseRoute(at)).toEqual({ screen: "mail", id: "m 1/ü", query: { q: 'from:"Anna" & 會議' } });
  expect(parseRoute("#/nowhere/x")).toEqual({ screen: "chat", id: "", query: {} });
  expect(parseRoute("#/mail/%E0%A4%A")).toMatchObject({ screen: "mail", id: "%E0%A4%A" });
});
