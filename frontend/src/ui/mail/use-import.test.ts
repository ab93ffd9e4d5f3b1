import { expect, test } from "vitest";
import { imported, isNothing } from "./use-import";

test("what an import counted is read from whatever its run left", () => {
  expect(imported({ imported: 3, duplicates: 1, left: 2, damaged: [{ source: "a", problem: "b" }], more: 4 })).toEqual({ imported: 3, duplicates: 1, left: 2, damaged: 5 });
  expect(imported({ imported: 3, duplicates: 0, left: 0, damaged: null, more: 0 })).toEqual({ imported: 3, duplicates: 0, left: 0, damaged: 0 });
  expect(imported(undefined)).toEqual({ imported: 0, duplicates: 0, left: 0, damaged: 0 });
});

test("an import that found no mail is told from one that found only known or unreadable mail", () => {
  expect(isNothing(imported({ imported: 0, duplicates: 0, left: 0, damaged: [], more: 0 }))).toBe(true);
  for (const some of [{ imported: 1 }, { duplicates: 1 }, { left: 1 }, { damaged: [{ source: "a", problem: "b" }] }]) expect(isNothing(imported(some))).toBe(false);
});
