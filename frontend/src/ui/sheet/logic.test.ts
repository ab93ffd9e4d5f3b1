import { expect, test } from "vitest";
import type { Field, Sheet } from "@/lib/backend";
import { hostileBody, hostileSheet, questionSheet } from "@/lib/backend/fake/sheets";
import { approval, draft, groups, keyOf, length, letters, lines, originsOf, parts, spelledJson, stretches, undecided, unseenIn, verb, wanted } from "./logic";

test("what is spelt out by the host, or missed by it, is never shown itself", () => {
  const pieces = [...hostileBody(), { text: "a\u202eb\u2066c\u200bd\u{e0041}e\u0007f\ufeffg\ud800h", outside: true }];
  const shown = stretches(pieces).flatMap((s) => s.parts);
  for (const part of shown) expect(part.text).not.toMatch(/[\u202a-\u202e\u2066-\u2069\u200b\ufeff]/u);
  expect(parts({ text: "a\u202eb" })).toEqual([{ text: "a", spelt: "" }, { text: "", spelt: "U+202E" }, { text: "b", spelt: "" }]);
  expect(parts({ text: "👨‍👩‍👧 é 中文\n\tx" })).toEqual([{ text: "👨‍👩‍👧 é 中文\n\tx", spelt: "" }]);
  expect(unseenIn(hostileBody())).toBe(15);
});

test("the whole text is shown: letters and names together leave nothing out", () => {
  const pieces = hostileBody();
  const shown = stretches(pieces).flatMap((s) => s.parts);
  const count = shown.reduce((n, p) => n + (p.spelt ? p.times : Array.from(p.text).length), 0);
  expect(count).toBe(length(pieces));
  expect(letters(pieces)).toContain("200  Please confirm");
});

test("one hand's words stand together, and the same unseen character is named once", () => {
  const found = stretches([{ text: "a" }, { text: "b", outside: true, origins: ["mail:1"] }, { text: "\u200b", spelt: "ZWSP", outside: true, origins: ["mail:1"] }, { text: "\u200b", spelt: "ZWSP", outside: true, origins: ["mail:1"] }, { text: "c", outside: true, origins: ["mail:2"] }]);
  expect(found.map((s) => [s.outside, s.parts.map((p) => `${p.text}${p.spelt}×${p.times}`).join()])).toEqual([[false, "a×1"], [true, "b×1,ZWSP×2"], [true, "c×1"]]);
  expect(originsOf(hostileBody())).toEqual(["mail:m5"]);
});

const field = (path: string, text: string, person = false): Field => ({ path, name: path, role: "control", kind: "text", text: [{ text }], ...(person ? { person: { id: text, address: [{ text }], known: true } } : {}) });

test("a list's fields stand under one name, and are edited together", () => {
  const found = lines([field("draft.to.0", "a@b.example", true), field("draft.to.1", "c@d.example", true), field("draft.cc.0", "e@f.example", true), field("draft.subject", "Hi")]);
  expect(found.map((l) => [l.path, l.label, l.fields.length])).toEqual([["draft.to", "to", 2], ["draft.cc", "cc", 1], ["draft.subject", "subject", 1]]);
  expect(found[0] && draft(found[0])).toBe("a@b.example\nc@d.example");
});

test("an answer names what is ticked, and nothing else", () => {
  const sheet = hostileSheet("r1", "x");
  expect(approval(sheet, undecided).approve).toEqual([4, 5, 6]);
  const wish = { step: 5, until: "2026-12-01T00:00:00Z", uses: 2 };
  expect(approval(sheet, { no: [5], replies: {}, grants: { 5: wish } })).toEqual({ id: "r1", hash: sheet.hash, approve: [4, 6] });
  const first = sheet.rows[0];
  if (!first) throw new Error("no row");
  const offered: Sheet = { ...sheet, rows: [{ ...first, offer: { grant: {} as never, latest: "", most: 1 } }] };
  expect(approval(offered, { no: [], replies: {}, grants: { 4: { ...wish, step: 4 } } }).grants).toEqual([{ ...wish, step: 4 }]);
  expect(verb(sheet.rows)).toBe("send");
});

test("a question is answered before it is approved", () => {
  const sheet = questionSheet("r1", "x");
  expect(approval(sheet, undecided)).toEqual({ id: "r1", hash: sheet.hash, approve: [] });
  const replies = { 2: { step: 2, chosen: [1], text: "" }, 3: { step: 3, chosen: [], text: "" }, 4: { step: 4, chosen: [], text: "  " } };
  expect(approval(sheet, { ...undecided, replies })).toEqual({ id: "r1", hash: sheet.hash, approve: [2], replies: [{ step: 2, chosen: [1], text: "" }] });
  expect(verb(sheet.rows)).toBe("answer");
  expect(groups(sheet.rows).map((g) => [g.key, g.rows.length])).toEqual([["question", 3]]);
  const last = sheet.rows[2];
  if (!last) throw new Error("no row");
  expect(wanted(last, { ...undecided, replies: { 4: { step: 4, chosen: [], text: "twice" } } })).toBe(true);
});

test("a payload is shown with every character that can be seen", () => {
  expect(spelledJson({ a: "x\u202ey" })).toBe('{\n  "a": "x\\u{202e}y"\n}');
  expect(spelledJson(undefined)).toBe("null");
});

test("codes become the names of words", () => {
  expect(["reversible.many", "no-aim", "send", "mode.careful"].map(keyOf)).toEqual(["reversibleMany", "noAim", "send", "modeCareful"]);
});

test("a letter that passes for another stays in what an edit begins with, and what nobody sees does not", () => {
  const address = [{ text: "\u212a", spelt: "U+212A KELVIN SIGN" }, { text: "im@x.example" }, { text: "\u200b", spelt: "U+200B ZERO WIDTH SPACE" }, { text: "\u3164", spelt: "U+3164 HANGUL FILLER" }];
  expect(letters(address)).toBe("\u212aim@x.example");
  expect(unseenIn(address)).toBe(2);
});
