import type { Field, GrantWish, Piece, Question, Reply, Row, Sheet } from "@/lib/backend";

/** Go's empty lists may come as null. */
export const list = <T,>(items: readonly T[] | null | undefined): readonly T[] => items ?? [];

// What nobody sees, or what turns the letters around it. The host spells it out; should it have missed one, the page does.
// eslint-disable-next-line no-control-regex, no-misleading-character-class
const unseen = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffc\ufffe\uffff\ud800-\udfff\ue000-\uf8ff\u{e0000}-\u{e0fff}\u{f0000}-\u{10ffff}]/u;

export interface Part { text: string; spelt: string }

const code = (letter: string) => `U+${(letter.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;

/** A text in parts that can be shown: letters, and the names of what is not one. */
export function parts(piece: Piece): Part[] {
  if (piece.spelt) return [{ text: "", spelt: piece.spelt }];
  if (!unseen.test(piece.text)) return [{ text: piece.text, spelt: "" }];
  const found: Part[] = [];
  let run = "";
  let before = "";
  for (const letter of piece.text) {
    // What joins two pictures into one is part of that picture.
    const joins = (letter === "\u200d" || letter === "\ufe0f") && /\p{Extended_Pictographic}\ufe0f?$/u.test(before);
    before += letter;
    if (joins || !unseen.test(letter)) run += letter;
    else {
      if (run) found.push({ text: run, spelt: "" });
      found.push({ text: "", spelt: code(letter) });
      run = "";
    }
  }
  if (run) found.push({ text: run, spelt: "" });
  return found;
}

export interface Stretch { outside: boolean; origins: readonly string[]; parts: (Part & { times: number })[] }

/** Pieces that one hand wrote, together; the same unseen character many times over is named once. */
export function stretches(pieces: readonly Piece[]): Stretch[] {
  const found: Stretch[] = [];
  for (const piece of pieces) {
    const outside = piece.outside === true;
    const origins = list(piece.origins);
    let last = found.at(-1);
    if (last?.outside !== outside || (outside && last.origins.join() !== origins.join())) {
      last = { outside, origins, parts: [] };
      found.push(last);
    }
    for (const part of parts(piece)) {
      const before = last.parts.at(-1);
      if (part.spelt && before?.spelt === part.spelt) before.times++;
      else last.parts.push({ ...part, times: 1 });
    }
  }
  return found;
}

/** A letter that is spelt out only because it passes for another one: without it an address would be another. */
const drawn = (piece: Piece) => /^[\p{L}\p{N}]$/u.test(piece.text) && !unseen.test(piece.text);

/** The letters of a text, without what is not to be seen: what an edit begins with. */
export const letters = (pieces: readonly Piece[]) => pieces.map((p) => drawn(p) ? p.text : parts(p).map((q) => q.text).join("")).join("");
export const length = (pieces: readonly Piece[]) => pieces.reduce((sum, p) => sum + Array.from(p.text).length, 0);
export const unseenIn = (pieces: readonly Piece[]) => pieces.filter((p) => !drawn(p)).flatMap(parts).filter((p) => p.spelt !== "").length;

/** Where the words of others came from, each once. */
export const originsOf = (pieces: readonly Piece[]) => [...new Set(pieces.filter((p) => p.outside).flatMap((p) => list(p.origins)))];

export interface Line { path: string; label: string; fields: Field[]; editable: boolean }

/** A row's fields under their names: what a list holds stands together. */
export function lines(fields: readonly Field[]): Line[] {
  const found: Line[] = [];
  for (const field of fields) {
    const path = field.path.replace(/\.\d+$/, "");
    const last = found.at(-1);
    if (path !== field.path && last?.path === path) {
      last.fields.push(field);
      last.editable ||= field.editable === true;
    } else found.push({ path, label: path.split(".").filter((part) => !/^\d+$/.test(part)).at(-1) ?? field.name, fields: [field], editable: field.editable === true });
  }
  return found;
}

/** What an edit of a line begins with: its text, or its addresses, one a line. */
export function draft(line: Line): string {
  return line.fields.map((f) => letters(list(f.person ? f.person.address : f.text))).join("\n");
}

export interface Group { key: string; effect: string; capability: string; rows: Row[] }

/** Rows that do the same thing, in the order of the sheet. */
export function groups(rows: readonly Row[]): Group[] {
  const found: Group[] = [];
  for (const row of rows) {
    const key = row.question ? "question" : row.capability;
    const group = found.find((g) => g.key === key);
    if (group) group.rows.push(row);
    else found.push({ key, effect: row.effect, capability: row.capability, rows: [row] });
  }
  return found;
}

/** What the user has said so far: rows that are not wanted, answers to questions, grants. */
export interface Choice { no: readonly number[]; replies: Readonly<Record<number, Reply>>; grants: Readonly<Record<number, GrantWish>> }
export const undecided: Choice = { no: [], replies: {}, grants: {} };

const answered = (reply: Reply | undefined, question: Question) => (list(question.choices).length > 0 ? (reply?.chosen.length ?? 0) > 0 : (reply?.text.trim() ?? "") !== "");

/** Whether a row would be carried out: a question is, once it is answered. */
export const wanted = (row: Row, choice: Choice) => (row.question ? answered(choice.replies[row.step], row.question) : !choice.no.includes(row.step));

/** The answer that approving gives. What is not wanted is not in it, whatever was said about it before. */
export function approval(sheet: Sheet, choice: Choice) {
  const rows = sheet.rows.filter((row) => wanted(row, choice));
  const replies = rows.flatMap((row) => (row.question ? [choice.replies[row.step]].filter((r) => r !== undefined) : []));
  const grants = rows.flatMap((row) => (row.offer ? [choice.grants[row.step]].filter((g) => g !== undefined) : []));
  return { id: sheet.run, hash: sheet.hash, approve: rows.map((row) => row.step), ...(replies.length > 0 ? { replies } : {}), ...(grants.length > 0 ? { grants } : {}) };
}

/** What approving does, in a word, where all rows do the same. */
export function verb(rows: readonly Row[]): "send" | "answer" | "approve" {
  if (rows.every((r) => r.question)) return "answer";
  return rows.every((r) => r.effect === "send" && !r.question) ? "send" : "approve";
}

/** A code of the host as the key of its words: "reversible.many" is reversibleMany. */
export const keyOf = (name: string) => name.replace(/[.-](\w)/g, (_, letter: string) => letter.toUpperCase());

/** JSON to read, in which every character that is not to be seen is written as its number. */
export function spelledJson(value: unknown): string {
  return Array.from(JSON.stringify(value ?? null, null, 2)).map((letter) => (letter !== "\n" && unseen.test(letter) ? `\\u{${(letter.codePointAt(0) ?? 0).toString(16)}}` : letter)).join("");
}

/** Milliseconds in which a click may have been meant for what was there before. */
export const settling = 500;
let moved = -settling;
/** Says that something on the screen took another's place. */
export const shifted = () => {
  moved = performance.now();
};
export const justShifted = () => performance.now() - moved < settling;
