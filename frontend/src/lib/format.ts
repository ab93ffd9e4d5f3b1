import type { Run, Step } from "./backend";

const effects = ["undeclared", "read", "local", "remote-reversible", "egress", "send", "delete", "exec", "spend", "standing"];

/** An effect's name; the journal has it as a number. */
export function effectName(effect: number | string): string {
  return typeof effect === "string" ? effect : (effects[effect] ?? "undeclared");
}

/** Go's zero time stands for none. */
export function time(value: string | undefined): Date | undefined {
  if (!value || value.startsWith("0001-")) return undefined;
  const at = new Date(value);
  return Number.isNaN(at.getTime()) ? undefined : at;
}

export function locale(language: string): string {
  return language === "zh-Hant" ? "zh-TW" : "en-GB";
}

/** A time as short as it can be told: the hour today, the day this year, else the date. */
export function shortTime(at: Date, now: Date, language: string): string {
  const days = (startOfDay(now) - startOfDay(at)) / 86_400_000;
  const l = locale(language);
  if (days === 0) return new Intl.DateTimeFormat(l, { hour: "2-digit", minute: "2-digit", hour12: false }).format(at);
  if (at.getFullYear() === now.getFullYear()) return new Intl.DateTimeFormat(l, { month: "short", day: "numeric" }).format(at);
  return new Intl.DateTimeFormat(l, { year: "numeric", month: "short", day: "numeric" }).format(at);
}

export function fullTime(at: Date, language: string): string {
  return new Intl.DateTimeFormat(locale(language), { weekday: "short", year: "numeric", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hour12: false }).format(at);
}

/** A time with a day: midnight is the day alone. */
export function dayTime(at: Date, language: string): string {
  const midnight = at.getHours() === 0 && at.getMinutes() === 0;
  return new Intl.DateTimeFormat(locale(language), { month: "short", day: "numeric", weekday: "short", ...(midnight ? {} : { hour: "2-digit", minute: "2-digit", hour12: false }) }).format(at);
}

function startOfDay(d: Date): number {
  return Date.UTC(d.getFullYear(), d.getMonth(), d.getDate());
}

export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1_000)} s`;
}

export function span(from: string, to: string): string {
  const a = time(from);
  const b = time(to);
  return a && b ? duration(b.getTime() - a.getTime()) : "";
}

export function bytes(n: number): string {
  if (n < 1_000) return `${n} B`;
  if (n < 1_000_000) return `${Math.round(n / 1_000)} KB`;
  return `${(n / 1_000_000).toFixed(1)} MB`;
}

/** "Anna Chen <anna@…>" in its two parts. */
export function address(full: string): { name: string; address: string } {
  const m = /^(.*?)\s*<([^<>]*)>$/.exec(full);
  return m ? { name: m[1] ?? "", address: m[2] ?? "" } : { name: full, address: full };
}

export const over = (run: Pick<Run, "state">) => run.state === "done" || run.state === "failed" || run.state === "cancelled";
export const moving = (run: Pick<Run, "state">) => run.state === "queued" || run.state === "running";

/** The steps that changed something, for the line above the folded list. */
export const changes = (steps: Step[]) => steps.filter((s) => effectName(s.effect) !== "read");
